"""Check digits of ships and vehicles."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.trade.checkdigits import matrix

__all__ = ["imo_valid", "vin_valid"]

Characters = NDArray[np.uint8]
Verdicts = NDArray[np.bool_]

# What the characters of a VIN count, and how much each place weighs (United States, 49 CFR 565.15). I, O and Q are
# never used.
_LETTERS = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, *range(2, 10)), strict=True)
)
_WEIGHTS = np.array([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])
# Where the ninth place of a VIN is a check digit: makers of North America (1 to 5) and China (L); elsewhere it may be
# anything.
_VIN = r"^[1-5L][A-HJ-NPR-Z0-9]{7}[0-9X][A-HJ-NPR-Z0-9]{8}$"


def imo_valid(numbers: pl.Series) -> pl.Series:
    """Whether each is an IMO number of a ship: seven digits, the last that of the sum of the others, weighed 7 to 2.

    (IMO resolution A.1117(30).) Null stays null.
    """

    def right(digits: Characters) -> Verdicts:
        values = digits.astype(np.int64) - ord("0")
        verdicts: Verdicts = values[:, :6] @ np.arange(7, 1, -1) % 10 == values[:, 6]
        return verdicts

    return _checked(numbers, r"^[0-9]{7}$", 7, right)


def vin_valid(numbers: pl.Series) -> pl.Series:
    """Whether each is a VIN of a maker who writes check digits, with the right one in the ninth place."""
    worth = np.zeros(256, dtype=np.int64)
    for character, value in {**_LETTERS, **{str(digit): digit for digit in range(10)}}.items():
        worth[ord(character)] = value

    def right(characters: Characters) -> Verdicts:
        rest = worth[characters] @ _WEIGHTS % 11
        verdicts: Verdicts = characters[:, 8] == np.where(rest == 10, ord("X"), rest + ord("0"))
        return verdicts

    return _checked(numbers, _VIN, 17, right)


def _checked(numbers: pl.Series, form: str, width: int, right: Callable[[Characters], Verdicts]) -> pl.Series:
    verdict = numbers.str.contains(form).fill_null(False).to_numpy(writable=True)
    verdict[verdict] = right(matrix(numbers.filter(pl.Series(verdict)), width))
    return pl.select(pl.when(numbers.is_not_null()).then(pl.Series(numbers.name, verdict))).to_series()
