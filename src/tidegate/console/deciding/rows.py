"""Rows of lines and of subjects, as the database takes them: many of them at once, without an object for each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from tidegate.console.deciding.copying import as_json, copy_table
from tidegate.console.register.models import Declaration, Line, Subject

__all__ = ["copy_lines", "copy_subjects", "fields_of", "fields_written"]

KEYS = ("declaration_id", "item_number")
SIMPLE = (str, int, bool)
PARTIES = ("importer", "exporter", "declarant")
MEANS = (("carrier", "carrier_id"), ("transport", "transport_id"))
NAMING = (
    *(f"{role}_{said}" for role in PARTIES for said in ("id", "name")),
    *(name for _, name in MEANS),
    "importer_address",
    "container_ids",
)  # the fields that name a subject
LONGEST = 140  # letters of the key of a subject
WRITTEN = (pl.String, pl.Boolean, pl.Float64, pl.Date)  # Polars writes these, and whole numbers, as `_plain` does


def fields_of(line: Mapping[str, Any]) -> dict[str, Any]:
    """What Line.fields holds of a line."""
    return {
        name: value if value.__class__ in SIMPLE else _plain(value)
        for name, value in line.items()
        if value is not None and name not in KEYS
    }


def _plain(value: Any) -> Any:
    """A value as JSON has it; numbers that JSON has not (infinite, none) become null."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, float) and value - value != 0:
        return None
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return json.loads(json.dumps(value, default=str)) if isinstance(value, dict) else value


def copy_lines(lines: pl.DataFrame, declarations: Iterable[Declaration]) -> None:
    """Keep lines (line table) of declarations, which have their keys."""
    keys = {one.number: one.pk for one in declarations}
    table = lines.select(
        pl.col("declaration_id").replace_strict(keys, return_dtype=pl.Int64),
        pl.col("item_number"),
        *(pl.col(name).fill_null("") for name in ("hs_code", "origin_country")),
        fields_written(lines).alias("fields"),
    )
    copy_table(Line, table)


def fields_written(lines: pl.DataFrame) -> pl.Series:
    """`fields_of` each line as JSON, column by column: String[n]."""
    members = [_member(column) for column in lines.iter_columns() if column.name not in KEYS]
    return lines.select("{" + pl.concat_str(members, separator=",", ignore_nulls=True) + "}").to_series()


def _member(column: pl.Series) -> pl.Expr:
    """A column as members of JSON objects, null where it says nothing."""
    name = column.name
    # Other names may be patterns to Polars.
    if name.isidentifier() and (column.dtype in WRITTEN or column.dtype.is_integer()):
        pair = pl.struct(pl.col(name)).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
        return pl.when(pl.col(name).is_not_null()).then(pair)
    label = as_json(name)
    texts = [None if value is None else f"{label}:{as_json(_plain(value))}" for value in column.to_list()]
    return pl.lit(pl.Series(texts, dtype=pl.String))


def copy_subjects(lines: pl.DataFrame, declarations: Iterable[Declaration]) -> None:
    """Keep who and what the lines of declarations name, each once."""
    held = {one.number: one for one in declarations}
    told = lines.select("declaration_id", *(name for name in NAMING if name in lines.columns))
    by_number: dict[str, list[dict[str, Any]]] = {}
    for row in told.unique(maintain_order=True).rows(named=True):
        by_number.setdefault(row["declaration_id"], []).append(row)
    rows = [row for number, naming in by_number.items() for row in _subjects(held[number], naming)]
    copy_table(Subject, pl.DataFrame(rows, SUBJECT, orient="row"))


SUBJECT = {
    "declaration_id": pl.Int64,
    "role": pl.String,
    "key": pl.String,
    "name": pl.String,
    "lodged_on": pl.Date,
    "office": pl.String,
}


def _subjects(one: Declaration, lines: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Any, ...]]:
    """Rows of SUBJECT."""
    found: dict[tuple[str, str], str] = {}
    for line in lines:
        for role in PARTIES:
            name = line.get(f"{role}_name") or ""
            if key := line.get(f"{role}_id") or name.casefold():
                found.setdefault((role, key[:LONGEST]), name)
        for role, field in MEANS:
            if key := line.get(field):
                found.setdefault((role, key[:LONGEST]), "")
        if address := line.get("importer_address"):
            found.setdefault(("address", " ".join(address.casefold().split())[:LONGEST]), address)
        for key in (line.get("container_ids") or "").split():
            found.setdefault(("container", key[:LONGEST]), "")
    return [(one.pk, role, key, name, one.lodged_on, one.office) for (role, key), name in found.items()]
