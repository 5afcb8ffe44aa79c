"""Reading the Single Administrative Document (SAD) of ASYCUDA World: each goods item becomes a line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from lxml import etree

from tidegate.intake.asycuda import identity
from tidegate.intake.asycuda.days import iso, order
from tidegate.intake.asycuda.duty import factor_of_all, percent
from tidegate.intake.asycuda.elements import Facts, Index, note, parts
from tidegate.intake.asycuda.items import ITEM_EXTRAS, MONEY, Goods, goods, national
from tidegate.intake.asycuda.modes import mode
from tidegate.intake.asycuda.party import split
from tidegate.intake.asycuda.places import CONTAINER, DOCUMENT, GENERAL
from tidegate.intake.files import Source
from tidegate.intake.formats import COLUMNS
from tidegate.intake.raw import ROW, Raw, refused
from tidegate.intake.safety import Found, messages, root

__all__ = ["EXTRAS", "SAD_COLUMNS", "detect", "read"]

_ROOTS = ("ASYCUDA", "Asycuda", "asycuda")
_INSIDE = re.compile(rb"<(?:[\w.-]+:)?(?:ASYCUDA|Asycuda|asycuda)[\s>]")
_PIECE, _WEIGHT = 4_000, 1 << 24  # lines, and characters in them, that are given out at once
_MOST = 9_999  # items, and containers, of one SAD; ASYCUDA counts items with three digits

_GENERAL_EXTRAS = (
    *("declaration_type", "general_procedure", "sad_flow", "manifest_id", "items_announced", "packages_announced"),
    *("exporter_address", "declarant_address", "financial_id", "trading_country", "destination_country"),
    *("transport_nationality", "border_office", "location_of_goods", "warehouse"),
)
EXTRAS: tuple[str, ...] = (*_GENERAL_EXTRAS, *ITEM_EXTRAS)
"""Columns of the lines that come from a SAD besides COLUMNS; texts, but for the numbers in MONEY."""

SAD_COLUMNS: tuple[str, ...] = (*COLUMNS, *EXTRAS)
_SCHEMA = {name: pl.Float64() if name in MONEY else pl.String() for name in SAD_COLUMNS} | {ROW: pl.Int64()}

_GENERAL = Index(GENERAL)
_CONTAINER = Index(CONTAINER)
_DOCUMENT = Index(DOCUMENT)
_VERSION = re.compile("[0-9]{1,9}")
_FUNCTIONS = {
    **dict.fromkeys(("original", "stored", "registered", "assessed", "paid"), "original"),
    **dict.fromkeys(("amendment", "amended", "rectified", "modified"), "amendment"),
    **dict.fromkeys(("cancellation", "cancelled", "canceled", "annulled"), "cancellation"),
}

Row = dict[str, Any]


def detect(head: bytes) -> str:
    """What the first bytes of a file are: a SAD, alone or inside another element, or "" for anything else."""
    outermost = root(head).rpartition("}")[2]
    found = outermost in _ROOTS or bool(outermost and _INSIDE.search(head))
    return "ASYCUDA World SAD (unverified against UNCTAD's own schema)" if found else ""


def read(source: Source, received: date) -> Iterator[Raw]:
    """Yield the goods items of each SAD, as texts under SAD_COLUMNS. Raises InputError as `messages` does.

    `received` stands where a SAD gives neither a date of registration nor one of declaration.
    """
    rows: list[Row] = []
    faults: list[tuple[int, str, str]] = []
    unread: Counter[str] = Counter()
    done = weight = 0
    for found in messages(source, _ROOTS):
        done = found.done
        if found.fault is not None:
            faults.append((found.fault.line, found.fault.what, found.fault.reason))
        elif found.element is not None:
            try:
                lines = _Sad(found, found.element, received, unread).lines()
                rows += lines
                weight += sum(map(_weight, lines))
            except _RefusedError as error:
                faults.append((found.line, error.what, error.reason))
        if len(rows) >= _PIECE or len(faults) >= _PIECE or weight >= _WEIGHT:
            yield _piece(rows, faults, unread, done)
            rows, faults, unread, weight = [], [], Counter(), 0
    yield _piece(rows, faults, unread, done)


def _piece(rows: list[Row], faults: list[tuple[int, str, str]], unread: Counter[str], done: int) -> Raw:
    table = pl.DataFrame({name: [row.get(name) for row in rows] for name in _SCHEMA}, schema=_SCHEMA)
    return Raw(table, refused(faults), done, unread=unread)


def _weight(line: Row) -> int:
    return sum(len(value) for value in line.values() if isinstance(value, str))


class _RefusedError(Exception):
    """A SAD that is refused as a whole: what is wrong, and the code of the reason. It does not leave this file."""

    def __init__(self, what: str, reason: str = "message") -> None:
        self.what, self.reason = what, reason
        super().__init__(what)


@dataclass(slots=True)
class _Sad:
    """One SAD on its way to lines; paths that nobody reads are counted in `unread`."""

    found: Found
    element: etree._Element
    received: date
    unread: Counter[str]

    def lines(self) -> list[Row]:
        """The rows of this SAD. Raises _RefusedError."""
        whole = parts(self.element, ("item", "container"), "ASYCUDA")
        if len(whole.groups["item"]) > _MOST or len(whole.groups["container"]) > _MOST:
            raise _RefusedError(f"it has more than {_MOST} items or containers: no real SAD has", "unsafe")
        general = self._facts(_GENERAL.read(whole))
        items = [goods(item, self.unread) for item in whole.groups["item"]]
        boxes = [self._facts(facts) for facts in _CONTAINER.of(whole.groups["container"], "ASYCUDA/Container")]
        shared = self._shared(general, self._order(general, items))
        if not items and shared["message_function"] == "cancellation":
            return [shared | {ROW: self.found.line}]
        if not items:
            raise _RefusedError("the SAD has no Item: export it again with its goods items")
        factor = factor_of_all(tax for item in items for tax in item.taxes)
        currency = national([whole.texts])
        lines: list[Row] = []
        repeated, common = 0, _weight(shared)
        for place, item in enumerate(items, 1):
            made = item.fields()
            made["item_number"] = made["item_number"] or str(place)
            made["incoterm"] = made["incoterm"] or general.get("general_incoterm")
            made["duty_rate"] = percent(item.duty, factor)
            made["currency"] = item.currency or currency
            made["container_ids"] = _containers(made["item_number"], item, boxes, general)
            made[ROW] = self.found.line_of(item.element)
            lines.append(shared | made)
            repeated += common + len(made["container_ids"] or "")
            if repeated > 4 * _WEIGHT:
                raise _RefusedError("what its items have in common is more than any real SAD has", "unsafe")
        return lines

    def _facts(self, facts: Facts) -> dict[str, str]:
        note(self.unread, facts.unread)
        return facts.texts

    def _order(self, general: dict[str, str], items: list[Goods]) -> bool | None:
        """Whether months come first in the dates of this SAD, as far as any of them shows."""
        days = [general[name] for name in ("registered_on", "declared_on") if name in general]
        return order(days + [document["document_date"] for item in items for document in item.documents])

    def _shared(self, general: dict[str, str], months_first: bool | None) -> Row:
        """The fields that every item of the SAD has from its general segment."""
        get = general.get
        registered = iso(get("registered_on", ""), months_first)
        declared = iso(get("declared_on", ""), months_first)
        received = self.received.isoformat() if self.received != date.min else ""
        reference = "-".join(part for part in (get("reference_year", ""), get("reference_number", "")) if part)
        reference = reference if get("reference_number") else ""
        office, serial, count = (get(name, "") for name in ("office", "registration_serial", "registration_number"))
        number = identity.number(office, registered, serial, count)
        exporter, exporter_address = split(get("exporter_name"), get("exporter_address"))
        importer, importer_address = split(get("importer_name"), get("importer_address"))
        declarant, declarant_address = split(get("declarant_name"), get("declarant_address"))
        version = get("version", "")
        if version and not _VERSION.fullmatch(version):
            self.unread["ASYCUDA/Identification/Version"] += 1
            version = ""
        amended = bool(version) and int(version) > 1
        named = {name: get(name) for name in (*_GENERAL_EXTRAS, *_PLAIN)}
        return named | {
            "declaration_id": number or identity.draft(get("declarant_id", ""), reference) or None,
            "lodged_on": registered or declared or received or None,
            "exporter_name": exporter,
            "exporter_address": exporter_address,
            "importer_name": importer,
            "importer_address": importer_address,
            "declarant_name": declarant,
            "declarant_address": declarant_address,
            "transport_id": get("transport_id") or get("arrival_identity"),
            "transport_mode": mode(get("transport_mode")),
            "message_format": "asycuda",
            "message_id": reference or None,
            "message_sender": get("declarant_id") or get("importer_id"),
            "message_function": _FUNCTIONS.get(get("status", "").lower(), "amendment" if amended else "original"),
            "message_version": version or None,
        }


_PLAIN = ("office", "exporter_id", "importer_id", "declarant_id", "dispatch_country", "loading_port")


def _containers(number: str, item: Goods, boxes: list[dict[str, str]], general: dict[str, str]) -> str | None:
    """The containers of one item: its own, those of the SAD that name it, and those that name none."""
    named = [box.get("container_identity") for box in boxes if box.get("container_item", number) == number]
    every = [*item.containers, *(name for name in named if name), *general.get("container_number", "").split()]
    return " ".join(dict.fromkeys(every)) or None
