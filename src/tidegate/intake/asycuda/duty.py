"""The duty of an item: ASYCUDA writes 20% as 0.2, some national profiles as 20; base and amount show which it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from tidegate.intake.asycuda.numbers import LONGEST, number

__all__ = ["Factor", "factor", "factor_of_all", "percent"]

# What a written rate is multiplied with to get percent: 100 or 1; None where nothing shows it.
Factor = int | None

_ROUNDING = Decimal(1)  # amounts may be rounded to whole units of the currency


def factor(tax: Mapping[str, str]) -> Factor:
    """What the base and the amount of one tax line say of its rate."""
    base, rate, amount = (_decimal(tax.get(name, "")) for name in ("tax_base", "tax_rate", "tax_amount"))
    if base is None or rate is None or amount is None or base <= 0 or rate <= 0 or amount <= 0:
        return None
    as_fraction, as_percent = base * rate, base * rate / 100
    off_fraction, off_percent = abs(amount - as_fraction), abs(amount - as_percent)
    if off_fraction <= as_fraction / 100 or off_fraction <= _ROUNDING < off_percent:
        return 100
    if off_percent <= as_percent / 100 or off_percent <= _ROUNDING < off_fraction:
        return 1
    return None


def factor_of_all(taxes: Iterable[Mapping[str, str]]) -> Factor:
    """What all tax lines of a declaration say together, value added tax included; None where they disagree."""
    said = {found for tax in taxes if (found := factor(tax)) is not None}
    return said.pop() if len(said) == 1 else None


def percent(tax: Mapping[str, str], of_all: Factor) -> str | None:
    """The rate in percent, as text; None where nothing shows what the written rate means."""
    rate = _decimal(tax.get("tax_rate", ""))
    if rate is None:
        return None
    times = 1 if rate == 0 else factor(tax) or of_all
    return None if times is None else f"{rate * times:f}"


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(number(text) if len(text) <= LONGEST else "")
    except InvalidOperation:
        return None
    # Beyond that no rate, base or amount lies, and the arithmetic stays cheap.
    return value if value.is_finite() and (value == 0 or abs(value.adjusted()) < 40) else None
