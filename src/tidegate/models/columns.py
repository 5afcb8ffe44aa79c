"""Columns: which columns of a line table a model reads, of what kind, and how they become numbers and texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from types import NoneType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import ModelError

__all__ = ["LEVELS", "RATIOS", "Column", "RowReader", "Values", "choose", "kind_of", "read"]

Floats = NDArray[np.float64]
# Texts stay Polars series until they are coded; everything else is float64 with NaN for missing.
Values = dict[str, Any]

CLOCK = "lodged_on"
# Names of a record and of its day say nothing about the next record.
NEVER = frozenset({"declaration_id", "item_number", CLOCK})
# A text that is new in more than this share of rows cannot be learned from by its value.
MOST_DISTINCT = 0.5

# Views of a commodity code: its chapter, heading and subheading.
LEVELS: dict[str, tuple[str, int]] = {"hs2": ("hs_code", 2), "hs4": ("hs_code", 4), "hs6": ("hs_code", 6)}
# No number of trade is larger; infinities and overflows count as missing.
BEYOND = 1e30
# Nothing is divided by less, so that no ratio overflows single precision.
LEAST = 1e-6

# What two numbers of a line say together; computed when both are read.
RATIOS: tuple[tuple[str, str, str], ...] = (
    ("value_per_kg", "customs_value", "net_mass_kg"),
    ("value_per_unit", "customs_value", "quantity"),
    ("kg_per_package", "net_mass_kg", "packages"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column the model reads; `kind` is text, number, flag or date (a date counts as days before `lodged_on`)."""

    name: str
    kind: str


def kind_of(dtype: Any) -> str | None:
    """Kind of a Polars type: text, number, flag, date; `empty` for a column of nulls; None for what cannot be read."""
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Boolean:
        return "flag"
    if dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        return "text"
    if dtype == pl.Date or dtype == pl.Datetime:
        return "date"
    return "empty" if dtype == pl.Null else None


def choose(table: pl.DataFrame, only: Sequence[str] | None = None) -> tuple[tuple[Column, ...], dict[str, str]]:
    """Columns of `table` worth reading, and for each left out the reason in words.

    `only` narrows the choice to these names. Raises ModelError when a name of `only` is not in the table,
    or nothing is left.
    """
    absent = [name for name in only or () if name not in table.columns]
    if absent:
        raise ModelError(
            f"column(s) to learn from not in the table: {', '.join(absent)}.", hint="Name columns that exist."
        )
    chosen: list[Column] = []
    left: dict[str, str] = {}
    twins: dict[int, list[str]] = {}
    coded = {column for column, _ in LEVELS.values()}
    for name, dtype in table.schema.items():
        if name in NEVER or (only is not None and name not in only):
            continue
        kind, series = kind_of(dtype), table[name]
        known = len(series) - series.null_count()
        if kind is None:
            left[name] = f"its type {dtype} cannot be read"
            continue
        distinct = series.n_unique() if known else 0
        if known == 0:
            left[name] = "empty in every row"
        elif distinct == 1:
            left[name] = "the same in every row"
        elif kind == "date" and CLOCK not in table.columns:
            left[name] = f"a date needs {CLOCK} to count from"
        elif kind == "text" and distinct > MOST_DISTINCT * known and name not in coded:
            left[name] = "new in most rows"
        else:
            if kind == "text":
                twin = next((t for t in twins.get(distinct, ()) if table.select(t, name).n_unique() == distinct), None)
                if twin is not None:
                    left[name] = f"says the same as {twin}"
                    continue
                twins.setdefault(distinct, []).append(name)
            chosen.append(Column(name, kind))
    if not chosen:
        raise ModelError("no column to learn from.", hint="Give a table with at least one column that varies.")
    if any(column.kind == "date" for column in chosen):
        chosen.append(Column(CLOCK, "date"))
    return tuple(chosen), left


