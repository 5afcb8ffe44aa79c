"""Keeping: a declaration, its lines, its subjects, its decision and its task are stored together or not at all."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from tidegate.assessment import EXTRA_SCHEMA
from tidegate.console.clock import now
from tidegate.console.deciding.copying import copy_objects, made, number
from tidegate.console.deciding.rows import copy_lines, copy_subjects
from tidegate.console.register.models import Decision, Declaration, Edition, Line, Message, Task
from tidegate.trade import LINE_SCHEMA

__all__ = [
    "HOURS",
    "Kept",
    "keep",
    "keep_decisions",
    "keep_declarations",
    "keep_withdrawn",
    "lines_of",
    "message",
    "table_of",
    "task_of",
]

COLUMNS = (
    "channel",
    "score",
    "probability",
    "targeted_by",
    "drawn",
    "hits",
    "reasons",
)  # of a decision, not in `record`
HOURS = {"red": 24, "yellow": 8, "blue": 24 * 30}  # until a task is due, by channel
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """What one declaration became."""

    declaration: Declaration
    decision: Decision
    task: Task | None


def message(body: bytes, form: str, sender: str = "") -> Message:
    """A message as it was received; not saved yet."""
    return Message(
        received_at=now(),
        sender=sender,
        format=form,
        sha256=hashlib.sha256(body).digest(),
        size=len(body),
        body=gzip.compress(body, 1),
    )


def keep(lines: pl.DataFrame, decisions: Sequence[Mapping[str, Any]], edition: Edition | None) -> list[Kept]:
    """Keep declarations (line table) that nobody sent, with their decisions (rows of decisions.parquet), as received
    and decided in the morning of their day, in one transaction. Findings and audit entries are others' work."""
    with transaction.atomic():
        return keep_decisions(keep_declarations(lines, decisions), decisions, edition)


def keep_declarations(
    lines: pl.DataFrame,
    heads: Sequence[Mapping[str, Any]],
    source: Message | Mapping[str, Message] | None = None,
    at: datetime | None = None,
    versions: Mapping[str, int] | None = None,
) -> list[Declaration]:
    """Keep declarations (line table; HEAD of each) before they are decided, in the transaction of the caller.

    `source`: the message that brought them, or that of each by its number. `at`: when they were received; in the
    morning of their day without it. `versions`: by number, of those that are not the first; what was current before has
    been closed.
    """
    numbered = versions or {}
    declarations = [
        _declaration(
            head,
            source[head["declaration_id"]] if isinstance(source, Mapping) else source,
            _received(head, at),
            numbered.get(head["declaration_id"], 1),
        )
        for head in heads
    ]
    number(declarations)
    copy_objects(declarations)
    copy_lines(lines, declarations)
    copy_subjects(lines, declarations)
    return declarations


def keep_decisions(
    declarations: Sequence[Declaration], decisions: Sequence[Mapping[str, Any]], edition: Edition | None
) -> list[Kept]:
    """Keep what was decided of each declaration (rows of decisions.parquet), and what is to be done about it, in the
    transaction of the caller; decided when it was received."""
    decided = [_decision(one, row, edition, one.received_at) for one, row in zip(declarations, decisions, strict=True)]
    tasks = [
        None if decision.channel == "green" else task_of(one, decision)
        for one, decision in zip(declarations, decided, strict=True)
    ]
    given = [task for task in tasks if task is not None]
    number(decided, given)
    for task in given:
        task.decision_id = task.decision.pk
    copy_objects(decided)
    copy_objects(given)
    return [Kept(*one) for one in zip(declarations, decided, tasks, strict=True)]


