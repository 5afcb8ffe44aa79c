"""Several: messages, each read by itself, put together as one table of lines.

Only what stands by itself is put together: whole declarations in which nothing is out of the ordinary. Small messages
are read as plain values (`plainly`), others by `read_bytes`. Whatever else there is (a fault, a cancellation, an
answer) is left to others. Nothing that one message holds ever has a say in how another is read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from tidegate.errors import InputError
from tidegate.intake.arrivals import Intake
from tidegate.intake.files import held
from tidegate.intake.known import BY_NAME
from tidegate.intake.plainly import EXTRA_TYPES, NotPlain, Row, plain
from tidegate.intake.raw import ROW
from tidegate.intake.reading import known
from tidegate.trade import LINE_SCHEMA, MESSAGE_SCHEMA

__all__ = ["Plain", "Several", "plain_of", "read_plain", "together"]


@dataclass(frozen=True, slots=True)
class Plain:
    """What stands in one message: its lines as typed values by field, or as a table, and the types of the columns that
    are not of the line table."""

    lines: Sequence[Row] | pl.DataFrame
    extra: Mapping[str, Any]

    @property
    def declarations(self) -> set[str]:
        """Numbers of the declarations in it."""
        if isinstance(self.lines, pl.DataFrame):
            return set(self.lines["declaration_id"].unique())
        return {row["declaration_id"] for row in self.lines}


@dataclass(frozen=True, slots=True)
class Several:
    """`lines`: as `Intake.lines`, of the messages that could be put together; `of`: by declaration, the number of its
    message; `read`: rows by message, of those alone."""

    lines: pl.DataFrame
    of: Mapping[str, int]
    read: Mapping[int, int]

    def only(self, messages: Collection[int]) -> Several:
        """What it holds of some of its messages."""
        if set(self.read) <= set(messages):
            return self
        of = {declaration: number for declaration, number in self.of.items() if number in messages}
        read = {number: count for number, count in self.read.items() if number in messages}
        return Several(self.lines.filter(pl.col("declaration_id").is_in([*of])), of, read)


def read_plain(body: bytes, *, form: str, received: date = date.min) -> Plain | None:
    """Read a small message of a form (ndjson, or a name of known.BY_NAME); its lines are what `read_bytes` makes of it.
    None: it is to be read by that."""
    try:
        rows, columns = _parsed(body, form, received)
        read = plain(rows, columns)
    except (NotPlain, InputError):
        return None
    return Plain(read, _extra(read, [*columns, *(name for row in rows for name in row)]))


def plain_of(came: Intake) -> Plain | None:
    """What was read of one message by `read_bytes`, where all of it is whole declarations that nobody takes back."""
    beside = (came.rejected, came.bills, came.answers, came.earlier, came.amendments, came.references)
    if not came.lines.height or came.torn or any(table.height for table in beside):
        return None
    extra = {name: dtype for name, dtype in came.lines.schema.items() if name not in LINE_SCHEMA}
    return Plain(came.lines, extra)


def together(messages: Sequence[Plain]) -> Several:
    """Put messages together; left out are those that name a declaration that another names as well, and those in which
    a column has another type than in one before. A column that only others have is null."""
    schema: dict[str, Any] = {**LINE_SCHEMA}
    of: dict[str, int] = {}
    apart: set[int] = set()
    for number, message in enumerate(messages):
        if any(schema.get(name, dtype) != dtype for name, dtype in message.extra.items()):
            apart.add(number)
            continue
        schema |= message.extra
        for declaration in message.declarations:
            before = of.setdefault(declaration, number)
            apart |= {number, before} if before != number else set()
    kept = {number: message.lines for number, message in enumerate(messages) if number not in apart}
    tables = [lines for lines in kept.values() if isinstance(lines, pl.DataFrame)]
    rows = [row for lines in kept.values() if not isinstance(lines, pl.DataFrame) for row in lines]
    if rows or not tables:
        columns = [pl.Series(name, [row.get(name) for row in rows], dtype=dtype) for name, dtype in schema.items()]
        tables.append(pl.DataFrame(columns))
    return Several(
        pl.concat(tables, how="diagonal"),
        {declaration: number for declaration, number in of.items() if number in kept},
        {number: len(lines) for number, lines in kept.items()},
    )


def _extra(rows: Sequence[Row], names: Sequence[str]) -> dict[str, Any]:
    types: dict[str, Any] = {}
    for name in dict.fromkeys(names):
        if name in LINE_SCHEMA:
            continue
        dtype = MESSAGE_SCHEMA.get(name)
        if dtype is None:
            value = next((row[name] for row in rows if row[name] is not None), None)
            if value is None:
                continue
            dtype = EXTRA_TYPES[type(value)]
        types[name] = dtype
    return types


def _parsed(body: bytes, form: str, received: date) -> tuple[Sequence[Mapping[str, Any]], Collection[str]]:
    """The rows of a message as it has them, and the columns that it has in any case. Raises NotPlain, InputError."""
    if form == "ndjson":
        return [*_objects(body)], ()
    if form not in BY_NAME:
        raise NotPlain
    source = held(body, form, known(form))
    if source.form != form:
        raise NotPlain
    rows: list[Mapping[str, Any]] = []
    for raw in BY_NAME[form].read(source, received):
        others = (raw.refused, raw.bills, raw.answers, raw.changes)
        if any(table is not None and table.height for table in others):
            raise NotPlain
        if any(
            dtype not in (pl.String, MESSAGE_SCHEMA.get(name))
            for name, dtype in raw.table.schema.items()
            if name != ROW
        ):
            raise NotPlain
        rows += [row for _, row in raw.rows] if raw.rows else raw.table.drop(ROW, strict=False).to_dicts()
    if not rows:
        raise NotPlain
    return rows, BY_NAME[form].columns


def _objects(body: bytes) -> Iterator[Mapping[str, Any]]:
    """The JSON objects, one a line."""
    if not body.startswith(b"{"):
        raise NotPlain
    try:
        for line in body.decode().split("\n"):
            if line.strip():
                row = json.loads(line, object_pairs_hook=_distinct)
                if not isinstance(row, dict):
                    raise NotPlain
                yield row
    except (ValueError, RecursionError):
        raise NotPlain from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise NotPlain
    return told
