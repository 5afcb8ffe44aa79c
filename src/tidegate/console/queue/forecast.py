"""What waits and what can be done about it today: the small line above the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q

from tidegate.console.clock import now
from tidegate.console.queue.filters import OPEN
from tidegate.console.queue.load import Load, begun
from tidegate.console.register.models import Task, User

__all__ = ["COUNTED", "Forecast", "forecast"]

COUNTED = 10_000  # tasks, the most urgent first; what lies beyond is told as "more than"


@dataclass(frozen=True, slots=True)
class Forecast:
    """`waiting`, `overdue`, `due` (until midnight, the overdue apart): open tasks; `capped`: there are more than were
    counted. `room`: inspections that the inspectors of these offices can still take today, of `share`."""

    waiting: int
    overdue: int
    due: int
    capped: bool
    inspectors: int
    room: int
    share: int


def forecast(user: User, staff: Sequence[Load]) -> Forecast:
    """The forecast for the offices that a user sees; `staff`: the inspectors who serve them."""
    moment, midnight = now(), begun() + timedelta(days=1)
    first = Task.objects.visible_to(user).filter(state__in=OPEN).order_by("due_at", "pk").values("pk", "due_at")
    counted = first[: COUNTED + 1].aggregate(
        waiting=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=moment)),
        due=Count("pk", filter=Q(due_at__gte=moment, due_at__lt=midnight)),
    )
    return Forecast(
        min(counted["waiting"], COUNTED),
        min(counted["overdue"], COUNTED),
        counted["due"],
        counted["waiting"] > COUNTED,
        len(staff),
        sum(one.room for one in staff),
        sum(one.share for one in staff),
    )
