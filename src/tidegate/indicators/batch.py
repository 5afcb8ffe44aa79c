"""One table of lines, or of findings, as the arrays that counters add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.indicators.keys import TEXTS, WHOLE_DECLARATION, Hashes, as_written, line_keys
from tidegate.indicators.prices import price_steps
from tidegate.indicators.reading import DAY_OFFSET, Reading, Rows, Table
from tidegate.trade import FINDING_SCHEMA, LINE_SCHEMA, MESSAGE_SCHEMA

__all__ = ["Batch", "Floats", "Whole", "read_findings"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

MOST_VALUE = 1e13  # of one line, in any currency; in hundredths a window of 9,000 such lines still fits 63 bits
MOST_MASS = 1e10  # kg of one line: ten million tonnes
MOST_RATE = 10_000.0  # percent


def _spell_name(text: str) -> str:
    return " ".join(text.casefold().split())


def _of_sender(flags: str) -> str:
    """The flags without the one that says what this node could not do: no fault of the sender's."""
    return " ".join(flag for flag in flags.split() if flag != "amendment_not_applied")


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
    "sender": ("message_sender", as_written),
}
# Lines that came in messages say who sent them.
_SCHEMA = LINE_SCHEMA | {"message_sender": MESSAGE_SCHEMA["message_sender"]}


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
    flagged: NDArray[np.bool_]
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
        return cls._from(Table(lines, _SCHEMA))

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, Any]]) -> Batch:
        """Arrays of a few lines in plain Python. Raises InputError as `read`, and for a value of another type."""
        return cls._from(Rows(rows, _SCHEMA))

    @classmethod
    def _from(cls, lines: Reading) -> Batch:
        day = lines.days("lodged_on")
        declaration = lines.hashes("declaration_id", required=True)
        item = lines.numbers("item_number", required=True).astype(np.int64)
        # A line may say nothing of its goods; a table without the column is the wrong one.
        lines.has("hs_code")
        texts = np.stack([lines.hashes(*_SPELT[name]) for name in TEXTS])
        # Few administrations give foreign suppliers a number: the name stands in where there is none.
        supplier = texts[TEXTS.index("exporter")]
        if not supplier.all():
            named = lines.hashes("exporter_name", lambda name: f"name {_spell_name(name)}")
            np.copyto(supplier, named, where=supplier == 0)
        # Where no message says who sent it, the declarant did.
        sent = texts[TEXTS.index("sender")]
        np.copyto(sent, texts[TEXTS.index("declarant")], where=sent == 0)
        value = lines.amounts("customs_value", MOST_VALUE)
        net = lines.amounts("net_mass_kg", MOST_MASS)
        count, total = _per_declaration(declaration, value)
        return cls(
            day=day,
            line=line_keys(declaration, item),
            declaration=declaration,
            texts=texts,
            value=value,
            net_kg=net,
            gross_kg=lines.amounts("gross_mass_kg", MOST_MASS),
            packages=lines.amounts("packages", 2.0**31),
            duty_rate=lines.amounts("duty_rate", MOST_RATE),
            registered=lines.numbers("importer_registered_on") + DAY_OFFSET,
            currency=lines.hashes("currency"),
            price=price_steps(value, net),
            flagged=lines.hashes("flags", _of_sender) != 0,
            declaration_lines=count,
            declaration_value=total,
        )


def _per_declaration(declaration: Hashes, value: Floats) -> tuple[Floats, Floats]:
    """Number of lines and value of the whole declaration, on each of its lines."""
    if not len(declaration):
        return np.empty(0), np.empty(0)
    if (declaration == declaration[0]).all():
        total = np.nan if np.isnan(value).any() else fixed(value, 100).sum() / 100.0
        return np.full(len(value), float(len(value))), np.full(len(value), total)
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
    table = Table(findings, FINDING_SCHEMA)
    declaration = table.hashes("declaration_id", required=True)
    item = table.column("item_number").cast(pl.Int64).fill_null(WHOLE_DECLARATION).to_numpy()
    illicit = table.column("illicit", required=True).to_numpy()
    return line_keys(declaration, item), table.days("found_on"), illicit
