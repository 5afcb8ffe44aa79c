"""CUSDEC, the customs declaration: one line a goods item (CST), after what holds for the whole declaration."""

# Tables that are read down their columns stay one row a line.

from __future__ import annotations

from dataclasses import replace

from tidegate.intake.edifact.came import Came, DamagedError, Row, sound
from tidegate.intake.edifact.envelope import Message
from tidegate.intake.edifact.places import Place, Places, plain
from tidegate.intake.edifact.syntax import Fault, Segment
from tidegate.intake.raw import ROW

__all__ = ["EXTRAS", "OF_DECLARATION", "PLACES", "read"]

# What CUSDEC says beyond the line table; profiles may use it.
EXTRAS: tuple[str, ...] = ("declaration_type", "destination_country", "voyage", "vessel_name")

# Codes: UN/EDIFACT directory D.99B, data elements 1131, 1153, 2005, 3035, 3227, 5025, 6311, 6313. D.99B has no list for
# what 7361 means in an item; 108, 116, 117 and 122 are what customs administrations use.
# fmt: off
_OF_DECLARATION: tuple[Place, ...] = (
    Place("declaration_type", "declaration", "BGM+*"),
    Place("declaration_id", "declaration", "BGM++*"),
    Place("message_version", "declaration", "BGM++:*"),
    Place("message_function", "declaration", "BGM+++*", "function"),
    Place("office", "declaration", "LOC+22+*:(113)"),
    Place("office", "declaration", "LOC+41+*"),
    Place("lodged_on", "declaration", "DTM+154:*", "day"),
    Place("lodged_on", "declaration", "DTM+150:*", "day"),
    Place("lodged_on", "declaration", "DTM+137:*", "day"),
)

# Said once for all items where they agree; an item that says otherwise is right about itself.
_OF_ALL: tuple[Place, ...] = (
    Place("dispatch_country", "declaration", "LOC+35+*:(162):(5)", "country"),
    Place("transit_country", "declaration", "LOC+13+*:(162):(5)", "country"),
    Place("destination_country", "declaration", "LOC+28|36+*:(162):(5)", "country"),
    Place("loading_port", "declaration", "LOC+9+*:(139):(6)"),
    Place("loading_port", "declaration", "LOC+76+*:(139):(6)"),
    Place("unloading_port", "declaration", "LOC+11+*:(139):(6)"),
    Place("unloading_port", "declaration", "LOC+12+*:(139):(6)"),
    Place("voyage", "declaration", "TDT+20|11+*"),
    Place("transport_mode", "declaration", "TDT+20|11++*"),
    Place("carrier_id", "declaration", "TDT+20|11++++*:(172)"),
    Place("carrier_id", "declaration", "NAD+CA+*:():()"),
    Place("transport_id", "declaration", "TDT+20|11+++++++*:(146)"),
    Place("vessel_name", "declaration", "TDT+20|11+++++++:::*"),
    Place("importer_id", "declaration", "NAD+IM+*:():()"),
    Place("importer_name", "declaration", "NAD+IM+++*", "name"),
    Place("importer_address", "declaration", "NAD+IM++++*", "address"),
    Place("importer_id", "declaration", "NAD+CN+*:():()"),
    Place("importer_name", "declaration", "NAD+CN+++*", "name"),
    Place("importer_address", "declaration", "NAD+CN++++*", "address"),
    Place("exporter_id", "declaration", "NAD+EX+*:():()"),
    Place("exporter_name", "declaration", "NAD+EX+++*", "name"),
    Place("exporter_id", "declaration", "NAD+CZ|SE+*:():()"),
    Place("exporter_name", "declaration", "NAD+CZ|SE+++*", "name"),
    Place("declarant_id", "declaration", "NAD+DT+*:():()"),
    Place("declarant_name", "declaration", "NAD+DT+++*", "name"),
    Place("declarant_id", "declaration", "NAD+AE|CB+*:():()"),
    Place("declarant_name", "declaration", "NAD+AE|CB+++*", "name"),
    Place("incoterm", "declaration", "TOD+++*"),
)

