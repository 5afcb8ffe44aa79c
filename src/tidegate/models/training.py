"""Training: from labelled lines to an ensemble, with every number that judges it made out of fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from tidegate.errors import ModelError
from tidegate.models import regression
from tidegate.models.columns import RATIOS, Column, Values, choose, read
from tidegate.models.copies import RECORD, Memory, folds_of, groups, shares
from tidegate.models.ensemble import Ensemble
from tidegate.models.keys import MISSING, Key, Part, text_parts
from tidegate.models.pairs import telling_pairs
from tidegate.models.rates import Rates, parents_of
from tidegate.models.trees import grow, plant
from tidegate.trade import LINE_SCHEMA

__all__ = ["FEWEST_LABELS", "FEWEST_OF_A_KIND", "Learned", "Progress", "check_labels", "learn"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
# Told the step in words and the share done, 0 to 1.
Progress = Callable[[str, float], None]

FEWEST_LABELS = 50
FEWEST_OF_A_KIND = 5
MOST_PAIRS = 16
BANDS = 20
# A number with at most this many values, each seen this often, is told apart by value rather than band.
FEW_VALUES, OFTEN = 256, 20
# Enough rows to choose the ridge penalty by.
ENOUGH = 20_000


@dataclass(frozen=True, slots=True)
class Learned:
    """An ensemble, what it left out and why, and how far records repeat in what it learned from."""

    ensemble: Ensemble
    left_out: dict[str, str]
    repeated: float
    penalty: float


def check_labels(illicit: Flags) -> None:
    """Raise ModelError when there is too little to learn from."""
    n, found = len(illicit), int(illicit.sum())
    if n < FEWEST_LABELS:
        raise ModelError(
            f"{n} labelled line(s), at least {FEWEST_LABELS} are needed.",
            hint="Run with profiles and the random draw until more findings are in.",
        )
    if min(found, n - found) < FEWEST_OF_A_KIND:
        raise ModelError(
            f"{found} of {n} labelled lines are illicit; at least {FEWEST_OF_A_KIND} of each kind are needed.",
            hint="Findings of nothing are findings too: give them as well; or wait until more is found.",
        )


def learn(
    table: pl.DataFrame,
    illicit: Flags,
    weights: Floats,
    *,
    seed: int,
    members: int,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Learned:
    """Learn from `table` (n labelled lines), `illicit` bool[n] and `weights` float64[n].

    Raises ModelError when the labels are too few, or stem from too few separate records to be told apart.
    """
    tell = progress or (lambda step, share: None)
    check_labels(illicit)
    tell("columns", 0.0)
    columns, left_out = choose(table, only)
    values = read(table, columns)
    declarations = _declarations(table)
    record, record_parts, records = _record(columns, values, table.height)
    weights = weights * shares(records, declarations, illicit, weights)
    weights = weights / weights.mean()
    folds = _folds(groups(records, declarations), illicit, members, seed)

    tell("keys", 0.05)
    keys, rows, encoded, parts, coarser = _keys(columns, values, illicit, weights, folds, seed)
    sizes = [key.size for key in keys]
    parents = parents_of([key.parts for key in keys[:encoded]], coarser)
    numbers = tuple(name for name, column in values.items() if not isinstance(column, pl.Series))
    tell("rates", 0.2)
    features = _features([values[name] for name in numbers], rows[:encoded], sizes, parents, illicit, weights, folds)

    texts: list[str] = []
    trees = np.empty(len(illicit))
    for fold in range(int(folds.max()) + 1):
        tell("trees", 0.25 + 0.1 * fold)
        inside = folds == fold
        texts.append(grow(features[~inside], illicit[~inside], weights[~inside], fold, seed * 100 + fold))
        trees[inside] = plant(texts[-1]).predict(features[inside], raw_score=True)
    tell("regression", 0.75)
    penalty, linear, coefficients, intercept = _regress(rows, sizes, illicit, weights, folds, seed)
    effects, mean = regression.split(coefficients, sizes, rows, weights)

    tell("calibration", 0.95)
    blend = _blend(trees, linear, illicit, weights)
    prior = expit(blend[0] + blend[1] * trees + blend[2] * linear)
    y = illicit.astype(np.float64)
    ensemble = Ensemble(
        columns=columns,
        parts=(*parts, *record_parts),
        keys=keys,
        encoded=encoded,
        numbers=numbers,
        record=record,
        rates=Rates.fit(rows[:encoded], sizes[:encoded], parents, y, weights),
        opened=[np.append(np.bincount(at, minlength=key.size), 0.0) for at, key in zip(rows, keys, strict=True)],
        found=[np.append(np.bincount(at, y, minlength=key.size), 0.0) for at, key in zip(rows, keys, strict=True)],
        effects=effects,
        constant=intercept + mean,
        texts=tuple(texts),
        blend=blend,
        memory=Memory.fit(prior, records, declarations, illicit, weights, record.size if record else 0),
    )
    tell("done", 1.0)
    repeated = float(np.mean(np.bincount(records[records >= 0])[records[records >= 0]] > 1)) if record else 0.0
    return Learned(ensemble, left_out, repeated, penalty)


def _declarations(table: pl.DataFrame) -> Whole:
    """int64[n] number of each row's declaration; every row its own where the table has no declarations."""
    if "declaration_id" not in table.columns:
        return np.arange(table.height)
    return np.unique(table["declaration_id"].rank("dense").fill_null(0).to_numpy(), return_inverse=True)[1].astype(
        np.int64
    )


