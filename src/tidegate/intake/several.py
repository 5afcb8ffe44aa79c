"""Several: small messages read at once as plain values, each as if it had come alone.

Only what stands by itself is read so: whole declarations, named by one message alone, in which nothing is out of the
ordinary (`plainly`). Whatever else there is (a fault, a cancellation, an answer, a second version) is left to
`read_bytes`, a message at a time, so that nothing that one message holds ever has a say in how another is read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from tidegate.errors import InputError
from tidegate.intake.files import held
from tidegate.intake.known import BY_NAME
from tidegate.intake.plainly import EXTRA_TYPES, NotPlain, Row, plain
from tidegate.intake.raw import ROW
from tidegate.intake.reading import known
from tidegate.trade import LINE_SCHEMA, MESSAGE_SCHEMA

__all__ = ["Several", "read_several"]


@dataclass(frozen=True, slots=True)
class Several:
    """`lines`: as `Intake.lines`, of the messages that could be read so; `of`: by declaration, the number of its
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


def read_several(bodies: Sequence[bytes], *, form: str, received: date = date.min) -> Several:
    """Read messages of one form (ndjson, or a name of known.BY_NAME) at once; to each its lines are what `read_bytes`
    makes of it, but for columns that only others have, which are null. What is not in `read` is to be read by itself.
    """
    found: dict[int, list[Row]] = {}
    schema: dict[str, Any] = {**LINE_SCHEMA}
    for number, body in enumerate(bodies):
        try:
            rows, columns = _parsed(body, form, received)
            read = plain(rows, columns)
            schema |= _extra(schema, read, [*columns, *(name for row in rows for name in row)])
            found[number] = read
        except (NotPlain, InputError):
            continue
    of: dict[str, int] = {}
    twice: set[int] = set()
    for number, read in found.items():
        for declaration in {row["declaration_id"] for row in read}:
            before = of.setdefault(declaration, number)
            twice |= {number, before} if before != number else set()
    kept = {number: read for number, read in found.items() if number not in twice}
    lines = [row for read in kept.values() for row in read]
    table = pl.DataFrame(
        [pl.Series(name, [row.get(name) for row in lines], dtype=dtype) for name, dtype in schema.items()]
    )
    return Several(
        table,
        {declaration: number for declaration, number in of.items() if number in kept},
        {number: len(read) for number, read in kept.items()},
    )


def _extra(schema: Mapping[str, Any], rows: Sequence[Row], names: Sequence[str]) -> dict[str, Any]:
    """The types of the columns that these rows add. Raises NotPlain where a message before them has another."""
    types: dict[str, Any] = {}
    for name in names:
        if name in LINE_SCHEMA or name in types:
            continue
        dtype = MESSAGE_SCHEMA.get(name)
        if dtype is None:
            value = next((row[name] for row in rows if row[name] is not None), None)
            if value is None:
                continue
            dtype = EXTRA_TYPES[type(value)]
        if schema.get(name, dtype) != dtype:
            raise NotPlain
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
