"""Small plots as SVG, made on the server: a course with its limits, bars against a limit, an interval in a cell.

Each is at most 340 wide, so that its letters stay readable on a phone, and says in words what it shows. Colours come
from plots.css.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString

__all__ = ["Point", "against", "calibration", "course", "range_bar", "spark", "spoken"]

WIDTH, HEIGHT = 340, 150
LEFT, RIGHT, TOP, FOOT = 44, 8, 10, 22


@dataclass(frozen=True, slots=True)
class Point:
    """One month, week or band: its name, its value and the limits of the value; null: nothing is known."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None


def spoken(value: float | None, low: float | None, high: float | None, *, percent: bool = True) -> tuple[str, str, str]:
    """A figure and its limits as they are read: shares in percent with one digit, numbers whole; unknown: a dash."""

    def say(number: float | None, sign: str) -> str:
        if number is None:
            return "–"
        if percent:
            return f"{number_format(round(number * 100, 1), 1)}{sign}"
        return number_format(round(number), force_grouping=True)

    return say(value, "%"), say(low, ""), say(high, "")


def course(points: Sequence[Point], label: str, *, base: float | None = None) -> SafeString:
    """Shares in their order, each with its limits as a whisker; `base` is a broken line across. Empty without a value.

    The scale ends above the values and the middling limits, so that the whiskers of a month with two openings do not
    flatten all others; a whisker that goes on has no bar at its end.
    """
    known = [one.value for one in points if one.value is not None]
    if not known:
        return SafeString("")
    highs = sorted(one.high for one in points if one.value is not None and one.high is not None)
    top = _round_up(max([*known, highs[len(highs) // 2] if highs else 0.0, base or 0.0]) or 0.01)
    wide, deep = WIDTH - LEFT - RIGHT, HEIGHT - TOP - FOOT
    step = wide / len(points)

    def y(value: float) -> float:
        return TOP + deep * (1 - min(value, top) / top)

    drawn = [_grid(LEFT, y(v), WIDTH - RIGHT, _percent(v)) for v in (0.0, top / 2, top)]
    if base is not None:
        drawn.append(_line("base", LEFT, y(base), WIDTH - RIGHT, y(base)))
    at: list[tuple[float, float]] = []
    for number, one in enumerate(points):
        if one.value is None:
            continue
        x = LEFT + step * (number + 0.5)
        at.append((x, y(one.value)))
        if one.low is not None and one.high is not None:
            drawn.append(_line("whisker", x, y(one.low), x, y(one.high)))
            ends = [one.low, *([one.high] if one.high <= top else [])]
            drawn += [_line("whisker", x - 3, y(end), x + 3, y(end)) for end in ends]
    drawn += [_path(at), *(_dot(*one, 3) for one in at)]
    for number in {0, len(points) - 1}:
        drawn.append(_tick(LEFT + step * (number + 0.5), HEIGHT - 4, points[number].name, "middle"))
    return _picture(WIDTH, HEIGHT, drawn, label)


def spark(values: Sequence[float | None], label: str) -> SafeString:
    """A course as small as a word; gaps where nothing is known. Empty with fewer than two values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return SafeString("")
    top = max(known) or 1.0
    step = 80 / max(len(values) - 1, 1)
    at = [(4 + step * n, 20 - 16 * value / top) for n, value in enumerate(values) if value is not None]
    return _picture(88, 24, [_path(at), _dot(*at[-1], 2.5)], label)


def range_bar(value: float | None, low: float, high: float, top: float, base: float | None = None) -> SafeString:
    """An interval with its estimate on a scale from 0 to `top`, and `base` as a mark; the words stand beside it."""

    def x(number: float) -> float:
        return 4 + 112 * min(max(number / top, 0.0), 1.0)

    drawn = [_line("grid", 4, 9, 116, 9)]
    if base is not None:
        drawn.append(_line("base", x(base), 1, x(base), 17))
    drawn.append(_line("whisker wide", x(low), 9, x(high), 9))
    if value is not None:
        drawn.append(_dot(x(value), 9, 3.5))
    return _picture(120, 18, drawn)


def against(values: Sequence[tuple[str, float]], limit: float | None, label: str) -> SafeString:
    """A bar each for a handful of values, their names under them; those above `limit`, a line across, stand out."""
    top = max([value for _, value in values] + [limit or 0.0, 1e-9]) * 1.1
    wide, deep = 220, 36
    step = wide / max(len(values), 1)
    drawn = [_line("grid", 0, 4 + deep, wide, 4 + deep)]
    for number, (name, value) in enumerate(values):
        tall = deep * value / top
        kind = "over" if limit is not None and value > limit else "bar-mark"
        drawn.append(
            f'<rect class="{kind}" x="{step * (number + 0.15):.1f}" y="{4 + deep - tall:.1f}"'
            f' width="{step * 0.7:.1f}" height="{tall:.1f}"/>'
        )
        drawn.append(_tick(step * (number + 0.5), deep + 20, name, "middle"))
    if limit is not None:
        drawn.append(_line("base", 0, 4 + deep * (1 - limit / top), wide, 4 + deep * (1 - limit / top)))
    return _picture(wide, deep + 24, drawn, label)


def calibration(bands: Sequence[tuple[float, float, float, float]], label: str) -> SafeString:
    """Expected against found (expected, found, low, high; shares), and the line on which both are the same."""
    if not bands:
        return SafeString("")
    side, foot = 280, 24
    top = _round_up(max(max(expected, found, min(high, 1.5 * found)) for expected, found, _, high in bands) or 0.01)

    def x(value: float) -> float:
        return LEFT + (side - LEFT - 20) * min(value / top, 1.0)

    def y(value: float) -> float:
        return TOP + (side - TOP - foot) * (1 - min(value / top, 1.0))

    drawn = [_line("base", x(0), y(0), x(top), y(top))]
    for mark in (0.0, top / 2, top):
        drawn += [_grid(LEFT, y(mark), side - 20, _percent(mark)), _tick(x(mark), side - 6, _percent(mark), "middle")]
    drawn += [_line("whisker", x(e), y(low), x(e), y(high)) for e, _, low, high in bands]
    drawn += [_dot(x(expected), y(found), 3.5) for expected, found, _, _ in bands]
    return _picture(side, side, drawn, label)


def _picture(wide: float, tall: float, drawn: Iterable[str], label: str = "") -> SafeString:
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    parts = "".join(drawn)
    return SafeString(
        f'<svg class="plot" viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}" {said}>{parts}</svg>'
    )


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _grid(left: float, y: float, right: float, name: str) -> str:
    return _line("grid", left, y, right, y) + _tick(left - 6, y + 4, name, "end")


def _tick(x: float, y: float, name: str, anchor: str) -> str:
    return f'<text class="tick" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(name)}</text>'


def _path(at: Iterable[tuple[float, float]]) -> str:
    return '<polyline class="line" points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in at) + '"/>'


def _dot(x: float, y: float, radius: float) -> str:
    return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'


def _percent(value: float) -> str:
    part = round(value * 100, 2)
    return f"{number_format(int(part) if part == int(part) else part)}%"


def _round_up(value: float) -> float:
    """The next of 1, 2, 3, 5, 10 times a power of ten: ends of scales that are easily read."""
    power = 1.0
    while power > value:
        power /= 10
    while power * 10 <= value:
        power *= 10
    return next((power * step for step in (1, 2, 3, 5, 10) if power * step >= value * 0.999), power * 10)
