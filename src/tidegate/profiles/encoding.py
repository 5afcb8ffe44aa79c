"""Columns of a batch as codes that keep their order: the index of a book's matching."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tidegate.profiles import columnwise
from tidegate.profiles.ranges import DATE_ZERO, Codes, Ranges, codes_of_numbers, top_of
from tidegate.profiles.syntax import Kind, Value

__all__ = ["EncodedColumn", "fixed_codes", "inside", "ordering"]

SAMPLED = 16_384  # rows
LARGEST_TABLE = 1 << 16  # entries of a look-up table
FEW_RANGES = 3


class EncodedColumn:
    """One column, or one computed number: `codes` (n), 0 for NULL.

    A text column has a `dictionary` of its values in order, NULL first: a code is a place in it.
    Other kinds have the fixed codes of ranges.py.
    """

    def __init__(self, table: pl.DataFrame, source: Value) -> None:
        self.kind = source.kind
        self.dictionary: pl.Series | None = None
        series = table.select(columnwise.value(source).alias("")).to_series()
        if self.kind is Kind.TEXT:
            self.codes, values = _ranked(series)
            self.dictionary = pl.concat([pl.Series("", [None], dtype=pl.String), values.alias("")])
            self.values: list[str] = values.to_list()
            self.top = len(self.dictionary)
            counts = np.bincount(self.codes, minlength=self.top)
            self._before = np.concatenate(([0], np.cumsum(counts)))
        else:
            self.codes = fixed_codes(series, self.kind)
            self.top = top_of(self.kind)
            step = max(1, len(series) // SAMPLED)
            self._sample = np.sort(self.codes[::step])
            self._step = step

    def count(self, ranges: Ranges) -> int:
        """Rows whose code lies in the ranges: exact for texts, from a sample for the rest."""
        if self.dictionary is not None:
            return int(sum(self._before[high] - self._before[low] for low, high in ranges))
        bounds = [_place(self._sample, bound) for one in ranges for bound in one]
        return self._step * sum(high - low for low, high in zip(bounds[::2], bounds[1::2], strict=True))

    def slices(self, ranges: Ranges, ordered: Codes) -> list[tuple[int, int]]:
        """Where the ranges lie among the column's codes in order."""
        if self.dictionary is not None:
            return [(int(self._before[low]), int(self._before[high])) for low, high in ranges]
        return [(_place(ordered, low), _place(ordered, high)) for low, high in ranges]


def _ranked(series: pl.Series) -> tuple[Codes, pl.Series]:
    """Codes of texts, 0 for NULL and then by rank, and the texts in order."""
    # Categories give codes in one pass; only the few distinct texts are then put in order.
    categories = series.cast(pl.Categorical(pl.Categories.random()))
    distinct = categories.unique().drop_nulls()
    texts = distinct.cast(pl.String)
    order = texts.arg_sort().to_numpy()
    places = distinct.to_physical().to_numpy()
    null = int(places.max()) + 1 if len(places) else 0
    # One further than the largest rank has to fit as well: it ends ranges.
    rank = np.zeros(null + 1, np.min_scalar_type(len(order) + 1))
    rank[places[order]] = np.arange(1, len(order) + 1)
    return rank[categories.to_physical().fill_null(null).to_numpy()], texts.gather(order)


def ordering(codes: Codes) -> npt.NDArray[np.int64]:
    """Row numbers in the order of the codes: sixteen bits at a time, which sorts in linear time."""
    order = np.argsort(codes.astype(np.uint16), kind="stable")
    for bits in range(16, 8 * codes.itemsize, 16):
        order = order[np.argsort((codes >> codes.dtype.type(bits)).astype(np.uint16)[order], kind="stable")]
    return order


def fixed_codes(series: pl.Series, kind: Kind) -> Codes:
    """Codes of numbers, dates or flags, as ranges.py has them."""
    if kind is Kind.FLAG:
        return (series.cast(pl.UInt8) + 1).fill_null(0).to_numpy()
    if kind is Kind.DATE:
        days = series.cast(pl.Int32).cast(pl.Int64) + DATE_ZERO
        return days.fill_null(0).cast(pl.UInt32).to_numpy()
    codes = codes_of_numbers(series.fill_null(0.0).to_numpy())
    if series.null_count():
        codes[series.is_null().to_numpy()] = 0
    return codes


def _place(ordered: Codes, bound: int) -> int:
    """How many of the codes, in order, lie below the bound (which may be one more than the type can hold)."""
    if bound > np.iinfo(ordered.dtype).max:
        return len(ordered)
    return int(np.searchsorted(ordered, ordered.dtype.type(bound)))


def inside(codes: Codes, ranges: Ranges, top: int) -> npt.NDArray[np.bool_]:
    """Which of the codes lie in the ranges."""
    if not ranges:
        return np.zeros(len(codes), np.bool_)
    if len(ranges) <= FEW_RANGES:
        found: npt.NDArray[np.bool_] = _within(codes, *ranges[0], top)
        for low, high in ranges[1:]:
            found |= _within(codes, low, high, top)
        return found
    if top <= LARGEST_TABLE:
        table = np.zeros(top, np.bool_)
        for low, high in ranges:
            table[low:high] = True
        listed: npt.NDArray[np.bool_] = table[codes]
        return listed
    bounds = np.array([bound for one in ranges for bound in one if bound <= np.iinfo(codes.dtype).max], codes.dtype)
    odd: npt.NDArray[np.bool_] = (np.searchsorted(bounds, codes, side="right") & 1).astype(np.bool_)
    return odd


def _within(codes: Codes, low: int, high: int, top: int) -> Any:
    code = codes.dtype.type
    if high - low == 1:
        return codes == code(low)
    if high == top:
        return codes >= code(low)
    # Unsigned numbers wrap: what lies below `low` becomes large, so one comparison does for both bounds.
    return (codes - code(low)) < code(high - low)
