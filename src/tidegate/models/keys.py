"""Keys: the texts, bands and combinations of them by which past lines are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.models.columns import LEVELS, Values

__all__ = ["MISSING", "UNSEEN", "Key", "Part", "text_parts"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

MISSING, UNSEEN = 0, -1


@dataclass(slots=True)
class Part:
    """One column seen in one way, as whole numbers: 0 missing, 1.. as in the vocabulary, -1 never seen.

    `view` is `text` (a text, cut to `head` characters when that is not 0), `value` (a number that takes few values)
    or `band` (between `edges`; never unseen).
    """

    title: str
    column: str
    view: str
    head: int = 0
    vocabulary: tuple[str, ...] = ()
    edges: Floats = field(default_factory=lambda: np.empty(0))
    _enum: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._enum = pl.Enum(self.vocabulary) if self.vocabulary else None

    @classmethod
    def text(cls, title: str, column: str, head: int, series: pl.Series) -> Part:
        """The part of a text column, its vocabulary sorted from `series`."""
        cut = series.str.head(head) if head else series
        return cls(title, column, "text", head, tuple(cut.drop_nulls().unique().sort().to_list()))

    @classmethod
    def value(cls, title: str, column: str, numbers: Floats) -> Part:
        """The part of a number that is told apart by its exact value."""
        return cls(title, column, "value", edges=np.unique(numbers[~np.isnan(numbers)]))

    @classmethod
    def band(cls, title: str, column: str, numbers: Floats, bands: int) -> Part:
        """The part of a number cut at its quantiles into at most `bands` bands."""
        known = numbers[~np.isnan(numbers)]
        inner = np.linspace(0.0, 1.0, bands + 1)[1:-1]
        edges = np.unique(np.quantile(known, inner, method="higher")) if len(known) else np.empty(0)
        return cls(title, column, "band", edges=edges)

    @property
    def size(self) -> int:
        """One more than the largest code."""
        if self.view == "text":
            return len(self.vocabulary) + 1
        return len(self.edges) + (2 if self.view == "band" else 1)

    def codes(self, values: Values) -> Whole:
        """int64[n] codes of the column's values."""
        seen = values[self.column]
        if self.view != "text":
            return self._number_codes(seen)
        if self._enum is None:
            return np.where(seen.is_null().to_numpy(), MISSING, UNSEEN).astype(np.int64)
        cut = seen.str.head(self.head) if self.head else seen
        codes = cut.cast(self._enum, strict=False).to_physical().cast(pl.Int64).fill_null(UNSEEN - 1).to_numpy() + 1
        return np.where(seen.is_null().to_numpy(), MISSING, codes) if seen.null_count() else codes

    def _number_codes(self, numbers: Floats) -> Whole:
        missing = np.isnan(numbers)
        if self.view == "band":
            return np.where(missing, MISSING, np.searchsorted(self.edges, numbers, side="right") + 1)
        if not len(self.edges):
            return np.where(missing, MISSING, UNSEEN).astype(np.int64)
        at = np.minimum(np.searchsorted(self.edges, numbers), len(self.edges) - 1)
        return np.where(missing, MISSING, np.where(self.edges[at] == numbers, at + 1, UNSEEN))


@dataclass(slots=True)
class Key:
    """A combination of parts, numbered densely: `steps[i]` holds the sorted codes of the first i + 2 parts together.

    Combining step by step, each time among what was seen, keeps every code below 2**63 however many parts there are.
    """

    parts: tuple[str, ...]
    sizes: tuple[int, ...]
    steps: tuple[Whole, ...] = ()

    @property
    def title(self) -> str:
        """The key's name: its parts with a multiplication sign between them."""
        return " × ".join(self.parts)

    @property
    def size(self) -> int:
        """How many combinations were seen."""
        return len(self.steps[-1]) if self.steps else self.sizes[0]

    @classmethod
    def fit(cls, parts: Sequence[Part], codes: Sequence[Whole]) -> tuple[Key, Whole]:
        """The key over `parts` as seen in `codes` (all int64[n], none unseen), and each row's number in it."""
        at, steps = codes[0], []
        for part, other in zip(parts[1:], codes[1:], strict=True):
            step, at = np.unique(at * part.size + other, return_inverse=True)
            steps.append(step)
        return cls(tuple(part.title for part in parts), tuple(part.size for part in parts), tuple(steps)), at

    def rows(self, codes: Sequence[Whole]) -> Whole:
        """int64[n] numbers of the combinations in `codes`; -1 where one was never seen."""
        at = codes[0]
        for step, size, other in zip(self.steps, self.sizes[1:], codes[1:], strict=True):
            wanted = np.where((at < 0) | (other < 0), -1, at * size + other)
            place = np.minimum(np.searchsorted(step, wanted), len(step) - 1)
            at = np.where(step[place] == wanted, place, -1)
        return at


def text_parts(column: str, series: pl.Series) -> list[Part]:
    """The parts of a text column, coarse to fine: a commodity code by its levels, any other text as it is."""
    longest = int(series.str.len_chars().max() or 0)  # type: ignore[arg-type]
    levels = [(title, head) for title, (of, head) in LEVELS.items() if of == column and head < longest]
    return [Part.text(title, column, head, series) for title, head in [*levels, (column, 0)]]
