"""A year of a party as bars: a month each, its declarations by channel, and a mark where something was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tidegate.console.parties.known import Month

__all__ = ["Bar", "Line", "Timeline", "draw"]

WIDTH, HEIGHT, LEFT, TOP, FOOT = 720, 180, 40, 22, 24
ORDER = ("green", "yellow", "red", "blue")  # from the foot up


@dataclass(frozen=True, slots=True)
class Bar:
    """One month. `parts`: (channel, y, height)."""

    first: date
    x: float
    width: float
    parts: list[tuple[str, float, float]]
    top: float
    month: Month


@dataclass(frozen=True, slots=True)
class Line:
    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Timeline:
    width: int
    height: int
    left: int
    foot: int
    bars: list[Bar]
    lines: list[Line]


def draw(months: Sequence[Month]) -> Timeline:
    """Place the bars; empty months have their place, too."""
    most = _round(max((month.all for month in months), default=0))
    deep = HEIGHT - TOP - FOOT
    step = (WIDTH - LEFT) / max(len(months), 1)
    bars = []
    for place, month in enumerate(months):
        y, parts = float(HEIGHT - FOOT), []
        for channel in ORDER:
            if count := month.channels.get(channel, 0):
                tall = deep * count / most
                y -= tall
                parts.append((channel, y, tall))
        bars.append(Bar(month.first, LEFT + place * step + 4, step - 8, parts, y, month))
    lines = [Line(HEIGHT - FOOT - deep * part / 2, most * part // 2) for part in (0, 1, 2)]
    return Timeline(WIDTH, HEIGHT, LEFT, HEIGHT - FOOT, bars, lines)


def _round(count: int) -> int:
    """The least round even number that is not smaller."""
    step = 1
    while True:
        for first in (2, 4, 10):
            if first * step >= count:
                return first * step
        step *= 10
