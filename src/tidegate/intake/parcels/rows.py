"""A parcel becomes rows of the line table, one a piece; the fields are one list, which writing reads as well."""

# Tables that are read down their columns stay one row a line.
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from tidegate.intake.checks import EARLIEST, LATEST
from tidegate.intake.formats import COLUMNS
from tidegate.intake.parcels.faults import Fault
from tidegate.intake.parcels.schema import expected
from tidegate.trade import LINE_SCHEMA, MESSAGE_SCHEMA, Field, hs, s10

__all__ = ["CATEGORIES", "EXTRAS", "NAME", "SCHEMA", "rows", "wrong"]

NAME = "parcels"

TEXT, DATE, NUMBER, WHOLE, FLAG = pl.String, pl.Date, pl.Float64, pl.Int32, pl.Boolean

# fmt: off
# Extra columns of the lines of parcels, after those of every message; profiles may use them.
EXTRAS: tuple[Field, ...] = (
    Field("parcel_category", TEXT, "gift, documents, sale_of_goods, commercial_sample, returned_goods or other (CN 23)", "Category", "Loại bưu gửi"),
    Field("parcel_value", NUMBER, "value of all pieces of the parcel together", "Parcel value", "Trị giá cả bưu gửi", unit="currency"),
    Field("parcel_gross_mass_kg", NUMBER, "gross mass of the whole parcel", "Parcel gross mass", "Trọng lượng cả bì của bưu gửi", unit="kg"),
    Field("postage", NUMBER, "what was paid for the carriage", "Postage", "Cước bưu chính", unit="postage_currency"),
    Field("postage_currency", TEXT, "currency of the postage, ISO 4217", "Postage currency", "Đồng tiền của cước"),
    Field("ioss", TEXT, "number of the import one-stop shop under which the tax was paid", "IOSS number", "Mã số IOSS"),
    Field("posted_on", DATE, "day of posting", "Posted on", "Ngày gửi"),
    Field("arrived_on", DATE, "day of arrival", "Arrived on", "Ngày đến"),
    Field("addressee_country", TEXT, "country of the addressee, ISO 3166-1 alpha-2", "Addressee's country", "Nước của người nhận"),
    Field("exporter_address", TEXT, "address of the sender, as written", "Sender's address", "Địa chỉ người gửi"),
    Field("linked_parcels", WHOLE, "parcels to this addressee at this address on this day, this one included", "Linked parcels", "Số bưu gửi liên quan", unit="parcels"),
    Field("linked_value", NUMBER, "value of the linked parcels that are valued in this one's currency, this one included", "Linked value", "Tổng trị giá bưu gửi liên quan", unit="currency"),
    Field("linked_under_threshold", FLAG, "whether this parcel is within the threshold by itself, and over it with the linked ones", "Split below threshold", "Chia nhỏ dưới ngưỡng miễn thuế"),
    Field("linked_to", TEXT, "number of the first of the linked parcels; null where there is no other", "Linked to", "Bưu gửi liên quan"),
)
# fmt: on

SCHEMA: dict[str, Any] = {**LINE_SCHEMA, **MESSAGE_SCHEMA, **{field.name: field.dtype for field in EXTRAS}}

# The boxes of CN 22 and CN 23, and the codes that the UPU's electronic pre-advice has for them (code list 136). The list
# itself is not public: these are as software of posts and their customers has them, jCtrl.Shipping.RoyalMail (21, 31,
# 32, 91, 991 mixed content, 999 other) and Fontis_Australia for Australia Post (21, 31, 32, 91, 991 other), among others.
CATEGORIES: dict[str, str] = {
    "11": "sale_of_goods",
    "21": "returned_goods",
    "31": "gift",
    "32": "commercial_sample",
    "91": "documents",
    "991": "other",
    "999": "other",
}

POST = "5"  # mode of transport, UN/ECE Recommendation 19
PARCEL = "PC"  # package, UN/ECE Recommendation 21
COUNT = "H87"  # piece, UN/ECE Recommendation 20: CN 22 and CN 23 count pieces

_DAYS = ("lodged_on", "posted_on", "arrived_on")
_PLACES = {name: place for place, name in enumerate((*COLUMNS, *(field.name for field in EXTRAS)))}


