"""Filters of the trail, as they stand in the address of the page."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tidegate.console.audit import seal
from tidegate.console.audit.acts import ACTS
from tidegate.console.register.models import AuditEntry

__all__ = ["Filters"]


def _acts() -> list[tuple[str, Any]]:
    told = sorted((one.label_vi if get_language() == "vi" else one.label, one.code) for one in ACTS)
    return [("", _("all but seals")), *((code, label) for label, code in told)]


class Filters(forms.Form):
    """Who, what, about what, on which days. Nothing is required; what is not understood is told, not ignored."""

    actor = forms.CharField(label=_("Who"), required=False, max_length=150)
    act = forms.ChoiceField(label=_("What"), required=False, choices=_acts)
    subject = forms.CharField(label=_("About"), required=False, max_length=140)
    since = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def entries(self) -> QuerySet[AuditEntry]:
        """The entries that fit, the last first; none where the filters are not understood."""
        if not self.is_valid():
            return AuditEntry.objects.none()
        told, found = self.cleaned_data, AuditEntry.objects.order_by("-number")
        if told["actor"]:
            found = found.filter(actor=told["actor"])
        if told["subject"]:
            found = found.filter(subject=told["subject"])
        if told["act"]:
            found = found.filter(act=told["act"])
        elif not told["subject"]:
            found = found.exclude(act=seal.ACT)
        if told["since"]:
            found = found.filter(at__gte=_midnight(told["since"]))
        if told["until"]:
            found = found.filter(at__lt=_midnight(told["until"] + timedelta(days=1)))
        return found.filter(number__lt=told["before"]) if told["before"] else found


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
