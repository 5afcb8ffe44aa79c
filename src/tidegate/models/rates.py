"""Rates: how often something was found per key, each shrunk towards what coarser keys say, made out of fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

__all__ = ["Rates", "parents_of"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# How many rows the coarser rate is worth. Chosen on copy-free time folds, see docs/models.md.
SHRINKAGE = 20.0


def parents_of(keys: Sequence[tuple[str, ...]], coarser: dict[str, str]) -> tuple[tuple[int, ...], ...]:
    """For each key (its part titles) the earlier keys that its rate is shrunk towards.

    A pair leans on its two parts, together as in a logistic regression without interaction; a level of a commodity
    code on the next coarser level (`coarser`); everything else on the rate of all.
    """
    place = {key[0]: at for at, key in enumerate(keys) if len(key) == 1}
    leans = [key if len(key) > 1 else tuple(filter(None, [coarser.get(key[0])])) for key in keys]
    return tuple(tuple(place[part] for part in parts) for parts in leans)


@dataclass(slots=True)
class Rates:
    """Log-odds and evidence (weighted rows) per combination of every key.

    The last entry of each array is that of a combination never seen (NaN and 0), so that number -1 finds it.
    """

    base: float
    parents: tuple[tuple[int, ...], ...]
    logits: list[Floats]
    evidence: list[Floats]

    @classmethod
    def fit(
        cls,
        rows: Sequence[Whole],
        sizes: Sequence[int],
        parents: tuple[tuple[int, ...], ...],
        illicit: Floats,
        weights: Floats,
    ) -> Rates:
        """Rates of the rows given: `rows[key]` int64[n] combination numbers below `sizes[key]`."""
        rates = cls(float(logit(np.average(illicit, weights=weights).clip(1e-6, 1 - 1e-6))), parents, [], [])
        told: list[Floats] = []
        for at, size, above in zip(rows, sizes, parents, strict=True):
            prior = rates.prior(above, told, len(illicit))
            total = np.bincount(at, weights, minlength=size)
            found = np.bincount(at, weights * illicit, minlength=size)
            seen = total > 0
            per = np.where(seen, total, 1.0)
            # The prior is one value per combination; its mean over the rows is that value.
            mean = np.bincount(at, weights * prior, minlength=size) / per
            rate = logit((found + SHRINKAGE * expit(mean)) / (total + SHRINKAGE))
            rates.logits.append(np.append(np.where(seen, rate, np.nan), np.nan))
            rates.evidence.append(np.append(total, 0.0))
            told.append(rates.logits[-1][at])
        return rates

    def prior(self, above: tuple[int, ...], told: Sequence[Floats] | Floats, n: int) -> Floats:
        """float64[n]: what the coarser keys `above` say, of which `told` holds the log-odds."""
        prior = np.full(n, self.base)
        for parent in above:
            prior = prior + (told[parent] - self.base)
        return prior

    def encode(self, rows: Sequence[Whole], n: int) -> list[Floats]:
        """Two float64[n] per key: log-odds (of the coarser keys, where the combination is new), and evidence."""
        told: list[Floats] = []
        encoded: list[Floats] = []
        for at, above, logits, evidence in zip(rows, self.parents, self.logits, self.evidence, strict=True):
            own = logits[at]
            told.append(np.where(np.isnan(own), self.prior(above, told, n), own))
            encoded += [told[-1], evidence[at]]
        return encoded
