"""The season: a trade with its truth, cut into declarations and periods, on which strategies are tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import EstimateError, InputError
from tidegate.trade import conform

__all__ = ["Season", "labels"]

PERIODS: dict[str, str] = {"week": "1w", "month": "1mo"}
DELAY = timedelta(days=5)
"""From the day a declaration is lodged until what was found in it is known."""


@dataclass(frozen=True, slots=True)
class Season:
    """A trade whose truth is known.

    `lines` by day, with `_declaration`, the row in `declarations` (declaration_id, lodged_on, office, trusted);
    `illicit` and `revenue` are the truth of each line. `warm` are the findings that every strategy starts with.
    `periods` are (first day, day after the last), and begin where the warm findings end.
    """

    lines: pl.DataFrame
    declarations: pl.DataFrame
    illicit: NDArray[np.bool_]
    revenue: NDArray[np.float64]
    warm: pl.DataFrame
    periods: tuple[tuple[date, date], ...]

    @classmethod
    def prepare(
        cls,
        lines: pl.DataFrame,
        findings: pl.DataFrame,
        truth: pl.DataFrame,
        *,
        period: str = "month",
        start: date | None = None,
    ) -> Season:
        """Put the tables together. Trade before `start` (by default the first day of the second month) warms up.

        `truth`: declaration_id, item_number, illicit, and revenue where known, one row a line; a line that is not there
        is lawful. Raises InputError for a missing column, EstimateError when no trade is left to try anything on.
        """
        missing = [name for name in ("declaration_id", "item_number", "illicit") if name not in truth.columns]
        if missing:
            raise InputError(f"column(s) missing: {', '.join(missing)}.", where="truth")
        if period not in PERIODS:
            raise EstimateError(f"no period {period!r}.", hint=f"Choose {' or '.join(PERIODS)}.")
        if lines.height == 0:
            raise EstimateError("there are no lines.", where="lines")
        # A declaration has one day: the first of its lines.
        lines = (
            conform(lines)
            .with_columns(pl.col("lodged_on").min().over("declaration_id"))
            .sort("lodged_on", "declaration_id", "item_number")
        )
        first, last = _days(lines)
        begin = start or _second_month(first)
        if not first < begin <= last:
            raise EstimateError(
                f"nothing is left between the warm-up, which ends before {begin}, and the last day, {last}.",
                where="lines",
                hint="Give a longer time, or an earlier start.",
            )
        revenue = pl.col("revenue") if "revenue" in truth.columns else pl.lit(0.0).alias("revenue")
        known = truth.select("declaration_id", pl.col("item_number").cast(pl.Int32), "illicit", revenue)
        true = lines.select("declaration_id", "item_number").join(
            known, on=["declaration_id", "item_number"], how="left", maintain_order="left"
        )
        if true.height != lines.height:
            raise InputError("a line has two truths.", where="truth", hint="Give one row a line.")
        declarations = lines.group_by("declaration_id", maintain_order=True).agg(
            pl.col("lodged_on", "office").first(),
            pl.col("importer_trusted").first().fill_null(False).alias("trusted"),
        )
        rows = lines.join(
            declarations.select("declaration_id", pl.int_range(pl.len(), dtype=pl.Int64).alias("_declaration")),
            on="declaration_id",
            how="left",
            maintain_order="left",
        )
        before = lines.filter(pl.col("lodged_on") < begin).select(pl.col("declaration_id").unique())
        warm = findings.filter(pl.col("found_on") < begin).join(before, on="declaration_id", how="semi")
        return cls(
            lines=rows,
            declarations=declarations,
            illicit=true["illicit"].fill_null(False).to_numpy(),
            revenue=true["revenue"].fill_null(0.0).cast(pl.Float64).to_numpy(),
            warm=warm.select("declaration_id", "item_number", "found_on", "illicit"),
            periods=_periods(begin, last, PERIODS[period]),
        )

    def within(self, begin: date, end: date) -> NDArray[np.int64]:
        """Row numbers of the lines lodged from `begin` to the day before `end`."""
        day = self.lines["lodged_on"]
        return np.arange(day.search_sorted(begin, side="left"), day.search_sorted(end, side="left"), dtype=np.int64)

    def open(self, rows: NDArray[np.int64]) -> pl.DataFrame:
        """Findings of these lines, as an opening that overlooks nothing would make them: one row a line."""
        return self.lines[rows].select(
            "declaration_id",
            "item_number",
            (pl.col("lodged_on") + DELAY).alias("found_on"),
            pl.Series("illicit", self.illicit[rows]),
            pl.Series("revenue", self.revenue[rows]),
        )


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


def _days(lines: pl.DataFrame) -> tuple[date, date]:
    first, last = lines["lodged_on"].min(), lines["lodged_on"].max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    return first, last


def _second_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _periods(begin: date, last: date, every: str) -> tuple[tuple[date, date], ...]:
    days = pl.date_range(begin, last, eager=True)
    ends = (
        days.to_frame("day")
        .group_by(pl.col("day").dt.truncate(every), maintain_order=True)
        .agg(pl.col("day").alias("of"))
    )
    return tuple((of[0], of[-1] + timedelta(days=1)) for of in ends["of"].to_list())
