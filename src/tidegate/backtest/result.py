"""The result: what each strategy found, what its yardstick said of the trade, and whether that was true."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tidegate.backtest.strategy import Strategy
from tidegate.yardstick import fraud_rate, outcomes

__all__ = ["Result", "by_period", "in_total"]


@dataclass(frozen=True, slots=True)
class Result:
    """Tables of a backtest.

    `periods`: a row a strategy and period: strategy, period, declarations, illicit and evaded (in truth), opened,
    found, revenue, precision, recall, recall_revenue, explore (share for exploration), estimate, low, high, rate
    (in truth), covered.
    `totals`: a row a strategy over all periods, most finds first: strategy, opened, found, precision, recall,
    recall_revenue, revenue, against_model (finds as a multiple of those of the model alone), covered (share of the
    periods), error (mean of estimate - rate), width (mean of high - low).
    """

    strategies: tuple[Strategy, ...]
    periods: pl.DataFrame
    totals: pl.DataFrame


def by_period(strategy: Strategy, decisions: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """The rows of `Result.periods` of one strategy, in order of time."""
    table = outcomes(decisions, findings).with_columns(decisions.select("period", "guilty", "evaded"))
    counted = table.group_by("period").agg(
        pl.len().cast(pl.Int64).alias("declarations"),
        pl.col("opened").sum().cast(pl.Int64),
        pl.col("illicit").sum().cast(pl.Int64).alias("found"),
        pl.col("guilty").sum().cast(pl.Int64).alias("illicit"),
        pl.col("evaded").sum(),
        pl.col("revenue").sum(),
    )
    said = fraud_rate(table, by="period").select("period", "estimate", "low", "high")
    shares = decisions.group_by("period").agg(pl.col("explore").first())
    rate = pl.col("illicit") / pl.col("declarations")
    return (
        counted.join(said, on="period")
        .join(shares, on="period")
        .sort("period")
        .select(
            pl.lit(strategy.name).alias("strategy"),
            "period",
            "declarations",
            "illicit",
            "evaded",
            "opened",
            "found",
            "revenue",
            *_shares(),
            "explore",
            "estimate",
            "low",
            "high",
            rate.alias("rate"),
            rate.is_between(pl.col("low") - 1e-12, pl.col("high") + 1e-12).alias("covered"),
        )
    )


def in_total(periods: pl.DataFrame) -> pl.DataFrame:
    """The rows of `Result.totals`."""
    totals = periods.group_by("strategy", maintain_order=True).agg(
        pl.col("opened", "found", "illicit", "revenue", "evaded").sum(),
        pl.col("covered").mean(),
        (pl.col("estimate") - pl.col("rate")).mean().alias("error"),
        (pl.col("high") - pl.col("low")).mean().alias("width"),
    )
    alone = totals.filter(pl.col("strategy") == "model")["found"]
    against = pl.col("found") / (alone[0] or None) if len(alone) else pl.lit(None, pl.Float64)
    return totals.select(
        "strategy",
        "opened",
        "found",
        *_shares(),
        "revenue",
        against.alias("against_model"),
        "covered",
        "error",
        "width",
    ).sort("found", descending=True, maintain_order=True)


def _shares() -> tuple[pl.Expr, ...]:
    def share(part: str, whole: str, name: str) -> pl.Expr:
        return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole)).alias(name)

    return (
        share("found", "opened", "precision"),
        share("found", "illicit", "recall"),
        share("revenue", "evaded", "recall_revenue"),
    )
