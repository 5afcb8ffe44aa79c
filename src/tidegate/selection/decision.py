"""The decision for a batch: who is opened, with what probability, through what; and what would have been otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import DecisionError
from tidegate.selection.claims import checked, claims
from tidegate.selection.clearing import clear
from tidegate.selection.keys import Keys, lots
from tidegate.selection.policy import Policy
from tidegate.selection.rules import CHANNELS
from tidegate.selection.sources import SOURCES
from tidegate.selection.terms import DRAW, UNIT, Floats, Terms, Whole, locate, parts
from tidegate.selection.wheel import order, points, starts

__all__ = [
    "CHANNEL_NAMES",
    "OUTCOME",
    "chances",
    "decide",
    "drawn_channel",
    "marginals",
    "outcome",
    "reconsider",
]

OUTCOME = (
    *("channel", "probability", "p_red", "p_yellow", "p_blue", "ticket", "targeted_by", "drawn", "commitment", "floor"),
    *(f"p_{source.name}" for source in SOURCES),
    *(f"point_{channel}" for channel in CHANNELS),
)
"""The columns that a decision adds to its case."""

CHANNEL_NAMES = np.array([*CHANNELS, "green"], dtype=object)
SOURCE_NAMES = np.array([source.name for source in SOURCES], dtype=object)


def decide(cases: pl.DataFrame, policy: Policy, keys: Keys, *, terms: Terms | None = None) -> pl.DataFrame:
    """Decide a batch of whole days: `cases` (columns of CASE_SCHEMA, one row a declaration), in their order, plus

    - channel: green, yellow, red, blue; probability: of not being green; p_red, p_yellow, p_blue: they add up to it
    - ticket: in [0, 1); commitment: of the key of the day
    - targeted_by: the source with the largest part of the probability; drawn: selected, and not with certainty
    - floor: what the random draw alone gave; p_profile, p_model, p_exploration, p_draw: the probability by source
    - point_red, point_yellow, point_blue: in [0, 1), where the wheel stood (wheel.py)

    `terms`, when they were cleared from these very cases before, save clearing them again. Nothing depends on the
    order of the rows. Raises DecisionError for cases, PolicyError for a policy, InputError for keys that will not do.
    """
    cases = checked(cases)
    terms = clear(cases, policy) if terms is None else terms
    cell = locate(cases, terms.cells)
    share = parts(claims(cases, cell, policy), terms)
    ticket, own, sealed = lots(cases, keys)
    rows = order(cell, ticket, cases["declaration_id"])
    point = points(share.sum(axis=0), own, starts(terms.cells, keys), cell, rows)
    columns = {**outcome(share, point), "ticket": ticket, "commitment": sealed}
    texts = {"channel", "targeted_by", "commitment"}
    return cases.with_columns(
        pl.Series(name, columns[name], dtype=pl.String if name in texts else None) for name in OUTCOME
    )


def outcome(share: Whole, point: Whole) -> dict[str, NDArray[Any]]:
    """All of OUTCOME but ticket and commitment, from parts int64[4, 3, n] and points int64[3, n], as arrays of n."""
    chance = share.sum(axis=0)
    marginal, reached = marginals(chance)
    certain = (chance == UNIT).any(axis=0)
    by_source = (share / UNIT * reached).sum(axis=1)
    channel = drawn_channel(chance, point)
    return {
        "channel": CHANNEL_NAMES[channel],
        "probability": np.where(certain, 1.0, np.minimum(marginal.sum(axis=0), 1.0)),
        "targeted_by": SOURCE_NAMES[by_source.argmax(axis=0)],
        "drawn": (channel < len(CHANNELS)) & ~certain,
        "floor": share[DRAW].max(axis=0) / UNIT,
        **{f"p_{name}": marginal[c] for c, name in enumerate(CHANNELS)},
        **{f"p_{source.name}": by_source[s] for s, source in enumerate(SOURCES)},
        **{f"point_{name}": point[c] / UNIT for c, name in enumerate(CHANNELS)},
    }


def drawn_channel(chance: Whole, point: Whole) -> NDArray[np.intp]:
    """Index of the first channel that drew, of red, yellow, blue; 3 when none did, which is green."""
    hit = point < chance
    return np.where(hit.any(axis=0), hit.argmax(axis=0), len(CHANNELS))


def marginals(chance: Whole) -> tuple[Floats, Floats]:
    """Probability of ending in each channel, and of reaching its draw, float64[3, n]: p_yellow = (1 - red) yellow."""
    alone = chance / UNIT
    reached = np.ones_like(alone)
    for c in range(1, len(CHANNELS)):
        reached[c] = reached[c - 1] * (1.0 - alone[c - 1])
    return alone * reached, reached


def chances(marginal: Floats) -> Whole:
    """The way back from `marginals`, exact for probabilities that came from there; what is out of range becomes 0."""
    chance = np.zeros(marginal.shape, np.int64)
    reached = np.ones(marginal.shape[1])
    for c in range(len(CHANNELS)):
        alone = np.divide(marginal[c], reached, out=np.zeros_like(reached), where=reached > 0)
        sound = (alone >= 0) & (alone <= 1)
        chance[c] = np.rint(np.where(sound, alone, 0.0) * UNIT).astype(np.int64)
        reached = reached * (1.0 - chance[c] / UNIT)
    return chance


def reconsider(decided: pl.DataFrame, terms: Terms) -> pl.Series:
    """The channel that each declaration would have had on other terms, or with another case of its own: String[n].

    `decided` is (rows of) what `decide` or the desk returned, where columns of the case may have been changed:
    demand_red without one profile, a null score, trusted turned off. `terms` are those of the batch, or
    `terms.without(source)`. Held fixed: the declaration's point, that is, chance; and the terms of its office and day,
    that is, the cuts that all demands and scores of that day had set. Changed: its own probability alone.
    Raises DecisionError.
    """
    names = [f"point_{channel}" for channel in CHANNELS]
    missing = [name for name in names if name not in decided.columns]
    if missing:
        raise DecisionError(f"column(s) missing: {', '.join(missing)}.", where="decisions", hint="Keep them.")
    cases = checked(decided)
    chance = parts(claims(cases, locate(cases, terms.cells), terms.policy), terms).sum(axis=0)
    point = np.stack([np.rint(decided[name].to_numpy() * UNIT).astype(np.int64) for name in names])
    return pl.Series("channel", CHANNEL_NAMES[drawn_channel(chance, point)], dtype=pl.String)
