"""How much is lodged on which day: weekdays, Tet, the year-end, and the goods of a season."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import InputError
from tidegate.simulator.goods import SECTORS

__all__ = ["TET", "day_weights", "lines_by_day", "sector_weights"]

# First day of the lunar new year.
TET: tuple[date, ...] = (
    date(2015, 2, 19),
    date(2016, 2, 8),
    date(2017, 1, 28),
    date(2018, 2, 16),
    date(2019, 2, 5),
    date(2020, 1, 25),
    date(2021, 2, 12),
    date(2022, 2, 1),
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 3),
    date(2031, 1, 23),
    date(2032, 2, 11),
    date(2033, 1, 31),
    date(2034, 2, 19),
    date(2035, 2, 8),
)
WEEK = (1.0, 1.05, 1.05, 1.05, 1.0, 0.5, 0.18)
# Sectors that people buy for the holiday.
FESTIVE = ("food", "produce", "meat", "seafood", "beverages", "toys", "cosmetics")


def from_tet(day: date) -> int:
    """Return the days from the nearest Tet to `day`, negative before it."""
    return min(((day - tet).days for tet in TET), key=abs)


def day_weights(start: date, days: int) -> NDArray[np.float64]:
    """Return the relative volume of each day. Raises InputError where the lunar year is not known."""
    if start < date(TET[0].year, 1, 1) or (date(TET[-1].year, 12, 31) - start).days < days - 1:
        raise InputError(
            f"no season is known for {days} days from {start}.",
            hint=f"Choose start and days between {TET[0].year} and {TET[-1].year}.",
        )
    weights = np.empty(days)
    for offset in range(days):
        day = start + timedelta(days=offset)
        gap = from_tet(day)
        rush = 1.25 if -28 <= gap < -3 else 0.12 if -2 <= gap <= 6 else 1.0
        weights[offset] = WEEK[day.weekday()] * rush * (1.1 if day.month >= 11 else 1.0)
    return weights


def lines_by_day(lines: int, start: date, days: int) -> NDArray[np.int64]:
    """Return whole numbers of lines for each day that add up to `lines` (largest remainder)."""
    weights = day_weights(start, days)
    exact = weights / weights.sum() * lines
    counts: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    rest = np.argsort(counts - exact, kind="stable")[: lines - int(counts.sum())]
    counts[rest] += 1
    return counts


def sector_weights(day: date) -> NDArray[np.float64]:
    """Return how much each of SECTORS moves on `day` against its yearly mean."""
    gap = from_tet(day)
    weights = np.ones(len(SECTORS))
    if -35 <= gap < -3:
        weights[[SECTORS.index(name) for name in FESTIVE]] = 1.6
    # 11/11 and 12/12 are the parcel days of the year.
    if (day.month, day.day // 7) in ((11, 1), (12, 1)):
        weights[SECTORS.index("parcel")] = 2.2
    return weights
