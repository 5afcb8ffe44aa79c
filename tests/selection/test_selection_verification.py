"""Whoever changes a published decision is found out, by declaration."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selection_cases import DAY, policies, some, tables

from tidegate.errors import DecisionError, InputError
from tidegate.selection import FAULTS, DayKeys, Desk, Policy, RevealedKeys, clear, decide, verify

KEYS = DayKeys.demo(5)
PROMISED = {DAY + timedelta(days=n): KEYS.commitment(DAY + timedelta(days=n)) for n in range(3)}
REVEALED = RevealedKeys(KEYS.reveal(PROMISED))
CASES = some(300, days=2, offices=3)
OUT = decide(CASES, Policy(), KEYS)


def changed(row: int, **values: object) -> pl.DataFrame:
    here = pl.int_range(pl.len()) == row
    return OUT.with_columns(pl.when(here).then(pl.lit(v)).otherwise(pl.col(k)).alias(k) for k, v in values.items())


def faults(decisions: pl.DataFrame, **more: object) -> set[tuple[str, str]]:
    found = verify(decisions, REVEALED, PROMISED, **more).faults  # type: ignore[arg-type]
    return set(found.select("declaration_id", "fault").rows())


@settings(deadline=None)
@given(tables(), policies(), st.integers(0, 9))
def test_every_honest_draw_stands(cases: pl.DataFrame, policy: Policy, seed: int) -> None:
    keys = DayKeys.demo(seed)
    report = verify(decide(cases, policy, keys), keys)
    assert report.ok, report.faults
    assert report.declarations == cases.height


def test_a_draw_stands_in_any_order_and_through_a_file(tmp_path: object) -> None:
    assert faults(OUT.sample(fraction=1.0, shuffle=True, seed=1)) == set()
    path = f"{tmp_path}/decisions.parquet"
    OUT.write_parquet(path)
    report = verify(pl.read_parquet(path), REVEALED, PROMISED)
    assert (report.ok, report.declarations, report.days) == (True, 300, 2)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, OUT.height - 1), st.data())
def test_one_changed_value_is_named(row: int, data: st.DataObject) -> None:
    ident, channel, p_red, probability = OUT.select("declaration_id", "channel", "p_red", "probability").row(row)
    other = data.draw(st.sampled_from([c for c in ("green", "yellow", "red", "blue") if c != channel]))
    assert faults(changed(row, channel=other)) == {(ident, "channel")}
    assert faults(changed(row, ticket=data.draw(st.floats(0, 1, exclude_max=True)))) <= {(ident, "ticket")}
    assert faults(changed(row, commitment="0" * 64)) == {(ident, "commitment")}
    assert (ident, "probability") in faults(changed(row, probability=probability / 2))
    # Both changed so that they still add up: the wheel, by the points, turned by something else.
    moved = data.draw(st.floats(-p_red, 1 - probability).filter(lambda d: abs(d) > 1e-9))
    found = faults(changed(row, p_red=p_red + moved, probability=probability + moved))
    assert (ident, "probability") in found
    assert len({name for name, _ in found}) <= 2, "the row, and the one after it where a certainty was changed"
    found = faults(changed(row, point_red=data.draw(st.floats(0, 1, exclude_max=True))))
    assert (ident, "probability") in found
    assert len({name for name, fault in found}) <= 2, "the row and the one after it"
    shown = OUT["point_red"][row]
    assert (ident, "probability") in faults(changed(row, point_red=shown + 2**-40)), "less than a unit is seen too"
    for nonsense in (float("nan"), -1.0, 2.0):
        assert (ident, "probability") in faults(changed(row, p_red=nonsense))
        assert (ident, "probability") in faults(changed(row, point_blue=nonsense))


def test_a_removed_and_an_added_row() -> None:
    last = OUT.with_row_index("row").group_by("lodged_on", "office").agg(pl.col("row").sort_by("ticket").last())["row"]
    row = next(n for n in range(OUT.height) if n not in last)
    gone = OUT.with_row_index("row").filter(pl.col("row") != row).drop("row")
    assert len({name for name, _ in faults(gone)}) == 1
    stranger = OUT[row].with_columns(declaration_id=pl.lit("STRANGER"))
    assert "STRANGER" in {name for name, _ in faults(pl.concat([OUT, stranger]))}


def test_a_wrong_key_a_wrong_promise() -> None:
    other = RevealedKeys(DayKeys.demo(6).reveal(PROMISED))
    found = verify(OUT, other, PROMISED).faults
    assert set(found["fault"]) == {"commitment"}
    assert found.height == OUT.height
    assert found["published"][0] == PROMISED[DAY]
    half = {**PROMISED, DAY: "0" * 64}
    assert set(verify(OUT, KEYS, half).faults["lodged_on"]) == {DAY}
    assert not verify(OUT, KEYS, {}).ok, "a day that was never promised does not stand"
    # A node that swaps its key and rewrites all its decisions is still held by what it had published.
    assert not verify(decide(CASES, Policy(), DayKeys.demo(6)), other, PROMISED).ok
    with pytest.raises(InputError, match="no key was revealed"):
        verify(OUT, RevealedKeys({}), PROMISED)


def test_decisions_that_cannot_be_read() -> None:
    with pytest.raises(DecisionError, match=r"column\(s\) missing: ticket, point_red"):
        verify(OUT.drop("ticket", "point_red"), KEYS)
    with pytest.raises(DecisionError, match="another type"):
        verify(OUT.with_columns(ticket=pl.lit("first")), KEYS)
    with pytest.raises(DecisionError, match="declaration_id is missing in 300"):
        verify(OUT.with_columns(declaration_id=pl.lit(None, pl.String)), KEYS)


def test_the_desk_is_verified_too() -> None:
    desk = Desk(Policy(), KEYS, clear(CASES, Policy()))
    made = pl.DataFrame([desk.decide(row) for row in CASES[:200].iter_rows(named=True)], infer_schema_length=None)
    assert faults(made, desk=True) == set()
    worse = made.with_columns(pl.col("point_red").reverse())
    assert {fault for _, fault in faults(worse, desk=True)} >= {"probability"}


def test_every_fault_has_its_sentence() -> None:
    assert [fault.name for fault in FAULTS] == ["commitment", "ticket", "probability", "channel"]
    assert all(fault.sentence and fault.sentence_vi for fault in FAULTS)
