"""Pages of this screen: what offices can do and would have to do, orders, proposals, the draw."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tidegate.console.access import Asked, page
from tidegate.console.clock import today
from tidegate.console.control import draws, orders, proposals, rules
from tidegate.console.control.forecast import cases, forecast
from tidegate.console.control.models import Order, Proposal
from tidegate.console.plots import against
from tidegate.console.profiles import history
from tidegate.console.register.models import Edition, InForce, Office, User
from tidegate.errors import ProfileError, TidegateError
from tidegate.profiles import NATIONAL
from tidegate.selection import CHANNELS, Policy

__all__ = [
    "act_on_order",
    "decide",
    "draw",
    "draw_day",
    "index",
    "office",
    "order_list",
    "proposal",
    "proposal_list",
    "published",
]

LABELS = {
    "red": gettext_lazy("Red: places a day"),
    "yellow": gettext_lazy("Yellow: places a day"),
    "blue": gettext_lazy("Blue: places a day"),
    "random_rate": gettext_lazy("Random rate, %"),
    "exploration_share": gettext_lazy("Exploration, % of the red places"),
    "trusted_factor": gettext_lazy("Authorised traders, % of the probability"),
    "model_red": gettext_lazy("Model, red: least risk score"),
    "model_yellow": gettext_lazy("Model, yellow: least risk score"),
    "model_blue": gettext_lazy("Model, blue: least risk score"),
}
HINTS = {
    "red": gettext_lazy("Physical checks. A whole number (40), or a share of the day's declarations (5%)."),
    "yellow": gettext_lazy("Checks of documents. A whole number, or a share of the day's declarations."),
    "blue": gettext_lazy("Checks after release. A whole number, or a share of the day's declarations."),
    "random_rate": gettext_lazy("Everybody's least probability of being selected. 1 is one in a hundred; never 0."),
    "exploration_share": gettext_lazy("Kept for what the model is unsure about."),
    "trusted_factor": gettext_lazy(
        "Of what profiles and model give others. Profiles that ask for certainty and the random rate hold for all."
    ),
    "model_red": gettext_lazy("From 0 to 1. The highest scores come first. Empty: the model selects nothing here."),
    "model_yellow": gettext_lazy("From 0 to 1. Empty: the model selects nothing here."),
    "model_blue": gettext_lazy("From 0 to 1. Empty: the model selects nothing here."),
}
ORDER_FIELDS = {
    "hs_code": (gettext_lazy("HS code begins with"), gettext_lazy("2 to 12 digits")),
    "origin_country": (gettext_lazy("Country of origin"), gettext_lazy("Two letters, such as CM")),
    "dispatch_country": (gettext_lazy("Country of dispatch"), gettext_lazy("Two letters")),
    "importer_id": (gettext_lazy("Importer's number"), gettext_lazy("Tax code, to the letter")),
    "exporter_name": (gettext_lazy("Exporter's name contains"), gettext_lazy("Capital or small letters do not matter")),
}
CHANNEL_LABELS = {"red": gettext_lazy("Red"), "yellow": gettext_lazy("Yellow"), "blue": gettext_lazy("Blue")}


def _tabs(request: Asked) -> dict[str, Any]:
    return {
        "tabs": [
            ("index", _("Offices")),
            ("orders", _("Emergency orders")),
            ("proposals", _("Proposals")),
            ("draw", _("Random draw")),
        ],
        "tab": request.resolver_match.url_name,
        "may_change": request.user.may("change_control"),
    }


def _in_force() -> Edition:
    held = InForce.objects.select_related("edition").filter(pk=1).first()
    if held is None:
        raise Http404
    return held.edition


def _seen(user: User, code: str) -> None:
    """Raise Http404 for an office that is not the user's; the default is for those who see all."""
    codes = user.office_codes
    known = code == rules.DEFAULT or Office.objects.filter(pk=code).exists()
    if not known or (codes is not None and code not in codes):
        raise Http404


