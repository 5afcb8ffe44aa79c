"""What each source of selection and each profile contributed, where profiles overlap, what officers found by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from tidegate.yardstick.estimators import effective_size, hajek
from tidegate.yardstick.intervals import rate_interval
from tidegate.yardstick.outcomes import require_opened

__all__ = ["by_hand", "overlap", "profile_contributions", "source_contributions"]

SOURCES: tuple[str, ...] = ("profile", "model", "exploration", "draw")

# fmt: off
SHARED_SCHEMA: dict[str, Any] = {
    "declarations": pl.Int64, "selected": pl.Int64, "opened": pl.Int64, "pending": pl.Int64, "found": pl.Int64,
    "only": pl.Int64, "revenue": pl.Float64, "rate": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    "effective": pl.Float64, "lift": pl.Float64,
}
# fmt: on


def source_contributions(table: pl.DataFrame, base: float | None, *, level: float = 0.95) -> pl.DataFrame:
    """One row a source of selection (profile, model, exploration, draw): columns source, then SHARED_SCHEMA.

    `declarations` are those whose probability came mainly from the source; `rate` is how often such a declaration is
    unlawful, with its limits; `lift` is rate / `base`, the fraud rate of all trade; `only` counts finds no other source
    had a reason for (of a profile: exactly one profile hit; of the others: no profile hit).
    """
    require_opened(table)
    alone = (
        pl.when(pl.col("source") == "profile")
        .then(pl.col("hits").list.len() == 1)
        .otherwise(pl.col("hits").list.len() == 0)
    )
    keyed = table.with_columns(alone.alias("alone"))
    rows = [
        {"source": source, **_contribution(keyed.filter(pl.col("source") == source), base, level)} for source in SOURCES
    ]
    return pl.DataFrame(rows, schema={"source": pl.String, **SHARED_SCHEMA})


def profile_contributions(table: pl.DataFrame, base: float | None, *, level: float = 0.95) -> pl.DataFrame:
    """One row a profile that hit anything, best first: columns profile, then SHARED_SCHEMA.

    As `source_contributions`, over all declarations that the profile hit, whatever selected them; `only` counts finds
    that no other profile hit and that were selected mainly by profile: without this one they would have been missed,
    chance aside.
    """
    require_opened(table)
    alone = (pl.col("source") == "profile") & (pl.col("hits").list.len() == 1)
    hit = (
        table.with_columns(alone.alias("alone"), pl.col("hits").list.unique().alias("profile"))
        .explode("profile")
        .drop_nulls("profile")
    )
    parts = hit.partition_by("profile", as_dict=True)
    rows = [{"profile": key[0], **_contribution(part, base, level)} for key, part in parts.items()]
    return pl.DataFrame(rows, schema={"profile": pl.String, **SHARED_SCHEMA}).sort(
        "found", "rate", "profile", descending=[True, True, False], nulls_last=True
    )


def overlap(table: pl.DataFrame, *, least: int = 1) -> pl.DataFrame:
    """Pairs of profiles that hit the same declarations: profile, other, both, share (of its hits), found_both.

    Each pair stands twice, once from either side; pairs with fewer than `least` declarations in common are left out.
    """
    hit = (
        table.select(
            pl.col("hits").list.unique().alias("profile"),
            pl.int_range(pl.len()).alias("row"),
            pl.col("illicit").fill_null(False),
        )
        .explode("profile")
        .drop_nulls("profile")
    )
    size = hit.group_by("profile").agg(pl.len().alias("size"))
    pairs = hit.join(hit.select(pl.col("profile").alias("other"), "row"), on="row").filter(
        pl.col("profile") != pl.col("other")
    )
    return (
        pairs.group_by("profile", "other")
        .agg(pl.len().cast(pl.Int64).alias("both"), pl.col("illicit").sum().cast(pl.Int64).alias("found_both"))
        .filter(pl.col("both") >= least)
        .join(size, on="profile")
        .select("profile", "other", "both", (pl.col("both") / pl.col("size")).alias("share"), "found_both")
        .sort("share", "both", "profile", "other", descending=[True, True, False, False])
    )


def by_hand(table: pl.DataFrame) -> pl.DataFrame:
    """What officers opened by their own choice, counted apart from every estimate: opened, found, revenue (one row)."""
    chosen = table.filter("officer")
    return chosen.select(
        pl.len().cast(pl.Int64).alias("opened"),
        pl.col("officer_illicit").sum().cast(pl.Int64).alias("found"),
        pl.col("officer_revenue").sort().sum().alias("revenue"),
    )


def weighted_rate(part: pl.DataFrame) -> tuple[float | None, float, float]:
    """Rate of unlawful declarations among those like the opened rows of `part`, with effective found and opened.

    Rows that something else made likelier to be opened weigh less (Hájek); intervals rest on the effective size.
    """
    opened = part.filter("opened").sort("probability", "illicit")
    if opened.height == 0:
        return None, 0.0, 0.0
    chance = opened["probability"].to_numpy()
    rate = hajek(opened["illicit"].to_numpy().astype(np.float64), chance)
    size = effective_size(chance)
    return rate, rate * size, size


def _contribution(part: pl.DataFrame, base: float | None, level: float) -> dict[str, Any]:
    rate, found, size = weighted_rate(part)
    low, high = rate_interval(found, size, level=level)
    hits = pl.col("illicit").fill_null(False)
    counted = part.select(
        pl.len().alias("declarations"),
        pl.col("selected").sum(),
        pl.col("opened").sum(),
        (pl.col("selected") & ~pl.col("opened")).sum().alias("pending"),
        hits.sum().alias("found"),
        (hits & pl.col("alone")).sum().alias("only"),
        pl.col("revenue").fill_null(0.0).sort().sum(),  # sorted: sums must not depend on the order of the file
    ).row(0, named=True)
    lift = rate / base if rate is not None and base else None
    return {**counted, "rate": rate, "low": low, "high": high, "effective": size, "lift": lift}
