"""tidegate screen clear: "not the same" is remembered of a party, for a time, and nothing is lost when two do it."""

from __future__ import annotations

import multiprocessing
from datetime import date
from pathlib import Path

import pytest
from test_cli import tidegate

from tidegate.errors import ListError
from tidegate.screening import Clearance, Cleared, cleared

DAY = "2026-03-01"
NAMESAKE = ("--name", "Nguyen Thu Nghiem Hung")
WHY = ("--until", "2026-12-31", "--by", "officer 7", "--reason", "another birth date")


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clear") / "lists"
    folder.mkdir()
    (folder / "people.csv").write_text("id,name\np1,Nguyễn Thử Nghiệm Hùng\np2,Ficticia Samples Trading GmbH\n")
    (folder / "people.toml").write_text('kind = "person"\n[columns]\nsource_id = "id"\nname = "name"\n')
    return folder


def clear(lists: Path, path: Path, *words: object, entry: str = "p1", why: tuple[str, ...] = WHY):
    where = ("--lists", lists, "--cleared", path, "--list", "people", "--entry", entry)
    return tidegate("screen", "clear", *where, "--on", DAY, *why, *words)


def test_what_is_cleared_is_no_match_until_the_term_ends(lists: Path, tmp_path: Path) -> None:
    path = tmp_path / "cleared.csv"
    one = (*NAMESAKE, "--identity-card", "001 070", "--country", "VN")
    done = clear(lists, path, *one)
    assert done.returncode == 0, done.stderr
    assert "Remembered until 2026-12-31: identity_card 001070 is not p1 of people." in done.stdout
    assert path.stat().st_mode & 0o077 == 0
    screen = ("screen", "--lists", lists, "--cleared", path)
    for words, day, matched in (
        (one, DAY, False),
        (one, "2026-02-28", True),
        (one, "2027-01-01", True),
        (NAMESAKE, DAY, True),
        ((*NAMESAKE, "--identity-card", "001 071"), DAY, True),
    ):
        assert ("p1" in tidegate(*screen, *words, "--on", day).stdout) == matched
    again = clear(lists, path, *one, "--language", "vi")
    assert "Thay cho quyết định của officer 7" in again.stdout
    assert len(Cleared.load(path)) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["cleared.csv"]


@pytest.mark.parametrize(
    ("words", "changes", "message"),
    [
        (NAMESAKE, {}, "cannot be remembered of a name alone"),
        ((*NAMESAKE, "--born", "1999"), {"entry": "p9"}, "there is no entry 'p9'"),
        (("--name", "Somebody Else", "--passport", "C1234567"), {}, "does not match this entry"),
        ((*NAMESAKE, "--born", "1999"), {"entry": "p2"}, "does not match this entry"),
        (("--born", "1999"), {}, "neither a name nor a number"),
        ((*NAMESAKE, "--born", "1999", "--threshold", "1.5"), {}, "no probability"),
        *(
            ((*NAMESAKE, "--passport", "C1"), {"why": ("--until", until, *WHY[2:])}, message)
            for until, message in (
                ("2026-02-28", "not within two years"),
                ("2028-03-02", "not within two years"),
                ("someday", "'someday' is not a day"),
            )
        ),
        ((*NAMESAKE, "--passport", "C1"), {"why": (*WHY[:4], "--reason", "  ")}, "--reason: is empty"),
    ],
)
def test_a_refusal_says_why_and_remembers_nothing(
    lists: Path, tmp_path: Path, words: tuple[str, ...], changes: dict[str, object], message: str
) -> None:
    done = clear(lists, tmp_path / "cleared.csv", *words, **changes)
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_list_and_a_missing_term_are_told(lists: Path, tmp_path: Path) -> None:
    where = ("--lists", lists, "--cleared", tmp_path / "c.csv", "--entry", "p1")
    done = tidegate("screen", "clear", *where, "--list", "others", *NAMESAKE, "--passport", "C1", "--on", DAY, *WHY)
    assert "there is no list 'others'" in done.stderr
    done = tidegate("screen", "clear", *where, "--list", "people", *NAMESAKE, "--passport", "C1", *WHY[2:])
    assert (done.returncode, "--until" in done.stderr) == (2, True)


def _remember(path: Path, officer: int) -> None:
    for number in range(10):
        party = f"passport {officer}{number}"
        Cleared.remember(path, Clearance(party, "people", "p1", date(2026, 1, 1), date(2026, 6, 30), str(officer)))


def test_officers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cleared.csv"
    spawn = multiprocessing.get_context("spawn")
    officers = [spawn.Process(target=_remember, args=(path, officer)) for officer in range(1, 4)]
    for one in officers:
        one.start()
    for one in officers:
        one.join()
    assert [one.exitcode for one in officers] == [0, 0, 0]
    assert {one.party for one in Cleared.load(path)} == {f"passport {o}{n}" for o in range(1, 4) for n in range(10)}
    assert [each.name for each in tmp_path.iterdir()] == ["cleared.csv"]


def test_a_lock_that_nobody_lifts_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cleared.csv"
    (tmp_path / ".cleared.csv.lock").touch()
    monkeypatch.setattr(cleared, "PATIENCE", 0.05)
    one = Clearance("passport C1", "people", "p1", date(2026, 1, 1), date(2026, 6, 30))
    with pytest.raises(ListError, match=r"remove \.cleared\.csv\.lock"):
        Cleared.remember(path, one)
    assert not path.exists()
    with pytest.raises(ListError, match="cannot be written"):
        Cleared.remember(tmp_path / "nowhere" / "cleared.csv", one)


def test_a_damaged_memory_is_told_and_not_written_over(lists: Path, tmp_path: Path) -> None:
    path = tmp_path / "cleared.csv"
    path.write_text("party,list\nx,y\n")
    done = clear(lists, path, *NAMESAKE, "--passport", "C1")
    assert (done.returncode, "source_id is missing" in done.stderr) == (2, True)
    assert path.read_text() == "party,list\nx,y\n"
    assert [each.name for each in tmp_path.iterdir()] == ["cleared.csv"]
