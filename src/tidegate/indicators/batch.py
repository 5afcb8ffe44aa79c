"""One table of lines, or of findings, as the arrays that counters add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import InputError
from tidegate.indicators.keys import TEXTS, WHOLE_DECLARATION, Hashes, as_written, digests, line_keys
from tidegate.indicators.prices import price_steps
from tidegate.trade import FINDING_SCHEMA, LINE_SCHEMA

__all__ = ["Batch", "Floats", "Whole", "read_findings"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
# Day 1000 is 1 January 1900, so that a window of a year before it is still a positive number.
DAY_OFFSET = 1000 - (FIRST_DAY - date(1970, 1, 1)).days
MOST_VALUE = 1e13  # of one line, in any currency; in hundredths a window of 9,000 such lines still fits 63 bits
MOST_MASS = 1e10  # kg of one line: ten million tonnes
MOST_RATE = 10_000.0  # percent


def _spell_name(text: str) -> str:
    return " ".join(text.casefold().split())


def _heading(digits: int) -> Callable[[str], str]:
    return lambda code: code[:digits] if len(code) >= digits else ""


_SPELT: dict[str, tuple[str, Callable[[str], str]]] = {
    "importer": ("importer_id", as_written),
    "address": ("importer_address", _spell_name),
    "declarant": ("declarant_id", as_written),
    "exporter": ("exporter_id", as_written),
    "carrier": ("carrier_id", as_written),
    "office": ("office", as_written),
    "origin": ("origin_country", as_written),
    "dispatch": ("dispatch_country", as_written),
    "transit": ("transit_country", as_written),
    "loading": ("loading_port", as_written),
    "unloading": ("unloading_port", as_written),
    "hs4": ("hs_code", _heading(4)),
    "hs6": ("hs_code", _heading(6)),
}


class _Table:
    """Columns of a frame by name: checked, typed, and null throughout where an optional one is absent."""

    def __init__(self, frame: pl.DataFrame, schema: dict[str, Any]) -> None:
        self.frame, self.schema, self.present = frame, schema, set(frame.columns)

    def column(self, name: str, *, required: bool = False) -> pl.Series:
        dtype = self.schema[name]
        if name not in self.present:
            if required:
                raise InputError(f"required column missing: {name}.", hint="Read the file through intake.")
            return pl.Series(name, [None], dtype).new_from_index(0, self.frame.height)
        series = self.frame.get_column(name)
        if series.dtype != dtype:
            try:
                series = series.cast(dtype)
            except pl.exceptions.PolarsError as error:
                raise InputError(
                    f"column {name} holds {series.dtype}, which does not become {dtype}.",
                    hint="Read the file through intake.",
                ) from error
        if required and series.null_count():
            row = int(series.is_null().arg_max() or 0)
            raise InputError(f"{name} is empty.", where=f"row {row + 1}", hint="Read the file through intake.")
        return series

    def days(self, name: str) -> Whole:
        days = self.column(name, required=True).cast(pl.Int32).to_numpy().astype(np.int64) + DAY_OFFSET
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
        amounts = self.column(name).to_numpy().astype(np.float64)
        with np.errstate(invalid="ignore"):
            amounts[~((amounts >= 0) & (amounts <= most))] = np.nan
        return amounts

    def hashes(self, name: str, spell: Callable[[str], str] = as_written, *, required: bool = False) -> Hashes:
        return digests(self.column(name, required=required), spell)


def _written(day: int) -> str:
    try:
        return str(date(1970, 1, 1) + timedelta(days=day - DAY_OFFSET))
    except OverflowError:
        return f"{day - DAY_OFFSET} days from 1970"


def fixed(amounts: Floats, scale: int) -> Whole:
    """Whole numbers of 1/scale, 0 for NaN: they add up to the same sum in any order."""
    return np.rint(np.nan_to_num(amounts * scale)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Arrays of one table of lines, of one length (`texts`: one row each of TEXTS); numbers are NaN where not known.

    `declaration_value` is NaN when the value of one of its lines is not known.
    """

    day: Whole
    line: Hashes
    declaration: Hashes
    texts: Hashes
    value: Floats
    net_kg: Floats
    gross_kg: Floats
    packages: Floats
    duty_rate: Floats
    registered: Floats
    currency: Hashes
    price: NDArray[np.uint16]
    declaration_lines: Floats
    declaration_value: Floats

    def __len__(self) -> int:
        return len(self.day)

    def __getitem__(self, rows: slice) -> Batch:
        return Batch(*(getattr(self, field.name)[..., rows] for field in fields(self)))

    def text(self, name: str) -> Hashes:
        """Hashes of one of TEXTS, 0 where it is not known."""
        text: Hashes = self.texts[TEXTS.index(name)]
        return text

    @classmethod
    def read(cls, lines: pl.DataFrame) -> Batch:
        """Arrays of a table of lines. Raises InputError for a missing or empty required field, or an impossible day."""
        table = _Table(lines, LINE_SCHEMA)
        day = table.days("lodged_on")
        declaration = table.hashes("declaration_id", required=True)
        item = table.column("item_number", required=True).to_numpy().astype(np.int64)
        table.column("hs_code", required=True)
        texts = np.stack([table.hashes(*_SPELT[name]) for name in TEXTS])
        # Few administrations give foreign suppliers a number: the name stands in where there is none.
        supplier = texts[TEXTS.index("exporter")]
        if not supplier.all():
            named = table.hashes("exporter_name", lambda name: f"name {_spell_name(name)}")
            np.copyto(supplier, named, where=supplier == 0)
        value = table.amounts("customs_value", MOST_VALUE)
        net = table.amounts("net_mass_kg", MOST_MASS)
        count, total = _per_declaration(declaration, value)
        registered = table.column("importer_registered_on").cast(pl.Int32).to_numpy().astype(np.float64)
        return cls(
            day=day,
            line=line_keys(declaration, item),
            declaration=declaration,
            texts=texts,
            value=value,
            net_kg=net,
            gross_kg=table.amounts("gross_mass_kg", MOST_MASS),
            packages=table.amounts("packages", 2.0**31),
            duty_rate=table.amounts("duty_rate", MOST_RATE),
            registered=registered + DAY_OFFSET,
            currency=table.hashes("currency"),
            price=price_steps(value, net),
            declaration_lines=count,
            declaration_value=total,
        )


