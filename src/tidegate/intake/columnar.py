"""Parquet and Arrow files: tables that know their types, read a slice of rows at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator

import polars as pl

from tidegate.errors import InputError
from tidegate.intake.files import Source
from tidegate.intake.raw import ROW, Raw, refused

__all__ = ["columns", "read"]


def columns(source: Source) -> list[str]:
    """Return the column names. Raises InputError for a damaged file."""
    try:
        return _scan(source).collect_schema().names()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(source, error) from error


def read(source: Source, rows: int) -> Iterator[Raw]:
    """Yield the table in slices of `rows`. Raises InputError for a damaged file."""
    try:
        frame = _scan(source)
        height = frame.select(pl.len()).collect().item()
        for start in range(0, height, rows):
            table = frame.slice(start, rows).collect()
            numbers = pl.int_range(start + 1, start + table.height + 1, dtype=pl.Int64, eager=True).alias(ROW)
            done = source.size * (start + table.height) // height
            yield Raw(table.with_columns(numbers), refused([]), done)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise _damaged(source, error) from error


def _scan(source: Source) -> pl.LazyFrame:
    # Names of files may hold * and ?; they were resolved before.
    where = source.path if source.body is None else io.BytesIO(source.body)
    return pl.scan_parquet(where, glob=False) if source.form == "parquet" else pl.scan_ipc(where, glob=False)


def _damaged(source: Source, error: BaseException) -> InputError:
    return InputError(
        f"the {source.form} file is damaged: {str(error).splitlines()[0]}.",
        where=str(source.path),
        hint="Copy it again.",
    )
