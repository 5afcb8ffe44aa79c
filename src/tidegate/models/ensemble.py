"""Ensemble: trees and regression, blended and calibrated in log-odds, with the memory of copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from tidegate.models.columns import FEW as FEW_ROWS
from tidegate.models.columns import Column, Values, read
from tidegate.models.copies import Memory
from tidegate.models.keys import Bands, Key, Part
from tidegate.models.rates import Rates
from tidegate.models.trees import plant

__all__ = ["COPIES", "Ensemble", "Inputs"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Name under which the memory of copies contributes.
COPIES = "copies"
# Rows scored together: small enough for the processor's cache, large enough that calls cost nothing.
CHUNK = 65_536
# Below this many rows a second thread costs more than it brings.
FEW = 2_000


@dataclass(slots=True)
class Inputs:
    """What the members see of some lines: `numbers` by name, `rows` a key, the record's number, all `values` read; and
    the features of the trees, once they were asked for.
    """

    height: int
    numbers: list[Floats]
    rows: list[Whole]
    record: Whole
    values: Values
    matrix: NDArray[np.float32] | None = None

    def only(self, row: int) -> Inputs:
        """The inputs of one of the lines."""
        at = slice(row, row + 1)
        return Inputs(
            1,
            [column[at] for column in self.numbers],
            [column[at] for column in self.rows],
            self.record[at],
            {name: column[at] for name, column in self.values.items()},
            None if self.matrix is None else self.matrix[at],
        )


@dataclass(slots=True)
class Ensemble:
    """The members and all they need.

    The log-odds of a line are `blend[0] + blend[1] * mean of the trees + blend[2] * regression`, then what the
    memory of copies adds. The first `encoded` keys have rates that the trees see, and counts of what was opened and
    found; all keys have a regression weight (`effects`, the last entry for a combination never seen).
    """

    columns: tuple[Column, ...]
    parts: tuple[Part, ...]
    keys: tuple[Key, ...]
    encoded: int
    numbers: tuple[str, ...]
    record: Key | None
    rates: Rates
    opened: list[Floats]
    found: list[Floats]
    effects: list[Floats]
    constant: float
    texts: tuple[str, ...]
    blend: tuple[float, float, float]
    memory: Memory | None
    base: float = field(init=False)
    speakers: list[str] = field(init=False)
    """Names of what a contribution may be about: fields, keys, and copies where there is a memory of them."""
    spoken: dict[str, tuple[int, Key]] = field(init=False)
    """Keys that speak for themselves, with their number: not those of one number, which speaks better than its band."""
    _of_features: list[tuple[Whole, Whole]] = field(init=False, repr=False)
    """Places of speakers and features that belong to them, in rounds: no place stands twice in one round."""
    _of_keys: Whole = field(init=False, repr=False)
    _bands: Bands = field(init=False, repr=False)
    _boosters: list[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = list(dict.fromkeys([*self.titles, *(key.title for key in self.keys)]))
        place = {name: at for at, name in enumerate(names)}
        self.speakers = [*names, COPIES] if self.memory is not None else names
        rounds: list[tuple[list[int], list[int]]] = []
        seen: Counter[str] = Counter()
        for at, title in enumerate(self.titles):
            if seen[title] == len(rounds):
                rounds.append(([], []))
            places, features = rounds[seen[title]]
            places.append(place[title])
            features.append(at)
            seen[title] += 1
        self._of_features = [(np.array(places), np.array(features)) for places, features in rounds]
        self._of_keys = np.array([place[key.title] for key in self.keys], dtype=np.int64)
        self._bands = Bands(self.parts)
        numbers = set(self.numbers)
        self.spoken = {key.title: (at, key) for at, key in enumerate(self.keys) if key.title not in numbers}
        self._boosters = [plant(text) for text in self.texts]
        constant, slope, share = self.blend
        # What the trees expect of the usual line is the same for every line.
        nothing = np.zeros((1, len(self.numbers) + 2 * self.encoded), np.float32)
        self.base = constant + share * self.constant + slope * float(self._shap(nothing, 1)[0, -1])

    def inputs(self, values: Values, height: int) -> Inputs:
        """Numbers, key rows and record numbers of the lines whose columns are `values`."""
        few = height <= FEW_ROWS
        codes = self._bands.codes(values, height) if few else {}
        codes |= {part.title: part.codes(values) for part in self.parts if not few or part.view != "band"}
        return Inputs(
            height,
            [values[name] for name in self.numbers],
            [key.rows([codes[title] for title in key.parts]) for key in self.keys],
            self.record.rows([codes[title] for title in self.record.parts])
            if self.record is not None and self.memory is not None
            else np.full(height, -1),
            values,
        )

    def features(self, inputs: Inputs) -> NDArray[np.float32]:
        """float32[n, features] of the trees: the numbers, then rate and evidence of each encoded key."""
        if inputs.matrix is None:
            seen = [*inputs.numbers, *self.rates.encode(inputs.rows[: self.encoded], inputs.height)]
            inputs.matrix = np.empty((inputs.height, len(seen)), np.float32)
            for at, column in enumerate(seen):
                inputs.matrix[:, at] = column
        return inputs.matrix

    @property
    def titles(self) -> list[str]:
        """Name of the field or key behind each feature of the trees."""
        return [*self.numbers, *(key.title for key in self.keys[: self.encoded] for _ in range(2))]

    def _regression(self, inputs: Inputs) -> Floats:
        total = np.full(inputs.height, self.constant)
        for rows, effect in zip(inputs.rows, self.effects, strict=True):
            total += effect[rows]
        return total

    def chunks(self, table: pl.DataFrame) -> Iterator[tuple[int, Inputs]]:
        """The table in pieces: first row and inputs of each. Raises ModelError when it does not fit."""
        for start in range(0, max(table.height, 1), CHUNK):
            piece = table.slice(start, CHUNK) if table.height > CHUNK else table
            yield start, self.inputs(read(piece, self.columns), piece.height)

    def judge(self, table: pl.DataFrame) -> tuple[Floats, Floats]:
        """(log-odds, spread): float64[n] each; the spread is the members' standard deviation in probability."""
        logits, spread = np.empty(table.height), np.empty(table.height)
        if not table.height:
            read(table, self.columns)
            return logits, spread
        for start, inputs in self.chunks(table):
            rows = slice(start, start + inputs.height)
            logits[rows], spread[rows] = self.judged(inputs, 1 if table.height < FEW else 0)
        return logits, spread

    def judged(self, inputs: Inputs, threads: int) -> tuple[Floats, Floats]:
        """As `judge`, of lines that were read before."""
        constant, slope, weight = self.blend
        matrix = self.features(inputs)
        rest = constant + weight * self._regression(inputs)
        told = [booster.predict(matrix, raw_score=True, num_threads=threads) for booster in self._boosters]
        # Added up in a fixed order, so that a line alone gets the same bits as in a batch.
        mean = told[0].copy()
        for other in told[1:]:
            mean += other
        mean /= len(told)
        after = self._remember(rest + slope * mean, inputs.record)
        squares = np.zeros(inputs.height)
        middle = expit(after)
        for one in told:
            squares += (expit(self._remember(rest + slope * one, inputs.record)) - middle) ** 2
        return after, np.sqrt(squares / len(told))

    def _remember(self, logits: Floats, record: Whole) -> Floats:
        return logits if self.memory is None else self.memory.add(logits, record)

    def attribute(self, inputs: Inputs) -> NDArray[np.float64]:
        """float64[n, len(speakers)]: what each field or key adds to the log-odds of the usual line (`base`).

        TreeSHAP for the trees (Lundberg et al. 2020, path dependent), the centred weight of the value for the
        regression, both times their share in the blend; then the memory's step. All add up to the log-odds.
        """
        _, slope, share = self.blend
        told = self._shap(self.features(inputs), 1 if inputs.height < FEW else 0)
        weights = np.zeros((inputs.height, len(self.speakers)))
        for places, features in self._of_features:
            weights[:, places] += slope * told[:, features]
        if self.keys:
            effects = [effect[rows] for rows, effect in zip(inputs.rows, self.effects, strict=True)]
            weights[:, self._of_keys] += share * np.stack(effects, axis=1)
        if self.memory is not None:
            before = self.base + weights.sum(axis=1)
            weights[:, -1] = self.memory.add(before, inputs.record) - before
        return weights

    def _shap(self, matrix: NDArray[np.float32], threads: int) -> Floats:
        told = np.zeros((len(matrix), matrix.shape[1] + 1))
        for booster in self._boosters:
            told += booster.predict(matrix, pred_contrib=True, num_threads=threads)
        return told / len(self._boosters)
