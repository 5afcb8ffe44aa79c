"""The published JSON Schema of a parcel, made into a check that is fast enough for every parcel of a day.

Only the keywords that the schema uses are known here; jsonschema says the same of the same values, by test. Keys that
the schema does not name are let in and counted: posts send more than they have to.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from tidegate.intake.parcels.faults import Fault

__all__ = ["ANSWER", "PARCEL", "Unread", "checker", "expected"]

PARCEL: dict[str, Any] = json.loads(files(__package__).joinpath("parcel.schema.json").read_text(encoding="utf-8"))
ANSWER: dict[str, Any] = json.loads(files(__package__).joinpath("answer.schema.json").read_text(encoding="utf-8"))

Unread = Counter[str]
Check = Callable[[Any, Unread], Sequence[Fault]]

MOST_PATHS = 1000  # of keys that nobody reads; more are counted together
_LONGEST_KEY = 60
_KNOWN = {
    *("$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required", "if", "else"),
    *("enum", "const", "pattern", "maxLength", "minimum", "maximum", "items", "minItems", "maxItems"),
}


@cache
def checker() -> Check:
    """Return what finds the faults of one parcel (a value as json.loads gives it), and counts the keys not read."""
    return _compiled(PARCEL, "")


@cache
def expected(pointer: str) -> str:
    """What the schema says should stand at a pointer into a parcel; "" where it says nothing."""
    node = PARCEL
    for part in pointer.split("/")[1:]:
        node = _resolved(node)
        node = node.get("items", {}) if part.isdigit() else node.get("properties", {}).get(part, {})
    return str(node.get("description", ""))


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    """A node with what its reference says below what it says itself."""
    if "$ref" not in node:
        return node
    return {**PARCEL["$defs"][node["$ref"].removeprefix("#/$defs/")], **node}


def _compiled(node: dict[str, Any], path: str) -> Check:
    node = _resolved(node)
    if unknown := node.keys() - _KNOWN:
        raise AssertionError(f"keywords that are not compiled: {sorted(unknown)}")
    if "enum" in node:
        return _enum(node)
    if isinstance(node["type"], list):
        return _or_null(node, path)
    return {"object": _object, "array": _array, "string": _string, "number": _number, "integer": _number}[node["type"]](
        node, path
    )


def _or_null(node: dict[str, Any], path: str) -> Check:
    """A value of the one type named beside null, or null."""
    (kind,) = (one for one in node["type"] if one != "null")
    inner = _compiled({**node, "type": kind}, path)
    return lambda value, unread: () if value is None else inner(value, unread)


def _object(node: dict[str, Any], path: str) -> Check:
    properties = {name: _compiled(sub, f"{path}{name}.") for name, sub in node.get("properties", {}).items()}
    always = tuple(node.get("required", ()))
    unless = node.get("if", {}).get("properties", {})
    otherwise = tuple(node.get("else", {}).get("required", ()))
    wrong = (Fault("", "type", node.get("description", "")),)
    texts = {name: _resolved(sub).get("description", "") for name, sub in node.get("properties", {}).items()}

    def check(value: Any, unread: Unread) -> Sequence[Fault]:
        if type(value) is not dict:
            return wrong
        found: list[Fault] = []
        for key, part in value.items():
            inner = properties.get(key)
            if inner is None:
                _count(unread, path + key[:_LONGEST_KEY].encode(errors="replace").decode())
            elif faults := inner(part, unread):
                found += [Fault(f"/{key}{fault.pointer}", fault.code, fault.expected) for fault in faults]
        wanted = always
        if otherwise and any(value.get(key) != said["const"] for key, said in unless.items()):
            wanted = always + otherwise
        for key in wanted:
            if key not in value:
                found.append(Fault(f"/{key}", "missing", texts[key]))
        return found

    return check


def _array(node: dict[str, Any], path: str) -> Check:
    inner = _compiled(node["items"], f"{path.removesuffix('.')}[].")
    least, most = node.get("minItems", 0), node["maxItems"]
    text = node.get("description", "")

    def check(value: Any, unread: Unread) -> Sequence[Fault]:
        if type(value) is not list:
            return (Fault("", "type", text),)
        if not least <= len(value) <= most:
            return (Fault("", "count", text),)
        found: list[Fault] = []
        for place, part in enumerate(value):
            if faults := inner(part, unread):
                found += [Fault(f"/{place}{fault.pointer}", fault.code, fault.expected) for fault in faults]
        return found

    return check


def _string(node: dict[str, Any], path: str) -> Check:
    fits, most = re.compile(node["pattern"]).search, node["maxLength"]
    text = node.get("description", "")

    def check(value: Any, unread: Unread) -> Sequence[Fault]:
        if type(value) is not str:
            return (Fault("", "type", text),)
        if len(value) > most:
            return (Fault("", "too_long", text),)
        if not (value.isascii() or _whole(value)) or "\0" in value:
            return (Fault("", "character", text),)
        return () if fits(value) else (Fault("", "form", text),)

    return check


def _number(node: dict[str, Any], path: str) -> Check:
    least, most, whole = node["minimum"], node["maximum"], node["type"] == "integer"
    text = node.get("description", "")

    def check(value: Any, unread: Unread) -> Sequence[Fault]:
        kind = type(value)
        if kind is not int and (kind is not float or (whole and not value.is_integer())):
            return (Fault("", "type", text),)
        return () if least <= value <= most else (Fault("", "out_of_range", text),)

    return check


def _enum(node: dict[str, Any]) -> Check:
    codes, text = frozenset(node["enum"]), node.get("description", "")

    def check(value: Any, unread: Unread) -> Sequence[Fault]:
        return () if type(value) is str and value in codes else (Fault("", "not_listed", text),)

    return check


def _whole(text: str) -> bool:
    """Whether a text can be written: JSON may escape half a surrogate, which no table and no file keeps."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _count(unread: Unread, path: str) -> None:
    unread[path if path in unread or len(unread) < MOST_PATHS else "(more)"] += 1
