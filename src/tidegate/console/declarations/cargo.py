"""The cargo of a declaration: what manifests say of it, and the parcels that belong together with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl
from django.db.models import Q
from django.utils.translation import get_language

from tidegate.console.deciding.cargo import held_against
from tidegate.console.deciding.keeping import lines_of
from tidegate.console.declarations.histories import with_channel
from tidegate.console.register.models import Bill, Declaration, Message, Subject, User
from tidegate.intake import CARGO_KINDS, plain_number, standing_bills
from tidegate.intake.parcels import THRESHOLDS, link

__all__ = ["Cargo", "Consignment", "Parcels", "cargo_of", "kind_told", "parcels_of", "stands_in"]

POST = "5"  # mode of transport (UN/ECE Recommendation 19)
SAME = ("parcels", "importer", "address")  # what parcels that may belong together have in common
DAYS = timedelta(days=3)  # between the lodging of two parcels that arrive on one day
MOST = 200


@dataclass(frozen=True, slots=True)
class Consignment:
    """A bill as it counts now. `rows`: its rows, one a container, as Bill.fields; `messages`: how many named it;
    `late`: what counts came after the declaration."""

    source: Message
    rows: Sequence[dict[str, Any]]
    messages: int
    late: bool


@dataclass(frozen=True, slots=True)
class Cargo:
    """What manifests say of a declaration. `kind`: a code of CARGO_KINDS, "" where no manifest is there that could name
    it; masses in kg, `ratio` is declared over manifested; `others`: declarations of the same cargo, and of `hidden`
    more the user may not know; `cut`: of so many bills or declarations that masses are not compared."""

    kind: str
    text: str
    manifested_kg: float | None
    declared_kg: float | None
    ratio: float | None
    by_container: bool
    bills: Sequence[Consignment]
    others: Sequence[Declaration]
    hidden: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Parcels:
    """Parcels to one addressee on one day, this one first. `value` of all (null: in several currencies); `threshold`
    up to which one parcel is free of duty; `split`: it is within that by itself, and over it with the others."""

    parcels: Sequence[tuple[Declaration, str]]
    value: float | None
    currency: str
    threshold: float | None
    split: bool


def cargo_of(declaration: Declaration, user: User) -> Cargo:
    """Hold a declaration against the manifests that are there now."""
    lines = lines_of([declaration])
    met = held_against(lines)
    number = declaration.number
    row = next((one for one in met.report.to_dicts() if stands_in(number, one["declaration_ids"])), None)
    found = met.marks["cargo_found"][0]
    kind = "" if found is None else row["kind"] if found and row else "without_cargo"
    if kind == "" or row is None:
        return Cargo(kind, kind_told(kind) if kind else "", None, None, None, False, [], [], 0, met.cut)
    named = [one for name, one in met.others.items() if stands_in(name, row["declaration_ids"])]
    seen = Declaration.objects.visible_to(user).filter(pk__in=[one.pk for one in named]).order_by("-lodged_on", "-pk")
    pks = list(seen.values_list("pk", flat=True))
    return Cargo(
        kind,
        kind_told(kind),
        None if met.cut else row["manifested_kg"],
        None if met.cut else row["declared_kg"],
        None if met.cut else row["ratio"],
        row["matched_by"] == "container",
        _bills(met.bills, row, declaration),
        with_channel(pks[:MOST]),
        len(named) - len(pks),
        met.cut,
    )


def _bills(bills: pl.DataFrame, row: dict[str, Any], declaration: Declaration) -> list[Consignment]:
    """The bills of a row of the report."""
    told_by = {True: ("bill_id", "bill_ids"), False: ("container_id", "container_ids")}
    mine = []
    for one in standing_bills(bills).select("key", "row", "bill_id", "container_id").to_dicts():
        name, names = told_by[bool(one["bill_id"])]
        if stands_in(one[name], row[names]):
            mine.append(one)
    held = {
        one.pk: one
        for one in Bill.objects.filter(pk__in=[one["row"] for one in mine][:MOST])
        .select_related("message")
        .defer("message__body", "message__faults")
    }
    told = zip(bills["bill_id"].to_list(), bills["message_id"].to_list(), strict=True)
    messages = Counter(number for number, _ in {(plain_number(bill), message) for bill, message in told})
    found: dict[str, list[Bill]] = {}
    for one in mine:
        if one["row"] in held:
            found.setdefault(one["key"], []).append(held[one["row"]])
    return [
        Consignment(
            rows[0].message,
            [one.fields for one in rows],
            messages.get(rows[0].number, 1) if rows[0].number else 1,
            rows[0].message.received_at > declaration.received_at,
        )
        for rows in found.values()
    ]


def stands_in(text: str | None, told: str | None) -> bool:
    """Whether a text stands in texts that are put together with spaces."""
    return text is not None and f" {text} " in f" {told or ''} "


def kind_told(kind: str) -> str:
    """What a code of CARGO_KINDS says, in the reader's language."""
    entry = next(one for one in CARGO_KINDS if one.code == kind)
    return entry.text_vi if get_language() == "vi" else entry.text


def parcels_of(declaration: Declaration, user: User) -> Parcels | None:
    """The parcels that belong together with this one; None where it is no parcel, or has no others."""
    own = lines_of([declaration])
    if own["transport_mode"].drop_nulls().to_list()[:1] != [POST]:
        return None
    keys = Subject.objects.filter(declaration=declaration, role__in=SAME).values_list("role", "key")
    alike = Q(pk=None)
    for role, key in keys:
        alike |= Q(role=role, key=key)
    near = (declaration.lodged_on - DAYS, declaration.lodged_on + DAYS)
    named = Subject.objects.visible_to(user).filter(alike, lodged_on__range=near).values_list("declaration_id")
    others = Declaration.objects.filter(pk__in=named, current=True, cancelled=False)
    held = [declaration, *others.exclude(number=declaration.number).order_by("number")[:MOST]]
    lines = lines_of(held).filter(pl.col("transport_mode") == POST)
    linked = lines.select("declaration_id", "description", "customs_value", "currency").hstack(link(lines))
    mine = linked.filter(pl.col("declaration_id") == declaration.number)
    to = mine["linked_to"][0]
    if to is None:
        return None
    together = linked.filter(pl.col("linked_to") == to)
    what = dict(together.group_by("declaration_id").agg(pl.col("description").drop_nulls().first()).iter_rows())
    currencies = together["currency"].unique()
    currency = currencies[0] or "" if len(currencies) == 1 else ""
    shown = with_channel([one.pk for one in held if one.number in what])
    return Parcels(
        [(one, what[one.number] or "") for one in shown],
        float(together["customs_value"].sum()) if currency else None,
        currency,
        THRESHOLDS.get(currency),
        bool(mine["linked_under_threshold"][0]),
    )
