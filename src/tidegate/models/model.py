"""Model: what is learned from findings, trained, scored, explained, saved and loaded."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version as installed
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from tidegate.errors import ModelError
from tidegate.models.card import Card, measure
from tidegate.models.contributions import Contribution, Sentences, Speaker, contributions
from tidegate.models.ensemble import Ensemble
from tidegate.models.few import Few
from tidegate.models.folder import pack, read_folder, unpack, version_of, write_folder
from tidegate.models.look import Look
from tidegate.models.training import FEWEST_LABELS, FEWEST_OF_A_KIND, Learned, Progress, learn

__all__ = ["Model"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# The last part of time that is set aside to test on.
LAST_PART = 0.2
# Rows over which the mean weight of a field is taken.
SAMPLE = 1_000


class Model:
    """Probabilities that lines are illicit, with reasons and a card. Made by `train` or `load`, never changed."""

    def __init__(self, ensemble: Ensemble, usual: dict[str, tuple[float, float]], card: Card) -> None:
        self._ensemble = ensemble
        self._speaker = Speaker(ensemble, usual)
        self._few: Few | None = None
        self._files = pack(ensemble, usual)
        self.card = card
        self.version = version_of(self._files)

    @classmethod
    def train(
        cls,
        table: pl.DataFrame,
        illicit: ArrayLike,
        days: ArrayLike,
        *,
        seed: int = 0,
        features: Sequence[str] | None = None,
        weights: ArrayLike | None = None,
        revenue: ArrayLike | None = None,
        members: int = 5,
        evaluate: bool = True,
        progress: Progress | None = None,
    ) -> Model:
        """Learn from labelled lines.

        `table`: n lines with their indicators; `illicit`: bool[n]; `days`: the day each line was lodged; `features`:
        the columns to read, all by default; `weights`: float[n], as 1 / probability of selection; `revenue`: float[n]
        recovered, for the card; `members`: folds and boosted members; `evaluate`: whether to test on the last part of
        time first (which doubles the time); `progress` is told the step in words and the share done.

        Same table, labels and seed, same version. Raises ModelError when labels are too few or do not fit the table.
        """
        n = table.height
        found = _labels(illicit, n)
        lodged = _sized("days", np.asarray(days, dtype="datetime64[D]"), n)
        shares = np.ones(n) if weights is None else _weights(weights, n)
        recovered = None if revenue is None else np.nan_to_num(_sized("revenue", np.asarray(revenue, np.float64), n))
        tell = progress or (lambda step, share: None)

        def run(rows: Flags, start: float, end: float) -> Learned:
            return learn(
                table.filter(rows),
                found[rows],
                shares[rows],
                seed=seed,
                members=members,
                only=features,
                progress=lambda step, share: tell(step, start + (end - start) * share),
            )

        everything = np.ones(n, dtype=bool)
        evaluation: dict[str, Any] | None = None
        cut = _last_part(lodged, found) if evaluate else None
        if cut is not None:
            past = lodged < cut
            tested = run(past, 0.0, 0.45).ensemble
            evaluation = _test(tested, table.filter(~past), found[~past], recovered, ~past, seed)
            evaluation |= {"from": str(cut), "to": str(lodged.max())}
        learned = run(everything, 0.45 if evaluation else 0.0, 0.98)
        ensemble = learned.ensemble
        card = Card(
            {
                "window": [str(lodged.min()), str(lodged.max())],
                "labels": n,
                "found_share": float(found.mean()),
                "repeated": learned.repeated,
                "memory": ensemble.memory.strength if ensemble.memory else None,
                "penalty": learned.penalty,
                "seed": seed,
                "members": len(ensemble.texts),
                "evaluation": evaluation,
                "features": [{"name": column.name, "kind": column.kind} for column in ensemble.columns],
                "left_out": learned.left_out,
                "pairs": [key.title for key in ensemble.keys if len(key.parts) > 1],
                "importance": _importance(ensemble, table),
                "made_with": {
                    "python": platform.python_version(),
                    **{name: installed(name) for name in ("lightgbm", "scikit-learn", "numpy", "polars")},
                },
            }
        )
        tell("done", 1.0)
        return cls(ensemble, _usual(ensemble, table), card)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that must be in a table to be scored."""
        return tuple(column.name for column in self._ensemble.columns)

    @property
    def base(self) -> float:
        """Log-odds of the usual line, which contributions add to."""
        return self._ensemble.base

    def look(self, lines: Sequence[Mapping[str, Any]]) -> Look:
        """A few lines (at least one) with their indicators, as plain Python values by name, read once to be scored and
        then explained: the same scores and contributions as of a table. Raises ModelError.
        """
        if self._few is None:
            self._few = Few(self._ensemble)
        return Look(self._few, self._speaker, lines)

    def judge(self, table: pl.DataFrame) -> tuple[Floats, Floats]:
        """(score, uncertainty) in one pass, for when both are wanted."""
        logits, spread = self._ensemble.judge(table)
        return expit(logits), spread

    def score(self, table: pl.DataFrame) -> Floats:
        """float64[n] calibrated probability that each line is illicit; the same bits alone or in a batch.

        Raises ModelError when a column is missing or of another kind.
        """
        return self.judge(table)[0]

    def uncertainty(self, table: pl.DataFrame) -> Floats:
        """float64[n] standard deviation of the members' probabilities."""
        return self.judge(table)[1]

    def contributions(
        self, table: pl.DataFrame, top: int | None = 5, sentences: Sentences | None = None, *, raising: bool = False
    ) -> list[list[Contribution]]:
        """For each line its `top` contributions by size (all when None), which with `base` add up to its log-odds;
        with `raising` only those that speak for opening it.

        `sentences(feature, line)` may give (English, Vietnamese) in place of the own sentence of a field.
        TreeSHAP costs about a millisecond a line: explain the lines that somebody will look at.
        """
        return contributions(self._speaker, table, top, sentences, raising)

    def save(self, folder: str | PathLike[str]) -> None:
        """Write the model as a folder: weights, plan, card in two languages, plot, and a manifest of hashes."""
        files = dict(self._files)
        files["card.json"] = self.card.json().encode()
        files["card.md"] = self.card.markdown("en").encode()
        files["card.vi.md"] = self.card.markdown("vi").encode()
        if chart := self.card.chart():
            files["calibration.svg"] = chart.encode()
        write_folder(Path(folder), files)

    @classmethod
    def load(cls, folder: str | PathLike[str]) -> Model:
        """The model saved in `folder`. Raises ModelError when a file is missing, damaged or altered."""
        files = read_folder(Path(folder))
        ensemble, usual = unpack(files)
        return cls(ensemble, usual, Card(json.loads(files["card.json"])))


