"""Answers: a CUSRES for each declaration with its channel, or with the errors found; a CONTRL for what is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from tidegate.intake.edifact.cusres import PLACES as CUSRES
from tidegate.intake.edifact.envelope import Interchange, Message, Refusal, walk
from tidegate.intake.edifact.interchange import Outgoing, interchange, save
from tidegate.intake.edifact.reading import understood
from tidegate.intake.edifact.report import PLACES as CONTRL
from tidegate.intake.edifact.syntax import Fault
from tidegate.intake.files import reading
from tidegate.intake.raw import ROW
from tidegate.intake.reasons import reason

__all__ = ["CHANNELS", "ON_BOARD", "answer", "answer_bills", "contrl"]

# What a channel says to the declarant, as a processing indicator (7365). A blue declaration is released too: that it is
# audited later is for the auditor to say. Reasons stay in the node: they would teach how to pass.
CHANNELS: dict[str, tuple[str, str]] = {
    "green": ("4", "released"),
    "blue": ("4", "released; documents are to be kept for an audit after release"),
    "yellow": ("6", "documents are to be produced"),
    "red": ("5", "goods are required for examination"),
}
# And to the carrier, who only has to know whether the goods may leave: by channel, or else by what is known of them.
ON_BOARD: dict[str, tuple[str, str]] = {
    "green": ("4", "goods released"),
    "blue": ("4", "goods released"),
    "yellow": ("6", "not released: the declarant is to produce documents"),
    "red": ("5", "not released: goods are required for examination"),
    "undeclared": ("10", "not released: no declaration names these goods yet"),
    "short": ("10", "not released: less is declared than the manifest says"),
    "declared": ("9", "declared: the decision on an earlier declaration stands"),
}
_REJECTED = ("2", "rejected: see the errors")
_RESPONSE = "11"  # 1225: response
_MESSAGE_REASONS = ("message", "unsafe")

Segments = list[list[list[str]]]


def answer(
    decisions: pl.DataFrame, lines: pl.DataFrame, rejected: pl.DataFrame, folder: Path, made_at: datetime
) -> list[Path]:
    """Write the answers to declarations that came as CUSDEC, an interchange a sender; return the files.

    `decisions` and `lines` are as `tidegate assess` writes them, `rejected` has REJECTED_SCHEMA. A declaration with
    rejected items is answered with the errors, by field and segment; a file with broken messages with a CONTRL, where
    the file is still there. `made_at` is in UTC.
    """
    said = _said(lines)
    outgoing: dict[str, list[Outgoing]] = {}
    for declaration, channel in decisions.select("declaration_id", "channel").iter_rows():
        sender, message = said.get(declaration, ("", ""))
        code, text = CHANNELS.get(channel, ("6", str(channel)))
        whole = {"declaration_id": declaration, "reference": message, "code": code, "reason": channel, "text": text}
        outgoing.setdefault(sender, []).append(_response(whole, made_at))
    paths: list[Path] = []
    for number, (file,) in enumerate(rejected.select("file").unique(maintain_order=True).iter_rows(), 1):
        faults = rejected.filter(pl.col("file") == file)
        if not Path(file).is_file():
            continue
        items = faults.filter(~pl.col("reason").is_in(_MESSAGE_REASONS))
        for sender, response in _errors(Path(file), items, made_at):
            outgoing.setdefault(sender, []).append(response)
        if items.height < faults.height:
            paths += contrl(Path(file), folder, made_at, number=number)
    for number, (sender, messages) in enumerate(sorted(outgoing.items()), 1):
        reference = f"{made_at:%y%m%d%H%M}{number % 10_000:04}"
        written = interchange(messages, reference, made_at, recipient=[sender or "UNKNOWN"])
        paths += save(folder, f"cusres-{number:04}.edi", [written])
    return paths


def answer_bills(bills: pl.DataFrame, folder: Path, made_at: datetime) -> list[Path]:
    """Write a CUSRES for each bill of manifests that came in EDIFACT, an interchange a sender; return the files.

    `bills` are those of intake.Meeting, with `channel`. Declarations are not named: they are others' business.
    """
    outgoing: dict[str, list[Outgoing]] = {}
    for row in bills.iter_rows(named=True):
        known = "undeclared" if not row["declaration_ids"] else row["channel"] or "declared"
        # What is declared may be free to leave; the rest of the goods is not.
        if row["kind"] == "short" and known in ("green", "blue"):
            known = "short"
        code, text = ON_BOARD[known]
        # Cargo without a bill number, as on a bay plan, goes by its container.
        bill = row["bill_id"] or row["container_ids"]
        whole = {"bill": bill, "manifest": row["manifest_id"], "code": code, "text": text}
        whole = {name: value for name, value in whole.items() if value}
        outgoing.setdefault(row["message_sender"] or "", []).append(_response(whole, made_at))
    paths: list[Path] = []
    for number, (sender, messages) in enumerate(sorted(outgoing.items()), 1):
        reference = f"{made_at:%y%m%d%H%M}{(5000 + number) % 10_000:04}"
        written = interchange(messages, reference, made_at, recipient=[sender or "UNKNOWN"])
        paths += save(folder, f"cusres-manifest-{number:04}.edi", [written])
    return paths


def contrl(file: Path, folder: Path, made_at: datetime, *, number: int = 1) -> list[Path]:
    """Write a CONTRL for each interchange of a file: acknowledged, and what of it is rejected and why; return the file.

    Codes are those of data element 0085 (`report.ERRORS`). What stands before any UNB that can be read cannot be
    answered: nobody is named there. Raises InputError for a gzip file that is damaged.
    """
    with file.open("rb") as begin:
        zipped = begin.read(2) == b"\x1f\x8b"
    written = []
    with reading(file, zipped=zipped) as content:
        for count, report in enumerate(_reports(walk(content)), 1):
            reference = f"{made_at:%y%m%d%H%M}{(number * 100 + count) % 10_000:04}"
            sender = report.of.recipient
            written.append(
                interchange(
                    [Outgoing("CONTRL:D:3:UN", report.segments())],
                    reference,
                    made_at,
                    recipient=report.of.sender,
                    sender=sender[0] if sender else "",
                )
            )
    return save(folder, f"contrl-{number:04}.edi", written)


@dataclass(slots=True)
class _Report:
    """What a CONTRL says of one interchange."""

    of: Interchange
    whole: list[Fault] = field(default_factory=list)
    messages: list[tuple[str, list[str], int, Fault | None]] = field(default_factory=list)

    def segments(self) -> Segments:
        """UCI, and UCM for each message with UCS and UCD for the place of its fault.

        An interchange whose frame is broken is rejected as a whole only where nothing of it could be used.
        """
        usable = any(fault is None for _, _, _, fault in self.messages)
        fault = self.whole[0] if self.whole else None
        uci = _filled(
            "interchange",
            {"reference": self.of.reference, "action": "7" if usable or (self.messages and not fault) else "4"},
            fault,
        )
        uci[0][2], uci[0][3] = self.of.sender[:3], self.of.recipient[:3]
        made = uci
        for reference, identifier, first, wrong in self.messages:
            # What concerns the frame is said of the message itself; the rest by its position in the message.
            service = wrong is not None and wrong.tag in ("UNH", "UNT", "UNB", "UNZ", "UNG", "UNE")
            ucm = _filled(
                "message", {"reference": reference, "action": "4" if wrong else "7"}, wrong if service else None
            )
            ucm[0][2] = identifier[:5] or [""]
            made += ucm
            if wrong is not None and not service:
                position = {"segment": str(wrong.segment - first + 1)}
                if wrong.element:
                    made += _filled("segment", position, None)
                    made += _filled("element", {}, wrong)
                else:
                    made += _filled("segment", {**position, "error": wrong.code}, None)
        return made


def _filled(level: str, values: dict[str, str], fault: Fault | None) -> Segments:
    if fault is not None:
        values = {**values, "error": fault.code, "tag": fault.tag}
        if fault.element:
            values |= {"element": str(fault.element), "component": str(fault.component or "")}
    made = CONTRL.segments(level, values)
    for segment in made:
        segment += [[""]] * (4 - len(segment))
    return made


def _reports(came: Iterator[tuple[Interchange | Message | Refusal, int]]) -> Iterator[_Report]:
    report: _Report | None = None
    for one, _ in came:
        if isinstance(one, Interchange):
            if report is not None:
                yield report
            report = _Report(one)
        elif report is None:
            continue
        elif isinstance(one, Message):
            given = understood(one)
            report.messages.append(
                (one.reference, one.identifier, one.first, given if isinstance(given, Fault) else None)
            )
        elif one.interchange is report.of and one.reference:
            report.messages.append((one.reference, one.identifier, one.first, one.fault))
        elif one.interchange is report.of:
            report.whole.append(one.fault)
    if report is not None:
        yield report


def _said(lines: pl.DataFrame) -> dict[str, tuple[str, str]]:
    """declaration -> (sender, reference of its message), from the first line that is there."""
    names = [name for name in ("message_sender", "message_id") if name in lines.columns]
    first = lines.select("declaration_id", *names).unique("declaration_id", keep="first", maintain_order=True)
    return {row["declaration_id"]: (row.get("message_sender") or "", row.get("message_id") or "")
            for row in first.iter_rows(named=True)}  # fmt: skip


def _errors(file: Path, items: pl.DataFrame, made_at: datetime) -> Iterator[tuple[str, Outgoing]]:
    """(sender, response) for each message of the file in which rejected items begin, told by row and value."""
    if not items.height:
        return
    waiting: dict[int, list[tuple[str, str, str]]] = {}
    for row, name, value, why in items.select("row", "field", "value", "reason").iter_rows():
        waiting.setdefault(row, []).append((name or "", value or "", why))
    with file.open("rb") as begin:
        zipped = begin.read(2) == b"\x1f\x8b"
    with reading(file, zipped=zipped) as content:
        for one, _ in walk(content):
            given = understood(one) if isinstance(one, Message) and one.kind == "CUSDEC" else None
            if given is None or isinstance(given, Fault) or not isinstance(one, Message):
                continue
            errors = [
                {"section": "2", "field": name, "item": str(line[ROW]), "code": "13" if why == "missing" else "12",
                 "reason": why, "text": f"{reason(why)}{': ' if value else ''}{value}"}
                for line in given.lines
                for name, value, why in waiting.get(line[ROW], ())
                if value.strip() == str(line.get(name) or "").strip()[:200] or name in ("item_number", "lodged_on")
            ]  # fmt: skip
            if errors:
                whole = {"declaration_id": given.lines[0].get("declaration_id", ""), "reference": one.name}
                whole |= {"code": _REJECTED[0], "text": _REJECTED[1]}
                yield one.interchange.sender[0], _response(whole, made_at, errors)


def _response(whole: dict[str, str], made_at: datetime, errors: Sequence[dict[str, str]] = ()) -> Outgoing:
    response = "RE" if errors else "AP"
    values = {**whole, "response": response, "issued_at": made_at.strftime("%Y%m%d%H%M%S")}
    segments = [[["BGM"], [""], [""], [_RESPONSE], [response]]]
    segments += [segment for segment in CUSRES.segments("response", values) if segment[0] != ["BGM"]]
    for error in errors:
        segments += CUSRES.segments("error", {name: text for name, text in error.items() if text})
    return Outgoing("CUSRES:D:99B:UN", segments)
