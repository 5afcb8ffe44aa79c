"""Pages of this screen: the trail, one entry of it, the story of a subject, the check."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from procrastinate.exceptions import AlreadyEnqueued

from tidegate.console.access import Asked, page
from tidegate.console.audit import tasks
from tidegate.console.audit.acts import said
from tidegate.console.audit.breaks import told
from tidegate.console.audit.checking import check, head
from tidegate.console.audit.filters import Filters
from tidegate.console.audit.models import Check
from tidegate.console.audit.seal import ACT, broken_seal, seals
from tidegate.console.audit.story import story as told_of
from tidegate.console.register import trail
from tidegate.console.register.models import AuditEntry

__all__ = ["check_now", "entry", "head_page", "index", "story"]

SHOWN = 50  # entries a page
AT_ONCE = 20_000  # entries up to which the page itself checks the trail; more are the worker's


@page("see_audit")
def index(request: Asked) -> HttpResponse:
    """The trail, the last entry first, with its filters; and whether it is whole."""
    filters = Filters(request.GET)
    found = list(filters.entries()[: SHOWN + 1])
    rows = [(one, said(one, get_language())) for one in found[:SHOWN]]
    kept = {name: value for name, value in request.GET.items() if value and name != "before"}
    number, hash_ = head()
    return render(
        request,
        "audit/index.html",
        {
            "filters": filters,
            "filtered": bool(kept),
            "rows": rows,
            "older": urlencode({**kept, "before": found[SHOWN - 1].number}) if len(found) > SHOWN else "",
            "newest": urlencode(kept) if "before" in request.GET else "",
            "check": (last := Check.objects.order_by("-pk").first()),
            "breaks": [(place, told(what, get_language())) for place, what in last.breaks] if last else [],
            "head": {"number": number, "hash": hash_},
            "sealed": seals().last(),
        },
    )


@page("see_audit", "POST")
def check_now(request: Asked) -> HttpResponse:
    """Look through the whole trail, at once where it is short, otherwise in the background."""
    if head()[0] <= AT_ONCE:
        made = check(request.user)
        if made.breaks:
            messages.error(request, _("The trail is broken. The places stand below."))
        else:
            messages.success(request, _("The trail is whole."))
    else:
        with suppress(AlreadyEnqueued):
            tasks.check_now.defer(actor=request.user.get_username())
        messages.info(request, _("The trail is being looked through. Open this page again in a few minutes."))
    return redirect("audit:index")


@page("see_audit")
def head_page(request: Asked) -> HttpResponse:
    """Number and hash of the last entry, to print and put away."""
    number, hash_ = head()
    last = AuditEntry.objects.filter(number=number).first()
    return render(request, "audit/head.html", {"number": number, "hash": hash_, "last": last})


@page("see_audit")
def entry(request: Asked, number: int) -> HttpResponse:
    """One entry, with all that its hash is over."""
    one = get_object_or_404(AuditEntry, number=number)
    wrong = [what for place, what in trail.breaks(number - 1, number) if place == number]
    if one.act == ACT and not wrong:
        wrong = broken_seal(one)
    wrong = [told(what, get_language()) for what in wrong]
    return render(request, "audit/entry.html", {"one": one, "said": said(one, get_language()), "wrong": wrong})


@page("see_audit")
def story(request: Asked, subject: str) -> HttpResponse:
    """All that happened to one subject."""
    steps = told_of(subject, request.user) if "\0" not in subject else None
    if not steps:
        raise Http404
    kind, _colon, key = subject.partition(":")
    return render(request, "audit/story.html", {"kind": kind, "key": key, "subject": subject, "steps": steps})
