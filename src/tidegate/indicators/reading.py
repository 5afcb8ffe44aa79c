"""Columns of lines or findings as arrays: checked, typed, and unknown throughout where an optional one is absent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import NoneType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import InputError
from tidegate.indicators.keys import Hashes, as_written, digest, digests

__all__ = ["DAY_OFFSET", "Reading", "Rows", "Table"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
EPOCH = date(1970, 1, 1).toordinal()
# Day 1000 is 1 January 1900, so that a window of a year before it is still a positive number.
DAY_OFFSET = 1000 + EPOCH - FIRST_DAY.toordinal()
HINT = "Read the file through intake."


class Reading(ABC):
    """What a batch asks of lines, however they come. Every method raises InputError for what does not fit."""

    @abstractmethod
    def column(self, name: str, *, required: bool = False) -> Any:
        """The values as they come; `required`: all must be there."""

    @abstractmethod
    def has(self, name: str) -> None:
        """Raise InputError where the column is absent; its values may be null."""

    @abstractmethod
    def numbers(self, name: str, *, required: bool = False) -> Floats:
        """float64[n]: a number, or the days of a date from 1970; NaN for null."""

    @abstractmethod
    def hashes(self, name: str, spell: Callable[[str], str] = as_written, *, required: bool = False) -> Hashes:
        """uint64[n]: the hash of a text as `spell` writes it, 0 for null or empty."""

    def days(self, name: str) -> Whole:
        """int64[n] days that must be known and possible."""
        days = self.numbers(name, required=True).astype(np.int64) + DAY_OFFSET
        bad = (days < 1000) | (days > 1000 + (LAST_DAY - FIRST_DAY).days)
        if bad.any():
            row = int(bad.argmax())
            raise InputError(
                f"{name} is {_written(int(days[row]))}, outside {FIRST_DAY} to {LAST_DAY}.",
                where=f"row {row + 1}",
                hint="Correct the date, or leave the row out.",
            )
        return days

    def amounts(self, name: str, most: float) -> Floats:
        """Numbers within [0, most]; NaN for what is null, not a number, negative or beyond belief."""
        amounts = self.numbers(name)
        with np.errstate(invalid="ignore"):
            return np.where((amounts >= 0) & (amounts <= most), amounts, np.nan)


class Table(Reading):
    """Columns of a frame by name: cast where that can be done, and null throughout where an optional one is absent."""

    def __init__(self, frame: pl.DataFrame, schema: dict[str, Any]) -> None:
        self.frame, self.schema, self.present = frame, schema, set(frame.columns)

    def has(self, name: str) -> None:
        if name not in self.present:
            raise _absent(name)

    def column(self, name: str, *, required: bool = False) -> pl.Series:
        dtype = self.schema[name]
        if required:
            self.has(name)
        if name not in self.present:
            return pl.Series(name, [None], dtype).new_from_index(0, self.frame.height)
        series = self.frame.get_column(name)
        if series.dtype != dtype:
            try:
                series = series.cast(dtype)
            except pl.exceptions.PolarsError as error:
                raise InputError(
                    f"column {name} holds {series.dtype}, which does not become {dtype}.", hint=HINT
                ) from error
        if required and series.null_count():
            raise _empty(name, int(series.is_null().arg_max() or 0))
        return series

    def numbers(self, name: str, *, required: bool = False) -> Floats:
        series = self.column(name, required=required)
        if series.dtype == pl.Date:
            series = series.cast(pl.Int32)
        return series.to_numpy().astype(np.float64)

    def hashes(self, name: str, spell: Callable[[str], str] = as_written, *, required: bool = False) -> Hashes:
        return digests(self.column(name, required=required), spell)


class Rows(Reading):
    """Fields of a few lines in plain Python: for so few, no table is worth its making."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], schema: dict[str, Any]) -> None:
        self.rows, self.schema = rows, schema

    def has(self, name: str) -> None:
        if any(name not in row for row in self.rows):
            raise _absent(name)

    def column(self, name: str, *, required: bool = False) -> list[Any]:
        if required:
            self.has(name)
        values = [row.get(name) for row in self.rows]
        kinds = PLAIN[self.schema[name]]
        if {*map(type, values)} <= kinds and not (required and None in values):
            return values
        for row, value in enumerate(values):
            if value is None and required:
                raise _empty(name, row)
            if type(value) not in kinds:
                raise InputError(f"{name} is {value!r}, not a {self.schema[name]}.", where=f"row {row + 1}", hint=HINT)
        return values

    def numbers(self, name: str, *, required: bool = False) -> Floats:
        values = self.column(name, required=required)
        if self.schema[name] == pl.Date:
            values = [None if day is None else day.toordinal() - EPOCH for day in values]
        return np.array(values, np.float64)

    def hashes(self, name: str, spell: Callable[[str], str] = as_written, *, required: bool = False) -> Hashes:
        spelt = [spell(text) if text else "" for text in self.column(name, required=required)]
        return np.array([digest(text) if text else 0 for text in spelt], np.uint64)


PLAIN: dict[Any, set[type]] = {
    pl.String: {str, NoneType},
    pl.Date: {date, datetime, NoneType},
    pl.Boolean: {bool, NoneType},
    pl.Int32: {int, NoneType},
    pl.Float64: {float, int, NoneType},
}


def _absent(name: str) -> InputError:
    return InputError(f"required column missing: {name}.", hint=HINT)


def _empty(name: str, row: int) -> InputError:
    return InputError(f"{name} is empty.", where=f"row {row + 1}", hint=HINT)


def _written(day: int) -> str:
    try:
        return str(date(1970, 1, 1) + timedelta(days=day - DAY_OFFSET))
    except OverflowError:
        return f"{day - DAY_OFFSET} days from 1970"
