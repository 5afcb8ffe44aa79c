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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from tidegate.errors import DecisionError
from tidegate.selection.claims import check, claims_of
from tidegate.selection.decision import OUTCOME, outcome
from tidegate.selection.keys import Keys, commitment, tickets
from tidegate.selection.policy import Policy
from tidegate.selection.rules import CHANNELS, Capacity
from tidegate.selection.sources import SOURCES
from tidegate.selection.terms import UNIT, Terms, bounded, opening, parts

__all__ = ["Desk", "Tally"]


@dataclass(slots=True)
class Tally:
    """How far one office has come on one day; by channel, the probability spent and the number selected."""

    volume: int = 0
    spent: list[int] = field(default_factory=lambda: [0] * len(CHANNELS))
    """In units of 1/2**32."""
    selected: list[int] = field(default_factory=lambda: [0] * len(CHANNELS))


@dataclass(frozen=True, slots=True)
class _Office:
    """What holds in an office: its terms, and of them the usual volume of a day and, by channel, how much may be
    selected and the random draw in units."""

    terms: Terms
    usual: int
    capacity: Sequence[Capacity]
    floor: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Of one case, what does not depend on what others got: `wanted` are its parts apart, by channel and source."""

    office: _Office
    wanted: Sequence[Sequence[int]]
    ticket: float
    point: Sequence[int]
    commitment: str


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
        self._offices: dict[str | None, _Office] = {}
        self._keys: dict[date, tuple[bytes, str]] = {}
        self._last: list[tuple[_Asked, Sequence[int]]] = []  # those decided last, and the room that they had
        if terms is not None:
            latest = terms.cells.with_row_index("row").sort("lodged_on").group_by("office").last()
            for office, row in latest.select("office", "row").iter_rows():
                self._offices[office] = self._office(office, terms.only(row))

    def decide(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """Decide one case (keys of CASE_SCHEMA) and count it; returns the case and OUTCOME. None is to come twice.

        Raises DecisionError for a case that cannot be used; nothing is counted then.
        """
        return self.decide_many([case])[0]

    def decide_many(self, cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Decide one case after the other, in their order, each as `decide` would. Where one of them cannot be used,
        none is counted."""
        asked = self._asked(cases)
        share = np.empty((len(cases), len(CHANNELS), len(SOURCES)), np.int64)
        last: list[tuple[_Asked, Sequence[int]]] = []
        for at, (case, one) in enumerate(zip(cases, asked, strict=True)):
            tally = self.tallies.setdefault((case["lodged_on"], case["office"]), Tally())
            room = self._room(one.office, tally)
            share[at] = own = bounded(one.wanted, room)
            chances = [sum(got) for got in own]
            channel = drawn(chances, one.point)
            tally.volume += 1
            for c, chance in enumerate(chances):
                tally.spent[c] += chance
                tally.selected[c] += channel == CHANNELS[c]
            last.append((one, room))
        self._last = last
        points = np.array([one.point for one in asked], np.int64).reshape(-1, len(CHANNELS))
        columns: dict[str, list[Any]] = {name: values.tolist() for name, values in outcome(share.T, points.T).items()}
        columns |= {name: [getattr(one, name) for one in asked] for name in ("ticket", "commitment")}
        rows = zip(*(columns[name] for name in OUTCOME), strict=True)
        return [{**case, **dict(zip(OUTCOME, row, strict=True))} for case, row in zip(cases, rows, strict=True)]

    def reconsider(self, case: Mapping[str, Any], without: str | None = None, at: int = -1) -> str:
        """The channel that a declaration decided last would have had, were this its case (say, with one demand less),
        or had one source (a name of SOURCES) had no say; nothing is counted. Raises DecisionError.

        `at`: its place among those that were decided together. Held fixed: its points, that is, chance; the terms; and
        what was left of the capacities when it came.
        """
        if not self._last:
            raise DecisionError("nothing was decided yet.", where="desk", hint="Decide first.")
        one, room = self._last[at]
        terms = one.office.terms.without(without) if without else one.office.terms
        wanted = parts(claims_of([case], self.policy), terms, apart=True).T[0].tolist()
        return drawn([sum(got) for got in bounded(wanted, room)], one.point)

    def _asked(self, cases: Sequence[Mapping[str, Any]]) -> list[_Asked]:
        cells: dict[tuple[date, str | None], list[int]] = {}
        for at, case in enumerate(cases):
            check(case)
            cells.setdefault((case["lodged_on"], case["office"]), []).append(at)
        found: dict[int, _Asked] = {}
        for (day, name), places in cells.items():
            mine = [cases[at] for at in places]
            office = self._offices.get(name) or self._opened(name)
            wanted = parts(claims_of(mine, self.policy), office.terms, apart=True).T.tolist()
            key, sealed = self._key(day)
            ticket, point = tickets(key, (case["declaration_id"] for case in mine))
            lots = zip(places, wanted, ticket.tolist(), point.T.tolist(), strict=True)
            found |= {at: _Asked(office, asked, own, at_point, sealed) for at, asked, own, at_point in lots}
        return [found[at] for at in range(len(cases))]

    def _room(self, office: _Office, tally: Tally) -> list[int]:
        """What is left of each capacity, in units, after what was spent or selected and the draw to come."""
        room = []
        volume, to_come = max(office.usual, tally.volume + 1), max(office.usual - tally.volume, 1)
        for given, floor, spent, selected in zip(
            office.capacity, office.floor, tally.spent, tally.selected, strict=True
        ):
            capacity = given.of(volume)
            if capacity and not office.usual:
                capacity = max(capacity, 1.0)  # a share of a day nobody has seen yet is at least one declaration
            room.append(int(capacity * UNIT) - max(spent, selected * UNIT) - floor * to_come)
        return room

    def _opened(self, office: str | None) -> _Office:
        cells = pl.DataFrame({"office": [office], "volume": [0]}, schema={"office": pl.String, "volume": pl.Int64})
        return self._offices.setdefault(office, self._office(office, opening(self.policy, cells)))

    def _office(self, name: str | None, terms: Terms) -> _Office:
        capacity = self.policy.rules(name).capacity
        return _Office(terms, terms.cells["volume"][0], [capacity[c] for c in CHANNELS], terms.floor[:, 0].tolist())

    def _key(self, day: date) -> tuple[bytes, str]:
        if day not in self._keys:
            key = self.keys.key(day)
            self._keys = {day: (key, commitment(day, key))}
        return self._keys[day]


def drawn(chances: Sequence[int], points: Sequence[int]) -> str:
    """The first channel that drew a declaration with these chances and points, both in units; green where none did."""
    found = (name for name, chance, point in zip(CHANNELS, chances, points, strict=True) if point < chance)
    return next(found, "green")
