"""The form of an inspection: a checklist, and a result for each line and for what belongs to no line."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext_lazy as _

from tidegate.console.clock import now
from tidegate.console.inspections.checklist import answers
from tidegate.console.inspections.offences import OFFENCES

__all__ = ["Checklist", "Countersign", "Result", "Sheet"]

DETAILS = ("offence", "quantity", "unit", "value", "revenue", "note")
SEIZURE = ("seized", "seized_quantity", "seized_unit", "place", "record")
NUMBERS = ("quantity", "value", "revenue", "seized_quantity")


class Written(forms.TextInput):
    """A number in the reader's language."""

    def format_value(self, value: Any) -> str | None:
        return number_format(value) if isinstance(value, float) else super().format_value(value)


class Number(forms.FloatField):
    """A number as the reader's language writes it: 1.234,5 in Vietnamese, 1,234.5 in English; with or without groups.

    A sign for groups counts only where it stands before three digits each, so that 12.000 is never taken for 12.
    """

    def to_python(self, value: Any) -> Any:
        """The number, None where nothing is written. Raises ValidationError."""
        if isinstance(value, str):
            decimal, group = get_format("DECIMAL_SEPARATOR"), get_format("THOUSAND_SEPARATOR")
            whole, sign, part = "".join(value.split()).partition(decimal)
            if re.fullmatch(rf"[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+", whole):
                whole = whole.replace(group, "")
            value = f"{whole}.{part}" if sign else whole
        return super().to_python(value)


def _number(label: Any) -> Number:
    return Number(
        label=label,
        required=False,
        min_value=0,
        widget=Written(attrs={"inputmode": "decimal"}),
    )


def _text(label: Any, most: int, **attrs: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=most, widget=forms.TextInput(attrs=attrs))


class Result(forms.Form):
    """Of one line. What was found has a kind; what was taken has an amount and a place."""

    required_css_class = "required"
    found = forms.ChoiceField(
        choices=(("nothing", _("Nothing found")), ("found", _("Something found"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what was found here: nothing, or something.")},
    )
    offence = forms.ChoiceField(
        label=_("Kind of offence"),
        required=False,
        choices=lambda: [("", _("Choose one")), *((one.code, one.told()) for one in OFFENCES)],
    )
    quantity = _number(_("Quantity concerned"))
    unit = _text(_("Unit"), 10)
    value = _number(_("Value of the goods concerned"))
    revenue = _number(_("Duty and fines recovered"))
    note = forms.CharField(
        label=_("What you saw"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    seized = _text(_("Goods seized"), 200)
    seized_quantity = _number(_("Quantity seized"))
    seized_unit = _text(_("Unit"), 10)
    place = _text(_("Storage place"), 200)
    record = _text(_("Number of the seizure record"), 60)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("found") != "found":
            for name in (*DETAILS, *SEIZURE):  # left over from a change of mind
                said[name] = None if name in NUMBERS else ""
                self.errors.pop(name, None)
            return said
        if not said.get("offence") and "offence" not in self.errors:
            self.add_error("offence", _("Choose what kind of offence it is."))
        if any(said.get(name) not in (None, "") for name in SEIZURE):
            for name, text in (
                ("seized", _("Say what was seized.")),
                ("seized_quantity", _("Say how much was seized.")),
                ("place", _("Say where it is stored.")),
            ):
                if said.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, text)
        return said


class Checklist(forms.Form):
    """A question each, made from (code, question, what was declared)."""

    def __init__(self, items: Sequence[tuple[str, str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, question, declared in items:
            self.fields[code] = forms.ChoiceField(
                label=question,
                help_text=declared,
                choices=answers(code),
                widget=forms.RadioSelect,
                error_messages={"required": _("Answer this: it agrees, it differs, or it could not be checked.")},
            )


class Sheet(forms.Form):
    """What belongs to the whole: which draft it is, when it was begun, a note."""

    draft_id = forms.UUIDField(widget=forms.HiddenInput)
    started_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    remark = forms.CharField(
        label=_("Anything else"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    @staticmethod
    def opened() -> Mapping[str, Any]:
        """What a page that is opened now begins with."""
        return {"draft_id": uuid.uuid4(), "started_at": now().isoformat()}

    def clean_started_at(self) -> datetime:
        """A moment that lies ahead is a clock that goes wrong."""
        said = self.cleaned_data["started_at"]
        return min(said, now()) if said else now()


class Countersign(forms.Form):
    """Sign, or send back with a comment."""

    comment = forms.CharField(
        label=_("Comment"),
        help_text=_("Needed if you send it back: say what is missing."),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    act = forms.ChoiceField(choices=(("sign", ""), ("return", "")))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("act") == "return" and not said.get("comment", "").strip():
            self.add_error("comment", _("Say what is missing, so that the inspector knows what to do."))
        return said
