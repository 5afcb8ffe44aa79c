"""NDJSON: one JSON object a line; a line that is none is set aside, not the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import polars as pl

from tidegate.intake.encoding import blocks, undecodable
from tidegate.intake.files import Source
from tidegate.intake.raw import ROW, Raw, refused
from tidegate.intake.row_ends import BARREN, barren, check

__all__ = ["columns", "names", "read"]

_HINT = "Is it one object a line?"
# Polars would take what begins like a packed file for one, and unpack it, however large that is.
_OBJECT = re.compile(rb"[ \t\r\n]*\{")


def columns(source: Source) -> list[str]:
    """Return the keys that occur in the first block, in order."""
    return names(islice(read(source), 1))


def names(pieces: Iterable[Raw]) -> list[str]:
    """The keys that occur in pieces, in order."""
    return list(dict.fromkeys(name for piece in pieces for name in piece.table.columns if name != ROW))


def read(source: Source) -> Iterator[Raw]:
    """Yield the objects of a file in pieces of about one block, typed as JSON has them; a missing key is null.

    Raises InputError for bytes that are not UTF-8 a line of more than 8 MiB, and a file
    of which BARREN lines in a row are no objects.
    """
    rest, row = b"", 1
    for block, done in blocks(source):
        text = rest + block
        ends = check(source, text, row, _HINT)
        cut = text.rfind(b"\n") + 1
        chunk, rest = text[:cut], text[cut:]
        if chunk:
            yield _piece(source, chunk, row, done)
            row += ends
    if rest.strip():
        yield _piece(source, rest, row, source.size)


def _piece(source: Source, chunk: bytes, row: int, done: int) -> Raw:
    lines = chunk.split(b"\n")
    numbers = [row + i for i, line in enumerate(lines) if line.strip()]
    bad: list[tuple[int, str, str]] = []
    try:
        # The whole chunk tells the types: 1 in one line and "1a" in the next make a text.
        table = pl.read_ndjson(chunk, infer_schema_length=None) if _OBJECT.match(chunk) else None
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        table = None
    if table is None:
        good = {number: lines[number - row] for number in numbers}
        for number, text in _faults(source, good):
            bad.append((number, text, "json"))
            del good[number]
        numbers = list(good)
        table = _table([*good.values()])
    return Raw(table.with_columns(pl.Series(ROW, numbers, dtype=pl.Int64)), refused(bad), done)


def _table(lines: list[bytes]) -> pl.DataFrame:
    """The table of lines that are all objects; a column in which values do not go together is text."""
    if not lines:
        return pl.DataFrame()
    try:
        return pl.read_ndjson(b"\n".join(lines), infer_schema_length=None)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        # Polars makes a text of 1 and "a", but gives up at 1 and false, at 1 and [1], at 1e400.
        rows = [json.loads(line) for line in lines]
        names = dict.fromkeys(name for row in rows for name in row)
        return pl.DataFrame([_column(name, [row.get(name) for row in rows]) for name in names])


def _column(name: str, values: list[Any]) -> pl.Series:
    kinds = {_kind(value) for value in values if value is not None}
    if len(kinds) < 2:
        try:
            made = pl.Series(name, values, strict=False)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OverflowError, TypeError):
            made = pl.Series(name, [], dtype=pl.Object())
        if made.dtype != pl.Object and made.null_count() == values.count(None):
            return made
    texts = [value if value is None or isinstance(value, str) else json.dumps(value) for value in values]
    return pl.Series(name, texts, dtype=pl.String)


def _kind(value: Any) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def _faults(source: Source, lines: dict[int, bytes]) -> Iterator[tuple[int, str]]:
    """Number and text of each line that is not a JSON object."""
    none = 0
    for number, line in [*lines.items()]:
        text = _fault(source, line, number)
        none = 0 if text is None else none + 1
        if none == BARREN:
            raise barren(source, number, "JSON objects")
        if text is not None:
            yield number, text


def _fault(source: Source, line: bytes, number: int) -> str | None:
    """The text of a line that is not a JSON object, else None."""
    try:
        text = line.decode()
        value = json.loads(text)
    except UnicodeDecodeError as error:
        raise undecodable(source, "utf-8", f"line {number}") from error
    except (ValueError, RecursionError):
        return text
    return None if isinstance(value, dict) else text
