"""Pages of fifty, each found by where the one before ended: the thousandth page costs what the first does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tidegate.console.register.models import Task

__all__ = ["MANY", "ROWS", "SORTS", "USUAL", "Cut", "Order", "bounded", "cut", "order_of"]

ROWS = 50
USUAL = "due"
MANY = 1_000  # counting ends here: "more than 1,000"


@dataclass(frozen=True, slots=True)
class Order:
    """What rows are ordered by: `key` of a task, read back from an address by `read`; `falling`: the largest first."""

    name: str
    label: Any
    key: str
    read: Callable[[str], Any]
    falling: bool = False


SORTS = {
    one.name: one
    for one in (
        Order("due", _("Deadline"), "due_at", datetime.fromisoformat),
        Order("score", _("Score"), "ranked", float, falling=True),
        Order("value", _("Value"), "customs_value", float, falling=True),
        Order("duty", _("Duty at stake"), "duty_at_stake", float, falling=True),
        Order("waiting", _("Waiting"), "created_at", datetime.fromisoformat),
    )
}


@dataclass(frozen=True, slots=True)
class Cut:
    """A page: its tasks, and the marks from which the pages before and after it are asked for ("": there is none)."""

    tasks: list[Task]
    before: str
    after: str


def order_of(sort: str) -> tuple[Order, bool]:
    """The order that `sort` names (a leading - turns it round), and whether the largest come first."""
    order = SORTS.get(sort.removeprefix("-"), SORTS[USUAL])
    return order, order.falling != (sort == f"-{order.name}")


def cut(tasks: QuerySet[Task], sort: str, after: str = "", before: str = "") -> Cut:
    """The page after or before a mark, or the first. A mark that nobody can read counts as none."""
    order, falling = order_of(sort)
    if order.key == "ranked":
        tasks = tasks.annotate(ranked=Coalesce(F("score"), Value(-1.0)))
    mark = _read(order, after or before)
    back = bool(before) and not after and mark is not None
    if mark is not None:
        tasks = tasks.filter(_beyond(order.key, *mark, falling != back))
    sign = "-" if falling != back else ""
    rows = list(tasks.order_by(f"{sign}{order.key}", f"{sign}pk")[: ROWS + 1])
    more = len(rows) > ROWS
    rows = rows[:ROWS]
    if back:
        rows.reverse()
    earlier, later = (more, True) if back else (mark is not None, more)
    return Cut(
        rows,
        _mark(order, rows[0]) if rows and earlier else "",
        _mark(order, rows[-1]) if rows and later else "",
    )


def bounded(tasks: QuerySet[Task], most: int = MANY) -> int:
    """How many there are, counted up to one more than `most`."""
    return tasks.order_by()[: most + 1].count()


def _beyond(key: str, value: Any, pk: int, falling: bool) -> Q:
    side = "lt" if falling else "gt"
    # The first condition is all that an index needs; the second orders those that stand equal.
    return Q(**{f"{key}__{side}e": value}) & (Q(**{f"{key}__{side}": value}) | Q(**{f"pk__{side}": pk}))


def _mark(order: Order, task: Task) -> str:
    value = getattr(task, order.key)
    return f"{value.isoformat() if isinstance(value, datetime) else repr(value)}~{task.pk}"


def _read(order: Order, text: str) -> tuple[Any, int] | None:
    value, _tilde, pk = text.rpartition("~")
    try:
        known = order.read(value), int(pk)
    except (ValueError, OverflowError):
        return None
    lone = isinstance(known[0], datetime) and known[0].tzinfo is None
    return None if lone or known[0] != known[0] or not 0 <= known[1] < 1 << 63 else known
