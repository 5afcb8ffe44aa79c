"""The profile language: a parsed SQL condition, checked node by node and turned into the typed tree of syntax.py."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Container, Mapping
from decimal import Decimal
from typing import Any, NoReturn

import numpy as np
import polars as pl
from sqlglot import exp

from tidegate.profiles.patterns import PatternRefusedError, like_segments, regular
from tidegate.profiles.refusals import did_you_mean, refuse
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
    columns_of,
)
from tidegate.profiles.watchlists import screened
from tidegate.profiles.words import DEEPEST_NESTING, tree_of

__all__ = ["kinds", "parse"]

_COMPARISONS: dict[type[exp.Expr], Any] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_ARITHMETIC: dict[type[exp.Expr], Any] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_ARTICLE = {Kind.TEXT: "text", Kind.NUMBER: "a number", Kind.DATE: "a date", Kind.FLAG: "a flag (TRUE or FALSE)"}


def kinds(schema: Mapping[str, Any]) -> dict[str, Kind]:
    """The kind of every column of a Polars schema that conditions can use; others (lists, times) are left out."""
    found: dict[str, Kind] = {}
    for name, dtype in schema.items():
        if dtype == pl.String or dtype == pl.Categorical or dtype == pl.Enum:
            found[name] = Kind.TEXT
        elif dtype == pl.Date:
            found[name] = Kind.DATE
        elif dtype == pl.Boolean:
            found[name] = Kind.FLAG
        elif dtype.is_numeric():
            found[name] = Kind.NUMBER
    return found


def parse(text: str, columns: Mapping[str, Kind], lists: Container[str] | None = None) -> Condition:
    """Read a condition over `columns`; `lists` are the watch lists there are (None: any name goes).

    Raises ProfileError with the place in the text (line:column) and the nearest form that is let in.
    """
    return _Reader(text, columns, lists).condition()


class _Reader:
    def __init__(self, text: str, columns: Mapping[str, Kind], lists: Container[str] | None) -> None:
        self.text = text
        self.columns = columns
        self.folded = {name.lower(): name for name in columns}
        self.lists = lists

    def condition(self) -> Condition:
        return self._condition(tree_of(self.text, self.folded), 0)

    # Node by node

    def _refuse(self, node: exp.Expr, what: str, hint: str = "") -> NoReturn:
        spans = [part.meta for part in node.walk() if "start" in part.meta]
        start = min((span["start"] for span in spans), default=0)
        end = max((span["end"] for span in spans), default=0)
        refuse(self.text, start, end + 1, what, hint)

    def _condition(self, node: exp.Expr, depth: int) -> Condition:
        node = self._bare(node, depth)
        depth += 1
        if isinstance(node, exp.And | exp.Or):
            parts = tuple(self._condition(part, depth) for part in _chain(node, type(node)))
            return And(parts) if isinstance(node, exp.And) else Or(parts)
        if isinstance(node, exp.Not):
            return Not(self._condition(node.this, depth))
        leaf = self._leaf(node, depth)
        if not columns_of(leaf):
            self._refuse(node, "this looks at no field.", "Texts stand in 'single quotes', names of fields bare.")
        # The parser marks some NOTs on the node itself: x NOT LIKE y.
        inner = self._bare(node.this, depth) if isinstance(node, exp.Escape) else node
        return Not(leaf) if inner.args.get("negate") else leaf

    def _leaf(self, node: exp.Expr, depth: int) -> Condition:
        if type(node) in _COMPARISONS:
            return self._comparison(node, _COMPARISONS[type(node)], node.this, node.expression, depth)
        if isinstance(node, exp.Between):
            low = self._comparison(node, ">=", node.this, node.args["low"], depth)
            return And((low, self._comparison(node, "<=", node.this, node.args["high"], depth)))
        if isinstance(node, exp.In):
            return self._membership(node, depth)
        if isinstance(node, exp.Is):
            if not isinstance(node.expression, exp.Null):
                self._refuse(node, "IS is let in only with NULL.", "Write flag = TRUE, or x IS NOT NULL.")
            return IsNull(self._value(node.this, depth))
        if isinstance(node, exp.Alias):
            self._refuse(node.args["alias"], f"{node.alias} cannot stand here.", "Join conditions with AND or OR.")
        if isinstance(node, exp.Escape):
            inner = self._bare(node.this, depth)
            if isinstance(inner, exp.Like):
                return self._like(inner, node.expression, depth)
        if isinstance(node, exp.Like):
            return self._like(node, None, depth)
        if isinstance(node, exp.RegexpLike):
            return self._matches(node, depth)
        if isinstance(node, exp.StartsWith):
            text = self._of(node.this, Kind.TEXT, "starts_with", depth)
            return StartsWith(text, self._of(node.expression, Kind.TEXT, "starts_with", depth))
        if isinstance(node, exp.Anonymous) and str(node.this).lower() == "on_list":
            return self._on_list(node)
        value = self._value(node, depth)
        if value.kind is not Kind.FLAG:
            self._refuse(node, f"this is {_ARTICLE[value.kind]}, not a condition.", "Compare it with something.")
        return Comparison("=", value, Literal(True, Kind.FLAG))

    def _bare(self, node: exp.Expr, depth: int) -> exp.Expr:
        if depth > DEEPEST_NESTING:
            self._refuse(node, f"this is nested more than {DEEPEST_NESTING} deep.", "Write two profiles.")
        while isinstance(node, exp.Paren):
            node = node.this
        return node

    def _comparison(self, node: exp.Expr, operator: Any, left: exp.Expr, right: exp.Expr, depth: int) -> Comparison:
        for side, other in ((left, right), (right, left)):
            if isinstance(side, exp.Null):
                name = other.sql(dialect="duckdb")
                self._refuse(node, "nothing equals NULL.", f"Write {name} IS NULL or {name} IS NOT NULL.")
        first = self._value(left, depth)
        second = self._value(right, depth)
        first = self._dated(first, second.kind, left)
        second = self._dated(second, first.kind, right)
        if first.kind is not second.kind:
            self._refuse(
                node,
                f"{_ARTICLE[first.kind]} is compared with {_ARTICLE[second.kind]}.",
                _like_with_like(first, second),
            )
        if first.kind is Kind.FLAG and operator not in ("=", "<>"):
            self._refuse(node, "flags have no order.", "Write flag = TRUE or flag = FALSE.")
        return Comparison(operator, first, second)

    def _membership(self, node: exp.In, depth: int) -> Condition:
        value = self._value(node.this, depth)
        if node.args.get("field") is not None or node.args.get("query") is not None:
            self._refuse(node, "IN needs constants in brackets.", "Write IN ('A', 'B'), or on_list(field, 'list').")
        if not node.expressions:
            self._refuse(node, "IN () is an empty set and never true.", "Put constants between the brackets.")
        items: list[str | float | bool | dt.date] = []
        for item in node.expressions:
            if isinstance(item, exp.Null):
                self._refuse(node, "NULL inside IN makes it unknown.", "Leave NULL out; use OR x IS NULL.")
            constant = self._dated(self._value(item, depth), value.kind, item)
            if not isinstance(constant, Literal):
                self._refuse(item, "IN takes constants only.", "Compare fields with =, joined with OR.")
            if constant.kind is not value.kind:
                self._refuse(
                    item,
                    f"{_ARTICLE[value.kind]} is compared with {_ARTICLE[constant.kind]}.",
                    _like_with_like(value, constant),
                )
            items.append(constant.value)
        return Membership(value, tuple(dict.fromkeys(items)))

    def _like(self, node: exp.Like, escape: exp.Expr | None, depth: int) -> Condition:
        text = self._of(node.this, Kind.TEXT, "LIKE", depth)
        pattern = self._constant(node.expression, "LIKE")
        sign = self._constant(escape, "ESCAPE") if escape is not None else ""
        if escape is not None and len(sign) != 1:
            self._refuse(escape, "ESCAPE takes one character.", "Write ESCAPE '!'.")
        try:
            segments = like_segments(pattern, sign)
        except PatternRefusedError as error:
            self._refuse(node.expression, error.what, "Write the escape character twice to mean itself.")
        match segments:
            case []:
                return Comparison("=", text, Literal("", Kind.TEXT))
            case [None]:
                return StartsWith(text, Literal("", Kind.TEXT))
            case [str(only)] if only:
                return Comparison("=", text, Literal(only, Kind.TEXT))
            case [str(prefix), None] if prefix:
                return StartsWith(text, Literal(prefix, Kind.TEXT))
        return Like(text, pattern, sign)

    def _matches(self, node: exp.RegexpLike, depth: int) -> Condition:
        if node.args.get("flag") is not None:
            self._refuse(node.args["flag"], "options are not let in.", "For small and capital letters: lower(x).")
        text = self._of(node.this, Kind.TEXT, "regexp_matches", depth)
        try:
            return Matches(text, regular(self._constant(node.expression, "regexp_matches")))
        except PatternRefusedError as error:
            start = node.expression.meta.get("start", 0) + 1 + error.offset
            refuse(self.text, start, start + 1, f"regexp_matches: {error.what}", "See docs/profiles.md, patterns.")

    def _on_list(self, node: exp.Anonymous) -> Condition:
        if len(node.expressions) != 2 or not isinstance(node.expressions[0], exp.Column):
            self._refuse(node, "on_list takes a field and a list.", "Write on_list(importer_id, 'list').")
        field = self._column(node.expressions[0])
        if field.kind is not Kind.TEXT:
            self._refuse(node, f"lists hold texts; {field.name} is {_ARTICLE[field.kind]}.", "Use a field of text.")
        name = self._constant(node.expressions[1], "on_list")
        if (told := screened(field.name, name)) in self.columns:
            return Comparison("=", Column(told, self.columns[told]), Literal(True, Kind.FLAG))
        if self.lists is not None and name not in self.lists:
            known = [str(one) for one in self.lists] if hasattr(self.lists, "__iter__") else []
            hint = did_you_mean(name, known) or f"There are {', '.join(sorted(known)) or 'no lists'}."
            self._refuse(node.expressions[1], f"there is no list {name}.", hint)
        return OnList(field, name)

    def _value(self, node: exp.Expr, depth: int) -> Value:
        node = self._bare(node, depth)
        depth += 1
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.Literal):
            return self._literal(node)
        if isinstance(node, exp.Boolean):
            return Literal(bool(node.this), Kind.FLAG)
        if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
            return Literal(self._date(node.this), Kind.DATE)
        if isinstance(node, exp.Neg):
            number = self._of(node.this, Kind.NUMBER, "-", depth)
            return Literal(-_double(number), Kind.NUMBER) if isinstance(number, Literal) else Negative(number)
        if type(node) in _ARITHMETIC:
            return self._arithmetic(node, depth)
        if isinstance(node, exp.Abs):
            return Absolute(self._of(node.this, Kind.NUMBER, "abs", depth))
        if isinstance(node, exp.Length) and len([part for part in node.args.values() if part is not None]) == 1:
            return Length(self._of(node.this, Kind.TEXT, "length", depth))
        if isinstance(node, exp.Lower):
            return Lower(self._of(node.this, Kind.TEXT, "lower", depth))
        if isinstance(node, exp.Substring):
            return self._substring(node, depth)
        if isinstance(node, exp.Coalesce):
            return self._coalesce(node, depth)
        if isinstance(node, exp.Null):
            self._refuse(node, "NULL is let in only after IS.", "Write x IS NULL.")
        return self._refuse(node, "this is not let in where a value stands.", "Use a field, a constant or arithmetic.")

    def _column(self, node: exp.Column) -> Column:
        name = str(node.name)
        if node.args.get("table") is not None or not isinstance(node.this, exp.Identifier):
            self._refuse(node, "fields have no table.", "Name the field alone.")
        known = name if name in self.columns else self.folded.get(name.lower())
        if known is None:
            hint = did_you_mean(name, self.columns) or "See the list of fields in the docs."
            self._refuse(node, f"there is no field {name}.", hint)
        return Column(known, self.columns[known])

    def _literal(self, node: exp.Literal) -> Literal:
        if node.is_string:
            if "\x00" in str(node.this):
                self._refuse(node, "a text holds a zero character.")
            return Literal(str(node.this), Kind.TEXT)
        number = float(str(node.this))
        if not math.isfinite(number):
            self._refuse(node, "the number is too large.", "Numbers are doubles, up to 1.8e308.")
        return Literal(number, Kind.NUMBER)

    def _date(self, node: exp.Expr) -> dt.date:
        text = str(node.this)
        try:
            return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            self._refuse(node, f"{text!r} is not a date.", "Write year-month-day: '2026-01-31'.")

    def _dated(self, value: Value, other: Kind, node: exp.Expr) -> Value:
        """A text constant beside a date is that date."""
        if other is Kind.DATE and isinstance(value, Literal) and value.kind is Kind.TEXT:
            return Literal(self._date(self._bare(node, 0)), Kind.DATE)
        return value

    def _arithmetic(self, node: exp.Expr, depth: int) -> Value:
        operator = _ARITHMETIC[type(node)]
        left = self._value(node.this, depth)
        right = self._value(node.expression, depth)
        if operator == "-":
            left = self._dated(left, right.kind, node.this)
            right = self._dated(right, left.kind, node.expression)
            if left.kind is right.kind is Kind.DATE:
                return Days(left, right)
        for side, value in ((node.this, left), (node.expression, right)):
            if value.kind is not Kind.NUMBER:
                hint = "Dates can only be compared, or subtracted to get days." if value.kind is Kind.DATE else ""
                self._refuse(side, f"{operator} needs numbers; this is {_ARTICLE[value.kind]}.", hint)
        if isinstance(left, Literal) and isinstance(right, Literal):
            return Literal(_computed(operator, _double(left), _double(right)), Kind.NUMBER)
        return Arithmetic(operator, left, right)

    def _substring(self, node: exp.Substring, depth: int) -> Value:
        text = self._of(node.this, Kind.TEXT, "substr", depth)
        sizes: list[int | None] = []
        for size in (node.args.get("start"), node.args.get("length")):
            if size is None:
                sizes.append(None)
            elif isinstance(size, exp.Literal) and not size.is_string and str(size.this).isdigit():
                sizes.append(int(str(size.this)))
            else:
                self._refuse(size, "substr takes whole numbers.", "Write substr(hs_code, 1, 4).")
        start, length = sizes
        if start is None or start < 1:
            self._refuse(node, "substr counts from 1.", "Write substr(hs_code, 1, 4).")
        return Substring(text, start, length)

    def _coalesce(self, node: exp.Coalesce, depth: int) -> Value:
        nodes = [node.this, *node.expressions]
        values = [self._value(part, depth) for part in nodes]
        kind = next((value.kind for value in values if not isinstance(value, Literal)), values[0].kind)
        values = [self._dated(value, kind, part) for value, part in zip(values, nodes, strict=True)]
        if any(value.kind is not kind for value in values):
            self._refuse(node, "coalesce takes values of one kind.", f"All should be {kind}.")
        return Coalesce(tuple(values))

    def _of(self, node: exp.Expr, kind: Kind, asked_by: str, depth: int) -> Value:
        value = self._value(node, depth)
        if value.kind is not kind:
            hint = f"{asked_by} works on {'texts' if kind is Kind.TEXT else 'numbers'}."
            self._refuse(node, f"this is {_ARTICLE[value.kind]}, not {_ARTICLE[kind]}.", hint)
        return value

    def _constant(self, node: exp.Expr | None, asked_by: str) -> str:
        node = self._bare(node, 0) if node is not None else exp.Null()
        if not isinstance(node, exp.Literal) or not node.is_string:
            self._refuse(node, f"{asked_by} needs a text in single quotes.", "Write 'text'.")
        return str(node.this)


def _double(literal: Literal) -> float:
    assert isinstance(literal.value, float)
    return literal.value


def _computed(operator: str, left: float, right: float) -> float:
    """Arithmetic among constants: decimal, as in DuckDB (0.1 + 0.2 is 0.3), then a double; division is IEEE 754."""
    if operator == "/":
        with np.errstate(all="ignore"):
            return float(np.float64(left) / np.float64(right))
    first, second = Decimal(repr(left)), Decimal(repr(right))
    return float(first + second if operator == "+" else first - second if operator == "-" else first * second)


def _chain(node: exp.Expr, link: type[exp.Expr]) -> list[exp.Expr]:
    """The parts of a AND b AND c ..., in order, without recursion: such chains may be thousands long."""
    parts: list[exp.Expr] = []
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, link):
            waiting.extend((part.expression, part.this))
        else:
            parts.append(part)
    return parts


def _like_with_like(first: Value, second: Value) -> str:
    """How to compare what was compared across kinds."""
    field = next((value for value in (first, second) if isinstance(value, Column)), None)
    constant = next((value for value in (first, second) if isinstance(value, Literal)), None)
    if field is None or constant is None:
        return "Compare text with text and numbers with numbers."
    if field.kind is Kind.TEXT:
        shown = f"{constant.value:.15g}" if isinstance(constant.value, float) else str(constant.value)
        return f"{field.name} is text: write '{shown}'."
    if field.kind is Kind.NUMBER:
        return f"{field.name} is a number: write {constant.value} without quotes."
    if field.kind is Kind.DATE:
        return f"{field.name} is a date: write DATE '2026-01-31'."
    return f"{field.name} is a flag: write {field.name} = TRUE."
