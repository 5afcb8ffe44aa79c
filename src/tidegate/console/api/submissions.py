"""Endpoints that take messages: declarations come in, and their decisions go back in the same call."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path

from tidegate.console.api import telling
from tidegate.console.api.answering import answer, scoped_declaration
from tidegate.console.api.declarations import router
from tidegate.console.api.delivery import ring
from tidegate.console.api.door import KeyDoor
from tidegate.console.api.measures import decided
from tidegate.console.api.media import MESSAGES, form_of
from tidegate.console.api.once import named, once
from tidegate.console.api.problems import MEDIA_TYPE, Problem
from tidegate.console.api.shapes import ReceiptTold
from tidegate.console.api.together import Call, gate, long_gate
from tidegate.console.deciding.receiving import Receipt, Rejected, receive
from tidegate.console.deciding.together import SMALL, Posted, posted
from tidegate.errors import TidegateError
from tidegate.intake import Intake

__all__ = ["router"]

AT_MOST = 1_000  # rejected rows that are told one by one
VALUE = 200  # letters of a rejected value


@router.post("/declarations", auth=KeyDoor("declare", MESSAGES), response={200: ReceiptTold}, operation_id="submit")
def submit(request: HttpRequest) -> HttpResponse:
    """Submit a message with one declaration or many; the decisions come back.

    A declaration is taken as a whole or not at all; those that cannot be used are named in `rejected`, row by row.
    Where nothing of a message can be used the answer is 422. The same declaration again changes nothing
    (`unchanged`); a number that is known, with other content, is an amendment.
    """
    body, form = request.body, form_of(request)
    first = named(request)
    came = _posted(request, body, form)
    if isinstance(came, Posted):
        call = Call(came, _told, first)
        (gate if len(body) <= SMALL else long_gate).enter(call)
        if call.done is not None:
            receipt, response = call.done
            _count(receipt)
            return response
        came = None
    if first is None:
        return _received(request, body, form, came)  # it has a transaction of its own
    return once(request, lambda: _received(request, body, form, came))


@router.put(
    "/declarations/{path:number}", auth=KeyDoor("declare", MESSAGES), response={200: ReceiptTold}, operation_id="amend"
)
def amend(request: HttpRequest, number: Path[str]) -> HttpResponse:
    """Amend one declaration: a message with all of it, as it is to stand now. Its next version is decided anew."""
    body, form = request.body, form_of(request)

    def act() -> HttpResponse:
        scoped_declaration(request, number)
        return _received(request, body, form, only=number)

    return once(request, act)


def _posted(request: HttpRequest, body: bytes, form: str) -> Posted | Intake | None:
    """What `posted` makes of a message; None too where it cannot be read, which is told to whoever tries."""
    try:
        return posted(body, form, request.key.system, request.key.office_codes)
    except TidegateError:
        return None


def _received(request: HttpRequest, body: bytes, form: str, came: Intake | None = None, only: str = "") -> HttpResponse:
    """Hand a message in and answer with its receipt; nothing usable in it is a Problem that is kept as an answer."""
    key = request.key
    try:
        receipt: Receipt = receive(body, form, key.system, offices=key.office_codes, came=came)
    except TidegateError as error:
        raise Problem("invalid", str(error)) from error
    if only and (other := [one.declaration.number for one in receipt.kept if one.declaration.number != only]):
        raise Problem("conflict", f"The message holds {len(other)} other declarations; submit those by POST.")
    _count(receipt)
    return _told(receipt)


def _count(receipt: Receipt) -> None:
    for one in receipt.kept:
        decided(one.decision.channel)
    if receipt.kept:
        ring()


def _told(receipt: Receipt) -> HttpResponse:
    told = {
        "message": receipt.message.pk,
        "decisions": [telling.decision(one.decision, one.declaration) for one in receipt.kept],
        "unchanged": [one.number for one in receipt.unchanged],
        "cancelled": [one.number for one in receipt.cancelled],
        "bills": receipt.bills,
        "rejected": [_row(one) for one in receipt.rejected[:AT_MOST]],
    }
    if told["rejected"] and not (receipt.kept or receipt.unchanged or receipt.cancelled or receipt.bills):
        foreign = all(row["reason"] == "not_your_office" for row in told["rejected"])
        hint = "Ask for a key of these offices." if foreign else "Mend the message and send it again."
        problem = Problem("office" if foreign else "rejected", f"See `errors`. {hint}", errors=_errors(told))
        said: dict[str, Any] = problem.said() | {"receipt": told}
        return answer(said, problem.kind.status, MEDIA_TYPE)
    return answer(told)


def _row(one: Rejected) -> dict[str, Any]:
    return {
        "row": one.row,
        "declaration": one.number or None,
        "field": one.field,
        "pointer": f"/{one.row - 1}/{one.field}" if one.row and one.field else None,
        "value": None if one.value is None else one.value[:VALUE],
        "reason": one.reason,
        "text": one.text,
        "text_vi": one.text_vi,
    }


def _errors(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"pointer": row["pointer"], "detail": row["text"], "detail_vi": row["text_vi"]} for row in told["rejected"]]
