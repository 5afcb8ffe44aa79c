"""Each SAD that was decided gets its lane, each file with errors its errors; nobody is told why a lane was chosen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from lxml import etree

from tidegate import intake
from tidegate.intake.asycuda import SAD_FORMAT
from tidegate.intake.asycuda.answers import LANES, answer
from tidegate.selection import CHANNELS

SAMPLES = Path(__file__).resolve().parents[2] / "examples" / "messages" / "asycuda"
NOW = datetime(2026, 3, 9, 10, 20, 30, tzinfo=UTC)


def decided(lines: pl.DataFrame, channel: str) -> pl.DataFrame:
    one = lines.select("declaration_id", "office", "lodged_on").unique(maintain_order=True)
    reason = {"source": "profile", "code": "SECRET-1", "text": "looks for hollow logs"}
    return one.with_columns(channel=pl.lit(channel), reasons=pl.lit([reason] * 1, allow_object=False))


@pytest.mark.parametrize("channel", LANES)
def test_a_decision_is_answered_with_its_lane(tmp_path: Path, channel: str) -> None:
    lines = intake.read(SAMPLES / "sad-export.xml").lines
    (path,) = answer(decided(lines, channel), lines, intake.read(SAMPLES).rejected, tmp_path, NOW)
    root = etree.parse(path).getroot()
    assert path.name == "answer-XZPRT-2026-C-8879.xml"
    assert {
        step: root.findtext(step)
        for step in (
            "Made_at",
            "Identification/Office_segment/Customs_clearance_office_code",
            "Identification/Registration/Serial_number",
            "Identification/Registration/Number",
            "Identification/Registration/Date",
            "Declarant/Declarant_code",
            "Declarant/Reference/Number",
            "Selectivity/Lane",
        )
    } == {
        "Made_at": "2026-03-09T10:20:30Z",
        "Identification/Office_segment/Customs_clearance_office_code": "XZPRT",
        "Identification/Registration/Serial_number": "C",
        "Identification/Registration/Number": "8879",
        "Identification/Registration/Date": "2026-03-09",
        "Declarant/Declarant_code": "DL029",
        "Declarant/Reference/Number": "2026-IMP-0457",
        "Selectivity/Lane": channel.upper(),
    }
    told = [(element.get("{http://www.w3.org/XML/1998/namespace}lang"), element.text) for element in root.iter("Text")]
    assert told == [("en", LANES[channel][0]), ("vi", LANES[channel][1])]
    text = path.read_text(encoding="utf-8")
    assert "SECRET-1" not in text
    assert "hollow" not in text


def test_every_channel_has_its_lane() -> None:
    assert set(LANES) == {*CHANNELS, "green"}


def test_flags_are_told_by_item(tmp_path: Path) -> None:
    lines = intake.read(SAMPLES / "sad-other-profile.xml").lines
    (path,) = answer(decided(lines, "green"), lines, intake.read(SAMPLES).rejected, tmp_path, NOW)
    root = etree.parse(path).getroot()
    assert root.find("Identification/Registration/Number/null") is not None  # it has only a reference
    assert root.findtext("Declarant/Reference/Number") == "2026-A-12"
    warnings = root.findall("Warnings/Warning")
    assert [(each.findtext("Item_Number"), each.findtext("Reason")) for each in warnings] == [
        ("1", code) for code in lines["flags"][0].split()
    ]
    assert "value_missing" in lines["flags"][0]


def test_errors_are_told_by_file_and_line(tmp_path: Path) -> None:
    source = tmp_path / "in" / "bad.xml"
    source.parent.mkdir()
    good = (SAMPLES / "sad-export.xml").read_text(encoding="utf-8")
    source.write_text(good.replace("<Commodity_code>44079900<", "<Commodity_code>wood<"), encoding="utf-8")
    came = intake.read(source)
    assert SAD_FORMAT.answer is answer
    paths = answer(decided(came.lines, "red"), came.lines, came.rejected, tmp_path / "out", NOW)
    assert [path.name for path in paths] == ["answer-XZPRT-2026-C-8879.xml", "errors-bad.xml"]
    root = etree.parse(paths[1]).getroot()
    (error,) = root.findall("Errors/Error")
    line = int(error.findtext("Line") or 0)
    assert good.splitlines()[line - 1].strip() == "<Item>"
    shown = [error.findtext(name) for name in ("Field", "Value", "Reason")]
    assert (root.findtext("File"), shown) == ("bad.xml", ["hs_code", "wood", "hs_digits"])


def test_nothing_decided_is_nothing_answered(tmp_path: Path) -> None:
    came = intake.read(SAMPLES / "sad-export.xml")
    none = decided(came.lines, "red").clear()
    assert answer(none, came.lines, came.rejected, tmp_path, NOW) == []


def test_odd_values_are_written_as_xml_can_hold_them(tmp_path: Path) -> None:
    decision = pl.DataFrame({"declaration_id": ["\u0001<&>"], "office": [None], "lodged_on": [date(2026, 1, 2)]})
    lines = intake.read(SAMPLES / "sad-export.xml").lines
    (path,) = answer(decision.with_columns(channel=pl.lit("blue")), lines, intake.read(SAMPLES).rejected, tmp_path, NOW)
    assert etree.parse(path).getroot().findtext("Identification/Registration/Number") == "\ufffd<&>"
