"""Estimators: totals and means of all trade from what was drawn with known probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tidegate.errors import EstimateError

__all__ = ["effective_size", "hajek", "horvitz_thompson"]


def horvitz_thompson(values: ArrayLike, probability: ArrayLike) -> float:
    """Estimated total over the whole population: sum of value / probability over what was opened.

    Unbiased under any design that gives every unit a probability above zero (Horvitz and Thompson, 1952). Nothing
    opened gives 0, which is what unbiasedness asks. Raises EstimateError for a probability outside (0, 1].
    """
    y, p = _arrays(values, probability)
    return float(np.sum(y / p))


def hajek(values: ArrayLike, probability: ArrayLike) -> float:
    """Estimated mean of the population: weighted mean of what was opened, weights 1 / probability (Hájek, 1971).

    Slightly biased in small samples, but never outside the range of the values, and much steadier than
    Horvitz–Thompson when the values do not follow the probabilities. Raises EstimateError when nothing was opened.
    """
    y, p = _arrays(values, probability)
    if y.size == 0:
        raise EstimateError(
            "nothing was opened, so there is no mean to estimate.", hint="Keep a random share in the policy."
        )
    return float(np.sum(y / p) / np.sum(1.0 / p))


def effective_size(probability: ArrayLike) -> float:
    """Size of an equally weighted sample that says as much: (sum w)² / sum w², w = 1 / probability (Kish, 1965)."""
    p = np.asarray(probability, dtype=np.float64)
    weight = 1.0 / p
    return float(weight.sum() ** 2 / np.sum(weight**2)) if p.size else 0.0


def _arrays(values: ArrayLike, probability: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y = np.asarray(values, dtype=np.float64)
    p = np.asarray(probability, dtype=np.float64)
    if y.shape != p.shape:
        raise EstimateError(f"{y.size} values but {p.size} probabilities.", hint="Give one probability a value.")
    if p.size and not (np.all(p > 0.0) and np.all(p <= 1.0 + 1e-9)):
        raise EstimateError(
            "a probability is not above 0 and at most 1.", hint="Leave out what could never be selected."
        )
    return y, p
