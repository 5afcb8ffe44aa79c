"""The shelf: a list that is not whole leaves the one before it in force, in this run and in the next."""

from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from made_up_lists import FILES, WATCH, lay_out

from tidegate.errors import ListError
from tidegate.screening.kept import keep, kept
from tidegate.screening.shelf import STATES, Shelf

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def everything(folder: Path) -> Path:
    for source, files in FILES.items():
        lay_out(folder / source, files)
    return folder


@pytest.mark.parametrize("source", list(FILES))
@pytest.mark.parametrize("damage", ["cut off", "another encoding", "another root", "empty", "unreadable"])
def test_a_malformed_list_leaves_the_old_one_in_force(tmp_path: Path, source: str, damage: str) -> None:
    folder = everything(tmp_path / "lists")
    shelf = Shelf(folder)
    assert shelf.renew(NOW).whole
    before = shelf.lists
    main = folder / source / next(iter(FILES[source]))
    whole = main.read_bytes()
    if damage == "unreadable":
        main.unlink()
        main.symlink_to(main.name)
    else:
        wrong = {
            "cut off": whole[:-40],
            "another encoding": whole + b"\xe9,\xe9",
            "another root": b"<A/>",
            "empty": b"",
        }
        main.write_bytes(wrong[damage])
    # Another list that did change is renewed all the same.
    other = "watch" if source != "watch" else "interpol"
    changed = folder / other / next(iter(FILES[other]))
    changed.write_bytes(changed.read_bytes().replace(b"Asdf", b"Asdh").replace(b"ASDFOV", b"ASDHOV"))

    renewal = shelf.renew(LATER)
    states = {state.name: state for state in renewal.states}
    assert not renewal.whole
    assert (states[source].state, states[source].stale_since, states[source].read_at) == ("stale", LATER, NOW)
    assert main.name in states[source].wrong
    assert "2026-11-22 09:00" in states[source].told()
    assert "vẫn dùng phiên bản trước" in states[source].told("vi")
    assert states[other].state == "changed"
    assert shelf.lists.by_name[source] is before.by_name[source]
    assert shelf.lists.version != before.version

    main.unlink()
    main.write_bytes(whole)
    healed = {state.name: state for state in shelf.renew(LATER).states}
    assert (healed[source].state, healed[source].stale_since, healed[source].wrong) == ("same", None, "")


def test_stale_is_counted_from_the_first_failure(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, {"x.csv": WATCH})
    shelf = Shelf(folder)
    shelf.renew(NOW)
    (folder / "x.csv").write_text("nothing")
    shelf.renew(LATER)
    (state,) = shelf.renew(LATER + timedelta(days=1)).states
    assert (state.state, state.read_at, state.stale_since) == ("stale", NOW, LATER)


def test_withdrawn_entries_and_lists_are_gone(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, {"x.csv": WATCH, "y.csv": WATCH})
    shelf = Shelf(folder)
    shelf.renew(NOW)
    (folder / "x.csv").write_text(WATCH.replace("Asdf Trading", "Zxcv"))
    (folder / "y.csv").unlink()
    states = shelf.renew(LATER).states
    assert [(state.name, state.state) for state in states] == [("x", "changed"), ("y", "gone")]
    assert {name for entry in shelf.lists.entries for name in entry.names} == {"Zxcv", "1 Made Up Road", "ngà voi"}
    assert set(shelf.lists.by_name) == {"x"}


def test_a_list_that_lists_toml_names_has_to_be_there(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, {"x.csv": WATCH, "y.csv": WATCH, "lists.toml": "[y]\nowner = 'HQ'\n"})
    shelf = Shelf(folder)
    shelf.renew(NOW)
    (folder / "y.csv").unlink()
    states = shelf.renew(LATER).states
    assert [(state.name, state.state) for state in states] == [("x", "same"), ("y", "stale")]
    assert "no list 'y'" in states[1].wrong
    assert set(shelf.lists.by_name) == {"x", "y"}


def test_a_list_that_was_never_whole_is_missing_and_the_others_serve(tmp_path: Path) -> None:
    shelf = Shelf(lay_out(tmp_path, {"x.csv": WATCH, "y.csv": "?"}))
    renewal = shelf.renew(NOW)
    assert [(state.name, state.state) for state in renewal.states] == [("x", "new"), ("y", "missing")]
    assert not renewal.whole
    assert set(shelf.lists.by_name) == {"x"}


def test_a_folder_that_is_gone_leaves_all_lists_in_force(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "lists", {"x.csv": WATCH})
    shelf = Shelf(folder)
    shelf.renew(NOW)
    before = shelf.lists.version
    (folder / "x.csv").unlink()
    (state,) = shelf.renew(LATER).states
    assert (state.state, state.stale_since) == ("stale", LATER)
    assert shelf.lists.version == before
    with pytest.raises(ListError, match="no list in the folder"):
        Shelf(folder).renew(NOW)


