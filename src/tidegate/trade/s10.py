"""Postal items: the number that the UPU's standard S10 gives them, its check digit, and what its letters say."""

from __future__ import annotations

import numpy as np
import polars as pl

from tidegate.trade.checkdigits import matrix

__all__ = ["FORM", "SERVICES", "check_digit", "country", "known_form", "service", "valid"]

# Two letters of the service, eight digits, one check digit, two letters of the country whose post issued the number.
FORM = r"^[A-Z]{2}[0-9]{9}[A-Z]{2}$"

# The first letter of the service indicator, in English and Vietnamese. The other letters are reserved (J, K, S, T, W),
# or for use within a country or between posts that agree on it (B, D, G, I, N, O, P, X, Y, Z).
SERVICES: dict[str, tuple[str, str]] = {
    "A": ("letter post, tracked", "bưu phẩm có định vị"),
    "C": ("parcel post", "bưu kiện"),
    "E": ("express mail (EMS)", "chuyển phát nhanh EMS"),
    "H": ("e-commerce parcel", "bưu kiện thương mại điện tử"),
    "L": ("letter post, express or tracked", "bưu phẩm chuyển nhanh hoặc có định vị"),
    "M": ("M bag of printed papers", "túi M ấn phẩm"),
    "Q": ("business reply (IBRS)", "thư trả lời thương mại (IBRS)"),
    "R": ("letter post, registered", "bưu phẩm ghi số"),
    "U": ("letter post under customs control, untracked", "bưu phẩm chịu kiểm tra hải quan, không định vị"),
    "V": ("letter post, insured", "bưu phẩm khai giá"),
}

_WEIGHTS = np.array([8, 6, 4, 2, 3, 5, 9, 7])
_LENGTH = 13


def check_digit(serial: str) -> int:
    """The ninth digit of the number that has these eight digits (S10, weighted modulo 11: 10 becomes 0, 11 becomes 5).

    Raises ValueError for what is no eight digits.
    """
    if len(serial) != len(_WEIGHTS) or not (serial.isascii() and serial.isdigit()):
        raise ValueError(f"{serial!r} is not eight digits.")
    a, b, c, d, e, f, g, h = map(int, serial)
    return _digit(8 * a + 6 * b + 4 * c + 2 * d + 3 * e + 5 * f + 9 * g + 7 * h)


def _digit(total: int) -> int:
    rest = 11 - total % 11
    return {10: 0, 11: 5}.get(rest, rest)


_DIGITS = np.array([_digit(total) for total in range(11)])


def known_form(numbers: pl.Series) -> pl.Series:
    """Whether each item number is written as S10 has it; null stays null."""
    return numbers.str.contains(FORM)


def valid(numbers: pl.Series) -> pl.Series:
    """Whether each item number has the form and the check digit of S10; null stays null."""
    # A line end passes the $ of the form, but not the length.
    formed = (known_form(numbers) & (numbers.str.len_bytes() == _LENGTH)).fill_null(False)
    digits = matrix(numbers.filter(formed), _LENGTH)[:, 2:11].astype(np.int64) - ord("0")
    verdict = formed.to_numpy(writable=True)
    verdict[verdict] = _DIGITS[digits[:, :8] @ _WEIGHTS % 11] == digits[:, 8]
    return pl.select(pl.when(numbers.is_not_null()).then(pl.Series(numbers.name, verdict))).to_series()


def service(numbers: pl.Series, language: str = "en") -> pl.Series:
    """What the service indicator of each item number says, in "en" or "vi"; null where S10 gives it no one meaning."""
    texts = {letter: said[language == "vi"] for letter, said in SERVICES.items()}
    letter = pl.when(known_form(numbers)).then(numbers.str.head(1))
    return pl.select(letter.replace_strict(texts, default=None, return_dtype=pl.String).alias(numbers.name)).to_series()


def country(numbers: pl.Series) -> pl.Series:
    """The country whose post issued each item number, ISO 3166-1 alpha-2; null where the form is another."""
    return pl.select(pl.when(known_form(numbers)).then(numbers.str.slice(11, 2)).alias(numbers.name)).to_series()
