"""Unit prices on a fixed logarithmic scale, and their exact quartiles over any window."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["STEPS", "PriceOrder", "price_ratio", "price_steps"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

STEPS = 2048  # to one unit of the natural logarithm: a step is 0.05%
LEVELS = 16
BLOCK = 1 << 13  # quartiles sought at once, so that what is in hand stays in the cache
# Price per kg at the lower edge of each step; from 0.0003 to 26,000 million, so grain in dollars and gold in dong fit.
_GRID: Floats = np.exp(-8.0 + np.arange(1 << LEVELS) / STEPS)
_BELOW = (np.uint64(1) << np.arange(64, dtype=np.uint64)) - np.uint64(1)
_WORTH = 1 << np.arange(LEVELS - 1, -1, -1)


def price_steps(value: Floats, net_kg: Floats) -> NDArray[np.uint16]:
    """Step of value per kg on the scale, 1 to 65535; 0 where there is no price (value or mass not above 0)."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        price = value / net_kg
        sound = (value > 0) & (net_kg > 0)
    # A search in a table, not a logarithm: the last bit of log() differs between vector and scalar code.
    steps = np.searchsorted(_GRID[2:], np.where(sound, price, 0.0), side="right") + 1
    return np.where(sound, steps, 0).astype(np.uint16)


def price_ratio(steps: Floats, usual: Floats) -> Floats:
    """Price over usual price, both given as steps (NaN: not known). Equal steps give exactly 1."""
    known = ~(np.isnan(steps) | np.isnan(usual))
    ratio = _GRID[np.where(known, steps, 0.0).astype(np.int64)] / _GRID[np.where(known, usual, 0.0).astype(np.int64)]
    return np.where(known, ratio, np.nan)


class PriceOrder:
    """The k-th smallest of any stretch of a sequence of steps, in 16 rounds whatever its length.

    A wavelet matrix (Claude, Navarro and Ordóñez, "The wavelet matrix", Information Systems 47, 2015): for each
    bit from the highest, the sequence is split stably into zeros and ones, and a count of ones up to
    each place is kept, in 64-bit words with a running total.
    """

    def __init__(self, steps: NDArray[np.uint16]) -> None:
        size = len(steps)
        words = size // 64 + 1
        self.bits = np.zeros((LEVELS, words), np.uint64)
        self.ranks = np.zeros((LEVELS, words), np.int64)
        self.zeros = np.zeros(LEVELS, np.int64)
        padded = np.zeros(words * 64, np.bool_)
        for level in range(LEVELS):
            ones = (steps >> np.uint16(LEVELS - 1 - level)) & np.uint16(1) != 0
            padded[:size] = ones
            self.bits[level] = np.packbits(padded, bitorder="little").view("<u8")
            np.cumsum(np.bitwise_count(self.bits[level])[:-1], out=self.ranks[level, 1:])
            self.zeros[level] = size - int(ones.sum())
            steps = np.concatenate((steps[~ones], steps[ones]))

    def smallest(self, start: Whole, stop: Whole, rank: Whole) -> Whole:
        """The step with `rank` others before it in order, among places start to stop (not included): one for each."""
        steps = np.empty_like(rank)
        for first in range(0, len(rank), BLOCK):
            block = slice(first, first + BLOCK)
            steps[block] = self._smallest(np.stack((start[block], stop[block])), rank[block])
        return steps

    def _smallest(self, ends: Whole, rank: Whole) -> Whole:
        ups = np.empty((LEVELS, len(rank)), np.bool_)
        for level, (bits, ranks, zeros_in_all) in enumerate(zip(self.bits, self.ranks, self.zeros, strict=True)):
            word = ends >> 6
            ones: Any = ranks.take(word) + np.bitwise_count(bits.take(word) & _BELOW.take(ends & 63))
            zeros = ends - ones
            low = zeros[1] - zeros[0]
            up = np.greater_equal(rank, low, out=ups[level])
            rank = rank - low * up
            ends = np.where(up, ones + zeros_in_all, zeros)
        return _WORTH @ ups
