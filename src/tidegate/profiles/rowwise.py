"""Conditions as plain Python functions of one line: for the few checks a single declaration comes down to."""

from __future__ import annotations

import datetime as dt
import operator as op
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import polars as pl

from tidegate.profiles.columnwise import SEVERAL_CODES
from tidegate.profiles.patterns import like_segments
from tidegate.profiles.syntax import (
    Absolute,
    And,
    Arithmetic,
    Coalesce,
    Column,
    Comparison,
    Condition,
    Days,
    IsNull,
    Length,
    Like,
    Literal,
    Lower,
    Matches,
    Membership,
    Negative,
    Not,
    OnList,
    Or,
    StartsWith,
    Substring,
    Value,
)
from tidegate.profiles.watchlists import WatchLists

__all__ = ["Row", "condition", "value"]

Row = Mapping[str, Any]
Reading = Callable[[Row], Any]
Truth = Callable[[Row], bool | None]

_LOWER = str.maketrans({"İ": "i", "Σ": "σ"})


def value(node: Value) -> Reading:
    """A function from a row to the value, None for NULL."""
    match node:
        case Column(name, _):
            return op.itemgetter(name)
        case Literal(constant, _):
            return lambda row: constant
        case Arithmetic(operator, left, right):
            compute = {"+": op.add, "-": op.sub, "*": op.mul, "/": _divided}[operator]
            return _two(compute, value(left), value(right))
        case Negative(number):
            return _one(op.neg, value(number))
        case Absolute(number):
            return _one(abs, value(number))
        case Days(later, earlier):
            return _two(lambda a, b: float((a - b).days), value(later), value(earlier))
        case Length(text):
            return _one(lambda a: float(len(a)), value(text))
        case Lower(text):
            return _one(lambda a: a.translate(_LOWER).lower(), value(text))
        case Substring(text, start, length):
            end = None if length is None else start - 1 + length
            return _one(lambda a: a[start - 1 : end], value(text))
        case Coalesce(values):
            readings = [value(one) for one in values]
            return lambda row: next((found for read in readings if (found := read(row)) is not None), None)
    raise TypeError(node)


def condition(node: Condition, lists: WatchLists) -> Truth:
    """A function from a row to True, False, or None where SQL says unknown."""
    match node:
        case And(parts):
            return _all([condition(part, lists) for part in parts])
        case Or(parts):
            return _any([condition(part, lists) for part in parts])
        case Not(inner):
            return _one(op.not_, condition(inner, lists))
        case Comparison(operator, left, right):
            return _two(_COMPARED[operator], value(left), value(right))
        case Membership(one, items):
            known = frozenset(items)
            return _one(lambda a: a in known, value(one))
        case IsNull(one):
            read = value(one)
            return lambda row: read(row) is None
        case StartsWith(text, prefix):
            return _two(str.startswith, value(text), value(prefix))
        case Matches(text, pattern):
            return _one(lambda a: _found(pattern, a), value(text))
        case Like(text, pattern, escape):
            return _one(_like(like_segments(pattern, escape)), value(text))
        case OnList(text, name, ever):
            return _on_list(text, lists.until(name), ever)
    raise TypeError(node)


def _one(compute: Callable[[Any], Any], read: Reading) -> Reading:
    def computed(row: Row) -> Any:
        found = read(row)
        return None if found is None else compute(found)

    return computed


def _two(compute: Callable[[Any, Any], Any], left: Reading, right: Reading) -> Reading:
    def computed(row: Row) -> Any:
        first, second = left(row), right(row)
        return None if first is None or second is None else compute(first, second)

    return computed


def _all(parts: list[Truth]) -> Truth:
    def holds(row: Row) -> bool | None:
        unknown = False
        for part in parts:
            truth = part(row)
            if truth is False:
                return False
            unknown |= truth is None
        return None if unknown else True

    return holds


def _any(parts: list[Truth]) -> Truth:
    def holds(row: Row) -> bool | None:
        unknown = False
        for part in parts:
            truth = part(row)
            if truth:
                return True
            unknown |= truth is None
        return None if unknown else False

    return holds


def _divided(first: float, second: float) -> float:
    """IEEE 754, where Python would raise."""
    if second != 0:
        return first / second
    if first == 0 or first != first:
        return float("nan")
    negative = (first < 0) is not (str(second)[0] == "-")
    return float("-inf") if negative else float("inf")


# NaN is greater than every other number and equal to itself.
def _equal(a: Any, b: Any) -> bool:
    return bool(a == b or (a != a and b != b))


def _less(a: Any, b: Any) -> bool:
    return bool(a < b or (b != b and a == a))


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": _equal,
    "<>": lambda a, b: not _equal(a, b),
    "<": _less,
    "<=": lambda a, b: not _less(b, a),
    ">": lambda a, b: _less(b, a),
    ">=": lambda a, b: not _less(a, b),
}


def _like(segments: list[str | None]) -> Callable[[str], bool]:
    match segments:
        case [None, str(part), None] if part:
            return lambda a: part in a
        case [None, str(part)] if part:
            return lambda a: a.endswith(part)
    return _anchored(segments)


def _anchored(segments: list[str | None]) -> Callable[[str], bool]:
    """Each run of literals and `_` between two `%` is found at its first place after the last: never backtracks."""
    runs: list[list[str]] = [[]]
    for segment in segments:
        if segment is None:
            runs.append([])
        else:
            runs[-1].append(segment)
    sources = ["".join(re.escape(part) if part else "." for part in run) for run in runs]
    patterns = [re.compile(source, re.DOTALL) for source in sources]
    widths = [sum(len(part) or 1 for part in run) for run in runs]

    def holds(text: str) -> bool:
        if len(patterns) == 1:
            return patterns[0].fullmatch(text) is not None
        if not patterns[0].match(text):
            return False
        place = widths[0]
        for pattern in patterns[1:-1]:
            found = pattern.search(text, place)
            if not found:
                return False
            place = found.end()
        last = len(text) - widths[-1]
        return last >= place and patterns[-1].match(text, last) is not None

    return holds


@lru_cache(maxsize=65_536)
def _found(pattern: str, text: str) -> bool:
    # Polars' engine, not Python's: linear in time, and the one the batch uses.
    return bool(pl.Series([text]).str.contains(pattern).item())


def _on_list(text: Column, last: dict[str, dt.date], ever: bool) -> Truth:
    several = text.name in SEVERAL_CODES

    def listed(row: Row) -> bool | None:
        found = row[text.name]
        if found is None:
            return None
        days = [last[code] for code in (found.split(" ") if several else (found,)) if code in last]
        if ever or not days:
            return bool(days)
        day = row["lodged_on"]
        return None if day is None else max(days) >= day

    return listed
