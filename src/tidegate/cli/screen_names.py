"""A file of names as a table: CSV of any make, Parquet, Arrow, NDJSON, or a text with one name a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from tidegate.errors import InputError
from tidegate.intake import columnar, delimited, ndjson
from tidegate.intake.dialect import Dialect, header
from tidegate.intake.encoding import blocks
from tidegate.intake.files import ENDINGS, Source, find
from tidegate.intake.raw import ROW, Raw, refused
from tidegate.screening.parties import columns

__all__ = ["ENDINGS", "ROW", "names"]

ROWS = 250_000  # rows of a Parquet file that are read at a time
LONGEST = 1 << 20  # bytes of a line


def names(path: Path) -> tuple[pl.DataFrame, dict[str, str], pl.DataFrame]:
    """Return a file's table with the number of each row (ROW), which column holds what, and the rows that are none.

    A text file whose first line names no column that is known holds one name a line. Raises InputError.
    """
    (source,) = find(path)
    pieces, found = _pieces(source)
    tables, aside = [], []
    for raw in pieces:
        tables.append(raw.table)
        aside.append(raw.refused)
    if not tables or not sum(map(len, tables)) + sum(map(len, aside)):
        raise InputError("the file holds no row.", where=str(path), hint="It needs names below its header.")
    return pl.concat(tables, how="diagonal_relaxed"), found, pl.concat(aside)


def _pieces(source: Source) -> tuple[Iterator[Raw], dict[str, str]]:
    where = str(source.path)
    if source.form in ("parquet", "arrow"):
        return columnar.read(source, ROWS), columns(columnar.columns(source), where)
    if source.form == "ndjson":
        return ndjson.read(source), columns(ndjson.columns(source), where)
    listed = source.path.name.lower().removesuffix(".gz").endswith((".txt", ".lst"))
    try:
        heads, delimiter = header(source, Dialect())
        found = columns(heads, where)
    except InputError:
        # Where nothing else is known of a text, each line of it is a name.
        if not listed:
            raise
        return _lines(source), {"name": "name"}
    # A column that stands alone has no delimiter: commas belong to the names.
    return delimited.read(source, Dialect(delimiter="\t" if len(heads) == 1 else delimiter)), found


def _lines(source: Source) -> Iterator[Raw]:
    """The lines of a text, each a name; empty ones are left out."""
    row, rest = 1, b""
    for block, done in blocks(replace(source, form="csv")):
        *lines, rest = (rest + block).split(b"\n")
        yield _piece(source, row, lines, done)
        row += len(lines)
        if len(rest) > LONGEST:
            what = f"row {row:,} has no end within {LONGEST >> 20} MiB."
            raise InputError(what, where=str(source.path), hint="Write one name a line.")
    yield _piece(source, row, [rest], source.size)


def _piece(source: Source, row: int, lines: list[bytes], done: int) -> Raw:
    try:
        said = [(row + place, text) for place, line in enumerate(lines) if (text := line.decode().strip())]
    except UnicodeDecodeError as error:
        hint = "Save it as UTF-8."
        raise InputError(f"from row {row:,} on it is not UTF-8.", where=str(source.path), hint=hint) from error
    table = pl.DataFrame(said, {ROW: pl.Int64, "name": pl.String}, orient="row")
    return Raw(table.select("name", ROW), refused([]), done)
