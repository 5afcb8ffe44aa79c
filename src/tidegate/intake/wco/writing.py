"""Writing: lines become declarations, by the same table of paths that they are read by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path as File

import polars as pl
from lxml import etree

from tidegate.errors import InputError
from tidegate.intake.wco.build import add, day, files, metadata, plain, save
from tidegate.intake.wco.paths import ITEM, PATHS, Path
from tidegate.intake.wco.rules import RULES, Row

__all__ = ["write"]

# Longest texts that the schemas allow, where a table may hold more; the default is that of names.
_LONGEST = {
    "declaration_id": 70, "message_id": 35, "description": 512, "office": 17, "transport_id": 35, "incoterm": 3,
    "procedure": 7, "goods_location": 256, "loading_place": 256,
}  # fmt: skip
_NAME, _IDENTITY = 70, 17
# Function code and type of each message function: 13 is a request for a change, COR, or for an end, INV.
_FUNCTIONS = {"amendment": ("13", "COR"), "cancellation": ("13", "INV"), "original": ("9", "")}
_SOURCES = {"statistical": "statistical_value", "invoice": "item_price"}
_CENTS = 3  # decimals of an amount


@dataclass(slots=True)
class _Block:
    """A leaf, or all paths of a class that a rule writes."""

    paths: list[Path] = field(default_factory=list)
    group: str = ""


def _blocks() -> list[_Block]:
    made: list[_Block] = []
    for path in PATHS:
        group = next((one for one in RULES if path.path.startswith(f"{one}/")), "")
        if not path.written or (path.how == "part" and not group):
            continue
        if path.how == "part" and made and made[-1].group == group:
            made[-1].paths.append(path)
        elif path.how == "part" and any(block.group == group for block in made):
            # The country within an address: the class goes on behind it.
            made.append(_Block([path], group))
        else:
            made.append(_Block([path], group if path.how == "part" else ""))
    return made


_BLOCKS = _blocks()


def _columns(block: _Block) -> tuple[str, ...]:
    return RULES[block.group].columns if block.group else tuple(block.paths[0].to.split())


_OF_ITEMS = {column for block in _BLOCKS if block.paths[0].path.startswith(ITEM) for column in _columns(block)}
_OF_HEAD = {column for block in _BLOCKS if not block.paths[0].path.startswith(ITEM) for column in _columns(block)}
_PARTIES = [
    {f"{party}_{what}" for what in ("id", "name", "address", "country")}
    for party in ("buyer", "consignee", "consignor", "seller")
]
_KNOWN = _OF_ITEMS | _OF_HEAD


def write(lines: pl.DataFrame, folder: File) -> list[File]:
    """Write each declaration of `lines` as a message of its own; return the files.

    Lines of one declaration (and version) that follow one another go into one message. What no path of the table holds
    is not written: see docs/formats/wco.md. Raises InputError where lines of a declaration disagree on what a message
    says once, or a text is longer than the schemas allow.
    """
    known = [name for name in lines.columns if name in _KNOWN or name in ("value_basis", "model_version")]
    rows = [{name: plain(value) for name, value in row.items()} for row in lines.select(known).iter_rows(named=True)]
    groups = [list(group) for _, group in groupby(rows, _identity)]
    paths = files(folder, "declaration", [group[0].get("declaration_id", "") for group in groups])
    return [save(_message(group), path) for group, path in zip(groups, paths, strict=True)]


def _identity(row: Row) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in ("declaration_id", "message_id", "message_function", "message_version"))


def _message(rows: list[Row]) -> etree._Element:
    name = rows[0].get("declaration_id", "")
    head, items = _apart([_told(row) for row in rows], name)
    root, declaration = metadata(rows[0].get("model_version", ""), "DEC", "Declaration")
    written = False
    for block in _BLOCKS:
        if block.paths[0].path.startswith(ITEM):
            if not written:
                for item in items:
                    # A cancellation is a row without an item.
                    if "item_number" in item:
                        _item(declaration, item)
                written = True
        else:
            _put(declaration, "", block, head)
    return root


def _item(declaration: etree._Element, row: Row) -> None:
    shipment = _last(declaration, ("GoodsShipment",))
    item = add(shipment, "GovernmentAgencyGoodsItem")
    for block in _BLOCKS:
        if block.paths[0].path.startswith(ITEM):
            _put(item, f"{ITEM}/", block, row)


def _told(row: Row) -> Row:
    """What a message says of a line: nothing that reading works out by itself."""
    said = {name: text for name, text in row.items() if text}
    _check(said)
    if said.get("declaration_id") == said.get("message_id"):
        said.pop("declaration_id", None)
    source = _SOURCES.get(said.pop("value_basis", ""))
    if source and said.get(source) == said.get("customs_value"):
        said.pop("customs_value", None)
        said.pop("currency", None)
    if said.get("message_sender") == said.get("declarant_id"):
        said.pop("message_sender", None)
    if said.get("transport_id") in (said.get("arrival_transport_id", ""), said.get("departure_transport_id", "")):
        said.pop("transport_id", None)
    if "routing_countries" in said:
        said.pop("transit_country", None)
    code, kind = _FUNCTIONS.get(said.get("message_function", ""), ("9", ""))
    said["message_function"] = code
    said["declaration_type"] = kind or said.get("declaration_type", "IM")
    return said


def _check(row: Row) -> None:
    for column, text in row.items():
        if column not in _LONGEST and not column.endswith(("_name", "_id")):
            continue
        longest = _LONGEST.get(column, _IDENTITY if column.endswith("_id") and "transport" not in column else _NAME)
        if len(text) > longest:
            what = f"{column} has {len(text)} characters, and a message of the WCO Data Model holds {longest}."
            raise InputError(what, where=f"declaration {row.get('declaration_id', '')}", hint="Shorten it.")


def _apart(rows: list[Row], name: str) -> tuple[Row, list[Row]]:
    """Return what is said once, and what is said of each item."""
    differing = {column for column in _KNOWN if len({row.get(column, "") for row in rows}) > 1}
    for party in _PARTIES:
        if differing & party:
            differing |= party
    wrong = sorted(differing - _OF_ITEMS)
    if wrong:
        values = sorted({row.get(wrong[0], "") for row in rows})
        what = f"its lines disagree on {wrong[0]} ({', '.join(map(repr, values[:3]))}), which a declaration says once."
        raise InputError(what, where=f"declaration {name}", hint="Split it, or make its lines agree.")
    head = {column: text for column, text in rows[0].items() if column in _OF_HEAD and column not in differing}
    items = [
        {column: text for column, text in row.items() if column in _OF_ITEMS and column not in head} for row in rows
    ]
    return head, items


def _put(top: etree._Element, above: str, block: _Block, row: Mapping[str, str]) -> None:
    """Write a block under `top`, whose own path is `above`."""
    if not block.group:
        path = block.paths[0]
        columns = path.to.split()
        text = row.get(columns[0], "") if columns else ""
        if text:
            unit = row.get(columns[1], "") if path.how == "amount" else ""
            _leaf(top, path.path.removeprefix(above), path, text, unit)
        return
    group = block.group.removeprefix(above)
    *classes, name = group.split("/")
    many = name != "Address"
    for occurrence in RULES[block.group].write(dict(row)):
        relevant = [path for path in block.paths if occurrence.get(path.path[len(block.group) + 1 :])]
        if not relevant:
            continue
        parent = _last(top, tuple(classes))
        made = add(parent, name) if many else _last(parent, (name,))
        for path in relevant:
            key = path.path[len(block.group) + 1 :]
            _leaf(made, key, path, occurrence[key], occurrence.get(f"{key}@", ""))


def _leaf(top: etree._Element, below: str, path: Path, text: str, unit: str) -> None:
    *classes, name = below.split("/")
    if path.how == "moment":
        day(top, classes[0], text)
        return
    if classes == ["Seal"]:
        for number, seal in enumerate(text.split(), 1):
            one = add(top, "Seal")
            add(one, "SequenceNumeric", str(number))
            add(one, "ID", seal)
        return
    if name.endswith("Amount") and "." in text and len(text.partition(".")[2]) > _CENTS:
        text = f"{float(text):.{_CENTS}f}".rstrip("0").rstrip(".")
    attribute = ("currencyID" if name.endswith("Amount") else "unitCode", unit) if unit else None
    add(_last(top, tuple(classes)), name, text, attribute)


def _last(top: etree._Element, names: tuple[str, ...]) -> etree._Element:
    """The class at the end of `names`: the one that was written last, or a new one."""
    for name in names:
        children = top[-1:] if len(top) else []
        top = children[0] if children and etree.QName(children[0]).localname == name else add(top, name)
    return top
