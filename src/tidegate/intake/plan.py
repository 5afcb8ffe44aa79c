"""The plan for one file: which of its columns becomes which field, and what has to be done to it on the way."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from tidegate.errors import InputError, MappingError
from tidegate.intake.mapping import Mapping
from tidegate.intake.mapping_file import CodeMap
from tidegate.intake.names import did_you_mean, nearest_columns
from tidegate.trade import FINDING_FIELDS, LINE_FIELDS, MESSAGE_FIELDS, Field

__all__ = ["FINDING", "Target", "findings_plan", "lines_plan"]

# Columns of a line table that hold its finding carry this before their name until they part from the lines.
FINDING = "\0finding."

_LINE = {field.name: field for field in LINE_FIELDS}
_FINDING = {field.name: field for field in FINDING_FIELDS}
# What messages say of themselves keeps its type when it comes back in a table.
_MESSAGE = {field.name: field for field in MESSAGE_FIELDS}


@dataclass(frozen=True, slots=True)
class Target:
    """One column to be made. `name` is its name there, `field` says type and checks, `column` is where it comes from.

    `part` is (separator, position, number of parts) of a split column; `field.dtype` None keeps the file's own type.
    """

    name: str
    field: Field
    column: str = ""
    part: tuple[str, int, int] | None = None
    constant: str | None = None
    codes: CodeMap | None = None
    pad: int = 0
    factor: float = 1.0
    formats: tuple[str, ...] = ()


def lines_plan(columns: Sequence[str], mapping: Mapping, where: str) -> list[Target]:
    """Return the targets of a file of lines: the fields that it has, its extra columns, its findings.

    Raises MappingError for a column that the mapping names and the file lacks, InputError for a required field that
    comes from nowhere.
    """
    origins = _origins(columns, mapping, where)
    for name, extra in mapping.extra.items():
        _exists(extra.column, columns, f"[extra] {name}", mapping, where)
    finding = mapping.finding.columns if mapping.finding else {}
    for name, column in finding.items():
        _exists(column, columns, f"[finding] {name}", mapping, where)
    targets = [_target(field, mapping, origins[field.name]) for field in LINE_FIELDS if field.name in origins]
    _complete({target.name for target in targets}, _LINE, columns, where, unless=("item_number",))
    targets += [_target(_FINDING[name], mapping, (column, None), FINDING + name) for name, column in finding.items()]
    targets += [
        _target(_extra(name, extra.dtype), mapping, (extra.column, None)) for name, extra in mapping.extra.items()
    ]
    targets += [
        _target(_extra(name, pl.String), mapping, origin) for name, origin in origins.items() if name not in _LINE
    ]
    used = {target.column for target in targets}
    others = [column for column in columns if column not in used]
    return targets + [Target(column, _MESSAGE.get(column, _extra(column, None)), column) for column in others]


def findings_plan(columns: Sequence[str], mapping: Mapping, where: str) -> list[Target]:
    """Return the targets of a file of findings. Without [finding], its columns have the names of FINDING_FIELDS.

    Raises like `lines_plan`. `found_on` may come from `lodged_on` and the mapping's `delay_days`.
    """
    origins = {name: origin for name, origin in _origins(columns, mapping, where).items() if name in _LINE}
    if mapping.finding is None:
        chosen = {name: (name, None) for name in _FINDING if name in columns} | {
            name: origins[name] for name in ("declaration_id", "item_number") if name in origins
        }
    else:
        for name, column in mapping.finding.columns.items():
            _exists(column, columns, f"[finding] {name}", mapping, where)
        keys = ("declaration_id",) if mapping.finding.whole_declaration else ("declaration_id", "item_number")
        chosen = {name: origins[name] for name in keys if name in origins}
        chosen |= {name: (column, None) for name, column in mapping.finding.columns.items()}
        if "found_on" not in chosen and "lodged_on" in origins:
            chosen["found_on"] = origins["lodged_on"]
    _complete(chosen.keys(), _FINDING, columns, where)
    # Among lines, most say nothing about the outcome; in a file of findings each has to.
    optional = {"illicit"} if mapping.finding else set()
    fields = [replace(field, required=field.required and field.name not in optional) for field in FINDING_FIELDS]
    return [_target(field, mapping, chosen[field.name]) for field in fields if field.name in chosen]


Origin = tuple[str, tuple[str, int, int] | None]


def _origins(columns: Sequence[str], mapping: Mapping, where: str) -> dict[str, Origin]:
    """Where each field, and each extra column made by a split, comes from."""
    named: dict[str, Origin] = {}
    for name, column in mapping.rename.items():
        _exists(column, columns, f"[rename] {name}", mapping, where)
        named[name] = (column, None)
    for column, split in mapping.split.items():
        _exists(column, columns, f"[split.{column}]", mapping, where)
        named |= {name: (column, (split.by, i, len(split.into))) for i, name in enumerate(split.into) if name}
    placed = {origin[0] for origin in named.values()} | {extra.column for extra in mapping.extra.values()}
    own = {column: (column, None) for column in columns if column in _LINE and column not in placed}
    for name in sorted(named.keys() & own.keys()):
        raise MappingError(
            f"{name} comes from the column {named[name][0]!r}, but {where} has a column {name!r} too.",
            where=mapping.where,
            hint=f"Leave it out of the mapping, or give the other one a name of its own in [extra]: other = {name!r}.",
        )
    constant: dict[str, Origin] = dict.fromkeys(mapping.constants, ("", None))
    return constant | own | named


def _target(field: Field, mapping: Mapping, origin: Origin, name: str = "") -> Target:
    column, part = origin
    key = field.name
    return Target(
        name or key,
        field,
        column,
        part,
        mapping.constants.get(key),
        mapping.codes.get(key),
        mapping.pad.get(key, 0),
        mapping.units.get(key, 1.0),
        mapping.dates.get(key, mapping.dates.get("all", ())),
    )


def _extra(name: str, dtype: Any) -> Field:
    return Field(name, dtype, "a column of the file", name, name)


def _exists(column: str, columns: Sequence[str], place: str, mapping: Mapping, where: str) -> None:
    if column not in columns:
        hint = did_you_mean(column, columns) or f"It has {', '.join(columns[:12])}, and so on."
        raise MappingError(f"{where} has no column {column!r}.", where=f"{mapping.where} {place}", hint=hint)


def _complete(
    made: Container[str],
    fields: dict[str, Field],
    columns: Sequence[str],
    where: str,
    unless: tuple[str, ...] = (),
) -> None:
    """Raise for the first required field that no column gives, and name the columns that look like it."""
    for field in fields.values():
        if field.required and field.name not in made and field.name not in unless:
            near = nearest_columns(field, columns)
            guess = f"{field.name} = {near[0]!r}" if near else f'{field.name} = "its column"'
            looks = f" Nearest: {', '.join(near)}." if near else f" The file has {', '.join(columns[:12])}."
            raise InputError(
                f"the required column {field.name} ({field.meaning}) is missing.{looks}",
                where=where,
                hint=f"Name it in a mapping file: [rename] {guess}.",
            )
