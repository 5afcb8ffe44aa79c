"""The load of inspectors: how many inspections a day is full with, and how many each already has of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from fractions import Fraction

from django.db.models import Count, Q
from django.utils import timezone

from tidegate.console.clock import today
from tidegate.console.register.models import Office, Task, User

__all__ = ["Load", "begun", "called", "loads"]


@dataclass(slots=True)
class Load:
    """An inspector's day. `share`: inspections that it has room for; `taken`: what is assigned and open, or assigned
    today; `offices`: codes of those that he serves, None: every one."""

    user: User
    offices: frozenset[str] | None
    share: int
    taken: int

    def serves(self, office: str) -> bool:
        return self.offices is None or office in self.offices

    @property
    def room(self) -> int:
        return max(self.share - self.taken, 0)


def called(user: User) -> str:
    """An inspector's name, and the one that nobody else has."""
    full = user.get_full_name()
    return f"{full} ({user.username})" if full else user.username


def begun() -> datetime:
    """When today began."""
    return timezone.make_aware(datetime.combine(today(), time.min))


def loads(offices: Iterable[str] | None = None) -> list[Load]:
    """The inspectors who serve one of `offices` (None: any), by user id.

    What the staff of an office can do a day (Office.inspectors_daily) is shared out evenly among those who serve it; an
    inspector's share is the sum over his offices, rounded up.
    """
    everybody = User.objects.filter(is_active=True, groups__name="inspector")
    served: dict[int, set[str] | None] = {
        pk: None if everywhere else set() for pk, everywhere in everybody.values_list("pk", "everywhere").order_by("pk")
    }
    for pk, office in everybody.filter(everywhere=False, offices__isnull=False).values_list("pk", "offices"):
        if (own := served[pk]) is not None:
            own.add(office)
    shares = _shares(served)
    wanted = None if offices is None else set(offices)
    chosen = [pk for pk, own in served.items() if wanted is None or own is None or own & wanted]
    taken = _taken(chosen)
    users = User.objects.only("username", "first_name", "last_name").in_bulk(chosen)
    return [
        Load(users[pk], None if (own := served[pk]) is None else frozenset(own), shares[pk], taken[pk]) for pk in chosen
    ]


def _shares(served: Mapping[int, set[str] | None]) -> dict[int, int]:
    anywhere = sum(own is None for own in served.values())
    staff = Counter(office for own in served.values() if own for office in own)
    each = {
        office: Fraction(daily, staff[office] + anywhere)
        for office, daily in Office.objects.values_list("code", "inspectors_daily")
        if staff[office] + anywhere
    }
    total = sum(each.values(), Fraction())
    return {
        pk: math.ceil(total if own is None else sum((each[code] for code in own), Fraction()))
        for pk, own in served.items()
    }


def _taken(inspectors: Iterable[int]) -> Counter[int]:
    counted = (
        Task.objects.filter(Q(state=Task.State.ASSIGNED) | Q(assigned_at__gte=begun()), inspector__in=inspectors)
        .order_by()
        .values_list("inspector")
        .annotate(Count("pk"))
    )
    return Counter(dict(counted))
