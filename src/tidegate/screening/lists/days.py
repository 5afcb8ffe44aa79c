"""Days as lists write them: whole, in part, about, between."""

from __future__ import annotations

import re
from datetime import date

__all__ = ["ORDERS", "WIDEST", "day", "possibilities", "years"]

# Which part of a date written in numbers only stands first, where the year does not.
ORDERS = ("day", "month")
ABOUT = 1  # years before and after one that is "about" right
LONGEST = 80  # characters of a text that may be a date
WIDEST = 40  # years between the ends of a span that still says something
_FIRST, _LAST = 1850, 2100

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ][\d:.,]+)?(?:Z|[+-]\d\d:?\d\d)?")
_NUMBERS = re.compile(r"(?:(\d{1,2})[-/. ])?(\d{1,2})[-/. ](\d{4})")
_WORDS = re.compile(r"(?:(\d{1,2})[ -])?([A-Za-z]+)\.?,?[ -](\d{4})")
_ABOUT = re.compile(r"(?i)^(?:circa|ca\.?|c\.|approximately|approx\.?|about|around|khoảng)\s+")
_SPAN = re.compile(r"(?i)\s+(?:to|and|or|đến)\s+|\s*[–—]\s*|(?<=\d{4})-(?=\d{4}$)")


def day(text: str, order: str = "day") -> date | None:
    """Return the day that a text names in full, whatever time stands behind it; None where it names none."""
    parts = _parts(text.strip(), order) if len(text) <= LONGEST else None
    return date(*parts) if parts is not None and all(parts) else None


def possibilities(text: str, order: str = "day") -> tuple[str, ...]:
    """Return the days, months or years that a text may mean ("1975-03-12", "1975-03", "1975"); nothing: unknown.

    A span of years gives each of them, "about" a year the one before and after it too.
    """
    text = text.strip()
    if len(text) > LONGEST:
        return ()
    plain = _ABOUT.sub("", text)
    about = plain != text
    parts = [_parts(part, order) for part in _SPAN.split(plain)]
    if len(parts) > 2 or None in parts:
        return ()
    ends = [part for part in parts if part is not None]
    if len(ends) == 2:
        return years(ends[0][0], ends[1][0])
    year, month, number = ends[0]
    if about:
        return years(year - ABOUT, year + ABOUT)
    if not month:
        return (f"{year:04}",)
    return (f"{year:04}-{month:02}-{number:02}" if number else f"{year:04}-{month:02}",)


def years(first: int, last: int) -> tuple[str, ...]:
    """Return each year of a span; nothing where it runs backwards or says nothing because it is too wide."""
    if not _FIRST - ABOUT <= first <= last <= _LAST + ABOUT or last - first > WIDEST:
        return ()
    return tuple(f"{year:04}" for year in range(first, last + 1))


def _parts(text: str, order: str) -> tuple[int, int, int] | None:
    """Year, month and day, 0 where it is not said; None where the text names no day that exists."""
    if found := _ISO.fullmatch(text):
        year, month, number = (int(part or 0) for part in found.groups())
    elif found := _NUMBERS.fullmatch(text):
        first, second, year = (int(part or 0) for part in found.groups())
        number, month = (first, second) if order == "day" or not first else (second, first)
    elif (found := _WORDS.fullmatch(text)) and found[2].lower() in _MONTHS:
        number, month, year = int(found[1] or 0), _MONTHS[found[2].lower()], int(found[3])
    else:
        return None
    if not _FIRST <= year <= _LAST or month > 12:
        return None
    number = number if month else 0  # a day without its month says nothing
    try:
        date(year, month or 1, number or 1)
    except ValueError:
        return None
    return year, month, number