def keep_withdrawn(lines: pl.DataFrame, source: Message, at: datetime) -> list[Declaration]:
    """Keep declarations that had been taken back before they came: nothing is decided about them."""
    kept = []
    for part in lines.partition_by("declaration_id", maintain_order=True):
        rows = part.rows(named=True)
        head = {
            **rows[0],
            "line_count": len(rows),
            "customs_value": sum(row["customs_value"] or 0.0 for row in rows),
            "duty_at_stake": 0.0,
        }
        one = _declaration(head, source, at, 1)
        one.cancelled = True
        one.save()
        copy_lines(part, [one])
        copy_subjects(part, [one])
        kept.append(one)
    return kept


def lines_of(declarations: Iterable[Declaration]) -> pl.DataFrame:
    """The lines of declarations, as the line table, in their order."""
    held = {one.pk: one.number for one in declarations}
    rows = Line.objects.filter(declaration__in=held).order_by("declaration_id", "item_number")
    return table_of(
        {"declaration_id": held[row.declaration_id], "item_number": row.item_number, **row.fields}
        for row in rows.iterator(chunk_size=5_000)
    )


def table_of(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    told = list(rows)
    extra = dict.fromkeys(name for row in told for name in row if name not in LINE_SCHEMA)
    known = {**EXTRA_SCHEMA, **LINE_SCHEMA}
    table = pl.DataFrame({name: [row.get(name) for row in told] for name in (*LINE_SCHEMA, *extra)}, strict=False)
    return table.with_columns(_typed(name, table.schema[name], known[name]) for name in table.columns if name in known)


def _typed(name: str, dtype: pl.DataType, wanted: Any) -> pl.Expr:
    if dtype == pl.String and wanted == pl.Date:
        return pl.col(name).str.to_date()
    if dtype == pl.String and wanted == pl.Datetime("us"):
        return pl.col(name).str.to_datetime(time_unit="us")
    return pl.col(name).cast(wanted)


def _received(row: Mapping[str, Any], at: datetime | None) -> datetime:
    return at or timezone.make_aware(datetime.combine(row["lodged_on"], time(8)))


def _declaration(
    row: Mapping[str, Any],
    source: Message | None,
    at: datetime,
    version: int,
) -> Declaration:
    return made(
        Declaration,
        number=row["declaration_id"],
        version=version,
        message_id=source and source.pk,
        received_at=at,
        lodged_on=row["lodged_on"],
        office=row["office"] or "",
        procedure=row.get("procedure") or "",
        importer_id=row["importer_id"] or "",
        importer_name=row["importer_name"] or "",
        line_count=row["line_count"],
        customs_value=row["customs_value"] or 0.0,
        duty_at_stake=row["duty_at_stake"] or 0.0,
        currency=row["currency"] or "",
    )


def _decision(one: Declaration, row: Mapping[str, Any], edition: Edition | None, at: datetime) -> Decision:
    record = dict(row)
    said = {name: record.pop(name) for name in COLUMNS}
    said["hits"] = list(said["hits"])
    said["reasons"] = [dict(reason) for reason in said["reasons"]]
    said["targeted_by"] = said["targeted_by"] or ""
    return made(
        Decision,
        declaration_id=one.pk,
        made_at=at,
        lodged_on=one.lodged_on,
        office=one.office,
        **said,
        record=record,
        edition_id=edition and edition.pk,
    )


def task_of(one: Declaration, decision: Decision) -> Task:
    """The task that a decision other than green makes; not saved yet."""
    return Task(
        declaration=one,
        decision=decision,
        office=one.office,
        channel=decision.channel,
        created_at=decision.made_at,
        due_at=decision.made_at + timedelta(hours=HOURS[decision.channel]),
        number=one.number,
        lodged_on=one.lodged_on,
        importer_name=one.importer_name,
        score=decision.score,
        customs_value=one.customs_value,
        duty_at_stake=one.duty_at_stake,
        currency=one.currency,
        reasons=decision.reasons[:SHOWN],
        sources=_sources(decision),
        hits=decision.hits,
    )


def _sources(decision: Decision) -> list[str]:
    listed = any(reason["source"] == "list" for reason in decision.reasons)
    return [*filter(None, [decision.targeted_by]), *(["list"] if listed else [])]
