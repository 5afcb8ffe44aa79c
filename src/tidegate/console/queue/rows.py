"""Rows of the queue: a task in the words of the page, made here because a template is slow at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tidegate.console.queue.claims import holder
from tidegate.console.queue.filters import OPEN
from tidegate.console.queue.load import Load, called
from tidegate.console.queue.templatetags.times import overdue, since, until
from tidegate.console.register.models import Channel, Task, User
from tidegate.console.templatetags.look import amount, channel, told

__all__ = ["Row", "choice_of", "row_of"]


@dataclass(frozen=True, slots=True)
class Row:
    """A task as this user sees it. `held`: who claimed it, in words; `free`: this user may give that claim back;
    `given`: who has it and for how long; `markable`: it can be sent to inspection from here."""

    task: Task
    office: str
    channel: SafeString
    state: str
    due: str
    due_at: str
    late: bool
    waiting: str
    reasons: SafeString
    score: str
    value: str
    duty: str
    held: str
    free: bool
    given: str
    markable: bool


def row_of(task: Task, offices: Mapping[str, Any], user: User, currency: str) -> Row:
    """The row of a task; `currency`: what stands in the head of its columns ("": beside each sum)."""
    holds = holder(task)
    unit = "" if currency else task.currency
    inspectable = task.state in OPEN and task.channel == Channel.RED and user.may("decide")
    renamable = task.state == Task.State.ASSIGNED and user.may("assign")
    return Row(
        task=task,
        office=str(offices.get(task.office, task.office)),
        channel=channel(task.channel),
        state="" if task.state == Task.State.WAITING else task.get_state_display(),
        due=until(task.due_at),
        due_at=date_format(timezone.localtime(task.due_at), "SHORT_DATETIME_FORMAT"),
        late=overdue(task.due_at),
        waiting=since(task.created_at),
        reasons=_reasons(task),
        score="–" if task.score is None else number_format(round(task.score, 3), 3),
        value=amount(task.customs_value, unit),
        duty=amount(task.duty_at_stake, unit),
        held=_held(holds, user),
        free=holds is not None and (holds == user or user.may("assign")),
        given=_given(task),
        markable=(inspectable and (holds in (None, user) or user.may("assign"))) or renamable,
    )


def choice_of(staff: Iterable[Load], chosen: str) -> SafeString:
    """The inspectors as choices of a field: name, what each has of what he has room for."""
    return format_html_join(
        "",
        '<option value="{}"{}>{} – {}/{}</option>',
        (
            (
                one.user.pk,
                SafeString(" selected") if str(one.user.pk) == chosen else "",
                called(one.user),
                one.taken,
                one.share,
            )
            for one in staff
        ),
    )


def _reasons(task: Task) -> SafeString:
    """What speaks for opening it, in words, with the number of the profile (a match names its list in its words)."""
    return format_html_join(
        "",
        '<li>{} <span class="soft small code">{}</span></li>',
        (
            (told(one), one["code"] if one["source"] in ("profile", "list") and "/" not in one["code"] else "")
            for one in task.reasons
        ),
    )


def _held(holds: User | None, user: User) -> str:
    if holds is None:
        return ""
    return _("claimed by you") if holds == user else _("claimed by %(name)s") % {"name": holds.get_username()}


def _given(task: Task) -> str:
    if task.inspector is None or task.assigned_at is None:
        return ""
    return _("with %(name)s for %(time)s") % {"name": task.inspector.get_username(), "time": since(task.assigned_at)}
