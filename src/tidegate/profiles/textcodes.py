"""Conditions on one text column as ranges of its dictionary: most by binary search, patterns by one pass over it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import reduce

import numpy as np
import polars as pl

from tidegate.profiles import columnwise
from tidegate.profiles.conjunctions import Atom
from tidegate.profiles.encoding import EncodedColumn
from tidegate.profiles.ranges import NULL, Ranges, compared, complement, intersection, union
from tidegate.profiles.syntax import (
    And,
    Column,
    Comparison,
    Condition,
    IsNull,
    Kind,
    Literal,
    Membership,
    Not,
    Or,
    StartsWith,
    Substring,
)
from tidegate.profiles.watchlists import WatchLists

__all__ = ["indexable", "pattern_ranges", "plainly", "text_ranges"]


def indexable(atom: Atom) -> bool:
    """Whether codes answer without a look at every value of the dictionary."""
    return atom.source.kind is not Kind.TEXT or _searchable(atom.condition)


def _searchable(condition: Condition) -> bool:
    match plainly(condition):
        case And(parts) | Or(parts):
            return all(_searchable(part) for part in parts)
        case Comparison(_, Column(), Literal()) | StartsWith(Column(), Literal()) | Membership(Column(), _):
            return True
        case IsNull(Column()):
            return True
        case Not(inner):
            return isinstance(inner, StartsWith | Membership | IsNull) and _searchable(inner)
    return False


def plainly(condition: Condition) -> Condition:
    """substr(x, 1, n) compared with texts, said with prefixes; anything else as it is."""
    match condition:
        case Comparison("=", Substring(Column() as column, 1, int(length)), Literal(str(text))):
            return _beginning(column, length, (text,))
        case Comparison("<>", Substring(Column() as column, 1, int(length)), Literal(str(text))):
            return _negated(_beginning(column, length, (text,)))
        case Membership(Substring(Column() as column, 1, int(length)), items):
            return _beginning(column, length, tuple(str(item) for item in items))
        case Not(Membership(Substring(Column() as column, 1, int(length)), items)):
            return _negated(_beginning(column, length, tuple(str(item) for item in items)))
    return condition


def _beginning(column: Column, length: int, texts: tuple[str, ...]) -> Condition:
    """That the first `length` characters are one of the texts: a longer text never is, a shorter one is the whole."""
    prefixes = [StartsWith(column, Literal(text, Kind.TEXT)) for text in texts if len(text) == length]
    whole = tuple(text for text in texts if len(text) < length)
    return Or((*prefixes, Membership(column, whole)))


def _negated(condition: Condition) -> Condition:
    assert isinstance(condition, Or)
    return And(tuple(Not(part) for part in condition.parts))


def text_ranges(atom: Atom, column: EncodedColumn, lists: WatchLists) -> Ranges:
    """The codes of a text column for which an atom's condition is TRUE."""
    assert isinstance(atom.source, Column)
    return _ranges(atom.condition, atom.source.name, column, lists)


def pattern_ranges(
    conditions: Sequence[Condition], name: str, column: EncodedColumn, lists: WatchLists
) -> list[Ranges]:
    """As text_ranges, for conditions that need a look at every text: one pass over the dictionary for all of them."""
    assert column.dictionary is not None
    texts = column.dictionary.alias(name).to_frame()
    truths = (
        columnwise.condition(one, lists).fill_null(False).alias(str(place)) for place, one in enumerate(conditions)
    )
    # The lazy way: it computes lower(x) once for all patterns that look at it.
    return [_runs(truth) for truth in texts.lazy().select(truths).collect()]


def _ranges(condition: Condition, name: str, column: EncodedColumn, lists: WatchLists) -> Ranges:
    condition = plainly(condition)
    values = column.values
    match condition:
        case And(parts):
            return reduce(intersection, (_ranges(part, name, column, lists) for part in parts))
        case Or(parts):
            return union(_ranges(part, name, column, lists) for part in parts)
        case Comparison(operator, Column(), Literal(str(text))):
            return compared(operator, bisect_left(values, text) + 1, bisect_right(values, text) + 1, column.top)
        case Membership(Column(), items):
            return union(((bisect_left(values, text) + 1, bisect_right(values, text) + 1),) for text in items)
        case StartsWith(Column(), Literal(str(prefix))):
            after = _following(prefix)
            end = len(values) if after is None else bisect_left(values, after)
            return union([((bisect_left(values, prefix) + 1, end + 1),)])
        case IsNull(Column()):
            return NULL
        case Not(IsNull(Column())):
            return complement((), column.top)
        case Not(inner) if _searchable(inner):
            return complement(_ranges(inner, name, column, lists), column.top)
    return pattern_ranges([condition], name, column, lists)[0]


def _following(prefix: str) -> str | None:
    """The least text after all texts with this prefix; None where there is none."""
    while prefix:
        last = ord(prefix[-1]) + 1
        if last == 0xD800:  # surrogates are no characters
            last = 0xE000
        if last <= 0x10FFFF:
            return prefix[:-1] + chr(last)
        prefix = prefix[:-1]
    return None


def _runs(truth: pl.Series) -> Ranges:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], truth.to_numpy().astype(np.int8), [0]))))
    return tuple(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
