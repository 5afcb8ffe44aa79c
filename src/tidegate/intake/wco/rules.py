"""Rules for classes that come many times or whose leaves only mean something together: occurrences <-> columns.

Occurrences of a class are dictionaries from path below the class to text, an attribute under the path and "@".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tidegate.intake.wco.notes import notes, unnoted
from tidegate.intake.wco.paths import ITEM

__all__ = ["LONGEST", "RULES", "Row", "Rule"]

# A row of texts under their columns; lists while a declaration is being read, under names that are no columns.
Row = dict[str, str]
Parts = Mapping[str, str]

_UNIT = "@"
# A text of many parts does not grow on beyond this, so that a hostile message costs no hours. Intake rejects a field
# of the line table that is longer than 32,767 bytes anyway.
LONGEST = 1 << 17


@dataclass(frozen=True, slots=True)
class Rule:
    """`columns` are what it fills; `read` puts one occurrence into a row, `write` gives the occurrences back."""

    columns: tuple[str, ...]
    read: Callable[[Row, Parts], None]
    write: Callable[[Mapping[str, str]], list[dict[str, str]]]


def _more(row: Row, column: str, text: str, between: str = " ") -> None:
    if not text:
        return
    before = row.get(column)
    if before is None:
        row[column] = text
    elif len(before) <= LONGEST:
        row[column] = f"{before}{between}{text}"


def _noted(column: str, *parts: str) -> Rule:
    """Occurrences in one column of notes."""

    def read(row: Row, occurrence: Parts) -> None:
        _more(row, column, notes(occurrence, parts), "; ")

    return Rule((column,), read, lambda row: unnoted(row.get(column, ""), parts))


def _listed(column: str, part: str) -> Rule:
    """One part of each occurrence, one space between two."""

    def read(row: Row, occurrence: Parts) -> None:
        _more(row, column, occurrence.get(part, ""))

    return Rule((column,), read, lambda row: [{part: text} for text in row.get(column, "").split()])


def _same(rule: Rule, row: Mapping[str, str], occurrences: list[dict[str, str]], *columns: str) -> bool:
    """Whether these occurrences, read, give what the row says in `columns`."""
    again: Row = {}
    for occurrence in occurrences:
        rule.read(again, occurrence)
    return all(_equal(again.get(column, ""), row.get(column, "")) for column in columns)


def _equal(one: str, other: str) -> bool:
    """Texts are the same, or the same number."""
    try:
        return one == other or float(one) == float(other)
    except ValueError:
        return False


# --- addresses -------------------------------------------------------------------------------------------------------

_ADDRESS = ("Line", "PostcodeID", "CityName", "CountrySubDivisionName", "CountrySubDivisionCode")
# What the schemas allow of a line and of a city.
_LINE_LENGTH, _CITY_LENGTH = 70, 35


def _address(column: str) -> Rule:
    """An address as it is written on a letter; the country has a column of its own."""

    def read(row: Row, occurrence: Parts) -> None:
        _more(row, column, ", ".join(occurrence[part] for part in _ADDRESS if part in occurrence), ", ")

    def write(row: Mapping[str, str]) -> list[dict[str, str]]:
        text = row.get(column, "")
        if not text or len(text) <= _LINE_LENGTH:
            return [{"Line": text}] if text else []
        # Too long for a line: what fits the city stands behind the last comma that leaves a line short enough.
        for comma in reversed([found.start() for found in re.finditer(", ", text)]):
            line, city = text[:comma], text[comma + 2 :]
            if len(line) <= _LINE_LENGTH and len(city) <= _CITY_LENGTH:
                return [{"Line": line, "CityName": city}]
        return [{"Line": text}]

    return Rule((column,), read, write)


# --- commodity -------------------------------------------------------------------------------------------------------

# Types of classification (UN/EDIFACT 7143 as the UK and the EU use it): TSP the tariff's eight digits, TRC two more.
_TARIFF, _SUBDIVISION = ("TSP", "HS", "SRZ"), "TRC"
_EIGHT = 8


def _classified(row: Row, occurrence: Parts) -> None:
    code, kind = occurrence.get("ID", ""), occurrence.get("IdentificationTypeCode", "")
    if kind in _TARIFF and not row.get("hs_code"):
        row["hs_code"] = code
    elif kind == _SUBDIVISION and "hs_code" in row and len(row["hs_code"]) == _EIGHT:
        row["hs_code"] += code
    else:
        _more(row, "additional_codes", notes({"kind": kind, "code": code}, ("kind", "code")), "; ")


def _classes(row: Mapping[str, str]) -> list[dict[str, str]]:
    code, made = row.get("hs_code", ""), []
    if code:
        cut = _EIGHT if len(code) == _EIGHT + 2 else len(code)
        made.append({"ID": code[:cut], "IdentificationTypeCode": _TARIFF[0]})
        if code[cut:]:
            made.append({"ID": code[cut:], "IdentificationTypeCode": _SUBDIVISION})
    return made + unnoted(row.get("additional_codes", ""), ("IdentificationTypeCode", "ID"))


def _origin(row: Row, occurrence: Parts) -> None:
    # Type 2 is the origin that a preference rests on; any other is the country where the goods are from.
    country, kind = occurrence.get("CountryCode", ""), occurrence.get("TypeCode", "")
    column = "preferential_origin" if kind == "2" else "origin_country"
    if column not in row:
        row[column] = country


def _origins(row: Mapping[str, str]) -> list[dict[str, str]]:
    columns = (("origin_country", "1"), ("preferential_origin", "2"))
    return [{"CountryCode": row[name], "TypeCode": kind} for name, kind in columns if row.get(name)]


def _procedure(row: Row, occurrence: Parts) -> None:
    code = occurrence.get("CurrentCode", "") + occurrence.get("PreviousCode", "")
    if "procedure" in row:
        _more(row, "additional_procedures", code)
    else:
        row["procedure"] = code


_REQUESTED = 2  # digits of a requested procedure where the previous one stands behind it, as in 4000


def _procedures(row: Mapping[str, str]) -> list[dict[str, str]]:
    code = row.get("procedure", "")
    both = len(code) == 2 * _REQUESTED and code.isdigit()
    first = {"CurrentCode": code[:_REQUESTED], "PreviousCode": code[_REQUESTED:]} if both else {"CurrentCode": code}
    more = [{"CurrentCode": text} for text in row.get("additional_procedures", "").split()]
    return ([first] if code else []) + more


# --- documents, packages, taxes, containers, route -------------------------------------------------------------------

_DOCUMENT = (
    "CategoryCode", "TypeCode", "ID", "LPCOExemptionCode", "Name", "WriteOff/QuantityQuantity",
    "WriteOff/QuantityQuantity@", "WriteOff/AmountAmount", "WriteOff/AmountAmount@",
)  # fmt: skip
_TYPE_LENGTH = 3


def _document(row: Row, occurrence: Parts) -> None:
    _more(row, "documents", occurrence.get("CategoryCode", "") + occurrence.get("TypeCode", ""))
    _more(row, "document_references", notes(occurrence, _DOCUMENT), "; ")


def _documents(row: Mapping[str, str]) -> list[dict[str, str]]:
    known = unnoted(row.get("document_references", ""), _DOCUMENT)
    if _same(RULES[f"{ITEM}/AdditionalDocument"], row, known, "documents"):
        return known
    codes = row.get("documents", "").split()
    return [
        {"CategoryCode": code[:-_TYPE_LENGTH], "TypeCode": code[-_TYPE_LENGTH:]}
        if len(code) > _TYPE_LENGTH
        else {"TypeCode": code}
        for code in codes
    ]


_PACKAGES = ("TypeCode", "QuantityQuantity", "MarksNumbersID")


def _packed(row: Row, occurrence: Parts) -> None:
    count, kind = occurrence.get("QuantityQuantity", ""), occurrence.get("TypeCode", "")
    if count:
        before = row.get("packages", "0")
        row["packages"] = str(int(before) + int(count)) if before.isdecimal() and count.isdecimal() else count
    if kind and "package_type" not in row:
        row["package_type"] = kind
    _more(row, "packagings", notes(occurrence, _PACKAGES), "; ")


def _packings(row: Mapping[str, str]) -> list[dict[str, str]]:
    known = unnoted(row.get("packagings", ""), _PACKAGES)
    if not _same(RULES[f"{ITEM}/Packaging"], row, known, "packages", "package_type"):
        one = {"QuantityQuantity": row.get("packages", ""), "TypeCode": row.get("package_type", "")}
        known = [one] if any(one.values()) else []
    return [{"SequenceNumeric": str(number)} | one for number, one in enumerate(known, 1)]


_TAXES = (
    "TypeCode", "DutyRegimeCode", "Payment/MethodCode", "QuotaOrderID", "TaxRateNumeric",
    *(leaf + unit for leaf in ("AdValoremTaxBaseAmount", "SpecificTaxBaseQuantity", "DeductAmount",
                               "Payment/TaxAssessedAmount", "Payment/PaymentAmount") for unit in ("", _UNIT)),
)  # fmt: skip
# Types of tax that are the customs duty: the EU's A00, UN/EDIFACT 5153 CUD.
_DUTIES = ("A00", "CUD", "")


def _taxed(row: Row, occurrence: Parts) -> None:
    if "preference" not in row and "DutyRegimeCode" in occurrence:
        row["preference"] = occurrence["DutyRegimeCode"]
    if "duty_rate" not in row and "TaxRateNumeric" in occurrence and occurrence.get("TypeCode", "") in _DUTIES:
        row["duty_rate"] = occurrence["TaxRateNumeric"]
    _more(row, "taxes", notes(occurrence, _TAXES), "; ")


def _taxings(row: Mapping[str, str]) -> list[dict[str, str]]:
    known = unnoted(row.get("taxes", ""), _TAXES)
    if _same(RULES[f"{ITEM}/Commodity/DutyTaxFee"], row, known, "preference", "duty_rate"):
        return known
    said = {"DutyRegimeCode": row.get("preference", ""), "TaxRateNumeric": row.get("duty_rate", "")}
    said = {part: text for part, text in said.items() if text}
    others = [{part: text for part, text in one.items() if part not in _LEAD} for one in known]
    return ([{"TypeCode": "CUD"} | said] if said else []) + others


_LEAD = ("DutyRegimeCode", "TaxRateNumeric")


def _boxed(row: Row, occurrence: Parts) -> None:
    _more(row, "container_ids", occurrence.get("ID", ""))
    _more(row, "seals", occurrence.get("Seal/ID", ""))


def _boxes(row: Mapping[str, str]) -> list[dict[str, str]]:
    boxes, seals = row.get("container_ids", "").split(), row.get("seals", "")
    made = [{"SequenceNumeric": str(number), "ID": box} for number, box in enumerate(boxes, 1)]
    if seals:
        # Which seal is on which container is not kept; all stand with the first.
        made = made or [{"SequenceNumeric": "1"}]
        made[0]["Seal/ID"] = seals
    return made


def _routed(row: Row, occurrence: Parts) -> None:
    _more(row, "routing_countries", occurrence.get("RoutingCountryCode", ""))


def _route(row: Mapping[str, str]) -> list[dict[str, str]]:
    countries = (row.get("routing_countries") or row.get("transit_country", "")).split()
    return [
        {"SequenceNumeric": str(number), "RoutingCountryCode": country} for number, country in enumerate(countries, 1)
    ]


_PARTIES = (
    ("Consignment/Carrier", "carrier"), ("Declarant", "declarant"), ("Exporter", "exporter"),
    ("GoodsShipment/Buyer", "buyer"), ("GoodsShipment/Consignee", "consignee"),
    ("GoodsShipment/Consignor", "consignor"), ("GoodsShipment/Importer", "importer"),
    ("GoodsShipment/Seller", "seller"),
    (f"{ITEM}/Buyer", "buyer"), (f"{ITEM}/Consignee", "consignee"), (f"{ITEM}/Consignor", "consignor"),
    (f"{ITEM}/Seller", "seller"), ("GoodsShipment/Consignment/GoodsLocation", "goods_location"),
)  # fmt: skip
_PREVIOUS = ("CategoryCode", "TypeCode", "ID", "LineNumeric")
_STATEMENT = ("StatementCode", "StatementDescription", "StatementTypeCode")
_CHARGE = ("ChargesTypeCode", "OtherChargeDeductionAmount", "OtherChargeDeductionAmount@")

# Path of the class -> rule.
RULES: dict[str, Rule] = {
    **{f"{path}/Address": _address(f"{prefix}_address") for path, prefix in _PARTIES},
    "AdditionalDocument": _noted("header_documents", "CategoryCode", "TypeCode", "ID"),
    "AdditionalInformation": _noted("header_statements", *_STATEMENT),
    "AuthorisationHolder": _noted("authorisations", "CategoryCode", "ID"),
    "Consignment/Itinerary": Rule(("routing_countries", "transit_country"), _routed, _route),
    "CurrencyExchange": _noted("exchange_rates", "CurrencyTypeCode", "RateNumeric"),
    "GoodsShipment/Consignment/TransportEquipment": Rule(("container_ids", "seals"), _boxed, _boxes),
    "GoodsShipment/CustomsValuation/ChargeDeduction": _noted("header_charges", *_CHARGE),
    "GoodsShipment/DomesticDutyTaxParty": _noted("tax_parties", "RoleCode", "ID"),
    f"{ITEM}/AdditionalDocument": Rule(("documents", "document_references"), _document, _documents),
    f"{ITEM}/AdditionalInformation": _noted("statements", *_STATEMENT),
    f"{ITEM}/Commodity/Classification": Rule(("hs_code", "additional_codes"), _classified, _classes),
    f"{ITEM}/Commodity/DangerousGoods": _listed("dangerous_goods", "UNDGID"),
    f"{ITEM}/Commodity/DutyTaxFee": Rule(("preference", "duty_rate", "taxes"), _taxed, _taxings),
    f"{ITEM}/Commodity/TransportEquipment": Rule(("container_ids",), _boxed, lambda row: _boxes({**row, "seals": ""})),
    f"{ITEM}/CustomsValuation/ChargeDeduction": _noted("charges", *_CHARGE),
    f"{ITEM}/DomesticDutyTaxParty": _noted("tax_parties", "RoleCode", "ID"),
    f"{ITEM}/GovernmentProcedure": Rule(("procedure", "additional_procedures"), _procedure, _procedures),
    f"{ITEM}/Origin": Rule(("origin_country", "preferential_origin"), _origin, _origins),
    f"{ITEM}/Packaging": Rule(("packages", "package_type", "packagings"), _packed, _packings),
    f"{ITEM}/PreviousDocument": _noted("item_previous_documents", *_PREVIOUS),
    "GoodsShipment/PreviousDocument": _noted("previous_documents", *_PREVIOUS),
    "ObligationGuarantee": _noted(
        "guarantees", "SecurityDetailsCode", "ID", "ReferenceID", "GuaranteeOffice/ID", "AmountAmount", "AmountAmount@"
    ),
}
