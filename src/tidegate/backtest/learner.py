"""The learner: what a strategy trains anew each period, from nothing but its own findings."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import ModelError
from tidegate.models import Model

__all__ = ["Judge", "Learner", "small_model"]

Floats = NDArray[np.float64]


class Judge(Protocol):
    """What has been learned. `judge`: the probability that each line is illicit, and how far it is to be doubted."""

    def judge(self, table: pl.DataFrame) -> tuple[Floats, Floats]: ...


class Learner(Protocol):
    """Learns from lines with their indicators; None where there is too little to learn from."""

    def __call__(self, table: pl.DataFrame, illicit: NDArray[np.bool_], days: Floats, seed: int) -> Judge | None: ...


def small_model(table: pl.DataFrame, illicit: NDArray[np.bool_], days: Floats, seed: int) -> Judge | None:
    """The product's own model with two members and no test on the last part of time."""
    try:
        return Model.train(table, illicit, days, seed=seed, members=2, evaluate=False)
    except ModelError:
        return None
