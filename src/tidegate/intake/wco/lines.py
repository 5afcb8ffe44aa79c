"""Declarations to lines: what is said once for all items goes to each of them; nothing is shared out or guessed."""

from __future__ import annotations

from datetime import date

from tidegate.intake.wco.rules import Row
from tidegate.intake.wco.tree import Harvest

__all__ = ["NAME", "VALUES", "function", "lines", "moment", "whole_line"]

NAME = "wco"

# Message function (UN/EDIFACT 1225), and where it is 13, "request", the type of the additional message.
_FUNCTIONS = {
    "1": "cancellation", "3": "cancellation", "4": "amendment", "5": "amendment", "9": "original", "36": "amendment",
}  # fmt: skip
_REQUESTS = {"INV": "cancellation", "COR": "amendment"}

# Columns that describe one party: an item that names its own has nothing of the header's.
_PARTIES = tuple(
    frozenset(f"{party}_{what}" for what in ("id", "name", "address", "country"))
    for party in ("buyer", "consignee", "consignor", "seller")
)
_OF_PARTIES = frozenset().union(*_PARTIES)
# Where the customs value is taken from if it is not declared itself: (basis, value, currency).
VALUES = (
    ("customs", "customs_value", "currency"),
    ("statistical", "statistical_value", "statistical_currency"),
    ("invoice", "item_price", "item_price_currency"),
)


def function(head: Row) -> str:
    """original, amendment, cancellation; empty for a message that asks for something else."""
    code = head.get("message_function", "").lstrip("0")
    return _REQUESTS.get(head.get("declaration_type", ""), "") if code == "13" else _FUNCTIONS.get(code, "")


def lines(declaration: Harvest, received: date) -> tuple[Row, list[tuple[int, Row]], list[tuple[int, Row]]]:
    """Return (the header as texts of columns, lines with all their columns, items that only change a line).

    An amendment that says what it changes (class Amendment) holds only that: its items are changes. A cancellation is
    one row.
    """
    head = _head(declaration.head, received)
    if head.get("message_function") == "cancellation":
        return head, [(0, head)], declaration.items
    # One that points at nothing is whole if it can be: an item without its code is none that repeats the declaration.
    partial = any("Pointer" in change for change in declaration.changes) or not all(
        "hs_code" in item for _, item in declaration.items
    )
    if head.get("message_function") != "original" and declaration.changes and partial:
        return head, [], declaration.items
    return head, [(line, whole_line(head, item)) for line, item in declaration.items], []


def _head(said: Row, received: date) -> Row:
    head = dict(said)
    head["message_format"] = NAME
    known = function(said)
    if known:
        head["message_function"] = known
    else:
        head.pop("message_function", None)
    if "declaration_id" not in head and "message_id" in head:
        head["declaration_id"] = head["message_id"]
    accepted, sent = moment(said.get("lodged_on", "")), moment(said.get("message_sent_at", ""))
    if accepted or sent:
        head["lodged_on"] = (accepted or sent)[:10]
    elif received != date.min:
        head["lodged_on"] = received.isoformat()
    if sent:
        head["message_sent_at"] = sent
    if "message_sender" not in head and "declarant_id" in head:
        head["message_sender"] = head["declarant_id"]
    for other in ("arrival_transport_id", "departure_transport_id"):
        if "transport_id" not in head and other in head:
            head["transport_id"] = head[other]
    return head


def whole_line(head: Row, item: Row) -> Row:
    """The line of an item, with what the header says of all items."""
    row = {**head, **item}
    if not _OF_PARTIES.isdisjoint(item):
        for party in _PARTIES:
            if not party.isdisjoint(item):
                for column in party - item.keys():
                    row.pop(column, None)
    for basis, value, currency in VALUES:
        if value in row:
            row["customs_value"], row["value_basis"] = row[value], basis
            if currency in row:
                row["currency"] = row[currency]
            break
    if "routing_countries" in row:
        between = dict.fromkeys(row["routing_countries"].split())
        # A route of one country is that country; a longer one begins and ends at home.
        if len(between) > 1:
            between.pop(row.get("dispatch_country", ""), None)
            between.pop(row.get("destination_country", ""), None)
        # Several countries on the way are no one country of transhipment.
        if len(between) == 1:
            row["transit_country"] = next(iter(between))
    return row


def moment(text: str) -> str:
    """A date and time as ISO text: 20230526205510+01 (format 304), 20230526 (102), 2023-05-26T20:55:10Z; else as is."""
    if not text[:8].isdecimal() or not text.isascii():
        return text
    day = f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    clock, zone = text[8:14], text[14:]
    if not clock:
        return day
    if not clock.isdecimal() or len(clock) not in (4, 6):
        return text
    # +01 is written +01:00 in ISO 8601.
    zone = f"{zone}:00" if len(zone) == len("+01") else zone
    return f"{day}T{clock[:2]}:{clock[2:4]}:{clock[4:6] or '00'}{zone}"
