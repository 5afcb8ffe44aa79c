"""What each declaration brings to the selection: its demands, score and standing, checked, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import DecisionError
from tidegate.selection.policy import CHANNELS, Policy

__all__ = ["CASE_SCHEMA", "Claims", "claims"]

CASE_SCHEMA = {
    "declaration_id": pl.String,
    "lodged_on": pl.Date,
    "office": pl.String,
    "trusted": pl.Boolean,
    "score": pl.Float64,
    "uncertainty": pl.Float64,
    "demand_red": pl.Float64,
    "demand_yellow": pl.Float64,
    "demand_blue": pl.Float64,
}
"""The columns of a case. `procedure` (text) is needed too where an exemption names one; others pass through."""


@dataclass(frozen=True, slots=True)
class Claims:
    """n declarations, each in the `cell` of its office and day. An unknown score is -1, an unknown uncertainty NaN."""

    cell: NDArray[np.int64]
    demand: NDArray[np.float64]
    """float64[3, n], by channel: the rate that profiles ask for."""
    score: NDArray[np.float64]
    uncertainty: NDArray[np.float64]
    trusted: NDArray[np.bool_]
    exempt: NDArray[np.bool_]


def checked(cases: pl.DataFrame) -> pl.DataFrame:
    """`cases` with its columns typed, null trust as false and null demands as 0.

    Raises DecisionError for a missing column, a repeated or missing id, a missing day, or a number out of range.
    """
    missing = [name for name in CASE_SCHEMA if name not in cases.columns]
    if missing:
        raise DecisionError(f"column(s) missing: {', '.join(missing)}.", where="cases", hint="See docs/selection.md.")
    try:
        cases = cases.with_columns(pl.col(name).cast(dtype) for name, dtype in CASE_SCHEMA.items())
    except pl.exceptions.PolarsError as error:
        raise DecisionError(
            f"a column has another type: {error}", where="cases", hint="See docs/selection.md."
        ) from error
    demands = [f"demand_{channel}" for channel in CHANNELS]
    cases = cases.with_columns(pl.col("trusted").fill_null(False), pl.col(demands).fill_null(0.0))
    for name in ("declaration_id", "lodged_on"):
        if cases[name].null_count():
            raise DecisionError(f"{name} is missing in {cases[name].null_count()} case(s).", where="cases")
    twice = cases.filter(pl.col("declaration_id").is_duplicated())
    if twice.height:
        raise DecisionError(
            f"{twice['declaration_id'].n_unique()} declaration id(s) stand twice.",
            where=f"declaration {twice['declaration_id'][0]}",
            hint="A declaration is drawn once: join its lines first.",
        )
    bounds = {"score": 1.0, **dict.fromkeys(demands, 1.0), "uncertainty": float("inf")}
    for name, most in bounds.items():
        value = pl.col(name)
        wrong = cases.filter(value.is_nan() | (value < 0) | (value > most) | value.is_infinite())
        if wrong.height:
            said = "must be finite and not below 0" if most > 1 else "must lie between 0 and 1"
            raise DecisionError(
                f"{name} {said}, not {wrong[name][0]!r} ({wrong.height} case(s)).",
                where=f"declaration {wrong['declaration_id'][0]}",
                hint="Leave it null when it is not known." if name in ("score", "uncertainty") else "",
            )
    return cases


def claims(cases: pl.DataFrame, cell: NDArray[np.int64], policy: Policy) -> Claims:
    """The claims of checked cases. Raises DecisionError when an exemption needs a procedure that is not there."""
    return Claims(
        cell=cell,
        demand=np.stack([cases[f"demand_{channel}"].to_numpy() for channel in CHANNELS]),
        score=cases["score"].fill_null(-1.0).to_numpy(),
        uncertainty=cases["uncertainty"].fill_null(float("nan")).to_numpy(),
        trusted=cases["trusted"].to_numpy(),
        exempt=exempted(cases, policy),
    )


def exempted(cases: pl.DataFrame, policy: Policy) -> NDArray[np.bool_]:
    """Which cases the policy, in writing and in force on their day, leaves out of the random draw."""
    exempt = pl.lit(False)
    for item in policy.exempt:
        if item.procedure is not None and "procedure" not in cases.columns:
            raise DecisionError(
                f"the policy exempts procedure {item.procedure}, but the cases have no procedure.",
                where="cases",
                hint="Add the column procedure.",
            )
        holds = pl.col("lodged_on") <= item.expires
        for name in ("trusted", "procedure", "office"):
            value = getattr(item, name)
            if value is not None:
                holds = holds & pl.col(name).eq_missing(pl.lit(value))
        exempt = exempt | holds
    return cases.select(exempt.alias("exempt") & pl.col("declaration_id").is_not_null())["exempt"].to_numpy()
