"""Elements under the names that national profiles give them: facts are found by path, whatever the capitals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from tidegate.intake.asycuda.places import Place

__all__ = ["LONGEST_TEXT", "SAME", "Facts", "Index", "Parts", "canonical", "note", "parts"]

LONGEST_TEXT = 32_767  # characters; one more is kept, so that whoever looks at the value sees that it is too long
# No real file comes near these. They bound what hostile ones can make of names and nesting.
_LONGEST_NAME, _LONGEST_TAG, _DEEPEST, _MOST_PATHS = 60, 300, 12, 2_000
_BEYOND = "…"

# Names that mean the same, in small letters. ASYCUDA itself writes "Suppplementary"; the others are profile drift.
SAME: Mapping[str, str] = {
    "tariff": "tarification",
    "tarifiation": "tarification",
    "harmonized_system": "hscode",
    "hs_code": "hscode",
    "previous_document": "previous_doc",
    "suppplementary_unit": "supplementary_unit",
    "suppplementary_unit_code": "supplementary_unit_code",
    "suppplementary_unit_quantity": "supplementary_unit_quantity",
    "weight_itm": "weight",
    "item_invoice": "invoice",
    "attached_document": "attached_documents",
    "items": "item",
    "containers": "container",
}

# Names with an underscore that say nothing without their path: they stand in several places of every SAD.
_MANY = frozenset({"serial_number", "item_number", "currency_code", "currency_rate", "amount_foreign_currency"})

# Wrappers that some profiles put around what stands at the root elsewhere.
_WRAPPERS = frozenset({"sad"})


def canonical(tag: str) -> str:
    """The name of an element without namespace, in small letters, under the name that SAME gives it."""
    return _names(tag)[0] if len(tag) <= _LONGEST_TAG else _BEYOND


@lru_cache(maxsize=4096)
def _names(tag: str) -> tuple[str, str]:
    """(canonical name, name as written) of a tag that is not too long to be remembered."""
    written = _local(tag)
    name = written.lower()
    return SAME.get(name, name), written


def _local(tag: str) -> str:
    name = tag.rpartition("}")[2]
    return name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + _BEYOND


def note(unread: Counter[str], paths: Mapping[str, int]) -> None:
    """Add to the counts of paths that nobody read; what is new beyond a few thousand paths is counted as one."""
    for path, times in paths.items():
        unread[path if path in unread or len(unread) < _MOST_PATHS else _BEYOND] += times


@dataclass(slots=True)
class Parts:
    """An element taken apart: `texts` by canonical path (with the path as written), `groups` of repeating elements.

    `again` counts the texts whose path had one before.
    """

    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    groups: dict[str, list[etree._Element]] = field(default_factory=dict)
    again: Counter[str] = field(default_factory=Counter)


def parts(element: etree._Element, groups: Collection[str], where: str) -> Parts:
    """Take `element` apart. `groups`: canonical names of repeating elements, which are not looked into here.

    Where a group holds elements of its own name it is a wrapper around them. `<null/>` and spaces are no texts.
    """
    found = Parts(groups={name: [] for name in groups})
    for name, value in element.items():
        _add(found, f"@{canonical(str(name))}", f"{where}/@{_local(str(name))}", str(value))
    _walk(element, "", where, groups, found, 1)
    return found


def _walk(element: etree._Element, path: str, where: str, groups: Collection[str], found: Parts, depth: int) -> None:
    for child in element:
        tag = str(child.tag)
        name, local = _names(tag) if len(tag) <= _LONGEST_TAG else (_BEYOND, _BEYOND)
        if name == "null":
            continue
        written = f"{where}/{local}" if depth < _DEEPEST else where
        if name in groups:
            if any(canonical(str(inner.tag)) == name for inner in child):
                _walk(child, path, written, groups, found, depth + 1)
            else:
                found.groups[name].append(child)
            continue
        below = path if name in _WRAPPERS else f"{path}{name}" if depth < _DEEPEST else _BEYOND
        if len(child):
            _walk(child, below if name in _WRAPPERS else f"{below}/", written, groups, found, depth + 1)
        text = child.text
        if text and not text.isspace():
            _add(found, below, written, text)


def _add(found: Parts, path: str, written: str, text: str) -> None:
    if path in found.texts:
        found.again[written] += 1
    elif len(found.texts) < _MOST_PATHS:
        found.texts[path] = (text.strip()[: LONGEST_TEXT + 1], written)
    else:
        found.again[_BEYOND] += 1


@dataclass(frozen=True, slots=True)
class Facts:
    """Texts by the names of their places, and the paths that held a text which no place wants."""

    texts: dict[str, str]
    unread: Counter[str]


class Index:
    """The places of one list, to look up by path; a name that says what it is also counts when it stands elsewhere."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.paths: dict[str, tuple[str, int]] = {}
        leaves: dict[str, list[str]] = {}
        for place in places:
            for rank, path in enumerate((place.path, *place.also)):
                self.paths["/".join(canonical(step) for step in path.split("/"))] = (place.name, rank)
            leaves.setdefault(canonical(place.path.rpartition("/")[2]), []).append(place.name)
        # "Code" or "Number" say nothing without their path; "Commodity_code" does, if only one place is called so.
        telling = {leaf for leaf, names in leaves.items() if "_" in leaf and len(names) == 1} - _MANY
        self.leaves = {leaf: leaves[leaf][0] for leaf in telling}

    def read(self, found: Parts) -> Facts:
        """Give the texts their names. Of several paths for one fact the first of its place counts."""
        best: dict[str, tuple[int, str, str]] = {}
        unread = Counter(found.again)
        for path, (text, written) in found.texts.items():
            name, rank = self._place(path)
            if not name:
                unread[written] += 1
            elif name not in best or rank < best[name][0]:
                if name in best and best[name][1] != text:
                    unread[best[name][2]] += 1
                best[name] = (rank, text, written)
            elif best[name][1] != text:
                unread[written] += 1
        return Facts({name: text for name, (_, text, _) in best.items()}, unread)

    def _place(self, path: str) -> tuple[str, int]:
        known = self.paths.get(path)
        if known is not None:
            return known
        return self.leaves.get(path.rpartition("/")[2], ""), 99

    def of(self, elements: Iterable[etree._Element], where: str) -> Iterator[Facts]:
        """Read each of a group's elements."""
        for element in elements:
            yield self.read(parts(element, (), where))
