"""Acts: what an officer does about a declaration, in one transaction with the task, the new decision and the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tidegate.console.clock import now
from tidegate.console.deciding.keeping import task_of
from tidegate.console.queue.assignment import assign
from tidegate.console.queue.claims import holder
from tidegate.console.register import trail
from tidegate.console.register.models import Channel, Decision, Declaration, Task, User
from tidegate.errors import TidegateError

__all__ = [
    "ACTS",
    "LEAST_WORDS",
    "Act",
    "ChangedError",
    "DoneError",
    "HeldError",
    "RefusedError",
    "WantingError",
    "act",
    "overrides",
]

LEAST_WORDS = 3  # of a reason: one word says nothing to whoever reads it next year


@dataclass(frozen=True, slots=True)
class Act:
    """`channel`: where it leads (empty: it stays, or the officer says); `state`: what becomes of the task;
    `wants`: whether the note is what the declarant has to bring."""

    name: str
    label: Any
    channel: str = ""
    state: str = Task.State.WAITING
    wants: bool = False


ACTS = {
    one.name: one
    for one in (
        Act("release", _("Release"), state=Task.State.DONE),
        Act("inspect", _("Send to inspection"), channel=Channel.RED),
        Act("documents", _("Ask for documents"), channel=Channel.YELLOW, state=Task.State.ASKED, wants=True),
        Act("ask", _("Ask for information"), state=Task.State.ASKED, wants=True),
        Act("change", _("Change the channel")),
    )
}


class RefusedError(Exception):
    """An act that cannot be done; `field`: the input that it is about ("": none)."""

    def __init__(self, said: Any, field: str = "") -> None:
        super().__init__(said)
        self.said, self.field = said, field


class WantingError(RefusedError):
    """Something is missing in what the officer gave: nothing has changed, and it can be given."""


class HeldError(RefusedError):
    """Another officer works on it."""


class ChangedError(RefusedError):
    """The decision that the officer saw is no longer the current one; `current` is."""

    def __init__(self, said: Any, current: Decision) -> None:
        super().__init__(said)
        self.current = current


class DoneError(ChangedError):
    """The officer did this very act already: a form that was sent twice."""


def overrides(kind: str, channel: str, engine: Decision, opened: bool) -> bool:
    """Whether an act goes against what the engine decided: another channel, or a release of what was to be opened and
    was not."""
    to = ACTS[kind].channel or channel or engine.channel
    return to != engine.channel or (kind == "release" and engine.channel == Channel.RED and not opened)


@transaction.atomic
def act(
    declaration: Declaration,
    user: User,
    kind: str,
    note: str,
    channel: str = "",
    *,
    seen: int | None = None,
    take_over: bool = False,
) -> Decision:
    """Do what an officer decided and return the decision that is now current.

    `kind`: a name of ACTS; `note`: the reason, or what is wanted of the declarant; `channel`: for "change"; `seen`: the
    decision that the officer had before him; `take_over`: act though another officer has claimed it.
    Raises RefusedError (WantingError, HeldError, ChangedError, DoneError): then nothing has changed.
    """
    note = note.strip()
    held = Declaration.objects.select_for_update().get(pk=declaration.pk)
    task = Task.objects.select_for_update(of=("self",)).select_related("claimed_by").filter(declaration=held).first()
    before = Decision.objects.select_for_update(of=("self",)).get(declaration=held, current=True)
    chosen = ACTS.get(kind)
    if chosen is None:
        raise RefusedError(_("There is no such act."))
    if not held.current or held.cancelled:
        raise RefusedError(_("A later version stands, or it was cancelled: nothing can be done about this one."))
    _still_as_seen(before, user, kind, seen)
    if kind == "change" and channel not in Channel.values:
        raise WantingError(_("Choose the channel."), "channel")
    engine = Decision.objects.filter(declaration=held, officer=None).latest("pk")
    to = chosen.channel or (channel if kind == "change" else before.channel)
    _possible(kind, to, before, task)
    at_work = task is not None and task.inspector_id is not None and task.state != Task.State.DONE
    against = overrides(kind, to, engine, held.findings.exists())
    if chosen.wants and not note:
        raise WantingError(_("Say what the declarant has to bring or to answer."), "note")
    if (kind == "change" or against or at_work) and len(note.split()) < LEAST_WORDS:
        raise WantingError(_("Say why, in a few words: this goes against what was decided before."), "note")
    taken_from = _claimed_by_another(task, user, take_over)

    after = _decision(before, user, kind, note, to)
    if task is None:
        task = task_of(held, after)
    _move(task, chosen, after, user)
    if taken_from:
        trail.write("task.take_over", f"declaration:{held.number}", user, of=taken_from)
    trail.write(
        f"declaration.{kind}",
        f"declaration:{held.number}",
        user,
        version=held.version,
        decision=after.pk,
        channel=to,
        before=before.channel,
        override=against,
        note=note,
    )
    return after


def _still_as_seen(before: Decision, user: User, kind: str, seen: int | None) -> None:
    if seen is None or seen == before.pk:
        return
    if before.officer_id == user.pk and before.act == kind:
        raise DoneError(_("You have done this already; it was recorded once."), before)
    raise ChangedError(_("The decision has changed since you opened this page. Look again before you act."), before)


def _possible(kind: str, to: str, before: Decision, task: Task | None) -> None:
    if kind == "change" and to == before.channel:
        raise WantingError(_("It is in this channel already."), "channel")
    if task is None and kind in ("release", "ask"):
        raise RefusedError(_("It is green: nothing holds it. To open it, change the channel or send it to inspection."))
    if task is not None and task.state == Task.State.DONE and kind != "change":
        raise RefusedError(_("Its task is done. To open it again, change the channel."))
    if kind == "inspect" and task is not None and task.state in (Task.State.ASSIGNED, Task.State.SIGNING):
        raise RefusedError(_("An inspector has it already."))


def _claimed_by_another(task: Task | None, user: User, take_over: bool) -> str:
    """The name of the officer from whom it is taken over ("": nobody). Raises HeldError where that was not wanted."""
    other = holder(task) if task is not None and task.state != Task.State.DONE else None
    if other is None or other == user:
        return ""
    name = str(other.get_username())
    if not take_over:
        raise HeldError(_("%(who)s works on it. Take it over, or leave it.") % {"who": name}, "take_over")
    return name


def _decision(before: Decision, user: User, kind: str, note: str, channel: str) -> Decision:
    """The new current decision: what the engine worked out stays with it, what the officer decided is added."""
    Decision.objects.filter(pk=before.pk).update(current=False)
    after = Decision.objects.get(pk=before.pk)
    after.pk = None
    after.current, after.made_at, after.channel = True, now(), channel
    after.officer, after.act, after.note = user, kind, note
    after.save(force_insert=True)
    return after


def _move(task: Task, chosen: Act, after: Decision, user: User) -> None:
    """Where the task goes; what was asked stays with the officer who asked, and chance chooses the inspector."""
    moment = now()
    task.decision, task.channel, task.state = after, after.channel, chosen.state
    task.claimed_by, task.claimed_at = (user, moment) if chosen.wants else (None, None)
    task.inspector, task.assigned_at, task.assignment, task.done_at = None, None, None, None
    if chosen.name == "change" and after.channel == Channel.GREEN:
        task.state = Task.State.DONE
    if task.state == Task.State.DONE:
        task.done_at = moment
    task.save()
    if chosen.name == "inspect":
        try:
            assign([task], user)
        except TidegateError as error:
            raise RefusedError(str(error)) from error
