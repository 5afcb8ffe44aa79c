"""The yardstick against the real wheel: the same cases, drawn with one day key after another."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy import stats

from tidegate.selection import Capacity, DayKeys, Policy, Rules, decide
from tidegate.yardstick import fraud_rate, missed, outcomes

REPEATS = 150


@pytest.fixture(scope="module")
def drawn() -> list[tuple[dict[str, float], dict[str, float], float, float]]:
    """(rate, missed, true rate, truly missed) of 150 draws of one month: profiles, model, exploration and draw."""
    rng = np.random.default_rng(4)
    size = 2400
    risk = np.clip(0.04 * rng.lognormal(-0.5, 1.0, size), 0, 0.95)
    illicit = rng.random(size) < risk
    cases = pl.DataFrame(
        {
            "declaration_id": [f"D{n}" for n in range(size)],
            "lodged_on": [date(2026, 5, 1) + timedelta(int(day)) for day in rng.integers(0, 30, size)],
            "office": rng.choice(["01", "02"], size),
            "trusted": rng.random(size) < 0.1,
            "score": np.clip(risk * rng.lognormal(0, 0.4, size), 0, 1),
            "uncertainty": rng.random(size),
            "demand_red": np.where(rng.random(size) < 0.03, 0.7, 0.0),
            "demand_yellow": np.zeros(size),
            "demand_blue": np.zeros(size),
        }
    )
    room = {"red": Capacity(share=0.1), "yellow": Capacity(share=0.05), "blue": Capacity(share=0.01)}
    policy = Policy(default=Rules(random_rate=0.02, exploration_share=0.2, capacity=room))
    truth = pl.DataFrame({"declaration_id": cases["declaration_id"], "illicit": illicit})
    told = []
    for seed in range(REPEATS):
        decisions = decide(cases, policy, DayKeys.demo(seed))
        chosen = decisions.filter(pl.col("channel") != "green").select("declaration_id", "probability")
        table = outcomes(decisions, chosen.join(truth, on="declaration_id"))
        green = (decisions["channel"] == "green").to_numpy()
        rate, lost = fraud_rate(table).row(0, named=True), missed(table).row(0, named=True)
        told.append((rate, lost, float(illicit.mean()), float(illicit[green].sum())))
    return told


def test_intervals_cover_under_the_wheel(drawn: list[tuple[dict[str, float], dict[str, float], float, float]]) -> None:
    rates = sum(rate["low"] <= true <= rate["high"] for rate, _, true, _ in drawn)
    numbers = sum(lost["number_low"] <= gone <= lost["number_high"] for _, lost, _, gone in drawn)
    for held in (rates, numbers):
        assert held >= stats.binom.ppf(0.001, REPEATS, 0.92)
    assert rates < REPEATS  # limits that always hold would be of no use


def test_horvitz_thompson_is_unbiased_under_the_wheel(
    drawn: list[tuple[dict[str, float], dict[str, float], float, float]],
) -> None:
    for name in ("horvitz_thompson", "estimate"):
        error = np.array([rate[name] - true for rate, _, true, _ in drawn])
        assert abs(error.mean()) < 4 * error.std() / np.sqrt(REPEATS), name
