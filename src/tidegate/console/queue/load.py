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

__all__ = ["Load", "begun", "loads"]


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


def begun() -> datetime:
    """When today began."""
    return timezone.make_aware(datetime.combine(today(), time.min))


def loads(offices: Iterable[str] | None = None) -> list[Load]:
    """The inspectors who serve one of `offices` (None: any), by user id.

    What the staff of an office can do a day (Office.inspectors_daily) is shared out evenly among those who serve it; an
    inspector's share is the sum over his offices, rounded up.
    """
    everybody = list(User.objects.filter(is_active=True, groups__name="inspector").order_by("pk"))
    served: dict[int, set[str]] = {user.pk: set() for user in everybody}
    for user, office in User.offices.through.objects.filter(user__in=everybody).values_list("user_id", "office_id"):
        served[user].add(office)
    shares = _shares(everybody, served)
    wanted = None if offices is None else set(offices)
    chosen = [user for user in everybody if wanted is None or user.everywhere or served[user.pk] & wanted]
    taken = _taken(chosen)
    return [
        Load(user, None if user.everywhere else frozenset(served[user.pk]), shares[user.pk], taken[user.pk])
        for user in chosen
    ]


def _shares(inspectors: Iterable[User], served: Mapping[int, set[str]]) -> dict[int, int]:
    anywhere = sum(user.everywhere for user in inspectors)
    staff = Counter(office for user in inspectors if not user.everywhere for office in served[user.pk])
    each = {
        office: Fraction(daily, staff[office] + anywhere)
        for office, daily in Office.objects.values_list("code", "inspectors_daily")
        if staff[office] + anywhere
    }
    total = sum(each.values(), Fraction())
    return {
        user.pk: math.ceil(total if user.everywhere else sum((each[code] for code in served[user.pk]), Fraction()))
        for user in inspectors
    }


def _taken(inspectors: Iterable[User]) -> Counter[int]:
    counted = (
        Task.objects.filter(Q(state=Task.State.ASSIGNED) | Q(assigned_at__gte=begun()), inspector__in=inspectors)
        .order_by()
        .values_list("inspector")
        .annotate(Count("pk"))
    )
    return Counter(dict(counted))
