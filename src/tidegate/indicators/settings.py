"""The few numbers that an administration may set for its indicators."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from tidegate.errors import InputError

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """`de_minimis`: value, in the currency of the lines, up to which a consignment pays no duty; None: there is none.

    `prior_openings`: with how many openings the overall hit rate weighs in a smoothed one.
    `least_prices`: how many past prices a price comparison takes. `least_spread`: the least spread of log prices that a
    robust z divides by, so that goods of one fixed price do not give endless z.
    """

    de_minimis: float | None = 1_000_000.0
    prior_openings: float = 10.0
    least_prices: int = 5
    least_spread: float = 0.05

    def __post_init__(self) -> None:
        for name in ("de_minimis", "prior_openings", "least_prices", "least_spread"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value > 0):
                raise InputError(f"{name} is {value}.", where="indicator settings", hint="It must be above 0.")
