"""Filters and order of the queue, as they stand in its address: what is typed there, and the tasks that it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tidegate.console.clock import now
from tidegate.console.queue.claims import live
from tidegate.console.queue.paging import SORTS, USUAL
from tidegate.console.register.models import Channel, Office, Task, User

__all__ = ["GIVEN", "OPEN", "Filters", "sees_given", "tasks_for"]

OPEN = (Task.State.WAITING, Task.State.ASKED)
GIVEN = (Task.State.ASSIGNED, Task.State.SIGNING)
SOURCES = (
    ("profile", _("profile")),
    ("model", _("model")),
    ("draw", _("random draw")),
    ("exploration", _("exploration")),
    ("list", _("list")),
)
ANY = ("", _("any"))


def sees_given(user: User) -> bool:
    """Whether this user also sees what is with an inspector: supervisors, and auditors, who read everything."""
    return user.may("assign") or user.may("see_audit")


def tasks_for(user: User) -> QuerySet[Task]:
    """The tasks of the queue that this user sees."""
    return Task.objects.visible_to(user).filter(state__in=OPEN + GIVEN if sees_given(user) else OPEN)


class Filters(forms.Form):
    """What the filters say. A field that cannot be understood keeps what was typed, says so, and filters nothing."""

    q = forms.CharField(label=_("Number or importer"), required=False, max_length=100)
    office = forms.ChoiceField(label=_("Office"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    source = forms.ChoiceField(label=_("Selected by"), choices=(ANY, *SOURCES), required=False)
    profile = forms.CharField(label=_("Profile"), required=False, max_length=80)
    score = forms.FloatField(label=_("Score from"), required=False, min_value=0, max_value=1)
    value = forms.FloatField(label=_("Value from"), required=False, min_value=0)
    overdue = forms.BooleanField(label=_("overdue"), required=False)
    mine = forms.BooleanField(label=_("claimed by me"), required=False)
    sort = forms.ChoiceField(label=_("Order"), required=False)

    def __init__(self, told: Mapping[str, Any], user: User) -> None:
        super().__init__(told, auto_id="filter_%s")
        self.user = user
        offices = Office.objects.all() if user.office_codes is None else Office.objects.filter(pk__in=user.office_codes)
        self.offices = {office.code: office for office in offices}
        states = OPEN + GIVEN if sees_given(user) else OPEN
        self._choices("office", [(code, f"{code} {office}") for code, office in self.offices.items()])
        self._choices("channel", [one for one in Channel.choices if one[0] != Channel.GREEN])
        self._choices("state", [(one.value, one.label) for one in states], _("to be decided"))
        orders = [(one.name, one.label) for one in SORTS.values()]
        turned = [(f"-{one.name}", f"{one.label} ↑↓") for one in SORTS.values() if told.get("sort") == f"-{one.name}"]
        self._choices("sort", orders + turned, None)
        self.fields["q"].widget.attrs.update({"data-search": ""})
        self.fields["score"].widget.attrs.update(step="0.01", inputmode="decimal")
        self.fields["value"].widget.attrs.update(step="any", inputmode="decimal")
        self.is_valid()

    def _choices(self, name: str, choices: list[tuple[str, Any]], empty: Any = ANY[1]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices if empty is None else [("", empty), *choices]

    def clean_sort(self) -> str:
        """The usual order goes without saying."""
        sort = str(self.cleaned_data["sort"])
        return "" if sort == USUAL else sort

    @property
    def told(self) -> dict[str, Any]:
        """What filters: field to value, in the order of the form, without what is empty or wrong."""
        return {
            name: self.cleaned_data[name]
            for name in self.fields
            if self.cleaned_data.get(name) not in (None, "", False)
        }

    @property
    def narrowed(self) -> bool:
        """Whether anything filters."""
        return bool(self.told.keys() - {"sort"})

    def query(self, **other: str) -> str:
        """The same filters as the query of an address, in one form whatever was typed; `other` replaces or adds."""
        told = {name: _written(value) for name, value in self.told.items()} | other
        return urlencode({name: value for name, value in told.items() if value})

    def apply(self, tasks: QuerySet[Task]) -> QuerySet[Task]:
        """The tasks that the filters leave."""
        conditions: dict[str, Callable[[Any], Q]] = {
            "q": lambda text: Q(number__icontains=text) | Q(importer_name__icontains=text),
            "office": lambda code: Q(office=code),
            "channel": lambda name: Q(channel=name),
            "source": lambda name: Q(sources__contains=[name]),
            "profile": lambda code: Q(hits__contains=[code]),
            "score": lambda least: Q(score__gte=least),
            "value": lambda least: Q(customs_value__gte=least),
            "overdue": lambda _on: Q(due_at__lt=now()),
            "mine": lambda _on: Q(live(), claimed_by=self.user),
        }
        told = self.told
        for name, condition in conditions.items():
            if name in told:
                tasks = tasks.filter(condition(told[name]))
        return tasks.filter(state__in=[told["state"]] if "state" in told else OPEN)


def _written(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "1" if value is True else str(value)