def _record(columns: Sequence[Column], values: Values, height: int) -> tuple[Key | None, list[Part], Whole]:
    """Key of the record (RECORD, as far as the table has it), its parts, and each row's number.

    The number is -1 without a commodity code or a mass: two lines that do not say what they are are no copies.
    """
    kinds = {column.name: column.kind for column in columns}
    if RECORD[0] not in kinds or RECORD[-1] not in kinds:
        return None, [], np.full(height, -1)
    parts = [
        Part.text(name, name, 0, values[name])
        if kinds[name] == "text"
        else Part.value(f"{name} exact", name, values[name])
        for name in RECORD
        if name in kinds
    ]
    codes = [part.codes(values) for part in parts]
    key, rows = Key.fit(parts, codes)
    unsaid = (codes[0] == MISSING) | (codes[-1] == MISSING)
    return key, [part for part in parts if part.view == "value"], np.where(unsaid, -1, rows)


def _folds(grouped: Whole, illicit: Flags, members: int, seed: int) -> Whole:
    """Folds as many as asked, or as there are groups with and without a find."""
    count = int(grouped.max()) + 1
    found = np.bincount(grouped, illicit, minlength=count)
    clean = np.bincount(grouped, ~illicit, minlength=count)
    folds = min(members, int((found > 0).sum()), int((clean > 0).sum()))
    if folds < 2:
        raise ModelError(
            "all finds, or all findings of nothing, stem from one declaration or one record.",
            hint="Wait until more is found.",
        )
    return folds_of(grouped, illicit, folds, seed)


def _keys(
    columns: Sequence[Column], values: Values, illicit: Flags, weights: Floats, folds: Whole, seed: int
) -> tuple[tuple[Key, ...], list[Whole], int, list[Part], dict[str, str]]:
    """(keys, their rows, how many are encoded, parts, the next coarser part of each that has one)."""
    telling: list[Part] = []
    binned: list[Part] = []
    coarser: dict[str, str] = {}
    trade = {*LINE_SCHEMA, *(name for name, _, _ in RATIOS)}
    for name, column in values.items():
        if isinstance(column, pl.Series):
            found = text_parts(name, column)
            telling += found
            coarser |= {fine.title: coarse.title for coarse, fine in pairwise(found)}
        elif name in trade:
            known = column[~np.isnan(column)]
            few = len(known) > OFTEN * (distinct := len(np.unique(known))) and distinct <= FEW_VALUES
            telling.append(Part.value(name, name, column) if few else Part.band(name, name, column, BANDS))
        else:
            binned.append(Part.band(name, name, column, BANDS))
    codes = {part.title: part.codes(values) for part in (*telling, *binned)}
    pairs = telling_pairs(telling, [codes[part.title] for part in telling], illicit, weights, folds, MOST_PAIRS, seed)
    chosen: list[tuple[Part, ...]] = [(part,) for part in telling]
    chosen += [(telling[i], telling[j]) for i, j in pairs]
    chosen += [(part,) for part in binned]
    fitted = [Key.fit(key, [codes[part.title] for part in key]) for key in chosen]
    keys, rows = tuple(key for key, _ in fitted), [at for _, at in fitted]
    return keys, rows, len(telling) + len(pairs), [*telling, *binned], coarser


