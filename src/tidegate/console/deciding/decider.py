"""The decider of this process: lines of one declaration in, its decision out, in the transaction that keeps it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from tidegate.assessment import Desk
from tidegate.console.deciding.editions import engine_of
from tidegate.console.register.models import Edition, InForce, Standing
from tidegate.errors import DecisionError
from tidegate.indicators import Counters
from tidegate.selection import Tally, clear

__all__ = ["Decided", "Decider", "decider"]


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
        self._tallies: dict[tuple[date, str | None], Tally] = {}

    def decide(self, lines: pl.DataFrame) -> Decided:
        """Decide for the lines of one declaration. To be called in a transaction, which must keep the decision or fail:
        the standing of its office and day is locked until it ends. Raises the errors of the library."""
        day, office = lines["lodged_on"][0], lines["office"][0]
        edition = _in_force()
        standing = _standing(day, office)
        with self._lock:
            desk = self._desk_of(edition)
            self._tallies.clear()
            tally = Tally(standing.volume, list(standing.spent), list(standing.selected))
            self._tallies[(day, office)] = tally
            row = desk.decide(lines)
        standing.volume, standing.spent, standing.selected = tally.volume, tally.spent, tally.selected
        standing.save(update_fields=["volume", "spent", "selected"])
        return Decided(row, edition)

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


def _in_force() -> Edition:
    held = InForce.objects.select_for_update(no_key=True).select_related("edition").filter(pk=1).first()
    if held is None:
        raise DecisionError("nothing is in force yet.", where="node", hint="Activate an edition, or start with --demo.")
    return held.edition


def _standing(day: date, office: str | None) -> Standing:
    Standing.objects.bulk_create(
        [Standing(day=day, office=office or "", spent=[0] * 3, selected=[0] * 3)], ignore_conflicts=True
    )
    return Standing.objects.select_for_update().get(day=day, office=office or "")
