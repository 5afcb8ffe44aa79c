"""Figures: how good the data of each sender is, by field and month, from lines and messages of the register.

The library counts (`intake.quality`); here the register's rows become the tables that it reads.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import Max

from tidegate.console.clock import now, today
from tidegate.console.effect.history import told
from tidegate.console.quality.models import Report
from tidegate.console.register.models import Declaration, Message
from tidegate.intake.quality import EXPECTED, FAULTS_SCHEMA, FIELD_OF_FLAG, quality, sender
from tidegate.intake.reasons import FLAGS, REJECTIONS

__all__ = ["PERIODS", "figures", "work_out"]

PERIODS = (90, 365)
LINES_AT_MOST = 2_000_000  # of the period, the latest; beyond that the report says so
REFUSED = frozenset(one.code for one in REJECTIONS)
FLAGGED = frozenset(one.code for one in FLAGS)
FIELDS = tuple(dict.fromkeys((*EXPECTED, "message_sender", "flags")))


def work_out(office: str, days: int) -> Report:
    """Work out and keep the report of `office` (empty: of all) on the last `days`."""
    made, _ = Report.objects.update_or_create(
        office=office,
        days=days,
        defaults={"made_at": now(), "figures": figures(office, today() - timedelta(days=days - 1))},
    )
    return made


def figures(office: str, since: date) -> dict[str, Any]:
    """Plain JSON: `quality` (rows of QUALITY_SCHEMA), `reasons` (sender, month, field, reason, rows), `sent` (sender,
    month, lines), `messages` (sender, month, messages, read, kept, rejected, flagged), `lines`, `cut` (not all)."""
    table = _lines(office, since)
    messages, faults = _messages(office, since)
    month = pl.col("lodged_on").dt.truncate("1mo").alias("month")
    ours = table.with_columns(sender(table.columns).alias("sender"), month)
    field = pl.col("reason").replace_strict(FIELD_OF_FLAG, default=None, return_dtype=pl.String)
    flags = (
        ours.select("sender", "month", pl.col("flags").str.split(" ").alias("reason"))
        .drop_nulls("reason")
        .explode("reason")
        .filter(pl.col("reason").is_in(list(FLAGGED)))
        .with_columns(field.alias("field"))
        .group_by("sender", "month", "field", "reason")
        .agg(pl.len().cast(pl.Int64).alias("rows"))
    )
    reasons = pl.concat([faults, flags.select(FAULTS_SCHEMA.keys())]).sort("rows", descending=True)
    sent = ours.group_by("sender", "month").agg(pl.len().cast(pl.Int64).alias("lines")).sort("sender", "month")
    worked = {
        "quality": quality(table, faults).to_dicts(),
        "reasons": reasons.to_dicts(),
        "sent": sent.to_dicts(),
        "messages": messages.to_dicts(),
        "lines": table.height,
        "cut": table.height >= LINES_AT_MOST,
        "since": since,
        "until": Declaration.objects.aggregate(last=Max("lodged_on"))["last"],
    }
    return json.loads(json.dumps(worked, default=str))


def _lines(office: str, since: date) -> pl.DataFrame:
    """Lines of all versions lodged since a day: the fields that are looked at, and the sender of the message."""
    chosen = Declaration.objects.filter(lodged_on__gte=since, **({"office": office} if office else {}))
    sql, parameters = chosen.order_by().values("pk").query.sql_with_params()
    said = {name: f"nullif(l.fields->>'{name}', '')" for name in FIELDS}
    said["message_sender"] = f"coalesce({said['message_sender']}, nullif(m.sender, ''))"
    return told(
        f"SELECT d.lodged_on, {', '.join(said.values())} FROM register_line l"
        " JOIN register_declaration d ON d.id = l.declaration_id LEFT JOIN register_message m ON m.id = d.message_id"
        f" WHERE d.id IN ({sql}) ORDER BY l.id DESC LIMIT {LINES_AT_MOST}",
        parameters,
        {"lodged_on": pl.Date(), **dict.fromkeys(FIELDS, pl.String())},
    )


def _messages(office: str, since: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Messages received since a day, counted by sender and month; and their refused rows (FAULTS_SCHEMA).

    What was refused belongs to no office: for one office, messages count that brought it a declaration.
    """
    chosen = Message.objects.filter(received_at__date__gte=since)
    if office:
        chosen = chosen.filter(declaration__office=office).distinct()
    counts: list[tuple[Any, ...]] = []
    refused: list[tuple[Any, ...]] = []
    for who, at, *numbers, faults in chosen.order_by().values_list(
        "sender", "received_at__date", "read", "kept", "rejected", "flagged", "faults"
    ):
        month = at.replace(day=1)
        counts.append((who or None, month, 1, *numbers))
        refused += [
            (who or None, month, one.get("field") or None, one["reason"], int(one.get("count", 1)))
            for one in faults
            if one.get("reason") in REFUSED
        ]
    names = ("messages", "read", "kept", "rejected", "flagged")
    table = pl.DataFrame(
        counts, schema={"sender": pl.String, "month": pl.Date, **dict.fromkeys(names, pl.Int64)}, orient="row"
    )
    summed = table.group_by("sender", "month").agg(pl.col(names).sum()).sort("sender", "month")
    bad = pl.DataFrame(refused, schema=FAULTS_SCHEMA, orient="row")
    keys = ["sender", "month", "field", "reason"]
    return summed, bad.group_by(keys).agg(pl.col("rows").sum())
