"""Reading: the messages of a file become pieces of the line table and of the table of answers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from lxml import etree

from tidegate.intake.files import Source
from tidegate.intake.formats import COLUMNS
from tidegate.intake.raw import CHANGE_SCHEMA, ROW, Raw, refused
from tidegate.intake.safety import Found, messages
from tidegate.intake.wco.amending import asked as changes_asked
from tidegate.intake.wco.lines import lines, moment
from tidegate.intake.wco.paths import EXTRAS
from tidegate.intake.wco.replies import asked, notice, replies, versions
from tidegate.intake.wco.rules import Row
from tidegate.intake.wco.tree import harvest, local
from tidegate.trade import ANSWER_SCHEMA

__all__ = ["ALL_COLUMNS", "DROPPED", "MESSAGES", "detect", "read"]

ALL_COLUMNS: tuple[str, ...] = (*COLUMNS, *EXTRAS, "model_version")

_PIECE = 4000  # goods items of a piece
_NOTHING = pl.DataFrame(schema={**dict.fromkeys(ALL_COLUMNS, pl.String), ROW: pl.Int64})
MESSAGES = (
    "MetaData", "Declaration", "Response", "DeclarationVersionDetails", "inventoryLinkingMovementRequest",
    "inventoryLinkingConsolidationRequest", "inventoryLinkingQueryRequest", "inventoryLinkingImportsGoodsArrival",
    "InventoryLinkingImportsValidateMovementResponse",
)  # fmt: skip

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
# Leaves of envelopes that stand in where a message says nothing itself.
_ENVELOPE = {
    "originatingPartyID": "message_sender",
    "submitter": "message_sender",
    "receiptDate": "message_sent_at",
    "dateTimeStamp": "message_sent_at",
    "WCODataModelVersionCode": "model_version",
}

_BODY = re.compile(rb"<(?:[\w.-]+:)?(Declaration|Response)[\s>]")
_VERSION = re.compile(rb"WCODataModelVersionCode>\s*([\w.]{1,6})\s*<")
_NOTICE = re.compile(
    rb"<(?:[\w.-]+:)?(inventoryLinking\w*Request|[iI]nventoryLinking\w+|DeclarationVersionResponse)[\s>]"
)


def detect(head: bytes) -> str:
    """Say what the beginning of a file is: a declaration, response or notice of the WCO Data Model; else nothing."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:4]:
        wide = (
            "utf-16"
            if head.startswith((b"\xff\xfe", b"\xfe\xff"))
            else ("utf-16-be" if head[:1] == b"\0" else "utf-16-le")
        )
        head = head[: len(head) // 2 * 2].decode(wide, "replace").encode()
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return ""
    if notice_found := _NOTICE.search(head):
        kind = "declaration versions" if notice_found[1].startswith(b"Decl") else "inventory notice"
        return f"WCO Data Model {kind}"
    body = _BODY.search(head)
    known = b"WCODataModelVersionCode" in head or b"urn:wco:datamodel" in head or b"urnwcodatamodel" in head
    if not known and not (body and b"FunctionCode>" in head and b"<ASYCUDA" not in head):
        return ""
    version = _VERSION.search(head)
    name = f"WCO Data Model {version[1].decode()}" if version else "WCO Data Model"
    return f"{name} {body[1].decode().lower()}" if body else name


def read(source: Source, received: date) -> Iterator[Raw]:
    """Yield pieces of some thousands of goods items. See Format.read."""
    desk = _Desk(received)
    for found in messages(source, MESSAGES):
        if found.fault is not None:
            desk.faults.append((found.fault.line, found.fault.what, found.fault.reason))
        elif found.element is not None:
            desk.message(found, found.element)
        if desk.size >= _PIECE:
            yield desk.piece(found.done)
    yield desk.piece(source.size)


class _Desk:
    """Rows that wait until there are enough for a piece."""

    def __init__(self, received: date) -> None:
        self.received = received
        self.around: Row = {}
        self.rows: list[tuple[int, Row]] = []
        self.answers: list[dict[str, Any]] = []
        self.changes: list[dict[str, Any]] = []
        self.faults: list[tuple[int, str, str]] = []
        self.unread: Counter[str] = Counter()

    @property
    def size(self) -> int:
        return len(self.rows) + len(self.answers) + len(self.changes) + len(self.faults)

    def message(self, found: Found, root: etree._Element) -> None:
        """Take a message: a declaration, a response, or a notice."""
        self._envelope(root)
        name = local(root)
        if name == "MetaData":
            self._metadata(found, root)
        elif name == "Declaration":
            self._declaration(found, root, "")
        elif name == "Response":
            self.answers += replies(root)
        elif name == "DeclarationVersionDetails":
            self.answers += versions(root)
        else:
            self.answers += notice(root)

    def _envelope(self, root: etree._Element) -> None:
        """Note what stands around this message, and holds for the ones that follow it in there."""
        if root.getparent() is None:
            self.around = {}
            return
        for above in (root, *root.iterancestors()):
            for before in above.itersiblings(preceding=True):
                for leaf in before.iter():
                    text = (leaf.text or "").strip()
                    # A sample has lost the colons of its prefixes: mdWCOTypeName.
                    name = local(leaf).removeprefix("md")
                    if len(leaf) or not text:
                        continue
                    if name in _ENVELOPE:
                        self.around[_ENVELOPE[name]] = text
                    elif name not in DROPPED:
                        self.unread[f"{local(before)}/{name}"] += 1

    def _metadata(self, found: Found, root: etree._Element) -> None:
        version, some = "", False
        for child in root:
            name = local(child)
            if name == "Declaration":
                self._declaration(found, child, version)
            elif name == "Response":
                self.answers += replies(child)
            elif name == "WCODataModelVersionCode":
                version = (child.text or "").strip()
            elif name not in DROPPED and (child.text or "").strip():
                self.unread[f"MetaData/{name}"] += 1
            some |= name in ("Declaration", "Response")
        if not some:
            self.faults.append((found.line, "MetaData without a Declaration or a Response in it", "message"))

    def _declaration(self, found: Found, element: etree._Element, version: str) -> None:
        made = harvest(element, found.line_of)
        self.unread.update(made.unread)
        for column, text in self.around.items():
            made.head.setdefault(column, moment(text))
        if version:
            made.head["model_version"] = version
        head, whole, partial = lines(made, self.received)
        self.rows += [(line or found.line_of(element), row) for line, row in whole]
        if head.get("message_function") != "original" or partial or made.changes:
            self.answers += asked(head, made, partial)
            if head.get("message_function") == "amendment" and not whole:
                self._change(
                    found.line_of(element), head, changes_asked(element, made.changes, (i for _, i in partial))
                )
        elif not whole:
            self.faults.append((found.line_of(element), "the declaration has no goods item", "message"))

    def _change(self, line: int, head: Row, what: str) -> None:
        version = head.get("message_version", "")
        own: dict[str, Any] = {name: unicodedata.normalize("NFC", head[name]) for name in CHANGE_SCHEMA if name in head}
        own["message_version"] = (
            int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else None
        )
        own["message_sent_at"] = _utc(head.get("message_sent_at"))
        self.changes.append(own | {"row": line, "asked": what})

    def piece(self, done: int) -> Raw:
        """Give out what is waiting."""
        answers = _answers(self.answers) if self.answers else None
        changes = pl.DataFrame(self.changes, schema=CHANGE_SCHEMA, orient="row") if self.changes else None
        raw = Raw(
            _NOTHING,
            refused(self.faults),
            done,
            answers=answers,
            changes=changes,
            unread=dict(self.unread),
            rows=self.rows,
        )
        self.rows, self.answers, self.changes, self.faults, self.unread = [], [], [], [], Counter()
        return raw


def _answers(said: list[dict[str, Any]]) -> pl.DataFrame:
    for answer in said:
        answer["issued_at"] = _utc(answer.get("issued_at"))
    return pl.DataFrame(
        {name: pl.Series([one.get(name) for one in said], dtype=dtype) for name, dtype in ANSWER_SCHEMA.items()}
    )


def _utc(text: str | None) -> datetime | None:
    """An ISO text as a moment in UTC, as intake keeps message_sent_at; none if it is none."""
    try:
        said = datetime.fromisoformat(text or "")
        return said.astimezone(UTC).replace(tzinfo=None) if said.tzinfo else said
    except (ValueError, OverflowError):
        return None