def _features(
    numbers: Sequence[Floats],
    rows: Sequence[Whole],
    sizes: Sequence[int],
    parents: tuple[tuple[int, ...], ...],
    illicit: Flags,
    weights: Floats,
    folds: Whole,
) -> NDArray[np.float32]:
    """float32[n, features] of the trees: numbers, then rates and evidence from the other folds only."""
    y = illicit.astype(np.float64)
    features = np.empty((len(y), len(numbers) + 2 * len(rows)), np.float32)
    for at, column in enumerate(numbers):
        features[:, at] = column
    for fold in range(int(folds.max()) + 1):
        inside = folds == fold
        others = Rates.fit([at[~inside] for at in rows], sizes[: len(rows)], parents, y[~inside], weights[~inside])
        told = others.encode([at[inside] for at in rows], int(inside.sum()))
        for at, column in enumerate(told, len(numbers)):
            features[inside, at] = column
    return features


def _regress(
    rows: Sequence[Whole], sizes: Sequence[int], illicit: Flags, weights: Floats, folds: Whole, seed: int
) -> tuple[float, Floats, Floats, float]:
    """(penalty, log-odds out of fold, coefficients on all rows, intercept); the penalty is chosen out of fold."""
    matrix = regression.design(rows, sizes)
    n, count = len(illicit), int(folds.max()) + 1
    few = np.sort(np.random.default_rng(seed).permutation(n)[:ENOUGH])
    # Each fold goes on from its own last solution, so that none learns of its own labels through another.
    solved: list[Floats | None] = [None] * count

    def out_of_fold(keep: Whole, penalty: float) -> Floats:
        told = np.zeros(len(keep))
        for fold in range(count):
            inside = folds[keep] == fold
            outside = keep[~inside]
            if 0 < illicit[outside].sum() < len(outside):
                found = regression.fit(matrix[outside], illicit[outside], weights[outside], penalty, solved[fold])
                told[inside] = matrix[keep[inside]] @ found[:-1] + found[-1]
                solved[fold] = found
        return told

    penalty, told = regression.PENALTIES[0], out_of_fold(few, regression.PENALTIES[0])
    for weaker in regression.PENALTIES[1:]:
        tried = out_of_fold(few, weaker)
        if _loss(tried, illicit[few], weights[few]) >= _loss(told, illicit[few], weights[few]):
            break
        penalty, told = weaker, tried
    if n > len(few):
        told = out_of_fold(np.arange(n), penalty)
    found = regression.fit(matrix, illicit, weights, penalty, solved[0])
    return penalty, told, found[:-1], float(found[-1])


def _loss(logits: Floats, illicit: Flags, weights: Floats) -> float:
    """Weighted mean negative log-likelihood of log-odds."""
    return float(np.average(np.logaddexp(0.0, np.where(illicit, -logits, logits)), weights=weights))


def _blend(trees: Floats, linear: Floats, illicit: Flags, weights: Floats) -> tuple[float, float, float]:
    """Intercept and non-negative weights of the two kinds of members: Platt's calibration (1999) of both at once.

    Being linear in log-odds it keeps the order of lines, ties none, and lets contributions add up.
    """

    def objective(at: Floats) -> tuple[float, Floats]:
        logits = at[0] + at[1] * trees + at[2] * linear
        off = weights * (expit(logits) - illicit) / weights.sum()
        return _loss(logits, illicit, weights), np.array([off.sum(), (off * trees).sum(), (off * linear).sum()])

    bounds = [(None, None), (0.0, None), (0.0, None)]
    best = minimize(objective, np.array([0.0, 0.5, 0.5]), jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(best[0]), float(best[1]), float(best[2])
