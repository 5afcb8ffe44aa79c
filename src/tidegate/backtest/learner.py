"""Learners: what a strategy trains anew each period, from nothing but its own findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import lightgbm
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import ModelError
from tidegate.models import Model

__all__ = ["Judge", "Learner", "product_model", "small_trees"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST_FINDS = 5
MEMBERS = 3
ROUNDS = 90
# Few leaves and a third of the columns a tree: findings are counted in hundreds, indicators in dozens.
TREES: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 8,
    "learning_rate": 0.08,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "deterministic": True,
    "verbose": -1,
}
TEXTS = ("hs_code", "origin_country", "dispatch_country", "office", "loading_port")
LETTERS = 4  # of a text that are read: a heading, a country, an office
NOT_READ = ("item_number",)


class Judge(Protocol):
    """What has been learned. `judge`: the probability that each line is illicit, and how far it is to be doubted."""

    def judge(self, table: pl.DataFrame) -> tuple[Floats, Floats]: ...


class Learner(Protocol):
    """Learns from lines with their indicators; None where there is too little to learn from."""

    def __call__(self, table: pl.DataFrame, illicit: Flags, days: NDArray[Any], seed: int) -> Judge | None: ...


def small_trees(table: pl.DataFrame, illicit: Flags, days: NDArray[Any], seed: int) -> Judge | None:
    """A few small boosted trees on every number, flag and five texts: a second or so for thousands of lines."""
    found = int(illicit.sum())
    if min(found, len(illicit) - found) < FEWEST_FINDS:
        return None
    names = [
        name
        for name, dtype in table.schema.items()
        if (dtype.is_numeric() or dtype == pl.Boolean) and name not in NOT_READ
    ]
    codes = {name: _shortened(table, name).unique().sort() for name in TEXTS}
    data = lightgbm.Dataset(_matrix(table, names, codes), illicit.astype(np.float64))
    boosters = [lightgbm.train({**TREES, "seed": seed * MEMBERS + n}, data, ROUNDS) for n in range(MEMBERS)]
    return _Trees(names, codes, boosters)


def product_model(table: pl.DataFrame, illicit: Flags, days: NDArray[Any], seed: int) -> Judge | None:
    """The model of `tidegate train`, with two members and no test on the last part of time: several times slower."""
    try:
        return Model.train(table.drop(NOT_READ), illicit, days, seed=seed, members=2, evaluate=False)
    except ModelError:
        return None


class _Trees:
    """Small boosted trees; their mean is the score, their standard deviation the doubt."""

    def __init__(self, names: Sequence[str], codes: dict[str, pl.Series], boosters: Sequence[Any]) -> None:
        self.names, self.codes, self.boosters = names, codes, boosters

    def judge(self, table: pl.DataFrame) -> tuple[Floats, Floats]:
        matrix = _matrix(table, self.names, self.codes)
        scores = np.array([booster.predict(matrix, num_threads=1) for booster in self.boosters])
        return scores.mean(axis=0), scores.std(axis=0)


def _shortened(table: pl.DataFrame, name: str) -> pl.Series:
    return table[name].str.slice(0, LETTERS).fill_null("")


def _matrix(table: pl.DataFrame, names: Sequence[str], codes: dict[str, pl.Series]) -> NDArray[np.float32]:
    """float32[n, columns]; a text becomes its place in the alphabet of those learned from, -1 for another."""
    numbers = table.select(pl.col(names).cast(pl.Float32)).to_numpy()
    places = [
        _shortened(table, name)
        .replace_strict(known, np.arange(len(known)), default=-1, return_dtype=pl.Float32)
        .to_numpy()
        for name, known in codes.items()
    ]
    return np.column_stack([numbers, *places]).astype(np.float32)
