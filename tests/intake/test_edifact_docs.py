"""The page shows every place, extra column, channel and error, as the tables in the code have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidegate.intake.edifact import baplie, cuscar, cusdec, cusres, report
from tidegate.intake.edifact.answering import CHANNELS
from tidegate.intake.edifact.places import Places
from tidegate.intake.edifact.reading import READERS
from tidegate.intake.edifact.syntax import CHARSETS
from tidegate.intake.edifact.writing import NOT_CARRIED

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "formats/edifact.md").read_text(encoding="utf-8")
LINES = PAGE.splitlines()


@pytest.mark.parametrize("module", [baplie, cuscar, cusdec, cusres, report], ids=lambda module: module.__name__[24:])
def test_every_place_is_documented(module: object) -> None:
    places: Places = module.PLACES  # type: ignore[attr-defined]
    assert places.rows()
    assert [row for row in places.rows() if row not in LINES] == []


def test_no_row_of_a_table_is_out_of_date() -> None:
    known = {row for module in (baplie, cuscar, cusdec, cusres, report) for row in module.PLACES.rows()}
    shown = [line for line in LINES if line.startswith("| `") and line.count(" | ") >= 3]
    assert [line for line in shown if line not in known] == []


def test_everything_else_is_named() -> None:
    for name in (*READERS, *cusdec.EXTRAS, *NOT_CARRIED):
        assert f"`{name}`" in PAGE
    for channel, (code, text) in CHANNELS.items():
        assert f"| {channel} | {code} | {text} |" in LINES
    for code, (english, vietnamese) in report.ERRORS.items():
        assert f"| {code} | {english} | {vietnamese} |" in LINES
    assert set(CHARSETS) == {f"UNO{letter}" for letter in "ABCDEFGHIJKWY"}  # as the page says


def test_intake_names_the_page() -> None:
    assert "(formats/edifact.md)" in (DOCS / "intake.md").read_text(encoding="utf-8")
