"""FollowTheMoney entities as OpenSanctions publishes them: JSON lines, one entity a line, or nested in one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tidegate.screening.entry import Kind
from tidegate.screening.lists.opening import objects
from tidegate.screening.lists.record import Reading, Record
from tidegate.screening.lists.source import Heading, Loaded, Source

__all__ = ["IDENTIFIERS", "KINDS", "SOURCE"]

KINDS: dict[str, Kind] = {
    "Person": Kind.PERSON,
    "Company": Kind.COMPANY,
    "Organization": Kind.COMPANY,
    "PublicBody": Kind.COMPANY,
    "LegalEntity": Kind.COMPANY,
    "Vessel": Kind.VESSEL,
    "Vehicle": Kind.VEHICLE,
    "Airplane": Kind.VEHICLE,
}
NAMES = ("name", "alias", "previousName")
COUNTRIES = ("nationality", "citizenship", "country", "jurisdiction", "mainCountry", "flag")
# Property -> type of identifier.
IDENTIFIERS: dict[str, str] = {
    "passportNumber": "passport",
    "idNumber": "identity_card",
    "socialSecurityNumber": "identity_card",
    "taxNumber": "tax",
    "innCode": "tax",
    "vatCode": "tax",
    "registrationNumber": "registration",
    "ogrnCode": "registration",
    "leiCode": "registration",
    "imoNumber": "imo",
    "mmsi": "mmsi",
    "callSign": "call_sign",
    "vin": "vin",
    "serialNumber": "other",
    "phone": "phone",
    "email": "email",
}
# A vehicle's registration is its plate or tail number.
PLATES = {"registrationNumber": "plate"}


class _Beside(NamedTuple):
    """What other entities say of one: by its id, or by their own."""

    addresses: dict[str, dict[str, list[Any]]]
    papers: dict[str, list[tuple[str, dict[str, list[Any]]]]]
    sanctions: dict[str, list[dict[str, list[Any]]]]


def _detect(head: bytes, name: str) -> bool:
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    return first.lstrip().startswith(b"{") and b'"schema"' in first and (b'"properties"' in first)


def _read(files: Sequence[Path], heading: Heading) -> Loaded:
    reading = Reading(heading)
    beside = _Beside({}, {}, {})
    listed: list[tuple[Path, int, dict[str, Any]]] = []
    # An address or a passport may stand before its holder or after: they are gathered first.
    for path in files:
        for line, found in objects(path):
            if found is None or not isinstance(found.get("schema"), str):
                reading.fault(path, f"line {line}", "unreadable")
                continue
            for entity in _nested(found):
                _gather(entity, beside)
            # Relatives, owners and the like stand beside those who are listed: OpenSanctions calls them no targets.
            if found["schema"] in KINDS and found.get("target") is not False:
                listed.append((path, line, found))
    for path, line, entity in listed:
        number = entity.get("id")
        record = reading.record(path, number if isinstance(number, str) else "", f"line {line}")
        _fill(record, entity, beside)
        record.entry(KINDS[entity["schema"]])
    return reading.loaded()


def _nested(entity: dict[str, Any], depth: int = 0, holder: str = "") -> Iterator[dict[str, Any]]:
    """Yield the entities inside one; what lies in "identifiers" or "sanctions" of a holder need not name it again."""
    if depth:
        properties = {**_properties(entity), "_within": [holder]}
        yield {**entity, "properties": properties}
    else:
        yield entity
    if depth < 2:
        for values in _properties(entity).values():
            for value in values:
                if isinstance(value, dict):
                    yield from _nested(value, depth + 1, str(entity.get("id", "")))


def _gather(entity: dict[str, Any], beside: _Beside) -> None:
    properties = _properties(entity)
    schema = entity.get("schema")
    if schema == "Address":
        beside.addresses[str(entity.get("id"))] = properties
    elif schema in ("Identification", "Passport"):
        for holder in {*_texts(properties, "holder"), *_texts(properties, "_within")}:
            beside.papers.setdefault(holder, []).append((str(schema), properties))
    elif schema == "Sanction":
        for target in {*_texts(properties, "entity"), *_texts(properties, "_within")}:
            beside.sanctions.setdefault(target, []).append(properties)


def _fill(record: Record, entity: dict[str, Any], beside: _Beside) -> None:
    of = _properties(entity)
    number = str(entity.get("id"))
    caption = entity.get("caption")
    for key in NAMES:
        record.name(*_texts(of, key))
    if not record.names and isinstance(caption, str) and entity["schema"] not in ("Vehicle", "Airplane"):
        record.name(caption)
    for text in _texts(of, "birthDate"):
        record.born(text)
    for key in COUNTRIES:
        for text in _texts(of, key):
            record.country(text)
    for text in _texts(of, "gender")[:1]:
        record.gender(text)
    own = PLATES if entity["schema"] in ("Vehicle", "Airplane") else {}
    for key, kind in IDENTIFIERS.items():
        for text in _texts(of, key):
            record.identifier(own.get(key, kind), text)
    for schema, paper in beside.papers.get(number, ()):
        _paper(record, schema, paper)
    for text in _texts(of, "address"):
        record.address(text)
    for value in of.get("addressEntity", []):
        place = _properties(value) if isinstance(value, dict) else beside.addresses.get(str(value), {})
        record.address(*(_texts(place, "full")[:1] or [", ".join(_texts(place, key)) for key in ("street", "city")]))
    sanctions = beside.sanctions.get(number, [])
    _terms(record, entity, sanctions)
    if weak := _texts(of, "weakAlias"):
        record.remark(f"Weak aliases: {'; '.join(weak)}.")
    for key in ("position", "notes"):
        for text in _texts(of, key):
            record.remark(text)


def _paper(record: Record, schema: str, paper: dict[str, list[Any]]) -> None:
    called = " ".join(_texts(paper, "type")).lower()
    kind = "passport" if schema == "Passport" or "passport" in called else "identity_card"
    country = next(iter(_texts(paper, "country")), "")
    for text in _texts(paper, "number") + _texts(paper, "passportNumber"):
        record.identifier(kind, text, country)


def _terms(record: Record, entity: dict[str, Any], sanctions: list[dict[str, list[Any]]]) -> None:
    """Owner, purpose and days: sanctions say them best, the data sets of the entity else."""
    authorities = [text for sanction in sanctions for text in _texts(sanction, "authority")]
    datasets = _texts(entity, "datasets")
    record.owner = "; ".join(dict.fromkeys(authorities or datasets))[:500] or record.owner
    programmes = [text for sanction in sanctions for text in _texts(sanction, "program") + _texts(sanction, "reason")]
    topics = _texts(_properties(entity), "topics")
    record.purpose = "; ".join(dict.fromkeys(programmes or topics))[:500] or record.purpose
    days = [text for sanction in sanctions for key in ("listingDate", "startDate") for text in _texts(sanction, key)]
    whole = [day for text in days if len(text) >= 10 and (day := record.day(text)) is not None]
    record.listed_on = min(whole, default=None) or record.day(_said(entity, "first_seen"))
    record.changed_on = record.day(_said(entity, "last_change"))


def _said(entity: dict[str, Any], key: str) -> str:
    value = entity.get(key)
    return value if isinstance(value, str) else ""


def _properties(entity: dict[str, Any]) -> dict[str, list[Any]]:
    properties = entity.get("properties")
    if not isinstance(properties, dict):
        return {}
    return {key: values for key, values in properties.items() if isinstance(values, list)}


def _texts(properties: Mapping[str, Any], key: str) -> list[str]:
    values = properties.get(key)
    return [value for value in values if isinstance(value, str) and value.strip()] if isinstance(values, list) else []


SOURCE = Source(
    "ftm",
    "FollowTheMoney entities (OpenSanctions)",
    "Thực thể FollowTheMoney (OpenSanctions)",
    _detect,
    _read,
)
