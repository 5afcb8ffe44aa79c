"""Seals: what is too much for an entry each, decisions above all, enters the chain as one digest a minute.

A seal is an entry of the trail. For each sealed table it tells a range of ids, how many rows lie in it, and SHA-256
over the SHA-256 of each row in the order of ids. A row that is changed, removed or put in afterwards makes another
digest; a seal that is changed breaks the chain. Ids are sealed up to where the table is settled, so that a transaction
that commits late is not passed by. What came in since the last seal is not sealed yet.

A row that is taken out by right (a finding, when an inspection is sent back) leaves its own hash in the entry of the
act (`remains`): with it the digest still comes out.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from tidegate.console.register import trail
from tidegate.console.register.models import AuditEntry, Decision, Finding, Message
from tidegate.console.register.settled import settled

__all__ = [
    "ACT",
    "FORMS",
    "REMOVING",
    "SEALED",
    "Sealed",
    "broken_seal",
    "broken_seals",
    "currents",
    "remains",
    "seal",
    "seals",
]

ACT = "seal"
LINE = 0x7365_616C  # the advisory lock behind which seals queue
REMOVING = ("inspection.return",)  # acts that take sealed rows out by right
FIRST_ID = -(2**63)  # nothing may be put in ahead of all others either
MOST = 2_000  # rows of a table in one seal
# How PostgreSQL writes values is a setting of the session: the same for every digest.
WRITTEN = (("timezone", "UTC"), ("bytea_output", "hex"), ("extra_float_digits", "1"))


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table whose rows are sealed. `columns`: what the digest is over; `large`: of these, by their hash; `apart`:
    what may change later."""

    name: str
    table: type[models.Model]
    columns: tuple[str, ...]
    large: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


# What a seal is over, by the number of its form, which every seal tells: seals stay checkable when a table gets a
# column. Then a new form goes behind the last, and the forms before stay as they are.
FIRST = (
    Sealed(
        "decisions",
        Decision,
        (
            *("id", "declaration_id", "made_at", "lodged_on", "office", "channel", "score", "probability"),
            *("targeted_by", "drawn", "hits", "reasons", "record", "edition_id", "officer_id", "act", "note"),
        ),
        apart=("current",),  # of several decisions the last is; `currents` checks that
    ),
    Sealed(
        "findings",
        Finding,
        (
            *("id", "declaration_id", "item_number", "found_on", "illicit", "offence", "revenue", "quantity"),
            *("quantity_unit", "value", "note", "office", "officer_id", "sender", "made_at"),
        ),
    ),
    Sealed(
        "messages",
        Message,
        (
            *("id", "received_at", "sender", "format", "sha256", "size", "body"),
            *("read", "kept", "rejected", "flagged", "faults"),
        ),
        large=("body",),
    ),
)
FORMS = {1: FIRST}
FORM = max(FORMS)
SEALED = FORMS[FORM]


def seal() -> int:
    """Seal what is settled and not sealed yet; returns the number of seals, 0 where nothing is new.

    Raises NodeError where somebody has been writing for long.
    """
    ends = {one.name: settled(one.table) for one in SEALED}
    count = 0
    while _seal(ends):
        count += 1
    return count


def _seal(ends: dict[str, int]) -> bool:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LINE])
        last = AuditEntry.objects.filter(act=ACT).order_by("-number").values_list("detail", flat=True).first() or {}
        parts: dict[str, Any] = {}
        for one in SEALED:
            after = last.get(one.name, {}).get("upto", 0)
            upto = max(after, min(ends[one.name], after + MOST))
            count, digest = _digest(one, after, upto)
            parts[one.name] = {"after": after, "upto": upto, "count": count, "sha256": digest}
        if not any(part["count"] for part in parts.values()) and all(
            part["upto"] == ends[name] for name, part in parts.items()
        ):
            return False
        trail.write(ACT, "node:seal", "node", form=FORM, **parts)
    return True


def seals() -> models.QuerySet:
    """The seals, in their order."""
    return AuditEntry.objects.filter(act=ACT).order_by("number")


