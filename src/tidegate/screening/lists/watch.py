"""Plain watch lists: one CSV file with the columns value, kind, owner, reason, expires, as profiles use them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tidegate.errors import ListError
from tidegate.screening.entry import Kind
from tidegate.screening.lists.opening import cells
from tidegate.screening.lists.record import Reading, Record, clean
from tidegate.screening.lists.source import Heading, Loaded, Source
from tidegate.trade import containers, taxcode

__all__ = ["COLUMNS", "KINDS", "SOURCE"]

COLUMNS = ("value", "kind", "owner", "reason", "expires")
# How officers call a kind -> (kind of entry, what the value is: a type of identifier, "name", or "either" of them).
KINDS: dict[str, tuple[Kind, str]] = {
    "person": (Kind.PERSON, "name"),
    "company": (Kind.COMPANY, "either"),
    "importer": (Kind.COMPANY, "either"),
    "exporter": (Kind.COMPANY, "either"),
    "supplier": (Kind.COMPANY, "either"),
    "declarant": (Kind.COMPANY, "either"),
    "carrier": (Kind.COMPANY, "either"),
    "tax code": (Kind.COMPANY, "tax"),
    "vessel": (Kind.VESSEL, "name"),
    "imo": (Kind.VESSEL, "imo"),
    "mmsi": (Kind.VESSEL, "mmsi"),
    "call sign": (Kind.VESSEL, "call_sign"),
    "vehicle": (Kind.VEHICLE, "plate"),
    "plate": (Kind.VEHICLE, "plate"),
    "vin": (Kind.VEHICLE, "vin"),
    "container": (Kind.CONTAINER, "container"),
    "document": (Kind.DOCUMENT, "other"),
    "passport": (Kind.DOCUMENT, "passport"),
    "identity card": (Kind.DOCUMENT, "identity_card"),
    "address": (Kind.ADDRESS, "name"),
    "phone": (Kind.PHONE, "phone"),
    "email": (Kind.PERSON, "email"),
    "phrase": (Kind.PHRASE, "name"),
    "description": (Kind.PHRASE, "name"),
    "goods": (Kind.PHRASE, "name"),
}


def _header(row: list[str]) -> list[str]:
    return [name.strip().lower() for name in row]


def _detect(head: bytes, name: str) -> bool:
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
    names = _header(first.replace('"', "").split(","))
    return "value" in names and set(names) <= set(COLUMNS)


def _read(files: Sequence[Path], heading: Heading) -> Loaded:
    reading = Reading(heading)
    for path in files:
        rows = cells(path)
        names = _header(next(rows)[1])
        if "value" not in names or len(set(names)) < len(names):
            what = "the first row does not name each column once, value among them."
            raise ListError(what, where=f"{path}, line 1", hint=f"Columns are {', '.join(COLUMNS)}.")
        last: tuple[int, int] = (0, len(names))
        for line, row in rows:
            last = line, len(row)
            if len(row) != len(names):
                reading.fault(path, f"line {line}", "unreadable")
                continue
            _add(reading.record(path, "", f"line {line}"), dict(zip(names, row, strict=True)))
        if last[1] < len(names):
            what = f"the last row has {last[1]} of {len(names)} cells: the file is cut off."
            raise ListError(what, where=f"{path}, line {last[0]}", hint="Write the row in full.")
    return reading.loaded()


def _add(record: Record, row: dict[str, str]) -> None:
    value = row["value"].strip()
    called = row.get("kind", "").strip().lower().replace("_", " ")
    record.owner = row.get("owner", "").strip() or record.owner
    record.purpose = row.get("reason", "").strip() or record.purpose
    record.expires = record.day(row.get("expires", ""))
    kind, what = KINDS.get(called) or _guessed(value) if called in KINDS or not called else (None, "")
    if kind is None:
        record.fault("unknown_kind", called or value)
        return
    either = what == "either"
    if either:
        what = "tax" if taxcode.valid(pl.Series([value])).item() else "other" if _numbered(value) else "name"
    # What a line is about is its number: two owners may list one value.
    record.source_id = f"{kind} {clean(value)}" + (f", {clean(record.owner)}" if record.owner else "")
    if what == "name":
        record.name(value)
        if kind is Kind.ADDRESS:
            record.address(value)
    else:
        record.identifier(what, value, "VN" if what == "tax" else "")
        if either and what == "other" and sum(map(str.isalpha, value)) >= sum(map(str.isdecimal, value)):
            record.name(value)  # 3M, 7Eleven: as likely a name
    record.entry(kind)


def _guessed(value: str) -> tuple[Kind | None, str]:
    """What a value is that has no kind: only where its check digit says so."""
    if containers.valid(pl.Series([value])).item():
        return Kind.CONTAINER, "container"
    return (Kind.COMPANY, "tax") if taxcode.valid(pl.Series([value])).item() else (None, "")


def _numbered(value: str) -> bool:
    """Whether a value is a number that somebody gave: one word that holds a digit. Such numbers are written in ASCII;
    scripts without spaces make one word of a whole name.
    """
    return value.isascii() and " " not in value and any(letter.isdigit() for letter in value)


SOURCE = Source("watch", "plain watch list (CSV)", "danh sách theo dõi đơn giản (CSV)", _detect, _read)
