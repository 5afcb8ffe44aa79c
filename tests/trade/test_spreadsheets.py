"""What was declared does not become a formula where people open it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.trade.spreadsheets import defused, write_sheet


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("x")', "-", "--1"],
)
def test_a_formula_becomes_text(text: str) -> None:
    assert defused(pl.DataFrame({"a": [text]}))["a"][0] == f"'{text}"


@pytest.mark.parametrize("text", ["-12.5", "+84", "-1.234,5", "gỗ tròn", "a=b", "", "'=1", "12-3"])
def test_a_number_or_a_word_stays(text: str) -> None:
    assert defused(pl.DataFrame({"a": [text]}))["a"][0] == text


@given(st.lists(st.none() | st.text(max_size=8), max_size=8))
def test_no_cell_begins_as_a_formula_and_nothing_else_changes(texts: list[str | None]) -> None:
    table = pl.DataFrame({"a": pl.Series(texts, dtype=pl.String), "n": range(len(texts))})
    after = defused(table)
    assert after["n"].equals(table["n"])
    for before, now in zip(texts, after["a"].to_list(), strict=True):
        assert now in (before, f"'{before}")


def test_a_sheet_is_written_whole_with_its_mark(tmp_path: Path) -> None:
    write_sheet(pl.DataFrame({"tên": ["=1"]}), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == "\ufefftên\n'=1\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
