"""One declaration at a time: the batch's formula, a guard in place of clearing."""

from __future__ import annotations

import time
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selection_cases import DAY, case, some, table

from tidegate.errors import DecisionError
from tidegate.selection import (
    CHANNELS,
    OUTCOME,
    Capacity,
    DayKeys,
    Desk,
    Exemption,
    Policy,
    Rules,
    Tally,
    clear,
    decide,
    reconsider,
)
from tidegate.selection.claims import checked, claims
from tidegate.selection.terms import bounded, locate, parts

KEYS = DayKeys.demo(4)


def through(desk: Desk, cases: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame([desk.decide(row) for row in cases.iter_rows(named=True)], infer_schema_length=None)


def test_same_terms_same_probabilities_as_the_batch() -> None:
    """With the terms of the day itself and no need of the guard, the desk and the batch agree to the last bit."""
    cases = some(800, offices=2)
    out = decide(cases, Policy(), KEYS)
    loose = Policy(default=Rules(capacity={c: Capacity(10**6) for c in CHANNELS}))
    desk = Desk(loose, KEYS, clear(cases, Policy()))
    made = through(desk, cases)
    chance = [name for name in OUTCOME if name.startswith("p_")]
    same = ["probability", *chance, "ticket", "targeted_by", "commitment", "floor"]
    assert made.select(same).equals(out.select(same))
    assert set(made.columns) == set(out.columns)


@pytest.mark.parametrize("without", [None, "profile", "model", "exploration", "draw"])
def test_what_would_have_been_is_what_the_batch_says_where_no_guard_is_needed(without: str | None) -> None:
    cases = some(400, offices=2)
    terms = clear(cases, Policy())
    loose = Policy(default=Rules(capacity={c: Capacity(10**6) for c in CHANNELS}))
    desk = Desk(loose, KEYS, terms)
    made, otherwise, fewer = [], [], []
    for row in cases.iter_rows(named=True):
        made.append(desk.decide(row))
        otherwise.append(desk.reconsider(row, without))
        fewer.append(desk.reconsider({**row, "demand_red": 0.0}, without))
    decided = pl.DataFrame(made, infer_schema_length=None)
    changed = terms.without(without) if without else terms
    assert otherwise == reconsider(decided, changed).to_list()
    assert fewer == reconsider(decided.with_columns(demand_red=pl.lit(0.0)), changed).to_list()


def test_the_same_case_again_gives_the_same_channel_and_is_not_counted() -> None:
    cases = some(600)
    desk = Desk(Policy(), KEYS, clear(cases, Policy()))
    with pytest.raises(DecisionError, match="nothing was decided yet"):
        desk.reconsider(cases.row(0, named=True))
    for row in cases.iter_rows(named=True):
        made = desk.decide(row)
        counted = repr(desk.tallies)
        assert desk.reconsider(row) == made["channel"]
        assert repr(desk.tallies) == counted


def test_capacity_is_kept_in_expectation_and_in_number() -> None:
    policy = Policy()
    yesterday, today = some(3000, seed=2), some(3000, seed=3).with_columns(lodged_on=pl.lit(DAY + timedelta(days=1)))
    desk = Desk(policy, KEYS, clear(yesterday, policy))
    made = through(desk, today)
    usual = dict(yesterday.group_by("office").len().iter_rows())
    for office, mine in made.group_by("office"):
        volume = max(usual[office[0]], mine.height)
        for channel in CHANNELS:
            most = policy.default.capacity[channel].of(volume)
            late = (mine.height - usual[office[0]]) * policy.default.random_rate if channel == "red" else 0
            assert mine[f"p_{channel}"].sum() <= most + max(late, 0) + 1e-6
            # Only the random draw goes on when the capacity is full.
            assert (mine["channel"] == channel).sum() <= most + 3 * np.sqrt(mine.height * 0.01) + 1
        red = mine["p_red"].sum() / policy.default.capacity["red"].of(volume)
        assert red > 0.7, "and it is used"
    assert (made["probability"] >= 0.01 - 2**-32).all()


def test_the_guard_keeps_room_for_the_draw_to_come() -> None:
    """Ten places, a usual day of 100 at 5%: the demands of the morning get half of them, chance gets the other half."""
    tight = {"red": Capacity(10), "yellow": Capacity(0), "blue": Capacity(0)}
    policy = Policy(default=Rules(random_rate=0.05, exploration_share=0.0, capacity=tight))
    desk = Desk(policy, KEYS, clear(table(*(case(f"Y{n}") for n in range(100))), policy))
    today = [case(f"D{n}", lodged_on=DAY + timedelta(days=1), demand_red=1.0 * (n < 20)) for n in range(100)]
    p = [desk.decide(row)["p_red"] for row in today]
    assert p[:5] == [1.0] * 5
    assert p[30:] == pytest.approx([0.05] * 70)
    assert sum(p) <= 10 + 1e-6


def test_the_guard_stops_all_but_the_draw() -> None:
    rules = Rules(capacity={"red": Capacity(3), "yellow": Capacity(0), "blue": Capacity(0)}, exploration_share=0.0)
    desk = Desk(Policy(default=rules), KEYS)
    p = [desk.decide(case(f"D{n}", demand_red=1.0))["probability"] for n in range(10)]
    assert p[0] == p[1] == 1
    assert p[2] == pytest.approx(1, abs=0.011)
    assert p[4:] == pytest.approx([0.01] * 6)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 39))
