"""Pages of this screen that show; acts.py has those that change."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language

from tidegate.console.access import page
from tidegate.console.clock import today
from tidegate.console.lists.changes import difference, proposed
from tidegate.console.lists.forms import DecideForm, Whom
from tidegate.console.lists.models import Overlap, Proposal
from tidegate.console.lists.shelf import entries_about, in_force, knows, level_of, possible, shelf_of, summary
from tidegate.console.register.models import Edition, User
from tidegate.errors import ListError
from tidegate.screening import Entry, Match, NamedList
from tidegate.screening.disclosure import disclosed
from tidegate.screening.lists.known import BY_NAME

__all__ = ["cleared", "entry", "index", "one", "proposal", "proposal_page", "search"]

SHOWN = 50  # rows of a page
TOLD = 20  # entries of a difference that are told of each kind


def me(request: HttpRequest) -> User:
    """The user behind the door of a page."""
    return cast(User, request.user)


@page("see_lists")
def index(request: HttpRequest) -> HttpResponse:
    """The lists in force, what waits for another officer, and the search."""
    edition, day = in_force(), today()
    shelf = shelf_of(edition.lists if edition else "")
    said = [summary(named, day) for named in shelf.lists.values()]
    read = dict(
        Proposal.objects.filter(state=Proposal.State.ACTIVE, kind=Proposal.Kind.VERSION)
        .order_by("decided_at")
        .values_list("list", "decided_at")
    )
    first = Edition.objects.exclude(lists="").order_by("pk").values_list("made_at", flat=True).first()
    counted = _counted(list(shelf.lists.values()))
    rows = [
        {
            "list": row,
            "source": source_title(row.source),
            "read_at": read.get(row.name, first),
            "overlap": counted.get(row.name),
        }
        for row in said
    ]
    return render(
        request,
        "lists/index.html",
        {
            "rows": rows,
            "values": {name: len(shelf.values[name]) for name in shelf.values},
            "proposals": Proposal.objects.filter(state=Proposal.State.WAITING).select_related("proposed_by"),
            "decided": Proposal.objects.exclude(state=Proposal.State.WAITING)
            .select_related("proposed_by", "decided_by")
            .order_by("-decided_at")[:10],
            "cleared": len(shelf.cleared),
            "form": Whom(),
            "day": day,
        },
    )


@page("see_lists")
def search(request: HttpRequest) -> HttpResponse:
    """Who on the lists a party may be, with what speaks for it and against it."""
    form, edition = Whom(request.GET or None), in_force()
    matches: list[dict[str, Any]] = []
    less: list[dict[str, Any]] = []
    if form.is_valid() and edition:
        likely, alike = possible(edition.lists, form.party, today())
        matches, less = [shown(one, me(request)) for one in likely], [shown(one, me(request)) for one in alike]
    told = {"form": form, "matches": matches, "less": less, "searched": form.is_valid()}
    return render(request, "lists/search.html", told, status=422 if form.is_bound and form.errors else 200)


@page("see_lists")
def one(request: HttpRequest, name: str) -> HttpResponse:
    """The entries of a list that this user may know."""
    named, _edition = _named(name)
    known = [entry for entry in named.entries if knows(me(request), entry)]
    words = request.GET.get("q", "").strip()
    found = entries_about(known, words) if words else known
    return render(
        request,
        "lists/one.html",
        {
            "list": summary(named, today()),
            "source": source_title(named.source),
            "entries": Paginator(found, SHOWN).get_page(request.GET.get("page")),
            "withheld": len(named.entries) - len(known),
            "faults": _faults(named, me(request)),
            "words": words,
            "day": today(),
            "overlap": _counted([named]).get(name),
            "history": Proposal.objects.filter(list=name).select_related("proposed_by").order_by("-proposed_at")[:20],
        },
    )


@page("see_lists")
def entry(request: HttpRequest, name: str) -> HttpResponse:
    """One entry: all that its owner wrote, and who was found not to be the same."""
    named, edition = _named(name)
    number = request.GET.get("number", "")
    held = next((entry for entry in named.entries if entry.source_id == number), None)
    if held is None or not knows(me(request), held):
        raise Http404
    said = [one for one in shelf_of(edition.lists).cleared if (one.list, one.source_id) == (name, number)]
    return render(
        request, "lists/entry.html", {"list": summary(named, today()), "entry": held, "cleared": said, "day": today()}
    )


@page("see_lists")
def cleared(request: HttpRequest) -> HttpResponse:
    """Who was found not to be the same, for how long, and why."""
    edition = in_force()
    shelf = shelf_of(edition.lists if edition else "")
    about = {(entry.list, entry.source_id): entry for named in shelf.lists.values() for entry in named.entries}
    said = [
        one
        for one in shelf.cleared
        if (held := about.get((one.list, one.source_id))) is None or knows(me(request), held)
    ]
    said.sort(key=lambda one: (one.expires, one.party))
    return render(
        request, "lists/cleared.html", {"cleared": said, "hidden": len(shelf.cleared) - len(said), "day": today()}
    )


@page("see_lists")
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody proposes: the difference to what is in force, and what it would have matched."""
    return proposal_page(request, get_object_or_404(Proposal, pk=pk), DecideForm())


