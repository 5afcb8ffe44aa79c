"""Reading the cargo manifest of ASYCUDA World (Awmds): one row a bill of lading and container."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from lxml import etree

from tidegate.intake.asycuda.bill_places import BILL, BOX, GOODS, MANIFEST, MASTER
from tidegate.intake.asycuda.days import iso, order
from tidegate.intake.asycuda.elements import LONGEST_TEXT, Index, canonical, note, parts
from tidegate.intake.asycuda.modes import mode
from tidegate.intake.asycuda.numbers import amount
from tidegate.intake.files import Source
from tidegate.intake.formats import COLUMNS
from tidegate.intake.raw import REFUSED_SCHEMA, ROW, Raw
from tidegate.intake.safety import Found, messages, root
from tidegate.trade import BILL_SCHEMA

__all__ = ["detect", "manifest_id", "read"]

_ROOTS = {"Awmds": "cargo manifest", "Awbolds": "breakdown of a master bill"}
_INSIDE = re.compile(rb"<(?:[\w.-]+:)?(Awmds|Awbolds)[\s>]")
_SEGMENTS = ("General_segment", "Master_bol", "Bol_segment")
_PIECE, _WEIGHT = 4_000, 1 << 24  # rows, and characters in them, that are given out at once
_MOST_BOXES = 9_999  # containers of one bill

_MANIFEST, _MASTER, _BILL, _BOX, _GOODS = (Index(places) for places in (MANIFEST, MASTER, BILL, BOX, GOODS))
_NO_LINES = {name: pl.String() for name in COLUMNS} | {ROW: pl.Int64()}

Row = dict[str, Any]
# Row of the file, field, value, reason: REFUSED_SCHEMA.
Refusal = tuple[int, str | None, str, str]


def detect(head: bytes) -> str:
    """What the first bytes of a file are: a manifest or the breakdown of a master bill, or "" for anything else."""
    outermost = root(head).rpartition("}")[2]
    inside = _INSIDE.search(head) if outermost else None
    kind = _ROOTS.get(outermost) or (_ROOTS[inside[1].decode()] if inside else "")
    return f"ASYCUDA World {kind} (unverified against UNCTAD's own schema)" if kind else ""


def read(source: Source, received: date) -> Iterator[Raw]:
    """Yield the bills of a file; a broken bill costs itself. Raises InputError as `messages` does."""
    reading = _Reading()
    done = 0
    for found in messages(source, _SEGMENTS):
        done = found.done
        if found.fault is not None:
            reading.faults.append((found.fault.line, None, found.fault.what[:200], found.fault.reason))
        elif found.element is not None:
            reading.segment(found, found.element)
        if max(len(reading.rows), len(reading.faults)) >= _PIECE or reading.weight >= _WEIGHT:
            yield reading.piece(done)
    reading.end()
    yield reading.piece(done)


def manifest_id(office: str | None, voyage: str | None, departed_on: str | None) -> str | None:
    """OFFICE-VOYAGE-DEPARTURE: what ASYCUDA knows a manifest by that is not registered yet."""
    return "-".join(part for part in (office, voyage, departed_on) if part) or None


@dataclass(slots=True)
class _Reading:
    """What has been read of a file and not been given out; `general` is of the manifest whose bills are coming."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Refusal] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    general: Row | None = None
    at: int = 0
    bills: int = 0
    announced: str = ""
    weight: int = 0

    def segment(self, found: Found, element: etree._Element) -> None:
        """Take a general segment, a master bill or a bill."""
        name = canonical(str(element.tag))
        if name == "bol_segment":
            self.bills += 1
            if self.general is None:
                what = "the bill stands before any General_segment: whose manifest it is cannot be told"
                self.faults.append((found.line, None, what, "message"))
            else:
                self._bill(found, element)
            return
        self.end()
        index, where = (_MASTER, "Awbolds/Master_bol") if name == "master_bol" else (_MANIFEST, "Awmds/General_segment")
        facts = index.read(parts(element, (), where))
        note(self.unread, facts.unread)
        self._general(found, facts.texts)

    def _general(self, found: Found, facts: Mapping[str, str]) -> None:
        get = facts.get
        months_first = order(facts[name] for name in ("departed_on", "arrived_on") if name in facts)
        departed, arrived = (iso(get(name, ""), months_first) for name in ("departed_on", "arrived_on"))
        number = get("number") or manifest_id(get("office"), get("voyage"), departed)
        self.at, self.bills, self.announced = found.line, 0, get("bills_announced", "")
        if number is None:
            what = "the manifest has neither office, voyage nor day of departure: it cannot be told from others"
            self.faults.append((found.line, None, what, "message"))
            self.general = None
            return
        self.general = {
            "manifest_id": number,
            "master_bill_id": get("master_bill_id"),
            "arrived_on": self._day(found.line, arrived),
            "office": get("office"),
            "carrier_id": get("carrier_id"),
            "transport_mode": mode(get("transport_mode")),
            "transport_id": get("registered") or get("transport_id"),
            "voyage": get("voyage"),
            "loading_port": get("departure"),
            "unloading_port": get("destination"),
            "message_format": "awmds",
        }

    def _bill(self, found: Found, element: etree._Element) -> None:
        """One row for each container; one for the bill where it has none."""
        whole = parts(element, ("ctn_segment", "goods_segment"), "Awmds/Bol_segment")
        facts = _BILL.read(whole)
        note(self.unread, facts.unread)
        boxes = self._group(_BOX, whole.groups["ctn_segment"], "ctn_segment")
        goods = self._group(_GOODS, whole.groups["goods_segment"], "Goods_segment")
        get, general = facts.texts.get, self.general or {}
        bill = self._short(
            found.line,
            general
            | {
                "bill_id": get("bill_id"),
                "master_bill_id": get("master_bill_id") or general["master_bill_id"],
                "loading_port": get("loading_port") or get("origin_port") or general["loading_port"],
                "unloading_port": get("unloading_port") or general["unloading_port"],
                "carrier_id": general["carrier_id"] or get("carrier_id"),
                "consignor_name": get("consignor_name"),
                "consignee_id": get("consignee_id"),
                "consignee_name": get("consignee_name"),
                "package_type": next((each["package_type"] for each in goods if "package_type" in each), None),
                "description": "; ".join(dict.fromkeys(g["description"] for g in goods if "description" in g)) or None,
            },
        )
        said = sum(len(text) for text in bill.values() if isinstance(text, str))
        if len(boxes) > _MOST_BOXES or len(boxes) * said > 4 * _WEIGHT:
            what = f"{len(boxes)} containers with {said} characters in common are more than any real bill has"
            self.faults.append((found.line, None, what, "unsafe"))
            return
        made: list[Row] = [{"container_id": box.get("container_id"), "seals": _seals(box)} for box in boxes]
        if not made:
            loose = " ".join(mark for each in goods for mark in each.get("seals", "").split())
            made = [{"container_id": None, "seals": loose or None}]
        for name in ("packages", "gross_mass_kg"):
            of_boxes = [self._number(found.line, name, box.get(name)) for box in boxes]
            of_goods = [self._number(found.line, name, each.get(name)) for each in goods]
            for row, value in zip(made, _shared_out(boxes, goods, of_boxes, of_goods), strict=True):
                row[name] = self._whole(found.line, value) if name == "packages" else value
        self.rows += [bill | self._short(found.line, row) for row in made]
        self.weight += said * len(made)

    def _short(self, line: int, row: Row) -> Row:
        """The row without texts that are too long; each is refused by itself."""
        long = [name for name, text in row.items() if isinstance(text, str) and len(text) > LONGEST_TEXT]
        self.faults += [(line, name, row[name][:200], "too_long") for name in long]
        return row | dict.fromkeys(long) if long else row

    def _group(self, index: Index, elements: list[etree._Element], name: str) -> list[dict[str, str]]:
        read = list(index.of(elements, f"Awmds/Bol_segment/{name}"))
        for facts in read:
            note(self.unread, facts.unread)
        return [facts.texts for facts in read]

    def _number(self, line: int, name: str, text: str | None) -> float | None:
        """A number of a bill; one that is none is refused by itself, and the bill stays."""
        value = amount(text)
        if text and (value is None or value < 0):
            self.faults.append((line, name, text[:200], "not_number" if value is None else "negative"))
            return None
        return value

    def _whole(self, line: int, value: float | None) -> int | None:
        if value is not None and (value != round(value) or value >= 1 << 31):
            self.faults.append((line, "packages", f"{value:g}", "not_whole"))
            return None
        return None if value is None else int(value)

    def _day(self, line: int, text: str) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.faults.append((line, "arrived_on", text[:200], "not_date"))
            return None

    def end(self) -> None:
        """Compare the bills that came with what the manifest announced."""
        if self.general is not None and self.announced and amount(self.announced) != self.bills:
            what = f"the manifest announces {self.announced[:20]} bills and has {self.bills}: ask for it again"
            self.faults.append((self.at, None, what, "message"))
        self.general = None

    def piece(self, done: int) -> Raw:
        """Give out what has been read."""
        bills = pl.DataFrame({name: [row.get(name) for row in self.rows] for name in BILL_SCHEMA}, schema=BILL_SCHEMA)
        faults = pl.DataFrame(self.faults, schema=REFUSED_SCHEMA, orient="row")
        raw = Raw(pl.DataFrame(schema=_NO_LINES), faults, done, bills=bills, unread=self.unread)
        self.rows, self.faults, self.unread, self.weight = [], [], Counter(), 0
        return raw


def _seals(box: Mapping[str, str]) -> str | None:
    marks = (box.get(f"seal_{place}", "") for place in (1, 2, 3, 4))
    return " ".join(" ".join(mark.split()) for mark in marks if mark) or None


def _shared_out(
    boxes: list[dict[str, str]],
    goods: list[dict[str, str]],
    of_boxes: list[float | None],
    of_goods: list[float | None],
) -> list[float | None]:
    """What each row of a bill gets of packages or mass.

    A container's own; else that of the goods that name it; where no container has any, the whole bill's on the first
    row alone, so that the rows of a bill never add up to more than the bill.
    """
    if not any(value is not None for value in of_boxes) and boxes:
        named: dict[str, float] = {}
        for each, value in zip(goods, of_goods, strict=True):
            if value is not None and each.get("container_id"):
                named[each["container_id"]] = named.get(each["container_id"], 0) + value
        of_boxes = [named.pop(box.get("container_id", ""), None) for box in boxes]
    if any(value is not None for value in of_boxes):
        return of_boxes
    given = [value for value in of_goods if value is not None]
    return [sum(given) if given else None, *([None] * (len(boxes) - 1))]
