"""Sets of codes as sorted, disjoint, half-open ranges; and the order-preserving codes of numbers, dates and flags.

Every column is turned into unsigned codes that keep its order, 0 standing for NULL. A comparison is
then a range of codes whatever the kind of the column, and a condition on one column a few ranges.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from tidegate.profiles.syntax import Kind

__all__ = [
    "DATE_ZERO",
    "NULL",
    "Codes",
    "Ranges",
    "code_of",
    "codes_of_numbers",
    "compared",
    "complement",
    "intersection",
    "top_of",
    "union",
]

Ranges = tuple[tuple[int, int], ...]
Codes = npt.NDArray[np.unsignedinteger]

NULL: Ranges = ((0, 1),)
DATE_ZERO = 2**31  # code of 1970-01-01; Polars dates are days from then, in 32 bits with sign
_SIGN = 1 << 63
_TOP = {Kind.NUMBER: 1 << 64, Kind.DATE: 1 << 32, Kind.FLAG: 3}


def union(parts: Iterable[Ranges]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(one for part in parts for one in part):
        if low >= high:
            continue
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def intersection(first: Ranges, second: Ranges) -> Ranges:
    common: list[tuple[int, int]] = []
    one, two = 0, 0
    while one < len(first) and two < len(second):
        low = max(first[one][0], second[two][0])
        high = min(first[one][1], second[two][1])
        if low < high:
            common.append((low, high))
        if first[one][1] < second[two][1]:
            one += 1
        else:
            two += 1
    return tuple(common)


def complement(ranges: Ranges, top: int) -> Ranges:
    """All codes of values (not NULL) below `top` that are outside `ranges`."""
    outside: list[tuple[int, int]] = []
    low = 1
    for start, end in ranges:
        if start > low:
            outside.append((low, start))
        low = max(low, end)
    if low < top:
        outside.append((low, top))
    return tuple(outside)


def codes_of_numbers(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """Codes that order as the numbers do: -inf, ..., -0 = 0, ..., inf, NaN; never 0."""
    tidy = numbers + 0.0  # -0.0 becomes 0.0
    bits = tidy.view(np.uint64)
    codes = np.where(bits >> np.uint64(63), ~bits, bits | np.uint64(_SIGN))
    codes[np.isnan(tidy)] = _NAN
    return codes


def _code_of_number(number: float) -> int:
    if number != number:
        return _NAN
    bits: int = struct.unpack("<Q", struct.pack("<d", number + 0.0))[0]
    return bits ^ (2 * _SIGN - 1) if bits & _SIGN else bits | _SIGN


_NAN = (0x7FF8 << 48) | _SIGN


def code_of(value: object, kind: Kind) -> int:
    """The code of one number, date or flag (texts have codes only within a batch)."""
    if value is None:
        return 0
    if kind is Kind.NUMBER:
        return _code_of_number(float(value))  # type: ignore[arg-type]
    if kind is Kind.DATE:
        assert isinstance(value, dt.date)
        return value.toordinal() - _EPOCH + DATE_ZERO
    return 2 if value else 1


_EPOCH = dt.date(1970, 1, 1).toordinal()


def compared(operator: str, low: int, high: int, top: int) -> Ranges:
    """Codes that stand in `operator` to a value whose own codes are low <= code < high (empty when it is absent)."""
    match operator:
        case "=":
            found = ((low, high),)
        case "<>":
            return complement(((low, high),) if low < high else (), top)
        case "<":
            found = ((1, low),)
        case "<=":
            found = ((1, high),)
        case ">":
            found = ((high, top),)
        case _:
            found = ((low, top),)
    return union([found])


def top_of(kind: Kind) -> int:
    """One more than the largest code of a kind that has fixed codes."""
    return _TOP[kind]
