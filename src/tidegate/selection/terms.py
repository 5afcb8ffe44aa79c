"""The terms of each office and day: what a demand, a score or an uncertainty is worth there, and what follows.

One office on one day is a *cell*. Its capacity is shared out, channel by channel (red, yellow, blue), in this order:

1. the random draw: `random_rate` for every declaration that is not exempt, lowered evenly only where the draw alone
   would pass the capacity by more than the policy's tolerance;
2. profiles: what is demanded above that rate. Where it is more than there is room for, demands of 1 come first, then
   the higher score; declarations that stand equal at the cut get the same share of what they ask for;
3. the model: the highest scores are filled up to 1, those equal at the cut by the same share;
4. exploration, in red only: its reserved share of the capacity, in proportion to uncertainty, among those that
   neither a profile nor the model has chosen.

The outcome is a handful of numbers a cell, its *terms*: cuts, shares and one rate. Given the terms, the probability
of a declaration depends on nothing but its own case. That is why the batch, the desk and the counterfactual
can share one formula, and why a probability is known before anything is drawn.

Probabilities are whole numbers of 1/2**32. Sums are then exact, in any order and on any machine, and the
expected number of selections of a cell stays at or below its capacity to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import DecisionError
from tidegate.selection.claims import Claims
from tidegate.selection.policy import Policy
from tidegate.selection.rules import CHANNELS
from tidegate.selection.sources import SOURCES

__all__ = ["UNIT", "Terms", "bounded", "locate", "opening", "parts"]

UNIT = 2**32
"""A probability of 1."""
PROFILE, MODEL, EXPLORATION, DRAW = range(len(SOURCES))
GRAIN = 2.0**20
"""Steps in which an uncertainty is weighed against the largest of its cell."""

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of m cells. Arrays are [m], or [3, m] by channel; capacity, floor and explore are in units of 1/2**32.

    Whoever stands above a cut gets all of what is asked for; whoever stands at it gets that share of it.
    """

    policy: Policy
    cells: pl.DataFrame
    """lodged_on, office, volume (declarations); one row a cell."""
    capacity: Whole
    factor: Floats
    floor: Whole
    profile_cut: Floats
    profile_share: Floats
    model_cut: Floats
    model_share: Floats
    explore: Floats
    """Units of probability for each step of weight."""
    most_unsure: Floats

    def without(self, source: str) -> Terms:
        """The same terms, had one source (a name of SOURCES) had no say. Raises DecisionError for an unknown name."""
        closed = np.full_like(self.profile_cut, np.inf)
        match source:
            case "profile":
                return replace(self, profile_cut=closed)
            case "model":
                return replace(self, model_cut=closed)
            case "exploration":
                return replace(self, explore=np.zeros_like(self.explore))
            case "draw":
                return replace(self, floor=np.zeros_like(self.floor))
        names = ", ".join(item.name for item in SOURCES)
        raise DecisionError(f"{source!r} is not a source.", where="without", hint=f"Choose {names}.")

    def only(self, row: int) -> Terms:
        """The terms of one cell."""
        arrays = {f.name: getattr(self, f.name)[..., row : row + 1] for f in fields(self)[2:]}
        return replace(self, cells=self.cells[row : row + 1], **arrays)


def locate(cases: pl.DataFrame, cells: pl.DataFrame) -> Whole:
    """The row in `cells` of each case's office and day. Raises DecisionError for a case that has none."""
    keys = ["lodged_on", "office"]
    at = cases.select(keys).join(
        cells.select(keys).with_row_index("cell"), on=keys, how="left", nulls_equal=True, maintain_order="left"
    )["cell"]
    if at.null_count():
        raise DecisionError(
            "an office and day is not among the terms.", where="cases", hint="Use the terms of these cases."
        )
    return at.cast(pl.Int64).to_numpy()


def opening(policy: Policy, cells: pl.DataFrame) -> Terms:
    """Terms before anything is cleared: the full random rate, every demand as it stands, no model, no exploration."""
    rules = [policy.rules(office) for office in cells["office"]]
    volumes: Sequence[int] = cells["volume"].to_list()
    shape = (len(CHANNELS), cells.height)
    capacity = [[units(r.capacity[c].of(v)) for r, v in zip(rules, volumes, strict=True)] for c in CHANNELS]
    floor = [[units(r.random_rate) if r.random_channel == c else 0 for r in rules] for c in CHANNELS]
    return Terms(
        policy=policy,
        cells=cells,
        capacity=np.array(capacity, np.int64).reshape(shape),
        factor=np.array([r.trusted_factor for r in rules], np.float64),
        floor=np.array(floor, np.int64).reshape(shape),
        profile_cut=np.full(shape, -np.inf),
        profile_share=np.zeros(shape),
        model_cut=np.full(shape, np.inf),
        model_share=np.zeros(shape),
        explore=np.zeros(cells.height),
        most_unsure=np.zeros(cells.height),
    )


