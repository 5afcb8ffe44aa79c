"""Gathering: what one message after the other says, as plain texts that wait to become tables.

Nothing but lxml and the tables of this folder is needed here, so that a second process (`worker`) is there soon.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from lxml import etree

from tidegate.intake.wco.asking import asked as changes_asked
from tidegate.intake.wco.lines import lines, moment
from tidegate.intake.wco.replies import asked, notice, replies, versions
from tidegate.intake.wco.rules import Row
from tidegate.intake.wco.tree import LineOf, harvest, local

__all__ = ["DROPPED", "Gathered", "Plain"]

# What stands around declarations and responses and says nothing of goods, with the reason.
DROPPED: dict[str, str] = {
    "WCOTypeName": "DEC or RES: the element below says so itself",
    "ResponsibleCountryCode": "the administration that is addressed is this one",
    "ResponsibleAgencyName": "the administration that is addressed is this one",
    "AgencyAssignedCustomizationCode": "a number of the administration's guide, not of the goods",
    "AgencyAssignedCustomizationVersionCode": "a version of the administration's guide, not of the goods",
    "regime": "the system that the envelope is for",
    "clientID": "the software that sent the envelope",
    "conversationID": "a number of the envelope's own traffic",
    "correlationID": "a number of the envelope's own traffic",
    "authenticatedPartyID": "who logged in: originatingPartyID is the sender",
}

# (line, row), answers, (line, header, what is asked for), (line, what, reason), how often each path was not read.
Plain = tuple[
    list[tuple[int, Row]], list[dict[str, Any]], list[tuple[int, Row, str]], list[tuple[int, str, str]], dict[str, int]
]


class Gathered:
    """What messages said since `plain` was last asked for. `received` is the day that counts where none is said."""

    def __init__(self, received: date) -> None:
        self._received = received
        self._clear()

    def _clear(self) -> None:
        self._rows: list[tuple[int, Row]] = []
        self._answers: list[dict[str, Any]] = []
        self._changes: list[tuple[int, Row, str]] = []
        self._faults: list[tuple[int, str, str]] = []
        self._unread: Counter[str] = Counter()

    @property
    def size(self) -> int:
        return len(self._rows) + len(self._answers) + len(self._changes) + len(self._faults)

    def plain(self) -> Plain:
        """Give out what is waiting."""
        given = (self._rows, self._answers, self._changes, self._faults, dict(self._unread))
        self._clear()
        return given

    def add(self, more: Plain) -> None:
        """Take what was gathered elsewhere."""
        rows, answers, changes, faults, unread = more
        self._rows += rows
        self._answers += answers
        self._changes += changes
        self._faults += faults
        self._unread.update(unread)

    def fault(self, line: int, what: str, reason: str) -> None:
        """Take what is wrong where a message should be."""
        self._faults.append((line, what, reason))

    def message(self, root: etree._Element, line_of: LineOf, around: Row, odd: Iterable[str]) -> None:
        """Take a message: a declaration, a response, or a notice.

        `around` are columns that what stands around it fills, `odd` paths there that nobody reads.
        """
        self._unread.update(odd)
        name = local(root)
        if name == "MetaData":
            self._metadata(root, line_of, around)
        elif name == "Declaration":
            self._declaration(root, line_of, around, "")
        elif name == "Response":
            self._answers += replies(root)
        elif name == "DeclarationVersionDetails":
            self._answers += versions(root)
        else:
            self._answers += notice(root)

    def _metadata(self, root: etree._Element, line_of: LineOf, around: Row) -> None:
        version, some = "", False
        for child in root:
            name = local(child)
            if name == "Declaration":
                self._declaration(child, line_of, around, version)
            elif name == "Response":
                self._answers += replies(child)
            elif name == "WCODataModelVersionCode":
                version = (child.text or "").strip()
            elif name not in DROPPED and (child.text or "").strip():
                self._unread[f"MetaData/{name}"] += 1
            some |= name in ("Declaration", "Response")
        if not some:
            self.fault(line_of(root), "MetaData without a Declaration or a Response in it", "message")

    def _declaration(self, element: etree._Element, line_of: LineOf, around: Row, version: str) -> None:
        made = harvest(element, line_of)
        self._unread.update(made.unread)
        for column, text in around.items():
            made.head.setdefault(column, moment(text))
        if version:
            made.head["model_version"] = version
        head, whole, partial = lines(made, self._received)
        self._rows += [(line or line_of(element), row) for line, row in whole]
        if head.get("message_function") != "original" or partial or made.changes:
            self._answers += asked(head, made, partial)
            if head.get("message_function") == "amendment" and not whole:
                what = changes_asked(element, made.changes, (item for _, item in partial))
                self._changes.append((line_of(element), head, what))
        elif not whole:
            self.fault(line_of(element), "the declaration has no goods item", "message")
