"""What each declaration brings to the selection: its demands, score and standing, checked, as arrays."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import DecisionError
from tidegate.selection.policy import Policy
from tidegate.selection.rules import CHANNELS

__all__ = ["CASE_SCHEMA", "Claims", "check", "checked", "claims", "claims_of"]

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

DEMANDS = tuple(f"demand_{channel}" for channel in CHANNELS)
BOUNDS = {"score": 1.0, **dict.fromkeys(DEMANDS, 1.0), "uncertainty": sys.float_info.max}
"""The most that each number of a case may be; the least is 0."""


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
    cases = cases.with_columns(pl.col("trusted").fill_null(False), pl.col(DEMANDS).fill_null(0.0))
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
    for name, most in BOUNDS.items():
        wrong = cases.filter(~pl.col(name).is_between(0, most))  # NaN is above every number; null stays out
        if wrong.height:
            raise _out_of_bounds(name, wrong[name][0], wrong["declaration_id"][0], wrong.height)
    return cases


def _out_of_bounds(name: str, value: object, declaration_id: object, times: int = 1) -> DecisionError:
    said = "must be finite and not below 0" if name == "uncertainty" else "must lie between 0 and 1"
    return DecisionError(
        f"{name} {said}, not {value!r} ({times} case(s)).",
        where=f"declaration {declaration_id}",
        hint="Leave it null when it is not known.",
    )


def claims(cases: pl.DataFrame, cell: NDArray[np.int64], policy: Policy) -> Claims:
    """The claims of checked cases. Raises DecisionError when an exemption needs a procedure that is not there."""
    return Claims(
        cell=cell,
        demand=np.stack([cases[name].to_numpy() for name in DEMANDS]),
        score=cases["score"].fill_null(-1.0).to_numpy(),
        uncertainty=cases["uncertainty"].fill_null(float("nan")).to_numpy(),
        trusted=cases["trusted"].to_numpy(),
        exempt=exempted(cases, policy),
    )


def check(case: Mapping[str, Any]) -> None:
    """Raises DecisionError for one case that cannot be used."""
    names = [name for name in CASE_SCHEMA if name not in case]
    if names:
        raise DecisionError(f"missing: {', '.join(names)}.", where="case", hint="See docs/selection.md.")
    ident, day = case["declaration_id"], case["lodged_on"]
    if not isinstance(ident, str) or not isinstance(day, date):
        raise DecisionError("declaration_id must be a text and lodged_on a day.", where=f"declaration {ident}")
    for name, most in BOUNDS.items():
        if case[name] is not None and not 0 <= case[name] <= most:
            raise _out_of_bounds(name, case[name], ident)


def claims_of(cases: Sequence[Mapping[str, Any]], policy: Policy) -> Claims:
    """The claims of a few cases of one cell, by the same rules, in microseconds each. Raises DecisionError."""
    for case in cases:
        check(case)
    return Claims(
        cell=np.zeros(len(cases), np.int64),
        demand=np.array([[case[name] or 0.0 for case in cases] for name in DEMANDS], np.float64),
        score=np.array([-1.0 if case["score"] is None else case["score"] for case in cases], np.float64),
        uncertainty=np.array(
            [np.nan if case["uncertainty"] is None else case["uncertainty"] for case in cases], np.float64
        ),
        trusted=np.array([bool(case["trusted"]) for case in cases], np.bool_),
        exempt=np.array([_exempt(case, policy) for case in cases], np.bool_),
    )


def _exempt(case: Mapping[str, Any], policy: Policy) -> bool:
    return any(
        case["lodged_on"] <= item.expires
        and item.trusted in (None, bool(case["trusted"]))
        and item.procedure in (None, _procedure(case, item.procedure))
        and item.office in (None, case["office"])
        for item in policy.exempt
    )


def _procedure(case: Mapping[str, Any], named: str | None) -> object:
    if named is not None and "procedure" not in case:
        raise _no_procedure(named)
    return case.get("procedure")


def _no_procedure(named: str) -> DecisionError:
    return DecisionError(
        f"the policy exempts procedure {named}, but the cases have no procedure.",
        where="cases",
        hint="Add the column procedure.",
    )


def exempted(cases: pl.DataFrame, policy: Policy) -> NDArray[np.bool_]:
    """Which cases the policy, in writing and in force on their day, leaves out of the random draw."""
    exempt = pl.lit(False)
    for item in policy.exempt:
        if item.procedure is not None and "procedure" not in cases.columns:
            raise _no_procedure(item.procedure)
        holds = pl.col("lodged_on") <= item.expires
        for name in ("trusted", "procedure", "office"):
            value = getattr(item, name)
            if value is not None:
                holds = holds & pl.col(name).eq_missing(pl.lit(value))
        exempt = exempt | holds
    return cases.select(exempt.alias("exempt") & pl.col("declaration_id").is_not_null())["exempt"].to_numpy()
