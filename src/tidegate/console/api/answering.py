"""Answers: JSON of plain values, and what is found of what a key asks for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from pydantic_core import to_json

from tidegate.console.api.problems import Problem
from tidegate.console.register.models import Declaration

__all__ = ["answer", "scoped_declaration"]

LONGEST = 70  # of a number


def answer(told: Any, status: int = 200, media_type: str = "application/json") -> HttpResponse:
    """Plain values as JSON; numbers that JSON has not are null."""
    return HttpResponse(to_json(told, inf_nan_mode="null"), status=status, content_type=media_type)


def scoped_declaration(request: HttpRequest, number: str, *, lock: bool = False) -> Declaration:
    """The current version of a declaration that the key may see. Raises Problem (404)."""
    query = Declaration.objects.visible_to(request.key)
    if lock:
        query = query.select_for_update()
    held = None
    if 0 < len(number) <= LONGEST and "\0" not in number:
        held = query.filter(number=number, current=True).first()
    if held is None:
        raise Problem("missing", "There is no such declaration, or it is not of an office of this key.")
    return held
