"""The lists in force, as the library reads them from the folder of the edition, and what a user may know of them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from tidegate.console.deciding.editions import CLEARED
from tidegate.console.register.models import Edition, InForce, User
from tidegate.profiles import WatchLists
from tidegate.screening import LEVELS, Cleared, Entry, Lists, Match, NamedList, Party, Screener, read_folder

__all__ = [
    "LIKELY",
    "Shelf",
    "Summary",
    "entries_about",
    "folder_of",
    "in_force",
    "knows",
    "level_of",
    "possible",
    "shelf_of",
    "summary",
]

LIKELY = 0.3  # from which on a candidate is told of a search; from the screener's own threshold on it is a match


@dataclass(frozen=True, slots=True)
class Shelf:
    """`lists`: by name; `values`: lists of plain values that no party can be held against; `cleared`: not the same."""

    lists: Mapping[str, NamedList]
    values: WatchLists
    cleared: Cleared


@dataclass(frozen=True, slots=True)
class Summary:
    """One list on one day. `level`: the strictest of its entries; `ends`: the next day on which one ends."""

    name: str
    source: str
    owners: list[str]
    level: str
    entries: int
    expired: int
    ends: date | None
    faults: int
    version: str

    @property
    def counting(self) -> int:
        return self.entries - self.expired


def level_of(user: User) -> str:
    """Up to which of LEVELS a user may know what a list says."""
    return LEVELS[user.clearance]


def knows(user: User, entry: Entry) -> bool:
    """Whether a user may know an entry."""
    return LEVELS.index(entry.level) <= user.clearance


def in_force() -> Edition | None:
    """The edition that decides."""
    held = InForce.objects.select_related("edition").filter(pk=1).first()
    return held.edition if held else None


def folder_of(lists: str) -> Path:
    """Where the lists of an edition lie."""
    return Path(settings.DATA) / "lists" / lists


@functools.lru_cache(maxsize=2)
def shelf_of(lists: str) -> Shelf:
    """The lists of an edition, which never change. Empty where it has none."""
    if not lists:
        return Shelf({}, WatchLists({}), Cleared())
    folder = folder_of(lists)
    found = read_folder(folder)
    read = {name: one for name, one in found.items() if isinstance(one, NamedList)}
    return Shelf(read, WatchLists.load(folder, only=set(found) - set(read)), Cleared.load(folder / CLEARED))


def summary(one: NamedList, day: date) -> Summary:
    """One list at a glance."""
    terms = [entry.expires for entry in one.entries if entry.expires]
    return Summary(
        name=one.name,
        source=one.source,
        owners=sorted({entry.owner for entry in one.entries if entry.owner}),
        level=LEVELS[max((LEVELS.index(entry.level) for entry in one.entries), default=0)],
        entries=len(one.entries),
        expired=sum(term < day for term in terms),
        ends=min((term for term in terms if term >= day), default=None),
        faults=len(one.faults),
        version=one.version,
    )


@functools.lru_cache(maxsize=1)
def _screener(lists: str) -> Screener:
    held = shelf_of(lists)
    return Screener(Lists(held.lists), held.cleared, threshold=LIKELY)


def possible(lists: str, party: Party, day: date) -> tuple[list[Match], list[Match]]:
    """Who on the lists this party may be, the likeliest first: matches, and those that are too unlike to be told of a
    declaration."""
    if not any(one.entries for one in shelf_of(lists).lists.values()):
        return [], []
    screener = _screener(lists)
    found = screener.screen(party, day)
    least = screener.scorer.threshold
    told = [one for one in found if one.probability is None or one.probability >= least]
    return told, [one for one in found if one not in told]


def entries_about(entries: Iterable[Entry], words: str) -> list[Entry]:
    """Entries in whose names, numbers or remarks all these words stand."""
    wanted = words.casefold().split()
    return [entry for entry in entries if all(word in _text(entry) for word in wanted)]


def _text(entry: Entry) -> str:
    said = (entry.source_id, *entry.names, *(one.value for one in entry.identifiers), *entry.addresses, entry.owner)
    return " ".join(said).casefold()
