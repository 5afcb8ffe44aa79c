"""From a condition to conjunctions of atoms: the normal form in which a book is matched.

A profile fires only where its condition is TRUE. Once NOT is pushed down to the leaves, TRUE needs no
third value: AND and OR over leaves are TRUE exactly when they are with every unknown leaf taken as
false. So a condition becomes an OR of conjunctions, each a set of leaves that must all be TRUE:
*atoms*, which look at one column, and *checks*, which need several columns or computation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from tidegate.profiles.ranges import NULL, Ranges, code_of, compared, complement, intersection, top_of, union
from tidegate.profiles.syntax import (
    And,
    Coalesce,
    Column,
    Comparison,
    Condition,
    IsNull,
    Kind,
    Literal,
    Membership,
    Not,
    OnList,
    Or,
    Value,
    columns_of,
)

__all__ = ["Atom", "conjunctions", "fixed_ranges"]

WIDEST_PROFILE = 64  # conjunctions

_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRROR = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True)
class Atom:
    """A condition on one source: a column, or a number computed from columns (then always compared with constants)."""

    source: Value
    condition: Condition


Leaf = Atom | Condition
Conjunction = tuple[Leaf, ...]


def conjunctions(condition: Condition) -> list[Conjunction]:
    """The OR of conjunctions that is TRUE exactly where `condition` is; at most WIDEST_PROFILE of them."""
    return [_merged(conjunction) for conjunction in _spread(_pushed(condition, negated=False))]


def _pushed(condition: Condition, *, negated: bool) -> Condition:
    """The same condition with every NOT pushed down to a leaf."""
    match condition:
        case Not(inner):
            return _pushed(inner, negated=not negated)
        case And(parts) | Or(parts):
            pushed = tuple(_pushed(part, negated=negated) for part in parts)
            link = And if isinstance(condition, And) is not negated else Or
            flat = (part.parts if isinstance(part, link) else (part,) for part in pushed)
            return link(tuple(dict.fromkeys(one for part in flat for one in part)))
        case Comparison(operator, left, right) if negated:
            return Comparison(_OPPOSITE[operator], left, right)  # type: ignore[arg-type]
        case _:
            return Not(condition) if negated else condition


def _spread(condition: Condition) -> list[Conjunction]:
    """Disjunctive normal form; a part that would make it too wide stays whole, as a check."""
    leaves = _leaves(condition)
    if leaves is not None:
        return [leaves]
    if isinstance(condition, Or):
        spread = [conjunction for part in _gathered(condition.parts) for conjunction in _spread(part)]
        return spread if len(spread) <= WIDEST_PROFILE else [(condition,)]
    assert isinstance(condition, And)
    parts = [(part, _spread(part)) for part in condition.parts]
    while _width([spread for _, spread in parts]) > WIDEST_PROFILE:
        widest = max(range(len(parts)), key=lambda place: len(parts[place][1]))
        parts[widest] = (parts[widest][0], [(parts[widest][0],)])
    return [tuple(leaf for one in choice for leaf in one) for choice in product(*(spread for _, spread in parts))]


def _width(spreads: list[list[Conjunction]]) -> int:
    width = 1
    for spread in spreads:
        width *= len(spread)
    return width


def _gathered(parts: tuple[Condition, ...]) -> list[Condition]:
    """The parts of an OR, those that look at one and the same source gathered into one."""
    by_source: dict[Value, list[Condition]] = {}
    others: list[Condition] = []
    for part in parts:
        source = _source(part)
        if source is None:
            others.append(part)
        else:
            by_source.setdefault(source, []).append(part)
    return [*(group[0] if len(group) == 1 else Or(tuple(group)) for group in by_source.values()), *others]


def _leaves(condition: Condition) -> Conjunction | None:
    """What a leaf, or an OR over one source, must have TRUE; None for what has to be spread first."""
    if isinstance(condition, And):
        return None
    if isinstance(condition, OnList) and not condition.ever:
        # Whoever is on the list today was on it ever: that is one column; the day is checked after.
        return (Atom(condition.text, OnList(condition.text, condition.name, ever=True)), condition)
    source = _source(condition)
    if source is not None:
        return (Atom(source, condition),)
    return None if isinstance(condition, Or) else (condition,)


def _source(condition: Condition) -> Value | None:
    """The one column or computed number that a condition looks at, if it is only one and its codes can answer."""
    match condition:
        case And(parts) | Or(parts):
            sources = {_source(part) for part in parts}
            return sources.pop() if len(sources) == 1 else None
    columns = columns_of(condition)
    if len(columns) == 1:
        [(name, kind)] = columns.items()
        if kind is Kind.TEXT:
            return Column(name, kind)
    measured = _measured(condition)
    return measured[0] if measured else None


def _measured(condition: Condition) -> tuple[Value, Ranges] | None:
    """A number, date or flag compared with constants: what is measured, and the codes for which it is TRUE."""
    match condition:
        case Comparison(operator, left, Literal(value, kind)) if not isinstance(left, Literal):
            code = code_of(value, kind) if kind is not Kind.TEXT else 0
            return _seen_through(left, condition, compared(operator, code, code + 1, top_of(kind))) if code else None
        case Comparison(operator, Literal() as left, right) if not isinstance(right, Literal):
            return _measured(Comparison(_MIRROR[operator], right, left))  # type: ignore[arg-type]
        case Membership(value, items) if value.kind is not Kind.TEXT:
            codes = [code_of(item, value.kind) for item in items]
            return _seen_through(value, condition, union(((code, code + 1),) for code in codes))
        case IsNull(value) if value.kind is not Kind.TEXT and not isinstance(value, Literal):
            return _seen_through(value, condition, NULL)
        case Not(Membership() | IsNull() as inner):
            measured = _measured(inner)
            if measured:
                source, ranges = measured
                everything = ((0, top_of(source.kind)),) if _never_unknown(inner) else ((1, top_of(source.kind)),)
                return source, intersection(_outside(ranges, top_of(source.kind)), everything)
    return None


def _outside(ranges: Ranges, top: int) -> Ranges:
    outside = complement(ranges, top)
    return outside if ranges and ranges[0][0] == 0 else union((NULL, outside))


def _never_unknown(condition: Condition) -> bool:
    """IS NULL is never unknown, and a comparison of coalesce(x, constant) is not either."""
    match condition:
        case IsNull():
            return True
        case Membership(Coalesce((_, Literal())), _):
            return True
    return False


def _seen_through(value: Value, condition: Condition, ranges: Ranges) -> tuple[Value, Ranges]:
    """coalesce(x, constant) is x, with NULL counted where the constant would be."""
    match value:
        case Coalesce((first, Literal(constant, kind))) if not isinstance(first, Literal):
            code = code_of(constant, kind)
            inside = any(low <= code < high for low, high in ranges)
            ranges = tuple(one for one in ranges if one != NULL[0])
            return first, union((ranges, NULL)) if inside else ranges
    return value, ranges


def fixed_ranges(condition: Condition) -> Ranges:
    """The codes of a number, date or flag for which an atom's condition is TRUE."""
    match condition:
        case And(parts):
            ranges = fixed_ranges(parts[0])
            for part in parts[1:]:
                ranges = intersection(ranges, fixed_ranges(part))
            return ranges
        case Or(parts):
            return union(fixed_ranges(part) for part in parts)
    measured = _measured(condition)
    assert measured is not None
    return measured[1]


def _merged(conjunction: Conjunction) -> Conjunction:
    """One atom for all bounds on the same number, date or flag (0 < x AND x < 5); repeated leaves once."""
    merged: dict[object, Leaf] = {}
    for leaf in conjunction:
        key: object = leaf
        if isinstance(leaf, Atom) and leaf.source.kind is not Kind.TEXT:
            key = leaf.source
            known = merged.get(key)
            if isinstance(known, Atom) and known.condition != leaf.condition:
                parts = known.condition.parts if isinstance(known.condition, And) else (known.condition,)
                leaf = Atom(leaf.source, And((*parts, leaf.condition)))
        merged[key] = leaf
    return tuple(merged.values())
