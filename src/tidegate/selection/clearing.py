"""Clearing: from the cases of a day and a policy to the terms of every office."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from tidegate.errors import PolicyError
from tidegate.selection.claims import Claims, checked, claims
from tidegate.selection.policy import Policy
from tidegate.selection.rules import CHANNELS, Rules
from tidegate.selection.terms import GRAIN, Floats, Terms, Whole, locate, opening, parts

__all__ = ["clear"]

SHY = 1.0 - 2.0**-50
"""Keeps a rounded share below the true one, so that the shares of a budget never add up to more than the budget."""


def clear(cases: pl.DataFrame, policy: Policy) -> Terms:
    """The terms of every office and day among `cases` (columns of CASE_SCHEMA), whatever the order of the rows.

    Raises DecisionError for cases that cannot be used, PolicyError where the policy leaves the random draw no room.
    """
    cases = checked(cases)
    cells = cases.group_by("lodged_on", "office").agg(pl.len().alias("volume")).sort("lodged_on", "office")
    terms = opening(policy, cells)
    if cells.height:
        mine = claims(cases, locate(cases, cells), policy)
        order = np.argsort(mine.cell, kind="stable")
        mine = Claims(**{f.name: getattr(mine, f.name)[..., order] for f in fields(Claims)})
        terms.most_unsure[:] = np.maximum.reduceat(np.nan_to_num(mine.uncertainty), _first(mine.cell))
        market = _Market(mine, terms, [policy.rules(office) for office in cells["office"]])
        market.draw()
        parts(mine, terms, clearing=market)
    return terms


def _first(cell: Whole) -> Whole:
    """Where each cell begins, in claims sorted by cell."""
    return np.flatnonzero(np.diff(cell, prepend=-1))


@dataclass(frozen=True, slots=True)
class _Market:
    """Sets the terms in place, in the order in which `parts` asks. Claims are sorted by cell; rules are one a cell."""

    mine: Claims
    terms: Terms
    rules: list[Rules]

    def total(self, amount: Whole) -> Whole:
        """Sum by cell, exact."""
        summed: Whole = np.add.reduceat(amount, _first(self.mine.cell))
        return summed

    def draw(self) -> None:
        """Lower the random rate where it alone would pass the capacity by more than the tolerance."""
        terms = self.terms
        drawn = self.total((~self.mine.exempt).astype(np.int64))
        most = np.floor(terms.capacity * (1.0 + terms.policy.tolerance)).astype(np.int64) // np.maximum(drawn, 1)
        terms.floor[:] = np.minimum(terms.floor, most)
        for at in np.flatnonzero((drawn > 0) & (terms.floor.max(axis=0) == 0))[:1].tolist():
            raise PolicyError(
                "no room is left for the random draw, and no exemption is in force.",
                where=f"office {terms.cells['office'][at]}, {terms.cells['lodged_on'][at]}",
                hint="Raise the capacity of its random_channel, or write or renew an [[exempt]].",
            )

    def reserve(self, channel: int) -> Whole:
        """What is kept for exploration."""
        share = np.array([rules.exploration_share if CHANNELS[channel] == "red" else 0.0 for rules in self.rules])
        kept: Whole = np.floor(self.terms.capacity[channel] * share).astype(np.int64)
        return kept

    def budget(self, channel: int, taken: Whole) -> Whole:
        """What is left of the capacity beside the reserve for exploration."""
        left: Whole = np.maximum(self.terms.capacity[channel] - self.total(taken) - self.reserve(channel), 0)
        return left

    def profiles(self, channel: int, want: Whole, standing: Floats, taken: Whole) -> None:
        budget = self.budget(channel, taken)
        cut, share = self.cut(want, standing, budget, np.full(budget.size, -np.inf))
        self.terms.profile_cut[channel], self.terms.profile_share[channel] = cut, share

    def model(self, channel: int, want: Whole, score: Floats, taken: Whole) -> None:
        least = np.array([rules.model.get(CHANNELS[channel], np.inf) for rules in self.rules])
        want = want * (score >= least[self.mine.cell])
        cut, share = self.cut(want, score, self.budget(channel, taken), np.nextafter(least, -np.inf))
        self.terms.model_cut[channel], self.terms.model_share[channel] = cut, share

    def exploration(self, weight: Whole, taken: Whole) -> None:
        red = CHANNELS.index("red")
        budget = np.clip(self.terms.capacity[red] - self.total(taken), 0, self.reserve(red))
        # Where nobody was left to explore, whoever is reconsidered there (a profile taken away) would be the one.
        spread = self.total(weight)
        self.terms.explore[:] = budget / np.where(spread > 0, spread, GRAIN + 1.0) * SHY

    def cut(self, want: Whole, standing: Floats, budget: Whole, open_: Floats) -> tuple[Floats, Floats]:
        """Cut and share by cell, so that what is granted fits the budget; `open_` is the cut where everything fits."""
        cell = self.mine.cell
        over = self.total(want) > budget
        cut, share = np.where(over, np.inf, open_), np.zeros(budget.size)
        rows = np.flatnonzero(over[cell] & (want > 0))
        if rows.size:
            rows = rows[np.lexsort((-standing[rows], cell[rows]))]
            c, s = cell[rows], standing[rows]
            head = np.flatnonzero(np.append(True, (np.diff(c) != 0) | (np.diff(s) != 0)))  # of those who stand equal
            group, at = np.add.reduceat(want[rows], head), c[head]
            before = np.cumsum(group) - group
            before -= before[np.searchsorted(at, at)]
            left = np.maximum(budget[at] - before, 0)
            tight = np.flatnonzero(left < group)
            marginal = tight[np.unique(at[tight], return_index=True)[1]]
            cut[at[marginal]] = s[head[marginal]]
            share[at[marginal]] = left[marginal] / group[marginal] * SHY
        return cut, share
