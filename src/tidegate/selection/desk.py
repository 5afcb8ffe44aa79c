"""The desk: the same decision for one declaration at a time, as it is lodged, in well under a millisecond.

A batch clears its cells with all of a day's declarations in view. The desk cannot wait for them: it takes the terms
of the last day that was cleared for the office (its cuts, shares and rates), and applies the same formula to the one
case. What the batch holds by clearing, the desk holds by a guard: it counts, for each office, day and channel, what
was expected and what was selected, and lets profiles, model and exploration have no more than is left of the
capacity. The random draw is never refused. The capacity is thus kept in expectation, up to the draw's own share, and
the number selected can pass it only by what the random draw adds after it is full, and by one.

The probability is fixed before the declaration's own points are looked at, from what went before; so it is known,
and weights of 1/probability stay unbiased. Each declaration is drawn on its own points (Poisson sampling), which the
key of the day gives: a wheel turned in the order of lodging would tell a trader who saw a neighbour opened that
the next ones are safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from tidegate.errors import DecisionError
from tidegate.selection.claims import claim
from tidegate.selection.decision import CHANNEL_NAMES, OUTCOME, drawn_channel, outcome
from tidegate.selection.keys import Keys, commitment, tickets
from tidegate.selection.policy import Policy
from tidegate.selection.rules import CHANNELS
from tidegate.selection.terms import UNIT, Terms, Whole, opening, parts

__all__ = ["Desk", "Tally"]


@dataclass(slots=True)
class Tally:
    """How far one office has come on one day; by channel, the probability spent and the number selected."""

    volume: int = 0
    spent: list[int] = field(default_factory=lambda: [0] * len(CHANNELS))
    """In units of 1/2**32."""
    selected: list[int] = field(default_factory=lambda: [0] * len(CHANNELS))


class Desk:
    """Decides one declaration after another. `terms`: those of past days (`clear`); without them, or for an office that
    they do not know, demands and the random draw have their way and the model is not asked.

    `tallies` is all of its state: keep it, and a new desk goes on where the last one stopped.
    """

    def __init__(
        self,
        policy: Policy,
        keys: Keys,
        terms: Terms | None = None,
        tallies: dict[tuple[date, str | None], Tally] | None = None,
    ) -> None:
        self.policy = policy
        self.keys = keys
        self.tallies = {} if tallies is None else tallies
        self._terms: dict[str | None, Terms] = {}
        self._keys: dict[date, tuple[bytes, str]] = {}
        self._last: tuple[Terms, Whole, Whole] | None = None
        if terms is not None:
            latest = terms.cells.with_row_index("row").sort("lodged_on").group_by("office").last()
            self._terms = {office: terms.only(row) for office, row in latest.select("office", "row").iter_rows()}

    def decide(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """Decide one case (keys of CASE_SCHEMA) and count it; returns the case and OUTCOME. None is to come twice.

        Raises DecisionError for a case that cannot be used; nothing is counted then.
        """
        mine = claim(case, self.policy)
        day, office = case["lodged_on"], case["office"]
        tally = self.tallies.setdefault((day, office), Tally())
        terms = self._terms.get(office) or self._opened(office)
        room = self._room(office, terms, tally)
        share = parts(mine, terms, room=room)
        key, sealed = self._key(day)
        ticket, point = tickets(key, (case["declaration_id"],))
        self._last = (terms, room, point)

        made = {name: value[0] for name, value in outcome(share, point).items()}
        tally.volume += 1
        for c, chance in enumerate(share.sum(axis=0)[:, 0].tolist()):
            tally.spent[c] += chance
            tally.selected[c] += made["channel"] == CHANNELS[c]
        made |= {"ticket": ticket[0], "commitment": sealed}
        values = (made[name] for name in OUTCOME)
        plain = (value.item() if isinstance(value, np.generic) else value for value in values)
        return {**case, **dict(zip(OUTCOME, plain, strict=True))}

    def reconsider(self, case: Mapping[str, Any], without: str | None = None) -> str:
        """The channel that the declaration decided last would have had, were this its case (say, with one demand less),
        or had one source (a name of SOURCES) had no say; nothing is counted. Raises DecisionError.

        Held fixed: its points, that is, chance; the terms; and what was left of the capacities when it came.
        """
        if self._last is None:
            raise DecisionError("nothing was decided yet.", where="desk", hint="Decide first.")
        terms, room, point = self._last
        share = parts(claim(case, self.policy), terms.without(without) if without else terms, room=room)
        return str(CHANNEL_NAMES[drawn_channel(share.sum(axis=0), point)][0])

    def _room(self, office: str | None, terms: Terms, tally: Tally) -> Whole:
        """What is left of each capacity, int64[3] in units, after what was spent or selected and the draw to come."""
        usual = terms.cells["volume"][0]
        room = []
        for c, channel in enumerate(CHANNELS):
            capacity = self.policy.rules(office).capacity[channel].of(max(usual, tally.volume + 1))
            if capacity and not usual:
                capacity = max(capacity, 1.0)  # a share of a day nobody has seen yet is at least one declaration
            used = max(tally.spent[c], tally.selected[c] * UNIT)
            to_come = int(terms.floor[c, 0]) * max(usual - tally.volume, 1)
            room.append(int(capacity * UNIT) - used - to_come)
        return np.array(room, np.int64)

    def _opened(self, office: str | None) -> Terms:
        cells = pl.DataFrame({"office": [office], "volume": [0]}, schema={"office": pl.String, "volume": pl.Int64})
        return self._terms.setdefault(office, opening(self.policy, cells))

    def _key(self, day: date) -> tuple[bytes, str]:
        if day not in self._keys:
            key = self.keys.key(day)
            self._keys = {day: (key, commitment(day, key))}
        return self._keys[day]
