"""A book made ready for matching: every condition as conjunctions of shared atoms and checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.errors import BookError, ProfileError
from tidegate.profiles.book import NATIONAL, Profile, RefusedBookError
from tidegate.profiles.conjunctions import Atom, Leaf, conjunctions
from tidegate.profiles.language import kinds, parse
from tidegate.profiles.syntax import And, Column, Comparison, Condition, Kind, Literal, Node, OnList, Value, columns_of
from tidegate.profiles.watchlists import WatchLists

__all__ = ["Conjunction", "Place", "Program", "in_force"]

# A number computed from columns is worth a column of its own (and an index) from so many uses on.
WORTH_A_COLUMN = 8

_LODGED_ON = Column("lodged_on", Kind.DATE)
_OFFICE = Column("office", Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Conjunction:
    """What must all be TRUE for a profile to fire: indices of atoms and of checks."""

    profile: int
    atoms: tuple[int, ...]
    checks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a condition looks: its columns and its watch lists, in the order in which it names them."""

    columns: tuple[str, ...]
    lists: tuple[str, ...]


class Program:
    """Profiles, the columns they look at, and their conditions as conjunctions of shared parts.

    `source_of[atom]` is the place in `sources` of what an atom looks at.

    Raises BookError when a condition is refused (all of them are listed) or the schema has no `lodged_on`.
    """

    def __init__(self, profiles: Sequence[Profile], schema: Mapping[str, Any], lists: WatchLists) -> None:
        self.profiles = tuple(profiles)
        self.lists = lists
        known = kinds(schema)
        if known.get("lodged_on") is not Kind.DATE:
            raise BookError("terms need a date lodged_on in the table.", hint="Read the lines through intake.")
        spread, conditions = _spread(self.profiles, known, lists)
        self.places: tuple[Place, ...] = tuple(_place(condition) for condition in conditions)
        uses = Counter(leaf.source for _, leaves in spread for leaf in leaves if isinstance(leaf, Atom))
        atoms: dict[Atom, int] = {}
        checks: dict[Condition, int] = {}
        self.conjunctions: list[Conjunction] = []
        for profile, leaves in spread:
            mine: list[int] = []
            also: list[int] = []
            for leaf in leaves:
                if isinstance(leaf, Condition):
                    also.append(checks.setdefault(leaf, len(checks)))
                elif isinstance(leaf.source, Column) or uses[leaf.source] >= WORTH_A_COLUMN:
                    mine.append(atoms.setdefault(leaf, len(atoms)))
                else:
                    also.append(checks.setdefault(leaf.condition, len(checks)))
            self.conjunctions.append(Conjunction(profile, tuple(mine), tuple(also)))
        self.atoms = tuple(atoms)
        places: dict[Value, int] = {}
        self.source_of = [places.setdefault(atom.source, len(places)) for atom in self.atoms]
        self.sources = tuple(places)
        self.checks = tuple(checks)
        self.columns: dict[str, Kind] = {}
        for part in (*(atom.condition for atom in self.atoms), *self.checks):
            self.columns.update(columns_of(part))


def in_force(profile: Profile, condition: Condition) -> Condition:
    """The condition within the profile's term and, unless it is national, at its office."""
    parts = [
        condition,
        Comparison(">=", _LODGED_ON, Literal(profile.starts, Kind.DATE)),
        Comparison("<=", _LODGED_ON, Literal(profile.ends, Kind.DATE)),
    ]
    if profile.level != NATIONAL:
        parts.append(Comparison("=", _OFFICE, Literal(profile.level, Kind.TEXT)))
    return And(tuple(parts))


def _spread(
    profiles: Sequence[Profile], known: Mapping[str, Kind], lists: WatchLists
) -> tuple[list[tuple[int, tuple[Leaf, ...]]], list[Condition]]:
    spread: list[tuple[int, tuple[Leaf, ...]]] = []
    conditions: list[Condition] = []
    refusals: list[ProfileError] = []
    for number, profile in enumerate(profiles):
        if profile.level != NATIONAL and known.get("office") is not Kind.TEXT:
            refusals.append(ProfileError("its level is an office, but the table has no office.", where=profile.id))
            continue
        try:
            written = parse(profile.when, known, lists)
        except ProfileError as error:
            where = f"profile {profile.id}: when {error.where}"
            refusals.append(ProfileError(error.what, where=where, hint=error.hint))
            continue
        conditions.append(written)
        spread.extend((number, leaves) for leaves in conjunctions(in_force(profile, written)))
    if refusals:
        raise RefusedBookError(refusals)
    return spread, conditions


def _place(condition: Condition) -> Place:
    columns: dict[str, None] = {}
    lists: dict[str, None] = {}
    waiting: list[Node] = [condition]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Column):
            field, _, name = part.name.partition("@")
            columns[field] = None
            lists |= {name: None} if name else {}
        if isinstance(part, OnList):
            lists[part.name] = None
        waiting.extend(reversed(list(part.children())))
    return Place(tuple(columns), tuple(lists))
