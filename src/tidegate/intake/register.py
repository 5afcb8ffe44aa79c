"""The register of what has been read: it finds items that came before and numbers items that have no number.

It keeps 16 bytes a line: a 64-bit hash of declaration and item, and one of the content. Two different items share a
hash with a probability near n^2 / 2^65: one in four thousand over a hundred million lines.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.intake.versions import IDENTITY
from tidegate.trade import LINE_SCHEMA

__all__ = ["Numbering", "Register"]

Hashes = NDArray[np.uint64]
_CONTENT = [name for name in LINE_SCHEMA if name != "flags"]


class _Store:
    """64-bit keys with a 64-bit value each, in sorted runs of growing size, so that adding stays cheap."""

    def __init__(self) -> None:
        self.runs: list[tuple[Hashes, Hashes]] = []

    def find(self, keys: Hashes) -> tuple[NDArray[np.bool_], Hashes]:
        """Return (whether each key is there, its latest value or 0)."""
        there, values = np.zeros(len(keys), dtype=np.bool_), np.zeros(len(keys), dtype=np.uint64)
        for run_keys, run_values in self.runs:
            places = np.minimum(np.searchsorted(run_keys, keys), len(run_keys) - 1)
            hits = run_keys[places] == keys
            values[hits] = run_values[places[hits]]
            there |= hits
        return there, values

    def add(self, keys: Hashes, values: Hashes) -> None:
        """Add distinct keys; a later value takes the place of an earlier one."""
        if not len(keys):
            return
        while self.runs and len(self.runs[-1][0]) <= 2 * len(keys):
            older_keys, older_values = self.runs.pop()
            keys, values = np.concatenate((keys, older_keys)), np.concatenate((values, older_values))
        if not (keys[:-1] < keys[1:]).all():
            # Stable: of equal keys the latest comes first, as they were put together. Runs are sorted, which helps.
            order = np.argsort(keys, kind="stable")
            keys, values = keys[order], values[order]
        first = np.ones(len(keys), dtype=np.bool_)
        first[1:] = keys[1:] != keys[:-1]
        self.runs.append((keys[first], values[first]))


class Register:
    """Remembers every item by its declaration and number, and by its message if it came in one, over all batches."""

    def __init__(self) -> None:
        self._store = _Store()

    def admit(self, lines: pl.DataFrame) -> pl.Series:
        """Return for each line "repeated" or "contradicts" if its item came before, with the same or other content,
        else null; and remember it."""
        keys = lines.select(pl.struct("declaration_id", "item_number").hash()).to_series()
        # Another version of a declaration is no contradiction: which of them counts shows when all are in.
        said = [name for name in IDENTITY if name in lines.columns]
        if said:
            message = pl.struct(said).hash()
            some = pl.any_horizontal(pl.col(name).is_not_null() for name in said)
            keys = keys ^ lines.select(pl.when(some).then(message).otherwise(0).cast(pl.UInt64)).to_series()
        content = lines.select(name for name in _CONTENT if name in lines.columns).hash_rows().to_numpy()
        # In the order of the keys every search goes forwards through memory, and equal keys lie side by side.
        order = _order(keys)
        ranked, said_ranked = keys.to_numpy()[order], content[order]
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = ranked[1:] != ranked[:-1]
        there, before = self._store.find(ranked)
        new = first & ~there
        self._store.add(ranked[new], said_ranked[new])
        if new.all():
            return pl.Series("why", [None], dtype=pl.String).new_from_index(0, lines.height)
        # The first of a batch is in the store by now.
        again = np.flatnonzero(~new)
        before[again] = self._store.find(ranked[again])[1]
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        unseen, same = pl.Series(new[place]), pl.Series((before == said_ranked)[place])
        return pl.select(
            pl.when(unseen).then(None).when(same).then(pl.lit("repeated")).otherwise(pl.lit("contradicts"))
        ).to_series()


def _order(keys: pl.Series) -> NDArray[np.int64]:
    """In which order the keys ascend, equal ones as they come: Polars sorts twice as fast, but not stably."""
    order = keys.arg_sort().to_numpy()
    ranked = keys.to_numpy()[order]
    return order if (ranked[:-1] < ranked[1:]).all() else np.argsort(keys.to_numpy(), kind="stable")


class Numbering:
    """Gives items without a number the next one of their declaration, in the order of the rows."""

    def __init__(self) -> None:
        self._store = _Store()

    def numbered(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Return the lines with `item_number`, going on where the declaration's earlier lines ended."""
        keys = lines["declaration_id"].hash()
        counted = pl.DataFrame({"key": keys}).with_columns(n=pl.int_range(1, pl.len() + 1).over("key"))
        _, before = self._store.find(keys.to_numpy())
        numbers = counted["n"].to_numpy() + before.astype(np.int64)
        totals = pl.DataFrame({"key": keys, "n": numbers}).group_by("key").agg(pl.col("n").max())
        self._store.add(totals["key"].to_numpy(), totals["n"].to_numpy().astype(np.uint64))
        return lines.with_columns(pl.Series("item_number", numbers, dtype=pl.Int32))
