"""Endpoints about decisions: one of them, and all of them in their order."""

from __future__ import annotations

import re
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from tidegate.console.api import telling
from tidegate.console.api.answering import answer
from tidegate.console.api.door import KeyDoor
from tidegate.console.api.models import Place
from tidegate.console.api.order import settle
from tidegate.console.api.problems import Problem
from tidegate.console.api.shapes import DecisionPage, DecisionTold
from tidegate.console.register.models import Decision

__all__ = ["router"]

router = Router(tags=["decisions"])
CURSOR = re.compile(r"\d{1,18}", re.ASCII)


@router.get("/decisions", auth=KeyDoor("follow"), response={200: DecisionPage}, operation_id="decisions")
def follow(
    request: HttpRequest,
    since: Annotated[
        str, Query(max_length=18, pattern=r"^\d*$", description="`next` of the last answer; empty: from the first")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> HttpResponse:
    """Decisions of the key's offices in the order in which they became known, officers' decisions too.

    Nothing ever appears before a cursor that was given out, so whoever goes on from `next` gets each decision once.
    """
    if since and not CURSOR.fullmatch(since):
        raise Problem("invalid", errors=[{"parameter": "since", "detail": "Give `next` of an earlier answer."}])
    settle()
    begin = int(since or 0)
    places = Place.objects.visible_to(request.key).filter(position__gt=begin).order_by("position")[: limit + 1]
    found = list(places)
    told, more = found[:limit], len(found) > limit
    held = _decisions([one.decision_id for one in told])
    return answer(
        {
            "decisions": [held[one.decision_id] for one in told if one.decision_id in held],
            "next": str(told[-1].position if told else begin),
            "more": more,
        }
    )


@router.get("/decisions/{int:number}", auth=KeyDoor("read"), response={200: DecisionTold}, operation_id="decision")
def one(request: HttpRequest, number: Path[int]) -> HttpResponse:
    """One decision, current or not."""
    held = None
    if number < 1 << 63:
        held = Decision.objects.visible_to(request.key).select_related("declaration").filter(pk=number).first()
    if held is None:
        raise Problem("missing", "There is no such decision, or it is not of an office of this key.")
    return answer(telling.decision(held, held.declaration))


def _decisions(numbers: list[int]) -> dict[int, dict[str, Any]]:
    held = Decision.objects.filter(pk__in=numbers).select_related("declaration")
    return {one.pk: telling.decision(one, one.declaration) for one in held}
