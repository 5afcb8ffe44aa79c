"""Officers' figures: what came of overrides, streaks without a find, inspectors and declarants that stand out.

Nobody is ranked. Each figure says how many it rests on, and what stands out is told only where chance is no good
explanation after all that was looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from tidegate.yardstick import rate_interval

__all__ = ["ALARM", "checks", "overrides", "pairs", "streaks"]

ALARM = 0.05  # false alarms borne: chance of any among all streaks, share among all pairs that are told
SIZE = pl.len().cast(pl.Int64)  # differences of unsigned numbers would run over
LEAST = 5  # declarations that an inspector and a declarant have in common, before they are looked at


def overrides(acts: pl.DataFrame, decided: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """What became of decisions against the engine, a row each for officer, office and kind.

    `acts`: declaration_id, officer, office, act, channel, at (seconds), in the order of time; `decided` and `found` as
    of `history`. Kinds: released (by the last act, before anything was recorded: the engine wanted it opened, and it
    was let go or made green) and sent (the engine left it green, the first act against it counts). Columns: officer,
    office, kind, number, checked, found, rate, low, high: `checked` have a finding; the rate is found / checked.
    """
    engine = decided.select("declaration_id", pl.col("channel").alias("engine"))
    first = found.group_by("declaration_id").agg(pl.col("made").min().alias("first"), pl.col("illicit").any())
    known = acts.join(engine, on="declaration_id", maintain_order="left").join(
        first, on="declaration_id", how="left", maintain_order="left"
    )
    green, was_green = pl.col("channel") == "green", pl.col("engine") == "green"
    let_go = (~was_green & green) | ((pl.col("engine") == "red") & (pl.col("act") == "release"))
    unopened = ~(pl.col("first") <= pl.col("at")).fill_null(value=False)
    last = known.unique("declaration_id", keep="last", maintain_order=True)
    sent = known.filter(was_green & ~green).unique("declaration_id", keep="first", maintain_order=True)
    told = pl.concat(
        [
            last.filter(let_go & unopened).with_columns(pl.lit("released").alias("kind")),
            sent.with_columns(pl.lit("sent").alias("kind")),
        ]
    )
    counted = (
        told.group_by("officer", "office", "kind")
        .agg(
            pl.len().cast(pl.Int64).alias("number"),
            pl.col("first").is_not_null().sum().cast(pl.Int64).alias("checked"),
            pl.col("illicit").fill_null(value=False).sum().cast(pl.Int64).alias("found"),
        )
        .sort("kind", "office", "officer")
    )
    return with_rate(counted, "checked")


def with_rate(table: pl.DataFrame, size: str) -> pl.DataFrame:
    """The table with rate, low and high of found / `size` (binomial, mid-P)."""
    limits = [rate_interval(k, n) for k, n in table.select("found", size).iter_rows()]
    return table.with_columns(
        pl.when(pl.col(size) > 0).then(pl.col("found") / pl.col(size)).alias("rate"),
        pl.Series("low", [low for low, _ in limits], dtype=pl.Float64),
        pl.Series("high", [high for _, high in limits], dtype=pl.Float64),
    )


def checks(found: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Checks that officers made: officer, declaration_id, office, source, found_on, illicit; in the order of time.

    `source` is what selected it and the channel; "officer" where the engine left it green.
    """
    source = decided.select(
        "declaration_id",
        pl.concat_str("targeted_by", "channel", separator=" ").alias("source"),
        pl.col("channel").alias("engine"),
    )
    return (
        found.drop_nulls("officer")
        .group_by("officer", "declaration_id")
        .agg(pl.col("office").first(), pl.col("found_on").max(), pl.col("illicit").any(), pl.col("number").max())
        .join(source, on="declaration_id", how="left")
        .with_columns(pl.when(pl.col("engine") == "green").then(pl.lit("officer")).otherwise("source").alias("source"))
        .drop("engine")
        .sort("officer", "found_on", "number")
    )


