"""The dossier of a declaration: its lines and fields as cells, each with the reasons that stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tidegate.console.declarations.places import IN_LINES, label, unit
from tidegate.console.declarations.reasons import Row
from tidegate.console.register.models import Declaration, Line
from tidegate.intake import names_bills
from tidegate.trade.countries import name as country_name

__all__ = [
    "Cell",
    "Goods",
    "Section",
    "country",
    "goods",
    "lines_in_order",
    "sections",
    "unit_price",
    "values",
    "written",
]

COUNTRIES = ("origin_country", "dispatch_country", "transit_country")
IMPORTER = ("importer_name", "importer_id", "importer_address", "importer_registered_on", "importer_trusted")
PORTS = ("dispatch_country", "transit_country", "loading_port", "unloading_port")
SECTIONS = (
    (gettext_lazy("Importer"), IMPORTER),
    (gettext_lazy("Other parties"), ("exporter_name", "exporter_id", "declarant_name", "declarant_id")),
    (gettext_lazy("Transport"), (*PORTS, "transport_mode", "transport_id", "carrier_id", "container_ids")),
    (gettext_lazy("Documents"), ("documents", "procedure", "incoterm", "flags")),
)
MODES = {
    "1": gettext_lazy("sea"),
    "2": gettext_lazy("rail"),
    "3": gettext_lazy("road"),
    "4": gettext_lazy("air"),
    "5": gettext_lazy("post"),
}
# Names of the documents that declarations name most often (UN/CEFACT code list 1001).
DOCUMENTS = {
    "380": gettext_lazy("commercial invoice"),
    "271": gettext_lazy("packing list"),
    "325": gettext_lazy("proforma invoice"),
    "705": gettext_lazy("bill of lading"),
    "710": gettext_lazy("sea waybill"),
    "720": gettext_lazy("rail consignment note"),
    "730": gettext_lazy("road consignment note"),
    "740": gettext_lazy("air waybill"),
    "750": gettext_lazy("despatch note (post)"),
    "861": gettext_lazy("certificate of origin"),
    "911": gettext_lazy("import licence"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a field, and the reasons on it."""

    name: str
    label: str
    text: str
    more: str = ""
    reasons: Sequence[Row] = ()
    code: bool = False


@dataclass(frozen=True, slots=True)
class Goods:
    """A line: its cells in the order of IN_LINES, by name."""

    item_number: int
    cells: dict[str, Cell]

    @property
    def marked(self) -> bool:
        """Whether a reason stands on the line."""
        return any(cell.reasons for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class Section:
    """Fields of the declaration as a whole, under a title."""

    title: Any
    cells: Sequence[Cell]


def goods(lines: Sequence[Line], reasons: Sequence[Row]) -> list[Goods]:
    """The lines as the page shows them; a reason stands on the very cell of the very line."""
    told = []
    for line in lines:
        fields = line.fields
        own = [row for row in reasons if row.item_number == line.item_number]
        price = unit_price(fields)
        texts: dict[str, tuple[str, str]] = {
            name: (written(name, fields.get(name)), "") for name in IN_LINES if name != "unit_price"
        }
        texts["unit_price"] = (number(price, 2) if price is not None else "–", "")
        texts["quantity"] = (texts["quantity"][0], fields.get("quantity_unit") or "")
        texts["packages"] = (texts["packages"][0], fields.get("package_type") or "")
        gross = fields.get("gross_mass_kg")
        texts["net_mass_kg"] = (
            texts["net_mass_kg"][0],
            _("gross %(mass)s") % {"mass": number(gross, 1)} if gross is not None else "",
        )
        texts["origin_country"] = (fields.get("origin_country") or "–", country(fields.get("origin_country")))
        cells = {
            name: Cell(name, label(name), *texts[name], [row for row in own if row.cell == name], name == "hs_code")
            for name in IN_LINES
        }
        told.append(Goods(line.item_number, cells))
    return told


def sections(lines: Sequence[Line], reasons: Sequence[Row]) -> list[Section]:
    """What is the same for the whole declaration: transport, route, documents; every value that its lines give."""
    said = dict.fromkeys(name for line in lines for name in line.fields if names_bills(name) and name != "documents")
    return [
        Section(title, [_cell(name, lines, reasons) for name in (*names, *(said if "documents" in names else ()))])
        for title, names in SECTIONS
    ]


def values(lines: Sequence[Line], name: str) -> list[Any]:
    """The distinct values that the lines give a field, in their order."""
    return list(dict.fromkeys(line.fields[name] for line in lines if line.fields.get(name) is not None))


def _cell(name: str, lines: Sequence[Line], reasons: Sequence[Row]) -> Cell:
    own = [row for row in reasons if row.cell == name]
    found = [written(name, one) for one in values(lines, name)]
    return Cell(name, label(name), "; ".join(found) or "–", "", own, name in CODED)


CODED = ("importer_id", "exporter_id", "declarant_id", "container_ids", "transport_id", "carrier_id", "bill_id")


def written(name: str, value: Any) -> str:
    """A value of a field as the reader's language writes it; a dash where there is none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in COUNTRIES:
        return f"{value} {country(value)}".strip()
    if name == "transport_mode":
        return str(MODES.get(value, value))
    if name == "documents" and isinstance(value, str):
        return "; ".join(f"{code} {DOCUMENTS[code]}" if code in DOCUMENTS else code for code in value.split())
    if name.endswith("_on") and isinstance(value, str):
        return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if isinstance(value, int | float):
        sign = unit(name)
        told = number(value, 0 if isinstance(value, int) else 2 if name == "customs_value" else 3)
        return f"{told}%" if sign == "%" else told
    return str(value)


def number(value: float, digits: int) -> str:
    """A number, with no more digits after the point than it needs."""
    text = f"{value:.{digits}f}"
    kept = len(text.rstrip("0").partition(".")[2]) if digits else 0
    return str(number_format(round(value, digits), kept if kept != 1 or digits != 2 else 2, force_grouping=True))


def country(code: str | None) -> str:
    """The name of a country in the reader's language."""
    return country_name(code, get_language() or "en") if code else ""


def unit_price(fields: dict[str, Any]) -> float | None:
    """Value per kilogram, where both are given."""
    value, mass = fields.get("customs_value"), fields.get("net_mass_kg")
    return value / mass if value and mass and mass > 0 else None


def lines_in_order(declaration: Declaration) -> list[Line]:
    """The lines of a declaration, in their order."""
    return list(declaration.lines.order_by("item_number"))