@page("see_control")
def index(request: Asked) -> HttpResponse:
    """All offices: what is in force, and what they would have to do against their staff."""
    held = InForce.objects.select_related("edition").filter(pk=1).first()
    if held is None:
        return render(request, "control/nothing.html", _tabs(request))
    policy = Policy.parse(held.edition.policy)
    load, fault = _forecast(policy, request.user.office_codes)
    shown = Office.objects.all()
    if request.user.office_codes is not None:
        shown = shown.filter(pk__in=request.user.office_codes)
    rows = [
        {
            "office": one,
            "rules": rules.typed(policy.rules(one.code)),
            "own": one.code in policy.office,
            **_shown(load.get(one.code)),
        }
        for one in shown
    ]
    return render(
        request,
        "control/index.html",
        {
            **_tabs(request),
            "rows": rows,
            "fault": fault,
            "default": rules.typed(policy.default),
            "everywhere": request.user.office_codes is None,
            "since": held.since,
            "edition": held.edition,
            "policy": policy,
            "open": Proposal.objects.filter(kind="policy", state="open").count(),
        },
    )


@page("see_control", "GET", "POST")
def office(request: Asked, code: str) -> HttpResponse:
    """The rules of one office as a form: look what they would mean, then propose them."""
    _seen(request.user, code)
    edition = _in_force()
    policy = Policy.parse(edition.policy)
    current = rules.typed(policy.default if code == rules.DEFAULT else policy.rules(code))
    said, wrong, proposed = current, {}, None
    if request.method == "POST":
        if not request.user.may("change_control"):
            raise PermissionDenied("change_control")
        said = {name: request.POST.get(name, "") for name in rules.KEYS}
        proposed, wrong = rules.with_rules(policy, code, said)
        why = request.POST.get("why", "").strip()
        changed = proposed is not None and bool(rules.differences(policy, proposed, code))
        if proposed is not None and not changed:
            wrong["red"] = _("Nothing is changed.")
        if request.POST.get("act") == "propose" and not wrong:
            if not why:
                wrong["why"] = _("Say why: another officer decides on it.")
            elif proposed is not None:
                made = proposals.propose(
                    "policy", proposed.toml(), edition.policy, why, request.user, "" if code == rules.DEFAULT else code
                )
                messages.success(request, _("Proposed. Another officer decides."))
                return redirect("control:proposal", made.pk)
    only = None if code == rules.DEFAULT else [code]
    now_load, fault = _forecast(policy, only if only else request.user.office_codes)
    then_load, then_fault = _forecast(proposed, only) if proposed is not None and not wrong else ({}, "")
    fields = [
        {"name": name, "label": LABELS[name], "hint": HINTS[name], "value": said[name], "wrong": wrong.get(name, "")}
        for name in rules.KEYS
    ]
    context = {
        **_tabs(request),
        "tab": "index",
        "code": code,
        "office": Office.objects.filter(pk=code).first(),
        "fields": fields,
        "wrong": [(one["label"], one["wrong"]) for one in fields if one["wrong"]],
        "why": request.POST.get("why", ""),
        "why_wrong": wrong.get("why", ""),
        "loads": _compared(now_load, then_load),
        "looked": proposed is not None and not wrong,
        "fault": then_fault or fault,
    }
    return render(request, "control/office.html", context, status=422 if wrong else 200)


@page("see_control")
def proposal_list(request: Asked) -> HttpResponse:
    """Proposed policies: the open ones, then what became of others."""
    seen = Proposal.objects.visible_to(request.user).filter(kind="policy").select_related("made_by", "decided_by")
    rows = [*seen.filter(state="open").order_by("-made_at"), *seen.exclude(state="open").order_by("-made_at")[:50]]
    return render(request, "control/proposals.html", {**_tabs(request), "rows": rows})


