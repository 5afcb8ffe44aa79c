"""The OpenAPI document: what ninja knows of the endpoints, and what all of them have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from tidegate.console.api.media import CARRIED
from tidegate.console.api.once import LONGEST
from tidegate.console.api.problems import MEDIA_TYPE, PROBLEMS
from tidegate.console.api.scopes import SCOPES
from tidegate.console.api.shapes import ProblemTold

__all__ = ["EXAMPLE_LINE", "completed"]

EXAMPLE_LINE = (
    '{"declaration_id": "26VN000123", "item_number": 1, "lodged_on": "2026-11-20", "office": "02CI",'
    ' "importer_id": "0312345678", "hs_code": "440791", "origin_country": "LA", "net_mass_kg": 12000,'
    ' "customs_value": 18500, "currency": "USD"}\n'
)
MESSAGES = ("submit", "amend")  # operations whose body is a message
NAMED = ("submit", "amend", "cancel", "record_finding")  # that take an Idempotency-Key
ALWAYS = (401, 403, 429, 500, 503)
WITH_BODY = (400, 411, 413, 415)
OF = {
    "submit": (409, 422),
    "amend": (404, 409, 422),
    "cancel": (404, 409, 422),
    "record_finding": (404, 409, 422),
    "declaration": (404,),
    "decision": (404, 422),
    "decisions": (422,),
    "key": (),
}
IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same key with the same request gets the first answer again, for seven days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[!-~]+$"},
}


def completed(document: OpenAPISchema, scopes: Mapping[str, str]) -> OpenAPISchema:
    """Add problems, content types of messages, scopes and idempotency keys to ninja's document."""
    shapes = document["components"]["schemas"]
    problem = ProblemTold.model_json_schema(ref_template="#/components/schemas/{model}")
    shapes.update(problem.pop("$defs", {}))
    shapes["Problem"] = problem
    schemes = document["components"]["securitySchemes"]
    schemes["KeyDoor"] = {"type": "http", "scheme": "bearer", "description": _scopes()}
    document["paths"] = dict(sorted(document["paths"].items()))
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["x-scope"] = scopes[operation["operationId"]]
            _complete(operation)
    return document


def _complete(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    statuses = [*ALWAYS, *OF[name]]
    if name in MESSAGES:
        operation["requestBody"] = {"required": True, "content": _messages()}
    if "requestBody" in operation:
        statuses += WITH_BODY
    if name in NAMED:
        operation["parameters"].append(IDEMPOTENCY)
    for parameter in operation["parameters"]:
        if parameter["name"] == "number" and parameter["schema"].get("type") == "string":
            parameter["description"] = "number of the declaration"
            parameter["schema"] = {"type": "string", "minLength": 1, "maxLength": 70}
            parameter["example"] = "26VN000123"
    for status in sorted(set(statuses)):
        titles = [one.title for one in PROBLEMS if one.status == status]
        operation["responses"][status] = {
            "description": " ".join(titles),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _messages() -> dict[str, Any]:
    told: dict[str, Any] = {one.media_type: {"schema": {"type": "string", "description": one.label}} for one in CARRIED}
    told["application/x-ndjson"]["example"] = EXAMPLE_LINE
    return told


def _scopes() -> str:
    return "A key of this node, with some of these scopes: " + "; ".join(f"`{one.code}`: {one.label}" for one in SCOPES)
