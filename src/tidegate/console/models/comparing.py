"""Comparing two models: on findings that neither learned from, by their scores, and by what would be selected."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from tidegate.assessment import labelled
from tidegate.console.deciding import engine_of
from tidegate.console.models import shelf
from tidegate.console.models.training import findings
from tidegate.console.profiles import history
from tidegate.console.profiles.simulation import replay
from tidegate.errors import InputError
from tidegate.models import Model
from tidegate.models.card import measure
from tidegate.yardstick import rate_interval

__all__ = ["LEAST", "compare"]

LEAST = 50  # lines with a finding, before figures are told
TOP = 0.05  # share of the lines that is called the top
SELECTED = ("red", "yellow", "blue")


def compare(first: str, second: str) -> dict[str, Any]:
    """Figures of two models (names of folders) on the last ninety days, as plain JSON.

    `judged`: for each the figures of `models.card.measure` on lines lodged after both had learned, with intervals of
    the precision; null with `why` where there are too few. `agreement`: rank correlation of the scores of all lines,
    and the share of the top lines that both have. `selected`: declarations by channel under each, with the book, policy
    and draw in force; `changes`: how many one alone selects, and in how many of those something was found.
    """
    models = [Model.load(shelf.place(name)) for name in (first, second)]
    history.make()
    held, edition = history.known(), history.in_force()
    if held is None or edition is None or not held.table.height:
        raise InputError("no days are kept ready.", where="history", hint="Wait for declarations of whole days.")
    told = [one.judge(held.table) for one in models]
    scores = [score for score, _doubt in told]
    engine = engine_of(edition)
    runs = [replay(list(engine.book), held.table, engine, score, doubt).decided for score, doubt in told]
    return {
        "window": [held.first.isoformat(), held.last.isoformat()],
        "lines": held.table.height,
        "judged": _judged(held.table, scores, [first, second]),
        "agreement": _agreement(scores),
        "selected": [{name: int((run["channel"] == name).sum()) for name in SELECTED} for run in runs],
        "changes": _changes(runs),
    }


def _judged(table: pl.DataFrame, scores: list[Any], names: list[str]) -> dict[str, Any]:
    cards = [held for held in (shelf.one(name) for name in names) if held]
    since = max(held.last for held in cards)
    keyed = table.with_columns(pl.Series("first", scores[0]), pl.Series("second", scores[1]))
    fresh = keyed.filter(pl.col("lodged_on") > since)
    told: dict[str, Any] = {"since": since.isoformat(), "figures": None, "why": ""}
    try:
        known = labelled(fresh, findings())
    except InputError:
        return {**told, "why": "none"}
    illicit = known["illicit"].to_numpy()
    if known.height < LEAST or not 0 < illicit.sum() < known.height:
        return {**told, "why": "few", "lines": known.height, "found": int(illicit.sum())}
    revenue = known["recovered"].to_numpy()
    figures = [measure(known[side].to_numpy(), illicit, revenue) for side in ("first", "second")]
    for one in figures:
        for row in one["top"]:
            row["low"], row["high"] = rate_interval(row["found"], row["opened"])
    return {**told, "figures": figures, "lines": known.height, "found": int(illicit.sum())}


def _agreement(scores: list[Any]) -> dict[str, Any]:
    size = max(1, round(TOP * len(scores[0])))
    tops = [set(np.argsort(-one, kind="stable")[:size].tolist()) for one in scores]
    same = bool(np.ptp(scores[0]) == 0 or np.ptp(scores[1]) == 0)
    return {
        "rank": None if same else float(stats.spearmanr(scores[0], scores[1]).statistic),
        "top": size,
        "both": len(tops[0] & tops[1]) / size,
    }


def _changes(runs: list[pl.DataFrame]) -> dict[str, Any]:
    """Declarations that only one of both selects; `opened` and `found` of those with a finding."""
    both = (
        runs[0]
        .select("declaration_id", pl.col("channel").alias("a"))
        .join(runs[1].select("declaration_id", pl.col("channel").alias("b")), on="declaration_id")
    )
    found = findings().group_by("declaration_id").agg(pl.col("illicit").any())
    known = both.join(found, on="declaration_id", how="left")

    def counted(part: pl.DataFrame) -> dict[str, int]:
        return {
            "declarations": part.height,
            "opened": part.height - part["illicit"].null_count(),
            "found": int(part["illicit"].sum() or 0),
        }

    a, b = pl.col("a") != "green", pl.col("b") != "green"
    return {
        "both": counted(known.filter(a & b)),
        "first": counted(known.filter(a & ~b)),
        "second": counted(known.filter(b & ~a)),
    }
