"""Freight containers: numbers and check digit after ISO 6346."""

from __future__ import annotations

import numpy as np
import polars as pl

from tidegate.trade.checkdigits import matrix

__all__ = ["FORM", "known_form", "valid"]

# Three letters of the owner, U J or Z for the kind of equipment, six digits, one check digit.
FORM = r"^[A-Z]{3}[UJZ][0-9]{7}$"

# ISO 6346 numbers the letters from 10 up and leaves out the multiples of 11; position i weighs 2**i.
_VALUES = np.zeros(128, dtype=np.int64)
_VALUES[ord("0") : ord("9") + 1] = range(10)
_VALUES[ord("A") : ord("Z") + 1] = [value for value in range(10, 39) if value % 11]
_WEIGHTS = 1 << np.arange(10)


def known_form(numbers: pl.Series) -> pl.Series:
    """Whether each container number is written as ISO 6346 has it; null stays null."""
    return numbers.str.contains(FORM)


def valid(numbers: pl.Series) -> pl.Series:
    """Whether each container number has the form and the check digit of ISO 6346; null stays null."""
    formed = known_form(numbers).fill_null(False)
    characters = matrix(numbers.filter(formed), 11)
    remainders = (_VALUES[characters[:, :10]] @ _WEIGHTS) % 11 % 10
    verdict = formed.to_numpy(writable=True)
    verdict[verdict] = remainders == _VALUES[characters[:, 10]]
    return pl.select(pl.when(numbers.is_not_null()).then(pl.Series(numbers.name, verdict))).to_series()