class Clearing(Protocol):
    """Sets the terms of a channel while its parts are being worked out (see clearing.py)."""

    def profiles(self, channel: int, want: Whole, standing: Floats, taken: Whole) -> None:
        """Set the profile cut from what is wanted by whom and what is taken already."""

    def model(self, channel: int, want: Whole, score: Floats, taken: Whole) -> None:
        """Set the model cut."""

    def exploration(self, weight: Whole, taken: Whole) -> None:
        """Set the rate of exploration."""


def parts(mine: Claims, terms: Terms, *, apart: bool = False, clearing: Clearing | None = None) -> Whole:
    """The probability of each declaration by source and channel: int64[4, 3, n] in units, sources in order of SOURCES.

    Within a channel it is the probability of being drawn there, given that no earlier channel drew; 0 where an earlier
    one is certain to, unless `apart`, which asks each channel as if it were the only one.
    """
    cell, out = mine.cell, np.zeros((len(SOURCES), len(CHANNELS), mine.cell.size), np.int64)
    factor = np.where(mine.trusted, terms.factor[cell], 1.0)
    most = units(factor)
    closed = np.zeros(cell.size, np.bool_)
    for c in range(len(CHANNELS)):
        draw, profile, model, exploration = (out[source, c] for source in (DRAW, PROFILE, MODEL, EXPLORATION))
        draw[:] = np.where(closed | mine.exempt, 0, terms.floor[c, cell])

        if mine.demand[c].any():
            firm = mine.demand[c] >= 1
            want = np.maximum(units(np.where(firm, 1.0, mine.demand[c] * factor)) - draw, 0) * ~closed
            standing = mine.score + 3.0 * firm  # a score is -1 to 1: every firm demand stands above every other
            if clearing:
                clearing.profiles(c, want, standing, draw)
            profile[:] = _granted(want, standing, terms.profile_cut[c, cell], terms.profile_share[c, cell])

        if clearing or (mine.score >= terms.model_cut[c, cell]).any():
            want = np.maximum(most - draw - profile, 0) * ~closed
            if clearing:
                clearing.model(c, want, mine.score, draw + profile)
            model[:] = _granted(want, mine.score, terms.model_cut[c, cell], terms.model_share[c, cell])

        if CHANNELS[c] == "red":
            free = (profile == 0) & (model == 0) & ~mine.exempt
            weight = _weight(mine, terms, factor) * free
            if clearing:
                clearing.exploration(weight, draw + profile + model)
            exploration[:] = np.minimum(weight * terms.explore[cell], UNIT - draw).astype(np.int64)

        if not apart:
            closed |= out[:, c].sum(axis=0) == UNIT
    return out


def bounded(wanted: Sequence[Sequence[int]], room: Sequence[int]) -> list[list[int]]:
    """What one declaration gets of its `parts` apart, both by channel and source, in units: in each channel no more
    than there is `room` for on top of the random draw, and nothing after a channel that is certain to draw."""
    out = [[0] * len(SOURCES) for _ in CHANNELS]
    for got, asked, left in zip(out, wanted, room, strict=True):
        left = max(left, 0)
        for source in (PROFILE, MODEL, EXPLORATION):
            got[source] = min(asked[source], left)
            left -= got[source]
        got[DRAW] = asked[DRAW]
        if sum(got) == UNIT:
            break
    return out


def units(probability: Floats | float) -> Whole:
    """A probability in whole units, rounded down."""
    whole: Whole = np.floor(np.asarray(probability) * UNIT).astype(np.int64)
    return whole


def _granted(want: Whole, standing: Floats, cut: Floats, share: Floats) -> Whole:
    some = np.where(standing == cut, np.floor(want * share).astype(np.int64), 0)
    return np.where(standing > cut, want, some)


def _weight(mine: Claims, terms: Terms, factor: Floats) -> Whole:
    """Exploration weight, 1 to GRAIN + 1 before the trusted factor; what was never measured is most unsure."""
    largest = terms.most_unsure[mine.cell]
    ratio = np.divide(mine.uncertainty, largest, out=np.ones_like(factor), where=largest > 0)
    ratio = np.where(np.isnan(mine.uncertainty), 1.0, np.minimum(ratio, 1.0))
    return np.floor((np.floor(ratio * GRAIN) + 1.0) * factor).astype(np.int64)