def _sized(name: str, array: NDArray[Any], n: int) -> NDArray[Any]:
    if array.shape != (n,):
        raise ModelError(f"{array.shape} values for {n} lines.", where=name, hint="Give one value a line.")
    return array


def _labels(illicit: ArrayLike, n: int) -> Flags:
    labels = _sized("illicit", np.asarray(illicit), n)
    if labels.dtype != np.bool_:
        raise ModelError("labels must be true or false.", where="illicit", hint="Pass labelled lines only.")
    return labels


def _weights(weights: ArrayLike, n: int) -> Floats:
    given: Floats = _sized("weights", np.asarray(weights, np.float64), n)
    if not np.isfinite(given).all() or (given < 0).any() or not given.any():
        raise ModelError("weights must be finite, none negative, not all zero.", where="weights")
    return given


def _last_part(lodged: NDArray[Any], found: Flags) -> date | None:
    """First day of the last part of time, or None when either part would be too small to learn from or test on."""
    cut = np.sort(lodged)[int((1 - LAST_PART) * len(lodged))]
    past = lodged < cut
    for part, least in ((past, FEWEST_LABELS), (~past, FEWEST_OF_A_KIND)):
        finds = int(found[part].sum())
        if part.sum() < least or min(finds, int(part.sum()) - finds) < FEWEST_OF_A_KIND:
            return None
    day: date = cut.item()
    return day


def _test(
    ensemble: Ensemble, table: pl.DataFrame, found: Flags, revenue: Floats | None, rows: Flags, seed: int
) -> dict[str, Any]:
    """Figures on all lines, and on those whose record was not learned from (None where too few, or no copies)."""
    scores = expit(ensemble.judge(table)[0])
    recovered = None if revenue is None else revenue[rows]
    figures: dict[str, Any] = {"all": measure(scores, found, recovered, seed), "new_records": None}
    if ensemble.memory is not None:
        fresh = np.concatenate([~ensemble.memory.knows(inputs.record) for _, inputs in ensemble.chunks(table)])
        if FEWEST_OF_A_KIND <= found[fresh].sum() <= fresh.sum() - FEWEST_OF_A_KIND:
            figures["new_records"] = measure(
                scores[fresh], found[fresh], None if recovered is None else recovered[fresh], seed
            )
    return figures


def _importance(ensemble: Ensemble, table: pl.DataFrame) -> list[dict[str, Any]]:
    """Mean absolute weight of each field or key over evenly spaced rows, largest first."""
    rows = np.unique(np.linspace(0, table.height - 1, SAMPLE).astype(np.int64))
    _, inputs = next(ensemble.chunks(table[rows]))
    means = np.abs(ensemble.attribute(inputs)).mean(axis=0).tolist()
    weights = dict(zip(ensemble.speakers, means, strict=True))
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return [{"feature": name, "weight": weight} for name, weight in ranked]


def _usual(ensemble: Ensemble, table: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """The 10th and 90th percentile of each number that is known in some row."""
    usual: dict[str, tuple[float, float]] = {}
    gathered: dict[str, list[Floats]] = {name: [] for name in ensemble.numbers}
    for _, inputs in ensemble.chunks(table):
        for name, numbers in zip(ensemble.numbers, inputs.numbers, strict=True):
            gathered[name].append(numbers)
    for name, pieces in gathered.items():
        numbers = np.concatenate(pieces)
        known = numbers[~np.isnan(numbers)]
        if len(known):
            low, high = np.percentile(known, [10, 90])
            usual[name] = (float(low), float(high))
    return usual
