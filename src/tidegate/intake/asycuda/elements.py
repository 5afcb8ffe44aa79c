"""Elements under the names that national profiles give them: facts are found by path, whatever the capitals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from tidegate.intake.asycuda.places import Place

__all__ = ["SAME", "Facts", "Index", "Parts", "canonical", "parts"]

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


@lru_cache(maxsize=4096)
def canonical(tag: str) -> str:
    """The name of an element without namespace, in small letters, under the name that SAME gives it."""
    name = tag.rpartition("}")[2].lower()
    return SAME.get(name, name)


@dataclass(slots=True)
class Parts:
    """An element taken apart: `texts` by canonical path (with the path as written), `groups` of repeating elements.

    `again` has the paths of texts whose path had a text before.
    """

    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    groups: dict[str, list[etree._Element]] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)


def parts(element: etree._Element, groups: Collection[str], where: str) -> Parts:
    """Take `element` apart. `groups`: canonical names of repeating elements, which are not looked into here.

    Where a group holds elements of its own name it is a wrapper around them. `<null/>` and spaces are no texts.
    """
    found = Parts({}, {name: [] for name in groups}, [])
    for name, value in element.items():
        _add(found, f"@{name.lower()}", f"{where}/@{name}", value)
    _walk(element, "", where, groups, found)
    return found


def _walk(element: etree._Element, path: str, where: str, groups: Collection[str], found: Parts) -> None:
    for child in element:
        name = canonical(str(child.tag))
        if name == "null":
            continue
        written = f"{where}/{str(child.tag).rpartition('}')[2]}"
        if name in groups:
            if any(canonical(str(inner.tag)) == name for inner in child):
                _walk(child, path, written, groups, found)
            else:
                found.groups[name].append(child)
            continue
        if name in _WRAPPERS:
            _walk(child, path, written, groups, found)
            continue
        if len(child):
            _walk(child, f"{path}{name}/", written, groups, found)
        if child.text and not child.text.isspace():
            _add(found, path + name, written, child.text)


def _add(found: Parts, path: str, written: str, text: str) -> None:
    if path in found.texts:
        found.again.append(written)
    else:
        found.texts[path] = (text, written)


@dataclass(frozen=True, slots=True)
class Facts:
    """Texts by the names of their places, and the paths that held a text which no place wants."""

    texts: dict[str, str]
    unread: list[str]


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
        unread = list(found.again)
        for path, (text, written) in found.texts.items():
            name, rank = self._place(path)
            text = text.strip()
            if not name:
                unread.append(written)
            elif name not in best or rank < best[name][0]:
                unread += [best[name][2]] if name in best and best[name][1] != text else []
                best[name] = (rank, text, written)
            elif best[name][1] != text:
                unread.append(written)
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
