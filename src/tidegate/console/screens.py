"""The one list of screens. A screen is a folder of one shape: urls.py, views.py, templates, locale, and its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest

__all__ = ["FOLDERS", "SCREENS", "Screen", "navigation"]


@dataclass(frozen=True, slots=True)
class Screen:
    """`name`: its folder, URL namespace and first path; `permission`: who finds it in the navigation.

    What is not `listed` is reached from other screens.
    """

    name: str
    label: Any
    permission: str
    listed: bool = True

    @property
    def app(self) -> str:
        return f"tidegate.console.{self.name}"


SCREENS = (
    Screen("queue", _("Queue"), "see_queue"),
    Screen("inspections", _("Inspections"), "see_inspections"),  # before declarations: the inspector's first page
    Screen("declarations", _("Declarations"), "see_declaration"),
    Screen("profiles", _("Profiles"), "see_profiles"),
    Screen("effect", _("Effectiveness"), "see_effect"),
    Screen("parties", _("Parties"), "see_parties"),
    Screen("lists", _("Lists"), "see_lists"),
    Screen("control", _("Selection control"), "see_control"),
    Screen("quality", _("Data quality"), "see_quality"),
    Screen("models", _("Models"), "see_models"),
    Screen("audit", _("Audit"), "see_audit"),
    Screen("people", _("Users and keys"), "administer"),
)
FOLDERS = ("register", "api", *(screen.name for screen in SCREENS))


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the screens that this user may open."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"screens": ()}
    return {"screens": [one for one in SCREENS if one.listed and user.may(one.permission)]}
