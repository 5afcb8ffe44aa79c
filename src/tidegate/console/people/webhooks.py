"""Pages about webhooks: where decisions are sent, and what became of it. What was sent is not shown here."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from tidegate.console.access import Asked, page
from tidegate.console.api.delivery import open_hook, ring
from tidegate.console.api.models import Delivery, Hook
from tidegate.console.people.forms import WebhookForm
from tidegate.console.register import trail

__all__ = ["again", "close", "index", "new", "one"]

ROWS = 50


@page("administer")
def index(request: Asked) -> HttpResponse:
    """All webhooks, by name."""
    waiting = Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING))
    rows = Hook.objects.annotate(waiting=waiting).order_by(F("closed_at").asc(nulls_first=True), "name")
    return render(request, "people/webhooks.html", {"tab": "webhooks", "rows": rows})


@page("administer", "GET", "POST")
@sensitive_variables()
def new(request: Asked) -> HttpResponse:
    """A new webhook; the page that follows is the only one that shows the secret."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        hook = Hook(
            name=told["name"],
            address=told["address"],
            nonce=Hook.fresh_nonce(),
            offices=[] if told["everywhere"] else sorted(told["offices"]),
            everywhere=told["everywhere"],
            made_at=timezone.now(),
            made_by=request.user,
        )
        with transaction.atomic():
            open_hook(hook)
            trail.write(
                "webhook.open",
                f"webhook:{hook.pk}",
                request.user,
                name=hook.name,
                address=urlsplit(hook.address).hostname,  # a path may hold a secret of the receiver
                offices=hook.offices,
                everywhere=hook.everywhere,
            )
        shown = {
            "tab": "webhooks",
            "heading": _("Secret of %(name)s") % {"name": hook.name},
            "secret": hook.secret,
            "hint": _("The receiver checks with it that a message comes from this node and was not changed."),
            "back": "people:webhook",
            "number": hook.pk,
        }
        return render(request, "people/shown_once.html", shown)
    told = {"tab": "webhooks", "form": form}
    return render(request, "people/webhook_new.html", told, status=422 if form.errors else 200)


@page("administer")
def one(request: Asked, number: int) -> HttpResponse:
    """A webhook and its deliveries, the last one first."""
    hook = get_object_or_404(Hook, pk=number)
    state = request.GET.get("state", "")
    found = hook.deliveries.order_by("-position")
    if state in Delivery.State.values:
        found = found.filter(state=state)
    told = {
        "tab": "webhooks",
        "one": hook,
        "rows": Paginator(found, ROWS).get_page(request.GET.get("page")),
        "waiting": hook.deliveries.filter(state=Delivery.State.WAITING).count(),
        "state": state,
        "states": Delivery.State.choices,
        "resting": hook.rest_until is not None and hook.rest_until > timezone.now(),
    }
    return render(request, "people/webhook.html", told)


@page("administer", "POST")
def again(request: Asked, number: int) -> HttpResponse:
    """Try at once what waits."""
    hook = get_object_or_404(Hook, pk=number, closed_at=None)
    with transaction.atomic():
        Hook.objects.filter(pk=hook.pk).update(rest_until=None)
        due = hook.deliveries.filter(state=Delivery.State.WAITING).update(due_at=timezone.now())
        trail.write("webhook.again", f"webhook:{hook.pk}", request.user, name=hook.name, waiting=due)
        ring()
    messages.success(request, _("What waits is tried again now."))
    return redirect("people:webhook", number)


@page("administer", "POST")
def close(request: Asked, number: int) -> HttpResponse:
    """Send nothing there any more; what waits is not sent."""
    hook = get_object_or_404(Hook, pk=number)
    with transaction.atomic():
        if Hook.objects.filter(pk=hook.pk, closed_at=None).update(closed_at=timezone.now()):
            trail.write("webhook.close", f"webhook:{hook.pk}", request.user, name=hook.name)
    messages.success(request, _("The webhook is closed."))
    return redirect("people:webhook", number)
