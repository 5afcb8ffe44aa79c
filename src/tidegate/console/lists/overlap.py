"""How many declarations of the last ninety days one version of a list would have matched."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from tidegate.assessment.parties import hold
from tidegate.console.clock import now, today
from tidegate.console.deciding import lines_of
from tidegate.console.lists.models import Overlap
from tidegate.console.register.models import Declaration
from tidegate.screening import Cleared, Lists, NamedList, Screener

__all__ = ["DAYS", "count"]

DAYS = 90
PART = 2_000  # declarations that are looked at together


def count(one: NamedList, cleared: Cleared) -> Overlap:
    """Count and keep it; what was counted today is not counted again."""
    day = today()
    if known := Overlap.objects.filter(list=one.name, version=one.version, day=day).first():
        return known
    held = Declaration.objects.filter(current=True, lodged_on__gt=day - timedelta(days=DAYS), lodged_on__lte=day)
    screener = Screener(Lists({one.name: one}), cleared)
    numbers = list(held.order_by("pk").values_list("pk", flat=True))
    matched = 0
    for start in range(0, len(numbers), PART):
        lines = lines_of(Declaration.objects.filter(pk__in=numbers[start : start + PART]))
        rows = hold(lines, screener).matches.filter(pl.col("probability").is_not_null())["line"]
        matched += lines["declaration_id"].gather(rows).n_unique() if rows.len() else 0
    found, _made = Overlap.objects.get_or_create(
        list=one.name,
        version=one.version,
        day=day,
        defaults={"days": DAYS, "seen": len(numbers), "matched": matched, "made_at": now()},
    )
    return found
