"""Seasons: a trade with its truth, on which strategies are tried; recorded once for all, or lived by each anew."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import EstimateError, InputError
from tidegate.simulator import Batch, Simulation
from tidegate.trade import conform

__all__ = ["DELAY", "Lodged", "Recorded", "Run", "Season", "Simulated", "labels"]

PERIODS: dict[str, str] = {"week": "1w", "month": "1mo"}
DELAY = timedelta(days=5)
"""From the day a declaration is lodged until what was found in it is known."""
STEP = timedelta(days=7)
"""Days that are decided in one batch, at most."""
WARM = ("declaration_id", "item_number", "found_on", "illicit")


@dataclass(frozen=True, slots=True)
class Lodged:
    """What came in within some days, and its truth.

    `lines` (line table) by day, with `_declaration`, the row in `declarations` (declaration_id, lodged_on, office,
    trusted, guilty, evaded: both the truth). `illicit` and `revenue` are the truth of each line. `period`: first day of
    the period of learning.
    """

    period: date
    lines: pl.DataFrame
    declarations: pl.DataFrame
    illicit: NDArray[np.bool_]
    revenue: NDArray[np.float64]

    @classmethod
    def of(cls, period: date, lines: pl.DataFrame, illicit: NDArray[np.bool_], revenue: NDArray[np.float64]) -> Lodged:
        """Put lines, sorted by day and declaration, together with their truth."""
        starts = lines.get_column("declaration_id").rle_id()
        declarations = (
            lines.with_columns(pl.Series("guilty", illicit), pl.Series("evaded", revenue))
            .group_by("declaration_id", maintain_order=True)
            .agg(
                pl.col("lodged_on", "office").first(),
                pl.col("importer_trusted").first().fill_null(False).alias("trusted"),
                pl.col("guilty").any(),
                pl.col("evaded").sum(),
            )
        )
        return cls(
            period, lines.with_columns(starts.cast(pl.Int64).alias("_declaration")), declarations, illicit, revenue
        )

    def open(self, opened: NDArray[np.bool_]) -> pl.DataFrame:
        """Findings of these declarations, as an opening that overlooks nothing would make them: one row a line."""
        picked = opened[self.lines["_declaration"].to_numpy()]
        return self.lines.filter(picked).select(
            "declaration_id",
            "item_number",
            (pl.col("lodged_on") + DELAY).alias("found_on"),
            pl.Series("illicit", self.illicit[picked]),
            pl.Series("revenue", self.revenue[picked]),
        )


class Run(Protocol):
    """A season as one strategy lives it."""

    def lodged(self) -> Lodged | None:
        """What comes in next; None at the end."""

    def hear(self, opened: NDArray[np.bool_]) -> None:
        """Let the offenders hear what was found in these declarations (of what was lodged last), DELAY later."""


class Season(Protocol):
    """A trade on which strategies can be tried."""

    @property
    def past(self) -> pl.DataFrame:
        """The lines (line table, by day) that every strategy starts with."""

    @property
    def warm(self) -> pl.DataFrame:
        """The findings in them that were known in time."""

    @property
    def periods(self) -> tuple[date, ...]:
        """The first days of the periods of learning."""

    def run(self) -> Run:
        """A run of its own, from the first day of the first period."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A trade that has been, with the truth of every line: from a port where everything was opened, or a simulation.

    It is the same for every strategy: what is found changes nothing in what comes.
    """

    past: pl.DataFrame
    warm: pl.DataFrame
    periods: tuple[date, ...]
    steps: tuple[Lodged, ...]

    @classmethod
    def prepare(
        cls,
        lines: pl.DataFrame,
        findings: pl.DataFrame,
        truth: pl.DataFrame,
        *,
        period: str = "month",
        start: date | None = None,
    ) -> Recorded:
        """Put the tables together. Trade before `start` (by default the first day of the second month) warms up.

        `truth`: declaration_id, item_number, illicit, and revenue where known, one row a line; a line that is not there
        is lawful. Raises InputError for a missing column, EstimateError when no trade is left to try anything on.
        """
        missing = [name for name in ("declaration_id", "item_number", "illicit") if name not in truth.columns]
        if missing:
            raise InputError(f"column(s) missing: {', '.join(missing)}.", where="truth")
        if lines.height == 0:
            raise EstimateError("there are no lines.", where="lines")
        # A declaration has one day: the first of its lines.
        lines = (
            conform(lines)
            .with_columns(pl.col("lodged_on").min().over("declaration_id"))
            .sort("lodged_on", "declaration_id", "item_number")
        )
        first, last = _days(lines)
        periods = _periods(start or _second_month(first), first, last, period)
        revenue = pl.col("revenue") if "revenue" in truth.columns else pl.lit(0.0).alias("revenue")
        known = truth.select("declaration_id", pl.col("item_number").cast(pl.Int32), "illicit", revenue)
        true = lines.select("declaration_id", "item_number").join(
            known, on=["declaration_id", "item_number"], how="left", maintain_order="left"
        )
        if true.height != lines.height:
            raise InputError("a line has two truths.", where="truth", hint="Give one row a line.")
        illicit = true["illicit"].fill_null(False).to_numpy()
        evaded = true["revenue"].fill_null(0.0).cast(pl.Float64).to_numpy()
        days = lines["lodged_on"]
        steps = []
        for begin, end in zip(periods, (*periods[1:], last + timedelta(days=1)), strict=True):
            for monday in _steps(begin, end):
                part = slice(
                    days.search_sorted(monday, side="left"),
                    days.search_sorted(min(monday + STEP, end), side="left"),
                )
                if part.start < part.stop:
                    steps.append(Lodged.of(begin, lines[part], illicit[part], evaded[part]))
        past = lines.filter(days < periods[0])
        known = findings.filter(pl.col("found_on") < periods[0]).join(past, on="declaration_id", how="semi")
        return cls(past, known.select(WARM), periods, tuple(steps))

    def run(self) -> Run:
        """The same for every strategy."""
        return _Replay(iter(self.steps))


@dataclass(frozen=True, slots=True)
class _Replay:
    steps: Iterator[Lodged]

    def lodged(self) -> Lodged | None:
        return next(self.steps, None)

    def hear(self, opened: NDArray[np.bool_]) -> None:
        """What has been does not change."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """A trade that goes on for each strategy by itself: its offenders hear of what it opened, and react to that.

    Before the first period the past regime inspects, and all runs have that in common. Where a week begins in one
    month and ends in the next, it belongs to the first.
    """

    past: pl.DataFrame
    warm: pl.DataFrame
    periods: tuple[date, ...]
    trade: Simulation

    @classmethod
    def prepare(
        cls,
        lines: int,
        days: int,
        seed: int,
        *,
        period: str = "month",
        first: date = date(2025, 1, 1),
        start: date | None = None,
    ) -> Simulated:
        """Simulate `lines` lines over `days` days from `first`; the past regime inspects until `start`.

        Raises EstimateError when no trade is left to try anything on.
        """
        periods = _periods(start or _second_month(first), first, first + timedelta(days=days - 1), period)
        trade = Simulation(lines, days, seed, first)
        past, findings = [], []
        while trade.today is not None and trade.today < periods[0]:
            batch = trade.lodge()
            assert batch is not None
            past.append(batch.lines)
            findings.append(trade.inspect(batch))
        known = pl.concat(findings).filter(pl.col("found_on") < periods[0])
        return cls(pl.concat(past), known.select(WARM), periods, trade)

    def run(self) -> Run:
        """Another future from the first period on."""
        return _Life(deepcopy(self.trade), self.periods)


@dataclass(slots=True)
class _Life:
    trade: Simulation
    periods: tuple[date, ...]
    batch: Batch | None = None

    def lodged(self) -> Lodged | None:
        today, self.batch = self.trade.today, self.trade.lodge()
        if today is None or self.batch is None:
            return None
        period = max(begin for begin in self.periods if begin <= today)
        return Lodged.of(period, self.batch.lines, self.batch.illicit, self.batch.revenue.astype(np.float64))

    def hear(self, opened: NDArray[np.bool_]) -> None:
        assert self.batch is not None
        guilty = np.zeros(len(opened), dtype=bool)
        np.logical_or.at(guilty, self.batch.declaration, self.batch.illicit)
        self.trade.hear(self.batch, np.flatnonzero(opened & guilty), DELAY.days)


def labels(lines: pl.DataFrame, findings: pl.DataFrame) -> pl.Series:
    """Whether each line was found illicit: Boolean, null where nothing is known of it.

    A finding without an item number speaks for every line of its declaration that has no finding of its own.
    """
    own = findings.filter(pl.col("item_number").is_not_null()).group_by("declaration_id", "item_number")
    whole = findings.filter(pl.col("item_number").is_null()).group_by("declaration_id")
    return (
        lines.select("declaration_id", "item_number")
        .join(
            own.agg(pl.col("illicit").any().alias("own")),
            on=["declaration_id", "item_number"],
            how="left",
            maintain_order="left",
        )
        .join(whole.agg(pl.col("illicit").any().alias("whole")), on="declaration_id", how="left", maintain_order="left")
        .select(pl.coalesce("own", "whole").alias("illicit"))["illicit"]
    )


def _steps(begin: date, end: date) -> Iterator[date]:
    while begin < end:
        yield begin
        begin += STEP


def _days(lines: pl.DataFrame) -> tuple[date, date]:
    first, last = lines["lodged_on"].min(), lines["lodged_on"].max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    return first, last


def _second_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _periods(begin: date, first: date, last: date, every: str) -> tuple[date, ...]:
    """The first days of all periods from `begin` to `last`."""
    if every not in PERIODS:
        raise EstimateError(f"no period {every!r}.", hint=f"Choose {' or '.join(PERIODS)}.")
    if not first < begin <= last:
        raise EstimateError(
            f"nothing is left between the warm-up, which ends before {begin}, and the last day, {last}.",
            where="lines",
            hint="Give a longer time, or an earlier start.",
        )
    days = pl.date_range(begin, last, eager=True)
    return tuple(
        days.to_frame("day")
        .group_by(pl.col("day").dt.truncate(PERIODS[every]).alias("of"))
        .agg(pl.col("day").min())
        .sort("day")["day"]
        .to_list()
    )
