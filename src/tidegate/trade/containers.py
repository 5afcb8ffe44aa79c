"""Freight containers: numbers and check digit after ISO 6346."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.trade.checkdigits import matrix

__all__ = ["FORM", "fault", "known_form", "valid"]

# Three letters of the owner, U J or Z for the kind of equipment, six digits, one check digit.
FORM = r"^[A-Z]{3}[UJZ][0-9]{7}$"

_WRONG = 1 << 20  # more than any sum of a well-formed number


def _shares() -> NDArray[np.int32]:
    """What each byte adds to the sum of the check at each place, shape (11, 256); _WRONG where it may not stand.

    ISO 6346 numbers the letters from 10 up and leaves out the multiples of 11; place i weighs 2**i, the check digit 0.
    """
    letters = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (value for value in range(10, 39) if value % 11), strict=True))
    digits = {str(value): value for value in range(10)}
    shares = np.full((11, 256), _WRONG, dtype=np.int32)
    for place in range(11):
        allowed = letters if place < 3 else {kind: letters[kind] for kind in "UJZ"} if place == 3 else digits
        for character, value in allowed.items():
            shares[place, ord(character)] = value << place if place < 10 else 0
    return shares


_SHARES = _shares()
_SHARES_OF = [{chr(byte): int(share) for byte, share in enumerate(row) if share != _WRONG} for row in _SHARES]


def known_form(numbers: pl.Series) -> pl.Series:
    """Whether each container number is written as ISO 6346 has it; null stays null."""
    return numbers.str.contains(FORM)


def valid(numbers: pl.Series) -> pl.Series:
    """Whether each container number has the form and the check digit of ISO 6346; null stays null."""
    verdict = (numbers.str.len_bytes() == 11).fill_null(False).to_numpy(writable=True)
    characters = matrix(numbers.filter(pl.Series(verdict)), 11)
    total = sum(_SHARES[place][characters[:, place]] for place in range(11))
    verdict[verdict] = (total < _WRONG) & (total % 11 % 10 == characters[:, 10] - ord("0"))
    return pl.select(pl.when(numbers.is_not_null()).then(pl.Series(numbers.name, verdict))).to_series()


def fault(number: str) -> str:
    """What is wrong with one container number: its "form", its check "digit", or nothing ("")."""
    if len(number) != 11:
        return "form"
    total = 0
    for shares, character in zip(_SHARES_OF, number, strict=True):
        share = shares.get(character)
        if share is None:
            return "form"
        total += share
    return "" if total % 11 % 10 == int(number[10]) else "digit"
