"""The history of each party that a declaration names, as far as the offices of the user go; and what shares them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from tidegate.console.declarations.doors import door
from tidegate.console.register.models import Decision, Declaration, Finding, Line, Subject, User

__all__ = ["History", "Link", "histories", "links"]

DAYS = 365
LAST = 5
ROLES = {
    "importer": _("Importer"),
    "exporter": _("Supplier"),
    "declarant": _("Broker"),
    "carrier": _("Carrier"),
    "transport": _("Means of transport"),
    "address": _("Address"),
    "container": _("Container"),
}
SHARED = ("container", "address")  # what ties declarations together that name other parties
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
    """The history of every party of a declaration; containers have theirs on their own page."""
    named = Subject.objects.filter(declaration=declaration).exclude(role="container")
    order = list(ROLES)
    return [_history(one, declaration, user) for one in sorted(named, key=lambda one: (order.index(one.role), one.key))]


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
        ROLES[one.role],
        one.key,
        one.name,
        door("parties:one", one.role, one.key),
        counts["declarations"],
        counts["opened"],
        counts["found"],
        _with_channel(list(last)),
    )


def links(declaration: Declaration, user: User) -> list[Link]:
    """Other declarations that share a container, an address or a bill, of about the same time; the latest first."""
    near = (declaration.lodged_on - CLOSE, declaration.lodged_on + CLOSE)
    own = Subject.objects.filter(declaration=declaration, role__in=SHARED).values_list("role", "key")
    found: list[Link] = []
    for role, key in own:
        shared = (
            Subject.objects.visible_to(user)
            .filter(role=role, key=key, lodged_on__range=near, declaration__current=True)
            .exclude(declaration__number=declaration.number)
        )
        if role == "address":  # the importer's own other declarations are his history
            shared = shared.exclude(declaration__importer_id=declaration.importer_id)
        pks = shared.order_by("-lodged_on", "-declaration_id").values_list("declaration_id", flat=True)[:MOST]
        found += [Link(ROLES[role], key, other) for other in _with_channel(list(pks))]
    for number in _bills(declaration):
        lines = Line.objects.filter(
            declaration__in=Declaration.objects.visible_to(user).filter(lodged_on__range=near, current=True),
            fields__contains=number,
        ).exclude(declaration__number=declaration.number)
        pks = lines.values_list("declaration_id", flat=True).distinct()[:MOST]
        found += [Link(_("Bill"), next(iter(number.values())), other) for other in _with_channel(list(pks))]
    return sorted(found, key=lambda one: (one.declaration.lodged_on, one.declaration.pk), reverse=True)[:MOST]


def _bills(declaration: Declaration) -> list[dict[str, str]]:
    """The numbers of bills that the lines name, as intake looks for them: in columns with "bill" in their name."""
    told = {
        (name, value)
        for line in declaration.lines.all()
        for name, value in line.fields.items()
        if "bill" in name and isinstance(value, str)
    }
    return [{name: value} for name, value in sorted(told)]


def _with_channel(pks: list[int]) -> list[Declaration]:
    """Declarations with their current decision (`standing`), in the order of `pks`."""
    current = Prefetch("decisions", Decision.objects.filter(current=True), to_attr="standing")
    held = {one.pk: one for one in Declaration.objects.filter(pk__in=pks).prefetch_related(current, "findings")}
    return [held[pk] for pk in pks]