def proposal_page(request: HttpRequest, held: Proposal, form: DecideForm, status: int = 200) -> HttpResponse:
    """The page of a proposal, with the form to decide on it."""
    user, edition = me(request), in_force()
    told: dict[str, Any] = {"proposal": held, "form": form}
    shelf = shelf_of(edition.lists if edition else "")
    before = shelf.lists.get(held.list)
    if held.kind == Proposal.Kind.VERSION and edition:
        try:
            after = proposed(held, edition)
        except ListError as error:
            told["wrong"] = str(error)
        else:
            gap = difference(before, after)
            told |= {
                "before": summary(before, today()) if before else None,
                "after": summary(after, today()),
                "faults": _faults(after, user),
                "gap": gap,
                "added": [one for one in gap.added if knows(user, one)][:TOLD],
                "removed": [one for one in gap.removed if knows(user, one)][:TOLD],
                "changed": [pair for pair in gap.changed if all(knows(user, one) for one in pair)][:TOLD],
                "was": _counted([before]).get(held.list) if before else None,
                "would": _counted([after]).get(held.list),
            }
    if held.clearance:
        number = held.clearance["source_id"]
        about = next((one for one in (before.entries if before else ()) if one.source_id == number), None)
        told["entry"] = about if about and knows(user, about) else None
    told["mine"] = held.proposed_by_id == user.pk
    told["open"] = held.state == Proposal.State.WAITING and user.may("approve_lists") and not told["mine"]
    return render(request, "lists/proposal.html", told, status=status)


def source_title(name: str) -> str:
    """What the library calls a source, in the reader's language."""
    source = BY_NAME.get(name)
    return name if source is None else source.title_vi if get_language() == "vi" else source.title


def shown(match: Match, user: User) -> dict[str, Any]:
    """A match as this user may see it: of what is withheld only list, owner and probability."""
    row = disclosed(match, level_of(user))
    vietnamese = get_language() == "vi"
    if not knows(user, match.entry):
        return {"known": False, **row, "withheld": row["reasons_vi" if vietnamese else "reasons"]}
    reasons = [(one.weight, one.text_vi if vietnamese else one.text) for one in match.reasons]
    return {"known": True, **row, "held": match.entry, "why": reasons}


def _named(name: str) -> tuple[NamedList, Edition]:
    edition = in_force()
    held = shelf_of(edition.lists).lists.get(name) if edition else None
    if held is None or edition is None:
        raise Http404
    return held, edition


def _faults(named: NamedList, user: User) -> list[str]:
    """What is wrong with single records, for those who may know all of the list: a fault repeats what stands there."""
    if not all(knows(user, entry) for entry in named.entries):
        return []
    return [fault.told(get_language() or "en") for fault in named.faults[:TOLD]]


def _counted(lists: list[NamedList]) -> dict[str, Overlap]:
    """The latest count of each of these versions."""
    versions = {one.version for one in lists}
    return {one.list: one for one in Overlap.objects.filter(version__in=versions).order_by("day")}


def about_entry(named: NamedList, number: str) -> Entry | None:
    """The entry of this number."""
    return next((one for one in named.entries if one.source_id == number), None)
