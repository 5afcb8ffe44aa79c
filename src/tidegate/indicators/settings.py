"""The few numbers that an administration may set for its indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from tidegate.errors import InputError

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """`de_minimis`: by currency, the value up to which a consignment pays no duty; a currency left out has none.

    `prior_openings`: with how many openings the overall hit rate weighs in a smoothed one; `prior_lines`: with how many
    lines the overall rate of data errors weighs in that of a sender.
    `least_prices`: how many past prices a price comparison takes. `least_spread`: the least spread of log prices that a
    robust z divides by, so that goods of one fixed price do not give endless z.
    """

    # One million dong (Decision 78/2010/QD-TTg), and about as much in dollars.
    de_minimis: Mapping[str, float] = field(default_factory=lambda: {"VND": 1_000_000.0, "USD": 40.0})
    prior_openings: float = 10.0
    prior_lines: float = 10.0
    least_prices: int = 5
    least_spread: float = 0.05

    def __post_init__(self) -> None:
        numbers = {f"de_minimis {currency}": value for currency, value in self.de_minimis.items()}
        numbers |= {
            name: getattr(self, name) for name in ("prior_openings", "prior_lines", "least_prices", "least_spread")
        }
        for name, value in numbers.items():
            if not (isfinite(value) and value > 0):
                raise InputError(f"{name} is {value}.", where="indicator settings", hint="It must be above 0.")
