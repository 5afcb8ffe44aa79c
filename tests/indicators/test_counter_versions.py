"""Counters honour versions: whatever was added first, the numbers are those of what counts in the end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelike_lines import finding_table, line_table

from tidegate.indicators import Counters, compute
from tidegate.intake import settle
from tidegate.trade import MESSAGE_SCHEMA
from tidegate.trade.versions import is_cancellation

NOON = datetime(2025, 1, 2, 12)  # noqa: DTZ001 - columns of times have no zone
quick = settings(max_examples=60, deadline=None)
LATER = line_table(
    [
        {
            "declaration_id": f"ASK{number}", "item_number": 1, "lodged_on": date(2025, 2, 1), "hs_code": "640399",
            "importer_id": f"I{number}", "net_mass_kg": 5.0, "customs_value": 50.0,
        }
        for number in range(2)
    ]
)  # fmt: skip

MESSAGE = st.fixed_dictionaries(
    {
        "declaration": st.sampled_from(["A", "B"]),
        "version": st.sampled_from([None, 1, 2, 3]),
        "function": st.sampled_from([None, "original", "amendment", "cancellation"]),
        "hour": st.sampled_from([None, 0, 1, 2, 3]),
        "items": st.integers(1, 2),
        "day": st.integers(1, 9),
        "importer": st.sampled_from(["I0", "I1"]),
    }
)


def table(told: list[dict[str, Any]]) -> pl.DataFrame:
    """Lines of made-up messages, each with a reference of its own; a cancellation has a row without goods."""
    rows = []
    for number, message in enumerate(told):
        gone = message["function"] == "cancellation"
        rows += [
            {
                "declaration_id": message["declaration"],
                "item_number": None if gone else item,
                "lodged_on": None if gone else date(2025, 1, message["day"]),
                "hs_code": None if gone else "640399",
                "importer_id": None if gone else message["importer"],
                "customs_value": None if gone else 100.0 + number,
                "net_mass_kg": None if gone else 10.0,
                "message_id": f"M{number}",
                "message_version": message["version"],
                "message_function": message["function"],
                "message_sent_at": None if message["hour"] is None else NOON + timedelta(hours=message["hour"]),
            }
            for item in ([1] if gone else range(1, message["items"] + 1))
        ]
    said = {name: dtype for name, dtype in MESSAGE_SCHEMA.items() if name not in ("message_format", "message_sender")}
    plain = line_table([{name: value for name, value in row.items() if name not in said} for row in rows])
    return plain.hstack(pl.DataFrame([{name: row[name] for name in said} for row in rows], schema=said))


def added(parts: list[pl.DataFrame]) -> Counters:
    counters = Counters()
    for part in parts:
        gone = part.filter(is_cancellation())
        counters.add(part.filter(~is_cancellation()), FINDINGS, gone.with_columns(why=pl.lit("cancelled")))
        compute(LATER, counters)  # asks in between: what was known then must not stay
    return counters


FINDINGS = finding_table(
    [
        {"declaration_id": "A", "found_on": date(2025, 1, 20), "illicit": True},
        {"declaration_id": "B", "item_number": 2, "found_on": date(2025, 1, 21), "illicit": False},
    ]
)


@quick
@given(
    told=st.lists(
        MESSAGE,
        min_size=1,
        max_size=6,
        unique_by=lambda one: (one["declaration"], one["hour"]),  # of equal standing, a reference decides, or its hash
    ),
    data=st.data(),
)
def test_in_any_parts_and_order_the_numbers_are_those_of_what_counts(
    told: list[dict[str, Any]], data: st.DataObject
) -> None:
    whole = table(told)
    kept, _ = settle(whole)
    scratch = Counters()
    scratch.add(kept, FINDINGS)
    expected = compute(LATER, scratch)
    order = data.draw(st.permutations(range(len(told))))
    parts = [whole.filter(pl.col("message_id") == f"M{number}") for number in order]
    cut = data.draw(st.integers(0, len(parts)))
    together = [pl.concat(half) for half in (parts[:cut], parts[cut:]) if half]
    for way in (parts, together, [whole]):
        counters = added(way)
        assert compute(LATER, counters).equals(expected)
        assert len(counters) == kept.height
    assert added(parts).version == added([whole]).version == added([*parts, *parts]).version


def test_an_amended_line_takes_the_place_of_the_first_also_in_the_file(tmp_path: Path) -> None:
    about = {"declaration": "A", "hour": None, "items": 1, "importer": "I0"}
    first = table([{**about, "version": 1, "function": "original", "day": 1}])
    second = table(
        [
            {**about, "version": 1, "function": "original", "day": 1},
            {**about, "version": 2, "function": "amendment", "day": 3, "importer": "I1"},
        ]
    )
    counters = added([first])
    counters.save(tmp_path / "counters")
    counters = Counters.load(tmp_path / "counters")
    counters.add(second.filter(message_id="M1"))
    seen = compute(LATER, counters).select("importer_lines_30d", "importer_value_30d").rows()
    assert seen == [(0.0, 0.0), (1.0, 101.0)]
    # The older one again changes nothing.
    version = counters.version
    counters.add(first)
    assert (counters.version, len(counters)) == (version, 1)


def test_a_flag_that_this_node_sets_is_no_fault_of_the_sender() -> None:
    rows = [
        {
            "declaration_id": name,
            "item_number": 1,
            "lodged_on": date(2025, 1, 20),
            "hs_code": "640399",
            "declarant_id": "D",
            "flags": flags,
        }
        for name, flags in (("A", "amendment_not_applied"), ("B", "mass_zero amendment_not_applied"))
    ]
    counters = Counters()
    counters.add(line_table(rows))
    rate = [
        compute(LATER.with_columns(declarant_id=pl.lit("D")), counters)["sender_error_rate_30d"][0],
    ]
    assert rate == [0.5]
