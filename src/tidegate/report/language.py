"""The two languages of the page: its messages, and how counts, shares, money and dates are written in each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

__all__ = ["LANGUAGES", "MISSING", "Language", "Scale", "catalogue"]

# British English, because an American date can be read the wrong way round.
LANGUAGES: Mapping[str, str] = {"en": "en_GB", "vi": "vi_VN"}
MISSING = "–"

Message = Mapping[str, "str | Mapping[str, str]"]


@cache
def catalogue() -> Mapping[str, Message]:
    """Every message of the page by key: `{"en": text, "vi": text}`; a text may be `{"one": ..., "other": ...}`."""
    text = files("tidegate.report").joinpath("messages.toml").read_text("utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True, slots=True)
class Scale:
    """A power of a thousand that all money of the page is divided by, so that its columns can be compared."""

    divisor: float
    name: str

    @classmethod
    def of(cls, largest: float) -> Scale:
        """Return the scale at which `largest` has one to three digits before the decimal sign."""
        for divisor, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
            if largest >= divisor:
                return cls(divisor, name)
        return cls(1.0, "one")


@dataclass(frozen=True, slots=True)
class Language:
    """One language: `code` is a key of LANGUAGES."""

    code: str

    @property
    def locale(self) -> Locale:
        """Babel's locale, which it keeps after the first time."""
        return Locale.parse(LANGUAGES[self.code])

    def text(self, key: str, /, *, n: float | None = None, **slots: object) -> str:
        """Return the message `key`, its places filled; the number `n` also picks singular or plural.

        Raises KeyError where there is no such message.
        """
        message = catalogue()[key][self.code]
        if not isinstance(message, str):
            message = message.get(self.locale.plural_form(n or 0), message["other"])
        return message.format(n=self.count(n), **slots)

    @staticmethod
    def sentence(text: str) -> str:
        """Begin with a capital letter."""
        return text[:1].upper() + text[1:]

    def knows(self, key: str) -> bool:
        """Tell whether there is such a message."""
        return key in catalogue()

    def count(self, number: float | None) -> str:
        """Write a whole number, with its thousands apart."""
        return MISSING if number is None else self._decimal(round(number), "#,##0")

    def share(self, part: float | None, digits: int = 1) -> str:
        """Write a share of 1 in percent; a share that would round to 0% or 100% but is neither says so."""
        if part is None:
            return MISSING
        step = 10.0**-digits / 100
        pattern = f"#,##0.{'0' * digits}%" if digits else "#,##0%"
        if 0 < part < step / 2:
            return "<\u202f" + self._percent(step, pattern)
        if 1 - step / 2 <= part < 1:
            return ">\u202f" + self._percent(1 - step, pattern)
        return self._percent(part, "#,##0%" if part in (0, 1) else pattern)

    def figure(self, number: float | None) -> str:
        """Write a number as a reader needs it: three significant digits below 1,000, whole above."""
        if number is None:
            return MISSING
        pattern = "#,##0" if abs(number) >= 1000 or number == round(number) else "@##"
        return self._decimal(number, pattern)

    def fixed(self, number: float | None, digits: int = 2) -> str:
        """Write a number with as many decimals as the others of its column."""
        pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
        return MISSING if number is None else self._decimal(number, pattern)

    def signed(self, number: float | None) -> str:
        """Write a weight with its sign."""
        if number is None:
            return MISSING
        return ("+" if number > 0 else "\u2212" if number < 0 else "") + self.fixed(abs(number))

    def money(self, amount: float | None, scale: Scale) -> str:
        """Write an amount in units of `scale`, with one decimal; one that would round to nothing says so."""
        if not amount:
            return MISSING if amount is None else "0"
        scaled = amount / scale.divisor
        if scale.divisor > 1 and 0 < scaled < 0.05:
            return "<\u202f" + self.fixed(0.1, 1)
        return self.fixed(scaled, 0 if scale.divisor == 1 else 1)

    def unit(self, scale: Scale, currency: str) -> str:
        """Name the unit of a money column, such as 'billion VND' or 'tỷ VND'."""
        return f"{self.text(f'scale.{scale.name}')} {currency}".strip()

    def day(self, day: date | None) -> str:
        pattern = "dd/MM/yyyy" if self.code == "vi" else "d MMM yyyy"
        return MISSING if day is None else str(format_date(day, pattern, locale=self.locale))

    def moment(self, moment: datetime | None) -> str:
        pattern = "HH:mm dd/MM/yyyy" if self.code == "vi" else "d MMM yyyy, HH:mm"
        return MISSING if moment is None else str(format_datetime(moment, pattern, locale=self.locale))

    def country(self, code: str | None) -> str:
        """Return the name of an ISO 3166-1 alpha-2 country, or the code itself where it is not one."""
        if not code:
            return MISSING
        name: str = self.locale.territories.get(code.upper(), code)
        return name

    def _decimal(self, number: float, pattern: str) -> str:
        return str(format_decimal(number, format=pattern, locale=self.locale))

    def _percent(self, part: float, pattern: str) -> str:
        return str(format_percent(part, format=pattern, locale=self.locale))
