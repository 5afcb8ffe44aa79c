"""Many declarations at the desk: the very decisions that they get one after the other; parties that it remembers."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.assessment import Desk, desk, hold
from tidegate.assessment.memory import PartyMemory
from tidegate.errors import InputError
from tidegate.selection import clear


@pytest.fixture(scope="module")
def desks(trade: Any) -> tuple[Desk, Desk]:
    """Two desks that begin with the same terms."""
    cases = trade.assessment.decisions
    return tuple(Desk(trade.engine, trade.counters, clear(cases, trade.engine.policy)) for _ in range(2))  # type: ignore[return-value]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**16), count=st.integers(2, 150), few=st.sampled_from([0, 10_000]))
def test_many_at_once_are_decided_as_one_after_the_other(
    desks: tuple[Desk, Desk], trade: Any, seed: int, count: int, few: int
) -> None:
    rng = np.random.default_rng(seed)
    ids = trade.lines["declaration_id"].unique(maintain_order=True).to_numpy()
    chosen = pl.Series("declaration_id", rng.choice(ids, count, replace=False))
    lines = pl.DataFrame({"declaration_id": chosen}).join(
        trade.lines, on="declaration_id", how="left", maintain_order="left_right"
    )
    lines = lines.select(trade.lines.columns)
    if seed % 2:  # lines of several declarations, mixed
        lines = lines.sample(fraction=1.0, shuffle=True, seed=seed)
    at_once, alone = desks
    parts = lines.partition_by("declaration_id", maintain_order=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(desk, "FEW", few)  # as a table, as plain values
        told = at_once.decide_many(lines)
    assert told == [alone.decide(part) for part in parts]
    assert at_once._lots.tallies == alone._lots.tallies


def test_lines_of_a_declaration_that_disagree_are_refused_and_nothing_is_counted(
    desks: tuple[Desk, Desk], trade: Any
) -> None:
    some = trade.lines["declaration_id"].unique(maintain_order=True)[:20]
    lines = trade.lines.filter(pl.col("declaration_id").is_in(some.implode()))
    torn = pl.concat([lines, lines.head(1).with_columns(office=pl.lit("ZZZZ"))])
    before = {cell: tally.volume for cell, tally in desks[0]._lots.tallies.items()}
    with pytest.raises(InputError, match="office"):
        desks[0].decide_many(torn)
    assert {cell: tally.volume for cell, tally in desks[0]._lots.tallies.items()} == before


def test_what_is_remembered_of_parties_is_what_screening_says(trade: Any) -> None:
    screener = trade.engine.screener
    assert screener is not None
    memory = PartyMemory(screener)
    for lines in (trade.lines[:500], trade.lines[400:900], trade.lines[:900]):
        told = hold(lines, screener)
        for known in (memory.hold(lines.rows(named=True)).held(), memory.hold_table(lines).held()):
            assert known.matches.equals(told.matches)
            assert known.flags.equals(told.flags)
        assert memory.hold(lines.rows(named=True)).flags() == told.flags.rows(named=True)
    assert hold(trade.lines, screener).matches.height  # not all of it is empty


def test_a_desk_takes_over_what_another_remembers_of_the_same_lists(
    trade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = trade.lines.filter(pl.col("declaration_id") == trade.lines.item(0, "declaration_id"))
    first = Desk(trade.engine, trade.counters)
    decided = first.decide(lines)
    second = Desk(trade.engine, trade.counters, memory=first.memory)
    asked: list[int] = []
    monkeypatch.setattr(trade.engine.screener, "matches", lambda parties: asked.append(len(parties)))
    assert second.decide(lines) == decided
    assert not asked
    assert Desk(trade.engine, trade.counters, memory=PartyMemory(None)).memory is not first.memory  # type: ignore[arg-type]
