"""What the words of a query could stand for in a list, as arrays of keys and of what each counts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tidegate.screening.names.keys import key
from tidegate.screening.spellings import NEAR, Spellings

__all__ = ["LETTERS", "Asked", "Readings"]

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
INITIAL = 0.8  # what an initial counts for a word of the list that begins so
SPLIT = 0.7  # what a part of a joined word counts
REMEMBERED = 100_000  # words whose readings are kept
PLACES = 16  # more than the parts of one word


class Reading(NamedTuple):
    """`table`: a column for each key that a word could stand for; rows: key, what it counts, place (0, or more for the
    parts of a joined word), whether it is sure. `weight`: of the word; `alone`: if it is looked up by itself."""

    table: NDArray[np.float64]
    weight: float
    alone: float


class Asked(NamedTuple):
    """All readings of a block of queries, those of one query together: `rows` says whose, `places` tells words apart.
    `own`: what each query would score with itself; `one`: whether it is a single word."""

    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    keys: NDArray[np.int64]
    counts: NDArray[np.float32]
    sure: NDArray[np.bool_]
    own: NDArray[np.float32]
    one: NDArray[np.bool_]


class Readings:
    """Readings of words by a list's spellings; words once read are remembered."""

    def __init__(
        self, spellings: Spellings, weight: NDArray[np.float32], rare: NDArray[np.bool_], unknown: float
    ) -> None:
        """`weight` and `rare` by key, initials after words; `unknown`: the weight of a word that is not listed."""
        self._spellings, self._weight, self._rare, self._unknown = spellings, weight, rare, unknown
        self._read: dict[str, Reading] = {}

    def asked(self, queries: Sequence[list[str]]) -> Asked:
        """The readings of queries, each given as its Latin words."""
        joined = [self._spellings.with_joined(words) for words in queries]
        read = self._remembered(joined)
        chosen = [read[word] for words in joined for word in words]
        words_of = np.array([len(words) for words in joined], np.int64)
        query = np.repeat(np.arange(len(queries)), words_of)
        place = np.arange(len(query)) - np.repeat(np.cumsum(words_of) - words_of, words_of)
        tables: Any = [reading.table for reading in chosen]
        table = np.concatenate(tables, axis=1) if tables else np.zeros((4, 0))
        sizes = np.array([reading.table.shape[1] for reading in chosen], np.int64)
        # Words that others become when they are joined do not count towards the query's own weight.
        written = np.array([len(words) for words in queries], np.int64)
        real = place < written[query]
        weight = np.bincount(query, np.array([reading.weight for reading in chosen]) * real, len(queries))
        alone = np.bincount(query, np.array([reading.alone for reading in chosen]) * real, len(queries))
        own = np.where(written == 1, weight, alone + weight * (written - 1))
        return Asked(
            np.repeat(query, sizes),
            np.repeat(place, sizes) * PLACES + table[2].astype(np.int64),
            table[0].astype(np.int64),
            table[1].astype(np.float32),
            table[3] > 0,
            np.maximum(own, 1.0).astype(np.float32),
            written == 1,
        )

    def _remembered(self, queries: list[list[str]]) -> dict[str, Reading]:
        if len(self._read) > REMEMBERED:
            self._read = {}
        new = sorted(set(chain.from_iterable(queries)) - self._read.keys())
        for word, near in zip(new, self._spellings.near(new), strict=True):
            self._read[word] = self._reading(word, near)
        return self._read

    def _reading(self, word: str, near: dict[int, float]) -> Reading:
        spellings = self._spellings
        own = spellings.keys.get(key(word), -1)
        columns = [(at, count, 0, at == own) for at, count in near.items()]
        if len(word) == 1:
            columns.append((len(spellings.keys) + LETTERS.index(word), INITIAL, 0, True))
        parts = spellings.split(word, NEAR not in near.values()) if word not in spellings.ids else []
        columns += [(int(spellings.key_of[spellings.ids[part]]), SPLIT, 1 + at, True) for at, part in enumerate(parts)]
        weight = float(self._weight[own]) if own >= 0 else self._unknown
        table = np.array(columns, np.float64).reshape(-1, 4).T
        return Reading(table, weight, weight if own < 0 or self._rare[own] else 0.0)
