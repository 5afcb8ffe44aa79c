"""Patterns of STIX indicators that name one thing each: an object's property and its value."""

from __future__ import annotations

import re
from collections import deque
from typing import NamedTuple

from tidegate.screening.entry import Kind

__all__ = ["PROPERTIES", "Named", "named"]


class Named(NamedTuple):
    """What a pattern looks for: a value of a type of identifier, or a name ("name"), with its country if it says so."""

    kind: Kind
    type: str
    value: str
    country: str = ""


# Object path -> (kind of entry, type of identifier or "name"). Those with "x-" are of the customs' own domain; STIX
# lets anybody define such objects (STIX 2.1, section 11).
PROPERTIES: dict[str, tuple[Kind, str]] = {
    "email-addr:value": (Kind.PERSON, "email"),
    "user-account:display_name": (Kind.PERSON, "name"),
    "x-person:name": (Kind.PERSON, "name"),
    "x-company:name": (Kind.COMPANY, "name"),
    "x-company:tax_code": (Kind.COMPANY, "tax"),
    "x-company:registration_number": (Kind.COMPANY, "registration"),
    "x-travel-document:number": (Kind.DOCUMENT, "passport"),
    "x-identity-card:number": (Kind.DOCUMENT, "identity_card"),
    "x-container:number": (Kind.CONTAINER, "container"),
    "x-vessel:name": (Kind.VESSEL, "name"),
    "x-vessel:imo": (Kind.VESSEL, "imo"),
    "x-vessel:mmsi": (Kind.VESSEL, "mmsi"),
    "x-vessel:call_sign": (Kind.VESSEL, "call_sign"),
    "x-vehicle:vin": (Kind.VEHICLE, "vin"),
    "x-vehicle:plate": (Kind.VEHICLE, "plate"),
    "x-phone:number": (Kind.PHONE, "phone"),
    "x-address:value": (Kind.ADDRESS, "name"),
    "x-goods:description": (Kind.PHRASE, "name"),
}
_SIGN = re.compile(
    r"\s*(?:(?P<mark>[\[\](),=])|(?P<word>AND|OR|IN)\b|(?P<path>[a-z0-9-]+:[a-z0-9_.'-]+)|'(?P<text>(?:[^'\\]|\\.)*)')",
    re.DOTALL,
)


def named(pattern: str) -> list[Named] | None:
    """Return what a pattern looks for; None where it is of another form than the following.

    One or more observations in brackets, joined by OR; in each, comparisons `path = 'value'` or `path IN ('a', 'b')`
    joined by OR, or one of them joined by AND with the `country` of the same object. Paths are those of PROPERTIES.
    """
    signs = _signs(pattern)
    if signs is None:
        return None
    found: list[Named] = []
    try:
        while True:
            _take(signs, "[")
            found += _observation(signs)
            _take(signs, "]")
            if not signs:
                return found
            _take(signs, "OR")
    except (IndexError, ValueError):
        return None


def _signs(pattern: str) -> deque[str] | None:
    signs: deque[str] = deque()
    at = 0
    pattern = pattern.strip()
    while at < len(pattern):
        found = _SIGN.match(pattern, at)
        if found is None:
            return None
        # A text is told from a path by its quotation mark.
        text = found["text"]
        signs.append("'" + re.sub(r"\\(.)", r"\1", text) if text is not None else found[found.lastgroup or 0])
        at = found.end()
    return signs


def _take(signs: deque[str], sign: str) -> None:
    if signs.popleft() != sign:
        raise ValueError(sign)


def _observation(signs: deque[str]) -> list[Named]:
    comparisons = [_comparison(signs)]
    joined = set()
    while signs[0] in ("AND", "OR"):
        joined.add(signs.popleft())
        comparisons.append(_comparison(signs))
    countries = {path.partition(":")[0]: values for path, values in comparisons if path.endswith(":country")}
    rest = [(path, values) for path, values in comparisons if not path.endswith(":country")]
    if len(joined) > 1 or ("AND" in joined and (len(rest) != 1 or len(comparisons) != 2)):
        raise ValueError("AND of several things")
    if "AND" not in joined and countries:
        raise ValueError("a country alone names nothing")
    found = []
    for path, values in rest:
        if path not in PROPERTIES:
            raise ValueError(path)
        if joined == {"AND"} and path.partition(":")[0] not in countries:
            raise ValueError("the country of another object")
        country = countries.get(path.partition(":")[0], [""])
        found += [Named(*PROPERTIES[path], value, country[0] if len(country) == 1 else "") for value in values]
    return found


def _comparison(signs: deque[str]) -> tuple[str, list[str]]:
    path = signs.popleft()
    if path[:1] in "'[](),=":
        raise ValueError(path)
    if signs[0] == "=":
        signs.popleft()
        return path, [_value(signs)]
    _take(signs, "IN")
    _take(signs, "(")
    values = [_value(signs)]
    while signs[0] == ",":
        signs.popleft()
        values.append(_value(signs))
    _take(signs, ")")
    return path, values


def _value(signs: deque[str]) -> str:
    value = signs.popleft()
    if not value.startswith("'"):
        raise ValueError(value)
    return value[1:]
