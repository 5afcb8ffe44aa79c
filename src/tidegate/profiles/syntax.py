"""The words a condition is made of: a small typed tree, the only form in which conditions live past the parser."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from typing import Literal as OneOf

__all__ = [
    "Absolute",
    "And",
    "Arithmetic",
    "Coalesce",
    "Column",
    "Comparison",
    "Condition",
    "Days",
    "IsNull",
    "Kind",
    "Length",
    "Like",
    "Literal",
    "Lower",
    "Matches",
    "Membership",
    "Negative",
    "Node",
    "Not",
    "OnList",
    "Or",
    "StartsWith",
    "Substring",
    "Value",
    "columns_of",
]

Comparator = OneOf["=", "<>", "<", "<=", ">", ">="]


class Kind(StrEnum):
    """What a value is; conditions compare like with like."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


@dataclass(frozen=True)
class Node:
    """Any part of a condition."""

    __match_args__: ClassVar[tuple[str, ...]] = ()

    def children(self) -> Iterator[Node]:
        for name in self.__match_args__:
            part = getattr(self, name)
            if isinstance(part, Node):
                yield part
            elif isinstance(part, tuple):
                yield from (item for item in part if isinstance(item, Node))


@dataclass(frozen=True)
class Value(Node, ABC):
    """A part that has a value of one kind, or NULL."""

    @property
    @abstractmethod
    def kind(self) -> Kind: ...


@dataclass(frozen=True)
class Condition(Node):
    """A part that is true, false or, as in SQL, unknown."""


# Values


@dataclass(frozen=True)
class Column(Value):
    """A field, an indicator or an extra column of the table."""

    name: str
    of: Kind

    @property
    def kind(self) -> Kind:
        return self.of


@dataclass(frozen=True)
class Literal(Value):
    """A constant; numbers are doubles."""

    value: str | float | bool | dt.date
    of: Kind

    @property
    def kind(self) -> Kind:
        return self.of


@dataclass(frozen=True)
class _Number(Value):
    @property
    def kind(self) -> Kind:
        return Kind.NUMBER


@dataclass(frozen=True)
class _Text(Value):
    @property
    def kind(self) -> Kind:
        return Kind.TEXT


@dataclass(frozen=True)
class Arithmetic(_Number):
    """`left operator right` in double precision; division by zero gives an infinity or NaN, as in IEEE 754."""

    operator: OneOf["+", "-", "*", "/"]
    left: Value
    right: Value


@dataclass(frozen=True)
class Negative(_Number):
    number: Value


@dataclass(frozen=True)
class Absolute(_Number):
    number: Value


@dataclass(frozen=True)
class Days(_Number):
    """Days from one date to another: `later - earlier`."""

    later: Value
    earlier: Value


@dataclass(frozen=True)
class Length(_Number):
    """Number of characters (Unicode code points)."""

    text: Value


@dataclass(frozen=True)
class Lower(_Text):
    text: Value


@dataclass(frozen=True)
class Substring(_Text):
    """`length` characters from the `start`-th on, counted from 1; no length: to the end."""

    text: Value
    start: int
    length: int | None


@dataclass(frozen=True)
class Coalesce(Value):
    """The first of the values, all of one kind, that is not NULL."""

    values: tuple[Value, ...]

    @property
    def kind(self) -> Kind:
        return self.values[0].kind


# Conditions


@dataclass(frozen=True)
class Comparison(Condition):
    """Two values of one kind. NaN equals NaN and is greater than every other number, as in DuckDB."""

    operator: Comparator
    left: Value
    right: Value


@dataclass(frozen=True)
class Membership(Condition):
    """Whether a value is one of several constants of its kind."""

    value: Value
    items: tuple[str | float | bool | dt.date, ...]


@dataclass(frozen=True)
class StartsWith(Condition):
    text: Value
    prefix: Value


@dataclass(frozen=True)
class Like(Condition):
    """A LIKE pattern that is not just a prefix: `%` any characters, `_` one character."""

    text: Value
    pattern: str
    escape: str = ""


@dataclass(frozen=True)
class Matches(Condition):
    """Whether a regular expression is found anywhere in a text (`pattern` as cleared by patterns.py)."""

    text: Value
    pattern: str


@dataclass(frozen=True)
class OnList(Condition):
    """Whether a text, or any of several codes in it, is on a watch list on the line's day; `ever`: on any day."""

    text: Column
    name: str
    ever: bool = False


@dataclass(frozen=True)
class IsNull(Condition):
    value: Value


@dataclass(frozen=True)
class Not(Condition):
    condition: Condition


@dataclass(frozen=True)
class And(Condition):
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Or(Condition):
    parts: tuple[Condition, ...]


def columns_of(node: Node) -> dict[str, Kind]:
    """Names and kinds of the columns that a part of a condition looks at."""
    found: dict[str, Kind] = {}
    waiting: list[Node] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Column):
            found[part.name] = part.of
        if isinstance(part, OnList) and not part.ever:
            found["lodged_on"] = Kind.DATE
        waiting.extend(part.children())
    return found
