"""The columns that an engine looks at: always the same, whatever a sender adds and whatever a day's files lack."""

from __future__ import annotations

import polars as pl

from tidegate.assessment.engine import Engine, words
from tidegate.intake import PARCEL_FIELDS
from tidegate.intake.known import EXTRA_COLUMNS
from tidegate.profiles import Book
from tidegate.trade import LINE_SCHEMA, MESSAGE_FIELDS, MESSAGE_SCHEMA, Field

__all__ = ["EXTRA_FIELDS", "EXTRA_SCHEMA", "KNOWN_FIELDS", "fitted", "with_extras"]

# fmt: off
# What a node adds to the lines from what else it was sent.
KNOWN_FIELDS = (
    Field("cargo_found", pl.Boolean(), "whether a manifest names the cargo of the declaration; null where none is there that could", "On a manifest", "Có trong bản lược khai"),  # noqa: E501
    Field("cargo_mass_ratio", pl.Float64(), "gross mass declared over manifested, of all that is one consignment", "Declared over manifested mass", "Trọng lượng khai báo trên lược khai"),  # noqa: E501
    Field("amended_after_announcement", pl.Boolean(), "whether the declaration was changed once its inspection was known", "Amended after announcement", "Sửa sau khi thông báo kiểm tra"),  # noqa: E501
    Field("late_withdrawals", pl.Int32(), "declarations that the importer withdrew once their inspection was known", "Late withdrawals", "Số lần rút tờ khai muộn", "declarations"),  # noqa: E501
)
# fmt: on
# Columns beyond the line table whose meaning is told: of messages, of parcels, and what a node adds.
EXTRA_FIELDS: tuple[Field, ...] = (*MESSAGE_FIELDS, *PARCEL_FIELDS, *KNOWN_FIELDS)

# Columns that lines have on some days and not on others: a book may name them all the same.
EXTRA_SCHEMA = {
    **EXTRA_COLUMNS,
    **MESSAGE_SCHEMA,
    **{field.name: field.dtype for field in KNOWN_FIELDS},
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
