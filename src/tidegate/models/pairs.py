"""Pairs: which two parts of a line say more together than apart, found on folds that the pair did not see."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from tidegate.models.keys import Key, Part
from tidegate.models.rates import SHRINKAGE

__all__ = ["telling_pairs"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Looking for pairs on more rows than this costs time and finds the same.
ENOUGH = 30_000


def telling_pairs(
    parts: Sequence[Part],
    codes: Sequence[Whole],
    illicit: NDArray[np.bool_],
    weights: Floats,
    folds: Whole,
    most: int,
    seed: int,
) -> list[tuple[int, int]]:
    """The `most` pairs of parts (by place, coarse first) whose joint rate, out of fold, predicts best.

    A pair is scored by the log-likelihood of its shrunk rate less that of its two parts added up in log-odds, the
    same rate that it is shrunk towards; one that does not gain is not taken. Two parts of one column, or one
    that says nothing beyond the other, make no pair.
    """
    n = len(illicit)
    if n > ENOUGH:
        keep = np.sort(np.random.default_rng(seed).permutation(n)[:ENOUGH])
        codes, illicit, weights, folds = [c[keep] for c in codes], illicit[keep], weights[keep], folds[keep]
    y = illicit.astype(np.float64)
    count = int(folds.max()) + 1
    inside = [folds == fold for fold in range(count)]
    base = np.array([logit(np.average(y[~t], weights=weights[~t]).clip(1e-6, 1 - 1e-6)) for t in inside])[folds]

    def out_of_fold(at: Whole, size: int, prior: Floats) -> Floats:
        """Shrunk rate of each row's combination among the rows of the other folds."""
        cell = folds * size + at
        total = np.bincount(cell, weights, minlength=count * size).reshape(count, size)
        found = np.bincount(cell, weights * y, minlength=count * size).reshape(count, size)
        n_other = (total.sum(axis=0) - total)[folds, at]
        k_other = (found.sum(axis=0) - found)[folds, at]
        return np.asarray((k_other.clip(0.0) + SHRINKAGE * prior) / (n_other.clip(0.0) + SHRINKAGE))

    def likelihood(rate: Floats) -> float:
        return float(np.sum(weights * np.log(np.where(illicit, rate, 1.0 - rate))))

    single = [logit(out_of_fold(c, part.size, expit(base))) for part, c in zip(parts, codes, strict=True)]
    used = [len(np.unique(c)) for c in codes]
    gains: list[tuple[float, int, int]] = []
    for i, j in combinations(range(len(parts)), 2):
        if parts[i].column == parts[j].column:
            continue
        key, at = Key.fit((parts[i], parts[j]), (codes[i], codes[j]))
        if key.size <= 1.02 * max(used[i], used[j]) or key.size > 0.7 * len(y):
            continue
        together = expit(single[i] + single[j] - base)
        gain = likelihood(out_of_fold(at, key.size, together)) - likelihood(together)
        if gain > 0:
            gains.append((gain, i, j))
    gains.sort(key=lambda g: (-g[0], g[1], g[2]))
    return [(i, j) for _, i, j in gains[:most]]
