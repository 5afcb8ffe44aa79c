"""The number of a declaration: ASYCUDA counts per office, year and serial letter, so all four make it unique."""

from __future__ import annotations

import re
from datetime import date

__all__ = ["draft", "number", "parts"]

_SERIAL = re.compile(r"[A-Z]{1,3}")


def number(office: str, registered_on: str, serial: str, count: str) -> str:
    """OFFICE-YEAR-SERIAL-NUMBER of a registration; without a serial letter the number as it is; "" where there is none.

    `registered_on` as 2025-11-19; what is missing is left out.
    """
    if not count or not serial:
        return count
    year = registered_on[:4] if re.match(r"\d{4}-", registered_on) else ""
    return "-".join(part for part in (office, year, serial, count) if part)


def draft(declarant: str, reference: str) -> str:
    """The number of a SAD that has none yet: ASYCUDA knows it by its declarant and his reference."""
    return "-".join(part for part in (declarant, reference) if part) if reference else ""


def parts(declaration_id: str, office: str | None, lodged_on: date | None) -> tuple[str, str]:
    """(serial, number) from which `number` makes this very number again."""
    steps = declaration_id.rsplit("-", 2)
    if len(steps) == 3 and _SERIAL.fullmatch(steps[1]) and steps[2]:
        day = lodged_on.isoformat() if lodged_on is not None else ""
        if number(office or "", day, steps[1], steps[2]) == declaration_id:
            return steps[1], steps[2]
    return "", declaration_id
