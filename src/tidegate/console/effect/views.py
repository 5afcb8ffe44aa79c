"""Pages of this screen. Figures are worked out by the worker; a page says as of when, and what came since."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers
from procrastinate.contrib.django.models import ProcrastinateJob

from tidegate.console.access import Asked, page
from tidegate.console.effect import show
from tidegate.console.effect.figures import PERIODS
from tidegate.console.effect.models import Measurement
from tidegate.console.effect.tasks import work_out_figures
from tidegate.console.register import trail
from tidegate.console.register.models import Finding, Office

__all__ = ["draw", "index", "lists", "model", "officers", "profile", "profiles", "refresh", "state"]

WAITING = ("todo", "doing")


def _chosen(request: Asked) -> dict[str, Any]:
    """Office and period of the address, the figures that are there, and what came after them."""
    asked = request.POST if request.method == "POST" else request.GET
    codes = request.user.office_codes
    office, days = asked.get("office", "" if codes is None else (sorted(codes) or ["-"])[0]), asked.get("days", "365")
    known = Office.objects.all() if codes is None else Office.objects.filter(pk__in=codes)
    if (office or codes is not None) and not known.filter(pk=office).exists():
        raise Http404
    if not days.isdecimal() or int(days) not in PERIODS:
        raise Http404
    held = Measurement.objects.filter(office=office, days=int(days)).order_by("-made_at").first()
    newer = Finding.objects.visible_to(request.user).filter(pk__gt=held.last_finding if held else 0)
    if office:
        newer = newer.filter(declaration__office=office)
    return {
        "office": office,
        "days": int(days),
        "periods": [(one, show.period(one)) for one in PERIODS],
        "offices": known,
        "everywhere": codes is None,
        "held": held,
        "figures": held.figures if held else {},
        "newer": newer.count() if held else 0,
        "waiting": _waiting(office, int(days)),
        "query": f"?office={office}&days={days}",
        "tabs": show.tabs(),
        "tab": request.resolver_match.url_name,
    }


def _waiting(office: str, days: int) -> bool:
    return ProcrastinateJob.objects.filter(
        task_name="effect.work_out", status__in=WAITING, args__office=office, args__days=days
    ).exists()


def _page(request: Asked, shown: str, **more: Any) -> HttpResponse:
    """The page `shown`, of the template and the function of `show` with that name; or why there are no figures."""
    chosen = _chosen(request)
    figures = chosen["figures"]
    if shown == "officers" and figures:
        return render(request, "effect/officers.html", {**chosen, **show.officers(figures, request)})
    if not figures or "fault" in figures:
        return render(request, "effect/none.html", chosen)
    return render(request, f"effect/{shown}.html", {**chosen, **getattr(show, shown)(figures, request, **more)})


@page("see_effect")
def index(request: Asked) -> HttpResponse:
    """What is found, what is missed, and what each source of selection brings."""
    return _page(request, "overview")


@page("see_effect")
def profiles(request: Asked) -> HttpResponse:
    """All profiles, a row each."""
    return _page(request, "profiles")


@page("see_effect")
def profile(request: Asked, name: str) -> HttpResponse:
    """One profile: its course, what it shares with others, whether it still works, and what to do."""
    return _page(request, "profile", name=name)


@page("see_effect")
def lists(request: Asked) -> HttpResponse:
    """What came of matches with lists."""
    return _page(request, "lists")


@page("see_effect")
def model(request: Asked) -> HttpResponse:
    """What the model's selections brought, and how often its scores came true."""
    return _page(request, "model")


@page("see_effect")
def draw(request: Asked) -> HttpResponse:
    """The random draw and exploration: what all estimates rest on."""
    return _page(request, "draw")


@page("see_effect")
def officers(request: Asked) -> HttpResponse:
    """Overrides and what came of them, streaks, pairs that stand out."""
    return _page(request, "officers")


@page("see_effect", "POST")
def refresh(request: Asked) -> HttpResponse:
    """Have the figures worked out anew by the worker."""
    chosen = _chosen(request)
    office, days = chosen["office"], chosen["days"]
    if not chosen["waiting"]:
        with transaction.atomic():
            work_out_figures.defer(office=office, days=days, by=request.user.get_username())
            trail.write("effect.ask", f"office:{office or 'all'}", request.user, days=days)
    messages.info(request, _("Asked for. This takes seconds, or minutes for millions of declarations."))
    tab = request.POST.get("tab", "")
    name = tab if tab in {one for one, _label in show.tabs()} else "index"
    return redirect(f"{reverse(f'effect:{name}')}?office={office}&days={days}")


@page("see_effect")
@vary_on_headers("HX-Request")
def state(request: Asked) -> HttpResponse:
    """The line that says as of when; asked for again while the worker is at it."""
    chosen = _chosen(request)
    chosen["tab"] = request.GET.get("tab", "index")
    chosen["seen"] = request.GET.get("seen", "")
    return render(request, "effect/asof.html", chosen)