_OF_ITEM: tuple[Place, ...] = (
    Place("item_number", "item", "CST+*"),
    Place("hs_code", "item", "CST++*:122:()"),
    Place("procedure", "item", "CST+++*:117:()"),
    Place("preference", "item", "CST++++*:116:()"),
    # The five customs codes of CST may come in any order; their list says what they are.
    *(Place("hs_code", "item", f"CST{'+' * at}*:122|108:()") for at in range(2, 7)),
    *(Place("procedure", "item", f"CST{'+' * at}*:117:()") for at in range(2, 7)),
    *(Place("preference", "item", f"CST{'+' * at}*:116:()") for at in range(2, 7)),
    Place("description", "item", "FTX+AAA+++*", "words"),
    Place("origin_country", "item", "LOC+27+*:(162):(5)", "country"),
    Place("gross_mass_kg", "item", "MEA+WT+AAD+(KGM):*", "mass"),
    Place("gross_mass_kg", "item", "MEA+WT|AAE+G|AAB|AAD+(KGM):*", "mass"),
    Place("gross_mass_kg", "item", "MEA+WT+~+(KGM):*", "mass"),
    Place("net_mass_kg", "item", "MEA+WT+AAC+(KGM):*", "mass"),
    Place("net_mass_kg", "item", "MEA+WT|AAE+AAA|AAC|AAL|N+(KGM):*", "mass"),
    Place("quantity_unit", "item", "MEA+AAF++*"),
    Place("quantity", "item", "MEA+AAF++:*", "number"),
    Place("packages", "item", "PAC+*"),
    Place("package_type", "item", "PAC+++*:~"),
    Place("customs_value", "item", "MOA+40:*", "number"),
    Place("currency", "item", "MOA+40::*"),
    Place("customs_value", "item", "MOA+63:*", "number"),
    Place("currency", "item", "MOA+63::*"),
    Place("hs_code", "item", "RFF+HS:*"),
    Place("container_ids", "item", "RFF+AAQ:*", "list"),
    Place("container_ids", "item", "SGP+*", "list"),
    Place("documents", "item", "DOC+*", "list"),
    Place("duty_rate", "item", "TAX+1+CUD+++:::*", "number"),
)

_ITEMS_AGREE: tuple[Place, ...] = (  # the same in places of their own, where they hold for all items
    Place("currency", "declaration", "MOA+40|63|39::*"),
    Place("container_ids", "declaration", "EQD+CN+*:():()", "list"),
    Place("procedure", "declaration", "CST++*:117:()"),
)
# fmt: on

# The order of segments in D.99B; places of one segment keep theirs.
_ORDER = (
    "BGM",
    "CST",
    "FTX",
    "LOC",
    "DTM",
    "MEA",
    "EQD",
    "TDT",
    "NAD",
    "TOD",
    "PAC",
    "MOA",
    "RFF",
    "DOC",
    "SGP",
    "TAX",
)
_ALL = (*_OF_DECLARATION, *(replace(place, also=("item",)) for place in _OF_ALL), *_OF_ITEM, *_ITEMS_AGREE)
PLACES = Places("CUSDEC", sorted(_ALL, key=lambda place: _ORDER.index(place.at[:3])))
OF_DECLARATION = tuple(dict.fromkeys(place.field for place in _OF_DECLARATION))


def read(message: Message) -> Came:
    """Read one declaration. Raises DamagedError; for one without a goods item too, unless it cancels."""
    came, level = Came(), "declaration"
    header: dict[str, tuple[int, str]] = {}
    items: list[tuple[int, dict[str, tuple[int, str]]]] = []
    for segment in sound(message):
        if segment.tag == "UNS":
            level = "item" if segment.part(1) == "D" else "summary"
        elif segment.tag == "CST" and level == "item":
            items.append((segment.number, {}))
            PLACES.take("item", segment, items[-1][1], came.unread)
        elif segment.tag == "CNT" and level == "summary" and segment.part(1) == "5":
            _counted(segment, len(items))
        else:
            PLACES.take(level, segment, items[-1][1] if level == "item" and items else header, came.unread)
    shared = plain(header)
    if not items:
        if shared.get("message_function") != "cancellation":
            raise DamagedError(Fault("13", message.first, "CUSDEC without a goods item (CST after UNS+D)", tag="CST"))
        items = [(message.first, {})]
    for number, item in items:
        row: Row = {**shared, **plain(item), ROW: number}
        came.lines.append(row)
    return came


def _counted(segment: Segment, items: int) -> None:
    """CNT+5: the sender's own count of customs items."""
    if segment.part(1, 2).split(".")[0].lstrip("0") != str(items).lstrip("0"):
        what = f"CNT counts {segment.part(1, 2)[:10]!r} goods items, there are {items}"
        raise DamagedError(Fault("29", segment.number, what, 1, 2, "CNT"))
