"""A folder of lists: what is one list, what is said of it, its version, and which entries count on a day."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_lists import ADD, ALT, FILES, FTM, INTERPOL, MAPPED, MAPPING, SDN, UN, WATCH, lay_out, notice, page

from tidegate.errors import ListError
from tidegate.screening.loading import load


def test_lists_are_named_by_their_files_and_folders(tmp_path: Path) -> None:
    lay_out(tmp_path, {"un.xml": UN, "vn-watch.csv": WATCH, "police.csv": MAPPED, "police.toml": MAPPING})
    lay_out(tmp_path, {"SDN.CSV": SDN, "ALT.CSV": ALT, "ADD.CSV": ADD, "README.md": "no list", ".hidden.csv": "x"})
    lay_out(tmp_path / "red", {"1.json": INTERPOL, "2.json": page(notice("2026/9"))})
    lists = load(tmp_path)
    assert {name: one.source for name, one in lists.by_name.items()} == {
        "un": "un",
        "vn-watch": "watch",
        "police": "mapped",
        "sdn": "ofac",
        "red": "interpol",
    }
    assert {entry.list for entry in lists.entries} == set(lists.by_name)
    assert len(lists.by_name["red"].entries) == 3
    assert lists.counts().filter(list="sdn").rows() == [
        ("sdn", "company", 1),
        ("sdn", "person", 1),
        ("sdn", "vehicle", 1),
        ("sdn", "vessel", 1),
    ]


def test_two_sources_in_one_list_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="not of the same source"):
        load(lay_out(tmp_path / "both", {"a.xml": UN, "b.jsonl": FTM}).parent)


def test_what_lists_toml_says_stands_behind_what_records_say(tmp_path: Path) -> None:
    said = '[sample]\nowner = "HQ"\npurpose = "arrest"\nlevel = "official"\nexpires = 2030-01-01\n'
    lay_out(
        tmp_path,
        {"lists.toml": said, "sample.csv": "value,kind,owner,expires\nQwert,person,,\nAsdf,person,B1,2027-01-01\n"},
    )
    asdf, qwert = load(tmp_path).entries
    assert (qwert.owner, qwert.purpose, qwert.level, qwert.expires) == ("HQ", "arrest", "official", date(2030, 1, 1))
    assert (asdf.owner, asdf.purpose, asdf.level, asdf.expires) == ("B1", "arrest", "official", date(2027, 1, 1))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("[ghost]\nowner = 'x'", "no list 'ghost'"),
        ("[sample]\ncolour = 'x'", "unknown key 'colour'"),
        ("[sample]\nlevel = 'secret'", "the level is not known"),
        ("[sample]\nexpires = '2030-01-01'", "expires is not of the right kind"),
        ("[sample]\nexpires = 2030-01-01T00:00:00", "expires is not of the right kind"),
        ("[sample]\nowner = 1", "owner is not of the right kind"),
        ("sample = 1", "it is no table"),
        ("[sample", "not TOML"),
    ],
)
def test_a_wrong_lists_toml_is_refused(tmp_path: Path, said: str, told: str) -> None:
    with pytest.raises(ListError) as refused:
        load(lay_out(tmp_path, {"sample.csv": WATCH, "lists.toml": said}))
    assert told in str(refused.value)
    assert "lists.toml" in refused.value.where


def test_a_folder_without_lists_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="no such folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(ListError, match="no list in the folder"):
        load(lay_out(tmp_path, {"README.md": "no list"}))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.csv")
    with pytest.raises(ListError, match="it is no file"):
        load(tmp_path)


def test_entries_count_up_to_their_last_day(tmp_path: Path) -> None:
    lists = load(lay_out(tmp_path, {"x.csv": "value,kind,expires\nQwert,person,2026-12-31\nAsdf,person,\n"}))
    assert len(lists.in_force(date(2026, 12, 31))) == 2
    assert [entry.names for entry in lists.in_force(date(2027, 1, 1))] == [("Asdf",)]


ROWS = WATCH.splitlines()[1:]


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(ROWS))
def test_the_order_of_records_does_not_matter(order: list[str]) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first = load(lay_out(Path(one), {"x.csv": WATCH}))
        second = load(lay_out(Path(other), {"x.csv": "\n".join([WATCH.splitlines()[0], *order])}))
    assert first.version == second.version
    assert first.entries == second.entries


@pytest.mark.parametrize(
    ("old", "new"),
    [("Asdf Trading", "Asdf Tradinh"), ("2026-12-31", "2026-12-30"), ("tip", "tap"), (",container", ",vessel")],
)
def test_every_change_changes_the_version(tmp_path: Path, old: str, new: str) -> None:
    assert old in WATCH
    before = load(lay_out(tmp_path / "a", {"x.csv": WATCH}))
    after = load(lay_out(tmp_path / "b", {"x.csv": WATCH.replace(old, new)}))
    renamed = load(lay_out(tmp_path / "c", {"y.csv": WATCH}))
    assert len({before.version, after.version, renamed.version}) == 3


def test_records_without_a_number_keep_theirs_when_lines_move(tmp_path: Path) -> None:
    mapping = 'kind = "person"\n[columns]\nname = "Name"\n'
    files = {"x.csv": "Name\nQwert\nAsdf\n", "x.toml": mapping}
    moved = {"x.csv": "Name\nZxcv\nAsdf\nQwert\n", "x.toml": mapping}
    before = {entry.names: entry.source_id for entry in load(lay_out(tmp_path / "a", files)).entries}
    after = {entry.names: entry.source_id for entry in load(lay_out(tmp_path / "b", moved)).entries}
    assert before == {name: number for name, number in after.items() if name != ("Zxcv",)}


def test_every_source_loads_beside_the_others(tmp_path: Path) -> None:
    for source, files in FILES.items():
        lay_out(tmp_path / source, files)
    assert set(load(tmp_path).by_name) == set(FILES)
