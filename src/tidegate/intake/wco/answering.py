"""Answering: decisions and rejected rows become responses that a declarant's system understands.

A response says what becomes of a declaration, never why: reasons would teach a declarant what is looked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from lxml import etree

from tidegate.errors import InputError
from tidegate.intake.files import Source, find
from tidegate.intake.reasons import reason
from tidegate.intake.safety import messages
from tidegate.intake.wco.build import add, clock, day, files, metadata, plain, save
from tidegate.intake.wco.pointers import to_column
from tidegate.intake.wco.reading import MESSAGES, detect

__all__ = ["CHANNELS", "answer"]

# Channel -> function code, and what it means for the declarant in English and Vietnamese.
CHANNELS: dict[str, tuple[str, str, str]] = {
    "green": ("09", "cleared without control", "thông quan, không kiểm tra"),
    "yellow": ("06", "documents are to be presented", "kiểm tra hồ sơ: đề nghị xuất trình chứng từ"),
    "red": ("05", "goods are to be presented for examination", "kiểm tra hồ sơ và kiểm tra thực tế hàng hóa"),
    "blue": ("08", "released, to be audited afterwards", "giải phóng hàng, kiểm tra sau thông quan"),
}
_REJECTED = "03"
# A comment of the competent authority, as responses in use have it.
_COMMENT = "AFB"
_LONGEST = 512  # characters of a description
_CODE = 8  # characters of a validation code


def answer(
    decisions: pl.DataFrame, lines: pl.DataFrame, rejected: pl.DataFrame, folder: Path, made_at: datetime
) -> list[Path]:
    """Write a response for each decision, and one for each message with rejected rows; return the files.

    `decisions` and `lines` as in decisions.parquet and lines.parquet, of declarations in this format only; `rejected`
    as REJECTED_SCHEMA. `made_at` is in UTC if it has no zone. Rejected rows are found again in their file, for the
    reference to answer to; where the file is gone or its message broken, the response names file and line.
    Raises InputError for a channel that is none.
    """
    moment = made_at.astimezone(UTC) if made_at.tzinfo else made_at
    first = lines.unique("declaration_id", keep="first", maintain_order=True)
    known = {row["declaration_id"]: row for row in first.iter_rows(named=True)}
    written = []
    names = [plain(name) for name in decisions["declaration_id"]]
    for decision, path in zip(decisions.iter_rows(named=True), files(folder, "response", names), strict=True):
        line = known.get(decision["declaration_id"], {})
        written.append(save(_decided({**line, **decision}, moment), path))
    told = list(_told(rejected))
    paths = files(folder, "rejection", [one.declaration_id or one.reference or one.file.stem for one in told])
    return written + [save(_refused(one, moment), path) for one, path in zip(told, paths, strict=True)]


class _Told:
    """A message of which rows were rejected: what it calls itself, and (row of the rejected, item number)."""

    def __init__(self, file: Path, declaration_id: str = "", reference: str = "") -> None:
        self.file, self.declaration_id, self.reference = file, declaration_id, reference
        self.items: dict[int, int] = {}
        self.errors: list[dict[str, Any]] = []


def _decided(row: dict[str, Any], made_at: datetime) -> etree._Element:
    channel = row["channel"]
    if channel not in CHANNELS:
        what = f"{channel!r} is no channel."
        where = f"declaration {row['declaration_id']}"
        raise InputError(what, where=where, hint=f"Known are {', '.join(CHANNELS)}.")
    code, text, text_vi = CHANNELS[channel]
    name, reference = plain(row["declaration_id"]), plain(row.get("message_id"))
    root, response = _response(code, f"{name} {channel}", made_at)
    information = add(response, "AdditionalInformation")
    add(information, "StatementCode", channel.upper())
    add(information, "StatementDescription", f"{text} / {text_vi}")
    add(information, "StatementTypeCode", _COMMENT)
    if code in ("08", "09"):
        day(add(response, "Status"), "ReleaseDateTime", made_at.isoformat())
    accepted, version = plain(row.get("lodged_on")), plain(row.get("message_version"))
    _declaration(response, name, reference, accepted=accepted, version=version)
    return root


def _refused(told: _Told, made_at: datetime) -> etree._Element:
    name = told.declaration_id or told.reference or told.file.name
    root, response = _response(_REJECTED, f"{name} {told.file} {told.errors[0]['row']}", made_at)
    for error in told.errors:
        made = add(response, "Error")
        value = f": {error['value']}" if error["value"] else ""
        place = "" if told.declaration_id or told.reference else f"{told.file.name}, line {error['row']}: "
        field = f"{error['field']}: " if error["field"] else ""
        text = f"{place}{field}{reason(error['reason'])} / {reason(error['reason'], 'vi')}{value}"
        add(made, "Description", text[:_LONGEST].strip())
        add(made, "ValidationCode", error["reason"][:_CODE])
        for section, number, tag in to_column(error["field"] or "", told.items.get(error["row"])):
            step = add(made, "Pointer")
            add(step, "SequenceNumeric", number)
            add(step, "DocumentSectionCode", section)
            if tag:
                add(step, "TagID", tag)
    _declaration(response, told.declaration_id, told.reference, rejected=made_at.isoformat())
    return root


def _response(code: str, about: str, made_at: datetime) -> tuple[etree._Element, etree._Element]:
    root, response = metadata("", "RES", "Response")
    add(response, "FunctionCode", code)
    # The same answer made at the same moment has the same reference, so that sending it twice shows.
    own = hashlib.sha256(f"{about} {code} {clock(made_at)}".encode()).hexdigest()[:32]
    add(response, "FunctionalReferenceID", own)
    day(response, "IssueDateTime", made_at.isoformat())
    return root, response


def _declaration(
    response: etree._Element, name: str, reference: str, *, accepted: str = "", rejected: str = "", version: str = ""
) -> None:
    """The declaration that is answered: in order of the schemas."""
    made = add(response, "Declaration")
    if accepted:
        day(made, "AcceptanceDateTime", accepted)
    if reference:
        add(made, "FunctionalReferenceID", reference)
    # A number that is the declarant's own reference is none that an administration gave.
    if name and name != reference:
        add(made, "ID", name)
    if rejected:
        day(made, "RejectionDateTime", rejected)
    if version:
        add(made, "VersionID", version)


def _told(rejected: pl.DataFrame) -> Iterator[_Told]:
    """Rejected rows by message, in the order of the files."""
    for part in rejected.partition_by("file", maintain_order=True):
        file = Path(part["file"][0])
        waiting = sorted(part.iter_rows(named=True), key=lambda row: row["row"] or 0)
        starts = sorted(_messages(file), key=lambda one: one[0]) if file.is_file() else []
        by_message: dict[int, _Told] = {}
        for row in waiting:
            place = max((at for at, (line, _) in enumerate(starts) if line <= (row["row"] or 0)), default=-1)
            told = by_message.setdefault(place, starts[place][1] if place >= 0 else _Told(file))
            told.errors.append(row)
        yield from by_message.values()


def _messages(file: Path) -> Iterator[tuple[int, _Told]]:
    """(line, what it calls itself) of each message of a file, broken ones included."""
    source: Source = find(file, [("wco", (".xml",), detect)])[0]
    for found in messages(source, MESSAGES):
        if found.element is None:
            yield found.line, _Told(file)
            continue
        for declaration in found.element.iter("{*}Declaration"):
            own = {name: (declaration.findtext("{*}" + name) or "").strip() for name in ("ID", "FunctionalReferenceID")}
            told = _Told(file, own["ID"], own["FunctionalReferenceID"])
            for item in declaration.iterfind("{*}GoodsShipment/{*}GovernmentAgencyGoodsItem"):
                number = (item.findtext("{*}SequenceNumeric") or "").strip()
                if number.isdecimal():
                    told.items[found.line_of(item)] = int(number)
            yield found.line, told
            break
