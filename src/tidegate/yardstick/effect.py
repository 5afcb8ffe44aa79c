"""The effect of a period of selection: every table of the yardstick at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

import polars as pl

from tidegate.yardstick.contribution import by_hand, overlap, profile_contributions, source_contributions
from tidegate.yardstick.decay import profile_trend, verdicts
from tidegate.yardstick.outcomes import outcomes
from tidegate.yardstick.trade import fraud_rate, missed
from tidegate.yardstick.wording import in_words

__all__ = ["Effect", "measure"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What `measure` found, a table each: see the functions of the same names for their columns."""

    rate: pl.DataFrame
    rate_by_month: pl.DataFrame
    rate_by_office: pl.DataFrame
    missed: pl.DataFrame
    missed_by_month: pl.DataFrame
    sources: pl.DataFrame
    profiles: pl.DataFrame
    overlap: pl.DataFrame
    trend: pl.DataFrame
    verdicts: pl.DataFrame
    by_hand: pl.DataFrame
    counts: dict[str, int]

    def tables(self) -> dict[str, pl.DataFrame]:
        """Every table by its name, in the order of a report."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "counts"}

    def text(self, language: str = "en") -> str:
        """The main figures in words, in English ('en') or Vietnamese ('vi')."""
        return in_words(self.tables(), self.counts, language)


def measure(
    decisions: pl.DataFrame, findings: pl.DataFrame, *, recent_days: int = 90, as_of: date | None = None
) -> Effect:
    """Every estimate from decisions (one row a declaration) and findings, of one run of the same trade.

    Raises InputError or DecisionError for tables that do not fit, EstimateError when nothing was opened with a known
    probability.
    """
    table = outcomes(decisions, findings, as_of=as_of)
    rate = fraud_rate(table)
    base = rate["estimate"][0]
    return Effect(
        rate=rate,
        rate_by_month=fraud_rate(table, by="month"),
        rate_by_office=fraud_rate(table, by="office"),
        missed=missed(table),
        missed_by_month=missed(table, by="month"),
        sources=source_contributions(table, base),
        profiles=profile_contributions(table, base),
        overlap=overlap(table),
        trend=profile_trend(table),
        verdicts=verdicts(table, recent_days=recent_days),
        by_hand=by_hand(table),
        counts={
            "declarations": table.height,
            "selected": int(table["selected"].sum()),
            "opened": int(table["opened"].sum()),
            "pending": int((table["selected"] & ~table["opened"]).sum()),
            "exempt": int((table["probability"] <= 0.0).sum()),
            "officer": int(table["officer"].sum()),
            "elsewhere": findings.join(decisions, on="declaration_id", how="anti")["declaration_id"].n_unique(),
        },
    )
