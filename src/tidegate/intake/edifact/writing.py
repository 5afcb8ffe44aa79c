"""Writing: lines become CUSDEC declarations, bills a CUSCAR manifest, by the very places that read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from tidegate.errors import InputError
from tidegate.intake.edifact import cuscar, cusdec
from tidegate.intake.edifact.interchange import Outgoing, interchange, save
from tidegate.trade import BILL_SCHEMA, LINE_SCHEMA, MESSAGE_SCHEMA

__all__ = ["NOT_CARRIED", "write", "write_bills"]

# Fields of a line that CUSDEC has no place for: what a node knows of its own, or says of the data.
NOT_CARRIED: tuple[str, ...] = ("importer_registered_on", "importer_trusted", "flags")
_IN_ONE_FILE = 50_000  # messages of one interchange
_MOST = 9_999  # goods items of one message, as D.99B has it
_IMPORT = "929"  # 1001: goods declaration for importation

Texts = dict[str, str]


def write(lines: pl.DataFrame, folder: Path, *, made_at: datetime | None = None) -> list[Path]:
    """Write lines (line table, COLUMNS where known) as CUSDEC D.99B, a message a declaration; return the files.

    Lines of one declaration that follow one another are one message; what they agree on is said once. `made_at`: when
    the interchange says that it was made; else the latest day of lodging. Raises InputError for a declaration of
    more than 9,999 items.
    """
    names = [name for name in (*LINE_SCHEMA, *MESSAGE_SCHEMA, *cusdec.EXTRAS) if name in lines.columns]
    latest = lines["lodged_on"].max() if "lodged_on" in lines.columns else None
    made_at = made_at or (datetime(latest.year, latest.month, latest.day) if isinstance(latest, date) else _EPOCH)  # noqa: DTZ001
    messages = (
        Outgoing("CUSDEC:D:99B:UN", _declaration(list(rows)))
        for _, rows in groupby(_rows(lines.select(names)), key=lambda row: _key(row, cusdec.OF_DECLARATION))
    )
    return _files(messages, folder, "cusdec", made_at)


def write_bills(bills: pl.DataFrame, folder: Path, *, made_at: datetime | None = None) -> list[Path]:
    """Write bills (BILL_SCHEMA) as CUSCAR D.99B, a message a manifest and a goods item a row; return the files.

    Seals stand with the container: a container in several bills has the seals of the first row that names some.
    """
    names = [name for name in BILL_SCHEMA if name in bills.columns]
    made_at = made_at or _EPOCH
    messages = (
        Outgoing("CUSCAR:D:99B:UN", _manifest(list(rows)))
        for _, rows in groupby(_rows(bills.select(names)), key=lambda row: _key(row, cuscar.OF_MANIFEST))
    )
    return _files(messages, folder, "cuscar", made_at)


_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 -- a fixed moment: the same bills give the same bytes


def _files(messages: Iterator[Outgoing], folder: Path, name: str, made_at: datetime) -> list[Path]:
    paths: list[Path] = []
    held: list[Outgoing] = []
    for message in messages:
        held.append(message)
        if len(held) == _IN_ONE_FILE:
            paths += _file(held, folder, f"{name}-{len(paths) + 1:04}", made_at)
            held = []
    if held:
        paths += _file(held, folder, f"{name}-{len(paths) + 1:04}", made_at)
    return paths


def _file(messages: Sequence[Outgoing], folder: Path, name: str, made_at: datetime) -> list[Path]:
    reference = f"{made_at:%y%m%d}{name[-4:]}"
    return save(folder, f"{name}.edi", [interchange(messages, reference, made_at, recipient=["CUSTOMS"])])


def _rows(table: pl.DataFrame) -> Iterator[Texts]:
    for row in table.iter_rows(named=True):
        yield {name: _text(value) for name, value in row.items() if value is not None}


def _text(value: Any) -> str:
    """Numbers without an exponent, days as 2026-01-31; spaces at the ends mean nothing in a message."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{Decimal(repr(value)):f}"
    return str(value).strip()


def _key(row: Mapping[str, str], names: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(row.get(name) for name in names)


def _declaration(rows: list[Texts]) -> list[list[list[str]]]:
    """BGM to UNS and CNT of one declaration."""
    if len(rows) > _MOST:
        raise InputError(
            f"CUSDEC holds {_MOST:,} goods items, this declaration has {len(rows):,}.",
            where=f"declaration {rows[0].get('declaration_id')}",
            hint="Write it in another format.",
        )
    first = rows[0]
    agreed = {
        name: first[name]
        for name in cusdec.PLACES.fields("declaration")
        if name in first and all(row.get(name) == first[name] for row in rows)
    }
    agreed.setdefault("declaration_type", _IMPORT)
    agreed.setdefault("message_function", "original")
    segments = cusdec.PLACES.segments("declaration", agreed)
    segments.append([["UNS"], ["D"]])
    for number, row in enumerate(rows, 1):
        row.setdefault("item_number", str(number))
        own = {name: value for name, value in row.items() if agreed.get(name) != value}
        segments += cusdec.PLACES.segments("item", own)
    return [*segments, [["UNS"], ["S"]], [["CNT"], ["5", str(len(rows))]]]


def _manifest(rows: list[Texts]) -> list[list[list[str]]]:
    """BGM, transport, containers and then the consignments of one manifest."""
    segments = cuscar.PLACES.segments("manifest", _only(rows[0], cuscar.OF_MANIFEST))
    if not segments or segments[0][0] != ["BGM"]:
        segments.insert(0, [["BGM"]])
    seals: dict[str, str] = {}
    for row in rows:
        if row.get("container_id") and row.get("seals"):
            seals.setdefault(row["container_id"], row["seals"])
    for container, numbers in seals.items():
        segments += cuscar.PLACES.segments("container", {"container_id": container, "seals": numbers})
    of_bill, of_goods = cuscar.PLACES.fields("bill"), cuscar.PLACES.fields("goods")
    for number, (_, group) in enumerate(groupby(rows, key=lambda row: _key(row, of_bill)), 1):
        parts = list(group)
        segments.append([["CNI"], [str(number)]])
        segments += cuscar.PLACES.segments("bill", _only(parts[0], of_bill))
        for item, row in enumerate(parts, 1):
            goods = cuscar.PLACES.segments("goods", _only(row, of_goods))
            if not goods or goods[0][0] != ["GID"]:
                goods.insert(0, [["GID"]])
            goods[0] = [["GID"], [str(item)], *goods[0][2:]]
            segments += goods
            if row.get("container_id"):
                segments += cuscar.PLACES.segments("placing", {"container_id": row["container_id"]})
    return segments


def _only(row: Texts, names: Sequence[str]) -> Texts:
    return {name: row[name] for name in names if name in row}
