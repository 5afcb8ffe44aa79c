"""The audit trail: writing an entry, and checking the chain.

An entry is SHA-256 over its own columns and the hash before it, so that a changed or removed entry shows at the next
one; the last entry's hash, kept elsewhere, shows what was cut off at the end. Entries follow one another in a single
line: whoever writes one waits for the transaction that wrote the last.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from tidegate.console.clock import now
from tidegate.console.register.models import AuditEntry, User

__all__ = ["Break", "breaks", "write"]

LINE = 0x7469_6465  # the advisory lock behind which entries queue
FIRST = "0" * 64

Break = tuple[int, str]


def write(act: str, subject: str, actor: User | str, **detail: Any) -> AuditEntry:
    """Add an entry in the transaction of what it tells of, so that there is never one without the other.

    `detail` is plain JSON, without secrets and without what is restricted: auditors read it.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LINE])
        last = AuditEntry.objects.order_by("-number").values("number", "hash").first()
        entry = AuditEntry(
            number=last["number"] + 1 if last else 1,
            at=now(),
            actor=actor if isinstance(actor, str) else actor.get_username(),
            act=act,
            subject=subject,
            detail=detail,
            before=last["hash"] if last else FIRST,
        )
        entry.hash = _hash(entry)
        entry.save(force_insert=True)
    return entry


def breaks(after: int = 0, upto: int | None = None) -> Iterator[Break]:
    """Where the chain does not hold, behind the entry numbered `after` (up to `upto`): number and what is wrong."""
    before, expected = FIRST, after + 1
    if after:
        before = AuditEntry.objects.values_list("hash", flat=True).filter(number=after).first() or ""
    entries = AuditEntry.objects.filter(number__gt=after).order_by("number")
    entries = entries if upto is None else entries.filter(number__lte=upto)
    for entry in entries.iterator(chunk_size=5_000):
        if entry.number != expected:
            yield expected, f"{entry.number - expected} missing"
        elif entry.before != before:
            yield entry.number, "the entry before is another"
        if entry.hash != _hash(entry):
            yield entry.number, "changed"
        before, expected = entry.hash, entry.number + 1


def _hash(entry: AuditEntry) -> str:
    said = [entry.number, _moment(entry.at), entry.actor, entry.act, entry.subject, entry.detail, entry.before]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _moment(at: datetime) -> str:
    return f"{at.timestamp():.6f}"
