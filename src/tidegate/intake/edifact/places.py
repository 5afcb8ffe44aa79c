"""Where a field stands in a message: one line each, which reads it, writes it, and stands in the docs.

A place is written as EDIFACT itself is: `MEA+WT+AAD+(KGM):*` is component 2 of element 3 of a segment MEA whose first
element is WT and whose second is AAD. What stands in brackets is written, but need not be there to be read. `|` parts
codes that are all read, of which the first is written; `~` must be empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.intake.edifact.syntax import Segment
from tidegate.intake.edifact.values import KINDS, Kind

__all__ = ["Place", "Places", "plain"]

# Segments whose first element is a number or a name: no part of a path.
_NO_QUALIFIER = frozenset({"CNI", "CST", "DMS", "EQN", "GID", "LIN", "PAC", "SEL", "SGP", "UCI", "UCM", "UCS"})
_PATHS = 5_000  # different paths that are counted; a hostile file could make up millions


@dataclass(frozen=True, slots=True)
class Place:
    """`field` stands at `at` in the part of the message that is called `level`; `also`: in these parts as well.

    Without a field it is something that has no meaning beyond the message (a serial number): known, and not kept.

    Of several places of one field the first that holds something counts, and in each part only the first is written.
    """

    field: str
    level: str
    at: str
    kind: str = "text"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Compiled:
    field: str
    rank: int
    tag: str
    element: int
    component: int
    needed: tuple[tuple[int, int, frozenset[str]], ...]
    fixed: tuple[tuple[tuple[int, int], str], ...]  # what is written of them: qualifiers
    optional: tuple[tuple[tuple[int, int], str], ...]  # written beside a value
    known: frozenset[tuple[int, int]]
    kind: Kind
    many: bool  # a further occurrence adds to the first


class Places:
    """The places of one type of message, ready to read and to write with."""

    def __init__(self, kind: str, places: Sequence[Place]) -> None:
        self.kind = kind
        self.places = tuple(places)
        self._index: dict[str, dict[tuple[str, str], list[_Compiled]]] = {}
        self._written: dict[str, list[_Compiled]] = {}
        ranks: Counter[str] = Counter()
        for place in places:
            compiled = _compiled(place, ranks[place.field])
            for level in (place.level, *place.also):
                written = self._written.setdefault(level, [])
                if place.field and all(other.field != place.field for other in written):
                    written.append(compiled)
            ranks[place.field] += 1
            firsts = next((values for e, c, values in compiled.needed if (e, c) == (1, 1)), frozenset({"*"}))
            for level in (place.level, *place.also):
                for first in firsts:
                    self._index.setdefault(level, {}).setdefault((compiled.tag, first), []).append(compiled)

    def fields(self, level: str) -> list[str]:
        """The fields whose own part of the message this is."""
        return list(dict.fromkeys(place.field for place in self.places if place.field and place.level == level))

    def rows(self) -> list[str]:
        """The rows of the table in docs: field, part of the message, places in the order in which they count, form."""
        listed: dict[tuple[str, str, str], list[str]] = {}
        for place in self.places:
            if place.field:
                parts = ", ".join((place.level, *place.also))
                found = listed.setdefault((place.field, parts, KINDS[place.kind].meaning), [])
                # The customs codes of CST may stand in any of its elements: one of them shows it.
                if not any(re.sub(r"\++\*", "+*", at) == re.sub(r"\++\*", "+*", place.at) for at in found):
                    found.append(place.at)
        return [
            f"| `{field}` | {parts} | {', '.join(f'`{at}`' for at in found).replace('|', chr(92) + '|')} | {meaning} |"
            for (field, parts, meaning), found in listed.items()
        ]

    def take(self, level: str, segment: Segment, values: dict[str, tuple[int, str]], unread: Counter[str]) -> bool:
        """Put what the segment says into `values`, as field -> (rank, value); count in `unread` what nobody reads.

        Returns whether any of it was read.
        """
        tag, elements = segment.tag, segment.elements
        first = elements[1][0].strip() if len(elements) > 1 else ""
        index = self._index.get(level, {})
        known: set[tuple[int, int]] = set()
        for place in (*index.get((tag, first), ()), *index.get((tag, "*"), ())):
            for e, c, allowed in place.needed:
                if segment.part(e, c) not in allowed:
                    break
            else:
                value = place.kind.read(segment, place.element, place.component)
                # What is there and says nothing (a time where a day is read) is for nobody.
                known |= place.known if value else place.known - {(place.element, place.component)}
                if value and place.field and not self._put(place, value, values):
                    self._count(unread, level, segment, f" {place.element}.{place.component} (another counts)")
        if not known:
            self._count(unread, level, segment, "")
            return False
        for e, parts in enumerate(elements):
            for c, part in enumerate(parts, 1):
                if part and e and (e, c) not in known:
                    self._count(unread, level, segment, f" {e}.{c}")
        if segment.repeated:
            self._count(unread, level, segment, " (repeated element)")
        return True

    def segments(self, level: str, values: Mapping[str, str]) -> list[list[list[str]]]:
        """The segments of a part of the message, in the order of the places, for field -> value."""
        made: dict[tuple[object, ...], dict[tuple[int, int], str]] = {}
        for place in self._written.get(level, ()):
            value = values.get(place.field)
            if not value:
                continue
            for copy, one in enumerate(value.split(" ") if place.many and place.kind is KINDS["list"] else [value]):
                parts = made.setdefault((place.tag, place.fixed, copy), {(0, 1): place.tag, **dict(place.fixed)})
                parts.update(place.optional)
                parts.update(place.kind.write(one, place.element, place.component))
        return [_elements(parts) for parts in made.values()]

    @staticmethod
    def _put(place: _Compiled, value: str, values: dict[str, tuple[int, str]]) -> bool:
        """Whether nothing was lost by it."""
        before = values.get(place.field)
        if before is not None and place.rank == before[0] and place.many:
            values[place.field] = (place.rank, f"{before[1]} {value}")
            return True
        if before is None or place.rank < before[0]:
            values[place.field] = (place.rank, value)
        return before is None or before[1] == value

    def _count(self, unread: Counter[str], level: str, segment: Segment, place: str) -> None:
        first = segment.part(1) if segment.tag not in _NO_QUALIFIER else ""
        qualifier = f"+{first}" if first and len(first) <= 3 and first.isalnum() and first.isascii() else ""
        path = f"{self.kind}/{level}/{segment.tag}{qualifier}{place}"
        unread[path if path in unread or len(unread) < _PATHS else f"{self.kind}/other"] += 1


def _compiled(place: Place, rank: int) -> _Compiled:
    elements = [part.split(":") for part in place.at.split("+")]
    at, needed = (0, 0), list[tuple[int, int, frozenset[str]]]()
    fixed, optional = list[tuple[tuple[int, int], str]](), list[tuple[tuple[int, int], str]]()
    for e, parts in enumerate(elements):
        for c, part in enumerate(parts, 1):
            if not e or not part:
                continue
            if part == "*":
                at = (e, c)
            elif part.startswith("("):
                optional.append(((e, c), part.strip("()")))
            else:
                codes = ["" if code == "~" else code for code in part.split("|")]
                needed.append((e, c, frozenset(codes)))
                # Behind the value, a qualifier is about the value alone: it does not make another segment.
                (fixed if at == (0, 0) else optional).append(((e, c), codes[0]))
    kind = KINDS[place.kind]
    extra = {(at[0] + e, at[1] + c) for e, c in kind.also}
    known = frozenset({at, *extra, *((e, c) for e, c, _ in needed), *(spot for spot, _ in optional)})
    many = place.kind in ("list", "words")
    return _Compiled(
        place.field, rank, elements[0][0], *at, tuple(needed), tuple(fixed), tuple(optional), known, kind, many
    )


def _elements(parts: Mapping[tuple[int, int], str]) -> list[list[str]]:
    last = max(e for e, _ in parts)
    return [
        [parts.get((e, c), "") for c in range(1, max((c for at, c in parts if at == e), default=1) + 1)]
        for e in range(last + 1)
    ]


def plain(values: Mapping[str, tuple[int, str]]) -> dict[str, str]:
    """field -> value, without the ranks."""
    return {field: value for field, (_, value) in values.items()}
