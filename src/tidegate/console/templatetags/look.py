"""How things show themselves in every page: channels with word and shape, money, reasons in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tidegate.console.plots import spoken
from tidegate.console.register.models import Channel, User

__all__ = ["register"]

register = template.Library()
SHAPES = {"green": "●", "yellow": "▲", "red": "■", "blue": "◆"}


@register.filter
def channel(name: str) -> SafeString:
    """A channel: its shape and its word, so that nobody depends on colour."""
    if name not in SHAPES:
        return format_html("{}", name or "–")
    return format_html(
        '<span class="channel {}"><span aria-hidden="true">{}</span> {}</span>', name, SHAPES[name], Channel(name).label
    )


@register.filter
def shape(name: str) -> SafeString:
    """The shape of a channel alone, for places where many stand together; its word is told to who cannot see it."""
    if name not in SHAPES:
        return format_html("")
    return format_html(
        '<span class="channel {0}" title="{2}"><span aria-hidden="true">{1}</span>'
        '<span class="visually-hidden">{2}</span></span>',
        name,
        SHAPES[name],
        Channel(name).label,
    )


@register.filter
def told(reason: Mapping[str, Any]) -> str:
    """The sentence of a reason, in the reader's language."""
    return str((reason.get("text_vi") if get_language() == "vi" else None) or reason.get("text") or "")


@register.filter
def day(text: str | date) -> str:
    """A date, or the ISO text of one, as the reader's language writes it."""
    return date_format(date.fromisoformat(text) if isinstance(text, str) else text, "SHORT_DATE_FORMAT")


@register.filter
def person(user: User | None) -> str:
    """A user by name; a dash where nobody is."""
    return (user.get_full_name() or user.get_username()) if user else "–"


@register.filter
def amount(value: float | None, currency: str = "") -> str:
    """A sum without decimals, with its currency after it; a dash where there is none."""
    if value is None:
        return "–"
    return f"{number_format(round(value), force_grouping=True)} {currency}".strip()


@register.filter
def share(value: float | None, digits: int = 1) -> str:
    """A share as a percentage."""
    return "–" if value is None else f"{number_format(round(value * 100, digits), digits)}%"


@register.filter
def plain(value: float) -> str:
    """A number for a drawing: with a point in every language, and no more than a digit after it."""
    return f"{value:.1f}".removesuffix(".0")


@register.simple_tag
def limits(low: float | None, high: float | None, kind: str = "share") -> str:
    """The limits alone, where the figure stands above them: 95%: 5.9 to 8.4."""
    _said, least, most = spoken(None, low, high, percent=kind == "share")
    return _("95%%: %(low)s to %(high)s") % {"low": least, "high": most}


@register.simple_tag
def interval(value: float | None, low: float | None, high: float | None, kind: str = "share") -> str:
    """A figure with its uncertainty, spoken: 7.1% (95%: 5.9 to 8.4); `kind`: share, or number for whole numbers."""
    said, least, most = spoken(value, low, high, percent=kind == "share")
    if value is None:
        return (
            _("not known") if low is None else _("not known (95%%: %(low)s to %(high)s)") % {"low": least, "high": most}
        )
    return _("%(value)s (95%%: %(low)s to %(high)s)") % {"value": said, "low": least, "high": most}
