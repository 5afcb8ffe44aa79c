"""Rows that cannot be used: one table for all files, and the CSV in which an officer reads it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tidegate.intake.raw import REFUSED_SCHEMA, ROW
from tidegate.intake.reasons import REJECTIONS
from tidegate.trade.spreadsheets import write_sheet

__all__ = ["REJECTED_SCHEMA", "rejected", "write_rejected"]

REJECTED_SCHEMA = {"file": pl.String, "row": pl.Int64, "field": pl.String, "value": pl.String, "reason": pl.String}


def rejected(file: str, refused: pl.DataFrame) -> pl.DataFrame:
    """Return a table of REJECTED_SCHEMA for the refused rows of one file, sorted by row."""
    named = refused.select(REFUSED_SCHEMA.keys()).rename({ROW: "row"}).sort("row")
    return named.select(pl.lit(file).alias("file"), *(pl.col(name) for name in REJECTED_SCHEMA if name != "file"))


def write_rejected(table: pl.DataFrame, path: str | Path, language: str = "en") -> None:
    """Write a table of REJECTED_SCHEMA as CSV, with a column `explanation` in "en" or "vi". All of it, or nothing."""
    texts = {entry.code: entry.text_vi if language == "vi" else entry.text for entry in REJECTIONS}
    explained = table.with_columns(
        explanation=pl.col("reason").replace_strict(list(texts), list(texts.values()), return_dtype=pl.String)
    )
    write_sheet(explained, path)
