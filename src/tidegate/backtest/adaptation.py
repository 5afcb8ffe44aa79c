"""Adaptation: how much to explore, from how well the model's own promises were kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["next_share"]

LEAST, MOST = 0.05, 0.40
UP, DOWN = 2.0, 0.8
ALARM = 1.64
"""Standard errors that the finds fall short of the scores: the 5% point."""


def next_share(share: float, score: NDArray[np.float64], found: NDArray[np.bool_]) -> float:
    """The share of capacity for exploration in the next period, from what the model had opened in this one.

    A calibrated model finds as many as its scores add up to. Where it finds fewer than chance explains (one-sided test
    on a sum of Bernoulli variables), the trade has moved away from what was learned, and the share doubles, up to
    MOST; otherwise it shrinks by a fifth, down to LEAST. Nothing opened leaves it as it is.
    """
    if score.size == 0:
        return share
    short = float(score.sum() - found.sum())
    error = float(np.sqrt(np.sum(score * (1.0 - score))))
    return float(np.clip(share * (UP if short > ALARM * max(error, 1e-9) else DOWN), LEAST, MOST))
