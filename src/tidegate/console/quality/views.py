"""Pages of this screen: the worst senders and fields, their trend, the sentences behind; the same as a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob

from tidegate.console.access import Asked, page
from tidegate.console.plots import Point, course
from tidegate.console.profiles.vocabulary import label
from tidegate.console.quality.figures import PERIODS
from tidegate.console.quality.models import Report
from tidegate.console.quality.tasks import work_out_report
from tidegate.console.register import trail
from tidegate.console.register.models import Office
from tidegate.intake.reasons import reason
from tidegate.trade.spreadsheets import defused

__all__ = ["index", "refresh", "sheet"]

KINDS = ("missing", "invalid", "contradictory", "out_of_range")
SHOWN = 50


def _chosen(request: Asked) -> dict[str, Any]:
    """Office, period and sender of the address, and the report that is there."""
    asked = request.POST if request.method == "POST" else request.GET
    codes = request.user.office_codes
    office, days = asked.get("office", "" if codes is None else (sorted(codes) or ["-"])[0]), asked.get("days", "90")
    known = Office.objects.all() if codes is None else Office.objects.filter(pk__in=codes)
    if (office or codes is not None) and not known.filter(pk=office).exists():
        raise Http404
    if not days.isdecimal() or int(days) not in PERIODS:
        raise Http404
    held = Report.objects.filter(office=office, days=int(days)).first()
    waiting = ProcrastinateJob.objects.filter(
        task_name="quality.work_out", status__in=("todo", "doing"), args__office=office, args__days=int(days)
    ).exists()
    return {
        "office": office,
        "days": int(days),
        "sender": asked.get("sender", ""),
        "offices": known,
        "everywhere": codes is None,
        "periods": [(one, _("Last %(days)s days") % {"days": one}) for one in PERIODS],
        "held": held,
        "figures": held.figures if held else {},
        "waiting": waiting,
    }


@page("see_quality")
def index(request: Asked) -> HttpResponse:
    """Who sends how well, what is wrong most, and whether it gets better."""
    chosen = _chosen(request)
    figures = chosen["figures"]
    if figures:
        chosen |= _shown(figures, chosen["sender"])
    chosen["query"] = urlencode({name: chosen[name] for name in ("office", "days")})
    chosen["query_sender"] = urlencode({name: chosen[name] for name in ("office", "days", "sender")})
    return render(request, "quality/index.html", chosen)


def _shown(figures: Mapping[str, Any], who: str) -> dict[str, Any]:
    """Rows of the page; `who`: of one sender only."""
    every = figures["quality"]
    rows = [row for row in every if not who or (row["sender"] or "") == who]
    sent = [row for row in figures["sent"] if not who or (row["sender"] or "") == who]
    messages = [row for row in figures["messages"] if not who or (row["sender"] or "") == who]
    lines_by_month = _summed(sent, "month", "lines")
    faults_by_month = _summed(({**row, "faults": _faults(row)} for row in rows), "month", "faults")
    months = sorted(lines_by_month)
    points = [
        Point(date_format(date.fromisoformat(month), "m/Y"), faults_by_month.get(month, 0) / lines_by_month[month])
        for month in months
    ]
    return {
        "senders": _senders(figures)[:SHOWN],
        "fields": _fields(rows),
        "reasons": _reasons(figures, who),
        "months": [
            (one.name, lines_by_month[month], faults_by_month.get(month, 0), one.value)
            for one, month in zip(points, months, strict=True)
        ],
        "plot": course(points, _("Faults for each hundred lines, by month")) if len(points) > 1 else "",
        "lines": sum(lines_by_month.values()),
        "faults": sum(faults_by_month.values()),
        "received": {name: sum(row[name] for row in messages) for name in ("messages", "read", "rejected", "flagged")},
        "no_faults": not rows,
    }


def _senders(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row a sender, the most faults for a line first; `change`: of the last month against the one before."""
    lines = defaultdict(dict)
    for row in figures["sent"]:
        lines[row["sender"]][row["month"]] = row["lines"]
    faults: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in figures["quality"]:
        faults[row["sender"]][row["month"]] += _faults(row)
    rows = []
    for who in {*lines, *faults}:
        number, wrong = sum(lines[who].values()), sum(faults[who].values())
        last = sorted(lines[who])[-2:]
        rates = [faults[who].get(month, 0) / lines[who][month] for month in last]
        rows.append(
            {
                "sender": who or "",
                "lines": number,
                "faults": wrong,
                "rate": wrong / number if number else None,
                "change": rates[1] - rates[0] if len(rates) == 2 else None,
            }
        )
    return sorted((row for row in rows if row["faults"]), key=lambda row: (-(row["rate"] or 0), row["sender"]))


def _fields(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row a field, by kind of fault, the most faults first."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    for row in rows:
        for kind in KINDS:
            counts[row["field"] or ""][kind] += row[kind] or 0
    told: list[dict[str, Any]] = [
        {"field": label(name) if name else "", **count, "faults": sum(count.values())} for name, count in counts.items()
    ]
    return sorted(told, key=lambda row: (-row["faults"], row["field"]))[:SHOWN]


def _reasons(figures: Mapping[str, Any], who: str) -> list[dict[str, Any]]:
    """What is wrong, in sentences, the most rows first."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for row in figures["reasons"]:
        if not who or (row["sender"] or "") == who:
            counts[(row["field"] or "", row["reason"])] += row["rows"]
    rows: list[dict[str, Any]] = [
        {"field": label(field) if field else "", "said": _said(code), "rows": number}
        for (field, code), number in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row["rows"], row["said"]))[:SHOWN]


@page("see_quality")
def sheet(request: Asked) -> HttpResponse:
    """The faults by sender, month and field as a table for a spreadsheet; nothing in it becomes a formula."""
    chosen = _chosen(request)
    who = chosen["sender"]
    rows = [
        (
            row["sender"] or "",
            row["month"],
            row["field"] or "",
            row["reason"],
            _said(row["reason"]),
            row["rows"],
        )
        for row in chosen["figures"].get("reasons", [])
        if not who or (row["sender"] or "") == who
    ]
    heads = (_("Sender"), _("Month"), _("Field"), _("Code"), _("What is wrong"))
    table = pl.DataFrame(rows, schema={**dict.fromkeys(heads, pl.String), _("Rows"): pl.Int64}, orient="row")
    text = defused(table).write_csv(include_bom=True)
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="faults.csv"'
    return answer


@page("see_quality", "POST")
def refresh(request: Asked) -> HttpResponse:
    """Have the report worked out anew by the worker."""
    chosen = _chosen(request)
    if not chosen["waiting"]:
        with transaction.atomic():
            work_out_report.defer(office=chosen["office"], days=chosen["days"])
            trail.write("quality.ask", f"office:{chosen['office'] or 'all'}", request.user, days=chosen["days"])
    return redirect(f"{reverse('quality:index')}?{urlencode({'office': chosen['office'], 'days': chosen['days']})}")


def _said(code: str) -> str:
    """What a code of intake says, in the reader's language."""
    return reason(code, "vi" if get_language() == "vi" else "en")


def _faults(row: Mapping[str, Any]) -> int:
    return sum(row[kind] or 0 for kind in KINDS)


def _summed(rows: Iterable[Mapping[str, Any]], key: str, name: str) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        if row[key]:
            sums[row[key]] += row[name]
    return sums
