"""The effect of a small trade whose truth is known: estimates, contributions, words."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import stats

from tidegate.errors import EstimateError
from tidegate.yardstick import fraud_rate, measure, missed, outcomes, overlap, profile_contributions

Trade = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
Make = Callable[..., Trade]


def test_the_rate_of_all_trade_and_what_was_missed_are_covered(trade: Make) -> None:
    rate_held = missed_held = revenue_held = 0
    for seed in range(100):
        decisions, findings, truth = trade(seed)
        table = outcomes(decisions, findings)
        rate, lost = fraud_rate(table).row(0, named=True), missed(table).row(0, named=True)
        unseen = truth.filter(decisions["channel"] == "green")
        rate_held += rate["low"] <= truth["illicit"].mean() <= rate["high"]
        missed_held += lost["number_low"] <= unseen["illicit"].sum() <= lost["number_high"]
        revenue_held += lost["revenue_low"] <= unseen["revenue"].sum() <= (lost["revenue_high"] or np.inf)
    least = stats.binom.ppf(0.001, 100, 0.92)
    assert rate_held >= least
    assert missed_held >= least
    assert revenue_held >= least


def test_the_estimates_are_right_on_average(trade: Make) -> None:
    ours, checks, truths = [], [], []
    for seed in range(150):
        decisions, findings, truth = trade(seed, size=1500)
        row = fraud_rate(outcomes(decisions, findings)).row(0, named=True)
        ours.append(row["estimate"])
        checks.append(row["horvitz_thompson"])
        truths.append(truth["illicit"].mean())
    for estimates in (ours, checks):
        error = np.array(estimates) - np.array(truths)
        assert abs(error.mean()) < 4 * error.std() / np.sqrt(len(error))


def test_when_everything_is_opened_the_truth_is_known(trade: Make) -> None:
    decisions, _, truth = trade(3, size=300)
    decisions = decisions.with_columns(pl.lit(1.0).alias("probability"), pl.lit("red").alias("channel"))
    findings = truth.with_columns(pl.lit(1.0).alias("probability"), pl.lit("draw").alias("selected_by"))
    row = fraud_rate(outcomes(decisions, findings)).row(0, named=True)
    assert row["low"] == row["estimate"] == row["high"] == pytest.approx(truth["illicit"].mean())
    assert missed(outcomes(decisions, findings))["number_high"][0] == 0


def test_months_and_offices_have_rows_of_their_own(trade: Make) -> None:
    decisions, findings, _ = trade(4, days=61)
    table = outcomes(decisions, findings)
    months = fraud_rate(table, by="month")
    assert months["month"].to_list() == [date(2026, 3, 1), date(2026, 4, 1)]
    assert fraud_rate(table, by="office")["declarations"].sum() == table.height
    alone = fraud_rate(table.filter(pl.col("office") == "01CC"))
    of_office = fraud_rate(table, by="office").filter(pl.col("office") == "01CC").drop("office")
    assert_frame_equal(alone, of_office)
    with pytest.raises(EstimateError, match="no column 'port'"):
        fraud_rate(table, by="port")


def test_a_month_without_draws_has_no_estimate_and_the_widest_limits(trade: Make) -> None:
    decisions, findings, _ = trade(5, days=61)
    april = decisions.filter(pl.col("lodged_on") >= date(2026, 4, 1))["declaration_id"]
    table = outcomes(decisions, findings.filter(~pl.col("declaration_id").is_in(april.to_list())))
    row = fraud_rate(table, by="month").row(1, named=True)
    assert (row["estimate"], row["low"], row["high"]) == (None, 0.0, 1.0)


def test_exempt_trade_is_left_out_and_counted(trade: Make) -> None:
    decisions, findings, _ = trade(6)
    exempt = decisions.head(50).with_columns(
        pl.lit(0.0).alias("probability"), pl.lit("green").alias("channel"), pl.col("declaration_id") + "X"
    )
    with_them = fraud_rate(outcomes(pl.concat([decisions, exempt]), findings)).row(0, named=True)
    without = fraud_rate(outcomes(decisions, findings)).row(0, named=True)
    assert with_them["exempt"] == 50
    assert with_them["estimate"] == without["estimate"]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.floats(0, 1))
def test_findings_of_officers_never_change_an_estimate(trade: Make, seed: int, share: float) -> None:
    decisions, findings, truth = trade(seed % 50, size=1200)
    rng = np.random.default_rng(seed)
    chosen = truth.filter(rng.random(truth.height) < share)
    hand = chosen.select(
        "declaration_id",
        pl.lit(1, pl.Int32).alias("item_number"),
        (pl.col("lodged_on") + timedelta(1)).alias("found_on"),
        "illicit",
        "revenue",
        pl.lit("officer").alias("selected_by"),
        pl.lit(None, pl.Float64).alias("probability"),
    )
    before, after = measure(decisions, findings), measure(decisions, pl.concat([findings, hand]))
    for name, table in before.tables().items():
        if name != "by_hand":
            assert_frame_equal(table, after.tables()[name])
    assert after.by_hand["opened"][0] == chosen.height
    assert after.by_hand["found"][0] == chosen["illicit"].sum()


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_rows_does_not_matter(trade: Make, seed: int) -> None:
    decisions, findings, _ = trade(seed % 50, size=1200)
    one = measure(decisions, findings)
    other = measure(
        decisions.sample(fraction=1, shuffle=True, seed=seed), findings.sample(fraction=1, shuffle=True, seed=seed)
    )
    for name, table in one.tables().items():
        assert_frame_equal(table, other.tables()[name], check_exact=True)


def test_findings_that_are_late_at_random_change_little(trade: Make) -> None:
    decisions, findings, _ = trade(8, size=20000)
    full = fraud_rate(outcomes(decisions, findings)).row(0, named=True)
    late = fraud_rate(outcomes(decisions, findings.sample(fraction=0.6, seed=1))).row(0, named=True)
    assert late["pending"] == pytest.approx(0.4 * full["opened"], rel=0.1)
    assert full["low"] < late["estimate"] < full["high"]
    assert late["high"] - late["low"] > full["high"] - full["low"]


def test_a_source_whose_findings_are_all_late_does_not_bend_the_rest(trade: Make) -> None:
    decisions, findings, truth = trade(9, size=20000)
    row = fraud_rate(outcomes(decisions, findings.filter(pl.col("selected_by") != "model"))).row(0, named=True)
    assert row["low"] < truth["illicit"].mean() < row["high"]


def test_contributions_add_up_and_lift_is_against_all_trade(trade: Make) -> None:
    decisions, findings, truth = trade(10, size=20000)
    effect = measure(decisions, findings)
    sources = effect.sources
    assert sources["found"].sum() == findings["illicit"].sum()
    assert sources["opened"].sum() == findings.height
    profile = effect.profiles.row(0, named=True)
    hits = truth.filter(decisions["hits"].list.len() > 0)
    assert profile["low"] < hits["illicit"].mean() < profile["high"]
    assert profile["lift"] == pytest.approx(profile["rate"] / effect.rate["estimate"][0])
    assert profile["only"] == profile["found"]  # it is the only profile, and nothing else leads to its hits


def test_only_counts_finds_that_nothing_else_would_have_had() -> None:
    decisions = pl.DataFrame(
        {
            "declaration_id": ["A", "B", "C"],
            "lodged_on": [date(2026, 3, 1)] * 3,
            "channel": ["red"] * 3,
            "probability": [1.0] * 3,
            "targeted_by": ["profile", "profile", "model"],
            "hits": [["P", "Q"], ["P"], ["Q"]],
        }
    )
    findings = pl.DataFrame({"declaration_id": ["A", "B", "C"], "illicit": [True] * 3, "probability": [1.0] * 3})
    table = outcomes(decisions, findings)
    contributions = profile_contributions(table, 0.5)
    assert dict(contributions.select("profile", "found").iter_rows()) == {"P": 2, "Q": 2}
    assert dict(contributions.select("profile", "only").iter_rows()) == {"P": 1, "Q": 0}
    pairs = overlap(table).rows(named=True)
    assert [(row["profile"], row["other"], row["both"], row["share"], row["found_both"]) for row in pairs] == [
        ("P", "Q", 1, 0.5, 1),
        ("Q", "P", 1, 0.5, 1),
    ]


def test_the_words_say_the_figures_in_both_languages(trade: Make) -> None:
    decisions, findings, _ = trade(11)
    effect = measure(decisions, findings)
    estimate = 100 * effect.rate["estimate"][0]
    assert f"Fraud rate of all trade: {estimate:.1f}% (95%:" in effect.text()
    assert f"{estimate:.1f}%".replace(".", ",") in effect.text("vi")
    assert "luồng" not in effect.text()
    assert len(effect.text().splitlines()) == len(effect.text("vi").splitlines())
    with pytest.raises(ValueError, match="fr"):
        effect.text("fr")


def test_counts_tell_findings_of_other_trade(trade: Make) -> None:
    decisions, findings, _ = trade(12)
    other = findings.head(3).with_columns(pl.col("declaration_id") + "-2025")
    counts = measure(decisions, pl.concat([findings, other])).counts
    assert counts["elsewhere"] == 3
    assert counts["opened"] == findings.height
