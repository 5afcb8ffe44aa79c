"""Chances: how many were expected to be selected and how many were, and how the scores are spread."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import polars as pl

__all__ = ["Band", "ScoreTally", "by_probability", "by_source", "score_tally"]

BANDS = (0.0, 0.02, 0.1, 0.5, 1.0)
SCORE_BINS = 40
# Where most trade is honest most scores are small: the histogram ends at the first of these that holds them all.
SCORE_ENDS = (0.05, 0.1, 0.2, 0.4, 1.0)


@dataclass(frozen=True, slots=True)
class Band:
    """Declarations with one kind of probability: the number expected to be selected is their sum."""

    name: str
    low: float
    high: float
    declarations: int
    expected: float
    selected: int
    drawn: int


@dataclass(frozen=True, slots=True)
class ScoreTally:
    """Scores in equal bins (low, high, declarations, selected) from 0 to `end`.

    `marks`: (share, score): the share of all with the highest scores begins at that score.
    """

    end: float
    bins: tuple[tuple[float, float, int, int], ...]
    marks: tuple[tuple[float, float], ...]
    scored: int
    median: float


def _band(name: str, low: float, high: float, part: pl.DataFrame) -> Band:
    probability = part.get_column("probability")
    return Band(
        name,
        low,
        high,
        part.height,
        float(probability.sum() or 0.0),
        part.filter(pl.col("channel") != "green").height,
        int(part.get_column("drawn").sum() or 0),
    )


def by_source(table: pl.DataFrame) -> tuple[Band, ...]:
    """One band for each main source of probability, with the lowest and highest probability in it."""
    bands = []
    for source in ("profile", "model", "exploration", "draw"):
        part = table.filter(pl.col("targeted_by") == source)
        if part.height:
            low, high = part.select(pl.col("probability").min().alias("a"), pl.col("probability").max().alias("b")).row(
                0
            )
            bands.append(_band(source, low or 0.0, high or 0.0, part))
    return tuple(bands)


def by_probability(table: pl.DataFrame) -> tuple[Band, ...]:
    """Bands of probability: certain, then downwards to what the policy exempts (probability 0)."""
    p = pl.col("probability")
    bands = [_band("certain", 1.0, 1.0, table.filter(p >= 1))]
    for low, high in reversed(list(pairwise(BANDS))):
        bands.append(
            _band(
                "between" if low else "below", low, high, table.filter((p > low if low == 0 else p >= low) & (p < high))
            )
        )
    bands.append(_band("never", 0.0, 0.0, table.filter(p <= 0)))
    return tuple(band for band in bands if band.declarations)


def score_tally(table: pl.DataFrame) -> ScoreTally | None:
    """Count declarations by score; None where there are no scores."""
    scored = table.filter(pl.col("score").is_not_null() & pl.col("score").is_not_nan())
    if scored.is_empty():
        return None
    end = next((end for end in SCORE_ENDS if scored.select((pl.col("score") <= end).all()).item()), 1.0)
    step = (pl.col("score").clip(0, end) / end * SCORE_BINS).floor().clip(0, SCORE_BINS - 1).cast(pl.Int32)
    counted = {
        row[0]: row[1:]
        for row in scored.group_by(step.alias("bin"))
        .agg(pl.len(), (pl.col("channel") != "green").sum().alias("selected"))
        .iter_rows()
    }
    edges = [end * i / SCORE_BINS for i in range(SCORE_BINS + 1)]
    bins = tuple((low, high, *counted.get(i, (0, 0))) for i, (low, high) in enumerate(pairwise(edges)))
    score = scored.get_column("score").sort(descending=True)
    # The k-th highest score, as the officer would count it: the top 1% begin there.
    marks = tuple((share, float(score[max(1, round(share * len(score))) - 1])) for share in (0.01, 0.05))
    return ScoreTally(end, bins, marks if len(score) >= 100 else (), len(score), float(score[len(score) // 2]))
