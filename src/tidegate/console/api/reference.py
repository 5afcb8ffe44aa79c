"""The OpenAPI document as a page to read: no script, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from tidegate.console.api.scopes import SCOPES

__all__ = ["chapters", "kind", "ticked"]

TICKS = re.compile(r"`([^`]+)`")

Shape = Mapping[str, Any]


def chapters(document: Shape) -> dict[str, Any]:
    """What the page shows: endpoints with their tables, and the shapes."""
    return {
        "version": document["info"]["version"],
        "text": ticked(document["info"]["description"]),
        "openapi": document["openapi"],
        "scopes": SCOPES,
        "endpoints": list(_endpoints(document)),
        "shapes": list(_shapes(document)),
    }


def ticked(text: str) -> SafeString:
    """A text, with what stands between backticks as code."""
    return mark_safe(TICKS.sub(r"<code>\1</code>", escape(text)))


def kind(shape: Shape) -> str:
    """A type in words: `text`, `list of ReasonTold`, `number or null`."""
    if "$ref" in shape:
        return str(shape["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(kind(one) for one in shape["anyOf"]))
    if "allOf" in shape:
        return kind(shape["allOf"][0])
    if "const" in shape:
        return json.dumps(shape["const"])
    if "enum" in shape:
        return ", ".join(str(one) for one in shape["enum"])
    if shape.get("type") == "array":
        return f"list of {kind(shape.get('items', {}))}"
    return str(shape.get("format") or {"string": "text"}.get(shape.get("type", ""), shape.get("type", "any")))


def _endpoints(document: Shape) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield {
                "id": operation["operationId"],
                "call": f"{method.upper()} {path}",
                "text": ticked(operation.get("description", "")),
                "scope": operation.get("x-scope", ""),
                "parameters": [
                    {**one, "place": one["in"], "kind": kind(one["schema"])} for one in operation["parameters"]
                ],
                "bodies": [
                    (media_type, kind(body["schema"]), body["schema"].get("description", ""), body.get("example", ""))
                    for media_type, body in operation.get("requestBody", {}).get("content", {}).items()
                ],
                "answers": [
                    (status, told["description"], [kind(body["schema"]) for body in told.get("content", {}).values()])
                    for status, told in operation["responses"].items()
                ],
            }


def _shapes(document: Shape) -> Iterator[dict[str, Any]]:
    for name, shape in document["components"]["schemas"].items():
        needed = shape.get("required", ())
        yield {
            "name": name,
            "text": ticked(shape.get("description", "")),
            "fields": [
                (field, kind(told), field in needed, ticked(told.get("description", "")))
                for field, told in shape.get("properties", {}).items()
            ],
            "examples": [json.dumps(one, ensure_ascii=False, indent=2) for one in shape.get("examples", ())],
        }
