"""A piece of a source as it was read, before any mapping: texts or values under the file's own column names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from tidegate.trade import MESSAGE_SCHEMA

__all__ = ["CHANGE_SCHEMA", "REFUSED_SCHEMA", "ROW", "Raw", "refused", "tabled"]

# A header cannot hold a NUL, so no column of a file has this name.
ROW = "\0row"

# What is put down about a row that is not used; the file's name is added where several files meet.
REFUSED_SCHEMA = {ROW: pl.Int64, "field": pl.String, "value": pl.String, "reason": pl.String}
_NONE = pl.DataFrame(schema=REFUSED_SCHEMA)


# One row an amendment that says only what changes: what it says of itself, where it stands in its file, and what it
# asks for, in the format's own way (`Format.amend` understands it).
CHANGE_SCHEMA: dict[str, pl.DataType] = {
    "declaration_id": pl.String(),
    **MESSAGE_SCHEMA,
    "row": pl.Int64(),
    "asked": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Raw:
    """`table` has the file's columns and ROW; `refused` the rows that are no rows; `done` the bytes read so far.

    `clean` says that texts are composed (NFC) and hold no NUL, `trimmed` that none begins or ends with a blank, so that
    nobody has to look for it again.
    Rows are numbered as a spreadsheet shows them: in a CSV file the header is row 1, elsewhere the first row is; in
    messages, a row is the line or segment of the file where the goods item begins.

    Messages say more: `bills` (BILL_SCHEMA), `answers` (ANSWER_SCHEMA), `changes` (CHANGE_SCHEMA), and `unread`, how
    often each path (of elements, segments, keys) held something that nobody read. `rows` are rows (number, texts by
    column) that are in no table yet: a table for each small file would cost more than reading it, so those of many
    files become one (`tabled`).
    """

    table: pl.DataFrame
    refused: pl.DataFrame
    done: int
    clean: bool = False
    bills: pl.DataFrame | None = None
    answers: pl.DataFrame | None = None
    unread: Mapping[str, int] = field(default_factory=dict)
    trimmed: bool = False
    changes: pl.DataFrame | None = None
    rows: Sequence[tuple[int, Mapping[str, str]]] = ()

    @property
    def height(self) -> int:
        """Rows, in the table or not yet."""
        return self.table.height + len(self.rows)


def tabled(rows: Sequence[tuple[int, Mapping[str, str]]]) -> pl.DataFrame:
    """Return the table of `Raw.rows`: the columns that any row has, as texts, and ROW."""
    names = sorted(set().union(*(texts for _, texts in rows)))
    columns = {name: pl.Series([texts.get(name) for _, texts in rows], dtype=pl.String) for name in names}
    return pl.DataFrame({**columns, ROW: pl.Series([row for row, _ in rows], dtype=pl.Int64)})


def refused(rows: list[tuple[int, str, str]]) -> pl.DataFrame:
    """Return the table of REFUSED_SCHEMA for (row, value, reason) triples that concern no single field."""
    if not rows:
        return _NONE
    return pl.DataFrame(
        [(row, None, value[:200], why) for row, value, why in rows], schema=REFUSED_SCHEMA, orient="row"
    )
