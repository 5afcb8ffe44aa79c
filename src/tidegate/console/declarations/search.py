"""Finding declarations: what an officer gives, and pages of what there is, the latest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tidegate.console.clock import today
from tidegate.console.register.models import Channel, Decision, Declaration, Line, Office, User

__all__ = ["PER_PAGE", "Page", "Search", "page_of"]

PER_PAGE = 50
DAYS = 30  # that are looked through where neither a number nor days are given


class Search(forms.Form):
    """What is looked for. Every input may be left out."""

    number = forms.CharField(label=_("Number"), max_length=70, required=False)
    importer = forms.CharField(label=_("Importer"), max_length=140, required=False)
    hs = forms.RegexField(
        r"^[\d.]{2,14}$",
        label=_("HS code starts with"),
        required=False,
        error_messages={"invalid": _("Two or more digits, such as 8504 or 8504.40.")},
    )
    office = forms.ChoiceField(label=_("Office"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Office.objects.all() if user.office_codes is None else user.offices.all()
        self.fields["office"].choices = [("", _("all")), *((one.code, f"{one.code} {one}") for one in offices)]
        self.fields["channel"].choices = [("", _("all")), *Channel.choices]
        self.fields["number"].widget.attrs.update({"data-search": "", "autocomplete": "off"})

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day is before the first."))
        return given

    @property
    def days(self) -> tuple[date | None, date]:
        """The days that are looked through; the first is None where a number is looked for in all of them."""
        given = self.cleaned_data
        until = given.get("until") or today()
        return given.get("since") or (None if given.get("number") else until - timedelta(days=DAYS)), until

    def found(self, user: User) -> QuerySet[Declaration]:
        """The declarations that fit, of the offices that the user sees; current versions only."""
        given = self.cleaned_data
        since, until = self.days
        rows = Declaration.objects.visible_to(user).filter(current=True, lodged_on__lte=until)
        if since:
            rows = rows.filter(lodged_on__gte=since)
        if number := given.get("number", "").strip():
            whole = rows.filter(number=number)
            rows = whole if whole.exists() else rows.filter(number__startswith=number)
        if importer := given.get("importer", "").strip():
            rows = rows.filter(Q(importer_id=importer) | Q(importer_name__icontains=importer))
        if hs := given.get("hs", "").replace(".", ""):
            rows = rows.filter(Exists(Line.objects.filter(declaration=OuterRef("pk"), hs_code__startswith=hs)))
        if office := given.get("office"):
            rows = rows.filter(office=office)
        if channel := given.get("channel"):
            rows = rows.filter(
                Exists(Decision.objects.filter(declaration=OuterRef("pk"), current=True, channel=channel))
            )
        return rows


@dataclass(frozen=True, slots=True)
class Page:
    """`rows`: at most PER_PAGE; `after`: where the next page begins ("": there is none)."""

    rows: list[Declaration]
    after: str


def page_of(found: QuerySet[Declaration], after: str) -> Page:
    """The page that begins after `after` (as a Page gave it; anything else is the first page)."""
    current = Prefetch("decisions", Decision.objects.filter(current=True), to_attr="standing")
    rows = found.order_by("-lodged_on", "-pk").select_related("task", "task__claimed_by").prefetch_related(current)
    if at := _read(after):
        day, pk = at
        rows = rows.filter(Q(lodged_on__lt=day) | Q(lodged_on=day, pk__lt=pk))
    held = list(rows[: PER_PAGE + 1])
    last = held[PER_PAGE - 1] if len(held) > PER_PAGE else None
    return Page(held[:PER_PAGE], f"{last.lodged_on.isoformat()}_{last.pk}" if last else "")


def _read(after: str) -> tuple[date, int] | None:
    day, _bar, pk = after.partition("_")
    try:
        return date.fromisoformat(day), int(pk)
    except ValueError:
        return None
