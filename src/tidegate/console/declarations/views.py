"""Pages of this screen: finding a declaration, all of one, its record, and what an officer does about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tidegate.console.access import Asked, page
from tidegate.console.clock import now
from tidegate.console.declarations import acts, dossier, paper, reasons
from tidegate.console.declarations.bar import Bar, bar_of
from tidegate.console.declarations.search import Search, page_of
from tidegate.console.declarations.versions import versions
from tidegate.console.inspections.models import Inspection
from tidegate.console.queue.claims import claim_next, live
from tidegate.console.register.models import AuditEntry, Decision, Declaration, Task, User

__all__ = ["act", "index", "one", "record"]

ENTRIES = 50  # of the trail, the latest


@page("see_declaration")
def index(request: Asked) -> HttpResponse:
    """Search. A number that fits one declaration leads straight to it."""
    form = Search(request.user, request.GET)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        page = page_of(form.found(request.user), request.GET.get("after", ""))
        if form.cleaned_data["number"] and len(page.rows) == 1 and "after" not in request.GET:
            return redirect("declarations:one", page.rows[0].pk)
        given = request.GET.copy()
        given.pop("after", None)
        context |= {"page": page, "days": form.days, "given": given.urlencode(), "later": "after" in request.GET}
    return render(request, "declarations/index.html", context)


@page("see_declaration")
def one(request: Asked, pk: int) -> HttpResponse:
    """All of one declaration."""
    declaration = _declaration(request, pk)
    return _shown(request, declaration, bar_of(declaration, request.user))


@page("decide", "POST")
def act(request: Asked, pk: int) -> HttpResponse:
    """Do what the officer decided; then the next of the queue. What cannot be done shows the page again, with all
    that was typed."""
    declaration = _declaration(request, pk)
    kind, note = request.POST.get("kind", ""), request.POST.get("note", "")
    channel, take_over = request.POST.get("channel", ""), request.POST.get("take_over") == "1"
    seen = request.POST.get("seen", "")
    own = Task.objects.filter(live(), declaration=declaration, claimed_by=request.user).exists()
    try:
        if not seen.isascii() or not seen.isdecimal():
            raise acts.RefusedError(_("The page was incomplete: look at the decision again before you act."))
        decision = acts.act(declaration, request.user, kind, note, channel, seen=int(seen), take_over=take_over)
    except acts.DoneError as done:
        messages.info(request, str(done.said))
        return _onwards(request.user, declaration, claim=False)
    except acts.RefusedError as refused:
        status = 422 if isinstance(refused, acts.WantingError) else 409
        bar = bar_of(declaration, request.user, kind=kind, note=note, channel=channel, refused=refused)
        return _shown(request, declaration, bar, status)
    told = {"number": declaration.number, "act": acts.ACTS[decision.act].label}
    messages.success(request, _("%(number)s: %(act)s, recorded.") % told)
    return _onwards(request.user, declaration, claim=own)


@page("see_declaration")
def record(request: Asked, pk: int) -> HttpResponse:
    """The decision record, to be printed and signed: every value, with versions and hashes at the foot."""
    declaration = _declaration(request, pk)
    decisions = _decisions(declaration)
    engine = _engine(decisions)
    context = {
        "declaration": declaration,
        "engine": engine,
        "otherwise": _otherwise(engine),
        "reasons": reasons.rows(engine, request.user),
        "acted": acted(decisions),
        "values": paper.values(engine),
        "versions": paper.versions(engine),
        "digest": paper.digest(engine),
    }
    return render(request, "declarations/record.html", context)


def _declaration(request: Asked, pk: int) -> Declaration:
    found: Declaration = get_object_or_404(Declaration.objects.visible_to(request.user), pk=pk)
    return found


def _onwards(user: User, declaration: Declaration, claim: bool) -> HttpResponse:
    """The next that waits in the queue of this user, else this declaration again. Who works by claims goes on so."""
    waiting = Task.objects.visible_to(user).filter(state=Task.State.WAITING).exclude(declaration=declaration)
    following = waiting.filter(live(), claimed_by=user).order_by("due_at", "pk").first()
    if following is None and claim:
        following = claim_next(waiting, user)
    if following is None:
        following = waiting.exclude(live()).order_by("due_at", "pk").first()
    return redirect("declarations:one", following.declaration_id if following else declaration.pk)


def _shown(request: Asked, declaration: Declaration, bar: Bar, status: int = 200) -> HttpResponse:
    decisions = _decisions(declaration)
    decision = next(one for one in decisions if one.current)
    engine = _engine(decisions)
    rows = reasons.rows(decision, request.user)
    lines = dossier.lines_in_order(declaration)
    every = versions(declaration, request.user)
    trail = AuditEntry.objects.filter(subject=f"declaration:{declaration.number}").order_by("-number")
    context = {
        "declaration": declaration,
        "decision": decision,
        "engine": engine,
        "otherwise": _otherwise(engine),
        "task": bar.task,
        "bar": bar,
        "overdue": bar.task is not None and bar.task.state != Task.State.DONE and bar.task.due_at < now(),
        "reasons": rows,
        "goods": dossier.goods(lines, rows),
        "sections": dossier.sections(lines, rows),
        "acted": acted(decisions),
        "versions": every,
        "latest": next((one.declaration for one in every if one.declaration.current), None),
        "findings": list(declaration.findings.select_related("officer").order_by("-found_on", "item_number")),
        "inspections": Inspection.objects.filter(task=bar.task, state="done").select_related("inspector")
        if bar.task
        else (),
        "trail": list(trail[:ENTRIES]) if request.user.may("see_audit") else None,
    }
    return render(request, "declarations/one.html", context, status=status)


def _decisions(declaration: Declaration) -> list[Decision]:
    return list(declaration.decisions.select_related("edition", "officer").order_by("-pk"))


def _engine(decisions: list[Decision]) -> Decision:
    """What the engine decided: the last that no officer made."""
    return next((one for one in decisions if not one.officer_id), decisions[-1])


def acted(decisions: list[Decision]) -> list[dict[str, Any]]:
    """What officers decided, the latest first, each with the channel before."""
    return [
        {
            "decision": after,
            "label": acts.ACTS[after.act].label if after.act in acts.ACTS else after.act,
            "before": before,
        }
        for after, before in zip(decisions, [*decisions[1:], None], strict=True)
        if after.officer_id
    ]


def _otherwise(engine: Decision) -> str:
    """The counterfactual, in the reader's language."""
    name = "counterfactual_vi" if get_language() == "vi" else "counterfactual"
    return str(engine.record.get(name) or "")
