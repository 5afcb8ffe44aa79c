"""Numbers as national profiles write them: 2,045.01 and 2045.01."""

from __future__ import annotations

import math
import re
from decimal import Decimal

__all__ = ["LONGEST", "amount", "number", "written"]

LONGEST = 60  # characters of a number; nobody reads a longer one as a number

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def number(text: str) -> str:
    """The text without the commas between groups of three digits; any other text as it is."""
    return text.replace(",", "") if len(text) <= LONGEST and _GROUPED.fullmatch(text) else text


def amount(text: str | None) -> float | None:
    """The number that a text is; None where it is none, or not finite."""
    try:
        value = float(number(text)) if text and len(text) <= LONGEST else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def written(value: float | int | Decimal) -> str:
    """A number as text without an exponent; reading it gives the very same number."""
    exact = f"{value if isinstance(value, Decimal) else Decimal(repr(value)):f}"
    return exact.rstrip("0").rstrip(".") if "." in exact else exact