def read(table: pl.DataFrame, columns: Sequence[Column]) -> Values:
    """Values of `columns` and of the ratios they allow, by name.

    Numbers, flags (0, 1) and dates (days before `lodged_on`) are float64[n], NaN where null, infinite or beyond 1e30;
    texts are String series. Raises ModelError for a column that is missing or of another kind.
    """
    held = {series.name: series for series in table.get_columns()}
    missing = [column.name for column in columns if column.name not in held]
    if missing:
        raise _missing(missing)
    values: Values = {}
    dates: list[str] = []
    for column in columns:
        name, kind = column.name, column.kind
        series = held[name]
        found = kind_of(series.dtype)
        if found != kind and found != "empty":
            raise _another(name, str(series.dtype), kind)
        if kind == "text":
            values[name] = series.cast(pl.String)
        elif kind == "date":
            values[name] = series.cast(pl.Date).cast(pl.Float64).to_numpy()
            dates.append(name)
        else:
            values[name] = _believed(series.cast(pl.Float64).to_numpy())
    if dates:
        clock = values.pop(CLOCK)
        for name in dates:
            if name != CLOCK:
                values[name] = clock - values[name]
    for ratio, above, below in RATIOS:
        if above in values and below in values:
            values[ratio] = _ratio(values[above], values[below])
    return values


class RowReader:
    """Reads a few lines as plain Python values, all numbers into one matrix: the same values as `read` gives.

    `names`: what stands in the rows of the matrix; `texts`: names of the texts.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        of_kind = {kind: [c.name for c in columns if c.kind == kind] for kind in PLAIN}
        self._numbers, self._flags, self.texts = of_kind["number"], of_kind["flag"], of_kind["text"]
        self._dates = [name for name in of_kind["date"] if name != CLOCK]
        held = [*self._numbers, *self._flags, *self._dates]
        self._ratios = [
            (held.index(above), held.index(below)) for _, above, below in RATIOS if above in held and below in held
        ]
        ratios = [ratio for ratio, above, below in RATIOS if above in held and below in held]
        self.names: tuple[str, ...] = (*held, *ratios)

    def read(self, rows: Sequence[Mapping[str, Any]]) -> tuple[Floats, dict[str, list[str | None]]]:
        """(float64[names, n], the texts by name). Raises ModelError as `read`."""
        try:
            numbers = self._picked(rows, self._numbers, "number")
            flags = self._picked(rows, self._flags, "flag")
            dates = self._picked(rows, [CLOCK, *self._dates] if self._dates else [], "date")
            texts = self._picked(rows, self.texts, "text")
        except KeyError:
            raise _missing([c.name for c in self._columns if any(c.name not in row for row in rows)]) from None
        plain = _believed(np.array([[*one, *other] for one, other in zip(numbers, flags, strict=True)], np.float64).T)
        parts = [plain]
        if self._dates:
            days = [[None if day is None else day.toordinal() for day in row] for row in dates]
            clock, *others = np.array(days, np.float64).T
            parts.append(clock - np.array(others))
        parts += [_ratio(plain[above], plain[below])[None] for above, below in self._ratios]
        by_name = zip(*texts, strict=True) if self.texts else ()
        return np.concatenate(parts), dict(zip(self.texts, map(list, by_name), strict=True))

    def _picked(self, rows: Sequence[Mapping[str, Any]], names: list[str], kind: str) -> list[list[Any]]:
        """The values by row, all of a kind."""
        found = [[row[name] for name in names] for row in rows]
        if not {*map(type, chain.from_iterable(found))} <= PLAIN[kind]:
            for values in found:
                for name, value in zip(names, values, strict=True):
                    if type(value) not in PLAIN[kind]:
                        raise _another(name, type(value).__name__, kind)
        return found


PLAIN: dict[str, set[type]] = {
    "number": {float, int, NoneType},
    "flag": {bool, NoneType},
    "date": {date, datetime, NoneType},
    "text": {str, NoneType},
}


def _believed(numbers: Floats) -> Floats:
    return np.where(np.abs(numbers) < BEYOND, numbers, np.nan)


def _ratio(above: Floats, below: Floats) -> Floats:
    positive = below > LEAST
    return np.where(positive, above / np.where(positive, below, 1.0), np.nan)


def _missing(names: list[str]) -> ModelError:
    return ModelError(
        f"column(s) the model reads are missing: {', '.join(names)}.",
        hint="Give lines with the indicators that the model was trained on.",
    )


def _another(name: str, found: str, kind: str) -> ModelError:
    return ModelError(
        f"holds {found}, the model was trained on a {kind}.",
        where=f"column {name}",
        hint="Read the file through intake, or train again.",
    )
