"""Rows of lines as the database takes them: column by column, what each line says by itself."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tidegate.console.deciding.rows import fields_of, fields_written
from tidegate.trade import LINE_SCHEMA

TEXT = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    | st.sampled_from(["*", "^x$", "a$"])
    | st.sampled_from(['"', "\\", '\\"', '","x":null', "a\r\nb\t", "{", "}}", "Ông", "\x7f\u2028", "\x00"])
)
KINDS = {
    pl.String: TEXT,
    pl.Float64: st.floats() | st.integers(-(2**60), 2**60).map(float),
    pl.Int32: st.integers(-(2**31), 2**31 - 1),
    pl.UInt64: st.integers(0, 2**64 - 1),
    pl.Boolean: st.booleans(),
    pl.Date: st.dates(),
    pl.Datetime("us"): st.datetimes(),
    pl.List(pl.String): st.lists(TEXT, max_size=3),
    pl.Null: st.none(),
}


@given(st.data())
def test_what_is_written_of_a_line_is_what_it_says(data: st.DataObject) -> None:
    names = data.draw(st.lists(TEXT.filter(bool) | st.sampled_from([*LINE_SCHEMA]), unique=True, max_size=6))
    height = data.draw(st.integers(1, 4))
    columns = []
    for name in names:
        kind = data.draw(st.sampled_from([*KINDS]))
        values = data.draw(st.lists(KINDS[kind] | st.none(), min_size=height, max_size=height))
        columns.append(pl.Series(values, dtype=kind).alias(name))  # with some names Polars makes no series of times
    first = pl.DataFrame(
        {"declaration_id": ["D"] * height, "item_number": range(height), "lodged_on": [date(2026, 1, 2)] * height}
    )
    lines = first.hstack([one for one in columns if one.name not in first.columns])
    for text, line in zip(fields_written(lines), lines.rows(named=True), strict=True):
        assert json.loads(text) == json.loads(json.dumps(fields_of(line)))


def test_what_no_reader_makes_is_written_too() -> None:
    line = {
        "declaration_id": "D",
        "item_number": 1,
        "at": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        "told": {"a": [1.5, None]},
    }
    lines = pl.DataFrame([line])
    assert json.loads(fields_written(lines)[0]) == {"at": "2026-01-02T03:04:00+00:00", "told": {"a": [1.5, None]}}
