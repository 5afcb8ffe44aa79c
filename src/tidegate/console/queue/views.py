"""Pages of the queue: the queue itself, what arrived since, the inspectors' load, and how a lot was drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Max, Min, Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render

from tidegate.console.access import Asked, page
from tidegate.console.deciding import draw_keys
from tidegate.console.queue.assignment import verify
from tidegate.console.queue.claims import live
from tidegate.console.queue.filters import GIVEN, Filters, sees_given, tasks_for
from tidegate.console.queue.forecast import forecast
from tidegate.console.queue.load import called, loads
from tidegate.console.queue.models import SavedFilter
from tidegate.console.queue.paging import MANY, SORTS, bounded, cut, order_of
from tidegate.console.queue.rows import choice_of, row_of
from tidegate.console.register.models import Task, User

__all__ = ["arrived", "index", "inspectors", "lot", "show"]

NEW = 99  # new rows are counted up to one more

SHOWN = (
    *("declaration_id", "number", "office", "channel", "state", "created_at", "due_at", "claimed_at", "assigned_at"),
    *("importer_name", "score", "customs_value", "duty_at_stake", "currency", "reasons"),
    *("claimed_by__username", "inspector__username"),
)
TABS = {"mine=1", "overdue=1"}
MORE = {"source", "profile", "score", "value", "overdue", "mine"}  # filters that stand folded away


@page("see_queue")
def index(request: Asked) -> HttpResponse:
    """The queue under the filters of the address."""
    return show(request, request.GET)


def show(request: Asked, told: QueryDict, status: int = 200, marked: Iterable[int] = (), **typed: Any) -> HttpResponse:
    """The queue under the filters of `told`; `marked` and `typed` are kept from a form that was refused."""
    user = request.user
    filters = Filters(told, user)
    mine = tasks_for(user)
    found = filters.apply(mine)
    sort = str(filters.told.get("sort", ""))
    shown = cut(
        found.select_related("claimed_by", "inspector").only(*SHOWN),
        sort,
        told.get("after", ""),
        told.get("before", ""),
    )
    whole = not shown.before and not shown.after
    count = len(shown.tasks) if whole else bounded(found)
    currencies = {task.currency for task in shown.tasks}
    currency = currencies.pop() if len(currencies) == 1 else ""
    staff = loads(filters.offices)
    query = filters.query()
    return render(
        request,
        "queue/index.html",
        {
            "filters": filters,
            "more": 0 if query in TABS else len(filters.told.keys() & MORE) + len(filters.errors),
            "given": filters.told.get("state") in GIVEN,
            "query": query,
            "rows": [row_of(task, filters.offices, user, currency) for task in shown.tasks],
            "marked": set(marked),
            "count": min(count, MANY),
            "many": count > MANY,
            "before": shown.before and filters.query(before=shown.before),
            "after": shown.after and filters.query(after=shown.after),
            "latest": Task.objects.aggregate(latest=Max("pk"))["latest"] or 0,
            "forecast": forecast(user, staff),
            "heads": _heads(filters, sort),
            "unit": f" ({currency})" if currency else "",
            "tabs": _tabs(user, query),
            "may_decide": user.may("decide"),
            "may_assign": user.may("assign"),
            "sees_given": sees_given(user),
            "candidates": choice_of(staff, typed.get("inspector", "")) if user.may("assign") else "",
            **typed,
        },
        status=status,
    )


@page("see_queue")
def arrived(request: Asked) -> HttpResponse:
    """How many tasks of these filters came in since the page was made: a bar to ask for them, or nothing."""
    filters = Filters(request.GET, request.user)
    since = request.GET.get("since", "")
    if not (since.isascii() and since.isdigit() and len(since) < 19):
        raise Http404
    new = bounded(filters.apply(tasks_for(request.user)).filter(pk__gt=int(since)), NEW)
    return render(request, "queue/arrived.html", {"new": min(new, NEW), "many": new > NEW, "query": filters.query()})


@page("see_queue")
def inspectors(request: Asked) -> HttpResponse:
    """What each inspector has and what is left of his day, for those who see what is given out."""
    if not sees_given(request.user):
        raise PermissionDenied("assign")
    staff = loads(Filters(QueryDict(), request.user).offices)
    oldest = dict(
        Task.objects.filter(state=Task.State.ASSIGNED, inspector__in=[one.user for one in staff])
        .values_list("inspector")
        .annotate(Min("assigned_at"))
    )
    rows = [
        {
            "load": one,
            "name": called(one.user),
            "codes": ", ".join(sorted(one.offices or ())),
            "oldest": oldest.get(one.user.pk),
        }
        for one in staff
    ]
    return render(request, "queue/inspectors.html", {"staff": rows})


@page("see_queue")
def lot(request: Asked, pk: int) -> HttpResponse:
    """How the inspector of a task was chosen, and whether that holds."""
    if not sees_given(request.user):
        raise PermissionDenied("assign")
    task = get_object_or_404(
        Task.objects.visible_to(request.user).select_related("inspector").exclude(inspector=None), pk=pk
    )
    told = task.assignment or {}
    people = User.objects.in_bulk(told.get("candidates", []))
    columns = [told.get(name) or [] for name in ("candidates", "shares", "taken", "weights")]
    total = sum(columns[3])
    candidates = [
        {
            "name": called(people[candidate]) if candidate in people else "–",
            "share": share,
            "taken": taken,
            "weight": weight,
            "chance": weight / total if total else None,
            "chosen": candidate == task.inspector_id,
        }
        for candidate, share, taken, weight in zip(*columns, strict=False)
    ]
    verdict = verify(task, draw_keys())
    return render(
        request,
        "queue/lot.html",
        {"task": task, "inspector": called(task.inspector), "told": told, "candidates": candidates, "verdict": verdict},
    )


def _heads(filters: Filters, sort: str) -> dict[str, dict[str, Any]]:
    """Heads of the columns that order the rows: where a click leads, and how they are ordered now."""
    order, falling = order_of(sort)
    return {
        name: {
            "label": one.label,
            "query": filters.query(sort=f"-{name}" if order is one and not sort.startswith("-") else name),
            "sorted": ("descending" if falling else "ascending") if order is one else "",
        }
        for name, one in SORTS.items()
    }


def _tabs(user: User, query: str) -> dict[str, Any]:
    """What the user claimed, and the filters that he keeps; which of them is shown."""
    kept = list(SavedFilter.objects.filter(user=user))
    return {
        "mine": tasks_for(user).filter(Q(live(), claimed_by=user)).count(),
        "given": f"state={GIVEN[0]}",
        "kept": kept,
        "shown": next((one for one in kept if one.query == query), None),
    }
