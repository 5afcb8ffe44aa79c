"""Writing: lines become parcels again, one JSON object a line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from tidegate.intake.parcels.rows import SCHEMA

__all__ = ["FILE", "write"]

FILE = "parcels.ndjson"

# Key of a parcel, and the column that it comes from; of a party and of a piece likewise.
_WHOLE = {
    "item_id": "declaration_id",
    "function": "message_function",
    "version": "message_version",
    "message_id": "message_id",
    "submitter": "message_sender",
    "sent_at": "message_sent_at",
    "category": "parcel_category",
    "gross_mass_kg": "parcel_gross_mass_kg",
    "ioss": "ioss",
    "procedure": "procedure",
    "office": "office",
    "carrier_id": "carrier_id",
    "lodged_on": "lodged_on",
    "posted_on": "posted_on",
    "arrived_on": "arrived_on",
}
_PARTIES = {
    "sender": {
        "name": "exporter_name",
        "address": "exporter_address",
        "country": "dispatch_country",
        "identification": "exporter_id",
    },
    "addressee": {
        "name": "importer_name",
        "address": "importer_address",
        "country": "addressee_country",
        "identification": "importer_id",
    },
    "declarant": {"name": "declarant_name", "identification": "declarant_id"},
    "postage": {"amount": "postage", "currency": "postage_currency"},
}
_PIECE = {
    "number": "item_number",
    "description": "description",
    "quantity": "quantity",
    "net_mass_kg": "net_mass_kg",
    "value": "customs_value",
    "currency": "currency",
    "hs_code": "hs_code",
    "origin_country": "origin_country",
}


def write(lines: pl.DataFrame, folder: Path) -> list[Path]:
    """Write lines as parcels to parcels.ndjson in a folder, and return that file; no lines, no file.

    Lines of one declaration_id that follow one another are one parcel; what is null is left out. City and postcode
    stay in the address, where reading put them. Raises nothing for lines of other make: what they write may lack what
    the schema asks for.
    """
    if not lines.height:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    path, part = folder / FILE, folder / f"{FILE}.part"
    with part.open("w", encoding="utf-8", newline="\n") as file:
        for parcel in _parcels(lines):
            file.write(json.dumps(parcel, ensure_ascii=False) + "\n")
    os.replace(part, path)
    return [path]


def _parcels(lines: pl.DataFrame) -> Iterator[dict[str, Any]]:
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in SCHEMA.items() if name not in lines.columns]
    rows = lines.with_columns(absent).select(SCHEMA.keys()).iter_rows(named=True)
    for _, group in groupby(rows, key=lambda row: (row["declaration_id"], row["message_version"])):
        items = list(group)
        parcel = _told(items[0], _WHOLE)
        parcel |= {name: party for name, columns in _PARTIES.items() if (party := _told(items[0], columns))}
        if documents := (items[0]["documents"] or "").split():
            parcel["documents"] = documents
        if pieces := [piece for item in items if len(piece := _told(item, _PIECE)) > 1]:
            parcel["pieces"] = pieces
        yield parcel


def _told(row: dict[str, Any], columns: dict[str, str]) -> dict[str, Any]:
    return {key: _plain(row[column]) for key, column in columns.items() if row[column] is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    return value.isoformat() if isinstance(value, date) else value
