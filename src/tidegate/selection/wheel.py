"""The wheel: systematic sampling with exact probabilities, in an order that nobody can foresee.

For one office, day and channel, the declarations stand in the order of their tickets. A wheel of circumference 1
starts where the day key says. Each declaration turns it on by its own probability; whoever carries it past the mark
is drawn. Since the start is uniform, each is drawn with exactly its probability; since the wheel turns once for each
whole unit of probability, the number drawn is the expected number, rounded down or up, and never anything else
(Madow 1949; with the order drawn at random: Hartley and Rao 1962).

All is in whole units of 1/2**32, so that "past the mark" has no rounding. Where the wheel stands after a declaration
is its *point*: it was drawn when its point is below its probability. Points make a draw checkable row by row, and a
counterfactual exact: another probability, the same point. A certain declaration turns the wheel once around, which
tells nothing of it; its own point from the day key is added to where the wheel stands, so that chance, had it come to
that, is its own and not that of its neighbours.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from tidegate.selection.keys import Keys, start
from tidegate.selection.rules import CHANNELS
from tidegate.selection.terms import UNIT, Floats, Whole

__all__ = ["order", "points", "shift", "starts"]


def order(cell: Whole, ticket: Floats, ids: pl.Series) -> Whole:
    """Row numbers by cell, then ticket, then (one tie in 2**53) id."""
    rows = np.lexsort((ticket, cell))
    if not (np.diff(cell[rows]) | (np.diff(ticket[rows]) != 0)).all():
        rows = np.lexsort((ids.rank("dense").to_numpy(), ticket, cell))
    return rows


def starts(cells: pl.DataFrame, keys: Keys) -> Whole:
    """Where the wheels stand at first: int64[3, m] in units, for the m rows (lodged_on, office) of `cells`."""
    days = {day: keys.key(day) for day in cells["lodged_on"].unique()}
    rows = list(zip(cells["lodged_on"], cells["office"], strict=True))
    return np.array([[start(days[day], c, office) for day, office in rows] for c in CHANNELS], np.int64).reshape(
        len(CHANNELS), len(rows)
    )


def points(chance: Whole, own: Whole, begin: Whole, cell: Whole, rows: Whole) -> Whole:
    """The point of each declaration: int64[3, n] in units.

    `chance` is int64[3, n] in units, `own` int64[3, n] from `lots`, `begin` int64[3, m] from `starts`, `rows` from
    `order`.
    """
    out = np.empty_like(chance)
    ordered = cell[rows]
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    size = np.diff(first, append=ordered.size)
    for c in range(len(CHANNELS)):
        turned = np.cumsum(chance[c, rows])
        before = np.repeat(turned[first] - chance[c, rows[first]], size)
        out[c, rows] = begin[c, ordered] + turned - before
    return (out + shift(chance, own)) % UNIT


def shift(chance: Whole, own: Whole) -> Whole:
    """From where the wheel stands to the point: nothing, or the declaration's own point where it is certain."""
    return np.where(chance == UNIT, own, 0)
