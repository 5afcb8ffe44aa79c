"""Pages of this screen: finding a declaration, all of one, and what an officer does about it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from tidegate.console.access import page
from tidegate.console.declarations import acts, dossier, reasons
from tidegate.console.declarations.bar import Bar, bar_of
from tidegate.console.declarations.search import Search, page_of
from tidegate.console.register.models import Decision, Declaration, Task, User

__all__ = ["act", "index", "one"]


@page("see_declaration")
def index(request: HttpRequest) -> HttpResponse:
    """Search. A number that fits one declaration leads straight to it."""
    user = cast(User, request.user)
    form = Search(user, request.GET)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        found = form.found(user)
        page = page_of(found, request.GET.get("after", ""))
        if form.cleaned_data["number"] and len(page.rows) == 1 and "after" not in request.GET:
            return redirect("declarations:one", page.rows[0].pk)
        given = request.GET.copy()
        given.pop("after", None)
        context |= {"page": page, "days": form.days, "given": given.urlencode(), "later": "after" in request.GET}
    return render(request, "declarations/index.html", context)


@page("see_declaration")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """All of one declaration."""
    declaration = get_object_or_404(Declaration.objects.visible_to(request.user), pk=pk)
    return _shown(request, declaration, bar_of(declaration, cast(User, request.user)))


@page("decide", "POST")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what the officer decided; then the next of the queue. What cannot be done shows the page again, with all
    that was typed."""
    declaration = get_object_or_404(Declaration.objects.visible_to(request.user), pk=pk)
    kind, note = request.POST.get("kind", ""), request.POST.get("note", "")
    channel, take_over = request.POST.get("channel", ""), request.POST.get("take_over") == "1"
    seen = request.POST.get("seen", "")
    try:
        if not seen.isascii() or not seen.isdecimal():
            raise acts.RefusedError(_("The page was incomplete: look at the decision again before you act."))
        decision = acts.act(
            declaration, cast(User, request.user), kind, note, channel, seen=int(seen), take_over=take_over
        )
    except acts.DoneError as done:
        messages.info(request, str(done.said))
        return _onwards(cast(User, request.user), declaration)
    except acts.RefusedError as refused:
        status = 422 if isinstance(refused, acts.WantingError) else 409
        bar = bar_of(declaration, cast(User, request.user), kind=kind, note=note, channel=channel, refused=refused)
        return _shown(request, declaration, bar, status)
    messages.success(
        request,
        _("%(number)s: %(act)s, recorded.") % {"number": declaration.number, "act": acts.ACTS[decision.act].label},
    )
    return _onwards(cast(User, request.user), declaration)


def _onwards(user: User, declaration: Declaration) -> HttpResponse:
    """The next that waits in the queue of this user, else this declaration again."""
    waiting = Task.objects.visible_to(user).filter(state=Task.State.WAITING).exclude(declaration=declaration)
    following = waiting.filter(claimed_by=None).order_by("due_at", "pk").first()
    return redirect("declarations:one", following.declaration_id if following else declaration.pk)


def _shown(request: HttpRequest, declaration: Declaration, bar: Bar, status: int = 200) -> HttpResponse:
    decisions = list(declaration.decisions.select_related("edition", "officer").order_by("-pk"))
    decision = next(one for one in decisions if one.current)
    rows = reasons.rows(decision, cast(User, request.user))
    lines = dossier.lines_in_order(declaration)
    context = {
        "declaration": declaration,
        "decision": decision,
        "engine": _engine(decisions),
        "task": bar.task,
        "bar": bar,
        "reasons": rows,
        "goods": dossier.goods(lines, rows, declaration.currency),
        "sections": dossier.sections(lines, rows),
        "parties": dossier.parties(lines, rows),
        "acted": [one for one in decisions if one.officer_id],
    }
    return render(request, "declarations/one.html", context, status=status)


def _engine(decisions: list[Decision]) -> Decision:
    """What the engine decided: the last that no officer made."""
    return next((one for one in decisions if not one.officer_id), decisions[-1])
