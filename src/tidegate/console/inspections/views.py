"""Pages of this screen."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tidegate.console.access import page
from tidegate.console.inspections.forms import Countersign
from tidegate.console.inspections.models import Inspection, Photo
from tidegate.console.inspections.photos import place
from tidegate.console.inspections.sending import ClosedError, send, send_back, sent_before, sign
from tidegate.console.inspections.sheet import Filled, told
from tidegate.console.register.models import Task, User

__all__ = ["countersign", "index", "one", "photo", "record", "worker"]

WORKER = Path(__file__).parent / "static" / "inspections" / "worker.js"
SHOWN = 50  # finished inspections on a page


def me(request: HttpRequest) -> User:
    """The user behind the door of a page."""
    return cast(User, request.user)


@page("see_inspections")
def index(request: HttpRequest) -> HttpResponse:
    """What I have to inspect, most urgent first; what waits for my signature; what was done lately."""
    user = me(request)
    tasks = Task.objects.visible_to(user).filter(inspector=user, state=Task.State.ASSIGNED).order_by("due_at", "pk")
    held = Inspection.objects.visible_to(user).select_related("task", "inspector", "signer")
    signing = held.filter(state=Inspection.State.SIGNING)
    done = held.filter(state=Inspection.State.DONE).order_by("-sent_at", "-pk")
    if not user.may("countersign") and user.may("inspect"):
        signing, done = signing.filter(inspector=user), done.filter(inspector=user)
    return render(
        request,
        "inspections/index.html",
        {
            "tasks": tasks.select_related("declaration") if user.may("inspect") else None,
            "signing": signing.order_by("sent_at", "pk"),
            "done": Paginator(done, SHOWN).get_page(request.GET.get("page")),
        },
    )


@page("inspect")
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps opened tasks on the phone; from here, as it may only keep pages below its own address."""
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript")


@page("inspect", "GET", "POST")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """The task of an inspector: what to look for, the form, and sending it."""
    task = get_object_or_404(
        Task.objects.visible_to(me(request)).select_related("declaration"), pk=pk, inspector=me(request)
    )
    if request.method == "POST":
        return _sent(request, task)
    if task.state != Task.State.ASSIGNED:
        held = task.inspections.order_by("-sent_at").first()
        if held is None:
            raise Http404
        return redirect("inspections:record", held.pk)
    return _sheet(request, Filled.blank(task, me(request)))


def _sheet(request: HttpRequest, filled: Filled, status: int = 200) -> HttpResponse:
    return render(request, "inspections/one.html", {"sheet": filled, "task": filled.task}, status=status)


def _sent(request: HttpRequest, task: Task) -> HttpResponse:
    filled = Filled.read(task, me(request), request.POST, request.FILES)
    plain = "application/json" not in request.headers.get("Accept", "")
    try:
        held = sent_before(task, me(request), filled.draft_id) if filled.draft_id else None
        if held is None:
            if filled.errors:
                if plain:
                    return _sheet(request, filled, status=422)
                return JsonResponse({"errors": filled.errors}, status=422)
            held = send(task, me(request), filled.report())
    except ClosedError as error:
        if plain:
            messages.error(request, str(error))
            return redirect("inspections:index")
        return JsonResponse({"errors": [{"field": "", "text": str(error)}]}, status=409)
    at = date_format(localtime(held.sent_at), "TIME_FORMAT")
    where = reverse("inspections:record", args=[held.pk])
    if plain:
        messages.success(request, _("Sent %(time)s.") % {"time": at})
        return redirect(where)
    return JsonResponse({"sent": at, "where": where})


@page("see_declaration")
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """An inspection as it was sent. Before it is done, only its inspector and who may sign see it."""
    held = _held(me(request), pk)
    return render(request, "inspections/record.html", told(held, me(request)) | {"form": Countersign()})


@page("countersign", "POST")
def countersign(request: HttpRequest, pk: int) -> HttpResponse:
    """The second officer signs, or sends it back."""
    held = _held(me(request), pk)
    form = Countersign(request.POST)
    if not form.is_valid():
        return render(request, "inspections/record.html", told(held, me(request)) | {"form": form}, status=422)
    comment = form.cleaned_data["comment"].strip()
    try:
        if form.cleaned_data["act"] == "sign":
            sign(held, me(request), comment)
            messages.success(request, _("Signed."))
        else:
            send_back(held, me(request), comment)
            messages.success(request, _("Sent back to the inspector."))
    except ClosedError as error:
        messages.error(request, str(error))
    return redirect("inspections:record", held.pk)


@page("see_declaration")
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """A photo, for those who may see its inspection."""
    held = get_object_or_404(Photo.objects.select_related("inspection"), pk=pk)
    _held(me(request), held.inspection_id)
    try:
        body = place(held.sha256).read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(body, content_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})


def _held(user: User, pk: int) -> Inspection:
    """The inspection, or 404 as for what does not exist."""
    seen = Inspection.objects.visible_to(user)
    if not user.may("countersign"):
        seen = seen.filter(Q(state=Inspection.State.DONE) | Q(inspector=user))
    return get_object_or_404(seen.select_related("task__declaration", "inspector", "signer"), pk=pk)
