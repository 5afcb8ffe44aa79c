"""The OpenAPI document: it says what the endpoints do, it is documented, and what it promises holds under fire."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tidegate.console.api import keys
from tidegate.console.api.measures import _standing
from tidegate.console.api.media import CARRIED
from tidegate.console.api.problems import PROBLEMS
from tidegate.console.api.scopes import SCOPES
from tidegate.console.api.shapes import DECISION_EXAMPLE, DecisionTold, FindingTold
from tidegate.console.api.version1 import interface, openapi
from tidegate.console.clock import now
from tidegate.console.register.models import Decision

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).resolve().parents[2] / "docs" / "console"
EXAMPLES = 25  # calls each operation gets from schemathesis
REACHED = {"submit": {422}, "amend": {422}, "record_finding": {201, 422}}  # statuses beyond the door, where not 200


def document() -> dict[str, Any]:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def test_every_endpoint_scope_problem_type_and_measure_is_documented() -> None:
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    calls = [f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods]
    named = [
        *calls, *(one.code for one in SCOPES), *(one.code for one in PROBLEMS), *(one.media_type for one in CARRIED),
        *(f"GET /api/{name}" for name in ("health", "ready", "metrics")), "tidegate_api_calls_total",
        "tidegate_api_seconds", "tidegate_api_decisions_total", *(one.name for one in _standing().collect()),
    ]  # fmt: skip
    assert [name for name in named if f"`{name}`" not in page] == []


def test_the_document_is_of_the_routes() -> None:
    told = {(path, method) for path, methods in document()["paths"].items() for method in methods}
    routes = {
        ("/api/v1" + re.sub(r"{\w+:", "{", operation.path), method.lower())
        for router in interface._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
        for method in operation.methods
    }
    assert told == routes
    assert document()["openapi"].startswith("3.1")


def test_every_operation_says_scope_text_answers_and_problems() -> None:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (path, method)
            assert operation["x-scope"] in ("", *(one.code for one in SCOPES))
            assert operation["security"] == [{"KeyDoor": []}]
            assert {"401", "403", "429", "500"} <= set(operation["responses"])
            for status, response in operation["responses"].items():
                kind = "application/problem+json" if int(status) >= 400 else "application/json"
                assert list(response["content"]) == [kind], (path, status)


def test_the_examples_fit_their_shapes() -> None:
    DecisionTold.model_validate(DECISION_EXAMPLE)
    for example in FindingTold.model_config["json_schema_extra"]["examples"]:  # type: ignore[index,call-overload,union-attr]
        FindingTold.model_validate(example)


def test_the_reference_is_a_plain_page() -> None:
    answer = Client().get("/api/v1/")
    page = answer.content.decode()
    assert "<script" not in page
    assert "http" not in re.sub(r"https?://(www\.rfc|host)", "", page).replace("HTTP", "")
    for methods in document()["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


class Under:
    """The application, with a key of all scopes on every call."""

    def __init__(self, token: str) -> None:
        self.application, self.token = get_wsgi_application(), token

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        return self.application(environ, start)


@pytest.fixture
def token() -> Iterator[str]:
    """A key of all scopes. A request begins and ends by closing old connections; that of the test stays."""
    scopes = [one.code for one in SCOPES]
    _, made = keys.make("window", scopes, None, everywhere=True, expires_at=now() + timedelta(days=1), rate=9_999)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield made
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("operation", sorted(
    operation.operation_id
    for router in interface._get_bound_routers()
    for view in router.path_operations.values()
    for operation in view.operations
))  # fmt: skip
def test_what_the_document_promises_holds_whatever_comes(operation: str, token: str) -> None:
    schema = schemathesis.openapi.from_dict(_with_numbers(json.loads(openapi(None).content)))  # type: ignore[arg-type]
    schema.app = Under(token)
    (wanted,) = [one.ok() for one in schema.get_all_operations() if one.ok().definition.raw["operationId"] == operation]
    statuses = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @_given(wanted)
    def call(case: Any) -> None:
        response = case.call()
        statuses.add(response.status_code)
        case.validate_response(
            response,
            checks=[
                not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
            ],
        )

    call()
    assert statuses & REACHED.get(operation, {200}), statuses


def _with_numbers(told: dict[str, Any]) -> dict[str, Any]:
    """The document, with numbers of what is there, so that calls reach what they are about."""
    held = Decision.objects.select_related("declaration").filter(current=True).order_by("pk")[0]
    for methods in told["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["name"] == "number":
                    text = parameter["schema"]["type"] == "string"
                    parameter.pop("example", None)
                    parameter["schema"]["enum"] = [held.declaration.number, "none"] if text else [held.pk, 0]
    return told


def _given(operation: Any) -> Any:
    from hypothesis import given

    return given(case=operation.as_strategy())
