"""Rows of lines and of subjects, as the database takes them: many of them at once, without an object for each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import polars as pl

from tidegate.console.deciding.copying import FEW, as_json, copy_columns
from tidegate.console.register.models import Declaration, Line, Subject
from tidegate.intake import names_bills, numbers_in

__all__ = ["copy_lines", "copy_subjects", "fields_of", "fields_written"]

KEYS = ("declaration_id", "item_number")
SIMPLE = (str, int, bool)
PARTIES = ("importer", "exporter", "declarant")
NAMING = (
    *(f"{role}_{said}" for role in PARTIES for said in ("id", "name")),
    *("carrier_id", "transport_id", "importer_address", "container_ids", "linked_to"),
)  # the fields that name a subject, and after them those that may name a bill
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
    few = lines.height <= FEW
    copy_columns(
        Line,
        {
            "declaration_id": [keys[number] for number in lines["declaration_id"].to_list()],
            "item_number": lines["item_number"].to_list(),
            **{name: [value or "" for value in lines[name].to_list()] for name in ("hs_code", "origin_country")},
            "fields": [as_json(fields_of(line)) for line in lines.rows(named=True)] if few else fields_written(lines),
        },
    )


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
    papers = [name for name, kind in lines.schema.items() if kind == pl.String and names_bills(name)]
    there = [name if name in lines.columns else pl.lit(None, pl.String).alias(name) for name in NAMING]
    told = lines.select("declaration_id", *there, *papers)
    if told.height > FEW:
        told = told.unique(maintain_order=True)
    found: dict[tuple[str, str, str], str] = {}
    for number, *said in told.iter_rows():
        for role, key, name in (*_named(said[: len(NAMING)]), *_numbered(papers, said[len(NAMING) :])):
            found.setdefault((number, role, key[:LONGEST]), name)
    numbers, roles, keys = zip(*found, strict=True) if found else ((), (), ())
    of = [held[number] for number in numbers]
    copy_columns(
        Subject,
        {
            "declaration_id": [one.pk for one in of],
            "role": roles,
            "key": keys,
            "name": [*found.values()],
            "lodged_on": [one.lodged_on for one in of],
            "office": [one.office for one in of],
        },
    )


def _named(said: Sequence[str | None]) -> Iterator[tuple[str, str, str]]:
    """Role, key and name of each subject that a line names by these fields (NAMING)."""
    parties, (carrier, transport, address, containers, parcels) = said[:-5], said[-5:]
    for role, number, name in zip(PARTIES, parties[::2], parties[1::2], strict=True):
        if key := number or (name or "").casefold():
            yield role, key, name or ""
    if carrier:
        yield "carrier", carrier, ""
    if transport:
        yield "transport", transport, ""
    if address:
        yield "address", " ".join(address.casefold().split()), address
    for key in (containers or "").split():
        yield "container", key, ""
    if parcels:
        yield "parcels", parcels, ""


def _numbered(names: Sequence[str], said: Sequence[str | None]) -> Iterator[tuple[str, str, str]]:
    """The numbers of bills, or of other documents, that these fields of a line name."""
    for name, text in zip(names, said, strict=True):
        if text:
            for key in _numbers_in(name, text):
                yield "bill" if "bill" in name else "document", key, ""


@lru_cache(4_096)  # lists of documents are mostly the same few
def _numbers_in(name: str, text: str) -> tuple[str, ...]:
    return tuple(sorted(numbers_in(name, text)))
