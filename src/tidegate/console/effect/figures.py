"""Figures: everything that the screen shows of an office and a period, worked out from the register at one moment."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Max

from tidegate.console.clock import now, today
from tidegate.console.effect import history, officers
from tidegate.console.effect.models import Measurement
from tidegate.console.register.models import Decision, Declaration, Finding, Subject
from tidegate.errors import EstimateError
from tidegate.yardstick import (
    measure,
    outcomes,
    profile_contributions,
    profile_trend,
    rate_interval,
    source_contributions,
)

__all__ = ["PERIODS", "figures", "work_out"]

PERIODS = (90, 365, 0)  # days that figures look back; 0: all there is
OVERLAPS = 12  # others told of a profile
BANDS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.000001)  # of the model's score

ACTS = {
    "declaration_id": pl.String,
    "officer": pl.Int64,
    "office": pl.String,
    "act": pl.String,
    "channel": pl.String,
    "at": pl.Float64,
}
SCORES = ("from", "to", "declarations", "opened", "found", "expected", "rate", "low", "high")
MONTHLY = ("source", "selected", "opened", "found", "rate", "low", "high")


def work_out(office: str, days: int, by: str) -> Measurement:
    """Work out and keep the figures of `office` (empty: of all) and of the last `days` (of PERIODS)."""
    since = today() - timedelta(days=days - 1) if days else None
    with transaction.atomic():
        last = Finding.objects.aggregate(last=Max("pk"))["last"] or 0
        worked = figures(office, since)
        made = Measurement.objects.create(
            office=office, days=days, made_at=now(), asked_by=by, last_finding=last, figures=worked
        )
        Measurement.objects.filter(office=office, days=days).exclude(pk=made.pk).delete()
    return made


def figures(office: str = "", since: date | None = None) -> dict[str, Any]:
    """All figures, as plain JSON. Without any declaration opened by a known chance there are only `counts` and
    `fault`, which says what is missing, beside officers' figures."""
    only = {"office": office} if office else {}
    within = {"lodged_on__gte": since} if since else {}
    chosen = Decision.objects.filter(**only, **within)
    decided = history.decisions(chosen)
    found = history.findings(
        Finding.objects.filter(
            **{f"declaration__{name}": value for name, value in {**only, **within}.items()},
        ),
        decided,
    )
    worked = {
        "since": decided["lodged_on"].min(),
        "until": decided["lodged_on"].max(),
        "findings": found.height,
        **_people(chosen, decided, found, only, within),
    }
    try:
        worked |= _estimates(decided, found, history.lists_hit(chosen), _currency(only))
    except EstimateError as error:
        worked |= {"counts": {"declarations": decided.height}, "fault": str(error)}
    return json.loads(json.dumps(worked, default=_plain))


def _currency(only: Mapping[str, Any]) -> str:
    """The currency of the latest declarations; a node keeps its values in one."""
    latest = Declaration.objects.filter(**only).exclude(currency="").order_by("-lodged_on")
    return latest.values_list("currency", flat=True).first() or ""


def _estimates(decided: pl.DataFrame, found: pl.DataFrame, lists: pl.DataFrame, currency: str) -> dict[str, Any]:
    """What the yardstick says: its tables, by their names, and the same for lists, months and bands of the score."""
    result = measure(decided, found)
    table = outcomes(decided, found)
    base = result.rate["estimate"][0]
    by_list = table.drop("hits").join(lists.rename({"lists": "hits"}), on="declaration_id", how="left")
    by_list = by_list.with_columns(pl.col("hits").fill_null(pl.lit([], pl.List(pl.String))))
    tables: dict[str, pl.DataFrame] = {
        **result.tables(),
        "overlap": result.overlap.filter(pl.int_range(pl.len()).over("profile") < OVERLAPS),
        "lists": profile_contributions(by_list, base),
        "lists_trend": profile_trend(by_list),
        "scores": _scores(table.hstack(decided.select("score"))),
    }
    months = {
        str(month): source_contributions(part, None).select(*MONTHLY)
        for (month,), part in sorted(
            table.with_columns(pl.col("lodged_on").dt.truncate("1mo").alias("month"))
            .partition_by("month", as_dict=True)
            .items()
        )
        if part["opened"].any()
    }
    return {
        **{name: one.to_dicts() for name, one in tables.items()},
        "months": {month: one.to_dicts() for month, one in months.items()},
        "counts": result.counts,
        "base": base,
        "currency": currency,
    }


def _scores(table: pl.DataFrame) -> pl.DataFrame:
    """How often something was found, by band of the model's score: columns SCORES, `expected` being the mean score of
    what was opened. No estimate of all trade."""
    rows = []
    for low, high in itertools.pairwise(BANDS):
        part = table.filter((pl.col("score") >= low) & (pl.col("score") < high))
        opened = part.filter("opened")
        k, n = int(opened["illicit"].sum() or 0), opened.height
        least, most = rate_interval(k, n)
        rows.append((low, min(high, 1.0), part.height, n, k, opened["score"].mean(), k / n if n else None, least, most))
    return pl.DataFrame(rows, schema=list(SCORES), orient="row", infer_schema_length=None)


def _people(
    chosen: Any, decided: pl.DataFrame, found: pl.DataFrame, only: Mapping[str, Any], within: Mapping[str, Any]
) -> dict[str, Any]:
    """Officers' figures: overrides, streaks, pairs."""
    by_hand = chosen.exclude(officer=None).order_by("pk")
    acts = pl.DataFrame(
        [
            (number, officer, office or None, act, channel, at.timestamp())
            for number, officer, office, act, channel, at in by_hand.values_list(
                "declaration__number", "officer_id", "office", "act", "channel", "made_at"
            )
        ],
        schema=ACTS,
        orient="row",
    )
    checked = officers.checks(found, decided)
    named = Declaration.objects.filter(current=True, findings__officer__isnull=False, **only, **within).values("pk")
    sql, parameters = (
        Subject.objects.filter(role="declarant", declaration__in=named).order_by().values("pk").query.sql_with_params()
    )
    declarants = history.told(
        "SELECT DISTINCT ON (d.number) d.number, s.key, s.name FROM register_subject s"
        f" JOIN register_declaration d ON d.id = s.declaration_id WHERE s.id IN ({sql}) ORDER BY d.number, s.id",
        parameters,
        {"declaration_id": pl.String(), "declarant": pl.String(), "name": pl.String()},
    )
    judged = officers.pairs(checked, declarants)
    against = officers.overrides(acts, decided, found)
    let_go = against.filter(pl.col("kind") == "released")
    return {
        "overrides": against.to_dicts(),
        "released": int((let_go["number"] - let_go["checked"]).sum()),
        "streaks": officers.streaks(checked).to_dicts(),
        "pairs": judged.filter(pl.col("false") <= officers.ALARM).to_dicts(),
        "pairs_judged": judged.height,
    }


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
