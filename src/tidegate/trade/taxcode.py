"""The Vietnamese tax code (mã số thuế, MST): ten digits, with three more for a dependent unit."""

from __future__ import annotations

import numpy as np
import polars as pl

from tidegate.trade.checkdigits import matrix

__all__ = ["check_digit", "valid"]

_WEIGHTS = np.array([31, 29, 23, 19, 17, 13, 7, 5, 3])


def check_digit(stem: str) -> int | None:
    """Tenth digit of the code that begins with these nine digits; None where no such code is issued.

    Circular 80/2021/TT-BTC does not print the formula; python-stdnum's stdnum.vn.mst does, and is the oracle in tests.
    """
    digit = 10 - int(np.dot(_WEIGHTS, [int(character) for character in stem])) % 11
    return digit if digit < 10 else None


def valid(codes: pl.Series) -> pl.Series:
    """Whether each value is a tax code with the right check digit, with or without hyphen; null stays null."""
    compact = codes.str.replace_all(r"[ .\-]", "")
    formed = (
        compact.str.contains(r"^[0-9]{10}([0-9]{3})?$")
        & (compact.str.slice(2, 7) != "0000000")
        & (compact.str.slice(10) != "000")
    ).fill_null(False)
    digits = matrix(compact.filter(formed).str.slice(0, 10), 10).astype(np.int64) - ord("0")
    verdict = formed.to_numpy(writable=True)
    verdict[verdict] = 10 - (digits[:, :9] @ _WEIGHTS) % 11 == digits[:, 9]
    return pl.select(pl.when(codes.is_not_null()).then(pl.Series(codes.name, verdict))).to_series()
