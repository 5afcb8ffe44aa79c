"""Countries: ISO 3166-1 codes and their names as an officer reads them."""

from __future__ import annotations

from functools import cache

import polars as pl
import pycountry
from babel import Locale

__all__ = ["STANDARDS", "codes", "known", "name", "translation"]

# Codes that trade uses although ISO 3166-1 leaves them to the users: Kosovo, and the Union as an origin.
USER_ASSIGNED: dict[str, str] = {"XK": "Kosovo", "EU": "European Union"}

# What a column of countries may hold instead of alpha-2 codes.
STANDARDS: tuple[str, ...] = ("alpha-3", "numeric", "name")


@cache
def codes() -> pl.Series:
    """All alpha-2 codes that are accepted, sorted."""
    return pl.Series("country", sorted({country.alpha_2 for country in pycountry.countries} | set(USER_ASSIGNED)))


def known(countries: pl.Series) -> pl.Series:
    """Whether each value is an alpha-2 code in force; null stays null. Same height as `countries`."""
    return countries.is_in(codes())


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(Locale(language).territories)


def name(code: str, language: str = "en") -> str:
    """Name of the country in `language` ("en", "vi"); the code itself where it has no name."""
    return _territories(language).get(code, code)


@cache
def translation(standard: str) -> dict[str, str]:
    """From another way of writing a country, in capitals, to alpha-2: one of STANDARDS.

    "name" takes the English and Vietnamese names of CLDR and the names of ISO 3166-1.
    """
    if standard == "alpha-3":
        return {country.alpha_3: country.alpha_2 for country in pycountry.countries}
    if standard == "numeric":
        return {country.numeric: country.alpha_2 for country in pycountry.countries}
    if standard == "name":
        written = {country.name: country.alpha_2 for country in pycountry.countries}
        for language in ("vi", "en"):
            written |= {name(code, language): code for code in codes()}
        return {text.upper(): code for text, code in written.items()}
    raise ValueError(f"no such standard: {standard!r}; one of {STANDARDS}")
