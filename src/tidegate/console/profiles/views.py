"""Pages of this screen: the list, one version with its way, the report of a simulation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from tidegate.console.access import Asked, page
from tidegate.console.clock import today
from tidegate.console.profiles import approval, figures
from tidegate.console.profiles.books import adopt, book_of
from tidegate.console.profiles.building import told_of
from tidegate.console.profiles.charts import selections
from tidegate.console.profiles.history import DAYS, in_force
from tidegate.console.profiles.models import OPEN, WRITABLE, ProfileVersion, Simulation, State
from tidegate.console.register.models import Clearance, Declaration, Office, User
from tidegate.errors import TidegateError
from tidegate.profiles import CHANNELS, NATIONAL

__all__ = ["act", "index", "named", "report", "version"]

SOON = timedelta(30)
ROWS = 50
GROUPS = ("force", "open", "shadow", "ending", "ended", "past")
SORTS = {"profile": "profile", "ends": "ends", "rate": "-rate", "owner": "owner", "changed": "-changed_at"}


def _group(name: str) -> Q:
    """The versions of one tab of the list."""
    day = today()
    running = Q(state=State.FORCE, ends__gte=day)
    return {
        "force": running,
        "open": Q(state__in=OPEN),
        "shadow": Q(state=State.SHADOW),
        "ending": running & Q(ends__lte=day + SOON),
        "ended": Q(state__in=(State.FORCE, State.SHADOW), ends__lt=day),
        "past": Q(state__in=(State.RETIRED, State.REPLACED)),
    }[name]


@page("see_profiles")
def index(request: Asked) -> HttpResponse:
    """Profiles by what they are doing, with what they did in the last ninety days."""
    edition = in_force()
    if edition is not None:
        adopt(edition)
    group = request.GET.get("show", "force")
    group = group if group in GROUPS else "force"
    readable = ProfileVersion.objects.readable_by(request.user)
    found = _filtered(ProfileVersion.objects.filter(_group(group)), readable, request)
    sort = request.GET.get("sort", "profile")
    rows = Paginator(found.order_by(SORTS.get(sort, "profile"), "profile"), ROWS).get_page(request.GET.get("page"))
    mine = set(readable.filter(pk__in=[one.pk for one in rows]).values_list("pk", flat=True))
    done = figures.of_decisions(request.user.office_codes) if group not in ("open", "past") else {}
    beside = figures.of_shadow([one for one in rows if one.state == State.SHADOW], request.user)
    for one in rows:
        one.readable = one.pk in mine
        told = beside.get(one.pk) if one.state == State.SHADOW else done.get(one.profile)
        one.figures = (told or figures.Figures()) if one.readable and one.state not in OPEN else None
    asked = request.GET.copy()
    asked.pop("page", None)
    waiting = readable.filter(state=State.SUBMITTED).exclude(editors=request.user)
    return render(
        request,
        "profiles/index.html",
        {
            "rows": rows,
            "group": group,
            "groups": [(name, ProfileVersion.objects.filter(_group(name)).count()) for name in GROUPS],
            "waiting": waiting if request.user.may("approve_profiles") else (),
            "asked": asked.urlencode(),
            "sort": sort,
            "channels": CHANNELS,
            "offices": Office.objects.all(),
            "owners": readable.order_by("owner").values_list("owner", flat=True).distinct(),
            "days": DAYS,
            "today": today(),
            "soon": today() + SOON,
            "missing": _missing(edition),
            "national": NATIONAL,
        },
    )


def _filtered(found: QuerySet, readable: QuerySet, request: Asked) -> QuerySet:
    """By what is asked for in the address. Restricted texts are searched only for those who may read them."""
    asked = {name: request.GET.get(name, "").replace("\0", "").strip() for name in ("q", "channel", "level", "owner")}
    if words := asked["q"]:
        said = Q(title__icontains=words) | Q(title_vi__icontains=words) | Q(when__icontains=words)
        found = found.filter(Q(profile__icontains=words) | Q(pk__in=readable.filter(said).values("pk")))
    keys = {name: asked[name] for name in ("channel", "level", "owner") if asked[name]}
    return found.filter(pk__in=readable.filter(**keys).values("pk")) if keys else found


def _missing(edition: Any) -> list[str]:
    """Profiles that ought to be in force, and are not in the book of the edition that is, or differ there."""
    if edition is None:
        return []
    held = set(book_of(edition))
    return [one.profile for one in ProfileVersion.objects.filter(_group("force")) if one.in_book() not in held]


def _readable(request: Asked, pk: int) -> ProfileVersion:
    """A version that this user may read; for others there is none."""
    held = get_object_or_404(ProfileVersion.objects.select_related("author", "approver", "report"), pk=pk)
    if not held.readable_by(request.user):
        raise Http404
    return held


@page("see_profiles")
def named(request: Asked, profile: str) -> HttpResponse:
    """The page of a profile by its number: of the version in force, else of the latest."""
    versions = ProfileVersion.objects.readable_by(request.user).filter(profile=profile.replace("\0", ""))
    held = versions.filter(state=State.FORCE).first() or versions.first()
    if held is None:
        raise Http404
    return redirect("profiles:version", held.pk)


@page("see_profiles")
def version(request: Asked, pk: int) -> HttpResponse:
    """One version: what it says, what it did, its report, its way, and what may be done next."""
    return _show(request, _readable(request, pk))


def _show(request: Asked, held: ProfileVersion, refused: str = "", status: int = 200) -> HttpResponse:
    user = request.user
    standing = approval.standing_report(held)
    latest = held.simulations.first()
    mine = held.editors.filter(pk=user.pk).exists()
    return render(
        request,
        "profiles/version.html",
        {
            "version": held,
            "told": told_of(held.when, held.level, user, counted=held.state in (*OPEN, State.SHADOW)),
            "report": held.report or standing or latest,
            "standing": standing,
            "stale": latest is not None and standing is None and held.writable and latest.state == "done",
            "running": latest if latest is not None and latest.state == Simulation.State.WAITING else None,
            "failed": latest if latest is not None and latest.state == Simulation.State.FAILED else None,
            "steps": held.steps.select_related("by"),
            "others": ProfileVersion.objects.readable_by(user).filter(profile=held.profile).exclude(pk=held.pk),
            "figures": _figures(held, user),
            "mine": mine,
            "may_write": user.may("write_profiles") and held.state in WRITABLE,
            "may_approve": user.may("approve_profiles") and held.state in (State.SUBMITTED, State.SHADOW) and not mine,
            "may_renew": user.may("write_profiles")
            and held.state not in OPEN
            and approval.open_version(held.profile) is None,
            "may_end": (user.may("write_profiles") or user.may("approve_profiles"))
            and held.state in (State.FORCE, State.SHADOW),
            "ended": held.state in (State.FORCE, State.SHADOW) and held.ends < today(),
            "refused": refused,
            "days": DAYS,
            "national": NATIONAL,
        },
        status=status,
    )


def _figures(held: ProfileVersion, user: User) -> figures.Figures | None:
    if held.state == State.FORCE:
        return figures.of_decisions(user.office_codes).get(held.profile, figures.Figures())
    if held.state == State.SHADOW:
        return figures.of_shadow([held], user).get(held.pk, figures.Figures())
    return None


@page("see_profiles", "POST")
def act(request: Asked, pk: int, name: str) -> HttpResponse:
    """One step of a version; what may not be is refused with the reason, and nothing changes."""
    permission, step = ACTS[name]
    if not any(request.user.may(one) for one in permission):
        raise PermissionDenied(permission[0])
    held = _readable(request, pk)
    try:
        after = step(held, request)
    except approval.ActRefusedError as error:
        return _show(request, held, str(error), status=409)
    except TidegateError as error:
        return _show(request, held, str(error), status=409)
    return redirect("profiles:version", (after or held).pk)


Doing = Callable[[ProfileVersion, Asked], ProfileVersion | None]


def _said(request: Asked, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "")


def _simulate(held: ProfileVersion, request: Asked) -> None:
    approval.ask_for_simulation(held, request.user)


def _approve(held: ProfileVersion, request: Asked) -> None:
    shadow = request.POST.get("to") != "force"  # the one without effect, unless force is asked for by name
    told = _said(request, "comment")
    approval.approve(held, request.user, request.POST.get("report", ""), shadow=shadow, comment=told)
    messages.success(request, _("It is in shadow now.") if shadow else _("It is in force now, for all decisions."))


ACTS: dict[str, tuple[tuple[str, ...], Doing]] = {
    "simulate": (("write_profiles",), _simulate),
    "submit": (("write_profiles",), lambda held, request: approval.submit(held, request.user)),
    "take-back": (("write_profiles",), lambda held, request: approval.take_back(held, request.user)),
    "approve": (("approve_profiles",), _approve),
    "send-back": (
        ("approve_profiles",),
        lambda held, request: approval.send_back(held, request.user, _said(request, "comment")),
    ),
    "retire": (
        ("write_profiles", "approve_profiles"),
        lambda held, request: approval.retire(held, request.user, _said(request, "reason")),
    ),
    "discard": (("write_profiles",), lambda held, request: approval.discard(held, request.user)),
    "renew": (("write_profiles",), lambda held, request: approval.renew(held, request.user)),
}


@page("see_profiles")
def report(request: Asked, pk: int) -> HttpResponse:
    """The report of a simulation, to read and to print."""
    held = get_object_or_404(Simulation.objects.select_related("version", "edition", "asked_by"), pk=pk)
    if not held.version.readable_by(request.user):
        raise Http404
    if held.state != Simulation.State.DONE:
        return redirect("profiles:version", held.version_id)
    told = held.report
    offices = request.user.office_codes
    seen = [row for row in told["changed"] if offices is None or row["office"] in offices]
    keys = dict(
        Declaration.objects.visible_to(request.user)
        .filter(number__in=[row["declaration_id"] for row in seen], current=True)
        .values_list("number", "pk")
    )
    hidden = set()
    if request.user.clearance < Clearance.RESTRICTED:
        hidden = set(ProfileVersion.objects.filter(restricted=True).values_list("profile", flat=True))
    names = {one.code: str(one) for one in Office.objects.all()}
    edition = in_force()
    return render(
        request,
        "profiles/report.html",
        {
            "simulation": held,
            "version": held.version,
            "told": told_of(held.version.when, held.version.level, request.user, counted=False),
            "same": held.text_hash == held.version.text_hash,
            "edition_changed": edition is not None and edition.pk != held.edition_id,
            "report": told,
            "channel": told["profile"]["channel"],
            "offices": [
                {
                    **row,
                    "name": names.get(row["office"], row["office"]),
                    "capacity": row[f"capacity_{told['profile']['channel']}"],
                    "before": row[f"before_{told['profile']['channel']}"],
                    "after": row[f"after_{told['profile']['channel']}"],
                    "over": row[f"over_{told['profile']['channel']}"],
                }
                for row in told["offices"]
            ],
            "charts": [
                (names.get(one["office"], one["office"]), max(one["capacity"], default=0), selections(one))
                for one in told["charts"]
            ],
            "first": date.fromisoformat(told["window"][0]),
            "last": date.fromisoformat(told["window"][1]),
            "changed": [
                {**row, "pk": keys.get(row["declaration_id"]), "day": date.fromisoformat(row["lodged_on"])}
                for row in seen
            ],
            "work": [
                (one, told["work"]["before"][one] / days, told["work"]["after"][one] / days)
                for days in (max(told["days"], 1),)
                for one in ("red", "yellow", "blue")
            ],
            "overlap": [{**row, "hidden": row["profile"] in hidden} for row in told["overlap"]],
        },
    )
