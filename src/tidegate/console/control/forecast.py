"""Forecast: how much each office would have to do under a policy, on each day of the week, against its staff.

The library clears the days of the last weeks again under the policy: what is expected is the sum of the probabilities,
not one draw of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import polars as pl
from django.db.models import Max

from tidegate.console.clock import today
from tidegate.console.deciding import draw_keys
from tidegate.console.effect.history import decisions
from tidegate.console.register.models import Decision, Office
from tidegate.selection import CASE_SCHEMA, CHANNELS, Policy, decide

__all__ = ["WEEKS", "Load", "cases", "forecast"]

WEEKS = 8
CASES_AT_MOST = 200_000  # beyond that many, the last two weeks stand for all


@dataclass(frozen=True, slots=True)
class Load:
    """One office: what is lodged and expected to be selected on a day of each kind (Monday first; 0 where none was)."""

    office: str
    staff: int  # inspections a day; 0: not said
    lodged: list[float] = field(default_factory=list)
    selected: dict[str, list[float]] = field(default_factory=dict)  # by channel

    @property
    def busiest(self) -> float:
        """Physical checks (red) expected on the heaviest day."""
        return max(self.selected["red"], default=0.0)

    @property
    def mean(self) -> dict[str, float]:
        """Expected of each channel on a day on which anything is lodged."""
        days = sum(volume > 0 for volume in self.lodged) or 1
        return {name: sum(values) / days for name, values in self.selected.items()}

    @property
    def daily(self) -> float:
        """Declarations on a day on which any are lodged."""
        return sum(self.lodged) / (sum(volume > 0 for volume in self.lodged) or 1)

    @property
    def over(self) -> bool:
        """Whether the heaviest day asks for more inspections than the staff can do."""
        return 0 < self.staff < self.busiest


def cases(offices: Sequence[str] | None = None) -> pl.DataFrame:
    """Cases of the last weeks (columns of CASE_SCHEMA), of all offices or of some: whole days, as they were decided."""
    chosen = Decision.objects.filter(officer=None)
    if offices is not None:
        chosen = chosen.filter(office__in=offices)
    last = chosen.aggregate(last=Max("lodged_on"))["last"] or today()
    last = min(last, today() - timedelta(days=1)) if last >= today() else last  # today is not over
    within = chosen.filter(lodged_on__gt=last - timedelta(weeks=WEEKS), lodged_on__lte=last)
    if within.count() > CASES_AT_MOST:
        within = within.filter(lodged_on__gt=last - timedelta(weeks=2))
    given = {"declaration_id", "lodged_on", "office", "score"}
    return decisions(within, *(name for name in CASE_SCHEMA if name not in given), "procedure")


def forecast(policy: Policy, recent: pl.DataFrame) -> dict[str, Load]:
    """The load of each office among `recent` (of `cases`) under a policy. Raises PolicyError, DecisionError."""
    staff = dict(Office.objects.values_list("code", "inspectors_daily"))
    if not recent.height:
        return {}
    decided = decide(recent.select(*CASE_SCHEMA, "procedure"), policy, draw_keys())
    by_day = decided.group_by("office", "lodged_on").agg(
        pl.len().alias("lodged"), *(pl.col(f"p_{c}").sum() for c in CHANNELS)
    )
    span = (decided["lodged_on"].max() - decided["lodged_on"].min()).days + 1  # type: ignore[operator]
    weeks = max(1.0, span / 7)
    days = by_day.with_columns(pl.col("lodged_on").dt.weekday().alias("weekday"))
    mean = days.group_by("office", "weekday").agg(
        pl.len().alias("seen"), pl.col("lodged").mean(), *(pl.col(f"p_{c}").mean() for c in CHANNELS)
    )
    # A day of the week on which the office was mostly closed is no working day of it.
    usual = mean.filter(pl.col("seen") * 2 >= weeks)
    found = {}
    for (office,), part in sorted(usual.partition_by("office", as_dict=True).items(), key=lambda one: one[0][0] or ""):
        rows = {row["weekday"]: row for row in part.to_dicts()}

        def week(name: str, rows: dict[int, dict[str, float]] = rows) -> list[float]:
            return [rows[day][name] if day in rows else 0.0 for day in range(1, 8)]

        found[office or ""] = Load(
            office or "", staff.get(office or "", 0), week("lodged"), {c: week(f"p_{c}") for c in CHANNELS}
        )
    return found
