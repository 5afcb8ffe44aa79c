"""One goods item of a SAD: its facts, and the fields of a line that they make."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from tidegate.intake.asycuda.elements import Index, note, parts
from tidegate.intake.asycuda.numbers import amount, number
from tidegate.intake.asycuda.places import CONTAINER, DOCUMENT, ITEM, TAX, UNIT

__all__ = ["ITEM_EXTRAS", "MONEY", "Goods", "goods", "national"]

ITEM_EXTRAS = (
    *("bill_id", "bill_line", "previous_document", "hs_additions", "tariff_description", "marks", "quota", "licence"),
    *("valuation_method", "document_references", "other_quantities", "duty_code", "duty_rate_written", "cif_value"),
    *("invoice_amount", "invoice_currency", "exchange_rate"),
)
MONEY = ("cif_value", "invoice_amount", "exchange_rate")
"""The extra columns that are numbers."""

_GROUPS = {"supplementary_unit": UNIT, "attached_documents": DOCUMENT, "taxation_line": TAX, "container": CONTAINER}
_ITEM = Index(ITEM)
_INDEXES = {name: Index(places) for name, places in _GROUPS.items()}

_PLAIN = (
    *("item_number", "package_type", "incoterm", "preference", "quota", "valuation_method", "origin_country"),
    *("bill_id", "bill_line", "previous_document", "licence", "invoice_currency"),
)
_NUMBERS = ("packages", "gross_mass_kg", "net_mass_kg")
_LONGEST_HS = 12


@dataclass(frozen=True, slots=True)
class Goods:
    """One item. `currency` is the national one, if a rate of 1 in its valuation shows it."""

    element: etree._Element
    facts: Mapping[str, str]
    units: list[dict[str, str]]
    documents: list[dict[str, str]]
    taxes: list[dict[str, str]]
    containers: list[str]
    currency: str | None

    @property
    def duty(self) -> Mapping[str, str]:
        """The first tax line that is filled: in every profile seen, the customs duty comes before the other taxes."""
        return next((tax for tax in self.taxes if tax.get("tax_code") or tax.get("tax_rate")), {})

    def fields(self) -> dict[str, Any]:
        """The fields of a line that this item gives by itself; None where it says nothing."""
        get = self.facts.get
        made: dict[str, Any] = {name: get(name) for name in _PLAIN}
        made |= {name: number(text) if (text := get(name)) else None for name in _NUMBERS}
        made |= {name: amount(get(name)) for name in MONEY}
        value = get("customs_value") or get("cif_value")
        made["customs_value"] = number(value) if value else None
        made["hs_code"], made["hs_additions"] = _code(self.facts)
        made["procedure"] = "-".join(p for p in (get("extended_procedure"), get("national_procedure")) if p) or None
        own = get("description")
        made["description"] = own or get("tariff_description")
        made["tariff_description"] = get("tariff_description") if own else None
        made["marks"] = " ".join(mark for mark in (get("marks"), get("more_marks")) if mark) or None
        filled = [unit for unit in self.units if unit.get("unit_code") or unit.get("unit_quantity")]
        first = filled[0] if filled else {}
        quantity = first.get("unit_quantity")
        made["quantity"], made["quantity_unit"] = number(quantity) if quantity else None, first.get("unit_code")
        others = (" ".join(filter(None, (u.get("unit_code"), u.get("unit_quantity")))) for u in filled[1:])
        made["other_quantities"] = "; ".join(others) or None
        codes = [code for document in self.documents if (code := document.get("document_code"))]
        made["documents"] = " ".join(codes) or None
        references = (
            " ".join(filter(None, (d.get("document_code"), d.get("document_reference"))))
            for d in self.documents
            if d.get("document_reference")
        )
        made["document_references"] = "; ".join(references) or None
        made["duty_code"], made["duty_rate_written"] = self.duty.get("tax_code"), self.duty.get("tax_rate")
        return made


def goods(element: etree._Element, unread: Counter[str]) -> Goods:
    """Take one Item apart; paths that nobody reads are counted in `unread`."""
    where = "ASYCUDA/Item"
    found = parts(element, _GROUPS, where)
    facts = _ITEM.read(found)
    note(unread, facts.unread)
    groups: dict[str, list[dict[str, str]]] = {}
    for name, index in _INDEXES.items():
        groups[name] = []
        for inner in found.groups[name]:
            below = index.read(parts(inner, (), f"{where}/{name.capitalize()}"))
            note(unread, below.unread)
            groups[name].append(below.texts)
    boxes = [box["container_identity"] for box in groups["container"] if "container_identity" in box]
    documents = [{"document_date": "", **document} for document in groups["attached_documents"]]
    return Goods(
        element,
        facts.texts,
        groups["supplementary_unit"],
        documents,
        groups["taxation_line"],
        boxes,
        national([found.texts]),
    )


def national(texts: Iterable[Mapping[str, tuple[str, str]]]) -> str | None:
    """The currency whose rate is 1 wherever it stands in a valuation; None where there is none, or several.

    A SAD gives its values in the national currency, and nowhere names it.
    """
    rates: dict[str, set[bool]] = {}
    for found in texts:
        for path, (code, _) in found.items():
            if path.endswith("/currency_code"):
                rate = amount(found.get(path.removesuffix("code") + "rate", ("", ""))[0].strip())
                if rate:
                    rates.setdefault(code.strip(), set()).add(rate == 1)
    at_par = [code for code, said in rates.items() if said == {True}]
    return at_par[0] if len(at_par) == 1 else None


def _code(facts: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The commodity code with its first addition where both are digits, and the additions that it has no room for."""
    code, first = facts.get("commodity"), facts.get("precision_1")
    rest = [facts.get(f"precision_{place}") for place in (2, 3, 4)]
    if code and first:
        digits = re.sub(r"[ .\-]", "", code) + first
        if digits.isdecimal() and len(digits) <= _LONGEST_HS:
            return digits, " ".join(filter(None, rest)) or None
    return code, " ".join(filter(None, [first, *rest])) or None
