"""Claims: who is looking at a task, so that two officers never work on the same one. A claim ends by itself."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from tidegate.console.clock import now
from tidegate.console.register import trail
from tidegate.console.register.models import Task, User

__all__ = ["CLAIM_LASTS", "claim_next", "holder", "live", "release"]

CLAIM_LASTS = timedelta(minutes=30)


def live() -> Q:
    """Tasks that somebody holds now."""
    return Q(claimed_by__isnull=False, claimed_at__gt=now() - CLAIM_LASTS)


def holder(task: Task) -> User | None:
    """Who holds the task now; None: nobody, or the claim is over."""
    held = task.claimed_at is not None and task.claimed_at > now() - CLAIM_LASTS
    return task.claimed_by if held else None


def claim_next(tasks: QuerySet[Task], user: User) -> Task | None:
    """Claim the most urgent of `tasks` that waits and that nobody holds; None: there is none.

    What another officer is just claiming is passed over, not waited for: two never get the same.
    """
    free = tasks.filter(~live(), state=Task.State.WAITING).order_by("due_at", "pk")
    with transaction.atomic():
        task = free.select_for_update(skip_locked=True, of=("self",)).first()
        if task is None:
            return None
        task.claimed_by, task.claimed_at = user, now()
        task.save(update_fields=["claimed_by", "claimed_at"])
        trail.write("task.claim", f"declaration:{task.number}", user)
    return task


def release(task: Task, by: User) -> bool:
    """Give a claim back: one's own, or as a supervisor anybody's. False: there was none that `by` may give back."""
    with transaction.atomic():
        held = Task.objects.select_for_update(of=("self",)).select_related("claimed_by").get(pk=task.pk)
        who = held.claimed_by
        if who is None or not (who == by or by.may("assign")):
            return False
        Task.objects.filter(pk=task.pk).update(claimed_by=None, claimed_at=None)
        trail.write("task.release", f"declaration:{held.number}", by, claimed_by=who.get_username())
    return True
