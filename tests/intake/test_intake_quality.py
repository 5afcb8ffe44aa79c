"""The table of data quality: whose data is missing, invalid, contradictory or out of range, and since when."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import made_up_messages as made
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate import intake
from tidegate.intake import QUALITY_SCHEMA, write_quality
from tidegate.intake.quality import FAULTS_SCHEMA, quality

HEADER = (
    "declaration_id,item_number,lodged_on,hs_code,declarant_id,customs_value,net_mass_kg,gross_mass_kg,origin_country\n"
)


@pytest.fixture(autouse=True)
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    made.register(monkeypatch)


def said(table: pl.DataFrame) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """(missing, invalid, contradictory, out_of_range) by sender, field and month number."""
    return {
        (sender, field, month and month.month): tuple(counts) for sender, field, month, _, *counts, _, _ in table.rows()
    }


def test_every_kind_of_fault_by_sender_and_field(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        HEADER
        + "A,1,2026-01-05,440799,B1,10,5,5,VN\n"
        + "B,1,2026-01-06,440799,B1,,5,5,ZZ\n"  # value missing, origin invalid
        + "C,1,2026-01-07,440799,B1,10,5,4,VN\n"  # net over gross
        + "D,1,2026-01-08,4407,B1,10,5,5,VN\n"  # rejected: too short a code
        + "E,1,2026-01-09,440799,B1,-1,5,5,VN\n"  # rejected: negative
        + "A,1,2026-01-05,440799,B1,11,5,5,VN\n"  # rejected: contradicts
        + "A,1,2026-01-05,440799,B1,10,5,5,VN\n"  # rejected, but a repeat is no fault of the data
        + "F,1,,440799,B2,10,5,5,VN\n"  # rejected: no day
        + "G,1,2026-01-05,440799,,0,5,5,\n"  # nobody's: no declarant, value zero, no origin
    )
    came = intake.read(tmp_path)
    assert said(came.quality) == {
        ("B1", "customs_value", 1): (1, 0, 0, 1),
        ("B1", "origin_country", 1): (0, 1, 0, 0),
        ("B1", "net_mass_kg", 1): (0, 0, 1, 0),
        ("B1", "hs_code", 1): (0, 1, 0, 0),
        ("B1", "item_number", 1): (0, 0, 1, 0),
        ("B2", "lodged_on", None): (1, 0, 0, 0),
        (None, "customs_value", 1): (0, 0, 0, 1),
        (None, "origin_country", 1): (1, 0, 0, 0),
        (None, "declarant_id", 1): (1, 0, 0, 0),
    }
    assert dict(came.quality.schema) == QUALITY_SCHEMA
    lines = dict(came.quality.select("sender", "lines").unique().rows())
    assert lines == {"B1": 6, "B2": 1, None: 1}


def test_the_sender_of_a_message_answers_for_it_and_superseded_lines_were_sent_too(tmp_path: Path) -> None:
    rows = [
        made.line("A", message_version=1, message_id="M1", message_sender="S1", declarant_id="B1", origin_country="ZZ"),
        made.line("A", message_version=2, message_id="M2", message_sender="S1", declarant_id="B1", origin_country="VN"),
        made.line("B", message_id="M3", declarant_id="B1", origin_country="ZZ"),
        {"declaration_id": "A", "message_function": "cancellation", "message_version": 3, "message_sender": "S1"},
        {"kind": "fault"},
    ]
    came = intake.read(made.write(tmp_path / "1.msg", rows))
    assert said(came.quality) == {
        ("S1", "origin_country", 3): (0, 1, 0, 0),
        ("B1", "origin_country", 3): (0, 1, 0, 0),
        (None, None, None): (0, 1, 0, 0),
    }


def test_the_trend_is_the_change_since_the_sender_last_sent_something() -> None:
    def month(number: int, good: int, bad: int) -> list[dict[str, Any]]:
        day = date(2026, number, 15)
        return [{"lodged_on": day, "flags": flags} for flags in [None] * good + ["origin_unknown"] * bad]

    rows = [*month(1, 1, 1), *month(2, 4, 0), *month(4, 3, 1)]
    lines = pl.DataFrame(
        [{"declarant_id": "B1", **row} for row in rows],
        schema_overrides={"lodged_on": pl.Date, "flags": pl.String},
    )
    for name in ("office", "procedure", "importer_id", "importer_name", "description", "origin_country"):
        lines = lines.with_columns(pl.lit("x").alias(name))
    for name in (
        "dispatch_country",
        "transport_mode",
        "packages",
        "gross_mass_kg",
        "net_mass_kg",
        "customs_value",
        "currency",
    ):
        lines = lines.with_columns(pl.lit(None, pl.String).alias(name))
    table = quality(lines, pl.DataFrame(schema=FAULTS_SCHEMA)).sort("month")
    assert table.select(pl.col("month").dt.month(), "lines", "rate", "change").rows() == [
        (1, 2, 0.5, None),
        (4, 4, 0.25, 0.25),
    ]


FAULTY = {
    "origin_country": ["VN", "ZZ", None],
    "hs_code": ["440799", "44", None],
    "customs_value": ["5", "0", "-5", "x", None],
}
LINE = st.fixed_dictionaries(
    {
        "declarant_id": st.sampled_from(["B1", "B2", None]),
        "lodged_on": st.sampled_from(["2026-01-05", "2026-02-05", "x"]),
        **{name: st.sampled_from(values) for name, values in FAULTY.items()},
    }
)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(LINE, min_size=1, max_size=12))
def test_every_line_and_every_rejection_is_counted_once(rows: list[dict[str, Any]], tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("quality") / "t.ndjson"
    good = {
        "declarant_id": "B9",
        "lodged_on": "2026-03-05",
        "origin_country": "VN",
        "hs_code": "440799",
        "customs_value": "5",
    }
    told = [{"declaration_id": f"D{n}", "item_number": 1, **row} for n, row in enumerate([good, *rows])]
    pl.DataFrame(told, schema=dict.fromkeys(told[0], pl.String)).write_ndjson(path)
    came = intake.read(path)
    assert came.faults["rows"].sum() == came.rejected.height
    by_reason = dict(came.faults.group_by("reason").agg(pl.col("rows").sum()).rows())
    assert by_reason == dict(Counter(came.rejected["reason"]))
    table = came.quality
    origins = table.filter(field="origin_country")
    assert origins["missing"].sum() == came.lines["origin_country"].null_count()
    assert origins["invalid"].sum() == came.lines["flags"].str.contains("origin_unknown").sum()
    codes = table.filter(field="hs_code")
    assert codes["missing"].sum() == came.lines["hs_code"].null_count()
    assert codes["invalid"].sum() == by_reason.get("hs_length", 0)
    assert table["lines"].max() or table.height == 0
    assert (table["lines"] <= came.read).all()


def test_it_is_written_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(HEADER + "A,1,2026-01-05,440799,B1,10,5,5,ZZ\n")
    table = intake.read(tmp_path / "t.csv").quality
    for language, head in (
        ("en", "sender,field,month,lines,missing"),
        ("vi", "Bên gửi,Trường,Tháng,Số dòng hàng,Thiếu"),
    ):
        write_quality(table, tmp_path / "quality.csv", language)
        text = (tmp_path / "quality.csv").read_text(encoding="utf-8-sig")
        assert text.startswith(head)
        assert "B1,origin_country,2026-01-01,1,0,1,0,0,1.0," in text
