"""Few: the ensemble over a few lines. What a batch does key by key is done here in one call for all keys.

A batch of many lines spends its time in the numbers; for five lines it is spent in the calls, some thousand of them. So
the tables of all keys are joined end to end, and their answers are gathered at once. The bits are those of the batch:
every sum is added up in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.models.columns import RowReader
from tidegate.models.ensemble import Ensemble
from tidegate.models.keys import MISSING, UNSEEN, Key, Part

__all__ = ["Few", "SeenFew"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SeenFew:
    """What was read of n lines: `rows` int64[keys, n], `features` of the trees float32[n, features], `effects` of the
    keys in the regression float64[keys, n]; `numbers` and `texts` as the reader gives them.
    """

    names: tuple[str, ...]
    numbers: Floats
    texts: dict[str, list[str | None]]
    rows: Whole
    record: Whole
    features: NDArray[np.float32]
    effects: Floats

    @property
    def values(self) -> dict[str, Any]:
        """All values by name."""
        return {**dict(zip(self.names, self.numbers, strict=True)), **self.texts}


class Few:
    """Made once from an ensemble whose keys have one part or two."""

    def __init__(self, ensemble: Ensemble) -> None:
        self._ensemble = ensemble
        self._reader = RowReader(ensemble.columns)
        place = {name: at for at, name in enumerate(self._reader.names)}
        self._numbers = np.array([place[name] for name in ensemble.numbers], np.intp)
        self._codes = _Codes(ensemble.parts, place)
        self._keys = _Keys(ensemble.keys, ensemble.parts)
        self._record = [self._keys.part[title] for title in ensemble.record.parts] if ensemble.record else []
        # All tables of a key are of one length, so one place finds its rate, its evidence and its effect.
        ends = np.cumsum([len(table) for table in ensemble.effects])
        self._last = (ends - 1)[:, None]
        self._first = np.concatenate(([0], ends[:-1])).astype(np.int64)[:, None]
        self._logits = _joined(ensemble.rates.logits)
        self._evidence = _joined(ensemble.rates.evidence)
        self._effects = _joined(ensemble.effects)

    def see(self, lines: Sequence[Mapping[str, Any]]) -> SeenFew:
        """Read n lines, given as plain values by name. Raises ModelError."""
        ensemble, n = self._ensemble, len(lines)
        numbers, texts = self._reader.read(lines)
        codes = self._codes.of(numbers, texts)
        rows = self._keys.rows(codes)
        record = np.full(n, -1)
        if ensemble.record is not None and ensemble.memory is not None:
            record = ensemble.record.rows([codes[part] for part in self._record])
        at = np.where(rows < 0, self._last, self._first + rows)
        rates = self._rates(at[: ensemble.encoded])
        features = np.empty((n, len(self._numbers) + 2 * ensemble.encoded), np.float32)
        features[:, : len(self._numbers)] = numbers[self._numbers].T
        features[:, len(self._numbers) :: 2] = rates.T
        features[:, len(self._numbers) + 1 :: 2] = self._evidence[at[: ensemble.encoded]].T
        return SeenFew(self._reader.names, numbers, texts, rows, record, features, self._effects[at])

    def _rates(self, at: Whole) -> Floats:
        """float64[encoded keys, n], as `Rates.encode`; coarser keys come first, and speak for what is new."""
        rates = self._ensemble.rates
        told: Floats = self._logits[at]
        new = np.isnan(told)
        for key in np.flatnonzero(new.any(axis=1)).tolist():
            told[key] = np.where(new[key], rates.prior(rates.parents[key], told, at.shape[1]), told[key])
        return told

    def judge(self, seen: SeenFew) -> tuple[Floats, Floats]:
        """(log-odds, spread), float64[n] each."""
        start = np.full((1, len(seen.features)), self._ensemble.constant)
        regression = np.add.accumulate(np.concatenate((start, seen.effects)))[-1]
        return self._ensemble.blended(regression, self._ensemble.forest.members_of_few(seen.features), seen.record)

    def attribute(self, seen: SeenFew, row: int) -> Floats:
        """float64[speakers]: what each field or key adds to the log-odds of one of the lines."""
        at = slice(row, row + 1)
        told = self._ensemble.forest.attribute(seen.features[at], 1)
        weights: Floats = self._ensemble.attributed(told, seen.effects[:, at], seen.record[at])[0]
        return weights


def _joined(tables: Sequence[Floats]) -> Floats:
    return np.concatenate([np.empty(0), *tables])


class _Codes:
    """The codes of all parts at once: `Part.codes` of each."""

    def __init__(self, parts: Sequence[Part], place: Mapping[str, int]) -> None:
        self.size = len(parts)
        self.bands = np.array([at for at, part in enumerate(parts) if part.view == "band"], np.intp)
        banded = [parts[at] for at in self.bands]
        self.banded = np.array([place[part.column] for part in banded], np.intp)
        self.edges = np.full((max((len(part.edges) for part in banded), default=0), len(banded), 1), np.inf)
        for row, part in enumerate(banded):
            self.edges[: len(part.edges), row, 0] = part.edges
        self.values = [(at, part, place[part.column]) for at, part in enumerate(parts) if part.view == "value"]
        self.texts = [
            (at, part.column, part.head or None, {text: code for code, text in enumerate(part.vocabulary, 1)})
            for at, part in enumerate(parts)
            if part.view == "text"
        ]

    def of(self, numbers: Floats, texts: Mapping[str, list[str | None]]) -> Whole:
        """int64[parts, n]."""
        codes = np.empty((self.size, numbers.shape[1]), np.int64)
        seen = numbers[self.banded]
        above = (self.edges <= seen).sum(axis=0) + 1
        codes[self.bands] = np.where(np.isnan(seen), MISSING, above)
        for at, part, row in self.values:
            codes[at] = part.codes({part.column: numbers[row]})
        for at, column, head, known in self.texts:
            codes[at] = [MISSING if text is None else known.get(text[:head], UNSEEN) for text in texts[column]]
        return codes


class _Keys:
    """The rows of all keys at once: `Key.rows` of each. The pairs seen of all keys stand in one sorted array."""

    def __init__(self, keys: Sequence[Key], parts: Sequence[Part]) -> None:
        self.part = {part.title: at for at, part in enumerate(parts)}
        self.first = np.array([self.part[key.parts[0]] for key in keys], np.intp)
        self.pairs = np.array([at for at, key in enumerate(keys) if len(key.parts) > 1], np.intp)
        pairs = [keys[at] for at in self.pairs]
        self.second = np.array([self.part[key.parts[1]] for key in pairs], np.intp)
        self.sizes = np.array([key.sizes[1] for key in pairs], np.int64)[:, None]
        widths = [key.sizes[0] * key.sizes[1] for key in pairs]
        self.offsets = np.cumsum([0, *widths[:-1]], dtype=np.int64)[: len(pairs), None]
        starts = np.cumsum([0, *(key.size for key in pairs)], dtype=np.int64)
        self.starts = starts[: len(pairs), None]
        # One more that nothing equals, so that every search ends at a place.
        seen = [key.steps[0] + offset for key, offset in zip(pairs, self.offsets[:, 0], strict=True)]
        self.seen = np.concatenate([*seen, np.array([-1], np.int64)])

    def rows(self, codes: Whole) -> Whole:
        """int64[keys, n]: the number of each key's combination, -1 where it was never seen."""
        rows: Whole = codes[self.first]
        one, two = rows[self.pairs], codes[self.second]
        wanted = one * self.sizes + two + self.offsets
        place = np.searchsorted(self.seen[:-1], wanted)
        found = (self.seen[place] == wanted) & (one >= 0) & (two >= 0)
        rows[self.pairs] = np.where(found, place - self.starts, UNSEEN)
        return rows
