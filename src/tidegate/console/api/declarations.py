"""Endpoints about declarations that are here: cancel, ask, record a finding."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic_core import to_json

from tidegate.console.api import telling
from tidegate.console.api.answering import answer, scoped_declaration
from tidegate.console.api.door import KeyDoor
from tidegate.console.api.media import JSON
from tidegate.console.api.once import once
from tidegate.console.api.problems import Problem
from tidegate.console.api.shapes import (
    Cancellation,
    CancellationKept,
    DeclarationTold,
    FindingKept,
    FindingTold,
)
from tidegate.console.clock import now, today
from tidegate.console.deciding.receiving import receive
from tidegate.console.register import trail
from tidegate.console.register.models import Declaration, Finding, Line, Task

__all__ = ["router"]

router = Router(tags=["declarations"])


@router.post(
    "/declarations/{path:number}/cancellation",
    auth=KeyDoor("cancel", JSON),
    response={200: CancellationKept},
    operation_id="cancel",
)
def cancel(request: HttpRequest, number: Path[str], told: Cancellation) -> HttpResponse:
    """Cancel a declaration. What was decided and found stays; its task is closed. A second time changes nothing."""

    def act() -> HttpResponse:
        held = scoped_declaration(request, number, lock=True)
        if not held.cancelled:
            key = request.key
            trail.write("cancellation.ask", f"declaration:{held.number}", key.actor, why=told.reason, key=key.prefix)
            receive(_cancellation(held, told.reason), "ndjson", key.system, offices=key.office_codes)
        return answer({"number": held.number, "version": held.version, "cancelled": True})

    return once(request, act)


@router.post(
    "/declarations/{path:number}/findings",
    auth=KeyDoor("find", JSON),
    response={201: FindingKept},
    operation_id="record_finding",
)
def find(request: HttpRequest, number: Path[str], told: FindingTold) -> HttpResponse:
    """Record what was found in a line, or in the whole declaration; `closes` ends the work on it."""

    def act() -> HttpResponse:
        held = scoped_declaration(request, number, lock=True)
        if told.found_on > today() or told.found_on < held.lodged_on:
            raise _invalid("/found_on", f"A day from {held.lodged_on} (lodged) to {today()} (today).")
        if told.item_number is not None and not _has_item(held, told.item_number):
            raise _invalid("/item_number", f"Declaration {held.number} has no such item.")
        made = Finding.objects.create(
            declaration=held,
            **told.dict(exclude={"closes"}),
            office=held.office,
            sender=request.key.system,
            made_at=now(),
        )
        if told.closes:
            Task.objects.filter(declaration=held).exclude(state__in=(Task.State.DONE, Task.State.SIGNING)).update(
                state=Task.State.DONE, done_at=now()
            )
        trail.write(
            "finding.record",
            f"declaration:{held.number}",
            request.key.actor,
            finding=made.pk,
            item_number=told.item_number,
            illicit=told.illicit,
            closes=told.closes,
            key=request.key.prefix,
        )
        return answer(
            {
                "id": made.pk,
                "declaration": held.number,
                "version": held.version,
                "state": telling.state_of(held),
            },
            201,
        )

    return once(request, act)


@router.get(
    "/declarations/{path:number}", auth=KeyDoor("read"), response={200: DeclarationTold}, operation_id="declaration"
)
def status(request: HttpRequest, number: Path[str]) -> HttpResponse:
    """How a declaration stands: its current version, the work on it, and its current decision."""
    return answer(telling.declaration(scoped_declaration(request, number)))


def _cancellation(held: Declaration, reason: str) -> bytes:
    """The message that takes a declaration back: it goes the way of all messages, and is kept like them."""
    said = {
        "declaration_id": held.number,
        "item_number": 1,
        "hs_code": None,
        "lodged_on": held.lodged_on,
        "office": held.office or None,
        "message_function": "cancellation",
        "message_id": f"cancellation of {held.number}, version {held.version}",
        "cancellation_reason": reason,
    }
    return to_json(said) + b"\n"


def _invalid(pointer: str, detail: str) -> Problem:
    return Problem("invalid", errors=[{"pointer": pointer, "detail": detail}])


def _has_item(held: Declaration, number: int) -> bool:
    return Line.objects.filter(declaration=held, item_number=number).exists()