def broken_seals(share: float = 1.0, chance: random.Random | None = None) -> Iterator[trail.Break]:
    """Seals whose rows are no longer what they were, and what is wrong: number of the entry and a sentence.

    `share`: of the seals that are looked at, by chance; the last one always is.
    """
    ends: dict[str, int] = {}
    last = seals().values_list("number", flat=True).last()
    removed = list(_removed())
    for number, detail in seals().values_list("number", "detail").iterator(chunk_size=1_000):
        looked_at = share >= 1.0 or number == last or (chance or random).random() < share
        for one in FORMS[detail["form"]]:
            part = detail[one.name]
            if part["after"] != ends.get(one.name, 0):
                yield number, f"{one.name} {ends.get(one.name, 0) + 1} to {part['after']} are under no seal"
            ends[one.name] = part["upto"]
            if looked_at and (said := _difference(one, number, part, removed)):
                yield number, said


def broken_seal(entry: AuditEntry) -> list[str]:
    """What is wrong with the rows of one seal."""
    removed = list(_removed())
    told = (_difference(one, entry.number, entry.detail[one.name], removed) for one in FORMS[entry.detail["form"]])
    return [said for said in told if said]


def _difference(one: Sealed, number: int, part: dict[str, Any], removed: Sequence[tuple[int, str, int, str]]) -> str:
    """How the rows of one part of a seal differ from what it tells; empty: not at all."""
    gone = [(row, hash_) for act, name, row, hash_ in removed if act > number and name == one.name]
    count, digest = _digest(one, part["after"], part["upto"], gone)
    if (count, digest) == (part["count"], part["sha256"]):
        return ""
    where, more = f"{one.name} {part['after'] + 1} to {part['upto']}", count - part["count"]
    return f"{where}: " + (f"{-more} removed" if more < 0 else f"{more} put in" if more else "changed")


def remains(name: str, ids: Iterable[int]) -> dict[str, list[tuple[int, str]]]:
    """What stays of rows that are about to be taken out by right: their hashes, to be written into the entry of the act
    as its detail `remains`. The act must be one of REMOVING; call it in its transaction, before they are deleted."""
    one = next(one for one in SEALED if one.name == name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LINE])
        _write_plainly(cursor)
        cursor.execute(
            f"SELECT id, encode({_row(one)}, 'hex') FROM {one.table._meta.db_table} WHERE id = ANY(%s) ORDER BY id",
            [list(ids)],
        )
        return {name: cursor.fetchall()}


def _removed() -> Iterator[tuple[int, str, int, str]]:
    """Rows that were taken out by right: number of the entry that tells it, table, id, hash."""
    for number, detail in AuditEntry.objects.filter(act__in=REMOVING).values_list("number", "detail"):
        for name, rows in detail.get("remains", {}).items():
            for row, hash_ in rows:
                yield number, name, row, hash_


def currents() -> Iterator[str]:
    """Declarations whose current decision is not their last one; of a version that a later one replaced none has to
    be current."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.declaration_id FROM register_decision c JOIN register_declaration d ON d.id = c.declaration_id"
            " GROUP BY c.declaration_id, d.current HAVING max(c.id) IS DISTINCT FROM max(c.id) FILTER (WHERE c.current)"
            " AND (d.current OR bool_or(c.current)) LIMIT 100"
        )
        for (number,) in cursor.fetchall():
            yield f"the last decision of declaration row {number} is not its current one"


def _digest(one: Sealed, after: int, upto: int, gone: Sequence[tuple[int, str]] = ()) -> tuple[int, str]:
    """How many rows lie in a range of ids, and the digest over them; worked out where they are. `gone`: ids and hashes
    of rows that were there."""
    with transaction.atomic(), connection.cursor() as cursor:
        _write_plainly(cursor)
        inside = [(row, bytes.fromhex(hash_)) for row, hash_ in gone if after < row <= upto]
        cursor.execute(
            "SELECT count(*), encode(sha256(coalesce(string_agg(told, ''::bytea ORDER BY id), ''::bytea)), 'hex') FROM"
            f" (SELECT id, {_row(one)} AS told FROM {one.table._meta.db_table} WHERE id > %s AND id <= %s"
            " UNION ALL SELECT * FROM unnest(%s::bigint[], %s::bytea[])) AS rows",
            [after or FIRST_ID, upto, [row for row, _ in inside], [hash_ for _, hash_ in inside]],
        )
        count, digest = cursor.fetchone()
    return int(count), str(digest)


def _row(one: Sealed) -> str:
    said = ", ".join(f"sha256({name})" if name in one.large else name for name in one.columns)
    return f"sha256(convert_to(jsonb_build_array({said})::text, 'UTF8'))"


def _write_plainly(cursor: Any) -> None:
    for name, value in WRITTEN:
        cursor.execute(f"SET LOCAL {name} TO '{value}'")
