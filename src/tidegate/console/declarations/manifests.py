"""What arrived, held against what was declared: cargo that nobody declares first, then what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tidegate.console.access import Asked, page
from tidegate.console.clock import today
from tidegate.console.deciding.cargo import Met, landed
from tidegate.console.declarations.cargo import kind_told, stands_in
from tidegate.console.declarations.histories import with_channel
from tidegate.console.register.models import Declaration, User
from tidegate.intake import CARGO_KINDS

__all__ = ["Arrivals", "Landed", "index"]

DAYS = 3  # that are shown where none are given
LONGEST = 31  # days at once
SHOWN = 200
KINDS = tuple(one for one in CARGO_KINDS if one.code != "without_cargo")  # what is on no manifest never arrived
DIFFERS = ("undeclared", "short", "over")


class Arrivals(forms.Form):
    """Days of arrival, and what is to be shown of them."""

    since = forms.DateField(label=_("Arrived from"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    kind = forms.ChoiceField(label=_("Show"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [(one.code, kind_told(one.code).capitalize()) for one in KINDS]
        self.fields["kind"].choices = [("", _("what does not fit")), *own]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day is before the first."))
        elif since and until and until - since >= timedelta(days=LONGEST):
            self.add_error("until", _("At most 31 days at once."))
        return given


@dataclass(frozen=True, slots=True)
class Landed:
    """A consignment: its row of the report, what is said of it, and those of its declarations that the user may see."""

    row: dict[str, Any]
    text: str
    declarations: Sequence[Declaration]
    hidden: int

    @property
    def bills(self) -> list[str]:
        """The numbers of its bills."""
        return (self.row["bill_ids"] or "").split()

    @property
    def boxes(self) -> list[str]:
        """The numbers of its containers."""
        return (self.row["container_ids"] or "").split()


@page("see_declaration")
def index(request: Asked) -> HttpResponse:
    """The consignments that arrived, those that do not fit first."""
    asked = bool(request.GET)
    form = Arrivals(request.GET if asked else {"since": today() - timedelta(days=DAYS - 1), "until": today()})
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        given = form.cleaned_data
        met = landed(given["since"], given["until"])
        # Of a part of them it would be said of cargo that nobody declares it, though the other part does.
        rows = [] if met.cut else _visible(met, request.user)
        counts = Counter(row["kind"] for row in rows)
        wanted = [given["kind"]] if given["kind"] else DIFFERS
        chosen = [row for row in rows if row["kind"] in wanted]
        context |= {
            "counts": [(one.code, kind_told(one.code), counts[one.code]) for one in KINDS if counts[one.code]],
            "found": _shown(chosen[:SHOWN], met, request.user),
            "more": max(len(chosen) - SHOWN, 0),
            "cut": met.cut,
            "days": (given["since"], given["until"]),
        }
    return render(request, "declarations/manifests.html", context)


def _visible(met: Met, user: User) -> list[dict[str, Any]]:
    """The consignments of the report with a bill of an office that the user sees, or of none that is named."""
    rows: list[dict[str, Any]] = met.report.to_dicts()
    if user.office_codes is None:
        return rows
    offices = {None, *user.office_codes}
    said = met.bills.select("office", "bill_id", "container_id").unique().iter_rows()
    mine = [(bill, container) for office, bill, container in said if office in offices]
    bills = {bill for bill, _ in mine if bill}
    boxes = {container for bill, container in mine if not bill and container}
    return [
        row
        for row in rows
        if any(stands_in(bill, row["bill_ids"]) for bill in bills & {*(row["bill_ids"] or "").split(), row["bill_ids"]})
        or (not row["bill_ids"] and boxes & {*(row["container_ids"] or "").split()})
    ]


def _shown(rows: Sequence[dict[str, Any]], met: Met, user: User) -> list[Landed]:
    """Rows of the report as the page shows them."""
    named = [
        [one for name in {*(row["declaration_ids"] or "").split(), row["declaration_ids"]}
         if (one := met.others.get(name or ""))]
        for row in rows
    ]  # fmt: skip
    every = {one.pk for several in named for one in several}
    seen = Declaration.objects.visible_to(user).filter(pk__in=every)
    shown = {one.pk: one for one in with_channel(list(seen.values_list("pk", flat=True)))}
    return [
        Landed(
            row,
            kind_told(row["kind"]),
            sorted((shown[one.pk] for one in several if one.pk in shown), key=lambda one: one.number),
            sum(one.pk not in shown for one in several),
        )
        for row, several in zip(rows, named, strict=True)
    ]
