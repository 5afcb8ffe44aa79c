"""Intervals: what they must contain, where they are exact, and how often they cover."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tidegate.errors import EstimateError
from tidegate.yardstick import amount_interval, count_interval, rate_interval
from tidegate.yardstick.intervals import CLASS_RATIO, JOIN_STEPS, classes


def test_rate_interval_solves_the_mid_p_equations() -> None:
    for found, opened in ((1, 20), (3, 50), (19, 20)):
        low, high = rate_interval(found, opened)
        low_p = stats.binom.sf(found, opened, low) + stats.binom.pmf(found, opened, low) / 2
        high_p = stats.binom.cdf(found, opened, high) - stats.binom.pmf(found, opened, high) / 2
        assert low_p == pytest.approx(0.025, abs=1e-9)
        assert high_p == pytest.approx(0.025, abs=1e-9)


def test_rate_interval_at_the_edges() -> None:
    assert rate_interval(0, 0) == (0.0, 1.0)
    assert rate_interval(0, 30)[0] == 0.0
    assert 0.05 < rate_interval(0, 30)[1] < 0.12
    assert rate_interval(30, 30)[1] == 1.0


@given(st.integers(1, 200), st.data())
def test_rate_interval_contains_the_rate(opened: int, data: st.DataObject) -> None:
    found = data.draw(st.integers(0, opened))
    low, high = rate_interval(found, opened)
    assert 0 <= low <= found / opened <= high <= 1


@given(st.integers(0, 10**6), st.integers(1, 400))
def test_classes_keep_similar_probabilities_together_and_certain_ones_apart(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    probability = np.minimum(rng.lognormal(-2, 1.5, size), 1.0)
    opened = rng.random(size) < probability
    label = classes(probability, opened)
    assert set(label) == set(range(label.max() + 1))
    if opened[probability >= 1].any():
        assert not set(label[probability >= 1]) & set(label[probability < 1])
    for one in range(label.max() + 1):
        span = probability[label == one]
        assert span.max() <= span.min() * CLASS_RATIO ** (2 * JOIN_STEPS + 2)


def test_what_was_sought_out_does_not_speak_for_what_chance_never_saw() -> None:
    probability = np.r_[np.full(5000, 1e-6), np.full(200, 0.6)]
    opened = np.r_[np.zeros(5000, dtype=bool), np.arange(200) < 120]
    rest = count_interval(probability, opened, ~opened, opened & (np.arange(5200) % 2 == 0))
    assert rest.estimate is None
    assert rest.low < 50
    assert rest.high is not None
    assert rest.high > 5000


def test_a_class_spans_no_more_than_its_ratio_when_there_is_enough_in_it() -> None:
    probability = np.repeat([0.01, 0.019, 0.3, 0.5, 1.0], 3000)
    label = classes(probability, np.ones(probability.size, dtype=bool))
    for one in range(label.max() + 1):
        inside = probability[label == one]
        assert inside.max() < CLASS_RATIO * inside.min()


def test_what_is_certain_counts_exactly() -> None:
    probability, opened = np.ones(50), np.ones(50, dtype=bool)
    whole = count_interval(probability, opened, ~opened, np.arange(50) < 7)
    assert (whole.estimate, whole.low, whole.high) == (0.0, 0.0, 0.0)


def test_certain_finds_do_not_speak_for_what_was_drawn() -> None:
    rng = np.random.default_rng(1)
    probability = np.r_[np.full(2000, 0.05), np.ones(100)]
    opened = np.r_[rng.random(2000) < 0.05, np.ones(100, dtype=bool)]
    illicit = np.r_[np.zeros(2000, dtype=bool), np.ones(100, dtype=bool)]
    rest = count_interval(probability, opened, ~opened, illicit)
    assert rest.estimate == 0.0
    assert rest.low == 0.0
    assert 0 < rest.high < 0.06 * 2000


def test_pending_certain_units_are_predicted_from_those_reported() -> None:
    probability = np.ones(100)
    opened = np.arange(100) < 80
    rest = count_interval(probability, opened, ~opened, np.arange(100) % 4 == 0)
    assert rest.estimate == pytest.approx(5.0)
    assert 0 < rest.low < 5 < rest.high < 20


def test_nothing_opened_gives_no_estimate_and_the_widest_limits() -> None:
    probability, opened = np.full(40, 0.01), np.zeros(40, dtype=bool)
    rest = count_interval(probability, opened, ~opened, opened)
    assert (rest.estimate, rest.low, rest.high, rest.effective) == (None, 0.0, 40.0, 0.0)
    assert amount_interval(probability, opened, ~opened, np.zeros(40)).high is None


def test_a_probability_of_zero_is_refused() -> None:
    with pytest.raises(EstimateError, match="probability 0"):
        count_interval(np.zeros(1), np.zeros(1, dtype=bool), np.ones(1, dtype=bool), np.zeros(1, dtype=bool))


@given(st.integers(0, 10**6))
def test_limits_hold_the_estimate_and_the_possible(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 300))
    probability = np.clip(rng.lognormal(-2, 1, size), 1e-3, 1.0)
    opened = rng.random(size) < probability
    illicit = rng.random(size) < rng.random()
    count = count_interval(probability, opened, ~opened, illicit)
    if count.estimate is not None:
        assert count.high is not None
        assert 0 <= count.low <= count.estimate <= count.high <= (~opened).sum() + 1e-9
    amount = amount_interval(probability, opened, ~opened, illicit * 100.0)
    if amount.estimate is not None:
        assert 0 <= amount.low <= amount.estimate
        assert amount.high is None or amount.estimate <= amount.high


def coverage(rate: float, floor: float, repeats: int, seed: int) -> int:
    """How often the limits hold the truth: 2,000 units, most drawn with `floor`, some targeted, some certain."""
    rng = np.random.default_rng(seed)
    probability = np.r_[np.full(1800, floor), rng.uniform(0.3, 0.9, 150), np.ones(50)]
    risk = np.r_[np.full(1800, rate), np.full(200, 0.3)]
    held = 0
    for _ in range(repeats):
        illicit = rng.random(2000) < risk
        opened = rng.random(2000) < probability
        rest = count_interval(probability, opened, ~opened, illicit)
        assert rest.high is not None
        held += rest.low <= (illicit & ~opened).sum() <= rest.high
    return held


@pytest.mark.parametrize(("rate", "floor"), [(0.002, 0.02), (0.01, 0.01), (0.02, 0.02), (0.1, 0.02), (0.3, 0.02)])
def test_intervals_cover_also_when_draws_find_next_to_nothing(rate: float, floor: float) -> None:
    held = coverage(rate, floor, repeats=300, seed=42)
    # Would an interval with 92% coverage give so few (one in a thousand)? Wald's gives half of it and fails at once.
    assert held >= stats.binom.ppf(0.001, 300, 0.92)


def test_intervals_are_not_wide_for_the_sake_of_covering() -> None:
    held = sum(coverage(rate, 0.02, repeats=200, seed=7) for rate in (0.02, 0.05, 0.1, 0.2, 0.3))
    assert stats.binom.ppf(0.001, 1000, 0.93) <= held <= stats.binom.ppf(0.999, 1000, 0.97)
