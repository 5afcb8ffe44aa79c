"""How a condition is refused: the place in its text with a caret under it, and the nearest form that is let in."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NoReturn

from tidegate.errors import ProfileError

__all__ = ["FUNCTIONS", "NEAREST_FUNCTION", "NEAREST_WORD", "did_you_mean", "refuse"]

FUNCTIONS: dict[str, str] = {
    "substr": "substr(text, start[, length])",
    "lower": "lower(text)",
    "length": "length(text)",
    "abs": "abs(number)",
    "coalesce": "coalesce(value, ...)",
    "regexp_matches": "regexp_matches(text, 'pattern')",
    "starts_with": "starts_with(text, 'prefix')",
    "on_list": "on_list(field, 'list')",
}

# What people write instead, and what to write here.
NEAREST_FUNCTION: dict[str, str] = {
    "upper": "Write lower(x) = 'text in small letters'.",
    "ucase": "Write lower(x) = 'text in small letters'.",
    "lcase": "Write lower(x).",
    "substring": "Write substr(x, start, length).",
    "left": "Write substr(x, 1, n), or x LIKE 'abc%'.",
    "right": "Write x LIKE '%abc'.",
    "mid": "Write substr(x, start, length).",
    "len": "Write length(x).",
    "char_length": "Write length(x).",
    "strlen": "Write length(x).",
    "contains": "Write x LIKE '%text%'.",
    "instr": "Write x LIKE '%text%'.",
    "position": "Write x LIKE '%text%'.",
    "ends_with": "Write x LIKE '%text'.",
    "suffix": "Write x LIKE '%text'.",
    "prefix": "Write starts_with(x, 'text').",
    "startswith": "Write starts_with(x, 'text').",
    "ifnull": "Write coalesce(x, value).",
    "isnull": "Write x IS NULL.",
    "nvl": "Write coalesce(x, value).",
    "nullif": "Write (x <> value AND ...).",
    "regexp_like": "Write regexp_matches(x, 'pattern').",
    "regexp_full_match": "Write regexp_matches(x, '^pattern$').",
    "date": "Write DATE '2026-01-31'.",
    "to_date": "Write DATE '2026-01-31'.",
    "current_date": "A profile's term is set by starts and ends, not by the clock.",
    "now": "A profile's term is set by starts and ends, not by the clock.",
    "today": "A profile's term is set by starts and ends, not by the clock.",
    "round": "Compare with BETWEEN low AND high.",
    "floor": "Compare with BETWEEN low AND high.",
    "ceil": "Compare with BETWEEN low AND high.",
    "in_list": "Write on_list(field, 'list').",
    "onlist": "Write on_list(field, 'list').",
    "count": "A condition sees one line; use an indicator for what history says.",
    "sum": "A condition sees one line; use an indicator for what history says.",
    "avg": "A condition sees one line; use an indicator for what history says.",
    "max": "A condition sees one line; use an indicator for what history says.",
    "min": "A condition sees one line; use an indicator for what history says.",
}

NEAREST_WORD: dict[str, str] = {
    "ilike": "Write lower(x) LIKE 'text in small letters'.",
    "==": "Write one =.",
    "!": "Write NOT.",
    "&&": "Write AND.",
    "&": "Write AND.",
    "||": "Write OR between conditions; texts cannot be joined.",
    "|": "Write OR.",
    "%": "Remainders are not let in; the indicators have one for rounded values.",
    "^": "Powers are not let in.",
    "**": "Powers are not let in.",
    "~": "Write regexp_matches(x, 'pattern').",
    "~~": "Write x LIKE 'pattern'.",
    "glob": "Write x LIKE 'pattern'.",
    "similar": "Write regexp_matches(x, 'pattern').",
    "rlike": "Write regexp_matches(x, 'pattern').",
    "regexp": "Write regexp_matches(x, 'pattern').",
    "xor": "Write (a AND NOT b) OR (NOT a AND b).",
    "select": "A condition sees one line; use a watch list (on_list) or an indicator instead of a subquery.",
    "exists": "A condition sees one line; use a watch list (on_list) or an indicator instead of a subquery.",
    "from": "A condition sees one line; it names no tables.",
    "where": "Write only what would stand after WHERE.",
    "case": "Write (a AND b) OR (NOT a AND c), or two profiles.",
    "cast": "Types are fixed by the line table; compare text with text and numbers with numbers.",
    "try_cast": "Types are fixed by the line table; compare text with text and numbers with numbers.",
    "::": "Types are fixed by the line table; compare text with text and numbers with numbers.",
    ";": "One condition a profile; join two with AND or OR.",
    "[": "Write substr(x, start, length), or IN (...) for a set.",
    "{": "Only conditions are let in.",
    ".": "Name fields alone, without a table.",
    "any": "Write IN (...).",
    "all": "Write several conditions joined with AND.",
    "distinct": "Write x = y, with IS NULL where a field may be empty.",
    "interval": "Subtract dates to get days: lodged_on - importer_registered_on < 90.",
    "timestamp": "Write DATE '2026-01-31'.",
    "as": "A condition has no names of its own.",
    "?": "Write the value itself.",
    "$": "Write the value itself.",
    "@": "Write abs(x).",
    "//": "Write /.",
}


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest known names, or an empty text."""
    near = difflib.get_close_matches(name.lower(), list(known), n=2, cutoff=0.6)
    return f"Did you mean {' or '.join(near)}?" if near else ""


def refuse(text: str, start: int, end: int, what: str, hint: str = "") -> NoReturn:
    """Raise ProfileError with `line:column` of `text[start:end]` and the line itself with carets under the place."""
    start = max(0, min(start, len(text)))
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    last = len(text) if last < 0 else last
    number = text.count("\n", 0, start) + 1
    # A long line is cut to the part around the place.
    left = max(first, start - 50)
    right = min(last, start + 50)
    snippet = f"{'…' if left > first else ''}{text[left:right]}{'…' if right < last else ''}".replace("\t", " ")
    indent = " " * (start - left + (1 if left > first else 0))
    carets = "^" * max(1, min(end, right) - start)
    advice = f"{hint}\n    {snippet}\n    {indent}{carets}" if text else hint
    raise ProfileError(what, where=f"{number}:{start - first + 1}", hint=advice.lstrip(" ") if hint else advice)
