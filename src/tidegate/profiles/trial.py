"""What a book would have done: each profile's hits, its overlap with others, and what was found among its hits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from tidegate.profiles.book import Book
from tidegate.profiles.hits import Hits
from tidegate.profiles.matcher import Matcher
from tidegate.profiles.watchlists import WatchLists

__all__ = ["TRIAL_SCHEMA", "interval", "try_book"]

TRIAL_SCHEMA: dict[str, Any] = {
    "profile": pl.String,
    "title": pl.String,
    "channel": pl.String,
    "lines": pl.Int64,
    "declarations": pl.Int64,
    "per_day": pl.Float64,
    "by_office": pl.List(pl.Struct({"office": pl.String, "declarations": pl.Int64})),
    "covered": pl.Float64,
    "trusted": pl.Int64,
    "opened": pl.Int64,
    "found": pl.Int64,
    "hit_rate": pl.Float64,
    "hit_rate_low": pl.Float64,
    "hit_rate_high": pl.Float64,
}

_Z = 1.959963984540054  # of a two-sided 95% interval


def try_book(
    book: Book, table: pl.DataFrame, findings: pl.DataFrame | None = None, lists: WatchLists | None = None
) -> pl.DataFrame:
    """One row a profile, in the book's order, with the columns of TRIAL_SCHEMA.

    - lines, declarations: hits; per_day: declarations a day of the table on which the profile was in force
    - by_office: declarations by office, the most first
    - covered: share of its lines that other profiles of the book hit as well; null without hits
    - trusted: distinct authorised importers among its hits
    - opened, found: declarations hit that were opened in the past, and with something unlawful on a line
      that was hit or on the whole declaration; null without findings
    - hit_rate, with its 95% interval (Wilson): found / opened; null where nothing was opened

    Raises BookError when a condition is refused, InputError when the table lacks a column.
    """
    matcher = Matcher(book, table.schema, lists)
    hits = matcher.match(table)
    pairs = _pairs(hits, table)
    by_profile = (
        pairs.group_by("place")
        .agg(
            pl.len().cast(pl.Int64).alias("lines"),
            pl.col("declaration_id").n_unique().cast(pl.Int64).alias("declarations"),
            (pl.col("together") > 1).mean().alias("covered"),
            pl.col("importer_id").filter(pl.col("importer_trusted")).n_unique().cast(pl.Int64).alias("trusted"),
        )
        .join(_by_office(pairs), on="place", how="left")
        .join(_opened(pairs, findings), on="place", how="left")
    )
    days = table["lodged_on"].unique().drop_nulls()
    profiles = pl.DataFrame(
        {
            "place": np.arange(len(matcher.profiles), dtype=np.int32),
            "profile": [one.id for one in matcher.profiles],
            "title": [one.title for one in matcher.profiles],
            "channel": [one.channel for one in matcher.profiles],
            "days": [int(days.is_between(one.starts, one.ends).sum()) for one in matcher.profiles],
        },
        schema_overrides={"profile": pl.String, "title": pl.String, "channel": pl.String, "days": pl.Int64},
    )
    counted = ["lines", "declarations", "trusted", *(["opened", "found"] if findings is not None else [])]
    trial = (
        profiles.join(by_profile, on="place", how="left", maintain_order="left")
        .with_columns(pl.col(counted).fill_null(0), pl.col("by_office").fill_null([]))
        .with_columns(pl.when(pl.col("days") > 0).then(pl.col("declarations") / pl.col("days")).alias("per_day"))
    )
    rates = [interval(found, opened) for found, opened in trial.select("found", "opened").iter_rows()]
    rate_columns = pl.DataFrame(
        rates, schema=dict.fromkeys(("hit_rate", "hit_rate_low", "hit_rate_high"), pl.Float64), orient="row"
    )
    return trial.hstack(rate_columns).select(pl.col(name).cast(dtype) for name, dtype in TRIAL_SCHEMA.items())


def interval(found: int | None, opened: int | None) -> tuple[float | None, float | None, float | None]:
    """A rate with its 95% Wilson score interval (Wilson 1927); None three times where nothing was opened."""
    if not opened or found is None:
        return None, None, None
    rate = found / opened
    middle = rate + _Z**2 / (2 * opened)
    half = _Z * math.sqrt(rate * (1 - rate) / opened + _Z**2 / (4 * opened**2))
    shrink = 1 + _Z**2 / opened
    return rate, max(0.0, (middle - half) / shrink), min(1.0, (middle + half) / shrink)


def _pairs(hits: Hits, table: pl.DataFrame) -> pl.DataFrame:
    """A row a hit: `place` of the profile, `together` (profiles on that line) and what the line says of itself."""
    wanted: Mapping[str, Any] = {
        "declaration_id": pl.String,
        "item_number": pl.Int32,
        "office": pl.String,
        "importer_id": pl.String,
        "importer_trusted": pl.Boolean,
    }
    known = [
        pl.col(name) if name in table.columns else pl.lit(None, dtype).alias(name) for name, dtype in wanted.items()
    ]
    together = np.bincount(hits.line, minlength=table.height)
    return (
        table.select(known)[hits.line]
        .with_columns(pl.Series("place", hits.profile), pl.Series("together", together[hits.line]))
    )  # fmt: skip


def _by_office(pairs: pl.DataFrame) -> pl.DataFrame:
    return (
        pairs.group_by("place", "office")
        .agg(pl.col("declaration_id").n_unique().cast(pl.Int64).alias("declarations"))
        .sort("place", "declarations", "office", descending=[False, True, False])
        .group_by("place", maintain_order=True)
        .agg(pl.struct("office", "declarations").alias("by_office"))
    )


def _opened(pairs: pl.DataFrame, findings: pl.DataFrame | None) -> pl.DataFrame:
    """Declarations hit that were opened, and those with something found on a line hit or on the whole."""
    if findings is None:
        return pl.DataFrame(schema={"place": pl.Int32, "opened": pl.Int64, "found": pl.Int64})
    known = findings.select("declaration_id", pl.col("item_number").alias("found_on_item"), "illicit")
    return (
        pairs.select("place", "declaration_id", "item_number")
        .join(known, on="declaration_id")
        .with_columns(
            pl.col("illicit")
            & (pl.col("found_on_item").is_null() | (pl.col("found_on_item") == pl.col("item_number")).fill_null(False))
        )
        .group_by("place", "declaration_id")
        .agg(pl.col("illicit").any())
        .group_by("place")
        .agg(pl.len().cast(pl.Int64).alias("opened"), pl.col("illicit").sum().cast(pl.Int64).alias("found"))
    )
