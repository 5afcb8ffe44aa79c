"""Once: a request with an Idempotency-Key is carried out once, however often it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from tidegate.console.api.models import Answer
from tidegate.console.api.problems import Problem

__all__ = ["named", "once"]

LONGEST = 128
SET_PLACE = """INSERT INTO api_answer (key_id, name, request, status, body, made_at) VALUES (%s, %s, %s, 0, '', now())
ON CONFLICT DO NOTHING RETURNING id"""


def once(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Carry out `act` in one transaction; with an Idempotency-Key its answer is kept in it.

    The same request again gets that answer. Two at the same time: the second waits for the first at the row, then gets
    its answer, or, if the first was rolled back, is carried out. Another request under the same key is a Problem (409).
    """
    told = named(request)
    with transaction.atomic():
        if told is None:
            return act()
        _, name, fingerprint = told
        with connection.cursor() as cursor:
            cursor.execute(SET_PLACE, [request.key.pk, name, fingerprint])
            row = cursor.fetchone()
        if row is None:
            return _again(request, name, fingerprint)
        response = act()
        Answer.objects.filter(pk=row[0]).update(status=response.status_code, body=response.content)
        return response


def named(request: HttpRequest) -> tuple[int, str, bytes] | None:
    """Key, name and fingerprint of a request with an Idempotency-Key. Raises Problem where that is none."""
    name = request.headers.get("Idempotency-Key")
    if name is None:
        return None
    if not 0 < len(name) <= LONGEST or not name.isascii() or not name.isprintable():
        raise Problem("malformed", f"Idempotency-Key: up to {LONGEST} printable ASCII characters.")
    return request.key.pk, name, _fingerprint(request)


def _again(request: HttpRequest, name: str, fingerprint: bytes) -> HttpResponse:
    held = Answer.objects.get(key=request.key, name=name)
    if bytes(held.request) != fingerprint:
        raise Problem("idempotency", "Use a new Idempotency-Key for a new request.")
    kind = "application/problem+json" if held.status >= 400 else "application/json"
    return HttpResponse(
        bytes(held.body), status=held.status, content_type=kind, headers={"Idempotency-Replayed": "true"}
    )


def _fingerprint(request: HttpRequest) -> bytes:
    digest = hashlib.sha256()
    for part in (request.method or "", request.get_full_path(), request.content_type or ""):
        digest.update(part.encode() + b"\0")
    digest.update(request.body)
    return digest.digest()
