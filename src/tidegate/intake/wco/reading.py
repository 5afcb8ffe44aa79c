"""Reading: the messages of a file become pieces of the line table and of the table of answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from lxml import etree

from tidegate.intake.files import Source
from tidegate.intake.formats import COLUMNS
from tidegate.intake.raw import CHANGE_SCHEMA, ROW, Raw, refused
from tidegate.intake.safety import messages
from tidegate.intake.wco.gathering import DROPPED, Plain
from tidegate.intake.wco.paths import ANSWERS, PATHS
from tidegate.intake.wco.rules import Row
from tidegate.intake.wco.sharing import Sharing
from tidegate.intake.wco.tree import local
from tidegate.trade import ANSWER_SCHEMA

__all__ = ["ALL_COLUMNS", "EXTRAS", "MESSAGES", "detect", "read"]

# Extra columns of the lines, in the table's order; `value_basis` says what customs_value was taken from.
EXTRAS: tuple[str, ...] = (
    *dict.fromkeys(
        column for path in PATHS for column in path.to.split() if column not in COLUMNS and column != ANSWERS
    ),
    "value_basis",
)
ALL_COLUMNS: tuple[str, ...] = (*COLUMNS, *EXTRAS, "model_version")

_PIECE = 4000  # goods items of a piece
_NOTHING = pl.DataFrame(schema={**dict.fromkeys(ALL_COLUMNS, pl.String), ROW: pl.Int64})
MESSAGES = (
    "MetaData", "Declaration", "Response", "DeclarationVersionDetails", "inventoryLinkingMovementRequest",
    "inventoryLinkingConsolidationRequest", "inventoryLinkingQueryRequest", "inventoryLinkingImportsGoodsArrival",
    "InventoryLinkingImportsValidateMovementResponse",
)  # fmt: skip

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
    around = _Around()
    with Sharing(source, received) as sharing:
        for found in messages(source, MESSAGES):
            odd = [] if found.element is None else around.note(found.element)
            sharing.take(found, around.columns, odd)
            if sharing.said.size >= _PIECE:
                yield _piece(sharing.said.plain(), found.done)
        sharing.finish()
        yield _piece(sharing.said.plain(), source.size)


class _Around:
    """What stands around messages: `columns` hold for the one at hand, and for those that follow it in there."""

    def __init__(self) -> None:
        self.columns: Row = {}

    def note(self, root: etree._Element) -> list[str]:
        """Look at what stands around a message; return the paths there that nobody reads."""
        if root.getparent() is None:
            self.columns = {}
            return []
        odd = []
        for above in (root, *root.iterancestors()):
            for before in above.itersiblings(preceding=True):
                for leaf in before.iter():
                    text = (leaf.text or "").strip()
                    # A sample has lost the colons of its prefixes: mdWCOTypeName.
                    name = local(leaf).removeprefix("md")
                    if len(leaf) or not text:
                        continue
                    if name in _ENVELOPE:
                        self.columns = {**self.columns, _ENVELOPE[name]: text}
                    elif name not in DROPPED:
                        odd.append(f"{local(before)}/{name}")
        return odd


def _piece(said: Plain, done: int) -> Raw:
    """What messages say, as tables; the rows wait for more."""
    rows, answers, changes, faults, unread = said
    return Raw(
        _NOTHING,
        refused(faults),
        done,
        answers=_answers(answers) if answers else None,
        changes=_changes(changes) if changes else None,
        unread=unread,
        rows=rows,
    )


def _changes(asked: list[tuple[int, Row, str]]) -> pl.DataFrame:
    made = []
    for line, head, what in asked:
        version = head.get("message_version", "")
        own: dict[str, Any] = {name: unicodedata.normalize("NFC", head[name]) for name in CHANGE_SCHEMA if name in head}
        own["message_version"] = (
            int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else None
        )
        own["message_sent_at"] = _utc(head.get("message_sent_at"))
        made.append(own | {"row": line, "asked": what})
    return pl.DataFrame(made, schema=CHANGE_SCHEMA, orient="row")


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
