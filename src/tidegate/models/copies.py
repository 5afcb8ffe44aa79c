"""Copies: records that repeat, how much their labels agree, and what a line owes to its own copies.

Trade repeats itself, and some tables repeat whole records together with their label. A model that meets copies of
one record on both sides of a fold learns to recognise records and mistakes that for judgement. So:

- folds are grouped: rows that share a record or a declaration stay on one side (`groups`);
- n copies whose labels agree with intra-class correlation r count as n / (1 + (n - 1) r) rows (`shares`), the design
  effect of Kish (1965); r is that of a beta-binomial, 1 / (1 + strength);
- what copies do tell is added afterwards as evidence of its own (`Memory`): with k of n past copies found and the
  model's probability p, the posterior mean of a beta prior of that mean is (k + s p) / (n + s). The strength s is
  fitted by leaving each declaration out. Where copies do not agree with each other beyond what the model says,
  s is large and there is no memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

__all__ = ["RECORD", "Memory", "folds_of", "groups", "shares", "strength"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# What makes two lines the same goods: product, way, tariff treatment and mass.
RECORD = ("hs_code", "dispatch_country", "origin_country", "duty_rate", "preference", "net_mass_kg")
STRENGTHS = np.logspace(-2, 4, 61)
# Memory must raise the log-likelihood by this much (the Bayesian information criterion's price of one
# parameter at a few thousand rows) before it is believed.
BELIEVED = 5.0
# A chain of rows that share records and declarations may not swallow more than this share of the table.
LARGEST_GROUP = 0.2


def groups(records: Whole, declarations: Whole) -> Whole:
    """int64[n] group of each row: connected through a common record or a common declaration.

    `records` is -1 where a row has no record of its own. Falls back to records alone when chains grow too long.
    """
    n = len(records)
    lonely = np.where(records < 0, np.arange(n) + records.max(initial=-1) + 1, records)
    start = int(lonely.max(initial=-1)) + 1
    total = start + int(declarations.max(initial=-1)) + 1
    graph = coo_matrix((np.ones(n, np.int8), (lonely, declarations + start)), shape=(total, total))
    joined = connected_components(graph, directed=False)[1][lonely]
    if n and np.bincount(joined).max() > LARGEST_GROUP * n:
        joined = lonely
    return np.unique(joined, return_inverse=True)[1].astype(np.int64)


def folds_of(grouped: Whole, illicit: NDArray[np.bool_], folds: int, seed: int) -> Whole:
    """int64[n] fold of each row: whole groups, in random order, those with a find dealt first to reach all."""
    count = int(grouped.max()) + 1
    found = np.bincount(grouped, illicit, minlength=count) > 0
    order = np.random.default_rng(seed).permutation(count)
    order = order[np.argsort(~found[order], kind="stable")]
    dealt = np.empty(count, np.int64)
    dealt[order] = np.arange(count) % folds
    return dealt[grouped]


def _others(records: Whole, declarations: Whole, illicit: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Copies of each row in other declarations, and finds among them: two float64[n]."""
    known = records >= 0
    safe = np.where(known, records, 0)
    pair = np.unique(safe * (int(declarations.max()) + 1) + declarations, return_inverse=True)[1]
    y = illicit.astype(np.float64)
    n = np.bincount(safe, known)[safe] - np.bincount(pair, known)[pair]
    k = np.bincount(safe, known * y)[safe] - np.bincount(pair, known * y)[pair]
    return np.where(known, n, 0.0), np.where(known, k, 0.0)


def strength(
    prior: Floats, records: Whole, declarations: Whole, illicit: NDArray[np.bool_], weights: Floats
) -> tuple[float, float]:
    """(strength, gain): the best s for rows that have copies, and the log-likelihood it gains over no memory.

    Each row counts with its `weights` shared among its copies, so that a record seen a thousand times is one witness.
    """
    n, k = _others(records, declarations, illicit)
    has = n > 0
    if not has.any():
        return float("inf"), 0.0
    n, k, p, y = n[has], k[has], prior[has], illicit[has]
    w = weights[has] / (n + 1.0)

    def likelihood(q: Floats) -> float:
        return float(np.sum(w * np.log(np.where(y, q, 1.0 - q).clip(1e-12))))

    fits = [likelihood((k + s * p) / (n + s)) for s in STRENGTHS]
    best = int(np.argmax(fits))
    return float(STRENGTHS[best]), fits[best] - likelihood(p)


def shares(records: Whole, declarations: Whole, illicit: NDArray[np.bool_], weights: Floats) -> Floats:
    """float64[n]: how much of a row each row is, given that its copies say partly the same."""
    base = np.full(len(records), np.average(illicit, weights=weights))
    s, gain = strength(base, records, declarations, illicit, weights)
    agreement = 1.0 / (1.0 + s) if gain > BELIEVED else 0.0
    copies = np.where(records >= 0, np.bincount(np.maximum(records, 0), records >= 0)[np.maximum(records, 0)], 1.0)
    return 1.0 / (1.0 + (copies - 1.0) * agreement)


@dataclass(frozen=True, slots=True)
class Memory:
    """What became of past copies: opened (n) and found (k) by record number, and the strength s of the prior."""

    strength: float
    opened: Floats
    found: Floats

    @classmethod
    def fit(
        cls, prior: Floats, records: Whole, declarations: Whole, illicit: NDArray[np.bool_], weights: Floats, size: int
    ) -> Memory | None:
        """The memory of these rows, or None when copies add nothing to `prior` (made without the row itself).

        `size`: how many numbers there are; those of rows that are -1 here may come up again, and tell nothing.
        """
        s, gain = strength(prior, records, declarations, illicit, weights)
        if gain <= BELIEVED:
            return None
        known = records >= 0
        return cls(
            s,
            np.bincount(records[known], minlength=size).astype(np.float64),
            np.bincount(records[known], illicit[known], minlength=size).astype(np.float64),
        )

    def knows(self, records: Whole) -> NDArray[np.bool_]:
        """bool[n]: whether a copy of each row was opened."""
        known: NDArray[np.bool_] = (records >= 0) & (self.opened[np.maximum(records, 0)] > 0)
        return known

    def add(self, logits: Floats, records: Whole) -> Floats:
        """float64[n] log-odds after the copies have spoken."""
        safe = np.maximum(records, 0)
        known = self.knows(records)
        n, k = self.opened[safe], self.found[safe]
        # The odds (k + s p) : (n - k + s (1 - p)), so that nothing is rounded to one.
        after = np.log(k + self.strength * expit(logits)) - np.log(n - k + self.strength * expit(-logits))
        return np.where(known, after, logits)