def streaks(checked: pl.DataFrame) -> pl.DataFrame:
    """The run of declarations without a find in which each inspector stands: one row an inspector.

    Columns: officer, office, checked, found, streak, chance, all_chance. `chance` is that of a run at least as long,
    had each check found something as often as checks of the same source and channel by the others did;
    `all_chance` is corrected for the number of inspectors (Šidák): the chance that any of them has such a run.
    """
    people = checked["officer"].n_unique()
    rows = [
        {**one, "all_chance": 1.0 - (1.0 - one["chance"]) ** people if one["streak"] else 1.0}
        for one in _streaks(checked)
    ]
    whole = dict.fromkeys(("checked", "found", "streak"), pl.Int64)
    shares = dict.fromkeys(("chance", "all_chance"), pl.Float64)
    return pl.DataFrame(rows, schema={"officer": pl.Int64, "office": pl.String, **whole, **shares}).sort(
        "all_chance", "officer"
    )


def _streaks(checked: pl.DataFrame) -> Iterator[dict[str, Any]]:
    total = _by_source(checked)
    for (officer,), mine in checked.partition_by("officer", as_dict=True, maintain_order=True).items():
        own = _by_source(mine)
        expected = {  # of the others; half a find and a whole check are added, so that no rate is 0 or 1
            source: (total[source][0] - k + 0.5) / (total[source][1] - n + 1.0) for source, (k, n) in own.items()
        }
        nothing = mine["illicit"].to_numpy()[::-1]
        streak = int(np.argmax(nothing)) if nothing.any() else nothing.size
        chance = float(np.prod([1.0 - expected[source] for source in mine["source"].to_list()[::-1][:streak]]))
        yield {
            "officer": officer,
            "office": mine["office"].mode().sort()[0],
            "checked": mine.height,
            "found": int(mine["illicit"].sum()),
            "streak": streak,
            "chance": chance,
        }


def _by_source(part: pl.DataFrame) -> dict[str | None, tuple[int, int]]:
    counted = part.group_by("source").agg(pl.col("illicit").sum(), pl.len().alias("n"))
    return {source: (found, n) for source, found, n in counted.iter_rows()}


def pairs(checked: pl.DataFrame, declarants: pl.DataFrame) -> pl.DataFrame:
    """Inspectors who find less at one declarant than others find at the same: one row a pair that could be judged.

    `declarants`: declaration_id, declarant (key), name. Fisher's exact test of the inspector's declarations of that
    declarant against those that others checked; `chance` is its p-value, `false` the rate of false discoveries at
    which the pair would be told (Benjamini and Hochberg, over all pairs judged). Columns: officer, office, declarant,
    name, checked, found, others_checked, others_found, chance, false.
    """
    known = checked.join(declarants, on="declaration_id").with_columns(pl.col("illicit").cast(pl.Int64))
    each = known.group_by("declarant").agg(
        SIZE.alias("all_checked"), pl.col("illicit").sum().alias("all_found"), pl.col("name").first()
    )
    both = (
        known.group_by("officer", "declarant")
        .agg(pl.col("office").mode().sort().first(), SIZE.alias("checked"), pl.col("illicit").sum().alias("found"))
        .join(each, on="declarant")
        .filter((pl.col("checked") >= LEAST) & (pl.col("all_checked") > pl.col("checked")))
        .with_columns(
            (pl.col("all_checked") - pl.col("checked")).alias("others_checked"),
            (pl.col("all_found") - pl.col("found")).alias("others_found"),
        )
        .sort("officer", "declarant")
    )
    counts = both.select("found", "all_checked", "all_found", "checked").to_numpy()
    chance = [float(stats.hypergeom.cdf(k, total, finds, n)) for k, total, finds, n in counts]
    false = stats.false_discovery_control(np.array(chance)) if chance else []
    return (
        both.with_columns(
            pl.Series("chance", chance, dtype=pl.Float64), pl.Series("false", list(false), dtype=pl.Float64)
        )
        .select(
            *("officer", "office", "declarant", "name"),
            *("checked", "found", "others_checked", "others_found", "chance", "false"),
        )
        .sort("chance", "officer", "declarant")
    )
