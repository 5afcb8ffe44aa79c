"""Parts of a declaration's page that are loaded after it stands; without JavaScript each is a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from tidegate.console.access import Asked, page
from tidegate.console.declarations import histories as past
from tidegate.console.declarations.cargo import cargo_of, parcels_of
from tidegate.console.declarations.dossier import lines_in_order
from tidegate.console.declarations.matches import matches as listed
from tidegate.console.declarations.places import field_of
from tidegate.console.declarations.prices import plot
from tidegate.console.declarations.route import route_of, stops
from tidegate.console.declarations.weights import waterfall
from tidegate.console.register.models import Decision, Declaration
from tidegate.errors import TidegateError

__all__ = ["cargo", "histories", "matches", "prices", "route", "weights"]


@page("see_declaration")
def weights(request: Asked, pk: int) -> HttpResponse:
    """The model's contributions to a line's score."""
    declaration = _declaration(request, pk)
    engine = Decision.objects.select_related("edition").filter(declaration=declaration, officer=None).latest("pk")
    try:
        told = waterfall(declaration, engine, _item(request))
    except TidegateError as error:
        return _broken(request, declaration, _("What the model goes by"), error)
    return _part(request, declaration, "weights", _("What the model goes by"), fall=told)


@page("see_declaration")
def prices(request: Asked, pk: int) -> HttpResponse:
    """The price of a line against its peers."""
    declaration = _declaration(request, pk)
    lines = lines_in_order(declaration)
    told = plot(declaration, lines, _item(request) or _questioned(declaration))
    items = [line.item_number for line in lines]
    return _part(request, declaration, "prices", _("Price against its peers"), plot=told, items=items)


@page("see_declaration")
def matches(request: Asked, pk: int) -> HttpResponse:
    """Possible matches with lists."""
    declaration = _declaration(request, pk)
    try:
        found = listed(declaration, request.user)
    except TidegateError as error:
        return _broken(request, declaration, _("Lists"), error)
    return _part(request, declaration, "matches", _("Lists"), found=found)


@page("see_declaration")
def histories(request: Asked, pk: int) -> HttpResponse:
    """The history of each party, and other declarations that share something with this one."""
    declaration = _declaration(request, pk)
    return _part(
        request,
        declaration,
        "histories",
        _("Parties and what they share"),
        histories=past.histories(declaration, request.user),
        links=past.links(declaration, request.user),
    )


@page("see_declaration")
def cargo(request: Asked, pk: int) -> HttpResponse:
    """What manifests say of the cargo, and the parcels that belong together with this one."""
    declaration = _declaration(request, pk)
    user = request.user
    told = {"cargo": cargo_of(declaration, user), "parcels": parcels_of(declaration, user)}
    return _part(request, declaration, "cargo", _("Cargo and its manifests"), **told)


@page("see_declaration")
def route(request: Asked, pk: int) -> HttpResponse:
    """The way of the goods on a map."""
    declaration = _declaration(request, pk)
    lines = lines_in_order(declaration)
    return _part(request, declaration, "route", _("Route"), map=route_of(lines), stops=stops(lines))


def _declaration(request: Asked, pk: int) -> Declaration:
    found: Declaration = get_object_or_404(Declaration.objects.visible_to(request.user), pk=pk)
    return found


def _item(request: Asked) -> int | None:
    given = request.GET.get("item", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None


def _questioned(declaration: Declaration) -> int | None:
    """The line whose price a reason is about, else the first that any reason is about."""
    reasons = Decision.objects.values_list("reasons", flat=True).get(declaration=declaration, current=True)
    of_price = [one["item_number"] for one in reasons if field_of(one["field"] or "") == "unit_price"]
    named = [*of_price, *(one["item_number"] for one in reasons)]
    return next((item for item in named if item is not None), None)


def _part(request: Asked, declaration: Declaration, name: str, title: str, **context: Any) -> HttpResponse:
    frame = "declarations/parts/bare.html" if request.headers.get("HX-Request") else "declarations/parts/whole.html"
    told = {"declaration": declaration, "frame": frame, "title": title, "part": name, **context}
    return render(request, f"declarations/parts/{name}.html", told)


def _broken(request: Asked, declaration: Declaration, title: str, error: TidegateError) -> HttpResponse:
    """What the library says is wrong, in place of the part; the rest of the page stands."""
    return _part(request, declaration, "broken", title, error=error)
