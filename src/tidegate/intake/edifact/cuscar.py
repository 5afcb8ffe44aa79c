"""Cargo: CUSCAR and IFCSUM, with many consignments (CNI), and IFTMCS and its kin, with one, become bills."""

# Tables that are read down their columns stay one row a line.
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tidegate.intake.edifact.came import Came, Row, sound
from tidegate.intake.edifact.envelope import Message
from tidegate.intake.edifact.places import Place, Places, plain
from tidegate.intake.raw import ROW

__all__ = ["OF_MANIFEST", "PLACES", "read", "read_one"]

# Codes: UN/EDIFACT directory D.99B, data elements 1153, 2005, 3035, 3227, 6311, 6313.
# fmt: off
_PLACES: tuple[Place, ...] = (
    Place("manifest_id", "manifest", "BGM++*"),
    Place("message_version", "manifest", "BGM++:*"),
    Place("message_function", "manifest", "BGM+++*", "function"),
    Place("office", "manifest", "LOC+22+*:(113)"),
    Place("office", "manifest", "LOC+41+*"),
    Place("voyage", "manifest", "TDT+20+*"),
    Place("transport_mode", "manifest", "TDT+20++*"),
    Place("carrier_id", "manifest", "TDT+20++++*:(172)"),
    Place("carrier_id", "manifest", "NAD+CA+*:():()"),
    Place("transport_id", "manifest", "TDT+20+++++++*:(146)"),
    Place("transport_id", "manifest", "TDT+20+++++++:::*"),
    Place("arrived_on", "manifest", "DTM+178:*", "day"),
    Place("arrived_on", "manifest", "DTM+132:*", "day"),
    Place("container_id", "container", "EQD+(CN)+*:():()"),
    Place("seals", "container", "SEL+*", "list"),
    Place("", "bill", "CNI+*"),
    Place("bill_id", "bill", "RFF+BM:*"),
    Place("bill_id", "bill", "RFF+AWB|BH|HWB:*"),
    Place("bill_id", "bill", "CNI++*"),
    Place("master_bill_id", "bill", "RFF+MB|MWB:*"),
    Place("loading_port", "bill", "LOC+9+*:(139):(6)", also=("manifest",)),
    Place("unloading_port", "bill", "LOC+11|12+*:(139):(6)", also=("manifest",)),
    Place("consignor_name", "bill", "NAD+CZ+++*", "name"),
    Place("consignor_name", "bill", "NAD+CZ++*"),
    Place("consignee_id", "bill", "NAD+CN+*:():()"),
    Place("consignee_name", "bill", "NAD+CN+++*", "name"),
    Place("consignee_name", "bill", "NAD+CN++*"),
    Place("", "goods", "GID+*"),
    Place("packages", "goods", "GID++*"),
    Place("package_type", "goods", "GID++:*"),
    Place("packages", "goods", "PAC+*"),
    Place("package_type", "goods", "PAC+++*:~"),
    Place("description", "goods", "FTX+AAA+++*", "words", also=("bill",)),
    Place("gross_mass_kg", "goods", "MEA+AAE+G|AAB|AAD+(KGM):*", "mass", also=("bill", "placing")),
    Place("gross_mass_kg", "goods", "MEA+WT+~|G|AAB|AAD+(KGM):*", "mass", also=("bill", "placing")),
    Place("container_id", "placing", "SGP+*:():()"),
    Place("packages", "placing", "SGP++*"),
)
# fmt: on

PLACES = Places("CUSCAR", _PLACES)
# One consignment: what stands in the head is about it. Its own number is that of the document.
_ONE = Places(
    "IFTMCS",
    (
        *(
            replace(place, also=(*place.also, "consignment"))
            for place in _PLACES
            if place.level not in ("manifest", "bill")
        ),
        *(replace(place, level="consignment") for place in _PLACES if place.level == "bill"),
        *(
            replace(place, level="consignment")
            for place in _PLACES
            if place.level == "manifest" and place.field != "manifest_id"
        ),
        Place("bill_id", "consignment", "BGM++*"),
    ),
)
OF_MANIFEST = tuple(dict.fromkeys(place.field for place in _PLACES if place.level == "manifest"))

Values = dict[str, tuple[int, str]]


@dataclass(slots=True)
class _Goods:
    values: Values = field(default_factory=dict)
    placings: list[Values] = field(default_factory=list)


@dataclass(slots=True)
class _Bill:
    number: int
    values: Values = field(default_factory=dict)
    goods: list[_Goods] = field(default_factory=list)
    containers: list[Values] = field(default_factory=list)  # that stand under the bill itself


