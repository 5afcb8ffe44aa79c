"""Announcements: which inspections declarants know of, from earlier assessments or from a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tidegate.errors import InputError

__all__ = ["announcements"]

SCHEMA = {"declaration_id": pl.String, "announced_at": pl.Datetime("us")}
HINT = "Name a folder that `tidegate assess` wrote, or a table with declaration_id and announced_at."


def announcements(paths: Sequence[Path]) -> pl.DataFrame | None:
    """declaration_id and announced_at (UTC) of all inspections in `paths`; None where none is named.

    From the folder of an assessment, or its decisions.parquet: what was not green, at the time when it was made. From
    another file (CSV, Parquet): its columns. Raises InputError.
    """
    return pl.concat([_announced(path) for path in paths]) if paths else None


def _announced(path: Path) -> pl.DataFrame:
    file = path / "decisions.parquet" if path.is_dir() else path
    try:
        table = pl.read_csv(file, try_parse_dates=True) if file.suffix == ".csv" else pl.read_parquet(file)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError("cannot be read as announcements.", where=str(file), hint=HINT) from error
    if "declaration_id" not in table.columns:
        raise InputError("has no column declaration_id.", where=str(file), hint=HINT)
    if "announced_at" not in table.columns:
        if "channel" not in table.columns:
            raise InputError("has no column announced_at.", where=str(file), hint=HINT)
        made = _made_at(file.with_name("summary.json"))
        table = table.filter(pl.col("channel") != "green").with_columns(pl.lit(made).alias("announced_at"))
    moment = pl.col("announced_at")
    if isinstance(dtype := table.schema["announced_at"], pl.Datetime) and dtype.time_zone:
        moment = moment.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    try:
        return table.select(pl.col("declaration_id").cast(pl.String), moment.cast(pl.Datetime("us")))
    except pl.exceptions.PolarsError as error:
        raise InputError(
            "announced_at is no moment.", where=str(file), hint="Write it as 2026-01-31T10:00:00, in UTC."
        ) from error


def _made_at(summary: Path) -> datetime:
    """When an assessment was made."""
    try:
        made = datetime.fromisoformat(json.loads(summary.read_text(encoding="utf-8"))["made_at"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("does not say when it was made.", where=str(summary), hint=HINT) from error
    return made.astimezone(UTC).replace(tzinfo=None)
