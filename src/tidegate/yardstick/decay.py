"""Decay: whether a profile still works, tested against the fraud rate of all trade, and which ones to retire."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from tidegate.yardstick.contribution import overlap, weighted_rate
from tidegate.yardstick.intervals import rate_interval
from tidegate.yardstick.outcomes import require_opened
from tidegate.yardstick.trade import fraud_rate

__all__ = ["VERDICTS", "profile_trend", "verdicts"]

VERDICTS: dict[str, tuple[str, str]] = {
    "works": ("works", "còn hiệu quả"),
    "stopped": ("stopped working", "không còn hiệu quả"),
    "chance": ("no better than chance", "không hơn lựa chọn ngẫu nhiên"),
    "idle": ("hit nothing lately", "gần đây không trúng tờ khai nào"),
    "redundant": ("covered by another profile", "trùng với hồ sơ khác"),
    "unclear": ("too few opened to tell", "chưa đủ kết quả kiểm tra để kết luận"),
}

RETIRE = ("stopped", "chance", "idle", "redundant")

ALARM = 0.05  # share of false alarms borne in each test
COVERED = 0.95  # share of a profile's hits under one other profile from which on it adds nothing

# fmt: off
VERDICT_SCHEMA: dict[str, Any] = {
    "profile": pl.String, "verdict": pl.String, "retire": pl.Boolean,
    "before_opened": pl.Int64, "before_found": pl.Int64, "before_rate": pl.Float64,
    "recent_opened": pl.Int64, "recent_found": pl.Int64, "recent_rate": pl.Float64,
    "recent_low": pl.Float64, "recent_high": pl.Float64,
    "base": pl.Float64, "drop": pl.Float64, "reason": pl.String, "reason_vi": pl.String,
}
# fmt: on


def profile_trend(table: pl.DataFrame, *, level: float = 0.95) -> pl.DataFrame:
    """Rate of each profile in each month: profile, month, hits, opened, found, rate, low, high."""
    hit = _hits(table).with_columns(pl.col("lodged_on").dt.truncate("1mo").alias("month"))
    rows: list[dict[str, Any]] = []
    for (profile, month), part in hit.partition_by("profile", "month", as_dict=True).items():
        rate, found, size = weighted_rate(part)
        low, high = rate_interval(found, size, level=level)
        counts = {"hits": part.height, "opened": int(part["opened"].sum()), "found": int(part["illicit"].sum() or 0)}
        rows.append({"profile": profile, "month": month, **counts, "rate": rate, "low": low, "high": high})
    whole = dict.fromkeys(("hits", "opened", "found"), pl.Int64)
    limits = dict.fromkeys(("rate", "low", "high"), pl.Float64)
    return pl.DataFrame(rows, schema={"profile": pl.String, "month": pl.Date, **whole, **limits}).sort(
        "profile", "month"
    )


def verdicts(table: pl.DataFrame, *, recent_days: int = 90, as_of: date | None = None) -> pl.DataFrame:
    """One row a profile: whether it still works. Columns VERDICT_SCHEMA; `retire` marks the suggestions.

    The recent window is the last `recent_days` days up to `as_of` (the last day lodged), the rest comes before it.
    Rates are weighted, sizes effective, tests mid-P at 5%; base is the estimated fraud rate of all trade in the
    same window:

    - stopped: before, the rate was above base; lately it is not shown to be; and the drop is significant (Fisher's
      exact test, false discoveries among all profiles held at 5% by Benjamini and Hochberg);
    - works: lately the rate is above base;
    - chance: over all the time, twice the base rate is ruled out;
    - idle: hits before, none lately;
    - redundant: works, but 95% of its hits are under one other, larger profile;
    - unclear: none of these can be shown.

    Raises EstimateError when nothing was opened with a known probability.
    """
    require_opened(table)
    end = as_of or date.fromisoformat(str(table["lodged_on"].max()))
    since = end - timedelta(days=recent_days - 1)
    known = table.filter(pl.col("lodged_on") <= end)
    bases = [_base(known.filter(part)) for part in (pl.col("lodged_on") < since, pl.col("lodged_on") >= since)]
    overall = _base(known)
    before_base, recent_base = (overall if base is None else base for base in bases)
    hit = _hits(known)
    cases = [
        _case(profile, part, since, before_base, recent_base, overall)
        for (profile,), part in sorted(hit.partition_by("profile", as_dict=True).items())
    ]
    if not cases:
        return pl.DataFrame(schema=VERDICT_SCHEMA)
    drops = stats.false_discovery_control(np.array([case["drop"] for case in cases]))
    covers = _covers(hit)
    rows = [_judged(case, float(drop), covers.get(case["profile"])) for case, drop in zip(cases, drops, strict=True)]
    return pl.DataFrame(rows, schema=VERDICT_SCHEMA)


def above(found: float, opened: float, base: float) -> float:
    """Mid-P probability of at least this many finds if the rate were only `base`; small: the rate lies above it."""
    return _tail(found, opened, base, upper=True)


def below(found: float, opened: float, base: float) -> float:
    """Mid-P probability of at most this many finds if the rate were `base`; small: the rate lies below it."""
    return _tail(found, opened, base, upper=False)


def _tail(found: float, opened: float, base: float, *, upper: bool) -> float:
    if opened <= 0.0:
        return 1.0
    if not 0.0 < base < 1.0:
        return 1.0 if (base <= 0.0) != upper else (1.0 if found in (0.0, opened) else 0.0)
    # P(X >= x) is the Beta(x, n-x+1) distribution at base; broken x and n are allowed there.
    at_least = 1.0 if found <= 0.0 else float(stats.beta.cdf(base, found, opened - found + 1.0))
    more = 0.0 if found >= opened else float(stats.beta.cdf(base, found + 1.0, opened - found))
    middle = (at_least + more) / 2.0
    return middle if upper else 1.0 - middle


def _fisher(before: tuple[float, float], recent: tuple[float, float]) -> float:
    """Mid-P of a drop this large between two effective samples (found, opened): Fisher's exact test."""
    (x1, n1), (x2, n2) = ((round(x), round(n)) for x, n in (before, recent))
    if n1 <= 0 or n2 <= 0:
        return 1.0
    law = stats.hypergeom(n1 + n2, x1 + x2, n2)
    return float(law.cdf(x2) - law.pmf(x2) / 2.0)


