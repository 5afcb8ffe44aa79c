"""What is looked at in each row: faults reject it, oddities flag it; both are lists of expressions on typed columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from tidegate.intake.mapping_file import Expected
from tidegate.intake.plan import FINDING, Target
from tidegate.trade import containers, countries, currencies, hs, taxcode, transport

__all__ = ["GIVEN", "Fault", "faults", "flags"]

# What the file said, before it was parsed, stands beside the typed column under this prefix.
GIVEN = "\0given."

LONGEST_TEXT = 32_767  # characters; the most that a cell of a spreadsheet holds
EARLIEST, LATEST = date(1950, 1, 1), date(2100, 12, 31)
_WORDS = ("importer_name", "importer_address", "exporter_name", "declarant_name", "description")
_PORT = r"^[A-Z]{2}[A-Z2-9]{3}$"

_UNPARSED = {
    pl.Float64: "not_number",
    pl.Int32: "not_whole",
    pl.Int64: "not_whole",
    pl.Date: "not_date",
    pl.Boolean: "not_flag",
}


def _beyond(day: pl.Expr) -> pl.Expr:
    return ~day.is_between(EARLIEST, LATEST)


_Rule = Callable[[pl.Expr], pl.Expr]
_OF_A_FIELD: dict[str, tuple[tuple[str, _Rule], ...]] = {
    "lodged_on": (("impossible_date", _beyond),),
    "found_on": (("impossible_date", _beyond),),
    "declaration_id": (("mangled", lambda value: value.str.contains(r"^[0-9]([.,][0-9]+)?[eE]\+[0-9]+$")),),
    "item_number": (("below_one", lambda value: value < 1),),
    "probability": (("above_one", lambda value: value > 1),),
    "hs_code": (
        ("hs_digits", lambda value: ~value.str.contains("^[0-9]+$")),
        ("hs_length", lambda value: ~value.str.len_bytes().is_between(6, 12)),
        ("hs_chapter", lambda value: ~value.str.head(2).is_in(sorted(hs.CHAPTERS))),
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that a column may have: `found` is true in the rows to reject."""

    column: str
    field: str
    code: str
    found: pl.Expr


def faults(targets: Sequence[Target], *, clean: bool = False) -> list[Fault]:
    """All faults to look for, the most telling first within a field. Columns: each target's, and GIVEN + its name.

    `clean` texts hold no NUL.
    """
    found = []
    for target in targets:
        value, name = pl.col(target.name), target.field.name
        was = pl.col(GIVEN + target.name)
        codes: list[tuple[str, pl.Expr]] = []
        if target.codes is not None and target.codes.unknown == "reject":
            codes.append(("unknown_code", _outside(was, target)))
        if target.field.dtype in _UNPARSED:
            codes.append((_UNPARSED[target.field.dtype], was.is_not_null() & value.is_null() & ~_emptied(was, target)))
        if target.field.required and not target.field.blankable and not target.name.startswith(FINDING):
            codes.append(("missing", value.is_null()))
        if target.field.dtype == pl.String:
            if not clean:
                codes.append(("nul", value.str.contains("\0", literal=True)))
            codes.append(("too_long", value.str.len_bytes() > LONGEST_TEXT))
        if target.field.unit and target.field.dtype in (pl.Float64, pl.Int32):
            codes.append(("negative", value < 0))
        found += [Fault(target.name, name, code, expression) for code, expression in codes]
        found += [Fault(target.name, name, code, make(value)) for code, make in _OF_A_FIELD.get(name, ())]
    return found


