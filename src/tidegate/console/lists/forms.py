"""Forms of this screen: whom to search for, what to upload, what to say of a match."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.console.clock import today
from tidegate.console.register.models import Clearance
from tidegate.screening import LEVELS, Party
from tidegate.screening.parties import party

__all__ = ["ClearForm", "DecideForm", "UploadForm", "Whom"]

NUMBERS = (
    ("tax", _("Tax code")),
    ("registration", _("Registration number")),
    ("passport", _("Passport")),
    ("identity_card", _("Identity card")),
    ("container", _("Container")),
    ("imo", _("IMO number")),
    ("plate", _("Number plate")),
    ("other", _("Other number")),
)
KINDS = (
    ("", _("Any kind")),
    ("person", _("Person")),
    ("company", _("Company")),
    ("vessel", _("Vessel")),
)
LARGEST = 128 * 1024 * 1024  # bytes of an upload


class Whom(forms.Form):
    """A party, as an officer knows it. `party` is what it says, once it is valid."""

    name = forms.CharField(
        label=_("Name, in any script"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"data-search": ""}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=KINDS)
    number = forms.CharField(label=_("Its number"), required=False, max_length=60)
    type = forms.ChoiceField(label=_("Kind of number"), required=False, choices=NUMBERS)
    born = forms.CharField(label=_("Born"), required=False, max_length=40)
    country = forms.CharField(label=_("Country"), required=False, max_length=60)
    address = forms.CharField(label=_("Address"), required=False, max_length=300)

    party: Party

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        cells = {name: said.get(name) or "" for name in ("name", "kind", "born", "country", "address")}
        if said.get("number"):
            cells[said.get("type") or "other"] = said["number"]
        self.party, wrong = party(cells)
        for name in wrong:
            self.add_error(name if name in self.fields else "number", _("This is not understood."))
        if not wrong and self.party == Party() and not self.errors:
            self.add_error("name", _("Give a name or a number."))
        return said

    @property
    def given(self) -> Mapping[str, str]:
        """What was said, for another form that begins with it."""
        return {name: str(self.cleaned_data[name]) for name in Whom.base_fields if self.cleaned_data.get(name)}


class ClearForm(Whom):
    """A party that is not the entry of a list, although it is alike."""

    list = forms.CharField(widget=forms.HiddenInput, max_length=64)
    entry = forms.CharField(widget=forms.HiddenInput, max_length=500)
    until = forms.DateField(
        label=_("Holds until"),
        help_text=_("Two years at most: then somebody looks again."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    why = forms.CharField(label=_("Why they are not the same"), max_length=200)

    @staticmethod
    def begun(said: Mapping[str, Any]) -> dict[str, Any]:
        """What the form begins with."""
        day = today()
        return {**said, "until": date(day.year + 1, day.month, min(day.day, 28))}


class UploadForm(forms.Form):
    """Another version of a list, or a new list. The files are read beside it."""

    name = forms.CharField(
        label=_("List"),
        max_length=64,
        help_text=_("Of an existing list, or another: profiles call it by this name."),
        widget=forms.TextInput(attrs={"list": "names", "autocomplete": "off"}),
    )
    why = forms.CharField(label=_("What is new, and why"), max_length=200)
    owner = forms.CharField(
        label=_("Owning authority"),
        required=False,
        max_length=80,
        help_text=_("Where the file does not say whose it is."),
    )
    level = forms.ChoiceField(
        label=_("Handling level"),
        required=False,
        choices=lambda: [("", _("As the file says")), *zip(LEVELS, Clearance.labels, strict=True)],
    )
    shrunk = forms.BooleanField(label=_("It is right that it lost more than half of its entries"), required=False)


class DecideForm(forms.Form):
    """Activate, or refuse with a reason."""

    comment = forms.CharField(
        label=_("Comment"),
        help_text=_("Needed if you refuse it."),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    act = forms.ChoiceField(choices=(("activate", ""), ("refuse", "")))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("act") == "refuse" and not said.get("comment", "").strip():
            self.add_error("comment", _("Say why, so that the other officer knows what to do."))
        return said