def _hits(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col("hits").list.unique().alias("profile")).explode("profile").drop_nulls("profile")


def _base(part: pl.DataFrame) -> float | None:
    return fraud_rate(part)["estimate"][0] if part["opened"].any() else None


def _covers(hit: pl.DataFrame) -> dict[str, str]:
    """Profiles that one other, larger profile covers; of two equal ones the first by name stays."""
    size = dict(hit.group_by("profile").len().iter_rows())
    pairs = overlap(hit.unique("declaration_id")).filter(pl.col("share") >= COVERED).sort("both", "other")
    return {
        row["profile"]: row["other"]
        for row in pairs.iter_rows(named=True)
        if (size[row["other"]], row["profile"]) > (size[row["profile"]], row["other"])
    }


def _case(
    profile: str,
    part: pl.DataFrame,
    since: date,
    before_base: float | None,
    recent_base: float | None,
    overall: float | None,
) -> dict[str, Any]:
    lately = pl.col("lodged_on") >= since
    before, recent = part.filter(~lately), part.filter(lately)
    before_rate, before_found, before_size = weighted_rate(before)
    recent_rate, recent_found, recent_size = weighted_rate(recent)
    _, all_found, all_size = weighted_rate(part)
    low, high = rate_interval(recent_found, recent_size)
    return {
        "profile": profile,
        "before_opened": int(before["opened"].sum()),
        "before_found": int(before["illicit"].sum() or 0),
        "before_rate": before_rate,
        "recent_opened": int(recent["opened"].sum()),
        "recent_found": int(recent["illicit"].sum() or 0),
        "recent_rate": recent_rate,
        "recent_low": low,
        "recent_high": high,
        "base": recent_base,
        "drop": _fisher((before_found, before_size), (recent_found, recent_size)),
        "worked": before_base is not None and above(before_found, before_size, before_base) < ALARM,
        "works": recent_base is not None and above(recent_found, recent_size, recent_base) < ALARM,
        "chance": overall is not None and below(all_found, all_size, min(2.0 * overall, 1.0)) < ALARM,
        "idle": recent.height == 0,
    }


def _judged(case: dict[str, Any], drop: float, cover: str | None) -> dict[str, Any]:
    if case["idle"]:
        verdict = "idle"
    elif case["worked"] and not case["works"] and drop < ALARM:
        verdict = "stopped"
    elif case["works"]:
        verdict = "redundant" if cover else "works"
    elif case["chance"]:
        verdict = "chance"
    else:
        verdict = "unclear"
    reason, reason_vi = _reason(verdict, case, cover)
    row = {name: case.get(name) for name in VERDICT_SCHEMA}
    return {
        **row,
        "verdict": verdict,
        "retire": verdict in RETIRE,
        "drop": drop,
        "reason": reason,
        "reason_vi": reason_vi,
    }


def _reason(verdict: str, case: dict[str, Any], cover: str | None) -> tuple[str, str]:
    if verdict == "idle":
        return "No declaration hit in the recent window.", "Không có tờ khai nào trúng hồ sơ trong giai đoạn gần đây."
    base = f"{100 * (case['base'] or 0.0):.1f}%"
    before = f"{case['before_found']} / {case['before_opened']}"
    recent = f"{case['recent_found']} / {case['recent_opened']}"
    text = f"Found in {recent} opened lately, in {before} before; all trade lately: {base}."
    text_vi = (
        f"Gần đây phát hiện vi phạm {recent} tờ khai đã kiểm tra, trước đó {before}; "
        f"tỷ lệ chung gần đây: {base.replace('.', ',')}."
    )
    if verdict == "redundant":
        text += f" Nearly all its hits are also hits of {cover}."
        text_vi += f" Hầu hết tờ khai trúng cũng trúng hồ sơ {cover}."
    return text, text_vi
