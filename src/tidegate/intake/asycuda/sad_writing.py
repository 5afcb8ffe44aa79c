"""Writing lines as SADs of ASYCUDA World, one file a declaration; reading them gives the same lines again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from lxml import etree

from tidegate.errors import InputError
from tidegate.intake.asycuda import identity
from tidegate.intake.asycuda.documents import add, file_names, put, save
from tidegate.intake.asycuda.numbers import written
from tidegate.intake.asycuda.party import joined
from tidegate.intake.asycuda.places import CONTAINER, DOCUMENT, GENERAL, ITEM, TAX, UNIT, Place

__all__ = ["NOWHERE", "write"]

NOWHERE: tuple[str, ...] = (
    *("importer_registered_on", "importer_trusted", "carrier_id", "transit_country", "unloading_port", "flags"),
    *("message_sender", "message_sent_at"),
)
"""Fields that a SAD has no place for, or that it has under another name already."""

_PROCEDURE = re.compile(r"([A-Z0-9]{4})-([A-Z0-9]{3})")
_PARTIES = ("exporter", "importer", "declarant")
# Of every line of a declaration the same, because they stand in the general segment.
_GENERAL = (
    *(place.name for place in GENERAL),
    *("lodged_on", "message_id", "message_version", "message_function"),
)

Line = Mapping[str, Any]


def write(lines: pl.DataFrame, folder: Path) -> list[Path]:
    """Write `lines` (line table; extra columns where there are any) as SADs into `folder`, and return the files.

    What is in NOWHERE is left out. Raises InputError where the lines of one declaration differ in what a SAD has once.
    """
    declarations = lines.partition_by("declaration_id", maintain_order=True)
    numbers = [str(declaration["declaration_id"][0]) for declaration in declarations]
    paths = file_names(folder, "sad", numbers)
    return [
        save(_document(number, declaration.sort("item_number", maintain_order=True).to_dicts()), path)
        for number, declaration, path in zip(numbers, declarations, paths, strict=True)
    ]


def _document(number: str, lines: list[dict[str, Any]]) -> etree._Element:
    for name in _GENERAL:
        if len({line.get(name) for line in lines}) > 1:
            raise InputError(
                f"the lines of declaration {number} differ in {name}, which a SAD has once.",
                hint="Write them in another format, or correct the lines.",
            )
    root = etree.Element("ASYCUDA")
    facts = _general(number, lines)
    for place in GENERAL:
        put(root, place.path, facts.get(place.name))
    for line in lines:
        for container in (line.get("container_ids") or "").split():
            _group(root, "Container", CONTAINER, [(str(line["item_number"]), container)])
    for position, line in enumerate(lines, 1):
        _item(etree.SubElement(root, "Item"), line, position)
    return root


def _general(number: str, lines: list[dict[str, Any]]) -> dict[str, str | None]:
    first = lines[0]
    facts = {place.name: _text(first.get(place.name)) for place in GENERAL}
    for party in _PARTIES:
        name, address = joined(facts[f"{party}_name"], facts[f"{party}_address"])
        facts[f"{party}_name"], facts[f"{party}_address"] = name, address
    serial, count = identity.parts(number, first.get("office"), first.get("lodged_on"))
    version, function = first.get("message_version"), first.get("message_function")
    status = {"amendment": "AMENDED", "cancellation": "CANCELLED", "original": "ORIGINAL" if version else None}
    terms = {line.get("incoterm") for line in lines}
    # A number that the declarant's reference makes is no registration.
    registered = number != identity.draft(first.get("declarant_id") or "", first.get("message_id") or "")
    return facts | {
        "registration_serial": serial or None,
        "registration_number": count if registered else None,
        "registered_on" if registered else "declared_on": _text(first.get("lodged_on")),
        "reference_number": first.get("message_id"),
        "version": _text(version),
        "status": status.get(str(function)),
        "general_incoterm": terms.pop() if len(terms) == 1 else None,
        "items_announced": facts["items_announced"] or str(len(lines)),
    }


def _item(element: etree._Element, line: Line, position: int) -> None:
    facts = {place.name: _text(line.get(place.name)) for place in ITEM}
    code = line.get("hs_code") or ""
    procedure = line.get("procedure")
    match = _PROCEDURE.fullmatch(procedure or "")
    facts |= {
        "item_number": None if line["item_number"] == position else str(line["item_number"]),
        "commodity": code[:8] or None,
        "precision_1": code[8:] or None,
        "precision_2": line.get("hs_additions"),
        "extended_procedure": match[1] if match else procedure,
        "national_procedure": match[2] if match else None,
    }
    taxes = [tax] if any(tax := _tax(line)) else []
    _group(element, "Attached_documents", DOCUMENT, _documents(line))
    for place in ITEM:
        if place.name == "gross_mass_kg":
            _group(etree.SubElement(element, "Taxation"), "Taxation_line", TAX, taxes)
        if place.name != "item_number" or facts["item_number"] is not None:
            put(element, place.path, facts[place.name])
        if place.name == "quota":
            tariff = element.find("Tarification")
            _group(element if tariff is None else tariff, "Supplementary_unit", UNIT, _units(line))
    if line.get("currency"):
        # A rate of 1 says which currency is the national one.
        put(element, "Valuation_item/item_deduction/Amount_foreign_currency", "0")
        put(element, "Valuation_item/item_deduction/Currency_code", line["currency"])
        put(element, "Valuation_item/item_deduction/Currency_rate", "1")


def _units(line: Line) -> list[tuple[str | None, ...]]:
    """Code and quantity of the supplementary units: the first, and those of `other_quantities`."""
    first: tuple[str | None, ...] = (line.get("quantity_unit"), _text(line.get("quantity")))
    others = [unit.rpartition(" ") for unit in (line.get("other_quantities") or "").split("; ") if unit]
    rest: list[tuple[str | None, ...]] = [(code or None, quantity) for code, _, quantity in others]
    return [first, *rest] if any(first) else rest


def _documents(line: Line) -> list[tuple[str | None, ...]]:
    """Code, reference and date of each document; `document_references` has the references in the order of the codes."""
    references = (line.get("document_references") or "").split("; ")
    documents: list[tuple[str | None, ...]] = []
    for code in (line.get("documents") or "").split():
        named = references[0].startswith(f"{code} ")
        documents.append((code, references.pop(0)[len(code) + 1 :] if named else None, None))
        references = references or [""]
    return documents


def _tax(line: Line) -> tuple[str | None, ...]:
    """Code, base, rate and amount of the duty; base and amount show that the rate is a fraction."""
    rate, value, code = line.get("duty_rate"), line.get("customs_value"), line.get("duty_code")
    if rate is None:
        return code, None, line.get("duty_rate_written"), None
    fraction = Decimal(repr(float(rate))) / 100
    base = Decimal(repr(float(value))) if value else None
    return code, written(base) if base else None, written(fraction), written(base * fraction) if base else None


def _group(
    parent: etree._Element, name: str, places: tuple[Place, ...], rows: Iterable[tuple[str | None, ...]]
) -> None:
    for row in rows:
        element = etree.SubElement(parent, name)
        for place, text in zip(places, row, strict=True):
            add(element, place.path, text)


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return written(value) if isinstance(value, int | float) else str(value)
