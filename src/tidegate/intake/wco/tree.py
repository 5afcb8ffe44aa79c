"""Trees to texts: one walk through a declaration puts each leaf where the table of paths wants it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

from lxml import etree

from tidegate.intake.wco.paths import ITEM, PATHS
from tidegate.intake.wco.rules import LONGEST, RULES, Row, Rule

__all__ = ["Harvest", "harvest", "local", "mass_kg"]

# Attributes that say how a text is written or where its schema lies, and nothing about goods.
_DROPPED = frozenset({"formatCode", "schemaLocation", "noNamespaceSchemaLocation", "type"})
_UNITS = {"": 1.0, "KGM": 1.0, "KG": 1.0, "TNE": 1000.0, "GRM": 0.001, "LBR": 0.453592, "DTN": 100.0}
LineOf = Callable[[etree._Element], int]
_STEP = ("DocumentSectionCode", "SequenceNumeric", "TagID")
_KILOGRAMS = ("", "KGM")
_MANY = 1000  # different unread paths that are told apart in one message, and tags of one class
_TAG = 200  # characters of a tag that is remembered


@cache
def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def local(element: etree._Element) -> str:
    """Name without namespace."""
    tag = str(element.tag)
    return _name(tag) if len(tag) < _TAG else tag.rpartition("}")[2]


class _Below(dict[str, "_Node | None"]):
    """Nodes by the tags that documents use, each found out once by its name without namespace."""

    __slots__ = ("nodes",)

    def __init__(self) -> None:
        self.nodes: dict[str, _Node] = {}

    def __missing__(self, tag: str) -> _Node | None:
        found = self.nodes.get(tag.rpartition("}")[2])
        # Whoever makes up a namespace for each message gets no memory for it.
        if len(self) < _MANY and len(tag) < _TAG:
            self[tag] = found
        return found


class _Node:
    """A path of the table, or a class above one, which is a mere `way` to leaves, or more.

    `key` is the column of a leaf or, where `how` is part, its path in its class; `unit` the column of its currency.
    """

    __slots__ = ("below", "how", "item", "key", "leaf", "rule", "unit", "way")

    def __init__(self) -> None:
        self.below = _Below()
        self.how = self.key = self.unit = ""
        self.rule: Rule | None = None
        self.item = self.leaf = False
        self.way = True


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
            node = node.below.nodes.setdefault(name, _Node())
            above = "/".join(names[:depth])
            if above in RULES or above == "Amendment":
                node.rule = RULES.get(above)
                node.how, node.way = "class", False
                inside = inside or above
            if above == ITEM:
                node.item, node.way = True, False
        node.how, node.leaf = path.how, True
        if path.how == "part":
            node.key = path.path[len(inside) + 1 :] if inside else names[-1]
        else:
            node.key, _, node.unit = path.to.partition(" ")
    # Dates stand in an element of their own; whatever it is called, it is the only one.
    for name in ("AcceptanceDateTime", "IssueDateTime"):
        top.below.nodes[name] = top.below.nodes[name].below.nodes["DateTimeString"]
    for name in ("Amendment", "AdditionalInformation"):
        pointer = top.below.nodes[name].below.nodes["Pointer"]
        pointer.how, pointer.way = "pointer", False
    return top


def harvest(declaration: etree._Element, line_of: LineOf) -> Harvest:
    """Walk through a declaration. `line_of` says on which line of the file an element begins."""
    made = Harvest()
    _walk(declaration, _table(), made.head, None, made, line_of)
    return made


def _walk(
    element: etree._Element, node: _Node, row: Row, parts: dict[str, str] | None, made: Harvest, line_of: LineOf
) -> None:
    # A leaf is nearly all of the work here: this loop is what the speed of reading hangs on.
    below = node.below
    for child in element:
        found = below[child.tag]
        if found is None:
            _unread(child, made)
            continue
        if not found.leaf:
            if found.way:
                _walk(child, found, row, parts, made, line_of)
            else:
                _class(child, found, row, parts, made, line_of)
            continue
        if len(child):
            child = _inner(child, found.how, made)
        text = child.text
        attributes = child.items()
        unit = _unit(child, found.how, attributes, made) if attributes else ""
        if not text or not (text := text.strip()):
            continue
        key = found.key
        if found.how == "part":
            if parts is None:
                continue
            if key not in parts:
                parts[key] = text
            elif len(parts[key]) <= LONGEST:
                parts[key] = f"{parts[key]} {text}"
            if unit:
                parts[key + "@"] = unit
        elif key in row:
            made.unread[_path(child)] += 1
        elif not unit:
            row[key] = text
        else:
            _measured(child, found, row, text, unit, made)


def _measured(child: etree._Element, node: _Node, row: Row, text: str, unit: str, made: Harvest) -> None:
    """An amount with its currency, or a mass in its unit."""
    if node.how == "mass" and unit not in _KILOGRAMS:
        known = mass_kg(text, unit)
        if known is None:
            made.unread[f"{_path(child)}@unitCode={unit[:20]}"] += 1
            return
        text = known
    row[node.key] = text
    if node.how == "amount":
        row[node.unit] = unit


def _class(
    element: etree._Element, node: _Node, row: Row, parts: dict[str, str] | None, made: Harvest, line_of: LineOf
) -> None:
    """A class that is more than a way to leaves: an item, one that a rule reads as a whole, a pointer."""
    if node.how == "pointer":
        if parts is not None:
            step = "|".join(element.findtext("{*}" + name) or "" for name in _STEP)
            before = parts.get("Pointer", "")
            if len(before) <= LONGEST:
                parts["Pointer"] = f"{before}/{step}" if before else step
        return
    if node.item:
        item: Row = {}
        made.items.append((line_of(element), item))
        _walk(element, node, item, None, made, line_of)
        return
    inner: dict[str, str] = {}
    _walk(element, node, row, inner, made, line_of)
    if node.rule is None:
        made.changes.append(inner)
    elif "Pointer" in inner:
        made.pointed.append(dict(inner))
        del inner["Pointer"]
        node.rule.read(row, inner)
    elif inner:
        node.rule.read(row, inner)


def _inner(leaf: etree._Element, how: str, made: Harvest) -> etree._Element:
    """Where a leaf's text is: a date has it in its only child; any other children are unread."""
    if how == "moment":
        return leaf[0]
    for child in leaf:
        _unread(child, made)
    return leaf


def _unit(leaf: etree._Element, how: str, attributes: list[tuple[str, str]], made: Harvest) -> str:
    """The currency or unit among a leaf's attributes; what nobody reads is counted."""
    unit = ""
    for name, value in attributes:
        if name in ("currencyID", "unitCode") and how in ("amount", "mass", "part"):
            unit = value.strip()
        elif _name(name[:_TAG]) not in _DROPPED:
            made.unread[f"{_path(leaf)}@{_name(name[:_TAG])}"] += 1
    return unit


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
