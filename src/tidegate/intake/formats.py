"""The formats of messages that intake reads: one folder of one shape each, listed here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import polars as pl

from tidegate.intake.files import Source
from tidegate.intake.raw import Raw
from tidegate.trade import LINE_SCHEMA, MESSAGE_SCHEMA

__all__ = ["COLUMNS", "Amended", "Format"]

# What every format's tables of lines begin with, all of it, in this order.
COLUMNS: tuple[str, ...] = (*LINE_SCHEMA, *MESSAGE_SCHEMA)


@dataclass(frozen=True, slots=True)
class Amended:
    """What an amendment makes of the lines before it: their `rows`, as texts by column, in their order, new ones last.

    `faults` says what of it could not be applied, as (code, place), the codes those of `amendments.FAULTS`; `touched`
    what it sets, by (item number, column).
    """

    rows: list[dict[str, str]]
    faults: list[tuple[str, str]]
    touched: dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Format:
    """One format of messages.

    `name` is what --from and --to take. `detect` is given the first 64 KiB of a file and says what it is ("WCO Data
    Model 3.6 declaration"), or "" when it is none of this format. `read(source, received)` yields pieces whose tables
    have `columns` (COLUMNS and then the format's own extras) and ROW; texts are fine, intake gives them their types.
    `received` stands where a message does not say when it was lodged. A message that is broken costs itself only: it
    becomes a refused row with the reason `message` (or a closer one), its value what is wrong and where.
    A cancellation is one row with `declaration_id` and `message_function` ("cancellation"): the rest may be null.
    `write(lines, folder)` writes lines (line table and COLUMNS where known) as messages, and returns the files.
    `write_bills(bills, folder)` writes bills (BILL_SCHEMA) as manifests, and returns the files.
    `answer(decisions, lines, rejected, folder, made_at)` answers the declarations that came in this format in kind, and
    returns the files: `decisions` and `lines` as `tidegate assess` writes them (decisions.parquet, lines.parquet),
    narrowed down to this format; `rejected` (REJECTED_SCHEMA) from files of this format; `made_at` is in UTC.
    `answer_bills(bills, folder, made_at)` tells the sender of a manifest of each bill whether its goods are released,
    and returns the files: `bills` as intake.Meeting has them, and `channel`, the gravest of its declarations; null
    where that is not known of all of them.
    `amend(rows, asked)` applies an amendment that says only what changes (`Raw.changes`) to the lines before it.
    `types` are those of its own extra columns that are no texts. `without_goods` says of kinds of messages that hold
    neither goods nor bills nor answers what they are, in English and Vietnamese, by a word of what `detect` says.
    """

    name: str
    label: str
    label_vi: str
    endings: tuple[str, ...]
    detect: Callable[[bytes], str]
    read: Callable[[Source, date], Iterator[Raw]]
    columns: tuple[str, ...] = COLUMNS
    write: Callable[[pl.DataFrame, Path], list[Path]] | None = None
    answer: Callable[[pl.DataFrame, pl.DataFrame, pl.DataFrame, Path, datetime], list[Path]] | None = None
    write_bills: Callable[[pl.DataFrame, Path], list[Path]] | None = None
    answer_bills: Callable[[pl.DataFrame, Path, datetime], list[Path]] | None = None
    amend: Callable[[list[dict[str, str]], str], Amended] | None = None
    types: Mapping[str, pl.DataType] = field(default_factory=dict)
    without_goods: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def extras(self) -> dict[str, pl.DataType]:
        """Its own extra columns, with their types."""
        return {name: self.types.get(name, pl.String()) for name in self.columns if name not in COLUMNS}

    def told(self, what: str, language: str = "en") -> str:
        """What a file is of which `detect` said `what`, where it is of a kind without goods; else nothing."""
        words = what.split()
        return next((texts[language == "vi"] for kind, texts in self.without_goods.items() if kind in words), "")
