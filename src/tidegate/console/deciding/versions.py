"""Versions: what a message says, held against what the register knows of the same declarations.

The library says which message counts (intake.across); the register only brings back what it has. What comes without a
version, a time, a function or a reference of its own, as tables do, counts as it arrives: the last is the latest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import polars as pl
from django.db import connection

from tidegate.console.deciding.keeping import table_of
from tidegate.console.deciding.rows import fields_of
from tidegate.console.register.models import Declaration, Line, Withdrawal
from tidegate.intake import CANCELLED, Intake, across
from tidegate.trade import MESSAGE_SCHEMA
from tidegate.trade.versions import IDENTITY, WHY, is_cancellation

__all__ = ["ADDED", "Settled", "hold", "known_of", "settle"]

PLACE = "\0place"  # which stored declaration a line is of
# Advisory locks by number of declaration, in two stages, since a database holds only so many: a few numbers share a
# bucket and hold a place in it, many hold their buckets.
BUCKETS, PLACES = (0x7469_6467, 256), (0x7469_6468, 1 << 24)
SHARE = 10  # one message takes at most this part of the database's locks
# What the console adds to lines; nobody sends it.
ADDED = ("amended_after_announcement", "late_withdrawals", "cargo_found", "cargo_mass_ratio")


@dataclass(frozen=True, slots=True)
class Settled:
    """What a message comes to. `lines`: what counts now and is to be decided; `before`: what is stored of them,
    the oldest first; `same`: numbers of which nothing changes, with what is stored of them.

    `cancelled`: stored declarations that no longer count; `withdrawn`: lines that were taken back before they came;
    `withdrawals`: rows of cancellations that are new; `refused`: (row, what, code) of amendments of nothing known.
    """

    lines: pl.DataFrame
    before: dict[str, list[Declaration]] = field(default_factory=dict)
    same: dict[str, Declaration | None] = field(default_factory=dict)
    cancelled: list[Declaration] = field(default_factory=list)
    withdrawn: pl.DataFrame = field(default_factory=pl.DataFrame)
    withdrawals: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[int, str, str]] = field(default_factory=list)


def hold(numbers: Collection[str]) -> None:
    """Wait until nobody else changes anything about these declarations, and keep it so until the transaction ends."""
    if not numbers:
        return
    few = len(numbers) <= _room() // SHARE
    with connection.cursor() as cursor:
        for kind, (lock, size) in (("_shared" if few else "", BUCKETS), *([("", PLACES)] if few else [])):
            cursor.execute(
                f"SELECT pg_advisory_xact_lock{kind}(%s, bucket) FROM (SELECT DISTINCT abs(hashtext(number) %% %s)"
                " AS bucket FROM unnest(%s::text[]) AS number ORDER BY bucket) AS ordered",
                [lock, size, list(numbers)],
            )


@cache
def _room() -> int:
    """How many locks the database has room for; 6,400 where nobody tuned it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_locks_per_transaction'), current_setting('max_connections')")
        locks, connections = cursor.fetchone()
    return int(locks) * int(connections)


def names_of(came: Intake) -> set[str]:
    """All numbers and references under which what came may be known."""
    names = set(came.answers["reference"].drop_nulls()) | set(came.amendments["declaration_id"].drop_nulls())
    for table in (came.lines, came.earlier, came.amendments):
        for name in ("declaration_id", "message_id"):
            if name in table.columns and table.height:
                names.update(table[name].drop_nulls().unique())
    return names


def known_of(names: Collection[str]) -> set[str]:
    """Which of these numbers and references the register knows."""
    asked = [list(names)] * 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM register_declaration WHERE number = ANY(%s)"
            " UNION SELECT number FROM register_withdrawal WHERE number = ANY(%s)",
            asked,
        )
        return {row[0] for row in cursor.fetchall()}


def settle(came: Intake) -> Settled:
    """Hold what came against the register. In a transaction: nobody else changes these declarations until it ends."""
    names = names_of(came)
    hold(names)
    stored = list(Declaration.objects.filter(number__in=names).order_by("number", "version"))
    gone = list(Withdrawal.objects.filter(number__in=names).order_by("pk"))
    if not stored and not gone and not came.amendments.height and not came.earlier.height:
        return Settled(came.lines)
    lines, cancelled, withdrawn, withdrawals, refused, numbers = _across(came, stored, gone)
    before: dict[str, list[Declaration]] = {}
    for one in stored:
        before.setdefault(numbers.get(one.pk, one.number), []).append(one)
    withdrawn = withdrawn.filter(~pl.col("declaration_id").is_in(list(before)))
    said = _said(stored)
    same: dict[str, Declaration | None] = {}
    for number, part in _parts(lines).items():
        # What has no version of its own may go back to what it was before.
        plain = part.select(_unversioned(part)).to_series().all()
        held = [one for one in before.get(number, ()) if one.current or not plain]
        if _content(part) in (said[one.pk] for one in held):
            same[number] = _current(before[number])
    changed = _ids(lines) | _ids(withdrawn) | {one.number for one in cancelled}
    for number in (_ids(came.lines) | _ids(came.earlier)) - changed:
        if number in before:
            same[number] = _current(before[number])
    lines = lines.filter(~pl.col("declaration_id").is_in(list(same)))
    return Settled(lines, before, same, cancelled, withdrawn, withdrawals, refused)


