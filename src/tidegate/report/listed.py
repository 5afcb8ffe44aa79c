"""Who may be on a list: parties and numbers of the declarations that may be entries of a list, each told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tidegate.report.declared import plain

__all__ = ["Listed", "may_be_listed"]

SHOWN = 25  # possible matches that the page tells of
NAMED = 3  # declarations of each that are named


@dataclass(frozen=True, slots=True)
class Listed:
    """One possible match: what was declared, the entry (`code`: list and number), how likely both are the same (None:
    a number that is only near), and in which declarations."""

    declared: str
    code: str
    words: Mapping[str, str]
    probability: float | None
    declarations: int
    selected: int
    named: tuple[str, ...]


def may_be_listed(decisions: pl.DataFrame) -> tuple[tuple[Listed, ...], int]:
    """Return (the likeliest possible matches, how many there are) among the reasons of decisions."""
    told = (
        decisions.select("declaration_id", "channel", "reasons")
        .explode("reasons", empty_as_null=False)
        .unnest("reasons")
        .filter((pl.col("source") == "list") & pl.col("code").str.contains("/", literal=True))
        .group_by("value", "code", maintain_order=True)
        .agg(
            pl.col("text", "text_vi", "weight").first(),
            pl.col("declaration_id").n_unique().alias("declarations"),
            pl.col("declaration_id").filter(pl.col("channel") != "green").n_unique().alias("selected"),
            pl.col("declaration_id").unique(maintain_order=True).head(NAMED).alias("named"),
        )
        .sort("weight", "declarations", "code", "value", descending=[True, True, False, False])
    )
    rows = tuple(
        Listed(
            plain(row["value"], 120),
            plain(row["code"], 80),
            {"en": plain(row["text"], 600), "vi": plain(row["text_vi"] or row["text"], 600)},
            row["weight"] or None,
            row["declarations"],
            row["selected"],
            tuple(plain(name, 40) for name in row["named"]),
        )
        for row in told.head(SHOWN).iter_rows(named=True)
    )
    return rows, told.height
