"""Outcomes: what was decided about every declaration, joined with what was found in those that were opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from tidegate.errors import DecisionError, EstimateError, InputError

__all__ = ["CHANNELS", "outcomes"]

CHANNELS: tuple[str, ...] = ("yellow", "red", "blue")

REQUIRED = ("declaration_id", "lodged_on", "channel", "probability")


def outcomes(
    decisions: pl.DataFrame,
    findings: pl.DataFrame,
    *,
    channels: Sequence[str] = CHANNELS,
    as_of: date | None = None,
) -> pl.DataFrame:
    """One row a decision, in the order of `decisions`, with what its selection brought.

    Columns: declaration_id, lodged_on, office, channel, source (targeted_by), hits, probability (of being sent to
    one of `channels`), selected (it was), opened (selected, and a finding with a known probability is there), illicit
    and revenue (null unless opened), officer, officer_illicit, officer_revenue (what was opened by hand).

    A finding is an officer's choice, and never enters an estimate, when `selected_by` is 'officer', when its
    `probability` is null, or when the decision did not select the declaration. Findings of one declaration are
    taken together: illicit if any is, revenue summed. With `as_of`, only what was known at the end of that day counts.

    Raises InputError when a column is missing, DecisionError when decisions contradict themselves.
    """
    for table, name, needed in (
        (decisions, "decisions", REQUIRED),
        (findings, "findings", ("declaration_id", "illicit")),
    ):
        missing = [column for column in needed if column not in table.columns]
        if missing:
            raise InputError(f"column(s) missing: {', '.join(missing)}.", where=name)
    cases = decisions.select(
        "declaration_id",
        "lodged_on",
        _optional(decisions, "office", pl.String),
        "channel",
        _optional(decisions, "targeted_by", pl.String).alias("source"),
        _optional(decisions, "hits", pl.List(pl.String)).fill_null([]),
        _probability(decisions, channels),
        pl.col("channel").is_in(list(channels)).alias("selected"),
    )
    _check(cases)
    known = findings.select(
        "declaration_id",
        "illicit",
        _optional(findings, "revenue", pl.Float64).fill_null(0.0),
        _optional(findings, "probability", pl.Float64).alias("known"),
        _optional(findings, "selected_by", pl.String).fill_null("").alias("chosen"),
        _optional(findings, "found_on", pl.Date),
    )
    if as_of is not None:
        known = known.filter(pl.col("found_on") <= as_of)
    by_hand = (pl.col("chosen") == "officer") | pl.col("known").is_null() | ~pl.col("selected")
    known = known.join(cases.select("declaration_id", "selected"), on="declaration_id").with_columns(
        by_hand.alias("hand")
    )
    results = known.group_by("declaration_id").agg(
        (~pl.col("hand")).any().alias("opened"),
        pl.col("illicit").filter(~pl.col("hand")).any().alias("illicit"),
        pl.col("revenue").filter(~pl.col("hand")).sort().sum().alias("revenue"),
        pl.col("hand").any().alias("officer"),
        pl.col("illicit").filter(pl.col("hand")).any().alias("officer_illicit"),
        pl.col("revenue").filter(pl.col("hand")).sort().sum().alias("officer_revenue"),
    )
    return cases.join(results, on="declaration_id", how="left", maintain_order="left").with_columns(
        pl.col("opened", "officer", "officer_illicit").fill_null(False),
        pl.col("officer_revenue").fill_null(0.0),
        pl.when(pl.col("opened")).then("illicit").alias("illicit"),
        pl.when(pl.col("opened")).then("revenue").alias("revenue"),
    )


def require_opened(table: pl.DataFrame) -> None:
    """Raise EstimateError when nothing in `table` was selected with a known probability and has a finding."""
    if not table["opened"].any():
        by_hand = int(table["officer"].sum())
        raise EstimateError(
            f"none of {table.height} declarations was both selected with a known probability and reported on"
            + (f" ({by_hand} were opened by hand, which estimates cannot use)." if by_hand else "."),
            where="findings",
            hint="Give the findings of what these decisions selected, with selected_by and probability.",
        )


def _optional(table: pl.DataFrame, name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    return pl.col(name).cast(dtype) if name in table.columns else pl.lit(None, dtype).alias(name)


def _probability(decisions: pl.DataFrame, channels: Sequence[str]) -> pl.Expr:
    unknown = sorted(set(channels) - set(CHANNELS))
    if unknown or not channels:
        raise EstimateError(f"no such channel: {unknown}.", hint=f"Choose among {', '.join(CHANNELS)}.")
    if set(channels) == set(CHANNELS):
        return pl.col("probability").cast(pl.Float64)
    parts = [f"p_{channel}" for channel in channels]
    missing = [part for part in parts if part not in decisions.columns]
    if missing:
        raise InputError(f"column(s) missing: {', '.join(missing)}.", where="decisions")
    return pl.sum_horizontal(parts).clip(0.0, 1.0).alias("probability")


def _check(cases: pl.DataFrame) -> None:
    bad = cases.filter(pl.col("probability").is_null() | ~pl.col("probability").is_between(0.0, 1.0 + 1e-9))
    if bad.height:
        raise DecisionError(
            f"{bad.height} decision(s) have a probability that is not between 0 and 1.",
            where=f"decision {bad['declaration_id'][0]}",
            hint="Every decision must carry the probability with which it was selected.",
        )
    impossible = cases.filter(pl.col("selected") & (pl.col("probability") <= 0.0))
    if impossible.height:
        raise DecisionError(
            f"{impossible.height} declaration(s) were selected although their probability is 0.",
            where=f"decision {impossible['declaration_id'][0]}",
            hint="What an officer opens by hand belongs in the findings (selected_by 'officer'), not in the decisions.",
        )
    if cases["declaration_id"].n_unique() != cases.height:
        twice = cases.filter(pl.col("declaration_id").is_duplicated())["declaration_id"][0]
        raise DecisionError(
            "one declaration has two decisions.", where=f"decision {twice}", hint="Give one run at a time."
        )
