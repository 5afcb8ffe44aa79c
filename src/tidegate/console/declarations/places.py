"""Where a reason stands: the field of a line that an indicator, or a part of a field, is about."""

from __future__ import annotations

from functools import cache

from django.utils.translation import get_language

from tidegate.indicators import INDICATORS
from tidegate.trade import BILL_FIELDS, LINE_FIELDS, LINE_SCHEMA

__all__ = ["IN_LINES", "field_of", "is_number", "label", "unit"]

# Cells of the table of lines; what a reason says of any other field stands beside that field of the declaration.
IN_LINES = (
    "hs_code",
    "description",
    "origin_country",
    "packages",
    "quantity",
    "net_mass_kg",
    "customs_value",
    "unit_price",
    "duty_rate",
    "preference",
)
# What an indicator is about, by a word of its name; the first that is in it counts.
WORDS = (
    ("unit_price", "unit_price"),
    ("value_per", "unit_price"),
    ("prices", "unit_price"),
    ("trailing", "customs_value"),
    ("minimis", "customs_value"),
    ("duty", "duty_rate"),
    ("kg_per", "net_mass_kg"),
    ("mass_per", "net_mass_kg"),
    ("net_to_gross", "net_mass_kg"),
    ("gross", "net_mass_kg"),
    ("package", "packages"),
    ("quantity", "quantity"),
    ("route", "loading_port"),
    ("passage", "transit_country"),
    ("transit", "transit_country"),
    ("dispatch", "dispatch_country"),
    ("hs", "hs_code"),
    ("origin", "origin_country"),
    ("supplier", "exporter_name"),
    ("exporter", "exporter_name"),
    ("declarant", "declarant_name"),
    ("sender", "declarant_name"),
    ("carrier", "carrier_id"),
    ("address", "importer_address"),
    ("importer", "importer_name"),
    ("value", "customs_value"),
)
SAME = {
    "importer_id": "importer_name",
    "exporter_id": "exporter_name",
    "declarant_id": "declarant_name",
    "package_type": "packages",
    "quantity_unit": "quantity",
    "gross_mass_kg": "net_mass_kg",
    "currency": "customs_value",
}
OWN = {"unit_price": ("Unit price", "Đơn giá"), "score": ("Risk score", "Điểm rủi ro")}


@cache
def field_of(named: str) -> str:
    """The cell for what a reason names: a field, an indicator, or fields with × between them; "" for none."""
    first = named.partition(" × ")[0]
    if first in LINE_SCHEMA:
        return SAME.get(first, first)
    return next((field for word, field in WORDS if word in first), "")


_INDICATORS = {one.name: one for one in INDICATORS}
_FIELDS = {one.name: one for one in (*BILL_FIELDS, *LINE_FIELDS)}


def label(name: str) -> str:
    """What a field or indicator is called, in the reader's language."""
    vietnamese = get_language() == "vi"
    if name in _FIELDS:
        return _FIELDS[name].label_vi if vietnamese else _FIELDS[name].label
    if name in _INDICATORS:
        return _INDICATORS[name].label_vi if vietnamese else _INDICATORS[name].label
    if name in OWN:
        return OWN[name][vietnamese]
    return " × ".join(label(part) if part in _FIELDS else part for part in name.split(" × "))


def unit(name: str) -> str:
    """The unit of a field, where it has one of its own."""
    return _FIELDS[name].unit if name in _FIELDS and _FIELDS[name].unit in ("kg", "%") else ""


def is_number(name: str) -> bool:
    """Whether values of a field or indicator are numbers to be written as such (codes are not)."""
    if name in _FIELDS:
        return str(_FIELDS[name].dtype) in ("Float64", "Int32")
    return name in _INDICATORS or name == "score"
