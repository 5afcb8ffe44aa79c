"""Daily counters: for each key and day a few whole numbers, summed up so that any window is one subtraction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.indicators.keys import Hashes

__all__ = ["Entries", "Tally", "codes_of", "entries"]

Whole = NDArray[np.int64]

DAY_BITS = np.uint64(18)  # days up to 2199, and keys enough beside them in 64 bits
DAY_MASK = np.uint64((1 << 18) - 1)
NOWHERE = np.uint64(0xFFFF_FFFF_FFFF_FFFF)  # beyond every cell: all its windows are empty


@dataclass(frozen=True, slots=True)
class Entries:
    """The cells of one key: its distinct hashes, the code of each cell (rank of hash, day), and its sums.

    `carried`: the values of all rows in the order of the cells, where these were asked for.
    """

    keys: Hashes
    cells: Hashes
    sums: dict[str, Whole]
    carried: NDArray[Any] | None


def entries(
    keys: Hashes, days: NDArray[Any], amounts: Mapping[str, Whole], carry: NDArray[Any] | None = None
) -> Entries:
    """Add up rows (a key hash, a day, some whole amounts), given in order of day. The sum "rows" counts them."""
    order = np.argsort(keys, kind="stable")
    in_order = keys[order]
    first = _changes(in_order)
    codes = (np.cumsum(first) - 1).astype(np.uint64) << DAY_BITS
    codes |= days[order].astype(np.uint64)
    starts = np.flatnonzero(_changes(codes))
    sums = {"rows": np.diff(starts, append=len(codes))}
    for name, amount in amounts.items():
        sums[name] = np.add.reduceat(amount[order], starts) if len(starts) else starts
    return Entries(in_order[first], codes[starts], sums, None if carry is None else carry[order])


def _changes(values: Hashes) -> NDArray[np.bool_]:
    changes = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


@dataclass(frozen=True, slots=True)
class Tally:
    """The cells of several keys in one sorted array.

    `cells`: code (rank of the key among all keys, day) of each; `sums`: for each column the total of all cells before
    each place. All whole numbers, so that a window's sum does not depend on the order in which rows came.
    """

    cells: Hashes
    sums: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, parts: Sequence[Entries], keys: Hashes) -> Tally:
        """Join the cells of several keys, in the order of their tags, with the same sums; `keys`: all there are."""
        cells = [
            (np.searchsorted(keys, part.keys).astype(np.uint64) << DAY_BITS)[part.cells >> DAY_BITS]
            | (part.cells & DAY_MASK)
            for part in parts
        ]
        sums: dict[str, NDArray[Any]] = {}
        for name in parts[0].sums:
            # Rows are few enough for 32 bits, and this is the largest array of all.
            total = np.zeros(sum(map(len, cells)) + 1, np.uint32 if name == "rows" else np.int64)
            np.cumsum(np.concatenate([part.sums[name] for part in parts]), out=total[1:])
            sums[name] = total
        return cls(np.concatenate(cells), sums)

    def before(self, codes: Hashes, days: Hashes) -> Whole:
        """The first cell of the window of so many days that ends before the day of each code; 0 days: of all."""
        return np.searchsorted(self.cells, np.where(days == 0, codes & ~DAY_MASK, codes - days))

    def day_of(self, cells: Whole) -> Whole:
        """The day of each cell (any number for a place that holds none)."""
        if not len(self.cells):
            return np.zeros(cells.shape, np.int64)
        return (self.cells.take(cells, mode="clip") & DAY_MASK).astype(np.int64)


def codes_of(keys: Hashes, days: Whole, among: Hashes) -> Hashes:
    """The code of each key and day, with the rank of the key `among` all; beyond every cell where it is not there."""
    ranks = np.searchsorted(among, keys)
    if not len(among):
        return np.full(keys.shape, NOWHERE)
    here = among[np.minimum(ranks, len(among) - 1)] == keys
    return np.where(here, (ranks.astype(np.uint64) << DAY_BITS) | days.astype(np.uint64), NOWHERE)
