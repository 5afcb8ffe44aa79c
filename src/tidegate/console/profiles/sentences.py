"""Sentences and SQL: what a builder's rows say as a condition, and which conditions can be said in rows.

Rows become SQL by the list of operators. The way back goes over the library's own tree of a condition, and is taken
only where the rows, written as SQL again, give that very tree: what is shown as sentences is what decides.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tidegate.console.profiles.operators import BY_CODE, constant, plain
from tidegate.profiles.language import parse
from tidegate.profiles.patterns import like_segments
from tidegate.profiles.syntax import (
    And,
    Column,
    Comparison,
    Condition,
    IsNull,
    Kind,
    Like,
    Literal,
    Lower,
    Membership,
    Not,
    OnList,
    Or,
    StartsWith,
)

__all__ = ["Row", "Wording", "fault", "sql_of", "typed", "values_of", "wording_of"]


@dataclass(frozen=True, slots=True)
class Row:
    """One condition: a field, the code of an operator, and its values as they are typed."""

    field: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """`join`: all or any of the blocks hold. A block of several rows holds where any (for `all`) or all of them do."""

    join: str
    blocks: tuple[tuple[Row, ...], ...]


def values_of(text: str, takes: int) -> tuple[str, ...]:
    """The values in a text box: of several, commas stand between; what holds a comma stands in double quotes."""
    if takes == 0:
        return ()
    if takes > 0:
        return (text.strip(),) if text.strip() else ()
    cells = next(csv.reader([text.replace("\n", ",").replace("\r", "")], skipinitialspace=True), [])
    return tuple(cell.strip() for cell in cells if cell.strip())


def typed(values: Sequence[str]) -> str:
    """Values as they stand in a text box."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return out.getvalue() if any(set(one) & {",", '"'} for one in values) else ", ".join(values)


def fault(row: Row, kinds: Mapping[str, Kind]) -> str:
    """What is wrong with a row, in the reader's language; empty where nothing is."""
    if not row.field:
        return _("Choose a field.")
    if row.field not in kinds:
        return _("There is no field %(name)s.") % {"name": row.field}
    operator = BY_CODE.get(row.operator)
    if operator is None or kinds[row.field] not in operator.kinds:
        return _("Choose how it is compared.")
    if operator.takes == 2 and len(row.values) != 2:
        return _("Give the lower and the upper value.")
    if operator.takes in (1, -1) and not row.values:
        return _("Give a value.")
    if operator.of == "field":
        other = kinds.get(row.values[0])
        return "" if other is kinds[row.field] else _("Choose a field of the same kind.")
    kind = Kind.TEXT if operator.of == "list" else kinds[row.field]
    for value in row.values:
        try:
            constant(value, kind)
        except (ValueError, OverflowError):
            told = {"value": value}
            if kind is Kind.DATE:
                return _("%(value)s is no date: write 2026-01-31.") % told
            return _("%(value)s is no number: write 1234.5.") % told
    return ""


def sql_of(wording: Wording, kinds: Mapping[str, Kind]) -> str:
    """The condition that the rows say, a line each block. Rows with a fault are left out."""
    outer, inner = ("\nAND ", " OR ") if wording.join == "all" else ("\nOR ", " AND ")
    blocks = [[_sql(row, kinds) for row in block if not fault(row, kinds)] for block in wording.blocks]
    blocks = [block for block in blocks if block]
    one = len(blocks) == 1
    return outer.join(f"({inner.join(rows)})" if len(rows) > 1 and not one else inner.join(rows) for rows in blocks)


def _sql(row: Row, kinds: Mapping[str, Kind]) -> str:
    operator = BY_CODE[row.operator]
    if operator.of == "field":
        return operator.sql(row.field, row.values)
    kind = Kind.TEXT if operator.of == "list" else kinds[row.field]
    values = [value.lower() for value in row.values] if operator.code == "tells" else row.values
    return operator.sql(row.field, [constant(value, kind) for value in values])


