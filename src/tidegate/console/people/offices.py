"""Pages about offices: their codes, names, and what their staff can do."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from tidegate.console.access import Asked, page
from tidegate.console.people.forms import OfficeForm
from tidegate.console.register import trail
from tidegate.console.register.models import Office

__all__ = ["edit", "index", "new"]


@page("administer")
def index(request: Asked) -> HttpResponse:
    """All offices, by code."""
    rows = Office.objects.annotate(users=Count("user"))
    return render(request, "people/offices.html", {"tab": "offices", "rows": rows})


@page("administer", "GET", "POST")
def new(request: Asked) -> HttpResponse:
    """A new office."""
    return _edited(request, Office(), "office.make")


@page("administer", "GET", "POST")
def edit(request: Asked, code: str) -> HttpResponse:
    """An office, and what can be changed of it."""
    return _edited(request, get_object_or_404(Office, pk=code.replace("\0", "")), "office.change")


def _edited(request: Asked, office: Office, act: str) -> HttpResponse:
    known = office.pk
    form = OfficeForm(request.POST if request.method == "POST" else None, instance=office)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            kept = form.save()
            if form.changed_data:
                changed = {name: form.cleaned_data[name] for name in form.changed_data}
                trail.write(act, f"office:{kept.pk}", request.user, changed=sorted(changed), **changed)
        messages.success(request, _("Saved."))
        return redirect("people:offices")
    told = {"tab": "offices", "form": form, "one": known}
    return render(request, "people/office.html", told, status=422 if form.errors else 200)
