"""The decider of this process: lines of one declaration in, its decision out, in the transaction that keeps it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection

from tidegate.assessment import Desk
from tidegate.console.deciding.editions import IN_FORCE, engine_of
from tidegate.console.register.models import Edition, InForce, Standing
from tidegate.errors import DecisionError
from tidegate.indicators import Counters
from tidegate.selection import Tally, clear

__all__ = ["Decided", "Decider", "decider", "in_force"]


Cell = tuple[date, str | None]


@dataclass(frozen=True, slots=True)
class Decided:
    """`row`: as in decisions.parquet; `edition`: what decided."""

    row: Mapping[str, Any]
    edition: Edition


class Decider:
    """Holds the desk of the edition in force; loads another when the transaction that asks sees another in force."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._edition: Edition | None = None
        self._desk: Desk | None = None
        self._tallies: dict[Cell, Tally] = {}

    def decide(self, lines: pl.DataFrame) -> Decided:
        """Decide for the lines of one declaration. To be called in a transaction, which must keep the decision or fail:
        the standing of its office and day is locked until it ends. Raises the errors of the library."""
        return self.decide_many(lines)[0]

    def decide_many(self, lines: pl.DataFrame) -> list[Decided]:
        """Decide for the lines of several declarations one after another, in the order in which they come; as `decide`.

        Locks are taken in one order, whatever comes (what is in force, then standings by day and office), and the
        database is not asked while the desk of this process is held: two processes never wait for one another.
        """
        edition = in_force()
        cells = set(lines.select("lodged_on", "office").unique().rows())
        standings = _standings({Standing.cell(*cell) for cell in cells})
        tallies = {(one.day, one.office): Tally(one.volume, list(one.spent), list(one.selected)) for one in standings}
        with self._lock:
            desk = self._desk_of(edition)
            self._tallies.clear()
            self._tallies.update({cell: tallies[Standing.cell(*cell)] for cell in cells})
            rows = desk.decide_many(lines)
        for one in standings:
            tally = tallies[(one.day, one.office)]
            one.volume, one.spent, one.selected = tally.volume, tally.spent, tally.selected
        Standing.objects.bulk_update(standings, ["volume", "spent", "selected"])
        return [Decided(row, edition) for row in rows]

    def _desk_of(self, edition: Edition) -> Desk:
        if self._desk is None or self._edition != edition:
            engine = engine_of(edition)
            known = Path(settings.DATA) / "known"
            counters = Counters.load(known / "counters") if (known / "counters").exists() else Counters()
            cases = known / "cases.parquet"
            terms = clear(pl.read_parquet(cases), engine.policy) if cases.exists() else None
            self._desk = Desk(engine, counters, terms, self._tallies)
            self._edition = edition
        return self._desk


@functools.cache
def decider() -> Decider:
    """The one decider of this process."""
    return Decider()


def in_force() -> Edition:
    """The edition in force, which stays in force until the transaction of the caller ends. Raises DecisionError."""
    with connection.cursor() as cursor:
        # Nobody activates another meanwhile, and the next statement sees what was activated before.
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [IN_FORCE])
    held = InForce.objects.select_related("edition").filter(pk=1).first()
    if held is None:
        raise DecisionError("nothing is in force yet.", where="node", hint="Activate an edition, or start with --demo.")
    return held.edition


def _standings(cells: Iterable[tuple[date, str]]) -> list[Standing]:
    """The standings of these days and offices, made where there are none, and locked, always in the same order."""
    days, offices = zip(*sorted(cells), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO register_standing (day, office, volume, spent, selected)"
            " SELECT day, office, 0, '{0,0,0}', '{0,0,0}' FROM unnest(%s::date[], %s::text[]) AS cell (day, office)"
            " ON CONFLICT DO NOTHING",
            [list(days), list(offices)],
        )
    return list(
        Standing.objects.raw(
            "SELECT * FROM register_standing WHERE (day, office) IN"
            " (SELECT * FROM unnest(%s::date[], %s::text[])) ORDER BY day, office FOR UPDATE",
            [list(days), list(offices)],
        )
    )
