"""Currencies: ISO 4217 codes and their names."""

from __future__ import annotations

from functools import cache

import polars as pl
import pycountry
from babel import Locale
from babel.numbers import get_currency_precision

__all__ = ["codes", "decimals", "known", "name"]


@cache
def codes() -> pl.Series:
    """All codes in force, sorted."""
    return pl.Series("currency", sorted(currency.alpha_3 for currency in pycountry.currencies))


def known(currencies: pl.Series) -> pl.Series:
    """Whether each value is a currency code in force; null stays null. Same height as `currencies`."""
    return currencies.is_in(codes())


def name(code: str, language: str = "en") -> str:
    """Name of the currency in `language` ("en", "vi"); the code itself where it has no name."""
    return str(Locale(language).currencies.get(code, code))


def decimals(code: str) -> int:
    """Number of decimals in which amounts are written: 0 for VND, 2 for USD."""
    return int(get_currency_precision(code))
