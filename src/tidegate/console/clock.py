"""The clock of the console: the only place that asks what day it is."""

from __future__ import annotations

from datetime import date, datetime, time

from django.conf import settings
from django.utils import timezone

__all__ = ["now", "today"]


def today() -> date:
    """The day of the node, in its time zone; TIDEGATE_TODAY makes it stand still."""
    return date.fromisoformat(settings.TODAY) if settings.TODAY else timezone.localdate()


def now() -> datetime:
    """The moment, with its time zone; on a day that stands still, noon of it."""
    if settings.TODAY:
        return timezone.make_aware(datetime.combine(today(), time(12)))
    return timezone.now()