def wrong(parcel: dict[str, Any], received: date) -> list[Fault]:
    """What is wrong with a parcel that the schema has nothing against: check digit, days, chapters, currencies."""
    found: list[Fault] = []
    number = parcel["item_id"]
    if s10.check_digit(number[2:10]) != int(number[10]):
        found.append(Fault("/item_id", "check_digit", expected("/item_id")))
    times = {name: _day(parcel[name]) for name in _DAYS if name in parcel}
    times |= {name: _moment(parcel[name]) for name in ("sent_at",) if name in parcel}
    found += [Fault(f"/{name}", "no_day", expected(f"/{name}")) for name, time in times.items() if time is None]
    if parcel.get("function") == "cancellation":
        return found
    if "lodged_on" not in parcel and not EARLIEST <= received <= LATEST:
        found.append(Fault("/lodged_on", "missing", expected("/lodged_on")))
    numbers: set[int] = set()
    for place, piece in enumerate(parcel["pieces"]):
        if (code := piece.get("hs_code")) and code[:2] not in hs.CHAPTERS:
            found.append(Fault(f"/pieces/{place}/hs_code", "chapter", expected("/pieces/0/hs_code")))
        if piece["currency"] != parcel["pieces"][0]["currency"]:
            found.append(Fault(f"/pieces/{place}/currency", "currencies", expected("/pieces/0/currency")))
        own = int(piece.get("number", place + 1))
        if own in numbers:
            found.append(Fault(f"/pieces/{place}/number", "repeated"))
        numbers.add(own)
    return found


def rows(parcel: dict[str, Any], received: date) -> list[list[Any]]:
    """The rows of a parcel with nothing wrong in it, in the order of SCHEMA; those of a cancellation are one."""
    sender, addressee, postage = parcel.get("sender", {}), parcel.get("addressee", {}), parcel.get("postage", {})
    declarant, category = parcel.get("declarant", {}), parcel.get("category")
    pieces: Sequence[dict[str, Any]] = parcel.get("pieces") or ({},)
    cancelled = parcel.get("function") == "cancellation"
    whole = {
        "declaration_id": parcel["item_id"],
        "lodged_on": _day(parcel["lodged_on"]) if "lodged_on" in parcel else received,
        "office": parcel.get("office"),
        "procedure": parcel.get("procedure"),
        "importer_id": addressee.get("identification"),
        "importer_name": addressee.get("name"),
        "importer_address": _address(addressee),
        "exporter_id": sender.get("identification"),
        "exporter_name": sender.get("name"),
        "declarant_id": declarant.get("identification"),
        "declarant_name": declarant.get("name"),
        "carrier_id": parcel.get("carrier_id"),
        "dispatch_country": sender.get("country"),
        "transport_mode": POST,
        "package_type": PARCEL,
        "gross_mass_kg": parcel.get("gross_mass_kg") if len(pieces) == 1 else None,
        "documents": " ".join(parcel.get("documents", ())) or None,
        "message_format": NAME,
        "message_id": parcel.get("message_id"),
        "message_sender": parcel.get("submitter") or declarant.get("identification"),
        "message_function": parcel.get("function", "original"),
        "message_version": parcel.get("version"),
        "message_sent_at": _moment(parcel.get("sent_at", "")),
        "parcel_category": CATEGORIES.get(category, category) if category else None,
        "parcel_value": None if cancelled and "pieces" not in parcel else sum(p["value"] for p in pieces),
        "parcel_gross_mass_kg": parcel.get("gross_mass_kg"),
        "postage": postage.get("amount"),
        "postage_currency": postage.get("currency"),
        "ioss": parcel.get("ioss"),
        "posted_on": _day(parcel.get("posted_on", "")),
        "arrived_on": _day(parcel.get("arrived_on", "")),
        "addressee_country": addressee.get("country"),
        "exporter_address": _address(sender),
    }
    start: list[Any] = [None] * len(_PLACES)
    for name, value in whole.items():
        start[_PLACES[name]] = value
    made = []
    for place, piece in enumerate(pieces):
        row = start.copy()
        row[_ITEM] = int(piece.get("number", place + 1))
        row[_HS], row[_WORDS] = piece.get("hs_code") or None, piece.get("description")
        row[_ORIGIN], row[_CURRENCY] = piece.get("origin_country"), piece.get("currency")
        row[_QUANTITY], row[_UNIT] = piece.get("quantity"), COUNT if "quantity" in piece else None
        row[_NET], row[_VALUE] = piece.get("net_mass_kg"), piece.get("value")
        # What is packed together is counted with its first piece, as on a Single Administrative Document.
        row[_PACKAGES] = 0 if place else 1
        made.append(row)
    return made


_ITEM, _HS, _WORDS = _PLACES["item_number"], _PLACES["hs_code"], _PLACES["description"]
_ORIGIN, _CURRENCY, _QUANTITY = _PLACES["origin_country"], _PLACES["currency"], _PLACES["quantity"]
_UNIT, _NET, _VALUE = _PLACES["quantity_unit"], _PLACES["net_mass_kg"], _PLACES["customs_value"]
_PACKAGES = _PLACES["packages"]


def _address(party: dict[str, Any]) -> str | None:
    return ", ".join(party[name] for name in ("address", "city", "postcode") if name in party) or None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _moment(text: str) -> datetime | None:
    """A moment in UTC, without a zone; a text without a zone is taken for UTC."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment.date() <= LATEST else None
