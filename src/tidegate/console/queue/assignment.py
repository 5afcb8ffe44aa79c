"""Assigning tasks to inspectors: by lot, so that nobody chooses, and so that everybody can check it later.

    weights   the room that is left of each candidate's day; where nobody has room, the less he has the more likely
    point     first 8 bytes of HMAC-SHA256(key of the day of the assignment, NUL "assign 1|" + number of the
              declaration)
    chosen    the candidate in whose part of the sum of all weights floor(point * sum / 2**64) lies

A NUL stands in no number of a declaration, so that no ticket of the channel draw can be made to equal a point. The
point depends on nothing but day and number: asking again on the same day draws the same lot. What the lot was drawn
from stands in Task.assignment and, as one entry of the audit trail, where it cannot be changed unnoticed.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from tidegate.console.clock import now, today
from tidegate.console.deciding import draw_keys
from tidegate.console.queue.claims import holder
from tidegate.console.queue.load import Load, loads
from tidegate.console.register import trail
from tidegate.console.register.models import AuditEntry, Office, Task, User
from tidegate.errors import DecisionError, InputError
from tidegate.selection import Keys
from tidegate.selection.keys import commitment

__all__ = ["Verdict", "assign", "assign_to", "check", "chosen", "point", "verify", "weights"]

WHOLE = 1 << 64
DRAWN, NAMED = "task.assign", "task.assign.named"  # acts of the trail


class Verdict(NamedTuple):
    """`ok`: the record agrees with itself, the key and the trail; `drawn`: chance chose, nobody named anybody."""

    ok: bool
    drawn: bool
    why: str


def point(key: bytes, number: str) -> int:
    """The lot of a declaration under the key of a day, 0 to 2**64 - 1."""
    return int.from_bytes(hmac.digest(key, f"\0assign 1|{number}".encode(), "sha256")[:8], "big")


def weights(shares: Sequence[int], taken: Sequence[int]) -> list[int]:
    """Each candidate's weight from what his day holds and what he has of it; at least one is above 0."""
    rooms = [max(share - has, 0) for share, has in zip(shares, taken, strict=True)]
    return rooms if any(rooms) else [max(taken) + 1 - has for has in taken]


def chosen(lot: int, weighed: Sequence[int]) -> int:
    """Which candidate (by place) a lot falls to."""
    left = lot * sum(weighed) >> 64
    for place, weight in enumerate(weighed):
        left -= weight
        if left < 0:
            return place
    raise ValueError("no weight is above 0")


def assign(tasks: Iterable[Task], by: User) -> list[Task]:
    """Draw an inspector for each task, in one transaction; returns them as assigned, in the order of their lots.

    Takes what waits or was asked about, and what belongs to an inspector who no longer serves its office. Raises
    DecisionError, and assigns nothing, where a task is further, held by another officer, or nobody serves its office.
    """
    day = today()
    key = draw_keys().key(day)
    with transaction.atomic():
        held = _locked(tasks)
        staff = loads({task.office for task in held})
        lots = sorted((point(key, task.number), task.pk, task) for task in held)
        for lot, _pk, task in lots:
            candidates = _candidates(staff, task)
            _must_be_free(task, candidates, by)
            shares, taken = [one.share for one in candidates], [one.taken for one in candidates]
            weighed = weights(shares, taken)
            won = candidates[chosen(lot, weighed)]
            task.assignment = {
                "day": day.isoformat(),
                "commitment": commitment(day, key),
                "point": f"{lot:016x}",
                "candidates": [one.user.pk for one in candidates],
                "shares": shares,
                "taken": taken,
                "weights": weighed,
            }
            _give(task, won, by, DRAWN)
    return [task for _lot, _pk, task in lots]


def assign_to(inspector: User, tasks: Iterable[Task], by: User, why: str) -> list[Task]:
    """Name the inspector instead of drawing one: supervisors only, with a reason, and the trail says so.

    Raises DecisionError, and assigns nothing, where one of these is missing or the inspector does not serve the office.
    """
    if not by.may("assign"):
        raise DecisionError(_("Only a supervisor can name an inspector."), hint=_("Have one drawn."))
    if not why.strip():
        raise DecisionError(_("A named choice needs a reason."), hint=_("Say why it is not left to chance."))
    with transaction.atomic():
        held = _locked(tasks)
        staff = loads({task.office for task in held})
        for task in held:
            candidates = _candidates(staff, task)
            named = next((one for one in candidates if one.user == inspector), None)
            if named is None:
                raise DecisionError(
                    _("%(name)s does not serve the office %(office)s.")
                    % {"name": inspector.get_username(), "office": task.office},
                    where=task.number,
                )
            if task.state not in (Task.State.WAITING, Task.State.ASKED, Task.State.ASSIGNED):
                raise DecisionError(_("is no longer to be assigned."), where=task.number)
            if task.inspector_id == inspector.pk and task.state == Task.State.ASSIGNED:
                continue
            task.assignment = {
                "day": today().isoformat(),
                "named_by": by.get_username(),
                "why": why.strip(),
                "before": task.inspector_id,
                "candidates": [one.user.pk for one in candidates],
            }
            _give(task, named, by, NAMED)
    return held


