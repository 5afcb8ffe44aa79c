"""The story of one subject: what the trail tells of it, and, of a declaration, what the register does, by time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language

from tidegate.console.audit.acts import said
from tidegate.console.register.models import AuditEntry, Channel, Declaration, User

__all__ = ["Told", "story"]

MOST = 500  # entries of one story

# What the register itself tells of a declaration: sentences as in acts.ACTS.
FACTS = {
    "received": (
        "Version {version} was received: lines {lines}, office {office}.",
        "Tiếp nhận phiên bản {version}: {lines} dòng hàng, đơn vị {office}.",
    ),
    "decided": (
        "The node decided {channel} (probability {probability} of not being green), by edition {edition}.",
        "Hệ thống quyết định luồng {channel} (xác suất không xanh là {probability}), theo phiên bản {edition}.",
    ),
    "changed": (
        "{officer} decided {channel}: {act}.",
        "{officer} quyết định luồng {channel}: {act}.",
    ),
    "found": (
        "{officer} found on line {item}: {offence}, {revenue} recovered.",
        "{officer} phát hiện ở dòng {item}: {offence}, truy thu {revenue}.",
    ),
    "nothing": (
        "{officer} found nothing unlawful.",
        "{officer} không phát hiện vi phạm.",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One step. `number`: of the entry, where it is one of the trail."""

    at: datetime
    text: str
    number: int | None = None


def story(subject: str, user: User) -> list[Told] | None:
    """All steps of a subject such as "declaration:26VN0001", the first one first; None where this user may not know.

    What the trail tells of its tasks, findings and other rows counts as told of the declaration.
    """
    kind, _, key = subject.partition(":")
    language = get_language()
    steps: list[Told] = []
    subjects = {subject}
    if kind == "declaration":
        held = list(Declaration.objects.visible_to(user).filter(number=key).order_by("version"))
        if not held and Declaration.objects.filter(number=key).exists():
            return None
        for one in held:
            steps.extend(Told(at, _fact(name, language, **about)) for at, name, about in _facts(one))
            subjects |= _rows_of(one)
    entries = AuditEntry.objects.filter(subject__in=subjects).order_by("number")[:MOST]
    steps.extend(Told(one.at, said(one, language), one.number) for one in entries)
    return sorted(steps, key=lambda step: (step.at, step.number or 0))


def _rows_of(one: Declaration) -> set[str]:
    task = getattr(one, "task", None)
    findings = {f"finding:{number}" for number in one.findings.values_list("pk", flat=True)}
    return findings | ({f"task:{task.pk}"} if task else set())


def _facts(one: Declaration) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
    yield one.received_at, "received", {"version": one.version, "lines": one.line_count, "office": one.office}
    for decision in one.decisions.select_related("officer").order_by("pk"):
        channel = Channel(decision.channel).label.lower()
        if decision.officer is None:
            about = {
                "channel": channel,
                "probability": number_format(round(decision.probability, 4)),
                "edition": decision.edition_id,
            }
            yield decision.made_at, "decided", about
        else:
            about = {"channel": channel, "officer": decision.officer.get_username(), "act": decision.act or "–"}
            yield decision.made_at, "changed", about
    for found in one.findings.select_related("officer").order_by("pk"):
        who = found.officer.get_username() if found.officer else found.sender or "–"
        if found.illicit:
            what = {
                "item": found.item_number or "–",
                "offence": found.offence or "–",
                "revenue": number_format(round(found.revenue), force_grouping=True),
            }
            yield found.made_at, "found", {"officer": who, **what}
        else:
            yield found.made_at, "nothing", {"officer": who}


def _fact(name: str, language: str | None, **about: Any) -> str:
    return FACTS[name][language == "vi"].format_map(about)
