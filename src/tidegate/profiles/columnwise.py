"""Conditions as Polars expressions: for whole columns, dictionaries of texts, and rows that are left."""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import and_, or_

import polars as pl

from tidegate.profiles.patterns import like_regex, like_segments
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
    Kind,
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

__all__ = ["SEVERAL_CODES", "column", "condition", "until", "value"]

# Fields that hold several codes with one space between two: on the list if any of them is.
SEVERAL_CODES = frozenset({"container_ids", "documents", "flags"})

_POLARS = {Kind.TEXT: pl.String(), Kind.NUMBER: pl.Float64(), Kind.DATE: pl.Date(), Kind.FLAG: pl.Boolean()}


def column(name: str, kind: Kind) -> pl.Expr:
    """A column in the one type of its kind: texts as String, numbers as doubles."""
    return pl.col(name).cast(_POLARS[kind])


def value(node: Value) -> pl.Expr:
    match node:
        case Column(name, kind):
            return column(name, kind)
        case Literal(constant, kind):
            return pl.lit(constant, _POLARS[kind])
        case Arithmetic(operator, left, right):
            first = _spread_out(value(left)) if isinstance(left, Literal) else value(left)
            second = _spread_out(value(right))
            match operator:
                case "+":
                    return first + second
                case "-":
                    return first - second
                case "*":
                    return first * second
            return first / second
        case Negative(number):
            return -value(number)
        case Absolute(number):
            return value(number).abs()
        case Days(later, earlier):
            return (value(later).cast(pl.Int32) - value(earlier).cast(pl.Int32)).cast(pl.Float64)
        case Length(text):
            return value(text).str.len_chars().cast(pl.Float64)
        case Lower(text):
            # Rust lowers these two by context or into two letters; SQL engines letter by letter.
            plain = value(text).str.replace_all("İ", "i", literal=True).str.replace_all("Σ", "σ", literal=True)
            return plain.str.to_lowercase()
        case Substring(text, start, length):
            return value(text).str.slice(start - 1, length)
        case Coalesce(values):
            return pl.coalesce([value(one) for one in values])
    raise TypeError(node)


def _spread_out(number: pl.Expr) -> pl.Expr:
    """The same number as a column that Polars does not know to be constant.

    With constants it takes short cuts that IEEE 754 does not: x / c becomes x * (1 / c), which is a little beside
    the true quotient, and x + 0 becomes x, which keeps the sign of -0.
    """
    return number * (pl.int_range(pl.len()).cast(pl.Float64) * 0.0 + 1.0)


def condition(node: Condition, lists: WatchLists) -> pl.Expr:
    """A Boolean expression, null where SQL says unknown."""
    match node:
        case And(parts):
            return reduce(and_, (condition(part, lists) for part in parts))
        case Or(parts):
            return reduce(or_, (condition(part, lists) for part in parts))
        case Not(inner):
            return ~condition(inner, lists)
        case Comparison(operator, left, right):
            return _compared(operator, value(left), value(right))
        case Membership(one, items):
            return value(one).is_in(pl.Series(items, dtype=_POLARS[one.kind]).implode())
        case IsNull(one):
            return value(one).is_null()
        case StartsWith(text, prefix):
            return value(text).str.starts_with(value(prefix))
        case Matches(text, pattern):
            return value(text).str.contains(pattern)
        case Like(text, pattern, escape):
            match like_segments(pattern, escape):
                case [None, str(part), None] if part:
                    return value(text).str.contains(part, literal=True)
                case [None, str(part)] if part:
                    return value(text).str.ends_with(part)
            return value(text).str.contains(like_regex(pattern, escape))
        case OnList(text, name, ever):
            listed = until(text, name, lists)
            day = pl.lit(dt.date.min) if ever else pl.col("lodged_on")
            return pl.when(value(text).is_not_null()).then((listed >= day).fill_null(False))
    raise TypeError(node)


def until(text: Column, name: str, lists: WatchLists) -> pl.Expr:
    """The last day on which a text, or the best of several codes in it, is on a list; null where it never is."""
    last = lists.until(name)
    values = pl.Series(list(last), dtype=pl.String)
    days = pl.Series(list(last.values()), dtype=pl.Date)
    if text.name in SEVERAL_CODES:
        codes = value(text).str.split(" ")
        each = pl.element().replace_strict(values, days, default=None, return_dtype=pl.Date)
        return codes.list.eval(each).list.max()
    return value(text).replace_strict(values, days, default=None, return_dtype=pl.Date)


def _compared(operator: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    match operator:
        case "=":
            return left == right
        case "<>":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
    return left >= right
