"""Sending an inspection, once; signing it a second time, or sending it back. Each in one transaction."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tidegate.console.audit.seal import remains
from tidegate.console.clock import now, today
from tidegate.console.inspections.models import Inspection, Photo, Seizure
from tidegate.console.inspections.photos import Shot, keep
from tidegate.console.register import trail
from tidegate.console.register.models import Finding, Task, User
from tidegate.errors import TidegateError

__all__ = ["ClosedError", "Report", "send", "send_back", "sent_before", "sign"]


class ClosedError(TidegateError):
    """The inspection cannot be sent or signed as things stand; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the form said. `results`: cleaned data of each line with `item_number` (null: what belongs to no line)."""

    draft_id: uuid.UUID
    started_at: datetime
    checks: Mapping[str, str]
    results: Sequence[Mapping[str, Any]]
    note: str
    shots: Sequence[tuple[int | None, Shot]]


def sent_before(task: Task, user: User, draft_id: uuid.UUID) -> Inspection | None:
    """What this draft became when it was sent before. Raises ClosedError for a draft of another task or officer."""
    held = Inspection.objects.filter(draft_id=draft_id).first()
    if held and (held.task_id, held.inspector_id) != (task.pk, user.pk):
        raise ClosedError(_("This draft belongs to another inspection. Open the page anew."))
    return held


@transaction.atomic
def send(task: Task, user: User, report: Report) -> Inspection:
    """Keep the inspection, its photos and seizures, a finding a line; the task waits for a second signature or is done.

    The same draft twice changes nothing. Raises ClosedError where the task is not this inspector's any more.
    """
    task = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("declaration").get(pk=task.pk)
    if held := sent_before(task, user, report.draft_id):
        return held
    if task.state != Task.State.ASSIGNED or task.inspector_id != user.pk:
        raise ClosedError(_("This task is not assigned to you any more, so nothing was sent."))
    at, illicit = now(), any(one["found"] == "found" for one in report.results)
    second = asks_second(illicit)
    inspection = Inspection.objects.create(
        task=task,
        office=task.office,
        inspector=user,
        draft_id=report.draft_id,
        started_at=report.started_at,
        sent_at=at,
        checks=dict(report.checks),
        results=[dict(one) for one in report.results],
        note=report.note,
        state=Inspection.State.SIGNING if second else Inspection.State.DONE,
    )
    findings = Finding.objects.bulk_create(
        _finding(task, user, one, at) for one in report.results if one["item_number"] or one["found"] == "found"
    )
    inspection.findings.set(findings)
    Seizure.objects.bulk_create(_seizure(inspection, one) for one in report.results if one.get("seized"))
    for item_number, shot in report.shots:
        keep(shot)
        Photo.objects.create(
            inspection=inspection,
            item_number=item_number,
            sha256=shot.sha256,
            sent_sha256=shot.sent_sha256,
            size=len(shot.body),
            width=shot.width,
            height=shot.height,
        )
    _take_over(inspection)
    _close(task, at, Task.State.SIGNING if second else Task.State.DONE)
    trail.write(
        "inspection.send",
        f"declaration:{task.number}",
        user,
        inspection=inspection.pk,
        found=dict(Counter(one["offence"] for one in report.results if one["found"] == "found")),
        nothing=sum(one["found"] == "nothing" for one in report.results if one["item_number"]),
        photos=list(inspection.photos.values_list("sha256", flat=True)),
        seizures=inspection.seizures.count(),
        second_signature=second,
    )
    return inspection


def asks_second(illicit: bool) -> bool:
    """Whether another officer has to sign, by TIDEGATE_SECOND_SIGNATURE: never, found, always (and all else)."""
    return settings.SECOND_SIGNATURE != "never" and (illicit or settings.SECOND_SIGNATURE != "found")


@transaction.atomic
def sign(inspection: Inspection, user: User, comment: str = "") -> Inspection:
    """The second signature: the task is done. Raises ClosedError for one's own, and for what waits for none."""
    held = _to_sign(inspection, user)
    held.state, held.signer, held.signed_at, held.comment = Inspection.State.DONE, user, now(), comment
    held.save(update_fields=["state", "signer", "signed_at", "comment"])
    _close(held.task, held.signed_at, Task.State.DONE)
    trail.write("inspection.sign", f"declaration:{held.task.number}", user, inspection=held.pk)
    return held


@transaction.atomic
def send_back(inspection: Inspection, user: User, comment: str) -> Inspection:
    """Back to the inspector with a comment: its findings count no more, the record of it stays."""
    held = _to_sign(inspection, user)
    held.state, held.signer, held.signed_at, held.comment = Inspection.State.RETURNED, user, now(), comment
    held.save(update_fields=["state", "signer", "signed_at", "comment"])
    withdrawn = list(held.findings.values_list("pk", flat=True))
    left = remains("findings", withdrawn)  # they are sealed
    held.findings.all().delete()
    held.task.state = Task.State.ASSIGNED
    held.task.save(update_fields=["state"])
    trail.write(
        "inspection.return",
        f"declaration:{held.task.number}",
        user,
        inspection=held.pk,
        comment=comment,
        findings_withdrawn=len(withdrawn),
        remains=left,
    )
    return held


def _to_sign(inspection: Inspection, user: User) -> Inspection:
    held = Inspection.objects.select_for_update(of=("self",)).select_related("task").get(pk=inspection.pk)
    if held.inspector_id == user.pk:
        raise ClosedError(_("Nobody signs their own inspection a second time."))
    if held.state != Inspection.State.SIGNING:
        raise ClosedError(_("This inspection does not wait for a signature any more."))
    return held


def _take_over(inspection: Inspection) -> None:
    """Photos of what was sent back belong to what replaces it, too."""
    last = inspection.task.inspections.filter(state=Inspection.State.RETURNED).order_by("-sent_at", "-pk").first()
    if last is None:
        return
    for photo in last.photos.all():
        photo.pk = None
        photo.inspection = inspection
        photo.save(force_insert=True)


def _close(task: Task, at: datetime, state: str) -> None:
    task.state = state
    task.done_at = at if state == Task.State.DONE else None
    task.save(update_fields=["state", "done_at"])


def _finding(task: Task, user: User, said: Mapping[str, Any], at: datetime) -> Finding:
    return Finding(
        declaration=task.declaration,
        item_number=said["item_number"],
        found_on=today(),
        illicit=said["found"] == "found",
        offence=said["offence"],
        revenue=said["revenue"] or 0.0,
        quantity=said["quantity"],
        quantity_unit=said["unit"],
        value=said["value"],
        note=said["note"],
        office=task.office,
        officer=user,
        made_at=at,
    )


def _seizure(inspection: Inspection, said: Mapping[str, Any]) -> Seizure:
    return Seizure(
        inspection=inspection,
        item_number=said["item_number"],
        what=said["seized"],
        quantity=said["seized_quantity"],
        unit=said["seized_unit"],
        place=said["place"],
        record_number=said["record"],
    )
