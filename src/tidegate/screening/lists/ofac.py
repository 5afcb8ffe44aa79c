"""The list of Specially Designated Nationals of the US Treasury, as its CSV files without headers.

The files belong together by their names: sdn.csv (names and remarks), alt.csv (aliases), add.csv (addresses) and
sdn_comments.csv (remarks that did not fit); "ofac_sdn.csv" and "ofac_alt.csv" are such a set too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tidegate.errors import ListError
from tidegate.screening.entry import Kind
from tidegate.screening.lists.ofac_remarks import country, fill
from tidegate.screening.lists.opening import cells
from tidegate.screening.lists.record import Reading, Record
from tidegate.screening.lists.source import Heading, Loaded, Source

__all__ = ["SOURCE", "TABLES"]


class Table(NamedTuple):
    """One of the files: how its name ends, and its columns."""

    ending: str
    columns: tuple[str, ...]


TABLES: dict[str, Table] = {
    "comments": Table("sdn_comments", ("number", "remarks")),
    "aliases": Table("alt", ("number", "alias_number", "type", "name", "remarks")),
    "addresses": Table("add", ("number", "address_number", "address", "city", "country", "remarks")),
    "names": Table(
        "sdn",
        (
            *("number", "name", "type", "programme", "title", "call_sign", "vessel_type"),
            *("tonnage", "gross_tonnage", "flag", "owner", "remarks"),
        ),
    ),
}
# What a record without a type is, stands under the blank one.
KINDS = {"individual": Kind.PERSON, "vessel": Kind.VESSEL, "aircraft": Kind.VEHICLE, "": Kind.COMPANY}
_NULL = "-0-"
_TAIL = re.compile(r"[A-Z0-9]{1,3}-?[A-Z0-9]{2,5}")  # aircraft are named by their tail numbers
_END = "\x1a"  # the files end with the end-of-file sign of DOS
_PART = re.compile(r"(?i)(sdn_comments|sdn|alt|add)$")
_FIRST_ROWS = {
    "names": re.compile(rb'\d+,"[^"\r\n]*",(?:-0- ?|"(?:individual|vessel|aircraft)"),'),
    "aliases": re.compile(rb'\d+,\d+,"(?:aka|fka|nka)",'),
    "addresses": re.compile(rb'\d+,\d+,(?:-0- ?|"[^"\r\n]*"),(?:-0- ?|"[^"\r\n]*"),(?:-0- ?|"[^"\r\n]*"),'),
    "comments": re.compile(rb'\d+,"[^"]{10,}'),
}


def _table(stem: str) -> str:
    found = _PART.search(stem)
    return next((key for key, one in TABLES.items() if found and found[1].lower() == one.ending), "")


def _detect(head: bytes, name: str) -> bool:
    kind = _table(Path(name).stem)
    head = head.removeprefix(b"\xef\xbb\xbf")
    if kind:
        return _FIRST_ROWS[kind].match(head) is not None
    return _FIRST_ROWS["names"].match(head) is not None


def _belongs(stem: str) -> str:
    return _PART.sub("sdn", stem).lower()


def _read(files: Sequence[Path], heading: Heading) -> Loaded:
    reading = Reading(heading)
    tables: dict[str, list[tuple[Path, dict[str, str]]]] = {key: [] for key in TABLES}
    for path in files:
        kind = _table(path.stem) or "names"
        tables[kind] += [(path, row) for row in _rows(path, TABLES[kind], reading)]
    if not tables["names"]:
        where = ", ".join(str(path) for path in files)
        raise ListError("the names are missing: there is no sdn.csv.", where=where, hint="Fetch it from its owner.")
    records: dict[str, tuple[Record, dict[str, str]]] = {}
    for path, row in tables["names"]:
        record = reading.record(path, row["number"])
        record.name(row["name"])
        records[row["number"]] = record, row
    comments = {row["number"]: row["remarks"] for _, row in tables["comments"]}
    for kind in ("aliases", "addresses"):
        for path, row in tables[kind]:
            if row["number"] not in records:
                reading.fault(path, row["number"], "unknown_record")
            elif kind == "aliases":
                records[row["number"]][0].name(row["name"])
            else:
                record = records[row["number"]][0]
                record.address(row["address"], row["city"], row["country"])
                record.country(row["country"])
    for number, (record, row) in records.items():
        _fill(record, row, row["remarks"] + comments.get(number, ""))
        if row["type"] not in KINDS:
            record.fault("unknown_kind", row["type"])
        else:
            record.entry(KINDS[row["type"]])
    return reading.loaded()


def _rows(path: Path, table: Table, reading: Reading) -> Iterator[dict[str, str]]:
    """Yield the rows of a file by column, "-0-" as blank. A last row that is cut off raises ListError."""
    rows = [(line, row) for line, row in cells(path) if row != [_END]]
    width = len(table.columns)
    if not rows:
        raise ListError("there is no row in it.", where=str(path), hint="Fetch the list again.")
    last = rows[-1][0]
    for line, row in rows:
        if len(row) != width or not row[0].strip().isdigit():
            if line == last:
                what = f"the last row has {len(row)} of {width} cells: the file is cut off."
                raise ListError(what, where=f"{path}, line {line}", hint="Fetch the list again.")
            reading.fault(path, f"line {line}", "unreadable")
            continue
        values = ("" if value.strip() == _NULL else value.strip() for value in row)
        yield dict(zip(table.columns, values, strict=True))


def _fill(record: Record, row: dict[str, str], remarks: str) -> None:
    country(record, row["flag"])
    if row["call_sign"]:
        record.identifier("call_sign", row["call_sign"])
    fill(record, remarks)
    if row["type"] == "aircraft" and _TAIL.fullmatch(row["name"]):
        record.identifier("plate", row["name"])
    if row["programme"]:
        record.purpose = record.purpose or f"US sanctions: {row['programme']}"
    for text in (row["title"], row["vessel_type"]):
        record.remark(text)


SOURCE = Source(
    "ofac",
    "US Treasury, Specially Designated Nationals",
    "Bộ Tài chính Hoa Kỳ, danh sách cá nhân và tổ chức bị chỉ định đặc biệt (SDN)",
    _detect,
    _read,
    owner="US Treasury, Office of Foreign Assets Control",
    belongs=_belongs,
)
