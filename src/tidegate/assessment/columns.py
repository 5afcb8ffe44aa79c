"""The columns that an engine looks at: always the same, whatever a sender adds and whatever a day's files lack."""

from __future__ import annotations

import polars as pl

from tidegate.assessment.engine import Engine, words
from tidegate.intake.known import EXTRA_COLUMNS
from tidegate.profiles import Book
from tidegate.trade import LINE_SCHEMA, MESSAGE_SCHEMA

__all__ = ["EXTRA_SCHEMA", "fitted", "with_extras"]

# Columns that lines have on some days and not on others: a book may name them all the same.
EXTRA_SCHEMA = {
    **EXTRA_COLUMNS,
    **MESSAGE_SCHEMA,
    "cargo_found": pl.Boolean(),
    "cargo_mass_ratio": pl.Float64(),
    "amended_after_announcement": pl.Boolean(),
    "late_withdrawals": pl.Int32(),
}


def with_extras(lines: pl.DataFrame, book: Book) -> pl.DataFrame:
    """The lines with those of EXTRA_SCHEMA that the book names and today's files lack: null, as nothing is known."""
    said = words(book)
    missing = [name for name in EXTRA_SCHEMA if name in said and name not in lines.columns]
    return lines.with_columns(pl.lit(None, EXTRA_SCHEMA[name]).alias(name) for name in missing)


def fitted(lines: pl.DataFrame, engine: Engine) -> pl.DataFrame:
    """The lines with the columns of the line table and those others that the book or the model of `engine` names.

    A desk that is given them so needs to compile its book once. Raises PolarsError where a column that is given has a
    type that does not fit.
    """
    said = engine.named
    wanted = {name: dtype for name, dtype in EXTRA_SCHEMA.items() if name in said}
    own = [name for name in lines.columns if name in said and name not in LINE_SCHEMA and name not in wanted]
    return lines.select(
        *LINE_SCHEMA,
        *(
            pl.col(name).cast(dtype) if name in lines.columns else pl.lit(None, dtype).alias(name)
            for name, dtype in wanted.items()
        ),
        *sorted(own),
    )