def test_a_desk_goes_on_from_its_tallies(seed: int, cut: int) -> None:
    cases = some(40, seed=seed, days=2)
    terms = clear(some(500, seed=99), Policy())
    whole = through(Desk(Policy(), KEYS, terms), cases)
    first = Desk(Policy(), KEYS, terms)
    parts = [through(first, cases[:cut]), through(Desk(Policy(), KEYS, terms, first.tallies), cases[cut:])]
    assert pl.concat(parts, how="vertical_relaxed").equals(whole)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000), cuts=st.lists(st.integers(1, 25), min_size=1, max_size=6), room=st.integers(1, 9))
def test_many_at_once_are_decided_as_one_after_the_other(seed: int, cuts: list[int], room: int) -> None:
    """Channels, probabilities and tallies where capacities run out, and what would have become of each."""
    cases = some(sum(cuts), seed=seed, offices=3, days=2).to_dicts()
    policy = Policy(default=Rules(capacity={c: Capacity(room) for c in CHANNELS}))
    terms = clear(some(200, seed=seed + 1), Policy())
    alone, many = Desk(policy, KEYS, terms), Desk(policy, KEYS, terms)
    for cut in cuts:
        mine, cases = cases[:cut], cases[cut:]
        made = many.decide_many(mine)
        for at, (one, told) in enumerate(zip(mine, made, strict=True)):
            assert alone.decide(one) == told
            fewer = {**one, "demand_red": 0.0}
            assert alone.reconsider(fewer) == many.reconsider(fewer, at=at)
            assert alone.reconsider(one, "model") == many.reconsider(one, "model", at)
    assert alone.tallies == many.tallies


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000))
def test_with_room_enough_each_gets_its_parts(seed: int) -> None:
    cases = checked(some(60, seed=seed, offices=2))
    terms = clear(cases, Policy())
    mine = claims(cases, locate(cases, terms.cells), Policy())
    wanted = parts(mine, terms, apart=True).T.tolist()
    got = [bounded(one, [2**32] * len(CHANNELS)) for one in wanted]
    assert np.array_equal(np.array(got).T, parts(mine, terms))


def test_the_tally_counts() -> None:
    desk = Desk(Policy(), KEYS)
    made = desk.decide(case("D", demand_red=1.0))
    assert made["channel"] == "red"
    assert desk.tallies == {(DAY, "02CI"): Tally(volume=1, spent=[2**32, 0, 0], selected=[1, 0, 0])}
    with pytest.raises(DecisionError):
        desk.decide(case("D", score=2.0))
    assert desk.tallies[(DAY, "02CI")].volume == 1, "what is refused is not counted"


def test_often_enough_is_the_probability() -> None:
    cases = some(30, seed=5, offices=1)
    terms = clear(cases, Policy())
    loose = Policy(default=Rules(capacity={c: Capacity(10**6) for c in CHANNELS}))
    count, keys = np.zeros((3, 30)), range(150)
    for seed in keys:
        made = through(Desk(loose, DayKeys.demo(seed), terms), cases)
        count += [(made["channel"] == c).to_numpy() for c in CHANNELS]
    for c, name in enumerate(CHANNELS):
        p = made[f"p_{name}"].to_numpy()
        spread = np.sqrt(np.maximum(len(keys) * p * (1 - p), 1e-9))
        assert (np.abs(count[c] - len(keys) * p) <= 4.5 * spread + 1e-6).all()


def test_exemptions_hold_at_the_desk() -> None:
    policy = Policy(exempt=(Exemption(reason="test", expires=DAY, trusted=True, procedure="A41"),))
    desk = Desk(policy, KEYS)
    assert desk.decide(case("a", trusted=True) | {"procedure": "A41"})["probability"] == 0
    assert desk.decide(case("b", trusted=True) | {"procedure": "A11"})["probability"] > 0
    later = case("c", trusted=True, lodged_on=DAY + timedelta(days=1)) | {"procedure": "A41"}
    assert desk.decide(later)["probability"] > 0
    with pytest.raises(DecisionError, match="the cases have no procedure"):
        desk.decide(case("d", trusted=True))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": float("nan")}, "score must lie between 0 and 1"),
        ({"demand_red": 1.01}, "demand_red must lie between 0 and 1"),
        ({"uncertainty": float("inf")}, "uncertainty must be finite"),
        ({"lodged_on": None}, "lodged_on a day"),
        ({"declaration_id": None}, "declaration_id must be a text"),
    ],
)
def test_a_case_that_cannot_be_used(change: dict[str, object], said: str) -> None:
    with pytest.raises(DecisionError, match=said):
        Desk(Policy(), KEYS).decide(case() | change)


def test_a_case_with_a_field_missing() -> None:
    with pytest.raises(DecisionError, match="missing: score"):
        Desk(Policy(), KEYS).decide({k: v for k, v in case().items() if k != "score"})


def test_under_a_millisecond() -> None:
    cases = some(600, seed=6)
    desk, took = Desk(Policy(), KEYS, clear(cases, Policy())), []
    for row in cases.iter_rows(named=True):
        begin = time.process_time()
        desk.decide(row)
        took.append(time.process_time() - begin)
    assert np.percentile(took, 90) < 0.001
