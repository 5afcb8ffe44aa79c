"""From lines and counters to a table of indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl

from tidegate.indicators.batch import Batch, Floats
from tidegate.indicators.catalogue import INDICATORS
from tidegate.indicators.counters import Counters
from tidegate.indicators.index import Index
from tidegate.indicators.indicator import FLAG, Formula
from tidegate.indicators.needs import Plan
from tidegate.indicators.settings import Settings

__all__ = ["compute", "compute_rows"]

FEW = 64  # up to so many lines a call costs more than the numbers
CHUNK = 1 << 15  # lines asked about at once: enough for NumPy, few enough for the cache

_PLAN = Plan(need for indicator in INDICATORS for need in indicator.needs)

# Indicators of one formula, computed at once for a few lines: (formula, their rows, intp[needs of each, rows]).
_ALIKE: dict[Formula, list[int]] = {}
for _row, _indicator in enumerate(INDICATORS):
    _ALIKE.setdefault(_indicator.formula, []).append(_row)
_FORMULAS = [
    (formula, rows, np.array([[_PLAN.needs.index(need) for need in INDICATORS[row].needs] for row in rows], np.intp).T)
    for formula, rows in _ALIKE.items()
]
_NAMES = [indicator.name for indicator in INDICATORS]
_FLAG_NAMES = [indicator.name for indicator in INDICATORS if indicator.dtype == FLAG]
_FLAGS = [row for row, indicator in enumerate(INDICATORS) if indicator.dtype == FLAG]


def compute(lines: pl.DataFrame, counters: Counters, settings: Settings | None = None) -> pl.DataFrame:
    """Every indicator of every line: height and order of `lines`, one column an indicator, null where it has no value.

    Only what the counters knew before the day of each line is used, so the lines themselves may be among them already.
    A line gives the same numbers bit for bit alone and in any table, if its whole declaration stands in it.
    Raises InputError for a missing or empty required field, or an impossible day.
    """
    return _frame(_numbers(Batch.read(lines), counters, settings))


def compute_rows(
    rows: Sequence[Mapping[str, Any]], counters: Counters, settings: Settings | None = None
) -> list[dict[str, float | bool | None]]:
    """As `compute`, for a few lines in plain Python, fields of LINE_SCHEMA by name: for each its indicators by name.

    For five lines a table of a hundred columns costs more than the numbers in it.
    """
    table = _numbers(Batch.of_rows(rows), counters, settings)
    found: list[dict[str, float | bool | None]] = []
    for numbers in table.T.tolist():
        known = dict(zip(_NAMES, [None if number != number else number for number in numbers], strict=True))
        for name in _FLAG_NAMES:
            if known[name] is not None:
                known[name] = known[name] == 1.0
        found.append(known)
    return found


def _numbers(batch: Batch, counters: Counters, settings: Settings | None) -> Floats:
    """float64[indicators, lines]: NaN for null, 1 and 0 for flags."""
    table = np.empty((len(INDICATORS), len(batch)))
    if not len(batch):
        return table
    index = counters.index(_PLAN, int(batch.day.max()))
    chosen = settings or Settings()
    chunks = [slice(start, start + CHUNK) for start in range(0, len(batch), CHUNK)]
    if len(chunks) == 1:
        _fill(table, batch, index, chosen)
    else:
        with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
            list(pool.map(lambda rows: _fill(table[:, rows], batch[rows], index, chosen), chunks))
    return table


def _fill(table: Floats, batch: Batch, index: Index, settings: Settings) -> None:
    answers = index.answer(batch, settings.least_prices)
    with np.errstate(divide="ignore", invalid="ignore"):
        for formula, rows, needs in _FORMULAS:
            if len(batch) <= FEW:
                table[rows] = formula(batch, settings, *answers[needs])
            else:
                for row, own in zip(rows, needs.T, strict=True):
                    table[row] = formula(batch, settings, *[answers[need] for need in own])
    np.copyto(table, np.nan, where=~np.isfinite(table))  # a price of something that weighs next to nothing


def _frame(table: Floats) -> pl.DataFrame:
    # All columns are slices of one Series: making a hundred Series one by one would cost more than the numbers.
    size = table.shape[1]
    numbers = pl.Series(table.ravel(), nan_to_null=True)
    flags = pl.Series(table[_FLAGS].ravel(), nan_to_null=True).cast(pl.Boolean)
    columns = [numbers.slice(row * size, size) for row in range(len(_NAMES))]
    for place, row in enumerate(_FLAGS):
        columns[row] = flags.slice(place * size, size)
    first, *others = [column.alias(name) for column, name in zip(columns, _NAMES, strict=True)]
    return first.to_frame().hstack(others)
