"""Pages of this screen: models with their cards, two compared, training, and a proposal that another decides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tidegate.console.access import Asked, page
from tidegate.console.clock import now, today
from tidegate.console.control import proposals
from tidegate.console.control.models import Proposal
from tidegate.console.models import shelf
from tidegate.console.models.models import Comparison, Training
from tidegate.console.models.tasks import run_comparison, run_training
from tidegate.console.plots import calibration
from tidegate.console.profiles.vocabulary import label
from tidegate.console.register import trail
from tidegate.errors import TidegateError
from tidegate.models.wording import WORDS
from tidegate.yardstick import rate_interval

__all__ = ["card", "compare", "decide", "index", "proposal", "propose", "train"]

HELD_BACK = 30  # days before today that a training leaves to be compared on
FEATURES = 15  # told of a card


@page("see_models")
def index(request: Asked) -> HttpResponse:
    """All models, open proposals, trainings; forms to train and to compare."""
    return _index(request)


def _index(request: Asked, wrong: str = "") -> HttpResponse:
    context = {
        "models": shelf.known(),
        "held": shelf.in_force(),
        "open": Proposal.objects.filter(kind="model", state="open").select_related("made_by"),
        "trainings": Training.objects.select_related("made_by").order_by("-pk")[:10],
        "until": request.POST.get("until") or (today() - timedelta(days=HELD_BACK)).isoformat(),
        "last": (today() - timedelta(days=1)).isoformat(),
        "wrong": wrong,
        "may_propose": request.user.may("propose_models"),
    }
    return render(request, "models/index.html", context, status=422 if wrong else 200)


@page("propose_models", "POST")
def train(request: Asked) -> HttpResponse:
    """Have a model trained by the worker; nothing comes into force by it."""
    try:
        until = date.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        return _index(request, _("Name the last day to learn from."))
    if until >= today():
        return _index(request, _("The last day to learn from lies in the past."))
    if Training.objects.filter(done_at=None).exists():
        return _index(request, _("A training is under way. Wait until it is done."))
    with transaction.atomic():
        asked = Training.objects.create(made_at=now(), made_by=request.user, until=until)
        run_training.defer(number=asked.pk)
        trail.write("model.train", f"training:{asked.pk}", request.user, until=until.isoformat())
    messages.info(request, _("The worker trains it. This takes a minute or more; the list shows when it is done."))
    return redirect("models:index")


@page("see_models")
def card(request: Asked, name: str) -> HttpResponse:
    """The card of one model: what it learned from, how well it did, and what it goes by."""
    return _card(request, name)


def _card(request: Asked, name: str, wrong: str = "") -> HttpResponse:
    held = shelf.one(name)
    if held is None:
        raise Http404
    told = held.card["evaluation"]
    context = {
        "model": held,
        "card": held.card,
        "held": shelf.in_force() == name,
        "evaluation": told,
        "parts": [
            {"label": _words()[part], **told[part], "rows": [_with_limits(row) for row in told[part]["top"]]}
            for part in ("all", "new_records")
            if told and told[part]
        ],
        "plot": calibration(
            [(band["expected"], band["found"], band["low"], band["high"]) for band in told["all"]["calibration"]],
            _words()["plot"],
        )
        if told
        else "",
        "bands": told["all"]["calibration"] if told else [],
        "features": _features(held.card),
        "left_out": sorted((label(key), why) for key, why in held.card["left_out"].items()),
        "words": _words(),
        "others": [one for one in shelf.known() if one.name != name],
        "may_propose": request.user.may("propose_models"),
        "wrong": wrong,
        "why": request.POST.get("why", ""),
    }
    return render(request, "models/card.html", context, status=422 if wrong else 200)


@page("see_models", "GET", "POST")
def compare(request: Asked) -> HttpResponse:
    """Two models on the same days; POST has it worked out."""
    asked = request.POST if request.method == "POST" else request.GET
    pair = [shelf.one(asked.get(side, "")) for side in ("first", "second")]
    if pair[0] is None or pair[1] is None:
        raise Http404
    first, second = pair[0], pair[1]
    latest = Comparison.objects.filter(first=first.name, second=second.name).order_by("-pk").first()
    if request.method == "POST":
        if latest is None or latest.done_at:
            with transaction.atomic():
                made = Comparison.objects.create(first=first.name, second=second.name, made_at=now())
                run_comparison.defer(number=made.pk)
        return redirect(f"{reverse('models:compare')}?first={first.name}&second={second.name}")
    context: dict[str, Any] = {"first": first, "second": second, "one": latest, "held": shelf.in_force()}
    if latest and latest.figures:
        figures = latest.figures
        judged = figures["judged"]
        context |= {
            "figures": figures,
            "judged": judged,
            "tops": list(zip(judged["figures"][0]["top"], judged["figures"][1]["top"], strict=True))
            if judged["figures"]
            else [],
        }
    return render(request, "models/compare.html", context)


@page("propose_models", "POST")
def propose(request: Asked, name: str) -> HttpResponse:
    """Propose that a model comes into force."""
    held = shelf.one(name)
    if held is None:
        raise Http404
    why = request.POST.get("why", "").strip()
    if name == shelf.in_force():
        return _card(request, name, _("This model is in force already."))
    if not why:
        return _card(request, name, _("Say why: another officer decides on it."))
    made = proposals.propose("model", name, shelf.in_force(), why, request.user)
    messages.success(request, _("Proposed. Another officer decides."))
    return redirect("models:proposal", made.pk)


@page("see_models")
def proposal(request: Asked, number: int) -> HttpResponse:
    """One proposal, with the comparison with the model in force."""
    return _proposal(request, number)


def _proposal(request: Asked, number: int, wrong: str = "") -> HttpResponse:
    one = get_object_or_404(Proposal.objects.filter(kind="model"), pk=number)
    context = {
        "one": one,
        "model": shelf.one(one.content),
        "before": shelf.one(one.before),
        "mine": one.made_by_id == request.user.pk,
        "may_decide": request.user.may("approve_models"),
        "wrong": wrong,
    }
    return render(request, "models/proposal.html", context, status=422 if wrong else 200)


@page("see_models", "POST")
def decide(request: Asked, number: int) -> HttpResponse:
    """Approve or send back (who approves models), or withdraw (who proposed it)."""
    one = get_object_or_404(Proposal.objects.filter(kind="model"), pk=number)
    act, comment = request.POST.get("act", ""), request.POST.get("comment", "").strip()
    needed = "propose_models" if act == "withdraw" else "approve_models"
    if not request.user.may(needed):
        raise PermissionDenied(needed)
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
    return redirect("models:proposal", one.pk)


def _words() -> dict[str, str]:
    """The library's words for a card, in the reader's language."""
    return WORDS["vi" if get_language() == "vi" else "en"]


def _with_limits(row: dict[str, Any]) -> dict[str, Any]:
    low, high = rate_interval(row["found"], row["opened"])
    return {**row, "low": low, "high": high}


def _features(card: Any) -> list[dict[str, Any]]:
    """What counts most, with labels that officers know; `part`: the share of the largest."""
    rows = card["importance"][:FEATURES]
    most = max([row["weight"] for row in rows], default=1.0) or 1.0
    return [
        {
            "label": " × ".join(label(name) for name in row["feature"].split(" × ")),
            "weight": row["weight"],
            "wide": round(100 * row["weight"] / most),
        }
        for row in rows
    ]