def wording_of(sql: str, kinds: Mapping[str, Kind], lists: Container[str] | None = None) -> Wording | None:
    """The rows that say a condition; None where rows cannot. Raises ProfileError for what the language refuses."""
    tree = parse(sql, kinds, lists)
    wording = _worded(tree)
    if wording is None or any(not _typeable(row, kinds) for block in wording.blocks for row in block):
        return None
    return wording if parse(sql_of(wording, kinds), kinds, lists) == tree else None


def _typeable(row: Row, kinds: Mapping[str, Kind]) -> bool:
    """Whether the row comes back as it is from the text box it stands in."""
    takes = BY_CODE[row.operator].takes
    texts = [typed(row.values)] if takes == -1 else row.values
    back = tuple(value for text in texts for value in values_of(text, takes if takes < 2 else 1))
    clean = not any(set(value) & set("\n\r\0") for value in row.values)
    return clean and back == row.values and not fault(row, kinds)


def _worded(tree: Condition) -> Wording | None:
    if (row := _row(tree)) is not None:
        return Wording("all", ((row,),))
    if not isinstance(tree, And | Or):
        return None
    inner = Or if isinstance(tree, And) else And
    blocks = []
    for part in tree.parts:
        row = _row(part)
        rows = [row] if row else [_row(one) for one in part.parts] if isinstance(part, inner) else [None]
        if None in rows:
            return None
        blocks.append(tuple(one for one in rows if one is not None))
    return Wording("all" if isinstance(tree, And) else "any", tuple(blocks))


def _row(part: Condition) -> Row | None:
    """The row that says a part of a condition."""
    match part:
        case Not(inner):
            return _turned(_row(inner))
        case And(
            (Comparison(">=", Column(name) as field, Literal(low)), Comparison("<=", Column() as same, Literal(high)))
        ):
            return Row(name, "between", (_text(low), _text(high))) if field == same else None
        case StartsWith(Column(name), Literal(text)):
            return Row(name, "starts", (str(text),))
        case Like(Column(name), pattern, escape):
            return _pattern(name, like_segments(pattern, escape), "contains", "ends")
        case Like(Lower(Column(name)), pattern, escape):
            return _pattern(name, like_segments(pattern, escape), "tells", "")
        case Membership(Column(name) as field, items):
            return Row(name, "one_of" if field.kind is Kind.TEXT else "among", tuple(_text(one) for one in items))
        case IsNull(Column(name)):
            return Row(name, "empty")
        case OnList(Column(name), listed):
            return Row(name, "listed", (listed,))
        case Comparison(sign, Column(name), Column(other)):
            return Row(name, code, (other,)) if (code := {"=": "same", "<>": "differs"}.get(sign)) else None
        case Comparison("=", Column(name), Literal(True, Kind.FLAG)) if "@" in name:
            return Row(name.split("@")[0], "listed", (name.split("@", 1)[1],))
        case Comparison(sign, Column(name) as field, Literal(value)):
            code = _SIGNS[field.kind].get((sign, value) if field.kind is Kind.FLAG else sign)
            return Row(name, code, () if field.kind is Kind.FLAG else (_text(value),)) if code else None
    return None


_SIGNS: dict[Kind, dict[Any, str]] = {
    Kind.TEXT: {"=": "is", "<>": "is_not"},
    Kind.NUMBER: {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"},
    Kind.DATE: {"=": "eq", "<>": "ne", "<": "before", "<=": "until", ">": "after", ">=": "from"},
    Kind.FLAG: {("=", True): "yes", ("=", False): "no"},
}
_TURNED = {
    "starts": "starts_not",
    "contains": "contains_not",
    "one_of": "none_of",
    "empty": "given",
    "listed": "listed_not",
}


def _turned(row: Row | None) -> Row | None:
    return Row(row.field, _TURNED[row.operator], row.values) if row and row.operator in _TURNED else None


def _pattern(name: str, segments: list[str | None], within: str, at_end: str) -> Row | None:
    match segments:
        case [None, str(text), None] if text:
            return Row(name, within, (text,))
        case [None, str(text)] if text and at_end:
            return Row(name, at_end, (text,))
    return None


def _text(value: str | float | bool | dt.date) -> str:
    return plain(value) if isinstance(value, float) else str(value)
