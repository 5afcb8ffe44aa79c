"""Lines as plain Python values: what a single declaration is matched on, checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from tidegate.errors import InputError
from tidegate.profiles.syntax import Kind

__all__ = ["plain_rows"]


def plain_rows(rows: pl.DataFrame | Sequence[Mapping[str, Any]], columns: Mapping[str, Kind]) -> list[dict[str, Any]]:
    """Rows of the program's columns alone, numbers as floats. Raises InputError for what does not fit."""
    if isinstance(rows, pl.DataFrame):
        missing = [name for name in columns if name not in rows.columns]
        if missing:
            raise InputError(f"the profiles need column(s) {', '.join(missing)}.")
        values = zip(*(rows.get_column(name).to_list() for name in columns), strict=True)
        rows = [dict(zip(columns, row, strict=True)) for row in values]
    plain: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        one: dict[str, Any] = {}
        for name, kind in columns.items():
            try:
                value = row[name]
            except KeyError as error:
                raise InputError(f"the profiles need {name}.", where=f"line {number + 1}") from error
            if value is not None:
                if kind is Kind.NUMBER and type(value) is not float:
                    value = _as_number(value, name, number)
                elif kind is not Kind.NUMBER and not isinstance(value, _PYTHON[kind]):
                    raise InputError(f"{name} is {value!r}, not a {kind}.", where=f"line {number + 1}")
            one[name] = value
        plain.append(one)
    return plain


_PYTHON = {Kind.TEXT: str, Kind.DATE: dt.date, Kind.FLAG: bool}


def _as_number(value: Any, name: str, number: int) -> float:
    try:
        if isinstance(value, str):
            raise TypeError
        return float(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} is {value!r}, not a number.", where=f"line {number + 1}") from error
