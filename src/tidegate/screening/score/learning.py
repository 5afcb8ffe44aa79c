"""Learning to score names from labelled pairs, and what that is worth on pairs of people never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tidegate.screening.entry import Kind
from tidegate.screening.names import analyse
from tidegate.screening.score.evaluation import read_pairs
from tidegate.screening.score.features import FEATURES, features, hold
from tidegate.screening.score.folds import folds
from tidegate.screening.score.model import Model, probability
from tidegate.screening.score.pairs import Pair, companies, people
from tidegate.screening.score.words import Vocabulary

__all__ = ["DIRECTIONS", "SHARES", "Study", "cross_validate", "labelled", "learn", "matrix"]

Floats = NDArray[np.float64]

PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 6,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    "max_bin": 63,
    "seed": 4,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
DIRECTIONS = tuple(feature.monotone for feature in FEATURES)
"""Of each feature: 1 the more of it the likelier the same, -1 the less likely, 0 either."""
ROUNDS = 150
# What keeps the weights of the line small.
RIDGE = 20.0
# Many: whoever is in a tested pair is not learned from at all, which with few folds leaves little of a small list.
FOLDS = 40


# What each set counts, against 1 for the others. Half of the UN's aliases have nothing in common with the main name: no
# scorer of names can know them.
SHARES = {"un_alias": 0.7, "vietnamese": 2.0}


def labelled(folder: Path) -> list[Pair]:
    """All labelled pairs: those of the shared files in `folder`, and those that the project makes."""
    shared = read_pairs(folder / "name_pairs.csv") + read_pairs(folder / "pairs_un.tsv")
    return [*shared, *people(1500, seed=1), *companies(400, seed=2)]


@dataclass(frozen=True, slots=True)
class Study:
    """What cross-validation showed: log-odds of each pair by a model that never saw its people, calibrated."""

    odds: Floats
    slope: float
    intercept: float

    @property
    def scores(self) -> Floats:
        """The probability of each pair."""
        return probability(self.odds)


def matrix(pairs: Sequence[Pair], bearers: Mapping[str, float]) -> NDArray[np.float32]:
    """The features of each pair of names, (pairs, FEATURES)."""
    words = Vocabulary(bearers)
    left = words.bags([analyse(pair.a, pair.kind) for pair in pairs])
    right = words.bags([analyse(pair.b, pair.kind) for pair in pairs])
    rows = np.arange(len(pairs))
    company = np.array([pair.kind is not Kind.PERSON for pair in pairs], np.int32)
    return features(hold(words.facts, left, right, rows, rows, company))


def weights(pairs: Sequence[Pair], shares: Mapping[str, float]) -> Floats:
    """What each pair counts, so that each set counts by its share (1 where none is given), both labels alike in it."""
    counts: dict[tuple[str, bool], int] = {}
    for pair in pairs:
        counts[pair.set, pair.same] = counts.get((pair.set, pair.same), 0) + 1
    raw = np.array([shares.get(pair.set, 1.0) / counts[pair.set, pair.same] for pair in pairs])
    return np.asarray(raw * len(pairs) / raw.sum(), np.float64)


@dataclass(frozen=True, slots=True)
class Grown:
    """A line and the trees that mend it; see Model."""

    trees: lightgbm.Booster
    line: Floats
    usual: Floats

    def raw(self, inputs: NDArray[np.float32]) -> Floats:
        """Scores before calibration."""
        leaves = np.asarray(self.trees.predict(inputs, raw_score=True, num_threads=1), np.float64)
        return np.asarray((inputs - self.usual) @ self.line + leaves, np.float64)


def grow(
    inputs: NDArray[np.float32], same: NDArray[np.bool_], weight: Floats, directions: Sequence[int] = DIRECTIONS
) -> Grown:
    """First a line, then few leaves on what it leaves; both keep `directions`, the same for the same pairs."""
    usual, line, start = straight(inputs, same, weight, directions)
    first = (inputs - usual) @ line + start
    data = lightgbm.Dataset(inputs, same.astype(int), weight=weight, init_score=first)
    trees = lightgbm.train({**PARAMETERS, "monotone_constraints": list(directions)}, data, ROUNDS)
    return Grown(trees, line, usual)


def straight(
    inputs: NDArray[np.float32], same: NDArray[np.bool_], weight: Floats, directions: Sequence[int]
) -> tuple[Floats, Floats, float]:
    """Logistic regression whose weights keep each feature's direction, 0 where it has none: usual values, weights,
    intercept."""
    usual = inputs.mean(0, dtype=np.float64)
    spread = np.maximum(inputs.std(0, dtype=np.float64), 1e-3)
    scaled = np.clip((inputs - usual) / spread, -8, 8)
    sign = np.where(same, 1.0, -1.0)

    def loss(theta: Floats) -> tuple[float, Floats]:
        margin = sign * (scaled @ theta[:-1] + theta[-1])
        slope = -sign * weight / (1.0 + np.exp(np.clip(margin, -30, 30)))
        total = (weight * np.logaddexp(0.0, -margin)).sum() + RIDGE / 2 * (theta[:-1] ** 2).sum()
        return float(total), np.append(slope @ scaled + RIDGE * theta[:-1], slope.sum())

    limits = [{1: (0.0, None), -1: (None, 0.0), 0: (0.0, 0.0)}[direction] for direction in directions]
    found = minimize(loss, np.zeros(inputs.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=[*limits, (None, None)])
    return usual, found.x[:-1] / spread, float(found.x[-1])


def cross_validate(
    pairs: Sequence[Pair],
    inputs: NDArray[np.float32],
    shares: Mapping[str, float],
    directions: Sequence[int] = DIRECTIONS,
) -> Study:
    """Score each pair by a model that learned from nobody in it, then fit the calibration on all of these."""
    same = np.array([pair.same for pair in pairs], bool)
    weight = weights(pairs, shares)
    raw = np.zeros(len(pairs))
    for learned, tested in folds(pairs, FOLDS):
        raw[tested] = grow(inputs[learned], same[learned], weight[learned], directions).raw(inputs[tested])
    slope, intercept = platt(raw, same, weight)
    return Study(slope * raw + intercept, slope, intercept)


def platt(raw: Floats, same: NDArray[np.bool_], weight: Floats) -> tuple[float, float]:
    """Slope and intercept of the logistic curve from raw scores to labels (Platt 1999), by weighted likelihood."""
    sign = np.where(same, 1.0, -1.0)

    def loss(theta: Floats) -> float:
        return float((weight * np.logaddexp(0.0, -sign * (theta[0] * raw + theta[1]))).sum() / weight.sum())

    found = minimize(loss, np.array([1.0, 0.0]), method="BFGS")
    return float(found.x[0]), float(found.x[1])


def learn(
    pairs: Sequence[Pair],
    inputs: NDArray[np.float32],
    shares: Mapping[str, float],
    study: Study,
    threshold: float,
    directions: Sequence[int] = DIRECTIONS,
) -> Model:
    """The model of all pairs, with the calibration of the cross-validation."""
    same = np.array([pair.same for pair in pairs], bool)
    grown = grow(inputs, same, weights(pairs, shares), directions)
    return Model(grown.trees, grown.line, grown.usual, study.slope, study.intercept, threshold, {})
