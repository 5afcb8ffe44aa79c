"""Pages about keys of systems. A key is shown once, when it is made."""

from __future__ import annotations

from datetime import datetime, time

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from tidegate.console.access import Asked, page
from tidegate.console.api import keys
from tidegate.console.api.models import Key
from tidegate.console.api.scopes import SCOPES
from tidegate.console.clock import now
from tidegate.console.people.forms import KeyForm

__all__ = ["index", "new", "one", "revoke"]

ROWS = 50


@page("administer")
def index(request: Asked) -> HttpResponse:
    """All keys, by system."""
    rows = Paginator(Key.objects.all(), ROWS).get_page(request.GET.get("page"))
    return render(request, "people/keys.html", {"tab": "keys", "rows": rows, "now": now()})


@page("administer", "GET", "POST")
@sensitive_variables()
def new(request: Asked) -> HttpResponse:
    """A new key; the page that follows is the only one that ever shows it."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        key, token = keys.make(
            told["system"],
            told["scopes"],
            request.user,
            offices=() if told["everywhere"] else told["offices"],
            everywhere=told["everywhere"],
            expires_at=timezone.make_aware(datetime.combine(told["expires_on"], time.max)),
            rate=told["rate"],
        )
        shown = {
            "tab": "keys",
            "heading": _("Key of %(system)s") % {"system": key.system},
            "secret": token,
            "hint": _("Give it to the system by a safe way. Only a hash of it is kept: nobody can look it up later."),
            "back": "people:key",
            "number": key.pk,
        }
        return render(request, "people/shown_once.html", shown)
    return render(request, "people/key_new.html", {"tab": "keys", "form": form}, status=422 if form.errors else 200)


@page("administer")
def one(request: Asked, number: int) -> HttpResponse:
    """What a key may do, and until when."""
    key = get_object_or_404(Key, pk=number)
    scopes = [scope for scope in SCOPES if scope.code in key.scopes]
    return render(request, "people/key.html", {"tab": "keys", "one": key, "scopes": scopes, "now": now()})


@page("administer", "POST")
def revoke(request: Asked, number: int) -> HttpResponse:
    """End a key for good."""
    keys.revoke(get_object_or_404(Key, pk=number), request.user)
    messages.success(request, _("The key is revoked. What it brought stays."))
    return redirect("people:key", number)
