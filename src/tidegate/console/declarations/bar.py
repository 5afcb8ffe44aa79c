"""The decision bar at the foot of a declaration: what may be done, what will happen, what went wrong the last time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tidegate.console.declarations.acts import ACTS, Act, ChangedError, RefusedError, overrides
from tidegate.console.queue.claims import holder
from tidegate.console.queue.load import loads
from tidegate.console.register.models import Channel, Decision, Declaration, Task, User

__all__ = ["Bar", "Choice", "bar_of"]


@dataclass(frozen=True, slots=True)
class Choice:
    """An act as the bar offers it: what will happen, and whether it goes against the decision."""

    act: Act
    happens: str
    primary: bool
    against: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """`closed`: why nothing can be done ("": it can); the rest is what was given and refused."""

    task: Task | None
    seen: int
    choices: Sequence[Choice]
    channels: Sequence[tuple[str, Any]]
    claimed_by: User | None
    closed: str = ""
    kind: str = ""
    note: str = ""
    channel: str = ""
    refused: RefusedError | None = None

    @property
    def changed(self) -> Decision | None:
        """The decision that came in between, where that is why it was refused."""
        return self.refused.current if isinstance(self.refused, ChangedError) else None

    @property
    def did(self) -> Any:
        """What was done in between."""
        return ACTS[self.changed.act].label if self.changed and self.changed.act in ACTS else ""

    @property
    def wrong(self) -> dict[str, Any]:
        """What was refused, by the input that it is about."""
        return {self.refused.field or "act": self.refused.said} if self.refused else {}


def bar_of(
    declaration: Declaration,
    user: User,
    *,
    kind: str = "",
    note: str = "",
    channel: str = "",
    refused: RefusedError | None = None,
) -> Bar:
    """The bar for this user, with what was given and refused, where something was."""
    task = Task.objects.select_related("claimed_by", "inspector").filter(declaration=declaration).first()
    current = Decision.objects.only("pk", "channel").get(declaration=declaration, current=True)
    other = holder(task) if task and task.state != Task.State.DONE else None
    closed = _closed(declaration, user)
    names = [] if closed else _open(task)
    engine = Decision.objects.filter(declaration=declaration, officer=None).latest("pk")
    opened = declaration.findings.exists()
    primary = "inspect" if current.channel == Channel.RED and not opened else "release"
    ready = task is not None and task.state in (Task.State.WAITING, Task.State.ASKED)
    choices = [
        Choice(
            ACTS[name],
            _happens(name, declaration, current.channel),
            ready and name == primary,
            overrides(name, "" if name == "change" else ACTS[name].channel or current.channel, engine, opened),
        )
        for name in names
    ]
    channels = [(value, label) for value, label in Channel.choices if value != current.channel]
    return Bar(
        task, current.pk, choices, channels, other if other != user else None, closed, kind, note, channel, refused
    )


def _closed(declaration: Declaration, user: User) -> str:
    if not user.may("decide"):
        return _("You see this declaration; deciding about it is for targeting officers and supervisors.")
    if declaration.cancelled:
        return _("It was cancelled.")
    if not declaration.current:
        return _("This is an earlier version. Decide about the latest.")
    return ""


def _open(task: Task | None) -> list[str]:
    """Names of the acts that are possible now; the last stands on the right."""
    if task is None:
        return ["change", "documents", "inspect"]
    if task.state == Task.State.DONE:
        return ["change"]
    if task.state in (Task.State.ASSIGNED, Task.State.SIGNING):
        return ["change", "ask", "documents", "release"]
    if task.channel == Channel.RED:
        return ["change", "ask", "documents", "release", "inspect"]
    return ["change", "ask", "documents", "inspect", "release"]


def _happens(name: str, declaration: Declaration, channel: str) -> str:
    if name == "inspect":
        staff = sum(one.serves(declaration.office) for one in loads({declaration.office}))
        return ngettext(
            "Task to be drawn among %(count)d inspector of %(office)s.",
            "Task to be drawn among %(count)d inspectors of %(office)s.",
            staff,
        ) % {"count": staff, "office": declaration.office or "–"}
    return {
        "release": _("The goods may go; the task is closed."),
        "documents": _("The declaration waits in yellow until the declarant brings what you name."),
        "ask": _("The declaration waits in its channel until the declarant answers."),
        "change": _("It goes to the channel that you choose, with your reason."),
    }[name]