def _across(came: Intake, stored: list[Declaration], gone: list[Withdrawal]) -> tuple[Any, ...]:
    """What counts of what came, and what becomes of what is stored: as Settled has it, and new numbers by key."""
    plain = _unversioned(came.lines)
    past, now = across(_past(stored, gone), replace(came, lines=came.lines.filter(~plain)))
    lines = pl.concat([came.lines.filter(plain), _ours(now.lines)], how="diagonal_relaxed")
    back = now.earlier.filter(is_cancellation()) if "message_function" in now.earlier.columns else now.earlier.clear()
    known = [(one.number, one.fields) for one in gone]
    withdrawals = [
        row
        for row in _ours(back).drop(WHY.keys(), strict=False).to_dicts()
        if (row["declaration_id"], fields_of(row)) not in known
    ]
    by_key = {one.pk: one for one in stored}
    was = past.earlier.filter(pl.col("why") == CANCELLED) if past.earlier.height else past.earlier
    keys = was[PLACE].drop_nulls().unique() if PLACE in was.columns else []
    cancelled = [by_key[key] for key in sorted(keys) if by_key[key].current and not by_key[key].cancelled]
    taken_back = now.earlier.filter(pl.col("why") == CANCELLED)
    if "message_function" in taken_back.columns:
        taken_back = taken_back.filter(~is_cancellation())
    withdrawn = _ours(taken_back).drop(WHY.keys(), strict=False)
    refused = [
        (row, number, faults)
        for row, number, faults in now.amendments.select("row", "declaration_id", "faults").iter_rows()
        if faults in ("unknown", "cancelled")
    ]
    numbers = {
        key: number
        for table in (past.lines, past.earlier)
        if PLACE in table.columns
        for key, number in table.select(PLACE, "declaration_id").drop_nulls().unique().iter_rows()
    }
    return lines, cancelled, withdrawn, withdrawals, refused, numbers


def _past(stored: list[Declaration], gone: list[Withdrawal]) -> Intake:
    """What the register has, as if it had been read."""
    numbers = {one.pk: one.number for one in stored}
    rows = Line.objects.filter(declaration__in=stored).order_by("declaration_id", "item_number")
    lines = table_of(
        {
            "declaration_id": numbers[row.declaration_id],
            "item_number": row.item_number,
            PLACE: row.declaration_id,
            **{name: value for name, value in row.fields.items() if name not in ADDED},
        }
        for row in rows
    )
    earlier = table_of({"declaration_id": one.number, **one.fields} for one in gone)
    whole = [
        table.with_columns(pl.lit(None, MESSAGE_SCHEMA[name]).alias(name) for name in IDENTITY if name not in table)
        for table in (lines, earlier)
    ]
    why = (pl.lit(CANCELLED if name == "why" else None, dtype).alias(name) for name, dtype in WHY.items())
    return Intake(whole[0], None, pl.DataFrame(), 0, earlier=whole[1].with_columns(why))


def _unversioned(lines: pl.DataFrame) -> pl.Expr:
    """Whether a line says nothing of its message."""
    said = [name for name in IDENTITY if name in lines.columns]
    return pl.all_horizontal(pl.col(name).is_null() for name in said) if said else pl.lit(True)


def _ours(table: pl.DataFrame) -> pl.DataFrame:
    return table.drop(PLACE, strict=False)


def _ids(table: pl.DataFrame) -> set[str]:
    return set(table["declaration_id"]) if table.height else set()


def _current(versions: list[Declaration]) -> Declaration | None:
    return next((one for one in versions if one.current), None)


def _parts(lines: pl.DataFrame) -> dict[str, pl.DataFrame]:
    if not lines.height:
        return {}
    return {key[0]: part for key, part in lines.partition_by("declaration_id", as_dict=True).items()}


def _content(lines: pl.DataFrame) -> list[dict[str, Any]]:
    """What lines say, to be compared with what is stored."""
    return [
        {"item_number": row["item_number"], **fields_of({k: v for k, v in row.items() if k not in ADDED})}
        for row in lines.sort("item_number").to_dicts()
    ]


def _said(stored: list[Declaration]) -> Mapping[int, list[dict[str, Any]]]:
    """What is stored of each version, as `_content` tells it."""
    said: dict[int, list[dict[str, Any]]] = {one.pk: [] for one in stored}
    for row in Line.objects.filter(declaration__in=stored).order_by("declaration_id", "item_number"):
        fields = {name: value for name, value in row.fields.items() if name not in ADDED}
        said[row.declaration_id].append({"item_number": row.item_number, **fields})
    return said
