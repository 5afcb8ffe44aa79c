"""Pages of this screen."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from tidegate.console.access import Asked, page
from tidegate.console.parties.kinds import KIND_OF, KINDS
from tidegate.console.register.models import Subject

__all__ = ["index", "one"]

SHOWN = 50  # rows a page


@page("see_parties")
def index(request: Asked) -> HttpResponse:
    """Search by number or name."""
    words = request.GET.get("q", "").strip()
    found = [
        (kind, subject)
        for kind in KINDS
        if words
        and (
            subject := Subject.objects.visible_to(request.user)
            .filter(role=kind.role, key=words)
            .order_by("-lodged_on")
            .first()
        )
    ]
    return render(request, "parties/index.html", {"words": words, "found": found})


@page("see_parties")
def one(request: Asked, role: str, key: str) -> HttpResponse:
    """All that is known of one party."""
    named = (
        Subject.objects.visible_to(request.user).filter(role=role, key=key).order_by("-lodged_on", "-declaration_id")
    )
    subjects = list(named.select_related("declaration")[:SHOWN])
    if role not in KIND_OF or not subjects:
        raise Http404
    return render(
        request, "parties/one.html", {"kind": KIND_OF[role], "key": key, "name": subjects[0].name, "subjects": subjects}
    )