def check(number: str, inspector: int | None, told: Mapping[str, Any] | None, keys: Keys) -> Verdict:
    """Whether `told` (Task.assignment) gives this inspector to this declaration. Needs only the key of its day: what
    anybody can do when the day is over."""
    if not told:
        return Verdict(False, False, _("nothing is kept of how the inspector was chosen"))
    if "named_by" in told:
        if inspector not in told["candidates"]:
            return Verdict(False, False, _("the inspector is none of the candidates"))
        return Verdict(True, False, _("named by %(name)s: %(why)s") % {"name": told["named_by"], "why": told["why"]})
    try:
        key = keys.key(day := date.fromisoformat(told["day"]))
        candidates, weighed, lot = told["candidates"], told["weights"], int(told["point"], 16)
        same = weights(told["shares"], told["taken"]) == weighed and len(candidates) == len(weighed)
    except InputError as error:
        return Verdict(False, True, str(error))
    except (KeyError, ValueError, TypeError):
        return Verdict(False, True, _("the record is damaged"))
    faults = (
        (told.get("commitment") != commitment(day, key), _("the key of the day is not the one that was committed to")),
        (lot != point(key, number), _("the lot is not what the key gives this declaration")),
        (candidates != sorted(set(candidates)), _("the candidates are not in their order, each once")),
        (not same, _("the weights do not follow from the loads")),
    )
    for fault, why in faults:
        if fault:
            return Verdict(False, True, why)
    if candidates[chosen(lot, weighed)] != inspector:
        return Verdict(False, True, _("the lot fell to another inspector"))
    return Verdict(True, True, _("the lot fell to this inspector"))


def verify(task: Task, keys: Keys) -> Verdict:
    """As `check`, and whether the audit trail tells the same."""
    verdict = check(task.number, task.inspector_id, task.assignment, keys)
    entries = AuditEntry.objects.filter(subject=_subject(task), act__in=(DRAWN, NAMED), detail__task=task.pk)
    entry = entries.order_by("-number").first()
    told = {**(task.assignment or {}), "inspector": task.inspector_id, "task": task.pk}
    if verdict.ok and (entry is None or entry.detail != told):
        return Verdict(False, verdict.drawn, _("the audit trail tells another story"))
    return verdict


def _locked(tasks: Iterable[Task]) -> list[Task]:
    """The tasks as they are now, and their offices, locked: no two assign from the same loads."""
    pks = [task.pk for task in tasks]
    held = list(
        Task.objects.select_for_update(of=("self",)).select_related("claimed_by").filter(pk__in=pks).order_by("pk")
    )
    codes = sorted({task.office for task in held})
    list(Office.objects.select_for_update(no_key=True).filter(code__in=codes).order_by("code"))
    return held


def _candidates(staff: Sequence[Load], task: Task) -> list[Load]:
    found = [one for one in staff if one.serves(task.office)]
    if not found:
        raise DecisionError(
            _("no inspector serves the office %(office)s.") % {"office": task.office or "–"},
            where=task.number,
            hint=_("Ask the administrator to give it one."),
        )
    return found


def _must_be_free(task: Task, candidates: Sequence[Load], by: User) -> None:
    gone = task.state == Task.State.ASSIGNED and task.inspector_id not in {one.user.pk for one in candidates}
    if task.state not in (Task.State.WAITING, Task.State.ASKED) and not gone:
        raise DecisionError(_("is no longer to be assigned."), where=task.number)
    if (other := holder(task)) is not None and other != by and not by.may("assign"):
        raise DecisionError(_("is claimed by %(name)s.") % {"name": other.get_username()}, where=task.number)


def _give(task: Task, to: Load, by: User, act: str) -> None:
    task.state, task.inspector, task.assigned_at = Task.State.ASSIGNED, to.user, now()
    task.claimed_by = task.claimed_at = None
    task.save(update_fields=["state", "inspector", "assigned_at", "assignment", "claimed_by", "claimed_at"])
    to.taken += 1
    trail.write(act, _subject(task), by, **(task.assignment or {}), inspector=to.user.pk, task=task.pk)


def _subject(task: Task) -> str:
    return f"declaration:{task.number}"
