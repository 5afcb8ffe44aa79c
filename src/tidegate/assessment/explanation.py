"""Explanation on demand: contributions are worked out anew, from the record, for the lines that somebody asks about."""

from __future__ import annotations

from typing import Any

import polars as pl

from tidegate.assessment.engine import sentences
from tidegate.assessment.record import Record
from tidegate.models import Contribution

__all__ = ["contributions_of"]

TOP = 8


def contributions_of(record: Record, lines: pl.DataFrame) -> list[tuple[dict[str, Any], list[Contribution]]]:
    """Each line of `lines` (rows of the record's) with its `TOP` contributions; empty without a model."""
    model = record.model()
    if model is None or not lines.height:
        return []
    found = model.contributions(lines, top=TOP, sentences=sentences)
    return list(zip(lines.iter_rows(named=True), found, strict=True))
