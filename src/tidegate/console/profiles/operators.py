"""How one condition of a sentence is said: the list of operators, each with its words and its SQL."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tidegate.profiles.syntax import Kind

__all__ = ["BY_CODE", "OPERATORS", "Operator", "constant", "of_kind", "plain"]

Values = Sequence[str]
TEXT, NUMBER, DATE, FLAG = Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.FLAG


@dataclass(frozen=True, slots=True)
class Operator:
    """`takes`: how many values (0, 1, 2, or -1 for one and more), `of`: what they are: constants, a list, a field.

    `words`: the sentence, with %(field)s, and %(values)s or %(low)s and %(high)s. `sql`: from the field's name and
    its values as SQL constants (of a list or field: bare).
    """

    code: str
    kinds: tuple[Kind, ...]
    label: Any
    words: Any
    sql: Callable[[str, Values], str]
    takes: int = 1
    of: str = "constant"


def _infix(sign: str) -> Callable[[str, Values], str]:
    return lambda field, values: f"{field} {sign} {values[0]}"


def _several(words: str) -> Callable[[str, Values], str]:
    return lambda field, values: f"{field} {words} ({', '.join(values)})"


def _suffix(words: str) -> Callable[[str, Values], str]:
    return lambda field, _values: f"{field} {words}"


def _like(left: str, right: str, words: str = "LIKE", field_as: str = "{}") -> Callable[[str, Values], str]:
    """A pattern around a text constant; what means something in a pattern is escaped."""

    def written(field: str, values: Values) -> str:
        text = values[0][1:-1]
        escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_") if set(text) & {"%", "_"} else text
        tail = " ESCAPE '!'" if escaped != text else ""
        return f"{field_as.format(field)} {words} '{left}{escaped}{right}'{tail}"

    return written


OPERATORS = (
    Operator("starts", (TEXT,), _("starts with"), _("%(field)s starts with %(values)s"), _like("", "%")),
    Operator("starts_not", (TEXT,), _("does not start with"), _("%(field)s does not start with %(values)s"),
             _like("", "%", "NOT LIKE")),
    Operator("is", (TEXT,), _("is"), _("%(field)s is %(values)s"), _infix("=")),
    Operator("is_not", (TEXT,), _("is not"), _("%(field)s is not %(values)s"), _infix("<>")),
    Operator("one_of", (TEXT,), _("is one of"), _("%(field)s is one of %(values)s"), _several("IN"), -1),
    Operator("none_of", (TEXT,), _("is none of"), _("%(field)s is none of %(values)s"), _several("NOT IN"), -1),
    Operator("contains", (TEXT,), _("contains"), _("%(field)s contains %(values)s"), _like("%", "%")),
    Operator("contains_not", (TEXT,), _("does not contain"), _("%(field)s does not contain %(values)s"),
             _like("%", "%", "NOT LIKE")),
    Operator("tells", (TEXT,), _("contains, in capital or small letters"),
             _("%(field)s contains %(values)s, in capital or small letters"), _like("%", "%", field_as="lower({})")),
    Operator("ends", (TEXT,), _("ends with"), _("%(field)s ends with %(values)s"), _like("%", "")),
    Operator("listed", (TEXT,), _("is on the list"), _("%(field)s is on the list %(values)s"),
             lambda field, values: f"on_list({field}, {values[0]})", 1, "list"),
    Operator("listed_not", (TEXT,), _("is not on the list"), _("%(field)s is not on the list %(values)s"),
             lambda field, values: f"NOT on_list({field}, {values[0]})", 1, "list"),
    Operator("same", (TEXT, DATE, NUMBER), _("is the same as the field"), _("%(field)s is the same as %(values)s"),
             _infix("="), 1, "field"),
    Operator("differs", (TEXT, DATE, NUMBER), _("differs from the field"), _("%(field)s differs from %(values)s"),
             _infix("<>"), 1, "field"),
    Operator("eq", (NUMBER, DATE), _("equals"), _("%(field)s equals %(values)s"), _infix("=")),
    Operator("ne", (NUMBER, DATE), _("does not equal"), _("%(field)s does not equal %(values)s"), _infix("<>")),
    Operator("lt", (NUMBER,), _("is below"), _("%(field)s is below %(values)s"), _infix("<")),
    Operator("le", (NUMBER,), _("is at most"), _("%(field)s is at most %(values)s"), _infix("<=")),
    Operator("gt", (NUMBER,), _("is above"), _("%(field)s is above %(values)s"), _infix(">")),
    Operator("ge", (NUMBER,), _("is at least"), _("%(field)s is at least %(values)s"), _infix(">=")),
    Operator("before", (DATE,), _("is before"), _("%(field)s is before %(values)s"), _infix("<")),
    Operator("until", (DATE,), _("is on or before"), _("%(field)s is on or before %(values)s"), _infix("<=")),
    Operator("after", (DATE,), _("is after"), _("%(field)s is after %(values)s"), _infix(">")),
    Operator("from", (DATE,), _("is on or after"), _("%(field)s is on or after %(values)s"), _infix(">=")),
    Operator("between", (NUMBER, DATE), _("lies between"), _("%(field)s lies between %(low)s and %(high)s"),
             lambda field, values: f"{field} BETWEEN {values[0]} AND {values[1]}", 2),
    Operator("among", (NUMBER, DATE), _("is one of"), _("%(field)s is one of %(values)s"), _several("IN"), -1),
    Operator("yes", (FLAG,), _("is true"), _("%(field)s: yes"), _suffix("= TRUE"), 0),
    Operator("no", (FLAG,), _("is not true"), _("%(field)s: no"), _suffix("= FALSE"), 0),
    Operator("empty", tuple(Kind), _("is empty"), _("%(field)s is empty"), _suffix("IS NULL"), 0),
    Operator("given", tuple(Kind), _("is filled in"), _("%(field)s is filled in"), _suffix("IS NOT NULL"), 0),
)  # fmt: skip
BY_CODE = {one.code: one for one in OPERATORS}


def of_kind(kind: Kind) -> list[Operator]:
    """The operators of a kind of field."""
    return [one for one in OPERATORS if kind in one.kinds]


def constant(value: str, kind: Kind) -> str:
    """A value as it is typed, as an SQL constant. Raises ValueError for what is no number or no date."""
    if kind is Kind.NUMBER:
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(value)
        return plain(number)
    if kind is Kind.DATE:
        return f"DATE '{dt.date.fromisoformat(value)}'"
    return "'" + value.replace("'", "''") + "'"


def plain(number: float) -> str:
    """A number without exponent and without needless zeros; read back, it is the same double."""
    written = f"{Decimal(repr(number)):f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
