"""What an indicator may ask of the past, and how the questions of all of them are arranged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from tidegate.indicators.keys import KEYS, KeySet

__all__ = ["MEASURES", "Enquiry", "Measure", "Need", "Plan", "Quartile", "Question", "Since", "Sum", "TallyName"]

TallyName = Literal["lines", "amounts", "duties", "findings", "prices", "quality"]


@dataclass(frozen=True, slots=True)
class Measure:
    """Where a measure is kept: its tally, the column there, and how many units of that make one of the measure."""

    tally: TallyName
    column: str
    scale: float = 1.0


MEASURES: dict[str, Measure] = {
    "lines": Measure("lines", "rows"),
    "days": Measure("lines", "cells"),
    "declarations": Measure("amounts", "declarations"),
    "value": Measure("amounts", "value", 100.0),
    "mass_kg": Measure("amounts", "mass", 1000.0),
    "duty_rates": Measure("duties", "rate", 1000.0),
    "rated_lines": Measure("duties", "rows"),
    "opened": Measure("findings", "opened"),
    "found": Measure("findings", "found"),
    "prices": Measure("prices", "rows"),
    "sent": Measure("quality", "rows"),
    "flagged": Measure("quality", "flagged"),
}


@dataclass(frozen=True, slots=True)
class Sum:
    """Sum of a measure under a key over the `window` days before the line's day; None: over all days before it."""

    measure: str
    key: str
    window: int | None = None


@dataclass(frozen=True, slots=True)
class Since:
    """Days since the first or last day of a key in a tally before the line's day; NaN where there is none."""

    event: Literal["first", "last"]
    key: str
    tally: Literal["lines", "findings"] = "lines"
    window: None = None


@dataclass(frozen=True, slots=True)
class Quartile:
    """A quartile (1, 2 or 3) of the price steps under a key over a window; NaN where there is no price in it."""

    quarter: int
    key: str
    window: int


Need = Sum | Since | Quartile


@dataclass(frozen=True, slots=True)
class Question:
    """Needs that differ in key, window or quarter only; `at`: their rows within the enquiry, `to`: within all needs."""

    needs: tuple[Need, ...]
    at: NDArray[np.intp]
    to: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Enquiry:
    """All questions to one tally. One row for each key and window: `rows`, the key's row among those of the tally, and
    `windows`, uint64[rows, 1], its days, 0 for all there are.
    """

    rows: NDArray[np.intp]
    windows: NDArray[np.uint64]
    questions: tuple[Question, ...]


class Plan:
    """All `needs`, arranged: their `keys`, the rows of these in each tally, the enquiries, the key row of each need."""

    def __init__(self, needs: Iterable[Need]) -> None:
        self.needs = tuple(dict.fromkeys(needs))
        asked = {need.key for need in self.needs}
        self.keys = tuple(name for name in KEYS if name in asked)
        self.key_set = KeySet(self.keys)
        self.key_rows = np.array([self.keys.index(need.key) for need in self.needs], np.intp)
        self.rows: dict[TallyName, NDArray[np.intp]] = {}
        self.enquiries: dict[TallyName, Enquiry] = {}
        for tally in get_args(TallyName):
            mine = [need for need in self.needs if _tally(need) == tally]
            # The tally of lines holds every key: it tells which there are.
            held = asked if tally == "lines" else {need.key for need in mine}
            names = [name for name in self.keys if name in held]
            self.rows[tally] = np.array([self.keys.index(name) for name in names], np.intp)
            self.enquiries[tally] = self._enquiry(mine, names)

    def names(self, tally: TallyName) -> list[str]:
        """The keys of one tally."""
        return [self.keys[row] for row in self.rows[tally]]

    def _enquiry(self, needs: list[Need], names: list[str]) -> Enquiry:
        stretches = sorted({(names.index(need.key), need.window or 0) for need in needs})
        alike: dict[str, list[Need]] = {}
        for need in needs:
            alike.setdefault(_likeness(need), []).append(need)
        questions = tuple(
            Question(
                tuple(group),
                np.array([stretches.index((names.index(need.key), need.window or 0)) for need in group], np.intp),
                np.array([self.needs.index(need) for need in group], np.intp),
            )
            for group in alike.values()
        )
        rows, windows = np.array(stretches, np.int64).reshape(-1, 2).T
        return Enquiry(rows.astype(np.intp), windows.astype(np.uint64)[:, None], questions)


def _tally(need: Need) -> TallyName:
    if isinstance(need, Sum):
        return MEASURES[need.measure].tally
    return need.tally if isinstance(need, Since) else "prices"


def _likeness(need: Need) -> str:
    if isinstance(need, Sum):
        return need.measure
    return need.event if isinstance(need, Since) else "quartile"
