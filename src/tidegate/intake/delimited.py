"""Delimited text: blocks of bytes become tables of texts; rows with a wrong number of fields are set aside.

NumPy finds the line ends and delimiters that are not quoted, Polars parses what has the right number of them. A quote
where none may be (5" pipe) would lead both astray; a block that has one is rewritten by the csv module first.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import InputError
from tidegate.intake.blanks import trimmed
from tidegate.intake.dialect import UNBALANCED, Dialect, header
from tidegate.intake.encoding import blocks, composed, undecodable
from tidegate.intake.files import Source
from tidegate.intake.raw import ROW, Raw, refused
from tidegate.intake.row_ends import BARREN, LONGEST, barren, check, first_end, place, places, unquoted

__all__ = ["read"]

AHEAD = 2  # chunks that are parsed while the next is read
_QUOTE, _NEWLINE = ord('"'), ord("\n")
_PACKED = (b"x", b"(", b"\x1f")  # with what zlib, zstd and gzip begin


class _Chunk(NamedTuple):
    """Whole rows, each with its line end and no stray quote, and where the quotes in them lie."""

    text: bytes
    quotes: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where the rows of a chunk lie: `starts` and `ends` (of the line end) in bytes. `trimmed`: no field begins or ends
    with a blank.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    trimmed: bool


def read(source: Source, dialect: Dialect) -> Iterator[Raw]:
    """Yield the rows of a delimited file in pieces of about one block, all columns as texts.

    Empty lines are skipped. Raises InputError for a file that ends inside a quoted field, a row of more than 8 MiB,
    a text of line ends and little else, BARREN rows in a row with another number of fields, and bytes that are not of
    the encoding.
    """
    names, delimiter = header(source, dialect)
    file = _File(source, names, delimiter)
    row = 2
    with ThreadPoolExecutor(1) as parser:
        coming: deque[tuple[_Chunk, int, Future[tuple[Raw, int]]]] = deque()
        chunks = file.chunks(dialect.encoding)
        while True:
            stopped = None
            try:
                chunk, done = next(chunks, (None, 0))
            except InputError as error:
                # What came before it is given out first.
                chunk, done, stopped = None, 0, error
            if chunk is not None:
                coming.append((chunk, done, parser.submit(file.piece, chunk)))
            while len(coming) > (AHEAD if chunk is not None else 0):
                raw, count = _result(file, row, *coming.popleft())
                yield raw
                row += count
            if stopped is not None:
                raise stopped
            if chunk is None:
                return


def _result(file: _File, row: int, chunk: _Chunk, done: int, made: Future[tuple[Raw, int]]) -> tuple[Raw, int]:
    """A piece with the numbers of its rows in the file, the first of them `row`."""
    try:
        raw, count = made.result()
    except InputError:
        # Again, with the numbers of the rows, which were not known when it was begun.
        raw, count = file.piece(chunk, row)
    number = pl.col(ROW) + row
    shifted = replace(raw, table=raw.table.with_columns(number), refused=raw.refused.with_columns(number), done=done)
    return shifted, count


class _File:
    """A delimited file on its way to tables."""

    def __init__(self, source: Source, names: list[str], delimiter: str) -> None:
        self.source, self.names, self.delimiter = source, names, delimiter
        self.top = b""
        # Fields are counted only from the first chunk on where the parser cannot tell.
        self.hasty = True

    def chunks(self, encoding: str) -> Iterator[tuple[_Chunk, int]]:
        """Yield all rows but the first as `_chunks` does."""
        for chunk, done in _chunks(self.source, encoding, self.delimiter, len(self.names)):
            if not self.top:
                self.top = chunk.text[: first_end(chunk.text, False) + 1]
                top = len(self.top)
                yield _Chunk(chunk.text[top:], chunk.quotes[chunk.quotes >= top] - top), done
            else:
                yield chunk, done

    def piece(self, whole: _Chunk, row: int = 0) -> tuple[Raw, int]:
        """Return (the piece, its rows numbered from 0; how many rows it has); `row`, of the first, is for errors."""
        rows, chunk = _index(whole, self.delimiter), whole.text
        count, notes = len(rows.ends), list[tuple[int, str]]()
        usable = rows.ends > rows.starts
        again = _repeats(chunk, self.top, rows)
        table = _whole(chunk, self.names, self.delimiter) if self.hasty and usable.all() and not len(again) else None
        if table is None or table.height != count:
            self.hasty = False
            usable, notes = self._looked_at(whole, rows, again, row)
            try:
                table = _parse(_cut(chunk, rows, usable), self.names, self.delimiter)
            except UnicodeDecodeError as error:
                raise undecodable(self.source, "utf-8", f"row {row + _first_bad(chunk, rows)}") from error
            except pl.exceptions.PolarsError as error:
                where = f"{self.source.path}, rows {row} to {row + count - 1}"
                raise InputError(f"cannot be parsed: {error}.", where=where, hint="Export the file again.") from error
        texts = ((i, chunk[rows.starts[i] : rows.ends[i]][:800].decode(errors="replace"), why) for i, why in notes)
        numbered = table.with_columns(pl.Series(ROW, np.flatnonzero(usable), dtype=pl.Int64))
        return Raw(numbered, refused(list(texts)), 0, clean=True, trimmed=rows.trimmed), count

    def _looked_at(
        self, chunk: _Chunk, rows: _Rows, again: NDArray[np.int64], row: int
    ) -> tuple[NDArray[np.bool_], list[tuple[int, str]]]:
        """Return (which rows can be parsed, the others that are not empty with what is wrong); `again` are headers."""
        wanted = rows.ends > rows.starts
        usable = wanted & (_fields(chunk, rows, self.delimiter) == len(self.names))
        notes = [(i, "header") for i in again.tolist() if wanted[i]]
        usable[again] = False
        between = np.diff(np.concatenate(([-1], np.flatnonzero(usable), [len(wanted)])))
        if between.max() > BARREN:
            raise barren(self.source, row + BARREN, f"rows of {len(self.names)} fields")
        if b"\0" in chunk.text:
            nul = np.searchsorted(rows.ends, places(chunk.text, 0))
            notes += [(i, "nul") for i in np.unique(nul).tolist() if usable[i]]
            usable[nul] = False
        known = {i for i, _ in notes}
        notes += [(i, "columns") for i in np.flatnonzero(wanted & ~usable).tolist() if i not in known]
        return usable, sorted(notes)


def _whole(chunk: bytes, names: list[str], delimiter: str) -> pl.DataFrame | None:
    """The table of a chunk whose rows all have their fields, without counting them; None if that does not show.

    A row with too many fields stops the parser; one with too few has no last field.
    """
    if b"\0" in chunk:
        return None
    try:
        table = _parse(chunk, names, delimiter)
    except (UnicodeDecodeError, pl.exceptions.PolarsError):
        return None
    return None if table[names[-1]].null_count() else table


def _chunks(source: Source, encoding: str, delimiter: str, columns: int) -> Iterator[tuple[_Chunk, int]]:
    """Yield (whole rows, bytes of the file read so far)."""
    rest, row, done = b"", 1, 0
    for block, done in blocks(source, encoding):
        cut = block.rfind(b"\n") + 1
        # Nothing is copied twice: to copy a block takes a tenth as long as to parse it.
        text = b"".join((rest, memoryview(block)[:cut]))
        ends = check(source, text, row, UNBALANCED)
        chunk, rest = _split(source, text, block[cut:], delimiter, columns)
        row += ends - rest.count(b"\n")
        if len(rest) > LONGEST:
            what = f"a row has no end within {LONGEST >> 20} MiB."
            raise InputError(what, where=f"{source.path}, {place(rest)}", hint=UNBALANCED)
        if chunk.text:
            yield chunk, done
    if rest:
        chunk, open_row = _split(source, rest + b"\n", b"", delimiter, columns)
        if open_row:
            what = "the file ends inside a quoted field."
            raise InputError(what, where=f"{source.path}, {place(open_row)}", hint=UNBALANCED)
        yield chunk, done


def _split(source: Source, text: bytes, tail: bytes, delimiter: str, columns: int) -> tuple[_Chunk, bytes]:
    """Split whole lines and a `tail` into (whole rows, the beginning of the next one): quoted line ends end no row."""
    quotes = places(text, _QUOTE)
    if len(quotes):
        characters = np.frombuffer(text, dtype=np.uint8)
        # What may stand before an opening quote and after a closing one. A doubled quote closes and opens at once.
        sides = np.zeros(256, dtype=np.bool_)
        sides[[ord(delimiter), _NEWLINE, _QUOTE]] = True
        before = sides[characters[quotes[::2] - 1]] | (quotes[::2] == 0)
        after = sides[characters[np.minimum(quotes[1::2] + 1, len(text) - 1)]] | (quotes[1::2] == len(text) - 1)
        if not (before.all() and after.all()):
            return _rewritten(source, text + tail, delimiter, columns)
    end = len(text)
    if len(quotes) % 2 or not text.endswith(b"\n"):
        ends = unquoted(places(text, _NEWLINE), quotes)
        end = int(ends[-1]) + 1 if len(ends) else 0
    return _Chunk(text[:end], quotes[: np.searchsorted(quotes, end)]), text[end:] + tail


def _rewritten(source: Source, text: bytes, delimiter: str, columns: int) -> tuple[_Chunk, bytes]:
    """Like `_split`, for text with stray quotes: the csv module takes them as letters, and quotes the field anew."""
    lines = text.decode(errors="surrogateescape").split("\n")
    last = lines.pop()
    end = "\x1eend of rows\x1e"
    reader = csv.reader((line + "\n" for line in (*lines, end)), delimiter=delimiter)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    taken = none = 0
    try:
        for fields in reader:
            if reader.line_num > len(lines):
                break
            # The module writes a row of one empty field as "" and reads an empty line as no field at all.
            writer.writerow(fields)
            taken = reader.line_num
            none = 0 if len(fields) == columns else none + 1
            if none > BARREN:
                raise barren(source, taken, f"rows of {columns} fields")
    except csv.Error as error:
        where = f"{source.path}, {place(lines[taken].encode(errors='surrogateescape'))}"
        raise InputError(f"the quotes of a row cannot be told apart: {error}.", where=where, hint=UNBALANCED) from error
    rest = "\n".join((*lines[taken:], last))
    rows = out.getvalue().encode(errors="surrogateescape")
    return _Chunk(rows, places(rows, _QUOTE)), rest.encode(errors="surrogateescape")


def _index(chunk: _Chunk, delimiter: str) -> _Rows:
    ends = unquoted(places(chunk.text, _NEWLINE), chunk.quotes)
    starts = np.concatenate((np.zeros(min(len(ends), 1), dtype=np.int64), ends[:-1] + 1))
    return _Rows(starts, ends, trimmed(chunk.text, delimiter, starts, ends, chunk.quotes))


def _fields(chunk: _Chunk, rows: _Rows, delimiter: str) -> NDArray[np.int64]:
    """How many fields each row has."""
    delimiters, quotes = places(chunk.text, ord(delimiter)), chunk.quotes
    fields = np.diff(np.searchsorted(delimiters, rows.ends), prepend=0) + 1
    if len(quotes):
        # Delimiters between an opening and a closing quote separate nothing.
        quoted = np.searchsorted(delimiters, quotes[1::2]) - np.searchsorted(delimiters, quotes[::2])
        of_row = np.searchsorted(rows.ends, quotes[1::2])
        fields = fields - np.bincount(of_row, quoted, len(fields)).astype(np.int64)
    return fields


def _repeats(chunk: bytes, top: bytes, rows: _Rows) -> NDArray[np.int64]:
    """Which rows are the header again."""
    characters = np.frombuffer(chunk, dtype=np.uint8)
    alike = np.flatnonzero((characters[rows.starts] == top[0]) & (rows.ends - rows.starts == len(top) - 1))
    return alike[[chunk.startswith(top, start) for start in rows.starts[alike].tolist()]]


def _cut(chunk: bytes, rows: _Rows, usable: NDArray[np.bool_]) -> bytes:
    """The usable rows only, as one text."""
    if usable.all():
        return chunk
    # Runs of usable rows: where one begins, and the row after its last.
    edges = np.flatnonzero(np.diff(usable.astype(np.int8), prepend=0, append=0))
    begins, stops = rows.starts[edges[::2]], rows.ends[edges[1::2] - 1] + 1
    return b"".join(chunk[begin:stop] for begin, stop in zip(begins.tolist(), stops.tolist(), strict=True))


def _parse(text: bytes, names: list[str], delimiter: str) -> pl.DataFrame:
    """The table of texts. Raises UnicodeDecodeError for text that is not UTF-8."""
    schema = dict.fromkeys(names, pl.String)
    if not text:
        return pl.DataFrame(schema=schema)
    # Polars would take text that begins like a packed file for one, and unpack it, however large that is.
    packed = text.startswith(_PACKED)
    first = (b"-" + delimiter.encode() * (len(names) - 1) + b"\n") if packed else b""
    try:
        table = pl.read_csv(first + composed(text), has_header=False, schema=schema, separator=delimiter)
        return table.slice(1) if packed else table
    except pl.exceptions.ComputeError:
        text.decode()
        raise


def _first_bad(chunk: bytes, rows: _Rows) -> int:
    """Number within the chunk of the first row that is not UTF-8."""
    try:
        chunk.decode()
    except UnicodeDecodeError as error:
        return int(np.searchsorted(rows.ends, error.start))
    return 0
