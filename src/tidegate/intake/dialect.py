"""How a delimited file is written, and the names of its columns."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass

from tidegate.errors import InputError
from tidegate.intake.encoding import blocks, composed, undecodable
from tidegate.intake.files import Source
from tidegate.intake.row_ends import LONGEST, first_end

__all__ = ["DELIMITERS", "UNBALANCED", "Dialect", "header"]

DELIMITERS = ",;\t|"
MOST_COLUMNS = 4_096
UNBALANCED = "A quote is opened and not closed there, or the file was cut off: export it again."


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is written; empty means: found out from the file."""

    encoding: str = ""
    delimiter: str = ""
    decimal_comma: bool = False
    thousands: str = ""
    null: tuple[str, ...] = ()


def header(source: Source, dialect: Dialect) -> tuple[list[str], str]:
    """Return (column names, delimiter) of a delimited file, without reading on.

    A column without a name becomes `column_7`; columns of one name become `name_1`, `name_2`, so that a mapping has to
    say which one it means.
    Raises InputError for a file without a header line.
    """
    line, quotes = b"", 0
    for block, _ in blocks(source, dialect.encoding):
        end = first_end(block, quotes % 2 == 1)
        line += block[:end] if end >= 0 else block
        if len(line) > LONGEST:
            what = f"the first row has no end within {LONGEST >> 20} MiB."
            raise InputError(what, where=str(source.path), hint=UNBALANCED)
        if end >= 0:
            break
        quotes += block.count(b'"')
    try:
        text = composed(line).decode()
    except UnicodeDecodeError as error:
        raise undecodable(source, "utf-8", "row 1") from error
    delimiter = dialect.delimiter or max(DELIMITERS, key=text.count)
    names = [name.strip() for name in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])]
    if "\0" in text or not any(names):
        what = "the header holds a NUL character." if "\0" in text else "the first row does not name the columns."
        raise InputError(what, where=str(source.path), hint="Export the file again, with a header.")
    if len(names) > MOST_COLUMNS:
        what = f"the header names {len(names):,} columns; at most {MOST_COLUMNS:,} are read."
        raise InputError(what, where=str(source.path), hint="Look at the delimiter and at the line ends.")
    return _distinct(names), delimiter


def _distinct(names: list[str]) -> list[str]:
    """Give every column a name of its own."""
    given = [name or f"column_{position}" for position, name in enumerate(names, start=1)]
    times, numbers = Counter(given), Counter[str]()
    own: dict[str, None] = {}
    for name in given:
        chosen = name
        while chosen in own or (times[name] > 1 and chosen == name):
            numbers[name] += 1
            chosen = f"{name}_{numbers[name]}"
        own[chosen] = None
    return list(own)
