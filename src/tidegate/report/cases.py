"""The most suspicious declarations, each with its reasons, the lines they are about, and what would have changed it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from tidegate.report.declared import plain
from tidegate.trade import LINE_SCHEMA

__all__ = ["Case", "Item", "Range", "Reason", "most_suspicious"]

REASONS_SHOWN = 8
ITEMS_SHOWN = 3
NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Range:
    """A value beside what is usual, for a small bar: positions are shares (0 to 1) of the bar's width."""

    value: float
    low: float
    high: float

    @property
    def _span(self) -> tuple[float, float]:
        low, high = min(self.value, self.low, 0.0), max(self.value, self.high, 0.0)
        return low, (high - low) * 1.08 or 1.0

    def at(self, number: float) -> float:
        start, width = self._span
        return (number - start) / width

    @property
    def outside(self) -> bool:
        return not self.low <= self.value <= self.high


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, in the order of the decision.

    `value` is a number or a text; `usual` one number, two that bound a range, or a text.
    """

    source: str
    code: str
    item: int | None
    field: str
    words: Mapping[str, str]
    value: float | str | None
    usual: tuple[float, ...] | str | None
    weight: float | None

    @property
    def range(self) -> Range | None:
        """The bar, where both the value and what is usual are numbers."""
        if not isinstance(self.value, float) or not isinstance(self.usual, tuple):
            return None
        return Range(self.value, min(self.usual), max(self.usual))


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a case, as declared."""

    number: int | None
    hs_code: str
    description: str
    origin: str
    dispatch: str
    mass: float | None
    value: float | None
    duty_rate: float | None
    score: float | None

    @property
    def hs(self) -> str:
        """The code as tariffs print it: 4403.99.00."""
        code = self.hs_code
        return ".".join((code[:4], *(code[i : i + 2] for i in range(4, len(code), 2)))) if code.isdigit() else code


@dataclass(frozen=True, slots=True)
class Case:
    """One declaration of the list, in the order of suspicion."""

    declaration: str
    day: date | None
    office: str
    importer_id: str
    importer_name: str
    lines: int
    value: float | None
    duty: float | None
    currency: str
    channel: str
    score: float | None
    probability: float | None
    targeted_by: str
    drawn: bool
    counterfactual: Mapping[str, str]
    reasons: tuple[Reason, ...]
    more_reasons: int
    items: tuple[Item, ...]


def most_suspicious(decisions: pl.DataFrame, lines: pl.DataFrame, number: int) -> tuple[Case, ...]:
    """Return the `number` declarations with the highest score, then most profile hits, then most duty at stake.

    Without a score, only declarations with a reason other than the draw qualify: chance alone makes none suspicious.
    """
    suspicion = decisions.with_columns(
        pl.col("score").fill_nan(None),
        pl.col("hits").list.len().fill_null(0).alias("_hits"),
    ).filter(pl.col("score").is_not_null() | (pl.col("_hits") > 0) | (pl.col("targeted_by") == "profile"))
    keys = ("score", "_hits", "duty_at_stake")
    top = suspicion.sort(*keys, "declaration_id", descending=[True, True, True, False], nulls_last=True).head(number)
    mine = lines.filter(pl.col("declaration_id").is_in(top.get_column("declaration_id").implode()))
    items = {key[0]: part for key, part in mine.partition_by("declaration_id", as_dict=True).items()}
    return tuple(_case(row, items.get(row["declaration_id"])) for row in top.iter_rows(named=True))


def _case(row: Mapping[str, Any], items: pl.DataFrame | None) -> Case:
    reasons = [_reason(reason) for reason in row["reasons"] or []]
    concerned = {r.item for r in reasons if r.item is not None}
    return Case(
        declaration=plain(row["declaration_id"], 80),
        day=row["lodged_on"],
        office=plain(row["office"], 80),
        importer_id=plain(row["importer_id"], 40),
        importer_name=plain(row["importer_name"], 120),
        lines=row["line_count"] or 0,
        value=row["customs_value"],
        duty=row["duty_at_stake"],
        currency=plain(row["currency"], 8),
        channel=row["channel"],
        score=row["score"],
        probability=row["probability"],
        targeted_by=row["targeted_by"] or "",
        drawn=bool(row["drawn"]),
        counterfactual={
            "en": plain(row["counterfactual"], 300),
            "vi": plain(row["counterfactual_vi"] or row["counterfactual"], 300),
        },
        reasons=tuple(reasons[:REASONS_SHOWN]),
        more_reasons=max(0, len(reasons) - REASONS_SHOWN),
        items=() if items is None else _items(items, concerned),
    )


def _reason(reason: Mapping[str, Any]) -> Reason:
    usual = reason["usual"]
    # Of a text field, digits alone are a code, such as that of a tariff heading, and no amount.
    written = LINE_SCHEMA.get(reason["field"]) == pl.String and str(reason["value"]).isdigit()
    value = plain(reason["value"], 60) if written else _value(reason["value"])
    numbers = () if written else _numbers(usual)
    return Reason(
        source=plain(reason["source"], 40) or "data",
        code=plain(reason["code"], 60),
        item=reason["item_number"],
        field=plain(reason["field"], 60),
        words={"en": plain(reason["text"], 300), "vi": plain(reason["text_vi"] or reason["text"], 300)},
        value=value,
        usual=numbers or (plain(usual, 60) or None),
        weight=reason["weight"],
    )


def _value(value: object) -> float | str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = plain(value, 60)
    return _number(text) if NUMBER.fullmatch(text) else text or None


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _numbers(usual: object) -> tuple[float, ...]:
    """Read what is usual as one number or two: given as a number, a list, a struct, or a text such as '0.8 to 1.2'."""
    if usual is None or isinstance(usual, bool):
        return ()
    if isinstance(usual, int | float):
        return (float(usual),)
    parts = list(usual.values()) if isinstance(usual, dict) else usual if isinstance(usual, list) else None
    if parts is not None:
        return tuple(float(p) for p in parts if isinstance(p, int | float))[:2]
    bounds = re.split(r"\s+(?:to|đến|–)\s+", str(usual).strip())
    return tuple(_number(b) for b in bounds) if len(bounds) <= 2 and all(NUMBER.fullmatch(b) for b in bounds) else ()


def _items(items: pl.DataFrame, concerned: set[int]) -> tuple[Item, ...]:
    """Lines that a reason names first, then by score; shown in the order of the declaration."""

    def column(name: str) -> pl.Expr:
        return pl.col(name) if name in items.columns else pl.lit(None).alias(name)

    names = ("item_number", "hs_code", "description", "origin_country", "dispatch_country")
    amounts = ("net_mass_kg", "customs_value", "duty_rate", "score")
    rows = list(items.select(*(column(n) for n in (*names, *amounts))).iter_rows(named=True))
    rows.sort(key=lambda r: (r["item_number"] not in concerned, -(r["score"] or 0.0), r["item_number"] or 0))
    return tuple(
        Item(
            number=r["item_number"],
            hs_code=plain(r["hs_code"], 14),
            description=plain(r["description"], 160),
            origin=plain(r["origin_country"], 4),
            dispatch=plain(r["dispatch_country"], 4),
            mass=r["net_mass_kg"],
            value=r["customs_value"],
            duty_rate=r["duty_rate"],
            score=r["score"],
        )
        for r in sorted(rows[:ITEMS_SHOWN], key=lambda r: r["item_number"] or 0)
    )
