"""Small made-up trades for the tests: few names, so that histories meet, and hostile values among them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from tidegate.trade import FINDING_SCHEMA, LINE_SCHEMA

Row = dict[str, Any]

START = date(2025, 3, 1)
DAYS = st.one_of(st.integers(0, 12), st.integers(0, 420)).map(lambda days: START + timedelta(days=days))


def _maybe(values: list[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


AMOUNTS = st.one_of(
    _maybe([0.0, -5.0, float("nan"), float("inf"), float("-inf"), 1e300, 1e-9, 1000.0, 2500.5, 123456.78]),
    st.floats(0.01, 1e7),
)

LINE = st.fixed_dictionaries(
    {
        "lodged_on": DAYS,
        "office": _maybe(["VNSGN", "VNHPH"]),
        "importer_id": _maybe(["0101", "0202", "0303", ""]),
        "importer_address": _maybe(["12 Phố Huế, Hà Nội", "12 phố  huế, hà nội ", "深圳市 1"]),
        "importer_registered_on": _maybe([date(2024, 1, 1), date(2030, 1, 1)]),
        "exporter_id": _maybe(["S1", "S2"]),
        "exporter_name": _maybe(["ACME Ñandú", "acme ñandú", "s1"]),
        "declarant_id": _maybe(["B1", "B2"]),
        "carrier_id": _maybe(["C1"]),
        "hs_code": _maybe(["640399", "64039900", "640391", "6404", "030", "440349"]),
        "origin_country": _maybe(["IT", "CN"]),
        "dispatch_country": _maybe(["IT", "SG"]),
        "transit_country": _maybe(["SG", "HK"]),
        "loading_port": _maybe(["ITGOA"]),
        "unloading_port": _maybe(["VNSGN"]),
        "packages": _maybe([0, -1, 1, 7]),
        "gross_mass_kg": AMOUNTS,
        "net_mass_kg": AMOUNTS,
        "customs_value": AMOUNTS,
        "currency": st.sampled_from(["USD", "USD", "EUR", None]),
        "duty_rate": _maybe([0.0, 5.0, 12.5, -1.0, float("nan")]),
        "flags": _maybe(["value_zero", "origin_unknown value_zero", ""]),
        "message_sender": _maybe(["B1", "S1", ""]),
    }
)
DECLARATION = st.lists(LINE, min_size=1, max_size=3)
FINDING = st.tuples(st.integers(0, 9), _maybe([1, 2, 3]), DAYS, st.booleans())


@st.composite
def trades(draw: st.DrawFn, most: int = 8) -> tuple[list[Row], list[Row]]:
    """(lines, findings) as rows; lines of one declaration may even differ in their day."""
    declarations = draw(st.lists(DECLARATION, min_size=1, max_size=most))
    lines = [
        {"declaration_id": f"TK{number}", "item_number": item, **line}
        for number, declaration in enumerate(declarations)
        for item, line in enumerate(declaration, start=1)
    ]
    findings = [
        {"declaration_id": f"TK{number}", "item_number": item, "found_on": day, "illicit": illicit}
        for number, item, day, illicit in draw(st.lists(FINDING, max_size=12))
    ]
    return lines, findings


def line_table(rows: list[Row]) -> pl.DataFrame:
    schema = LINE_SCHEMA | {"message_sender": pl.String()}
    columns = {name: [row.get(name) for row in rows] for name in schema}
    return pl.DataFrame(columns, schema=schema)


def finding_table(rows: list[Row]) -> pl.DataFrame:
    columns = {name: [row.get(name) for row in rows] for name in FINDING_SCHEMA}
    return pl.DataFrame(columns, schema=FINDING_SCHEMA)
