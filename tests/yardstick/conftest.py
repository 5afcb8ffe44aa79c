"""A small trade with a known truth, selected by systematic draws in ticket order, office by office and day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

Trade = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


def systematic(probability: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """One systematic draw with unequal probabilities, in random order: as many as the sum of them, give or take one."""
    order = rng.permutation(probability.size)
    steps = np.floor(np.concatenate([[0.0], np.cumsum(probability[order])]) + rng.random())
    drawn = np.empty(probability.size, dtype=bool)
    drawn[order] = np.diff(steps) > 0
    return drawn


def make_trade(seed: int, size: int = 3000, days: int = 30, fraud: float = 0.05) -> Trade:
    """Decisions, findings of all that was selected, and truth (declaration_id, illicit, revenue)."""
    rng = np.random.default_rng(seed)
    first = date(2026, 3, 1)
    risk = np.clip(fraud * rng.lognormal(-0.5, 1.0, size), 0.0, 0.95)
    hit = rng.random(size) < 0.04
    risk = np.where(hit, np.maximum(risk, 0.3), risk)
    illicit = rng.random(size) < risk
    probability = np.where(hit, 0.6, np.where(rng.random(size) < 0.04, np.clip(4 * risk, 0.03, 1.0), 0.02))
    day, office = rng.integers(0, days, size), rng.integers(0, 3, size)
    selected = np.zeros(size, dtype=bool)
    for cell in np.unique(day * 3 + office):
        rows = np.flatnonzero(day * 3 + office == cell)
        selected[rows] = systematic(probability[rows], rng)
    source = np.where(hit, "profile", np.where(probability > 0.02, "model", "draw"))
    decisions = pl.DataFrame(
        {
            "declaration_id": [f"D{n:06d}" for n in range(size)],
            "lodged_on": [first + timedelta(int(n)) for n in day],
            "office": [f"0{n}CC" for n in office],
            "channel": np.where(selected, "red", "green"),
            "probability": probability,
            "targeted_by": source,
            "hits": [["P-1"] if one else [] for one in hit],
        },
        schema_overrides={"hits": pl.List(pl.String)},
    )
    truth = decisions.select("declaration_id", "lodged_on", "office").with_columns(
        pl.Series("illicit", illicit), pl.Series("revenue", np.where(illicit, rng.lognormal(5, 0.8, size), 0.0))
    )
    findings = truth.filter(selected).select(
        "declaration_id",
        pl.lit(None, pl.Int32).alias("item_number"),
        (pl.col("lodged_on") + timedelta(3)).alias("found_on"),
        "illicit",
        "revenue",
        pl.Series("selected_by", source[selected]),
        pl.Series("probability", probability[selected]),
    )
    return decisions, findings, truth


@pytest.fixture(scope="session")
def trade() -> Callable[..., Trade]:
    return make_trade