def _per_declaration(declaration: Hashes, value: Floats) -> tuple[Floats, Floats]:
    """Number of lines and value of the whole declaration, on each of its lines."""
    if not len(declaration):
        return np.empty(0), np.empty(0)
    order = np.argsort(declaration, kind="stable")
    ids = declaration[order]
    starts = np.concatenate(([0], np.flatnonzero(ids[1:] != ids[:-1]) + 1))
    counts = np.diff(starts, append=len(ids))
    totals = np.add.reduceat(fixed(value, 100)[order], starts) / 100.0
    totals[np.add.reduceat(np.isnan(value)[order].astype(np.int64), starts) > 0] = np.nan
    lines, worth = np.empty(len(ids)), np.empty(len(ids))
    lines[order] = np.repeat(counts, counts)
    worth[order] = np.repeat(totals, counts)
    return lines, worth


def read_findings(findings: pl.DataFrame) -> tuple[Hashes, Whole, NDArray[np.bool_]]:
    """(line or declaration key, day from which it was known, illicit) of a table of findings. Raises InputError."""
    table = _Table(findings, FINDING_SCHEMA)
    declaration = table.hashes("declaration_id", required=True)
    item = table.column("item_number").cast(pl.Int64).fill_null(WHOLE_DECLARATION).to_numpy()
    illicit = table.column("illicit", required=True).to_numpy()
    return line_keys(declaration, item), table.days("found_on"), illicit
