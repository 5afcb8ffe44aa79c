"""Profiles that stopped working are told from those that work, were never any good, or were opened too rarely."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tidegate.yardstick import VERDICTS, outcomes, profile_trend, verdicts
from tidegate.yardstick.decay import above, below


def book(rates: dict[str, tuple[float, float]], seed: int, hits_a_day: int = 3) -> pl.DataFrame:
    """Outcomes of 300 days: each profile's hits are opened for certain; it finds with one rate, then another."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[date, float, list[str], bool]] = []
    for number in range(300):
        day = date(2026, 1, 1) + timedelta(number)
        rows += [(day, 0.1, [], bool(rng.random() < 0.03)) for _ in range(40)]
        for profile, (before, after) in rates.items():
            rate = before if number < 210 else after
            rows += [(day, 1.0, [profile], bool(rng.random() < rate)) for _ in range(hits_a_day)]
    days, chances, hits, illicit = zip(*rows, strict=True)
    selected = rng.random(len(rows)) < np.array(chances)
    decisions = pl.DataFrame(
        {
            "declaration_id": [str(n) for n in range(len(rows))],
            "lodged_on": days,
            "channel": np.where(selected, "red", "green"),
            "probability": chances,
            "targeted_by": ["profile" if one else "draw" for one in hits],
            "hits": hits,
        },
        schema_overrides={"hits": pl.List(pl.String)},
    )
    findings = (
        decisions.filter(selected)
        .select("declaration_id", "probability")
        .with_columns(pl.Series("illicit", np.array(illicit)[selected]))
    )
    return outcomes(decisions, findings)


def test_each_profile_gets_the_verdict_it_earned() -> None:
    rates = {"GOOD": (0.3, 0.3), "GONE": (0.3, 0.03), "NEVER": (0.03, 0.03)}
    table = verdicts(book(rates, seed=1))
    assert dict(table.select("profile", "verdict").iter_rows()) == {
        "GOOD": "works",
        "GONE": "stopped",
        "NEVER": "chance",
    }
    assert table.filter("retire")["profile"].to_list() == ["GONE", "NEVER"]
    assert "opened lately" in table["reason"][0]
    assert "kiểm tra" in table["reason_vi"][0]
    assert set(table["verdict"]) <= set(VERDICTS)


def test_a_profile_that_hits_nothing_lately_is_idle_and_a_rare_one_unclear() -> None:
    table = book({"OLD": (0.3, 0.3), "RARE": (0.12, 0.12)}, seed=2)
    late = pl.col("lodged_on") >= date(2026, 7, 30)
    old = pl.col("hits").list.contains("OLD") & late
    rare = pl.col("hits").list.contains("RARE") & (pl.col("lodged_on").dt.day() != 15)
    verdict = verdicts(table.filter(~old & ~rare))
    assert dict(verdict.select("profile", "verdict").iter_rows()) == {"OLD": "idle", "RARE": "unclear"}


def test_a_profile_that_another_covers_is_redundant_and_of_two_equal_ones_one_stays() -> None:
    table = book({"WIDE": (0.3, 0.3)}, seed=3)
    narrow = pl.when(pl.col("lodged_on").dt.weekday() < 4).then(pl.lit(["NARROW", "TWIN", "WIDE"])).otherwise("hits")
    hit = pl.col("hits").list.len() > 0
    table = table.with_columns(pl.when(hit).then(narrow).otherwise("hits").alias("hits"))
    verdict = dict(verdicts(table).select("profile", "verdict").iter_rows())
    assert verdict == {"WIDE": "works", "NARROW": "redundant", "TWIN": "redundant"}
    twins = table.with_columns(pl.col("hits").list.filter(pl.element() != "WIDE"))
    verdict = dict(verdicts(twins).select("profile", "verdict").iter_rows())
    assert verdict == {"NARROW": "works", "TWIN": "redundant"}


def test_false_alarms_are_rare_among_profiles_that_go_on_working() -> None:
    alarms = 0
    for seed in range(4):
        table = verdicts(book({f"P{n}": (0.15, 0.15) for n in range(15)}, seed=100 + seed, hits_a_day=1))
        alarms += (table["verdict"] == "stopped").sum()
    assert alarms <= stats.binom.ppf(0.999, 60, 0.05)


def test_the_trend_has_a_row_a_month_with_its_interval() -> None:
    trend = profile_trend(book({"P": (0.3, 0.3)}, seed=4))
    assert trend.height == 10
    assert trend["month"].is_sorted()
    assert (trend["low"] <= trend["rate"]).all()
    assert (trend["rate"] <= trend["high"]).all()


@given(st.integers(1, 60), st.floats(0.01, 0.99), st.data())
def test_the_tests_are_mid_p_binomial(opened: int, base: float, data: st.DataObject) -> None:
    found = data.draw(st.integers(0, opened))
    exact = stats.binom.sf(found, opened, base) + stats.binom.pmf(found, opened, base) / 2
    assert above(found, opened, base) == pytest.approx(exact, abs=1e-9)
    assert below(found, opened, base) == pytest.approx(1 - exact, abs=1e-9)


def test_the_tests_at_the_edges() -> None:
    assert above(0, 0, 0.1) == below(0, 0, 0.1) == 1.0
    assert above(3, 10, 0.0) == 0.0
    assert above(0, 10, 0.0) == 1.0
    assert below(3, 10, 1.0) == 0.0
