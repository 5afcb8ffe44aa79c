"""Bundles of STIX 2.1: identities to look out for, and indicators whose patterns name one thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tidegate.errors import ListError
from tidegate.screening.entry import Kind
from tidegate.screening.lists.opening import document
from tidegate.screening.lists.record import Reading, Record
from tidegate.screening.lists.source import Heading, Loaded, Source
from tidegate.screening.lists.stix_pattern import named

__all__ = ["COLOURS", "MARKINGS", "SOURCE"]

# "type" may stand behind all objects, where keys are sorted.
_BUNDLE = re.compile(rb'\s*\{(?:\s*"objects"\s*:\s*\[|.*?"type"\s*:\s*"bundle"|.*?"id"\s*:\s*"bundle--)', re.DOTALL)
KINDS = {"individual": Kind.PERSON, "organization": Kind.COMPANY, "group": Kind.COMPANY}
# Traffic Light Protocol -> handling level.
COLOURS = {
    "clear": "open",
    "white": "open",
    "green": "official",
    "amber": "restricted",
    "amber+strict": "restricted",
    "red": "restricted",
}
# The markings that every node knows without their definition (STIX 2.1, section 7.2.1.4, and its extension for TLP 2).
MARKINGS = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "white",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "green",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "amber",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "red",
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "clear",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "green",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "amber",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "amber+strict",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "red",
}


def _detect(head: bytes, name: str) -> bool:
    return _BUNDLE.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def _read(files: Sequence[Path], heading: Heading) -> Loaded:
    reading = Reading(heading)
    for path in files:
        _bundle(path, reading)
    return reading.loaded()


def _bundle(path: Path, reading: Reading) -> None:
    bundle = document(path)
    found = bundle.get("objects", []) if isinstance(bundle, dict) and bundle.get("type") == "bundle" else None
    if not isinstance(found, list):
        raise ListError("it is no STIX bundle.", where=str(path), hint='Its "type" is "bundle", with "objects".')
    objects = [one for one in found if isinstance(one, dict) and isinstance(one.get("id"), str)]
    if len(objects) < len(found):
        reading.fault(path, f"{len(found) - len(objects)} objects", "unreadable")
    latest: dict[str, dict[str, Any]] = {}
    for one in objects:
        # Of several versions of an object the last modified one counts.
        if _said(latest.get(one["id"], {}), "modified") <= _said(one, "modified"):
            latest[one["id"]] = one
    colours = MARKINGS | {number: colour for number, one in latest.items() if (colour := _colour(one)) is not None}
    makers = {_said(one, "created_by_ref") for one in latest.values()}
    for number, one in latest.items():
        kind = one.get("type")
        # Who made the bundle is not somebody to look out for.
        if kind not in ("identity", "indicator") or number in makers:
            continue
        if one.get("revoked") is True:
            reading.withdrawn += 1
            continue
        maker = _said(latest.get(_said(one, "created_by_ref"), {}), "name")
        if kind == "identity":
            _identity(reading.record(path, number), one, maker, colours)
        else:
            _indicator(reading, path, one, maker, colours)


def _identity(record: Record, one: dict[str, Any], maker: str, colours: dict[str, str]) -> None:
    _terms(record, one, maker, colours)
    record.name(_said(one, "name"))
    record.name(*_texts(one, "x_aliases"))
    record.born(_said(one, "x_birth_date"))
    record.country(_said(one, "x_country"))
    record.remark(_said(one, "contact_information"))
    if _said(one, "identity_class") not in KINDS:
        record.fault("unknown_kind", _said(one, "identity_class"))
        return
    record.entry(KINDS[_said(one, "identity_class")])


def _indicator(reading: Reading, path: Path, one: dict[str, Any], maker: str, colours: dict[str, str]) -> None:
    """One entry for each thing that the pattern names: their ids are the indicator's, numbered from the second on."""
    pattern = _said(one, "pattern")
    things = named(pattern) if _said(one, "pattern_type") in ("stix", "") else None
    if not things:
        reading.fault(path, one["id"], "unread_pattern", pattern)
        return
    for place, thing in enumerate(things, start=1):
        record = reading.record(path, one["id"] if place == 1 else f"{one['id']} ({place})")
        _terms(record, one, maker, colours)
        if thing.type == "name":
            record.name(thing.value)
        else:
            record.identifier(thing.type, thing.value, thing.country)
        record.entry(thing.kind)


def _terms(record: Record, one: dict[str, Any], maker: str, colours: dict[str, str]) -> None:
    record.owner = maker or record.owner
    labels = _texts(one, "labels") or _texts(one, "indicator_types")
    said = _said(one, "name") if one["type"] == "indicator" else ""
    record.purpose = (said or ", ".join(labels) or record.purpose)[:500]
    record.listed_on = record.day(_said(one, "valid_from") or _said(one, "created"))
    record.changed_on = record.day(_said(one, "modified"))
    record.expires = _last_day(record, _said(one, "valid_until"))
    record.remark(_said(one, "description"))
    marks = one.get("object_marking_refs")
    for mark in marks if isinstance(marks, list) else []:
        colour = colours.get(mark) if isinstance(mark, str) else None
        if colour is None:
            record.fault("unknown_level", str(mark))
            record.raise_level("restricted")
        elif colour:
            record.raise_level(COLOURS[colour])


def _last_day(record: Record, until: str) -> date | None:
    """The last day on which an indicator counts: at `valid_until` it does no more."""
    found = record.day(until)
    midnight = "T00:00:00" in until and until.partition("T00:00:00")[2].strip("0.") == "Z"
    return found - timedelta(days=1) if found and midnight else found


def _colour(one: dict[str, Any]) -> str | None:
    """The colour of a marking's definition; "" for one that says nothing of handling; None for any other object."""
    if one.get("type") != "marking-definition":
        return None
    definition, extensions = one.get("definition"), one.get("extensions")
    said = [definition.get("tlp")] if isinstance(definition, dict) else []
    if isinstance(extensions, dict):
        said += [extension.get("tlp_2_0") for extension in extensions.values() if isinstance(extension, dict)]
    found = [text.lower() for text in said if isinstance(text, str)]
    if found:
        return found[0] if found[0] in COLOURS else "red"
    return "" if one.get("definition_type") == "statement" else None


def _said(of: dict[str, Any], key: str) -> str:
    value = of.get(key)
    return value if isinstance(value, str) else ""


def _texts(of: dict[str, Any], key: str) -> list[str]:
    values = of.get(key)
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


SOURCE = Source("stix", "STIX 2.1 bundle", "Gói thông tin STIX 2.1", _detect, _read)
