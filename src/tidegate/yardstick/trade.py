"""Fraud rate of all trade, and what was missed: overall, by month, by office."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import EstimateError
from tidegate.yardstick.estimators import horvitz_thompson
from tidegate.yardstick.intervals import Flags, Floats, amount_interval, count_interval
from tidegate.yardstick.outcomes import require_opened

__all__ = ["fraud_rate", "missed"]

PERIODS: dict[str, str] = {"week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}

RATE_SCHEMA: dict[str, Any] = {
    "declarations": pl.Int64,
    "selected": pl.Int64,
    "opened": pl.Int64,
    "pending": pl.Int64,
    "exempt": pl.Int64,
    "found": pl.Int64,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "effective": pl.Float64,
    "horvitz_thompson": pl.Float64,
}

MISSED_SCHEMA: dict[str, Any] = {
    "declarations": pl.Int64,
    "not_selected": pl.Int64,
    "opened": pl.Int64,
    "number": pl.Float64,
    "number_low": pl.Float64,
    "number_high": pl.Float64,
    "revenue": pl.Float64,
    "revenue_low": pl.Float64,
    "revenue_high": pl.Float64,
    "effective": pl.Float64,
}


def fraud_rate(table: pl.DataFrame, *, by: str | None = None, level: float = 0.95) -> pl.DataFrame:
    """Share of declarations that are unlawful, as an opening would show: one row a group, columns RATE_SCHEMA.

    `table` comes from `outcomes`; `by` is None (one row), 'week', 'month', 'quarter', 'year' (of lodged_on, named by
    its first day) or a column such as 'office'. What was opened counts exactly; what is pending or was not selected is
    estimated (Hájek within classes of similar probability) with limits from `count_interval`. `horvitz_thompson` stands
    beside it as a check: unbiased, but wilder. Exempt declarations (probability 0) are left out and counted.
    A group in which nothing was opened has no estimate, and the widest limits.

    Raises EstimateError when nothing at all was opened with a known probability.
    """
    require_opened(table)
    rows = [{**key, **_rate(group, level)} for key, group in _groups(table, by)]
    return pl.DataFrame(rows, schema={**_key_schema(table, by), **RATE_SCHEMA})


def missed(table: pl.DataFrame, *, by: str | None = None, level: float = 0.95) -> pl.DataFrame:
    """Unlawful declarations that were not selected, in number and revenue: one row a group, columns MISSED_SCHEMA.

    Groups as in `fraud_rate`. Exempt declarations are left out. Revenue is what the findings say is recovered per find.
    What officers found by hand in it is not taken off: no estimate depends on them.
    Raises EstimateError when nothing at all was opened with a known probability.
    """
    require_opened(table)
    rows = [{**key, **_missed(group, level)} for key, group in _groups(table, by)]
    return pl.DataFrame(rows, schema={**_key_schema(table, by), **MISSED_SCHEMA})


def _period(by: str) -> pl.Expr:
    return pl.col("lodged_on").dt.truncate(PERIODS[by])


def _key_schema(table: pl.DataFrame, by: str | None) -> dict[str, Any]:
    if by is None:
        return {}
    if by in PERIODS:
        return {by: pl.Date}
    if by not in table.columns:
        raise EstimateError(
            f"no column {by!r} to group by.", hint=f"Choose {', '.join(PERIODS)} or a column of the outcomes."
        )
    return {by: table.schema[by]}


def _groups(table: pl.DataFrame, by: str | None) -> list[tuple[dict[str, Any], pl.DataFrame]]:
    if by is None:
        return [({}, table)]
    name = next(iter(_key_schema(table, by)))
    keyed = table.with_columns(_period(by).alias(name)) if by in PERIODS else table
    parts = keyed.partition_by(name, as_dict=True, maintain_order=True)
    order = sorted(parts, key=lambda key: (key[0] is None, key[0]))
    return [({name: key[0]}, parts[key]) for key in order]


def response(table: pl.DataFrame) -> NDArray[np.float64]:
    """Chance of each row that its selection has been reported on: opened / selected among those of its source.

    Findings come in late. Within one source (profile, model, exploration, draw) those still pending are taken to be
    like those reported: missing at random. A source with nothing reported keeps 1: others of its class speak for it.
    """
    share = table.select(
        (pl.col("opened").sum() / pl.col("selected").sum()).over(pl.col("source").fill_null("")).alias("share")
    )["share"].to_numpy()
    return np.where(np.isfinite(share) & (share > 0.0), share, 1.0)


def _arrays(group: pl.DataFrame) -> tuple[pl.DataFrame, Floats, Flags, Flags, Floats]:
    """Rows that could be selected, in an order of their own (sums must not depend on that of the file), as arrays."""
    seen = group.filter(pl.col("probability") > 0.0).sort(
        "probability", "opened", "illicit", "revenue", "source", "selected"
    )
    return (
        seen,
        np.minimum(seen["probability"].to_numpy(), 1.0),
        seen["opened"].to_numpy(),
        seen["illicit"].fill_null(False).to_numpy(),
        response(seen),
    )


def _rate(group: pl.DataFrame, level: float) -> dict[str, Any]:
    seen, probability, opened, illicit, answered = _arrays(group)
    found = int((opened & illicit).sum())
    row: dict[str, Any] = {
        "declarations": group.height,
        "selected": int(seen["selected"].sum()),
        "opened": int(opened.sum()),
        "pending": int((seen["selected"] & ~seen["opened"]).sum()),
        "exempt": group.height - seen.height,
        "found": found,
    }
    if seen.height == 0:
        return {**row, "estimate": None, "low": 0.0, "high": 1.0, "effective": 0.0, "horvitz_thompson": None}
    rest = count_interval(probability, opened, ~opened, illicit, response=answered, level=level)
    high = rest.high if rest.high is not None else float((~opened).sum())
    return {
        **row,
        "estimate": None if rest.estimate is None else (found + rest.estimate) / seen.height,
        "low": (found + rest.low) / seen.height,
        "high": (found + high) / seen.height,
        "effective": rest.effective,
        "horvitz_thompson": horvitz_thompson(illicit[opened], (probability * answered)[opened]) / seen.height,
    }


def _missed(group: pl.DataFrame, level: float) -> dict[str, Any]:
    seen, probability, opened, illicit, answered = _arrays(group)
    rest = ~seen["selected"].to_numpy()
    row: dict[str, Any] = {"declarations": group.height, "not_selected": int(rest.sum()), "opened": int(opened.sum())}
    if seen.height == 0:
        return row
    amount = np.where(opened & illicit, seen["revenue"].fill_null(0.0).to_numpy(), 0.0)
    number = count_interval(probability, opened, rest, illicit, response=answered, level=level)
    revenue = amount_interval(probability, opened, rest, amount, response=answered, level=level)
    return {
        **row,
        "number": number.estimate,
        "number_low": number.low,
        "number_high": number.high,
        "revenue": revenue.estimate,
        "revenue_low": revenue.low,
        "revenue_high": revenue.high,
        "effective": number.effective,
    }