def test_a_list_that_lost_most_of_its_entries_waits_to_be_accepted(tmp_path: Path) -> None:
    rows = [f"Qwert {number},person\n" for number in range(40)]
    folder = lay_out(tmp_path, {"x.csv": "value,kind\n" + "".join(rows)})
    shelf = Shelf(folder)
    shelf.renew(NOW)
    (folder / "x.csv").write_text("value,kind\n" + "".join(rows[:19]))
    (state,) = shelf.renew(LATER).states
    assert (state.state, state.entries) == ("stale", 40)
    assert "19 entries, and 40 before" in state.wrong
    (state,) = shelf.renew(LATER, accept=["x"]).states
    assert (state.state, len(shelf.lists.entries)) == ("changed", 19)


def test_the_old_version_survives_a_restart(tmp_path: Path) -> None:
    folder, cache = everything(tmp_path / "lists"), tmp_path / "cache"
    first = Shelf(folder, cache)
    assert first.renew(NOW).unkept == ""
    (folder / "watch" / "sample.csv").write_text("?")
    second = Shelf(folder, cache)
    assert second.lists.entries == first.lists.entries
    assert second.lists.faults == first.lists.faults
    states = {state.name: state for state in second.renew(LATER).states}
    assert (states["watch"].state, states["watch"].read_at, states["watch"].stale_since) == ("stale", NOW, LATER)
    assert second.lists.version == first.lists.version
    third = Shelf(folder, cache)
    states = {state.name: state for state in third.renew(LATER + timedelta(days=1)).states}
    assert (states["watch"].state, states["watch"].stale_since) == ("stale", LATER)


def test_only_the_owner_reads_the_cache_and_old_versions_leave_it(tmp_path: Path) -> None:
    folder, cache = lay_out(tmp_path / "lists", {"x.csv": WATCH}), tmp_path / "cache"
    shelf = Shelf(folder, cache)
    for number in range(4):
        (folder / "x.csv").write_text(WATCH.replace("Asdf", f"Asdf {number}"))
        shelf.renew(NOW)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    files = list(cache.iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert sorted(file.suffix for file in files) == [".json", ".parquet", ".parquet"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"format": 2}', b'{"format": 1, "lists": {"x": {}}}', b"\xff"])
def test_a_damaged_cache_is_said_and_not_used(tmp_path: Path, damage: bytes) -> None:
    folder, cache = lay_out(tmp_path / "lists", {"x.csv": WATCH}), tmp_path / "cache"
    Shelf(folder, cache).renew(NOW)
    (cache / "kept.json").write_bytes(damage)
    with pytest.raises(ListError, match="kept are damaged"):
        kept(cache)
    shelf = Shelf(folder, cache)
    assert "kept are damaged" in shelf.damage
    assert shelf.lists.entries == ()
    assert shelf.renew(NOW).whole


def test_entries_changed_in_the_cache_are_not_used(tmp_path: Path) -> None:
    folder, cache = lay_out(tmp_path / "lists", {"x.csv": WATCH, "y.csv": WATCH}), tmp_path / "cache"
    Shelf(folder, cache).renew(NOW)
    one, other = cache.glob("*.parquet")
    one.write_bytes(other.read_bytes())
    with pytest.raises(ListError, match="kept are damaged"):
        kept(cache)


def test_a_cache_that_cannot_be_written_is_said_and_the_lists_serve(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "lists", {"x.csv": WATCH})
    (tmp_path / "file").write_text("")
    shelf = Shelf(folder, tmp_path / "file" / "cache")
    assert "cannot be kept" in shelf.renew(NOW).unkept
    assert shelf.lists.entries
    with pytest.raises(ListError):
        keep({}, tmp_path / "file" / "cache")


def test_readers_see_whole_lists_while_they_are_renewed(tmp_path: Path) -> None:
    texts = [WATCH, WATCH.replace("Asdf Trading", "Zxcv").replace("ngà voi", "sừng tê")]
    folder = lay_out(tmp_path, {"x.csv": WATCH})
    shelf = Shelf(folder)
    shelf.renew(NOW)
    seen: set[tuple[str, int]] = set()
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.001):
            lists = shelf.lists
            names = {name for entry in lists.entries for name in entry.names}
            seen.add((lists.version, len(names & {"Asdf Trading", "ngà voi"})))

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(20):
        (folder / "x.csv").write_text(texts[number % 2])
        shelf.renew(NOW)
    done.set()
    for thread in threads:
        thread.join()
    assert {count for _, count in seen} <= {0, 2}
    assert len({version for version, _ in seen}) == len(seen) <= 2


def test_states_are_told_in_both_languages() -> None:
    assert all(english and vietnamese and english != vietnamese for english, vietnamese in STATES.values())
