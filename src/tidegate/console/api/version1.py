"""Version 1 of the interface: its endpoints, its OpenAPI document, and what it says when something goes wrong."""

from __future__ import annotations

import functools
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from tidegate.console.api import decisions, submissions
from tidegate.console.api.answering import answer
from tidegate.console.api.document import completed
from tidegate.console.api.door import KeyDoor, problem_of, unauthorized
from tidegate.console.api.problems import Problem
from tidegate.console.api.reference import chapters
from tidegate.console.api.shapes import KeyTold

__all__ = ["interface"]

DESCRIPTION = """Declarations in, decisions and findings out. Every call carries a key (`Authorization: Bearer KEY`)
that the administrator of the node gives; what it may do, and for which offices, goes with it. Errors are problems as
RFC 9457 has them."""


class Interface(NinjaAPI):
    """As ninja has it, with a document that says of every endpoint what it takes and how it refuses."""

    def get_openapi_schema(self, **told: Any) -> OpenAPISchema:
        return completed(super().get_openapi_schema(**told), _scopes())


def _scopes() -> dict[str, str]:
    """The scope that each operation needs, as its door has it."""
    return {
        operation.operation_id: operation.auth_callbacks[0].scope
        for router in interface._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    }


interface = Interface(
    title="Tidegate", version="1", description=DESCRIPTION, docs_url=None, openapi_url=None, urls_namespace="api-1"
)
interface.add_router("", submissions.router)  # and those of declarations.py: an address is known to one router
interface.add_router("", decisions.router)
own = Router(tags=["key"])


@own.get("/key", auth=KeyDoor(""), response={200: KeyTold}, operation_id="key")
def key(request: HttpRequest) -> HttpResponse:
    """What the key of this call may do, and until when."""
    one = request.key
    return answer(
        {
            "system": one.system,
            "prefix": one.prefix,
            "scopes": one.scopes,
            "offices": one.office_codes,
            "calls_per_second": one.rate,
            "expires_at": one.expires_at,
        }
    )


interface.add_router("", own)


@functools.cache
def document() -> OpenAPISchema:
    """The OpenAPI document of this process: it does not change."""
    return interface.get_openapi_schema()


def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return answer(document())


def reference(request: HttpRequest) -> HttpResponse:
    """The same as a page to read."""
    return HttpResponse(render_to_string("api/reference.html", chapters(document())))


@interface.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem_of(error).response()


@interface.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return Problem("missing").response()


@interface.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return unauthorized().response()


@interface.exception_handler(HttpError)
def _unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    return Problem("malformed", "The body is no JSON object in UTF-8.").response()


@interface.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return Problem("invalid", errors=[_field(one) for one in error.errors]).response()


def _field(one: dict[str, Any]) -> dict[str, Any]:
    """A field that does not fit, by its place: ("body", "told", "found_on") is /found_on."""
    place = [str(part) for part in one["loc"]]
    if place[0] == "body":
        rest = [part.replace("~", "~0").replace("/", "~1") for part in place[2:]]
        return {"pointer": "".join(f"/{part}" for part in rest), "detail": one["msg"]}
    return {"parameter": place[-1], "detail": one["msg"]}
