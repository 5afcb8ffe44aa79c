"""How long: since a task came in, until it is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils.translation import gettext as _

from tidegate.console.clock import now

__all__ = ["register"]

register = template.Library()


@register.filter
def since(moment: datetime) -> str:
    """How long ago, in the largest units that matter: 40 min, 5 h, 2 d 3 h."""
    return lasting(now() - moment)


@register.filter
def until(moment: datetime) -> str:
    """How much time is left, or how long it is overdue."""
    left = moment - now()
    if left < timedelta():
        return _("%(time)s overdue") % {"time": lasting(-left)}
    return _("in %(time)s") % {"time": lasting(left)}


@register.filter
def overdue(moment: datetime) -> bool:
    """Whether it has passed."""
    return moment < now()


def lasting(time: timedelta) -> str:
    """A time in words."""
    minutes = max(int(time.total_seconds() // 60), 0)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days >= 7:
        return _("%(d)s d") % {"d": days}
    if days:
        return _("%(d)s d %(h)s h") % {"d": days, "h": hours} if hours else _("%(d)s d") % {"d": days}
    if hours:
        return _("%(h)s h") % {"h": hours}
    return _("%(m)s min") % {"m": minutes}
