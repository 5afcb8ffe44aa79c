"""What an administrator fills in: users, offices, keys, webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tidegate.console.api.addresses import check
from tidegate.console.api.scopes import SCOPES
from tidegate.console.clock import today
from tidegate.console.register.models import Clearance, Office, User
from tidegate.console.roles import ROLES
from tidegate.errors import InputError

__all__ = ["KeyForm", "OfficeForm", "UserForm", "WebhookForm"]

LONGEST_KEY = timedelta(days=730)
NAME = RegexValidator(r"^[\w .@+-]+$", _("Letters, digits, spaces and . @ + - _ only."))
ALONE = "administrator"  # a role that goes with no other: who gives rights sees no cases


def _roles() -> list[tuple[str, str]]:
    vietnamese = get_language() == "vi"
    return [(one.name, one.label_vi if vietnamese else one.label) for one in ROLES if one.name != "system"]


def _scopes() -> list[tuple[str, str]]:
    vietnamese = get_language() == "vi"
    return [(one.code, one.label_vi if vietnamese else one.label) for one in SCOPES]


def _offices() -> list[tuple[str, str]]:
    return [(one.code, f"{one.code} {one}") for one in Office.objects.all()]


class Somewhere(forms.Form):
    """Which offices somebody or something is for."""

    everywhere = forms.BooleanField(label=_("All offices, also those to come"), required=False)
    offices = forms.MultipleChoiceField(
        label=_("Offices"), choices=_offices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if self.nowhere_is_wrong and not told.get("everywhere") and not told.get("offices"):
            self.add_error("offices", _("Name at least one office, or all of them."))
        return told

    nowhere_is_wrong = True


class UserForm(Somewhere):
    """A user. Of one's own account only the names and the language can be changed."""

    username = forms.CharField(
        label=_("User name"),
        max_length=100,
        validators=[UnicodeUsernameValidator()],
        help_text=_("To sign in with. It stands in the audit trail and is not changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    first_name = forms.CharField(label=_("Given name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Family name"), max_length=150, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=_roles,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("An administrator has no other role, so that nobody gives himself the rights to see cases."),
    )
    clearance = forms.TypedChoiceField(
        label=_("Handling level"),
        choices=Clearance.choices,
        coerce=int,
        help_text=_("Up to which level this user may know what lists and profiles say."),
    )
    field_order = ("username", "first_name", "last_name", "language", "roles", "everywhere", "offices", "clearance")
    nowhere_is_wrong = False
    own_fields = ("first_name", "last_name", "language")

    def __init__(self, *args: Any, user: User | None = None, own: bool = False, **kwargs: Any) -> None:
        self.user = user
        if user is not None:
            kwargs["initial"] = {
                "first_name": user.first_name,
                "last_name": user.last_name,
                "language": user.language,
                "roles": [role.name for role in user.roles],
                "everywhere": user.everywhere,
                "offices": user.office_codes or list(user.offices.values_list("code", flat=True)),
                "clearance": user.clearance,
            }
        super().__init__(*args, **kwargs)
        if user is not None:
            del self.fields["username"]
        if own:
            for name in [name for name in self.fields if name not in self.own_fields]:
                del self.fields[name]

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("There is a user of this name already."))
        return name

    def clean_roles(self) -> list[str]:
        roles = list(self.cleaned_data["roles"])
        if ALONE in roles and len(roles) > 1:
            raise forms.ValidationError(_("An administrator has no other role. Choose the one or the others."))
        return roles


class OfficeForm(forms.ModelForm):
    """An office; its code is what declarations carry, and stays."""

    class Meta:
        model = Office
        fields = ("code", "name", "name_vi", "inspectors_daily")
        labels: ClassVar = {
            "code": _("Code"),
            "name": _("Name in English"),
            "name_vi": _("Name in Vietnamese"),
            "inspectors_daily": _("Inspections a day"),
        }
        help_texts: ClassVar = {
            "code": _("As declarations carry it. It is not changed later."),
            "inspectors_daily": _("How many its staff can do. 0: not said."),
        }
        error_messages: ClassVar = {"code": {"unique": _("There is an office with this code already.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip()
        if "/" in code or not code.isprintable():
            raise forms.ValidationError(_("Letters, digits and signs other than / only."))
        return code


class KeyForm(Somewhere):
    """A key of another system."""

    system = forms.CharField(
        label=_("System"),
        max_length=60,
        validators=[NAME],
        help_text=_("Who will use it. It stands with all that comes in by this key."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(label=_("What it may do"), choices=_scopes, widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(
        label=_("Good until"),
        help_text=_("Two years at most. The system gets another key before this one ends."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    rate = forms.IntegerField(
        label=_("Calls a second"),
        min_value=1,
        max_value=10_000,
        initial=200,
        help_text=_("In each process of this node. What comes above is asked to wait."),
    )
    field_order = ("system", "scopes", "everywhere", "offices", "expires_on", "rate")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].initial = today() + timedelta(days=365)

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if not today() < day <= today() + LONGEST_KEY:
            raise forms.ValidationError(_("A day after today, and within two years."))
        return day


class WebhookForm(Somewhere):
    """Where decisions are sent."""

    name = forms.CharField(label=_("Name"), max_length=60, validators=[NAME])
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("https://; http:// only on this very machine. Redirects are not followed."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false", "size": 60}),
    )
    field_order = ("name", "address", "everywhere", "offices")

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        try:
            check(address)
        except InputError as error:
            raise forms.ValidationError(
                _("Nothing can be sent there. Write https://host/path, without a name or password in it.")
            ) from error
        return address
