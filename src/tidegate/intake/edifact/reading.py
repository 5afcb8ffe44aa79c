"""Reading: a file of interchanges becomes pieces of lines, bills and answers; each broken message one refused row."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from tidegate.intake.edifact import baplie, cuscar, cusdec, cusrep, cusres, report
from tidegate.intake.edifact.came import LARGEST_TABLE, Came, DamagedError, Row
from tidegate.intake.edifact.envelope import Interchange, Message, Refusal, walk
from tidegate.intake.edifact.syntax import Fault
from tidegate.intake.files import Source, contents
from tidegate.intake.formats import COLUMNS
from tidegate.intake.raw import REFUSED_SCHEMA, ROW, Raw
from tidegate.trade import ANSWER_SCHEMA, BILL_SCHEMA

__all__ = ["EXTRA_COLUMNS", "NAME", "READERS", "detect", "read", "understood"]

NAME = "edifact"
EXTRA_COLUMNS: tuple[str, ...] = (*COLUMNS, *cusdec.EXTRAS)
_PIECE = 4_000  # rows after which a piece is given out
_TYPES: dict[str, Any] = {"message_version": pl.Int32, "message_sent_at": pl.Datetime("us")}

READERS: dict[str, Callable[[Message], Came]] = {
    "CUSDEC": cusdec.read,
    "CUSCAR": cuscar.read,
    "IFCSUM": cuscar.read,
    "IFTMCS": cuscar.read_one,
    "IFTMIN": cuscar.read_one,
    "IFTMAN": cuscar.read_one,
    "BAPLIE": baplie.read,
    "CUSREP": cusrep.read,
    "CUSRES": cusres.read,
    "CONTRL": report.read,
}


def detect(head: bytes) -> str:
    """Say what the first bytes of a file are: "UN/EDIFACT CUSCAR D.99B", or "" where they begin no interchange."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    advice = start.startswith(b"UNA") and start[9:].lstrip()[:3] in (b"UNB", b"UN", b"U", b"")
    if not (advice and len(start) >= 9) and not (start.startswith(b"UNB") and not start[3:4].isalnum() and start[3:]):
        return ""
    for came, _ in walk(io.BytesIO(head)):
        if isinstance(came, Message):
            return f"UN/EDIFACT {came.kind[:6]} {came.version[:7]}"
        if isinstance(came, Refusal) and came.identifier and came.identifier[0]:
            return f"UN/EDIFACT {came.identifier[0][:6]} {'.'.join(came.identifier[1:3])[:7]}"
    return "UN/EDIFACT"


def understood(message: Message) -> Came | Fault:
    """What a message gave, or why it cannot be used."""
    reader = READERS.get(message.kind)
    if reader is None:
        known = ", ".join(READERS)
        what = f"{message.kind[:6]!r} is not a message type that is read ({known})"
        return Fault("14", message.first, what, 2, 1, "UNH")
    try:
        came = reader(message)
    except DamagedError as error:
        return error.fault
    size = sum(
        len(value)
        for rows in (came.lines, came.bills, came.answers)
        for row in rows
        for value in row.values()
        if isinstance(value, str)
    )
    if size > LARGEST_TABLE:
        what = f"its rows would hold more than {LARGEST_TABLE:,} characters"
        return Fault("39", message.first, what, tag="UNH", reason="unsafe")
    return came


def read(source: Source, received: date) -> Iterator[Raw]:
    """Yield the pieces of a file. Rows are numbered by segment within their interchange: UNB is 1.

    A declaration without a date of its own was lodged on the day that UNB names, else on `received`. Raises InputError
    for a gzip file that is cut off or damaged.
    """
    gathered = Came()
    with contents(source) as file:
        for came, done in walk(file):
            if isinstance(came, Interchange):
                continue
            if isinstance(came, Refusal):
                gathered.refused.append((came.fault.segment, "", came.told(), came.fault.reason))
            else:
                _add(gathered, came, received)
            if len(gathered.lines) + len(gathered.bills) + len(gathered.answers) + len(gathered.refused) >= _PIECE:
                yield _piece(gathered, min(done, source.size))
                gathered = Came()
    yield _piece(gathered, source.size)


def _add(gathered: Came, message: Message, received: date) -> None:
    """Put what a message gave to the rest, with what the message says about itself."""
    came = understood(message)
    if isinstance(came, Fault):
        told = Refusal(came, message.interchange, message.reference).told()
        gathered.refused.append((came.segment, "", told, came.reason))
        return
    sender = message.interchange.sender[0].strip() if message.interchange.sender else ""
    about: Row = {"message_format": NAME, "message_id": message.name, "message_sender": sender}
    sent_at = message.interchange.sent_at
    lodged = sent_at.date() if sent_at else received if received != date.min else None
    for row in came.lines:
        row.setdefault("message_function", "original")
        row.setdefault("lodged_on", lodged.isoformat() if lodged else None)
        version = row.get("message_version") or ""
        if version and not (version.isdigit() and version.isascii() and len(version) < 10):
            # A line is no worse for it, so it stays, and the path is counted.
            gathered.unread["CUSDEC/declaration/BGM 2.2 (no whole number)"] += 1
            version = ""
        row["message_version"] = int(version) if version else None
        gathered.lines.append({**row, **about, "message_sent_at": sent_at})
    for row in came.bills:
        gathered.bills.append(_typed({**row, **about}, BILL_SCHEMA, gathered) | {"message_sent_at": sent_at})
    for row in came.answers:
        gathered.answers.append({**row, **about})
    gathered.unread.update(came.unread)


def _typed(row: Row, schema: Mapping[str, Any], gathered: Came) -> Row:
    """A bill with its numbers and days as such; what is none is refused by itself, and the bill stays."""
    for name, dtype in schema.items():
        text = row.get(name)
        if text is None or dtype == pl.String:
            continue
        try:
            if dtype == pl.Date:
                row[name] = date.fromisoformat(text) if len(text) == 10 else None
            else:
                row[name] = float(text) if dtype == pl.Float64 else _whole(text)
        except (ValueError, OverflowError):
            row[name] = None
        if row[name] is None or (dtype == pl.Float64 and not 0 <= row[name] < float("inf")):
            reason = {pl.Date: "not_date", pl.Float64: "not_number"}.get(dtype, "not_whole")
            reason = reason if row[name] is None else "negative" if row[name] < 0 else "not_number"
            row[name] = None
            gathered.refused.append((row[ROW], name, f"{text[:100]} (bill {str(row.get('bill_id'))[:40]})", reason))
    return row


def _whole(text: str) -> int | None:
    number = int(text)
    return number if 0 <= number < 2**31 else None


def _piece(gathered: Came, done: int) -> Raw:
    table = {name: [row.get(name) for row in gathered.lines] for name in (*EXTRA_COLUMNS, ROW)}
    types = {name: _TYPES.get(name, pl.String) for name in EXTRA_COLUMNS} | {ROW: pl.Int64}
    refused = [(row, field or None, value[:200], reason) for row, field, value, reason in gathered.refused]
    return Raw(
        pl.DataFrame(table, schema=types),
        pl.DataFrame(refused, schema=REFUSED_SCHEMA, orient="row"),
        done,
        bills=_table(gathered.bills, BILL_SCHEMA),
        answers=_table(gathered.answers, ANSWER_SCHEMA),
        unread=Counter(gathered.unread),
    )


def _table(rows: list[Row], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(
        {name: [None if row.get(name) == "" else row.get(name) for row in rows] for name in schema}, schema=schema
    )
