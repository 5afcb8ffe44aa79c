"""Everything that a condition may look at, with its meaning: fields of the line and indicators."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tidegate.assessment import EXTRA_FIELDS, Engine, screened_schema
from tidegate.assessment.engine import joined_schema
from tidegate.console.profiles.operators import BY_CODE
from tidegate.console.profiles.sentences import Row, Wording
from tidegate.indicators import INDICATORS, Indicator
from tidegate.profiles.language import kinds
from tidegate.profiles.syntax import Kind
from tidegate.trade import LINE_FIELDS

__all__ = ["KINDS", "Term", "label", "schema_of", "sentences", "terms", "unit"]

# Conditions look at no times of day.
FIELDS = (*LINE_FIELDS, *(one for one in EXTRA_FIELDS if not isinstance(one.dtype, pl.Datetime)))
SCHEMA = joined_schema({one.name: one.dtype for one in FIELDS})
KINDS: dict[str, Kind] = kinds(SCHEMA)
UNITS = {one.name: one.unit for one in (*FIELDS, *INDICATORS)}
LABELS = {one.name: (one.label, one.label_vi) for one in (*FIELDS, *INDICATORS)}


@dataclass(frozen=True, slots=True)
class Term:
    """A field or indicator in the reader's language; `examples`: values as the trade of this node has them."""

    name: str
    label: str
    kind: Kind
    unit: str
    meaning: str
    indicator: bool
    examples: str = ""


def schema_of(engine: Engine) -> dict[str, Any]:
    """Columns that the conditions of an engine may look at, name to Polars type."""
    return {**SCHEMA, **screened_schema(engine.screener)}


def label(name: str) -> str:
    """The label of a field or indicator in the reader's language; its name where it has none."""
    told = LABELS.get(name)
    return name if told is None else told[get_language() == "vi"]


def unit(name: str) -> str:
    """The unit of a field or indicator in the reader's language; empty where it has none."""
    return _(UNITS[name]) if UNITS.get(name) else ""


def terms(examples: Mapping[str, str]) -> list[Term]:
    """All fields, then all indicators."""
    vi = get_language() == "vi"
    fields = [
        Term(one.name, label(one.name), KINDS[one.name], unit(one.name), _(one.meaning), False,
             examples.get(one.name, ""))
        for one in FIELDS
    ]  # fmt: skip
    history = [
        Term(one.name, label(one.name), KINDS[one.name], unit(one.name),
             _meaning(one, vi), True, examples.get(one.name, ""))
        for one in INDICATORS
    ]  # fmt: skip
    return fields + history


def _meaning(one: Indicator, vi: bool) -> str:
    """What an indicator says, with N for its value, and when it says nothing."""
    sentence, missing = (one.sentence_vi, one.missing_vi) if vi else (one.sentence, one.missing)
    told = re.sub(r"\{[^{}]*/([^{}]*)\}", r"\1", sentence).replace("{value}", "N")
    told = re.sub(r"\{(\w+)\}", "…", told)
    return f"{told[:1].upper()}{told[1:]}. " + _("Empty where: %(when)s.") % {"when": missing}


def sentences(wording: Wording) -> list[list[str]]:
    """The rows as sentences in the reader's language, block by block."""
    return [[_sentence(row) for row in block] for block in wording.blocks]


def _sentence(row: Row) -> str:
    operator = BY_CODE[row.operator]
    values = [label(one) for one in row.values] if operator.of == "field" else list(row.values)
    told = {"field": label(row.field), "values": _either(values)}
    if operator.takes == 2:
        told |= {"low": values[0], "high": values[1]}
    return str(operator.words) % told


def _either(values: list[str]) -> str:
    if len(values) < 2:
        return "".join(values)
    return _("%(first)s or %(last)s") % {"first": ", ".join(values[:-1]), "last": values[-1]}
