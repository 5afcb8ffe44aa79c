"""The door itself: calls of systems pass here and nowhere else, by a key, within its scope and its limits.

Sessions, languages, forms and sign-in are no matter of systems: their middleware is not passed, which spares a third
of the time of a call.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.request import RequestDataTooBig, UnreadablePostError
from django.urls import Resolver404, resolve
from ninja.security import HttpBearer

from tidegate.console.api import keys, limits
from tidegate.console.api.calls import log
from tidegate.console.api.measures import measure
from tidegate.console.api.media import check_body
from tidegate.console.api.models import Key
from tidegate.console.api.problems import Problem

__all__ = ["BEGIN", "KeyDoor", "front", "keyed", "problem_of", "unauthorized"]

BEGIN = "/api/"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
BUSY = {"40001", "40P01", "55P03", "57014"}  # serialization, deadlock, lock and statement timeouts: try again


class KeyDoor(HttpBearer):
    """Lets in keys with a scope (empty: any key) and counts their calls. The key stands in `request.key`.

    `taken`: content types of the body, where there is one.
    """

    def __init__(self, scope: str, taken: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.scope, self.taken = scope, taken

    def authenticate(self, request: HttpRequest, token: str) -> Key:
        key = keys.find(token)
        if key is None:
            raise unauthorized()
        request.key = key
        limits.take(key)
        if self.scope and self.scope not in key.scopes:
            raise Problem("scope", f"It needs the scope `{self.scope}`; ask the administrator of this node for it.")
        if self.taken:
            check_body(request, self.taken)
        return key


def unauthorized() -> Problem:
    return Problem(
        "unauthorized",
        "Send `Authorization: Bearer KEY` with a key that is neither expired nor revoked.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def problem_of(error: Exception) -> Problem:
    """What a caller is told of an error that nobody foresaw; everything is rolled back by then."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Resolver404):
        return Problem("missing", "There is no such address; GET /api/v1/openapi.json lists them all.")
    if isinstance(error, RequestDataTooBig):
        return Problem("too-large", "Send the declarations in several calls.")
    if isinstance(error, UnreadablePostError):
        return Problem("malformed", "The body ended early.")
    state = getattr(error.__cause__, "sqlstate", None) if isinstance(error, DatabaseError) else None
    if isinstance(error, InterfaceError) or (
        isinstance(error, DatabaseError) and (state is None or state in BUSY or state.startswith(("08", "53", "57P")))
    ):
        logging.getLogger("tidegate.api").warning("database: %s", type(error).__name__)
        return Problem("unavailable", "Try again in a moment.", headers={"Retry-After": "1"})
    # The message may hold what stood in the request: the places are enough to find it.
    places = "".join(traceback.format_tb(error.__traceback__))
    logging.getLogger("tidegate.api").error("%s\n%s", type(error).__name__, places)
    return Problem("failed", "Tell the administrator of this node when it happened.")


def front(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, the first of all: takes the calls of systems; everything else goes on to the pages."""

    def fronted(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(BEGIN):
            return answer(request)
        return _handled(request)

    return fronted


def _handled(request: HttpRequest) -> HttpResponse:
    began = time.perf_counter()
    route = ""
    try:
        match = resolve(request.path_info)
        request.resolver_match = match
        route = "/" + match.route
        response = match.func(request, *match.args, **match.kwargs)
        if response.status_code == 405:
            taken = response.headers.get("Allow", "")
            response = Problem("method", f"It takes {taken}.", headers={"Allow": taken}).response()
    except Exception as error:
        response = problem_of(error).response()
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    key: Any = getattr(request, "key", None)
    seconds = time.perf_counter() - began
    measure(request.method or "", route, response.status_code, seconds)
    log(request.method or "", route, response.status_code, seconds, key.prefix if key is not None else "")
    return response


def keyed(scope: str, view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A plain view behind the same door."""
    door = KeyDoor(scope)

    def entered(request: HttpRequest) -> HttpResponse:
        if door(request) is None:
            raise unauthorized()
        return view(request)

    return entered
