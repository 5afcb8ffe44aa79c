"""Trees to texts: one walk through a declaration puts each leaf where the table of paths wants it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import cast

from lxml import etree

from tidegate.intake.wco.paths import ITEM, PATHS
from tidegate.intake.wco.rules import RULES, Row, Rule

__all__ = ["Harvest", "harvest", "local", "mass_kg"]

# Attributes that say how a text is written or where its schema lies, and nothing about goods.
_DROPPED = frozenset({"formatCode", "schemaLocation", "noNamespaceSchemaLocation", "type"})
_UNITS = {"": 1.0, "KGM": 1.0, "KG": 1.0, "TNE": 1000.0, "GRM": 0.001, "LBR": 0.453592, "DTN": 100.0}
LineOf = Callable[[etree._Element], int]
_MANY = 1000  # different unread paths that are told apart in one message


class _Names(dict[str, str]):
    """{namespace}name -> name, each worked out once."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition("}")[2]
        if len(self) < _MANY:
            self[tag] = name
        return name


_LOCAL = _Names()


def local(element: etree._Element) -> str:
    """Name without namespace."""
    return _LOCAL[cast(str, element.tag)]


class _Node:
    """A path of the table, or a class above one."""

    __slots__ = ("below", "columns", "how", "item", "key", "rule")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.columns: tuple[str, ...] = ()
        self.how = ""
        self.key = ""
        self.rule: Rule | None = None
        self.item = False


class Harvest:
    """What a declaration holds: `head` for all items, `items` as (line, row), `changes` that it asks for, `unread`."""

    __slots__ = ("changes", "head", "items", "pointed", "unread")

    def __init__(self) -> None:
        self.head: Row = {}
        self.items: list[tuple[int, Row]] = []
        # Of each Amendment: its parts; of each AdditionalInformation with pointers: its parts.
        self.changes: list[dict[str, str]] = []
        self.pointed: list[dict[str, str]] = []
        self.unread: Counter[str] = Counter()


@cache
def _table() -> _Node:
    top = _Node()
    for path in PATHS:
        names = path.path.split("/")
        node, inside = top, ""
        for depth, name in enumerate(names, 1):
            node = node.below.setdefault(name, _Node())
            above = "/".join(names[:depth])
            if above in RULES or above == "Amendment":
                node.rule = RULES.get(above)
                node.how = "class"
                inside = inside or above
            node.item |= above == ITEM
        node.columns = tuple(path.to.split()) if path.how != "part" else ()
        node.how, node.key = path.how, path.path[len(inside) + 1 :] if inside else names[-1]
    # Dates stand in an element of their own; whatever it is called, it is the only one.
    for name in ("AcceptanceDateTime", "IssueDateTime"):
        top.below[name] = top.below[name].below["DateTimeString"]
    for name in ("Amendment", "AdditionalInformation"):
        pointer = top.below[name].below["Pointer"]
        pointer.how, pointer.key = "pointer", "Pointer"
    return top


def harvest(declaration: etree._Element, line_of: LineOf) -> Harvest:
    """Walk through a declaration. `line_of` says on which line of the file an element begins."""
    made = Harvest()
    _walk(declaration, _table(), made.head, None, made, line_of)
    return made


def _walk(
    element: etree._Element, node: _Node, row: Row, parts: dict[str, str] | None, made: Harvest, line_of: LineOf
) -> None:
    below = node.below
    for child in element:
        found = below.get(_LOCAL[cast(str, child.tag)])
        if found is None:
            _unread(child, made)
            continue
        how = found.how
        if not how:
            if found.item:
                item: Row = {}
                made.items.append((line_of(child), item))
                _walk(child, found, item, None, made, line_of)
            else:
                _walk(child, found, row, parts, made, line_of)
        elif how == "class":
            inner: dict[str, str] = {}
            _walk(child, found, row, inner, made, line_of)
            if found.rule is None:
                made.changes.append(inner)
            elif "Pointer" in inner:
                made.pointed.append(inner)
                found.rule.read(row, {key: text for key, text in inner.items() if key != "Pointer"})
            elif inner:
                found.rule.read(row, inner)
        elif how == "pointer" and parts is not None:
            step = "|".join(
                child.findtext("{*}" + name) or "" for name in ("DocumentSectionCode", "SequenceNumeric", "TagID")
            )
            parts["Pointer"] = f"{parts['Pointer']}/{step}" if "Pointer" in parts else step
        else:
            _leaf(child, found, row, parts, made)


def _leaf(leaf: etree._Element, node: _Node, row: Row, parts: dict[str, str] | None, made: Harvest) -> None:
    how = node.how
    if len(leaf):
        if how == "moment":
            leaf = leaf[0]
        else:
            for child in leaf:
                _unread(child, made)
    text = leaf.text.strip() if leaf.text else ""
    unit = ""
    for name, value in leaf.items():
        if name in ("currencyID", "unitCode") and how in ("amount", "mass", "part"):
            unit = value.strip()
        elif _LOCAL[name] not in _DROPPED:
            made.unread[f"{_path(leaf)}@{_LOCAL[name]}"] += 1
    if not text:
        return
    if how == "part":
        if parts is not None:
            parts[node.key] = f"{parts[node.key]} {text}" if node.key in parts else text
            if unit:
                parts[node.key + "@"] = unit
        return
    column = node.columns[0] if node.columns else ""
    if not column:
        return
    if column in row:
        made.unread[_path(leaf)] += 1
        return
    if how == "mass":
        known = mass_kg(text, unit)
        if known is None:
            made.unread[f"{_path(leaf)}@unitCode={unit[:20]}"] += 1
            return
        text = known
    row[column] = text
    if unit and how == "amount":
        row[node.columns[1]] = unit


def mass_kg(text: str, unit: str) -> str | None:
    """A mass as text in kg, None if nobody knows the unit; a text that is no number stays, for intake to reject."""
    # A mass may carry a qualifier after its unit (KGM#G), which says nothing of its size.
    factor = _UNITS.get(unit.partition("#")[0].upper())
    if factor is None:
        return None
    if factor == 1.0:
        return text
    try:
        return repr(round(float(text) * factor, 9))
    except ValueError:
        return text


def _path(element: etree._Element) -> str:
    names = [local(element), *(local(one) for one in element.iterancestors())]
    while len(names) > 1 and names[-1] != "Declaration":
        names.pop()
    return "/".join(reversed(names))[:300]


def _unread(element: etree._Element, made: Harvest) -> None:
    """Count the leaves of what the table does not know."""
    for leaf in element.iter():
        if not len(leaf) and ((leaf.text and leaf.text.strip()) or leaf.attrib):
            path = _path(leaf) if len(made.unread) < _MANY else "(more)"
            made.unread[path] += 1
