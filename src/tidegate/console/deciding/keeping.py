"""Keeping: a declaration, its lines, its subjects, its decision and its task are stored together or not at all."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from tidegate.assessment import EXTRA_SCHEMA
from tidegate.console.clock import now
from tidegate.console.deciding.copying import as_json, copy_objects, copy_rows, number
from tidegate.console.register.models import Decision, Declaration, Edition, Line, Message, Subject, Task
from tidegate.trade import LINE_SCHEMA

__all__ = ["HOURS", "Kept", "fields_of", "keep", "keep_withdrawn", "lines_of", "message", "table_of", "task_of"]

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
LINE = ("declaration_id", "item_number", "hs_code", "origin_country", "fields")
SUBJECT = ("declaration_id", "role", "key", "name", "lodged_on", "office")
KEYS = ("declaration_id", "item_number")
SIMPLE = (str, int, bool)


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


def keep(
    lines: pl.DataFrame,
    decisions: Sequence[Mapping[str, Any]],
    edition: Edition | None,
    source: Message | Mapping[str, Message] | None = None,
    at: datetime | None = None,
    versions: Mapping[str, int] | None = None,
) -> list[Kept]:
    """Keep declarations (line table) with their decisions (rows of decisions.parquet), in one transaction.

    `source`: the message that brought them, or that of each by its number. `at`: when they were received and decided;
    in the morning of their day without it. `versions`: by number, of those that are not the first; what was current
    before has been closed. Findings and audit entries are others' work.
    """
    numbered = versions or {}
    by_number: dict[str, list[dict[str, Any]]] = {}
    for line in lines.rows(named=True):
        by_number.setdefault(line["declaration_id"], []).append(line)
    with transaction.atomic():
        if isinstance(source, Message) and source.pk is None:
            source.save()
        sources = source if isinstance(source, Mapping) else dict.fromkeys(by_number, source)
        declarations = [
            _declaration(
                row, by_number[row["declaration_id"]], sources[row["declaration_id"]], _received(row, at), numbered
            )
            for row in decisions
        ]
        number(declarations)
        pairs = list(zip(declarations, decisions, strict=True))
        decided = [_decision(one, row, edition, _received(row, at)) for one, row in pairs]
        tasks = [
            task_of(one, decision)
            for one, decision in zip(declarations, decided, strict=True)
            if decision.channel != "green"
        ]
        number(decided, tasks)
        for task in tasks:
            task.decision_id = task.decision.pk
        copy_objects(declarations)
        copy_rows(Line, LINE, (row for one in declarations for row in _lines(one, by_number[one.number])))
        copy_rows(Subject, SUBJECT, (row for one in declarations for row in _subjects(one, by_number[one.number])))
        copy_objects(decided)
        copy_objects(tasks)
    by_declaration = {task.declaration_id: task for task in tasks}
    return [
        Kept(one, decision, by_declaration.get(one.pk)) for one, decision in zip(declarations, decided, strict=True)
    ]


def keep_withdrawn(lines: pl.DataFrame, source: Message, at: datetime) -> list[Declaration]:
    """Keep declarations that had been taken back before they came: nothing is decided about them."""
    kept = []
    for part in lines.partition_by("declaration_id", maintain_order=True):
        rows = part.rows(named=True)
        head = {
            **rows[0],
            "customs_value": sum(row["customs_value"] or 0.0 for row in rows),
            "duty_at_stake": 0.0,
        }
        one = _declaration(head, rows, source, at, {})
        one.cancelled = True
        one.save()
        copy_rows(Line, LINE, _lines(one, rows))
        copy_rows(Subject, SUBJECT, _subjects(one, rows))
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
    lines: Sequence[Mapping[str, Any]],
    source: Message | None,
    at: datetime,
    versions: Mapping[str, int],
) -> Declaration:
    return Declaration(
        number=row["declaration_id"],
        version=versions.get(row["declaration_id"], 1),
        message=source,
        received_at=at,
        lodged_on=row["lodged_on"],
        office=row["office"] or "",
        procedure=row.get("procedure") or "",
        importer_id=row["importer_id"] or "",
        importer_name=row["importer_name"] or "",
        line_count=len(lines),
        customs_value=row["customs_value"] or 0.0,
        duty_at_stake=row["duty_at_stake"] or 0.0,
        currency=row["currency"] or "",
    )


def _lines(one: Declaration, lines: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Any, ...]]:
    """Rows of LINE."""
    for line in lines:
        texts = (line["hs_code"] or "", line["origin_country"] or "")
        yield one.pk, line["item_number"], *texts, as_json(fields_of(line))


def fields_of(line: Mapping[str, Any]) -> dict[str, Any]:
    """What Line.fields holds of a line."""
    return {
        name: value if value.__class__ in SIMPLE else _plain(value)
        for name, value in line.items()
        if value is not None and name not in KEYS
    }


def _subjects(one: Declaration, lines: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Any, ...]]:
    """Rows of SUBJECT."""
    found: dict[tuple[str, str], str] = {}
    for line in lines:
        for role in ("importer", "exporter", "declarant"):
            name = line.get(f"{role}_name") or ""
            if key := line.get(f"{role}_id") or name.casefold():
                found.setdefault((role, key[:140]), name)
        for role, field in (("carrier", "carrier_id"), ("transport", "transport_id")):
            if key := line.get(field):
                found.setdefault((role, key[:140]), "")
        if address := line.get("importer_address"):
            found.setdefault(("address", " ".join(address.casefold().split())[:140]), address)
        for key in (line.get("container_ids") or "").split():
            found.setdefault(("container", key[:140]), "")
    for (role, key), name in found.items():
        yield one.pk, role, key, name, one.lodged_on, one.office


def _decision(one: Declaration, row: Mapping[str, Any], edition: Edition | None, at: datetime) -> Decision:
    record = {name: _plain(value) for name, value in row.items() if name not in COLUMNS}
    return Decision(
        declaration=one,
        made_at=at,
        lodged_on=one.lodged_on,
        office=one.office,
        channel=row["channel"],
        score=row["score"],
        probability=row["probability"],
        targeted_by=row["targeted_by"] or "",
        drawn=row["drawn"],
        hits=list(row["hits"]),
        reasons=[dict(reason) for reason in row["reasons"]],
        record=record,
        edition=edition,
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


def _plain(value: Any) -> Any:
    """A value as JSON has it; numbers that JSON has not (infinite, none) become null."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, float) and value - value != 0:
        return None
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return json.loads(json.dumps(value, default=str)) if isinstance(value, dict) else value