@page("see_control")
def proposal(request: Asked, number: int) -> HttpResponse:
    """One proposal: what would change, what it would mean, and the decision."""
    return _proposal(request, number)


def _proposal(request: Asked, number: int, wrong: str = "") -> HttpResponse:
    one = get_object_or_404(Proposal.objects.visible_to(request.user).filter(kind="policy"), pk=number)
    before, after = Policy.parse(one.before), Policy.parse(one.content)
    code = one.office or rules.DEFAULT
    only = [one.office] if one.office else request.user.office_codes
    now_load, fault = _forecast(before, only)
    then_load, then_fault = _forecast(after, only)
    context = {
        **_tabs(request),
        "tab": "proposals",
        "one": one,
        "office": Office.objects.filter(pk=one.office).first(),
        "differences": [(LABELS[name], old, new) for name, old, new in rules.differences(before, after, code)],
        "loads": _compared(now_load, then_load),
        "fault": fault or then_fault,
        "mine": one.made_by_id == request.user.pk,
        "wrong": wrong,
    }
    return render(request, "control/proposal.html", context, status=422 if wrong else 200)


@page("change_control", "POST")
def decide(request: Asked, number: int) -> HttpResponse:
    """Approve, send back with a comment, or withdraw a proposal."""
    one = get_object_or_404(Proposal.objects.visible_to(request.user).filter(kind="policy"), pk=number)
    act, comment = request.POST.get("act", ""), request.POST.get("comment", "").strip()
    try:
        if act == "approve":
            proposals.approve(one, request.user)
            messages.success(request, _("In force now, in all offices and processes."))
        elif act == "withdraw":
            proposals.withdraw(one, request.user)
        elif act == "send_back" and comment:
            proposals.send_back(one, request.user, comment)
        else:
            return _proposal(request, number, _("Say in the comment why it goes back."))
    except TidegateError as error:
        return _proposal(request, number, f"{error.what} {error.hint}")
    return redirect("control:proposal", one.pk)


@page("see_control", "GET", "POST")
def order_list(request: Asked) -> HttpResponse:
    """Emergency orders: those that hold, those that held, and giving one."""
    said = {name: request.POST.get(name, "") for name in (*orders.FIELDS, "channel", "office", "reason", "ends")}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        if not request.user.may("change_control"):
            raise PermissionDenied("change_control")
        try:
            _give(request.user, said)
        except TidegateError as error:
            place = error.where if error.where in said else "hs_code"
            wrong[place] = f"{error.what} {error.hint}".strip()
        else:
            messages.success(request, _("In force now. Another officer has to confirm it within 24 hours, or it ends."))
            return redirect("control:orders")
    seen = Order.objects.filter(edition__isnull=False).select_related("made_by", "confirmed_by", "ended_by")
    codes = request.user.office_codes
    seen = seen if codes is None else seen.filter(office__in=["", *codes])
    context = {
        **_tabs(request),
        "running": [(one, _hits(one, codes)) for one in seen.filter(ended_at=None).order_by("-pk")],
        "over": seen.exclude(ended_at=None).order_by("-pk")[:50],
        "fields": [
            {"name": name, "label": label, "hint": hint, "value": said[name], "wrong": wrong.get(name, "")}
            for name, (label, hint) in ORDER_FIELDS.items()
        ],
        "said": said,
        "wrong": wrong,
        "channels": CHANNEL_LABELS.items(),
        "offices": Office.objects.all() if codes is None else Office.objects.filter(pk__in=codes),
        "everywhere": codes is None,
        "today": today(),
        "days": orders.DAYS_AT_MOST,
        "last": date.fromordinal(today().toordinal() + orders.DAYS_AT_MOST),
    }
    return render(request, "control/orders.html", context, status=422 if wrong else 200)


def _hits(order: Order, offices: list[str] | None) -> Any:
    """What an order would have hit in the last ninety days; None where that is not kept ready, or cannot be counted."""
    held = history.known()
    try:
        return history.count(order.when, order.office or NATIONAL, held, offices) if held else None
    except TidegateError:
        return None


