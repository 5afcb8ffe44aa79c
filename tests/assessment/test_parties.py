"""Parties of lines held against lists: flags, terms, withheld entries, and the reasons in a decision."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from tidegate.assessment import Engine, hold, open_lists, screened_schema
from tidegate.assessment.parties import ROLES
from tidegate.errors import ListError
from tidegate.indicators import Counters
from tidegate.profiles import Book, screened
from tidegate.screening import Clearance, Cleared, Screener, identities
from tidegate.selection import DayKeys, Policy
from tidegate.trade import conform

NOTICES = """value,kind,owner,reason,expires
CONG TY TNHH THU NGHIEM GIA DINH MOT,company,partner,made up,
CSQU3054383,container,partner,made up,2026-03-01
ngà voi,phrase,wildlife,made up,
12 Duong Mau So Ba,address,hq,made up,
"""
BOOK = """
[[profile]]
id = "NAMED"
title = "Named in a notice"
when = "on_list(importer_name, 'notices') OR on_list(container_ids, 'notices')"
channel = "red"
rate = 1.0
starts = 2026-01-01
ends = 2026-12-31
owner = "test"
"""


def lines(**columns: object) -> pl.DataFrame:
    """Made-up lines, one a declaration; a column is a list, or one value for all."""
    height = max(len(value) for value in columns.values() if isinstance(value, list))
    given = {name: value if isinstance(value, list) else [value] * height for name, value in columns.items()}
    needed = {
        "declaration_id": [f"D{i}" for i in range(height)],
        "item_number": [1] * height,
        "lodged_on": [date(2026, 3, 1)] * height,
        "office": ["A"] * height,
        "hs_code": ["440399"] * height,
    }
    table = pl.DataFrame(needed | given)
    return conform(table.with_columns(pl.col(pl.Null).cast(pl.String)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "notices.csv").write_text(NOTICES, encoding="utf-8")
    (tmp_path / "book.toml").write_text(BOOK, encoding="utf-8")
    return tmp_path


def screener(folder: Path) -> Screener:
    found = open_lists(folder / "lists").screener
    assert found is not None
    return found


def test_flags_and_matches_of_each_line(folder: Path) -> None:
    table = lines(
        importer_name=["Công ty TNHH Thử nghiệm Giả định Một", "Công ty Cổ phần Khác Hẳn", None, "Ai đó"],
        importer_address=[None, "Đường Mẫu số Ba, 12", None, None],
        container_ids=[None, "CSQU3054383 TGAU0000002", "CSQU3054833", None],
        description=["Gỗ", None, "Ngà voi thô", "ngã voi"],
    )
    held = hold(table, screener(folder))
    assert held.flags.columns == list(screened_schema(screener(folder)))
    assert held.flags[screened("importer_name", "notices")].to_list() == [True, True, None, False]
    assert held.flags[screened("container_ids", "notices")].to_list() == [None, True, False, None]
    assert held.flags[screened("description", "notices")].to_list() == [False, None, True, False]
    found = [(row["line"], row["field"], row["how"]) for row in held.matches.iter_rows(named=True)]
    assert found == [
        (0, "importer_name", "name"),
        (1, "importer_name", "same"),
        (1, "container_ids", "same"),
        (2, "description", "same"),
        (2, "container_ids", "near"),
    ]
    assert all("to be confirmed with" in text for text in held.matches["text"])
    assert all("cần xác nhận với" in text for text in held.matches["text_vi"])


def test_a_term_that_is_over_and_a_clearance_silence_a_match(folder: Path) -> None:
    days = [date(2026, 3, 1), date(2026, 3, 2)]
    table = lines(
        lodged_on=days,
        container_ids="CSQU3054383",
        importer_name="Công ty TNHH Thử nghiệm Giả định Một",
        importer_id="0100000001",
    )
    all_of_them = hold(table, screener(folder)).matches
    assert all_of_them.filter(field="container_ids")["line"].to_list() == [0]
    assert all_of_them.filter(field="importer_name")["line"].to_list() == [0, 1]
    notices = screener(folder)
    entry = next(one for one in notices.entries if one.kind.value == "company")
    party = ROLES[0].party(table.row(0, named=True))
    cleared = Cleared([Clearance(identities(party)[0], "notices", entry.source_id, days[1], date(2026, 12, 31))])
    again = hold(table, Screener(notices.lists, cleared)).matches
    assert again.filter(field="importer_name")["line"].to_list() == [0]


def test_a_restricted_entry_is_withheld(folder: Path) -> None:
    (folder / "lists" / "lists.toml").write_text('[notices]\nlevel = "restricted"\n', encoding="utf-8")
    found = hold(lines(importer_name=["Công ty TNHH Thử nghiệm Giả định Một"]), screener(folder)).matches
    assert found["listed"].to_list() == [None]
    assert "THU NGHIEM" not in str(found.drop("declared").rows())
    assert "an entry of restricted access" in found["text"].item()


def test_a_match_selects_only_where_a_profile_says_so(folder: Path) -> None:
    table = lines(importer_name=["Công ty TNHH Thử nghiệm Giả định Một", "Ai đó"])
    counters = Counters()
    counters.add(table)
    held = open_lists(folder / "lists")
    engine = Engine(policy=Policy(), keys=DayKeys.demo(1), book=Book.load(folder / "book.toml"), screener=held.screener)
    told = engine.assess(table, counters)
    first, second = told.decisions.rows(named=True)
    assert first["hits"] == ["NAMED"]
    assert [reason["source"] for reason in first["reasons"]] == ["list", "list"]
    assert first["reasons"][0]["field"] == "importer_name"
    assert first["reasons"][1]["code"].startswith("notices/")
    assert second["hits"] == []
    assert told.matches["declaration_id"].to_list() == ["D0"]
    without = dataclasses.replace(engine, book=Book([])).assess(table, counters)
    assert without.decisions["hits"].list.len().sum() == 0
    assert without.matches.equals(told.matches)


def test_a_damaged_list_leaves_the_one_before_in_force(folder: Path) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    kept = folder / "kept"
    before = open_lists(folder / "lists", cache=kept, now=now)
    (folder / "lists" / "notices.csv").write_text(NOTICES[:60], encoding="utf-8")
    with pytest.raises(ListError, match="notices"):
        open_lists(folder / "lists")
    after = open_lists(folder / "lists", cache=kept, now=now)
    assert after.screener is not None
    assert before.screener is not None
    assert after.screener.lists.version == before.screener.lists.version
    assert after.renewal is not None
    assert [one.state for one in after.renewal.states] == ["stale"]
