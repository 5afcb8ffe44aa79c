"""Moments as messages write them. They name no zone: UTC is meant."""

from __future__ import annotations

from datetime import datetime

__all__ = ["moment", "of_envelope"]

_FORMS = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 8: "%Y%m%d"}


def moment(text: str) -> datetime | None:
    """CCYYMMDD, with HHMM or HHMMSS behind it where they are given; None for anything else."""
    if len(text) not in _FORMS or not (text.isascii() and text.isdigit()):
        return None
    try:
        return datetime.strptime(text, _FORMS[len(text)])  # noqa: DTZ007
    except ValueError:
        return None


def of_envelope(day: str, time: str) -> datetime | None:
    """Date (YYMMDD, from syntax version 4 on CCYYMMDD) and time (HHMM) of UNB; None where they are none."""
    return moment((day if len(day) == 8 else f"20{day}") + (time[:4] if len(time) >= 4 else "0000"))
