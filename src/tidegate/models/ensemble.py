"""Ensemble: trees and regression, blended and calibrated in log-odds, with the memory of copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from tidegate.models.columns import Column, Values, read
from tidegate.models.copies import Memory
from tidegate.models.keys import Key, Part
from tidegate.models.rates import Rates
from tidegate.models.trees import Forest

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
    """What the members see of some lines: `numbers` by name, `rows` a key, the record's number, all `values` read."""

    height: int
    numbers: list[Floats]
    rows: list[Whole]
    record: Whole
    values: Values


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
    forest: Forest = field(init=False, repr=False)

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
        numbers = set(self.numbers)
        self.spoken = {key.title: (at, key) for at, key in enumerate(self.keys) if key.title not in numbers}
        self.forest = Forest(self.texts)
        constant, slope, share = self.blend
        # What the trees expect of the usual line is the same for every line.
        nothing = np.zeros((1, len(self.numbers) + 2 * self.encoded), np.float32)
        self.base = constant + share * self.constant + slope * float(self.forest.attribute(nothing, 1)[0, -1])

    def inputs(self, values: Values, height: int) -> Inputs:
        """Numbers, key rows and record numbers of the lines whose columns are `values`."""
        codes = {part.title: part.codes(values) for part in self.parts}
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
        seen = [*inputs.numbers, *self.rates.encode(inputs.rows[: self.encoded], inputs.height)]
        matrix = np.empty((inputs.height, len(seen)), np.float32)
        for at, column in enumerate(seen):
            matrix[:, at] = column
        return matrix

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
            told = self.forest.members(self.features(inputs), 1 if table.height < FEW else 0)
            logits[rows], spread[rows] = self.blended(self._regression(inputs), told, inputs.record)
        return logits, spread

    def blended(self, regression: Floats, told: list[Floats], record: Whole) -> tuple[Floats, Floats]:
        """(log-odds, spread), float64[n] each, from what the regression and each of the trees members say."""
        constant, slope, weight = self.blend
        rest = constant + weight * regression
        # Added up in a fixed order, so that a line alone gets the same bits as in a batch.
        mean = told[0].copy()
        for other in told[1:]:
            mean += other
        mean /= len(told)
        after = self._remember(rest + slope * mean, record)
        squares = np.zeros(len(after))
        middle = expit(after)
        for one in told:
            squares += (expit(self._remember(rest + slope * one, record)) - middle) ** 2
        return after, np.sqrt(squares / len(told))

    def _remember(self, logits: Floats, record: Whole) -> Floats:
        return logits if self.memory is None else self.memory.add(logits, record)

    def attribute(self, inputs: Inputs) -> NDArray[np.float64]:
        """float64[n, len(speakers)]: what each field or key adds to the log-odds of the usual line (`base`)."""
        told = self.forest.attribute(self.features(inputs), 1 if inputs.height < FEW else 0)
        effects = [effect[rows] for rows, effect in zip(inputs.rows, self.effects, strict=True)]
        return self.attributed(told, np.array(effects).reshape(len(effects), inputs.height), inputs.record)

    def attributed(self, told: Floats, effects: Floats, record: Whole) -> Floats:
        """As `attribute`, from float64[n, features + 1] of the trees and float64[keys, n] of the regression.

        TreeSHAP for the trees (Lundberg et al. 2020, path dependent), the centred weight of the value for the
        regression, both times their share in the blend; then the memory's step. All add up to the log-odds.
        """
        _, slope, share = self.blend
        weights = np.zeros((len(told), len(self.speakers)))
        for places, features in self._of_features:
            weights[:, places] += slope * told[:, features]
        weights[:, self._of_keys] += share * effects.T
        if self.memory is not None:
            before = self.base + weights.sum(axis=1)
            weights[:, -1] = self.memory.add(before, record) - before
        return weights
