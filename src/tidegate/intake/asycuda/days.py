"""Days as national profiles write them: 11/19/25, 19/11/2025, 2025-11-19."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

__all__ = ["Order", "iso", "order"]

# True: months come first, False: days do; None: nothing shows.
Order = bool | None

_ISO = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ].*)?")
_PARTS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?: .*)?")


def order(texts: Iterable[str]) -> Order:
    """Whether months or days come first in the dates of one message, if any of them shows it and none the contrary."""
    shown = {first <= 12 for first, second, _ in map(_parts, texts) if (first > 12) != (second > 12)}
    return shown.pop() if len(shown) == 1 else None


def iso(text: str, months_first: Order = None) -> str:
    """The day as 2025-11-19; the text itself where it is no day, so that whoever reads it can say so.

    What neither the day itself nor the message decides: with a year of two digits months come first (how Java writes
    short dates, and ASYCUDA World with it), with one of four digits days do.
    """
    if match := _ISO.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3])) or text
    first, second, year = _parts(text)
    if not first:
        return text
    if (first > 12) != (second > 12):
        months_first = second > 12
    elif months_first is None:
        months_first = year < 100
    month, day = (first, second) if months_first else (second, first)
    century = 0 if year >= 100 else 2000 if year < 70 else 1900
    return _day(century + year, month, day) or text


def _parts(text: str) -> tuple[int, int, int]:
    match = _PARTS.fullmatch(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else (0, 0, 0)


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
