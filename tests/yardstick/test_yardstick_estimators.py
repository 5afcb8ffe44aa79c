"""Laws of the estimators: unbiased over every possible sample, Hájek equal to Horvitz–Thompson under equal weights."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import EstimateError
from tidegate.yardstick import effective_size, hajek, horvitz_thompson

PROBABILITY = st.floats(0.05, 1.0)


@given(st.lists(st.tuples(st.floats(-100, 100), PROBABILITY), min_size=1, max_size=6))
def test_horvitz_thompson_is_unbiased_over_all_samples(population: list[tuple[float, float]]) -> None:
    y, p = np.array(population).T
    expected = 0.0
    for taken in itertools.product((False, True), repeat=y.size):
        inside = np.array(taken)
        chance = np.prod(np.where(inside, p, 1 - p))
        expected += chance * horvitz_thompson(y[inside], p[inside])
    assert expected == pytest.approx(y.sum(), abs=1e-8)


def test_horvitz_thompson_is_unbiased_over_all_systematic_samples() -> None:
    y, p = np.array([1.0, 0, 0, 1, 1]), np.array([0.2, 0.5, 0.7, 0.25, 0.35])
    grid = (np.arange(2000) + 0.5) / 2000
    total = 0.0
    for order in itertools.permutations(range(5)):
        steps = np.floor(np.concatenate([[0], np.cumsum(p[list(order)])])[None, :] + grid[:, None])
        taken = np.diff(steps, axis=1) > 0
        total += float((taken * (y / p)[list(order)]).sum(axis=1).mean())
    assert total / 120 == pytest.approx(y.sum(), abs=1e-6)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20), PROBABILITY)
def test_hajek_is_horvitz_thompson_when_weights_are_equal(values: list[float], probability: float) -> None:
    p = np.full(len(values), probability)
    size = len(values) / probability  # the population that such a sample stands for
    assert hajek(values, p) == pytest.approx(horvitz_thompson(values, p) / size)


@given(st.lists(st.tuples(st.floats(0, 1), PROBABILITY), min_size=1, max_size=20))
def test_hajek_stays_within_the_values(sample: list[tuple[float, float]]) -> None:
    y, p = np.array(sample).T
    assert y.min() - 1e-9 <= hajek(y, p) <= y.max() + 1e-9


def test_effective_size_is_the_size_under_equal_weights_and_less_otherwise() -> None:
    assert effective_size([0.1] * 7) == pytest.approx(7)
    assert effective_size([0.01, 0.9, 0.9, 0.9]) < 1.2
    assert effective_size([]) == 0


def test_no_draws_is_an_error_that_says_so() -> None:
    with pytest.raises(EstimateError, match="nothing was opened"):
        hajek([], [])
    assert horvitz_thompson([], []) == 0.0


@pytest.mark.parametrize("probability", [[0.0], [1.2], [float("nan")]])
def test_a_probability_out_of_range_is_refused(probability: list[float]) -> None:
    with pytest.raises(EstimateError, match="above 0"):
        horvitz_thompson([1.0], probability)


def test_lengths_must_agree() -> None:
    with pytest.raises(EstimateError, match="2 values but 1"):
        hajek([1.0, 0.0], [0.5])
