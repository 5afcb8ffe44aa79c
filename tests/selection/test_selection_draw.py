"""The draw over many day keys: everybody comes up as often as the probability says."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from selection_cases import case, some, table

from tidegate.selection import CHANNELS, Capacity, DayKeys, Policy, Rules, clear, decide
from tidegate.selection.decision import chances, marginals
from tidegate.selection.terms import UNIT
from tidegate.selection.wheel import order, points

SEEDS = 600


@pytest.fixture(scope="module")
def outcomes() -> tuple[pl.DataFrame, np.ndarray]:
    """One decided batch of 400, and how often each declaration came to each channel over SEEDS keys: [3, n]."""
    cases, policy = some(400, offices=2), Policy()
    terms = clear(cases, policy)
    count = np.zeros((3, cases.height))
    for seed in range(SEEDS):
        out = decide(cases, policy, DayKeys.demo(seed), terms=terms)
        count += [(out["channel"] == c).to_numpy() for c in CHANNELS]
    return out, count


def test_frequencies_are_the_probabilities(outcomes: tuple[pl.DataFrame, np.ndarray]) -> None:
    out, count = outcomes
    for c, name in enumerate(CHANNELS):
        p = out[f"p_{name}"].to_numpy()
        assert (count[c][p == 0] == 0).all()
        assert (count[c][p == 1] == SEEDS).all()
        open_ = (p > 0.005) & (p < 0.995)
        spread = SEEDS * p[open_] * (1 - p[open_])
        z = (count[c][open_] - SEEDS * p[open_]) / np.sqrt(spread)
        assert open_.sum() > 15
        assert np.abs(z).max() < 4.5
        # Pearson's statistic has mean 1 a declaration and the variance of a squared binomial, 2 + 1 / spread.
        assert abs((z**2 - 1).sum()) < 4.5 * np.sqrt((2 + 1 / spread).sum())
    green = 1 - out["probability"].to_numpy()
    z = (SEEDS - count.sum(axis=0) - SEEDS * green) / np.sqrt(np.maximum(SEEDS * green * (1 - green), 1e-9))
    assert np.abs(z[(green > 0.005) & (green < 0.995)]).max() < 4.5


def test_which_come_up_together_is_left_to_chance() -> None:
    """Systematic, but in an order that the key shuffles: every pair can be drawn together, and about equally often."""
    rules = Rules(random_rate=0.4, capacity={"red": Capacity(4), "yellow": Capacity(0), "blue": Capacity(0)})
    cases, policy = table(*(case(f"D{n}") for n in range(10))), Policy(default=rules)
    terms, together = clear(cases, policy), np.zeros((10, 10))
    for seed in range(SEEDS // 2):
        red = (decide(cases, policy, DayKeys.demo(seed), terms=terms)["channel"] == "red").to_numpy()
        assert red.sum() in (3, 4)  # 4 but for the last unit of 2**-32
        together += np.outer(red, red)
    pair = together[~np.eye(10, dtype=bool)] / (SEEDS // 2)
    expected = 4 / 10 * 3 / 9
    assert np.abs(pair - expected).max() < 4.5 * math.sqrt(expected * (1 - expected) / (SEEDS // 2))


def test_the_wheel_by_hand() -> None:
    """Four declarations of a half, the wheel starting at a quarter: it passes the mark at the second and the fourth."""
    chance = np.full((3, 4), UNIT // 2)
    cell, rows = np.zeros(4, np.int64), np.array([2, 0, 3, 1])
    own = np.full((3, 4), UNIT // 8)
    point = points(chance, own, np.full((3, 1), UNIT // 4), cell, rows)
    assert (point[0, rows] / UNIT).tolist() == [0.75, 0.25, 0.75, 0.25]
    assert (point < chance)[0, rows].tolist() == [False, True, False, True]
    chance[0, 0] = (
        UNIT  # the second in the order becomes certain: the wheel stands where it stood, its point is its own
    )
    point = points(chance, own, np.full((3, 1), UNIT // 4), cell, rows)
    assert (point[0, rows] / UNIT).tolist() == [0.75, 0.875, 0.25, 0.75]


def test_tied_tickets_are_ordered_by_id() -> None:
    cell, ticket = np.array([1, 0, 0, 0]), np.array([0.5, 0.5, 0.1, 0.5])
    assert order(cell, ticket, pl.Series(["a", "c", "z", "b"])).tolist() == [2, 3, 1, 0]


def test_marginals_and_the_way_back() -> None:
    chance = np.random.default_rng(3).integers(0, UNIT + 1, (3, 5000))
    chance[:, :9] = np.array(np.meshgrid([0, 1, UNIT - 1], [0, 1, UNIT - 1], [7])).reshape(3, 9)
    marginal, _ = marginals(chance)
    assert (chances(marginal) == chance).all()
    assert (chances(np.array([[-0.1], [2.0], [np.nan]])) == 0).all()


def test_targeted_by_and_drawn() -> None:
    rows = [case("draw"), case("profile", demand_red=0.5), case("firm", demand_red=1.0), case("model", score=0.99)]
    wide = Rules(capacity={c: Capacity(share=1.0) for c in CHANNELS}, exploration_share=0.0, model={"red": 0.5})
    out = decide(table(*rows), Policy(default=wide), DayKeys.demo(0))
    assert out["targeted_by"].to_list() == ["draw", "profile", "profile", "model"]
    assert out["probability"].to_list() == pytest.approx([0.01, 0.5, 1, 1])
    assert out["p_draw"].to_list() == pytest.approx([0.01] * 4)
    assert out["drawn"].to_list()[2:] == [False, False]
    assert out["channel"].to_list()[2:] == ["red", "red"]


def test_yellow_is_drawn_among_those_not_red() -> None:
    wide = Rules(capacity={c: Capacity(share=1.0) for c in CHANNELS}, exploration_share=0.0, model={})
    rows = [case("D", demand_red=0.5, demand_yellow=0.5, demand_blue=0.5), case("E", demand_red=1.0, demand_yellow=1.0)]
    out = decide(table(*rows), Policy(default=wide), DayKeys.demo(0))
    got = out.select("p_red", "p_yellow", "p_blue", "probability").row(0)
    assert got == pytest.approx((0.5, 0.25, 0.125, 0.875))
    assert out.select("p_red", "p_yellow", "channel").row(1) == (1.0, 0.0, "red")
