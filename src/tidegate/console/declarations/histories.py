"""The history of each party that a declaration names, as far as the offices of the user go; and what shares them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from tidegate.console.declarations.doors import door
from tidegate.console.parties.kinds import KIND_OF
from tidegate.console.register.models import Decision, Declaration, Finding, Subject, User

__all__ = ["History", "Link", "histories", "links", "with_channel"]

DAYS = 365
LAST = 5
PARTIES = ("importer", "exporter", "declarant", "carrier", "transport", "address")
SHARED = ("bill", "container", "address", "document")  # what ties declarations together that name other parties
HIS_OWN = ("address", "document")  # of these, what an importer's own declarations share is his history
CLOSE = timedelta(days=60)  # before and after: containers travel again
MOST = 20


@dataclass(frozen=True, slots=True)
class History:
    """A party in the twelve months before the declaration: declarations, those opened, those where something was
    found; its last five."""

    role: Any
    key: str
    name: str
    link: str
    declarations: int
    opened: int
    found: int
    last: Sequence[Declaration]


@dataclass(frozen=True, slots=True)
class Link:
    """What another declaration shares with this one."""

    what: Any
    key: str
    declaration: Declaration


def histories(declaration: Declaration, user: User) -> list[History]:
    """The history of every party of a declaration; things have theirs on their own page."""
    named = Subject.objects.filter(declaration=declaration, role__in=PARTIES)
    ordered = sorted(named, key=lambda one: (PARTIES.index(one.role), one.key))
    return [_history(one, declaration, user) for one in ordered]


def _history(one: Subject, declaration: Declaration, user: User) -> History:
    findings = Finding.objects.filter(declaration=OuterRef("declaration"))
    same = Subject.objects.visible_to(user).filter(
        role=one.role,
        key=one.key,
        lodged_on__lte=declaration.lodged_on,
        lodged_on__gt=declaration.lodged_on - timedelta(days=DAYS),
        declaration__current=True,
    )
    others = same.exclude(declaration__number=declaration.number)
    counts = others.aggregate(
        declarations=Count("pk"),
        opened=Count("pk", filter=Q(Exists(findings))),
        found=Count("pk", filter=Q(Exists(findings.filter(illicit=True)))),
    )
    last = others.order_by("-lodged_on", "-declaration_id").values_list("declaration_id", flat=True)[:LAST]
    return History(
        KIND_OF[one.role].label,
        one.key,
        one.name,
        door("parties:one", one.role, one.key),
        counts["declarations"],
        counts["opened"],
        counts["found"],
        with_channel(list(last)),
    )


def links(declaration: Declaration, user: User) -> list[Link]:
    """Other declarations that share any of SHARED, of about the same time; the latest first."""
    near = (declaration.lodged_on - CLOSE, declaration.lodged_on + CLOSE)
    alike = Q(pk=None)
    for role in SHARED:
        keys = Subject.objects.filter(declaration=declaration, role=role).values_list("key", flat=True)
        same = Q(role=role, key__in=list(keys))
        alike |= same & ~Q(declaration__importer_id=declaration.importer_id) if role in HIS_OWN else same
    shared = (
        Subject.objects.visible_to(user)
        .filter(alike, lodged_on__range=near, declaration__current=True)
        .exclude(declaration__number=declaration.number)
        .order_by("-lodged_on", "-declaration_id", "role", "key")
    )
    rows = list(shared.values_list("role", "key", "declaration_id")[:MOST])
    others = with_channel([pk for _, _, pk in rows])
    return [Link(KIND_OF[role].label, key, other) for (role, key, _), other in zip(rows, others, strict=True)]


def with_channel(pks: list[int]) -> list[Declaration]:
    """Declarations with their current decision (`standing`), in the order of `pks`."""
    current = Prefetch("decisions", Decision.objects.filter(current=True), to_attr="standing")
    held = {one.pk: one for one in Declaration.objects.filter(pk__in=pks).prefetch_related(current, "findings")}
    return [held[pk] for pk in pks]
