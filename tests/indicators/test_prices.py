"""Quartiles by the wavelet matrix against sorting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.indicators.prices import PriceOrder, price_ratio, price_steps


@given(st.lists(st.one_of(st.integers(0, 65535), st.sampled_from([7, 8])), min_size=1, max_size=200), st.data())
def test_the_k_th_smallest_of_any_stretch_is_that_of_the_sorted_stretch(steps: list[int], data: st.DataObject) -> None:
    order = PriceOrder(np.array(steps, np.uint16))
    start = data.draw(st.integers(0, len(steps) - 1))
    stop = data.draw(st.integers(start + 1, len(steps)))
    ranks = np.arange(stop - start)
    found = order.smallest(np.full_like(ranks, start), np.full_like(ranks, stop), ranks)
    assert found.tolist() == sorted(steps[start:stop])


def test_a_long_sequence_and_many_blocks() -> None:
    rng = np.random.default_rng(0)
    steps = rng.integers(0, 65536, 30_000).astype(np.uint16)
    start = rng.integers(0, 29_000, 20_000)
    stop = start + rng.integers(1, 900, 20_000)
    rank = (stop - start - 1) // 2
    found = PriceOrder(steps).smallest(start, stop, rank)
    for row in range(0, 20_000, 997):
        assert found[row] == np.sort(steps[start[row] : stop[row]])[rank[row]]


def test_steps_are_of_equal_ratio_and_equal_prices_give_a_ratio_of_one() -> None:
    steps = price_steps(np.array([10.0, 20.0, 10.0, 0.0, np.nan, 1e13]), np.array([5.0, 5.0, 5.0, 5.0, 1.0, 1e-3]))
    assert steps.tolist()[3:] == [0, 0, 65535]
    ratio = price_ratio(steps[:3].astype(float), np.full(3, float(steps[0])))
    assert ratio[0] == ratio[2] == 1.0
    assert ratio[1] == pytest.approx(2.0, rel=5e-4)
    assert np.isnan(price_ratio(np.array([np.nan]), np.array([3.0]))[0])
