"""Pages of this screen: the search, a party, its declarations, what lists say of it, notes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from tidegate.console.access import Asked, page
from tidegate.console.parties import known as facts
from tidegate.console.parties import notes as noted
from tidegate.console.parties.directory import search
from tidegate.console.parties.graph import draw, shared
from tidegate.console.parties.kinds import KIND_OF
from tidegate.console.parties.models import Note
from tidegate.console.parties.screening import screened
from tidegate.console.parties.timeline import draw as timeline
from tidegate.errors import TidegateError

__all__ = ["declarations", "index", "note", "one", "screen", "withdraw"]

FIRST, SHOWN = 10, 50  # declarations on the party's page, and on a page of their own
LAST = 2**63 - 1  # number that a row can have


@page("see_parties")
def index(request: Asked) -> HttpResponse:
    """Search by number or name, in any script."""
    said = request.GET.get("q", "").strip()
    return render(request, "parties/index.html", {"said": said, "found": search(said, request.user)})


@page("see_parties")
def one(request: Asked, role: str, key: str) -> HttpResponse:
    """All that is known of one party."""
    return _page(request, role, key, noted.NoteForm(request.user))


@page("see_parties")
def declarations(request: Asked, role: str, key: str) -> HttpResponse:
    """Its declarations, the latest first, a page after the other."""
    party = _party(request, role, key)
    before = _before(request.GET.get("before", ""))
    rows = facts.declared((party.kind, key), request.user, before, SHOWN + 1)
    context = {"party": party, "rows": rows[:SHOWN], "before": before, "older": _older(rows, SHOWN)}
    return render(request, "parties/declarations.html", context)


@page("see_parties")
def screen(request: Asked, role: str, key: str) -> HttpResponse:
    """What the lists in force say of it now."""
    party = _party(request, role, key)
    told: dict[str, Any] = {"party": party}
    try:
        declared = [row["name"] for row in facts.names(party.kind, key, request.user)]
        told["found"] = screened(party.kind, key, declared or ([party.name] if party.name else []), request.user)
    except TidegateError as error:
        told["error"] = error
    frame = "parties/screened.html" if request.headers.get("HX-Request") else "parties/screen.html"
    return render(request, frame, told)


@page("note_parties", "POST")
def note(request: Asked, role: str, key: str) -> HttpResponse:
    """Keep a note on a party."""
    _party(request, role, key)
    form = noted.NoteForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, role, key, form, status=422)
    noted.keep(role, key, request.user, form.cleaned_data)
    messages.success(request, _("The note is kept."))
    return redirect("parties:one", role, key)


@page("note_parties", "POST")
def withdraw(request: Asked, pk: int) -> HttpResponse:
    """Withdraw one's own note."""
    held = get_object_or_404(Note, pk=pk, author=request.user)
    noted.withdraw(held, request.user)
    messages.success(request, _("The note is withdrawn."))
    return redirect("parties:one", held.role, held.key)


def _page(request: Asked, role: str, key: str, form: noted.NoteForm, status: int = 200) -> HttpResponse:
    party, user = _party(request, role, key), request.user
    rows = facts.declared((party.kind, key), user, None, FIRST + 1)
    figures = facts.figures(party)
    around = facts.partners(party)
    beyond = shared(party, around, user)
    context = {
        "party": party,
        "names": facts.names(party.kind, key, user),
        "figures": figures,
        "timeline": timeline(figures.months),
        "goods": facts.goods(party),
        "origins": facts.origins(party),
        "around": around,
        "beyond": beyond,
        "picture": draw(party, around, beyond) if around else None,
        "matched": facts.matched(party),
        "withdrawals": facts.withdrawals(party, user),
        "notes": noted.notes(role, key, user),
        "form": form if user.may("note_parties") else None,
        "rows": rows[:FIRST],
        "more": len(rows) > FIRST,
        "most": facts.MOST,
    }
    return render(request, "parties/one.html", context, status=status)


def _party(request: Asked, role: str, key: str) -> facts.Known:
    found = facts.known(KIND_OF[role], key, request.user) if role in KIND_OF and "\0" not in key else None
    if found is None:
        raise Http404
    return found


def _before(said: str) -> tuple[date, int] | None:
    day, _colon, pk = said.partition(":")
    try:
        return (date.fromisoformat(day), min(int(pk), LAST)) if said else None
    except ValueError:
        return None


def _older(rows: list[dict[str, Any]], shown: int) -> str:
    return f"{rows[shown - 1]['lodged_on'].isoformat()}:{rows[shown - 1]['pk']}" if len(rows) > shown else ""
