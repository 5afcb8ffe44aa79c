"""Pointers of the WCO Data Model: sections and tags that lead from a declaration to one element of it, and back."""

from __future__ import annotations

from tidegate.intake.wco.paths import ITEM, PATHS

__all__ = ["named", "path_of", "to_column"]

# Ids of classes, as the schemas of WCO Data Model 3.6 annotate them (WCOID).
_CLASSES: dict[str, str] = {
    "Declaration": "42A", "AdditionalDocument": "02A", "AdditionalInformation": "03A", "Address": "04A",
    "Agent": "05A", "Amendment": "06A", "ArrivalTransportMeans": "10A", "AuthorisationHolder": "17C",
    "BorderTransportMeans": "15A", "Buyer": "16A", "Carrier": "18A", "ChargeDeduction": "58B", "Classification": "21A",
    "Commodity": "23A", "Consignee": "27A", "Consignment": "28A", "Consignor": "30A", "CurrencyExchange": "40A",
    "CustomsValuation": "41A", "DangerousGoods": "12C", "Declarant": "57B", "DepartureTransportMeans": "46A",
    "Destination": "99B", "DomesticDutyTaxParty": "55B", "DutyTaxFee": "50A", "Error": "53A", "ExitOffice": "56A",
    "ExportCountry": "95B", "Exporter": "57A", "Freight": "62A", "GoodsLocation": "64A", "GoodsMeasure": "65A",
    "GoodsShipment": "67A", "GovernmentAgencyGoodsItem": "68A", "GovernmentProcedure": "70A", "GuaranteeOffice": "14C",
    "Importer": "74A", "Invoice": "78A", "InvoiceLine": "79A", "Itinerary": "81A", "LoadingLocation": "83A",
    "ObligationGuarantee": "90A", "Origin": "92A", "Packaging": "93A", "Payment": "94A", "Pointer": "97A",
    "PresentationOffice": "15C", "PreviousDocument": "99A", "Response": "07B", "Seal": "44B", "Seller": "09B",
    "Status": "12B", "Submitter": "17B", "SupervisingOffice": "97B", "TradeTerms": "22B", "TransportEquipment": "31B",
    "UCR": "35B", "ValuationAdjustment": "39B", "Warehouse": "43B", "WriteOff": "22C",
}  # fmt: skip
_SECTIONS = {code: name for name, code in _CLASSES.items()}
# A tag means a leaf of its section: 242 is the country wherever an address is.
_TAGS: dict[tuple[str, str], str] = {}
for _path in PATHS:
    *_above, _leaf = _path.path.removesuffix("/DateTimeString").split("/")
    _TAGS.setdefault((_above[-1] if _above else "Declaration", _path.wco), _leaf)
# What a field is about where its own path is not in the table.
_COLUMNS: dict[str, str] = {}
for _path in PATHS:
    for _column in _path.to.split():
        if _path.wco and _path.written and not _column.startswith("("):
            _COLUMNS.setdefault(_column, _path.path.removesuffix("/DateTimeString"))
# Leaves whose class says more than its first part does.
_COLUMNS |= {
    "documents": f"{ITEM}/AdditionalDocument/TypeCode", "procedure": f"{ITEM}/GovernmentProcedure/CurrentCode",
    "container_ids": "GoodsShipment/Consignment/TransportEquipment/ID",
    "quantity_unit": f"{ITEM}/Commodity/GoodsMeasure/TariffQuantity",
}  # fmt: skip
_IDS = {path.path.removesuffix("/DateTimeString"): path.wco for path in PATHS}


def named(steps: str) -> str:
    """Return a path with names for steps "section|number|tag" with "/" between two; unknown ids stay as they are."""
    names: list[str] = []
    section = ""
    for step in steps.split("/"):
        code, number, tag = (*step.split("|"), "", "")[:3]
        if code:
            section = _SECTIONS.get(code, code)
            names.append(f"{section}[{number}]" if number else section)
        if tag:
            names.append(_TAGS.get((section, tag), tag))
    return "/".join(names)


def path_of(steps: str) -> tuple[str, dict[str, str]] | None:
    """Return (path below Declaration, number of each class on the way by its own path) of where a pointer leads: to a
    class, or to a leaf of it; None where a section or tag is not known."""
    path, numbers, leaf = "", dict[str, str](), ""
    for step in steps.split("/"):
        code, number, tag = (*step.split("|"), "", "")[:3]
        section = _SECTIONS.get(code)
        if section is None or leaf:
            return None
        if section != "Declaration":
            path = f"{path}/{section}" if path else section
            numbers[path] = number
        elif path:
            return None
        if tag:
            leaf = _TAGS.get((section, tag), "")
            if not leaf:
                return None
    return (f"{path}/{leaf}" if path and leaf else path or leaf), numbers


def to_column(column: str, item: int | None) -> list[tuple[str, str, str]]:
    """Return the pointer (section, number, tag) to where a declaration holds a column; to the declaration if nowhere.

    `item` is the goods item's number; its place among the items is taken to be the same.
    """
    path = _COLUMNS.get(column)
    if path is None:
        return [("42A", "1", "")]
    *classes, _ = path.split("/")
    steps = [("42A", "1", "")]
    for name in classes:
        number = str(item) if name == "GovernmentAgencyGoodsItem" and item is not None else "1"
        steps.append((_CLASSES[name], number, ""))
    section, number, _ = steps.pop()
    return [*steps, (section, number, _IDS.get(path, ""))]