def flags(table: pl.DataFrame, targets: Sequence[Target], expected: Expected) -> list[tuple[str, pl.Expr]]:
    """All oddities to look for in a table of lines, as (code, expression); absent columns are not looked at."""
    by_field = {target.field.name: target for target in targets if not target.name.startswith(FINDING)}
    field = pl.col
    listed: list[tuple[str, tuple[str, ...], pl.Expr]] = [
        ("hs_missing", ("hs_code",), field("hs_code").is_null()),
        ("hs_not_in_edition", ("hs_code",), ~field("hs_code").str.slice(0, 6).is_in(hs.codes().implode())),
        *(
            (f"{place}_unknown", (f"{place}_country",), ~field(f"{place}_country").is_in(countries.codes().implode()))
            for place in ("origin", "dispatch", "transit")
        ),
        ("currency_unknown", ("currency",), ~field("currency").is_in(currencies.codes().implode())),
        ("loading_port_form", ("loading_port",), ~field("loading_port").str.contains(_PORT)),
        ("unloading_port_form", ("unloading_port",), ~field("unloading_port").str.contains(_PORT)),
        ("mode_unknown", ("transport_mode",), ~field("transport_mode").is_in(list(transport.MODES))),
        ("incoterm_unknown", ("incoterm",), ~field("incoterm").is_in(sorted(transport.INCOTERMS))),
        ("net_over_gross", ("net_mass_kg", "gross_mass_kg"), field("net_mass_kg") > field("gross_mass_kg")),
        ("mass_zero", ("net_mass_kg",), field("net_mass_kg") == 0),
        ("value_missing", ("customs_value",), field("customs_value").is_null()),
        ("value_zero", ("customs_value",), field("customs_value") == 0),
        ("before_registration", ("importer_registered_on",), field("lodged_on") < field("importer_registered_on")),
    ]
    if expected.currency:
        listed.append(("currency_other", ("currency",), field("currency") != expected.currency))
    if expected.tax_code and "importer_id" in by_field:
        wrong = _wrong_tax_codes(table["importer_id"])
        listed.append(("tax_code_digit", ("importer_id",), field("importer_id").is_in(wrong.implode())))
    if "container_ids" in by_field:
        numbers = field("container_ids").str.split(" ")
        for code, wrong in zip(
            ("container_form", "container_digit"), _wrong_containers(table["container_ids"]), strict=True
        ):
            if len(wrong):
                some = numbers.list.set_intersection(pl.lit(wrong.implode())).list.len() > 0
                listed.append((code, ("container_ids",), some))
    if "packages" in by_field:
        was = field(GIVEN + "packages").cast(pl.Float64, strict=False) * by_field["packages"].factor
        listed.append(("packages_rounded", ("packages",), was != was.round()))
    if "message_sent_at" in by_field:
        unread = field(GIVEN + "message_sent_at").is_not_null() & field("message_sent_at").is_null()
        listed.append(("message_time", ("message_sent_at",), unread))
    found = [(code, expression) for code, fields, expression in listed if by_field.keys() >= set(fields)]
    coded = [_outside(pl.col(GIVEN + t.name), t) for t in targets if t.codes is not None and t.codes.unknown == "flag"]
    if coded:
        found.append(("code_unknown", pl.any_horizontal(coded)))
    lost = [pl.col(name).str.contains("\ufffd", literal=True) for name in _WORDS if name in by_field]
    return [*found, ("text_damaged", pl.any_horizontal(lost))] if lost else found


def _outside(given: pl.Expr, target: Target) -> pl.Expr:
    """Whether the code map of a target lacks what the file says."""
    if target.codes is None:
        return pl.lit(False)
    key = given.str.to_uppercase() if target.codes.capitals else given
    return ~key.is_in(list(target.codes.values)).fill_null(True)


def _emptied(given: pl.Expr, target: Target) -> pl.Expr:
    """Whether the code map of a target takes what the file says for nothing."""
    if target.codes is None:
        return pl.lit(False)
    nothing = [code for code, meaning in target.codes.values.items() if not meaning]
    dropped = _outside(given, target) if target.codes.unknown == "empty" else pl.lit(False)
    return given.is_in(nothing).fill_null(False) | dropped


def _wrong_containers(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The container numbers with a wrong form, and those with a wrong check digit."""
    numbers = texts.drop_nulls()
    if numbers.str.contains(" ", literal=True).any():
        numbers = numbers.str.split(" ").explode(empty_as_null=False)
    wrong = numbers.filter(~containers.valid(numbers)).unique()
    formed = containers.known_form(wrong)
    return wrong.filter(~formed), wrong.filter(formed)


def _wrong_tax_codes(codes: pl.Series) -> pl.Series:
    """The codes that are no tax codes; importers come again and again, line after line, so each is looked at once."""
    once = codes.filter(codes.ne_missing(codes.shift())).drop_nulls().unique()
    return once.filter(~taxcode.valid(once))