def read(message: Message) -> Came:
    """Read the bills of a manifest. Raises DamagedError."""
    came, header = Came(), Values()
    containers: list[Values] = []
    bills: list[_Bill] = []
    level = "manifest"
    for segment in sound(message):
        if segment.tag == "CNI":
            bills.append(_Bill(segment.number))
            level = "bill"
        elif segment.tag in ("GID", "SGP", "EQD"):
            level = {"GID": "goods", "SGP": "placing", "EQD": "container"}[segment.tag]
        elif level == "placing" and segment.tag != "MEA":
            level = "goods"
        elif level == "container" and segment.tag not in ("SEL", "TSR", "MEA", "DIM", "TMP", "RNG"):
            level = "bill" if bills else "manifest"
        values = _values(level, segment.tag, header, containers, bills)
        PLACES.take(level, segment, values, came.unread)
    shared = plain(header)
    shared.setdefault("manifest_id", message.name)
    seals = _seals(containers)
    for bill in bills:
        came.bills += _rows(bill, shared, seals)
    if not bills and shared.get("message_function") == "cancellation":
        came.bills.append({**shared, ROW: message.first})  # it takes the manifest back, and need name no cargo
    return came


def read_one(message: Message) -> Came:
    """Read a message about one consignment. Raises DamagedError. Its manifest is the vessel and voyage, where they are said."""
    came, bill = Came(), _Bill(message.first)
    level = "consignment"
    for segment in sound(message):
        if segment.tag in ("GID", "SGP", "EQD"):
            level = {"GID": "goods", "SGP": "placing", "EQD": "container"}[segment.tag]
        elif level == "placing" and segment.tag != "MEA":
            level = "goods"
        values = _values(level, segment.tag, bill.values, bill.containers, [bill])
        _ONE.take(level, segment, values, came.unread)
    said = plain(bill.values)
    voyage = " ".join(part for part in (said.get("transport_id"), said.get("voyage")) if part)
    came.bills += _rows(bill, {"manifest_id": voyage or message.name}, _seals(bill.containers))
    return came


def _values(level: str, tag: str, header: Values, containers: list[Values], bills: list[_Bill]) -> Values:
    """Where what a segment says belongs; a new goods item, placing or container begins with its own segment."""
    bill = bills[-1] if bills else None
    if level == "container":
        held = bill.containers if bill is not None else containers
        if tag == "EQD" or not held:
            held.append({})
        return held[-1]
    if bill is None or level == "manifest":
        return header
    if level in ("goods", "placing"):
        if tag == "GID" or not bill.goods:
            bill.goods.append(_Goods())
        if level == "goods":
            return bill.goods[-1].values
        if tag == "SGP" or not bill.goods[-1].placings:
            bill.goods[-1].placings.append({})
        return bill.goods[-1].placings[-1]
    return bill.values


def _seals(containers: Sequence[Values]) -> dict[str, str]:
    said = [plain(values) for values in containers]
    return {one["container_id"]: one["seals"] for one in said if one.get("container_id") and one.get("seals")}


def _rows(bill: _Bill, shared: dict[str, str], seals: dict[str, str]) -> list[Row]:
    """One row a container of the bill, or one for what is in none. Masses and packages of one row add up.

    What is only said of several containers together stands in the first of them, so that a sum over a bill is right.
    """
    own = plain(bill.values)
    mass = own.pop("gross_mass_kg", None)
    seals = seals | _seals(bill.containers)
    rows: dict[str, Row] = {}
    for goods in bill.goods:
        said = plain(goods.values)
        placed = [plain(values) for values in goods.placings] or [{}]
        counted = any(one.get("packages") for one in placed)
        weighed = any(one.get("gross_mass_kg") for one in placed)
        for at, one in enumerate(placed):
            part = {**said, **one}
            if (at and not weighed) or (weighed and not one.get("gross_mass_kg")):
                part.pop("gross_mass_kg", None)
            if (at and not counted) or (counted and not one.get("packages")):
                part.pop("packages", None)
            _add(rows.setdefault(one.get("container_id", ""), {}), part)
    for values in bill.containers:
        container = plain(values).get("container_id", "")
        if container not in rows:
            # Goods without a placing are in the bill's containers, in which we cannot tell.
            rows[container] = rows.pop("") if set(rows) == {""} else {}
            rows[container]["container_id"] = container
    if not rows:
        rows[""] = {}
    if mass and not any("gross_mass_kg" in row for row in rows.values()):
        next(iter(rows.values()))["gross_mass_kg"] = mass
    return [
        {**shared, **own, **row, "seals": seals.get(container), ROW: bill.number} for container, row in rows.items()
    ]


def _add(row: Row, part: dict[str, str]) -> None:
    for name, value in part.items():
        before = row.get(name)
        if before is None:
            row[name] = value
        elif name in ("packages", "gross_mass_kg"):
            row[name] = _sum(before, value)
        elif name == "description" and value not in before.split("; "):
            row[name] = f"{before}; {value}"


def _sum(one: str, other: str) -> str:
    """The sum of two numbers; what is no number stays beside the other, and is refused with it."""
    try:
        total = float(one) + float(other)
    except ValueError:
        return f"{one} + {other}"
    return str(int(total)) if total.is_integer() and abs(total) < 2**53 else repr(round(total, 6))
