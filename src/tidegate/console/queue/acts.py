"""What is done from the queue: claiming and giving back, assigning many at once, keeping filters. All by POST."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tidegate.console.access import Asked, page
from tidegate.console.queue import views
from tidegate.console.queue.assignment import assign, assign_to
from tidegate.console.queue.claims import claim_next, release
from tidegate.console.queue.filters import Filters, tasks_for
from tidegate.console.queue.load import called
from tidegate.console.queue.models import SavedFilter
from tidegate.console.register import trail
from tidegate.console.register.models import Channel, Task, User
from tidegate.errors import DecisionError

__all__ = ["claim", "draw", "forget", "give_back", "name", "save"]

LONGEST = SavedFilter._meta.get_field("name").max_length or 0


@page("decide", "POST")
def claim(request: Asked) -> HttpResponse:
    """Claim the most urgent task under the filters, and open it."""
    filters = _filters(request)
    task = claim_next(filters.apply(tasks_for(request.user)), request.user)
    if task is None:
        messages.info(
            request, _("Nothing is free under these filters: what waits is claimed by others, or nothing waits.")
        )
        return _back(filters)
    return redirect("declarations:one", task.declaration_id)


@page("decide", "POST")
def give_back(request: Asked, pk: int) -> HttpResponse:
    """Release a claim: one's own, or as a supervisor another's."""
    task = get_object_or_404(tasks_for(request.user), pk=pk)
    if release(task, request.user):
        messages.success(request, _("%(number)s is free again.") % {"number": task.number})
    else:
        messages.error(request, _("%(number)s is not claimed by you.") % {"number": task.number})
    return _back(_filters(request))


@page("decide", "POST")
def draw(request: Asked) -> HttpResponse:
    """Send the marked tasks to inspection: an inspector is drawn for each."""
    tasks = _marked(request)
    if not tasks:
        return _refused(request, tasks, _("No row is marked. Mark rows with their box, or with the key x."))
    if others := [task.number for task in tasks if task.channel != Channel.RED]:
        said = _(
            "Not red, so sending it to inspection changes its channel and needs a reason: open it and decide there."
        )
        return _refused(request, tasks, f"{', '.join(others)}: {said}")
    try:
        given = assign(tasks, request.user)
    except DecisionError as error:
        return _refused(request, tasks, str(error))
    messages.success(request, _told(given))
    return _back(_filters(request))


@page("assign", "POST")
def name(request: Asked) -> HttpResponse:
    """Name an inspector for the marked tasks, with a reason."""
    tasks, why, wanted = _marked(request), request.POST.get("why", ""), request.POST.get("inspector", "")
    if not tasks:
        return _refused(request, tasks, _("No row is marked. Mark rows with their box, or with the key x."))
    inspector = User.objects.filter(pk=int(wanted) if wanted.isascii() and wanted.isdigit() else 0).first()
    if inspector is None:
        return _refused(request, tasks, _("Choose the inspector."), "inspector")
    if others := [task.number for task in tasks if task.channel != Channel.RED]:
        return _refused(request, tasks, _("%(numbers)s: not red.") % {"numbers": ", ".join(others)})
    try:
        given = assign_to(inspector, tasks, request.user, why)
    except DecisionError as error:
        return _refused(request, tasks, str(error), "why" if not why.strip() else "")
    messages.success(request, _told(given))
    return _back(_filters(request))


@page("see_queue", "POST")
def save(request: Asked) -> HttpResponse:
    """Keep the filters under a name; a name that is there already takes the new filters."""
    filters, title = _filters(request), " ".join(request.POST.get("name", "").split())
    if not title or len(title) > LONGEST or "\0" in title:
        said = _("Give it a name of at most %(n)s letters.") % {"n": LONGEST}
        return views.show(request, QueryDict(filters.query()), 400, name=title, name_error=said)
    with transaction.atomic():
        SavedFilter.objects.update_or_create(user=request.user, name=title, defaults={"query": filters.query()})
        trail.write("queue.save", f"user:{request.user.pk}", request.user, name=title)
    return _back(filters)


@page("see_queue", "POST")
def forget(request: Asked, pk: int) -> HttpResponse:
    """Delete a kept filter. Its rows stay shown, so that it can be kept again."""
    kept = get_object_or_404(SavedFilter, pk=pk, user=request.user)
    with transaction.atomic():
        trail.write("queue.forget", f"user:{request.user.pk}", request.user, name=kept.name, query=kept.query)
        kept.delete()
    messages.success(request, _("“%(name)s” is no longer kept. Its filters still stand below.") % {"name": kept.name})
    return redirect(f"{reverse('queue:index')}?{kept.query}")


def _filters(request: Asked) -> Filters:
    """The filters of the page from which a form was sent."""
    return Filters(QueryDict(request.POST.get("query", "")), request.user)


def _back(filters: Filters) -> HttpResponse:
    return redirect(urlsplit(reverse("queue:index"))._replace(query=filters.query()).geturl())


def _marked(request: Asked) -> Sequence[Task]:
    wanted = [int(pk) for pk in request.POST.getlist("task") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    return list(tasks_for(request.user).filter(pk__in=wanted))


def _refused(request: Asked, tasks: Sequence[Task], said: str, field: str = "") -> HttpResponse:
    """The queue again, with what was marked and typed, and what is wrong with it."""
    return views.show(
        request,
        QueryDict(_filters(request).query()),
        400,
        [task.pk for task in tasks],
        said=said,
        wrong=field,
        why=request.POST.get("why", ""),
        inspector=request.POST.get("inspector", ""),
    )


def _told(tasks: Sequence[Task]) -> str:
    shares = Counter(called(task.inspector) for task in tasks if task.inspector)
    whom = ", ".join(f"{who}: {count}" for who, count in sorted(shares.items()))
    count = ngettext("%(n)s task is assigned", "%(n)s tasks are assigned", len(tasks)) % {"n": len(tasks)}
    return f"{count}. {whom}"
