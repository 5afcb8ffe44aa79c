"""Small charts of a report, drawn on the server: selections by day against capacity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

__all__ = ["selections"]

WIDTH, HEIGHT, FOOT = 300, 84, 14


def _day(day: str) -> str:
    return date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT")


def selections(told: Mapping[str, Any]) -> SafeString:
    """Bars: selections a day with the draft; ticks: without it; line: the capacity."""
    days, after, before, capacity = (told[name] for name in ("days", "after", "before", "capacity"))
    most = max([1.0, *after, *before, *capacity])
    step = WIDTH / max(len(days), 1)
    floor = HEIGHT - FOOT

    def y(value: float) -> str:
        return f"{floor - value / most * (floor - 6):.1f}"

    bars = format_html_join(
        "",
        '<rect class="after" x="{}" y="{}" width="{}" height="{}"/>',
        (
            (f"{at * step:.1f}", y(value), f"{max(step - 1, 1):.1f}", f"{floor - float(y(value)):.1f}")
            for at, value in enumerate(after)
            if value
        ),
    )
    ticks = format_html_join(
        "",
        '<path class="before" d="M{} {}h{}"/>',
        ((f"{at * step:.1f}", y(value), f"{max(step - 1, 1):.1f}") for at, value in enumerate(before) if value),
    )
    line = "M" + "L".join(
        f"{at * step:.1f} {y(value)}L{(at + 1) * step:.1f} {y(value)}" for at, value in enumerate(capacity)
    )
    count = max(len(days), 1)
    said = _("A day: %(after)s selected with the draft, %(before)s without; capacity %(capacity)s") % {
        "after": f"{sum(after) / count:.2f}",
        "before": f"{sum(before) / count:.2f}",
        "capacity": f"{sum(capacity) / count:.1f}",
    }
    return format_html(
        '<svg class="days" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}<path class="capacity" d="{}"/>'
        '<path class="axis" d="M0 {}H{}"/><text x="0" y="{}">{}</text>'
        '<text x="{}" y="{}" text-anchor="end">{}</text></svg>',
        WIDTH,
        HEIGHT,
        said,
        bars,
        ticks,
        line,
        floor,
        WIDTH,
        HEIGHT - 2,
        _day(days[0]) if days else "",
        WIDTH,
        HEIGHT - 2,
        _day(days[-1]) if days else "",
    )
