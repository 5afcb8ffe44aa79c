"""Every indicator against its definition in plain Python; the laws: any order, batch = single, no leak."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lifelike_lines import finding_table, line_table, trades
from naive_indicators import naive, price_of

from tidegate.indicators import INDICATORS, Counters, Settings, computation, compute, compute_rows

Trade = tuple[list[dict[str, Any]], list[dict[str, Any]]]

SETTINGS = Settings(de_minimis={"USD": 100_000.0}, prior_openings=3.0, prior_lines=2.0, least_prices=2)
LINEWISE = [indicator.name for indicator in INDICATORS if not indicator.whole_declaration]
quick = settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def counted(lines: pl.DataFrame, findings: pl.DataFrame | None = None) -> Counters:
    counters = Counters()
    counters.add(lines, findings)
    return counters


@quick
@given(trades())
def test_each_number_is_what_its_definition_says(trade: Trade) -> None:
    rows, findings = trade
    lines = line_table(rows)
    table = compute(lines, counted(lines, finding_table(findings)), SETTINGS)
    constants = {
        "de_minimis": {"USD": 100_000.0},
        "prior_openings": 3.0,
        "prior_lines": 2.0,
        "least_prices": 2,
        "least_spread": 0.05,
    }
    prices = [price for row in rows if (price := price_of(row)) is not None]
    on_scale = all(0.001 < price < 1e10 for price in prices)
    for row, computed in zip(rows, table.iter_rows(named=True), strict=True):
        siblings = [other for other in rows if other["declaration_id"] == row["declaration_id"]]
        expected = naive({**row, "siblings": siblings}, rows, findings, constants)
        assert expected.keys() == computed.keys()
        for name, value in computed.items():
            where = f"{name} of {row}"
            if value is None or expected[name] is None:
                assert value is None, where
                assert expected[name] is None, where
            elif not name.startswith("unit_price_"):
                assert value == pytest.approx(expected[name], rel=1e-12, abs=1e-9), where
            elif on_scale:  # prices are kept in steps of 0.05%
                assert value == pytest.approx(expected[name], rel=0.02, abs=0.03), where


@quick
@given(trades(), st.randoms(use_true_random=False), st.data())
def test_any_order_and_split_gives_the_same_numbers_bit_for_bit(trade: Trade, random: Any, data: st.DataObject) -> None:
    rows, findings = trade
    lines = line_table(rows)
    whole = counted(lines, finding_table(findings))
    expected = compute(lines, whole)

    parts: list[tuple[str, dict[str, Any]]] = [("line", row) for row in rows] + [("finding", row) for row in findings]
    random.shuffle(parts)
    piecewise = Counters()
    while parts:
        size = data.draw(st.integers(1, len(parts)))
        now, parts = parts[:size], parts[size:]
        again = now if random.random() < 0.3 else []  # what was seen already changes nothing
        for batch in (now, again):
            piecewise.add(
                line_table([row for kind, row in batch if kind == "line"]),
                finding_table([row for kind, row in batch if kind == "finding"]),
            )
        if random.random() < 0.5:
            compute(line_table([random.choice(rows)]), piecewise)  # an index made in between must not grow old unseen
    assert compute(lines, piecewise).equals(expected)
    assert piecewise.version == whole.version
    assert len(piecewise) == len(rows)


@quick
@given(trades())
def test_a_declaration_alone_gives_the_numbers_of_the_batch_bit_for_bit(trade: Trade) -> None:
    lines = line_table(trade[0])
    counters = counted(lines, finding_table(trade[1]))
    table = compute(lines, counters)
    for (name,), rows in lines.with_row_index().group_by("declaration_id"):
        alone = compute(lines.filter(pl.col("declaration_id") == name), counters)
        assert alone.equals(table[rows.get_column("index").to_list()])
        declared = lines.filter(pl.col("declaration_id") == name).to_dicts()
        assert pl.DataFrame(compute_rows(declared, counters), schema=alone.schema).equals(alone)
    for row in range(lines.height):
        assert compute(lines[row : row + 1], counters).select(LINEWISE).equals(table[row : row + 1].select(LINEWISE))


@quick
@given(trades())
def test_many_rows_take_the_same_hashes_and_chunks_do_not_show(trade: Trade) -> None:
    lines = line_table(trade[0])
    many = pl.concat(
        [
            lines.with_columns(declaration_id=pl.col("declaration_id") + f"/{copy}")
            for copy in range(80 // lines.height + 1)
        ]
    )
    findings = finding_table(trade[1]).with_columns(declaration_id=pl.col("declaration_id") + "/0")
    counters = counted(many, findings)
    table = compute(many, counters)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(computation, "CHUNK", 7)
        assert compute(many, counters).equals(table)
    apart = Counters()
    for start in range(0, many.height, 5):
        apart.add(many[start : start + 5])
    apart.add(many[:0], findings)
    assert apart.version == counters.version
    assert compute(many[: lines.height], apart).equals(table[: lines.height])


@quick
@given(trades(), trades())
def test_nothing_of_the_same_day_or_later_is_seen(past: Trade, future: Trade) -> None:
    lines, findings = line_table(past[0]), finding_table(past[1])
    counters = counted(lines, findings)
    last = lines.get_column("lodged_on").max()
    asked = lines.filter(pl.col("lodged_on") == last)
    expected = compute(asked, counters)
    later = [
        {**row, "declaration_id": row["declaration_id"] + "x", "lodged_on": max(row["lodged_on"], last)}
        for row in future[0]
    ]
    late = [{**row, "found_on": max(row["found_on"], last)} for row in future[1]]
    counters.add(line_table(later), finding_table(late))
    assert compute(asked, counters).equals(expected)
    # Not only because the index was not renewed:
    compute(asked.with_columns(lodged_on=pl.lit(last + timedelta(days=900))), counters)
    assert compute(asked, counters).equals(expected)


def test_a_line_found_clean_and_later_unlawful_counts_as_opened_twice() -> None:
    days = [date(2024, 1, 1), date(2024, 6, 1)]
    line = {"declaration_id": "TK1", "item_number": 1, "lodged_on": days[0], "hs_code": "640399", "importer_id": "A"}
    findings = [{"declaration_id": "TK1", "found_on": day, "illicit": day == days[1]} for day in days]
    counters = counted(line_table([line]), finding_table(findings))
    asked = line_table(
        [{**line, "declaration_id": "TK2", "lodged_on": day} for day in (date(2024, 7, 1), date(2025, 5, 1))]
    )
    table = compute(asked, counters, Settings(prior_openings=1.0))
    assert table.get_column("importer_opened_365d").to_list() == [2.0, 1.0]
    assert table.get_column("importer_found_365d").to_list() == [1.0, 1.0]
    assert table.get_column("importer_hit_rate_365d").to_list() == [0.5, 1.0]


def test_numbers_do_not_depend_on_whether_the_line_itself_was_added() -> None:
    rows = [
        {"declaration_id": f"TK{day}", "item_number": 1, "lodged_on": pl.date(2025, 1, day), "hs_code": "640399"}
        for day in range(1, 4)
    ]
    lines = line_table([{**row, "lodged_on": pl.select(row["lodged_on"]).item(), "importer_id": "A"} for row in rows])
    before = counted(lines[:2])
    alone = compute(lines[2:], before)
    before.add(lines[2:])
    assert compute(lines[2:], before).equals(alone)
    assert alone.get_column("importer_lines_30d").to_list() == [2.0]
