"""Asking: an amendment that points at what it changes is taken apart into what it asks for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from tidegate.intake.wco.paths import ITEM
from tidegate.intake.wco.pointers import named, path_of
from tidegate.intake.wco.rules import RULES, Row
from tidegate.intake.wco.tree import local

__all__ = ["MOST", "Change", "asked", "class_above"]

MOST = 2_000  # pointers of one amendment; real ones have a handful

Change = dict[str, Any]


def asked(declaration: etree._Element, changes: Iterable[dict[str, str]], items: Iterable[Row]) -> str:
    """What an amendment asks for, as JSON: `changes` as harvested (Pointer), `items` as harvested from its body.

    Each change has `place` (in words), and where it can be told `path`, `item`, `number`, and `value` with its `unit`
    or the key of its class in `classes`; whole items that it points at are in `items`.
    """
    body = _Body(declaration)
    made: list[Change] = []
    classes: dict[str, dict[str, str]] = {}
    wanted: set[str] = set()
    places: dict[int, int] = {}  # of elements that `body` holds on to
    every = [change["Pointer"] for change in changes if "Pointer" in change]
    for pointer in every[:MOST]:
        change: Change = {"place": named(pointer)[:300]}
        made.append(change)
        found = path_of(pointer)
        if found is None:
            continue
        path, numbers = found
        change |= {"path": path, "item": numbers.get(ITEM, "")}
        if path == ITEM:
            wanted.add(change["item"])
            continue
        leaf = body.find(path, numbers)
        if leaf is not None:
            change |= {"value": _text(leaf), "unit": _unit(leaf)}
        above = class_above(path)
        if above and (whole := body.find(above, numbers)) is not None:
            # Numbers of pointers may count the pointers: what they lead to in the body tells occurrences apart.
            key = str(places.setdefault(id(whole), len(places)))
            change |= {"number": numbers.get(above, ""), "class": key}
            if key not in classes:
                classes[key] = dict(_leaves(whole))
    whole_items = [item for item in items if item.get("item_number") in wanted]
    return json.dumps({"changes": made, "classes": classes, "items": whole_items, "more": len(every) > MOST})


def class_above(path: str) -> str:
    """The class above a leaf that a rule reads as a whole; empty where the leaf stands by itself."""
    above = path
    while above := above.rpartition("/")[0]:
        if above in RULES:
            return above
    return ""


class _Body:
    """What a message holds where its pointers lead; each place is looked for once."""

    def __init__(self, declaration: etree._Element) -> None:
        self.places: dict[tuple[str, ...], etree._Element | None] = {(): declaration}
        self.children: dict[tuple[str, ...], dict[str, list[etree._Element]]] = {}
        self.items: dict[str, etree._Element] | None = None

    def find(self, path: str, numbers: dict[str, str]) -> etree._Element | None:
        """The element at a path; None where there is none, or several and none has the number."""
        at: tuple[str, ...] = ()
        above = ""
        for name in path.split("/"):
            above = f"{above}/{name}" if above else name
            number = numbers.get(above, "")
            here = (*at, f"{name}|{number}")
            if here not in self.places:
                parent = self.places[at]
                self.places[here] = None if parent is None else self._child(at, parent, name, number)
            at = here
        return self.places[at]

    def _child(self, at: tuple[str, ...], parent: etree._Element, name: str, number: str) -> etree._Element | None:
        if at not in self.children:
            below: dict[str, list[etree._Element]] = {}
            for child in parent:
                below.setdefault(local(child), []).append(child)
            self.children[at] = below
        found = self.children[at].get(name, [])
        if name == ITEM.rpartition("/")[2]:
            if self.items is None:
                self.items = {(one.findtext("{*}SequenceNumeric") or "").strip(): one for one in reversed(found)}
            return self.items.get(number)
        if len(found) == 1:
            return found[0]
        place = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0
        return found[place - 1] if 0 < place <= len(found) else None


def _text(leaf: etree._Element) -> str:
    return "".join(leaf.itertext()).strip()


def _unit(leaf: etree._Element) -> str:
    return (leaf.get("currencyID") or leaf.get("unitCode") or "").strip()


def _leaves(element: etree._Element, above: str = "") -> Iterator[tuple[str, str]]:
    for child in element:
        path = f"{above}/{local(child)}" if above else local(child)
        if len(child):
            yield from _leaves(child, path)
        elif text := _text(child):
            yield path, text
            if unit := _unit(child):
                yield f"{path}@", unit
