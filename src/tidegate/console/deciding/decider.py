"""The decider of this process: lines of one declaration in, its decision out, in the transaction that keeps it."""

from __future__ import annotations

import functools
import gc
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection

from tidegate.assessment import Desk, fitted
from tidegate.assessment.desk import Seen
from tidegate.console.clock import today
from tidegate.console.deciding.editions import IN_FORCE, engine_of
from tidegate.console.register.models import Edition, Standing
from tidegate.errors import DecisionError
from tidegate.indicators import Counters
from tidegate.selection import Tally, clear
from tidegate.trade import LINE_SCHEMA

__all__ = ["Decider", "decider", "in_force", "known"]


Cell = tuple[date, str | None]
Written = tuple[tuple[int, int], ...]

KEPT = 3  # desks of editions


class Decider:
    """Holds the desks of the last editions; makes another when the transaction that asks sees another in force.

    Counters and terms are taken up when they were written anew: by whoever watches (deciding.watching), else at the
    next decision.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # of the desks: nobody asks the database while holding it
        self._making = threading.Lock()
        self._desks: OrderedDict[int, tuple[Written, Desk]] = OrderedDict()
        self._tallies: dict[Cell, Tally] = {}
        self.watched = False

    def see(self, lines: pl.DataFrame, edition: Edition) -> Seen:
        """Work out all that can be known of declarations before they are decided (as `Desk.see`).

        `edition`: what `in_force` told in this transaction. Its `decide` locks the standings of their offices and days
        until the transaction ends, which must keep the decisions or fail: others wait for no more than the lots and
        what comes after. Locks are taken in one order, whatever comes (what is in force, then standings by day and
        office), and the database is not asked while the desk of this process is held: two processes never wait for one
        another in a ring. Raises the errors of the library.
        """
        seen = self.desk(edition).see(lines)
        cells = {(head["lodged_on"], head["office"]) for head in seen.heads}

        def decide() -> list[dict[str, Any]]:
            standings = _standings({Standing.cell(*cell) for cell in cells})
            tallies = {
                (one.day, one.office): Tally(one.volume, list(one.spent), list(one.selected)) for one in standings
            }
            with self._lock:
                self._tallies.clear()
                self._tallies.update({cell: tallies[Standing.cell(*cell)] for cell in cells})
                rows = seen.decide()
            _stand(standings, tallies)
            return rows

        return Seen(seen.heads, decide)

    def desk(self, edition: Edition) -> Desk:
        """The desk of an edition; whoever asks for it while it is being made waits for that one."""
        held = self._desks.get(edition.pk)
        if held is not None and (self.watched or held[0] == written()):
            return held[1]
        return self.renew(edition)

    def renew(self, edition: Edition) -> Desk:
        """The desk of an edition with counters and terms as they are now, made if it is not held already."""
        with self._making:
            now = written()
            held = self._desks.get(edition.pk)
            if held is not None and held[0] == now:
                return held[1]
            desk = self._made(edition)
            self._desks[edition.pk] = (now, desk)
            while len(self._desks) > KEPT:
                self._desks.popitem(last=False)
            return desk

    def _made(self, edition: Edition) -> Desk:
        engine = engine_of(edition)
        counters, cases = known("counters"), known("cases.parquet")
        held = Counters.load(counters) if counters.exists() else Counters()
        terms = clear(pl.read_parquet(cases), engine.policy) if cases.exists() else None
        # What the lists say of everybody who was seen lately stays true while they stay in force.
        memories = (desk.memory for _, desk in self._desks.values() if desk.memory)
        memory = next((one for one in memories if one.screener is engine.screener), None)
        desk = Desk(engine, held, terms, self._tallies, memory)
        # The book is compiled, and indexes are made, when they are first asked for: here, and not by a declaration.
        with self._lock:
            for count in (1, 4):
                desk.decide_many(fitted(made_up(count), engine))
        # A desk is millions of objects that stay: whoever looks for garbage among them keeps a declaration waiting.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        return desk


def known(name: str) -> Path:
    """A file of what the nightly work wrote: counters, cases.parquet."""
    return Path(settings.DATA) / "known" / name


def written() -> Written:
    """Which counters and terms lie there now."""
    return tuple((told.st_mtime_ns, told.st_ino) for told in map(_told, ("counters", "cases.parquet")) if told)


def _told(name: str) -> os.stat_result | None:
    try:
        return known(name).stat()
    except FileNotFoundError:
        return None


def made_up(count: int) -> pl.DataFrame:
    """Lines of nobody, a declaration each, so that all that decides is there before the first declaration comes."""
    told = {"lodged_on": today(), "item_number": 1, "hs_code": "000000"}
    return pl.DataFrame(
        [{"declaration_id": f"-{number}", **told} for number in range(count)], schema=LINE_SCHEMA, orient="row"
    )


@functools.cache
def decider() -> Decider:
    """The one decider of this process."""
    return Decider()


def in_force() -> Edition:
    """The edition in force, which stays in force until the transaction of the caller ends. Raises DecisionError."""
    with connection.cursor() as cursor:
        # Nobody activates another meanwhile, and the next statement sees what was activated before.
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [IN_FORCE])
        cursor.execute("SELECT edition_id FROM register_inforce WHERE id = 1")
        row = cursor.fetchone()
    if row is None:
        raise DecisionError("nothing is in force yet.", where="node", hint="Activate an edition, or start with --demo.")
    held = _editions.get(row[0])
    if held is None:
        _editions[row[0]] = held = Edition.objects.get(pk=row[0])
    return held


_editions: dict[int, Edition] = {}  # they never change


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
        cursor.execute(
            "SELECT id, day, office, volume, spent, selected FROM register_standing WHERE (day, office) IN"
            " (SELECT * FROM unnest(%s::date[], %s::text[])) ORDER BY day, office FOR UPDATE",
            [list(days), list(offices)],
        )
        names = ("id", "day", "office", "volume", "spent", "selected")
        return [Standing(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _stand(standings: Iterable[Standing], tallies: Mapping[tuple[date, str], Tally]) -> None:
    """Write down how far each office has come."""
    rows = [(t.volume, t.spent, t.selected, one.pk) for one in standings for t in [tallies[(one.day, one.office)]]]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE register_standing SET volume=%s, spent=%s, selected=%s WHERE id=%s", rows)