def _give(user: User, said: dict[str, str]) -> Order:
    try:
        ends = date.fromisoformat(said["ends"])
    except ValueError:
        raise ProfileError(_("an order needs its last day."), where="ends") from None
    codes = user.office_codes
    known = Office.objects.filter(pk=said["office"]).exists() if said["office"] else codes is None
    if not known or (codes is not None and said["office"] not in codes):
        raise ProfileError(_("this office is not yours."), where="office")
    return orders.give(
        user,
        when=orders.condition(said),
        channel=said["channel"],
        office=said["office"],
        reason=said["reason"],
        ends=ends,
    )


@page("change_control", "POST")
def act_on_order(request: Asked, number: int) -> HttpResponse:
    """Confirm another's order, or end one with a reason."""
    seen = orders.running()
    codes = request.user.office_codes
    one = get_object_or_404(seen if codes is None else seen.filter(office__in=codes), pk=number)
    why = request.POST.get("why", "").strip()
    try:
        if request.POST.get("act") == "confirm":
            orders.confirm(one, request.user)
            messages.success(request, _("Confirmed. It holds to its last day."))
        elif why:
            orders.end(one, request.user, why)
            messages.success(request, _("Ended. Nothing more is opened by it."))
        else:
            messages.error(request, _("Say why it ends."))
    except TidegateError as error:
        messages.error(request, f"{error.what} {error.hint}".strip())
    return redirect("control:orders")


@page("see_control")
def draw(request: Asked) -> HttpResponse:
    """The hashes to publish before each day, and the keys of days that are over."""
    return render(request, "control/draw.html", {**_tabs(request), "ahead": draws.ahead(), "behind": draws.behind()})


@page("see_control")
def published(request: Asked) -> HttpResponse:
    """The hashes of today and the coming days as text, to be published."""
    text = "".join(f"{day}  {commitment}\n" for day, commitment in draws.ahead())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@page("see_control")
def draw_day(request: Asked, day: str) -> HttpResponse:
    """The draw of one day that is over, worked out again from its key."""
    try:
        when = date.fromisoformat(day)
        key = draws.revealed(when)
    except ValueError:
        raise Http404 from None
    checked = draws.check(when, request.user)
    said = ""
    if checked is not None:
        count = checked.result.declarations
        said = ngettext("The draw stands: %(count)s declaration.", "The draw stands: %(count)s declarations.", count)
        said %= {"count": count}
    context = {**_tabs(request), "tab": "draw", "day": when, "key": key, "checked": checked, "said": said}
    return render(request, "control/draw_day.html", context)


def _forecast(policy: Policy, offices: list[str] | None) -> tuple[dict[str, Any], str]:
    """The load by office, or what the library says against it."""
    try:
        return forecast(policy, cases(offices)), ""
    except TidegateError as error:
        return {}, f"{error.what} {error.hint}"


def _shown(load: Any) -> dict[str, Any]:
    if load is None:
        return {"load": None}
    return {"load": load, "plot": _week(load)}


def _week(load: Any) -> Any:
    days = [_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su")]
    said = _("Physical checks expected by day of the week, against what the staff can do")
    return against(list(zip(days, load.selected["red"], strict=True)), float(load.staff) or None, said)


def _compared(now: dict[str, Any], then: dict[str, Any]) -> list[dict[str, Any]]:
    """A row an office: expected of each channel as it is, and as it would be."""
    return [
        {
            "code": code,
            "load": load,
            "plot": _week(then.get(code, load)),
            "after": then.get(code),
            "channels": [
                (CHANNEL_LABELS[name], load.mean[name], then[code].mean[name] if code in then else None)
                for name in CHANNELS
            ],
        }
        for code, load in now.items()
        if not then or code in then
    ]
