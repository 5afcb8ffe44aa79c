"""Manifests meet declarations: what is on board undeclared, declared but not on board, or of another weight."""
# ruff: noqa: E501 - the list of kinds is read down its columns

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tidegate.errors import InputError
from tidegate.intake.links import by_container, by_number, weighed_bills
from tidegate.intake.reasons import Reason
from tidegate.trade.spreadsheets import write_sheet

__all__ = ["CARGO_KINDS", "CARGO_SCHEMA", "Meeting", "Tolerance", "meet", "meeting", "write_cargo"]

# What is said of a consignment; the first that holds, the gravest first.
# fmt: off
CARGO_KINDS: tuple[Reason, ...] = (
    Reason("undeclared", "on the manifest, and no declaration names it", "có trong bản lược khai nhưng không có tờ khai"),
    Reason("without_cargo", "declared, and on no manifest that was given", "có tờ khai nhưng không có trong các bản lược khai đã nhận"),
    Reason("short", "less mass is declared than manifested", "trọng lượng khai báo ít hơn bản lược khai"),
    Reason("over", "more mass is declared than manifested", "trọng lượng khai báo nhiều hơn bản lược khai"),
    Reason("not_weighed", "they meet, and one side does not say its mass", "khớp nhau nhưng một bên không ghi trọng lượng"),
    Reason("agrees", "declaration and manifest agree", "tờ khai và bản lược khai khớp nhau"),
)
# fmt: on

CARGO_SCHEMA: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "manifest_id": pl.String(),
    "bill_ids": pl.String(),
    "container_ids": pl.String(),
    "declaration_ids": pl.String(),
    "party": pl.String(),
    "arrived_on": pl.Date(),
    "manifested_kg": pl.Float64(),
    "declared_kg": pl.Float64(),
    "ratio": pl.Float64(),
    "matched_by": pl.String(),
}
_IDS = pl.List(pl.String())
_TOLD: dict[str, pl.DataType] = {
    **dict.fromkeys(("manifest_id", "bill_id", "container_ids"), pl.String()),
    **dict.fromkeys(("message_format", "message_id", "message_sender", "kind"), pl.String()),
    "declaration_ids": _IDS,
}


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far declared and manifested mass may lie apart, and how far in time a container's two mentions may.

    Masses agree unless they differ by more than `share` of the manifested mass and by more than `kg`. Two percent, 400
    kg of a full container, is more than rounding and pallets make; 50 kg keeps a small consignment from being called
    short for a rounded figure. `days`: after a month or so a container comes back with other goods.
    """

    share: float = 0.02
    kg: float = 50.0
    days: int = 30

    def __post_init__(self) -> None:
        for name in ("share", "kg", "days"):
            value = getattr(self, name)
            if not (isfinite(value) and value >= 0):
                raise InputError(f"{name} is {value}.", where="tolerance of cargo", hint="It must be 0 or more.")


@dataclass(frozen=True, slots=True)
class Meeting:
    """Declarations held against bills: `lines` and `report` are what `meet` returns.

    `bills` has a row for each bill that counts: manifest_id, bill_id, container_ids (one space between two),
    message_format, message_id, message_sender, `kind` (of CARGO_KINDS) and `declaration_ids` (a list) of its
    consignment.
    """

    lines: pl.DataFrame
    report: pl.DataFrame
    bills: pl.DataFrame


def meet(
    lines: pl.DataFrame, bills: pl.DataFrame, tolerance: Tolerance | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (lines with `cargo_found` and `cargo_mass_ratio`, the report: CARGO_SCHEMA, the gravest first): `meeting`
    without its bills."""
    met = meeting(lines, bills, tolerance)
    return met.lines, met.report


def meeting(lines: pl.DataFrame, bills: pl.DataFrame, tolerance: Tolerance | None = None) -> Meeting:
    """Hold declarations against bills (BILL_SCHEMA, all versions).

    A consignment is what cannot be told apart: the bills and declarations that name one another. Its declared gross
    mass is compared with the manifested one, so that a bill cleared in parts, or a declaration for several bills, is
    weighed as a whole, and no bill counts twice. `cargo_found` is null where no manifest was given, or none of the
    line's mode of transport; `cargo_mass_ratio` is declared over manifested mass, null where one is not known.
    """
    tolerance = tolerance or Tolerance()
    if not bills.height:
        nothing = (pl.lit(None, pl.Boolean).alias("cargo_found"), pl.lit(None, pl.Float64).alias("cargo_mass_ratio"))
        return Meeting(lines.with_columns(*nothing), pl.DataFrame(schema=CARGO_SCHEMA), pl.DataFrame(schema=_TOLD))
    cargo = weighed_bills(bills)
    declared = _declarations(lines)
    named = by_number(lines, cargo, declared)
    held = by_container(lines, cargo, declared, named, tolerance.days)
    report = _consignments(cargo, declared, named, held)
    difference = (pl.col("declared_kg") - pl.col("manifested_kg")).abs()
    within = (difference <= tolerance.share * pl.col("manifested_kg")) | (difference <= tolerance.kg)
    kind = (
        pl.when(pl.col("declarations") == 0)
        .then(pl.lit("undeclared"))
        .when(pl.col("bills") == 0)
        .then(pl.lit("without_cargo"))
        .when(difference.is_null())
        .then(pl.lit("not_weighed"))
        .when(within)
        .then(pl.lit("agrees"))
        .when(pl.col("declared_kg") < pl.col("manifested_kg"))
        .then(pl.lit("short"))
        .otherwise(pl.lit("over"))
    )
    both = (pl.col("bills") > 0) & (pl.col("declarations") > 0) & (pl.col("manifested_kg") > 0)
    ratio = pl.when(both).then(pl.col("declared_kg") / pl.col("manifested_kg"))
    report = report.with_columns(kind.alias("kind"), ratio.alias("ratio"))
    marked = _marked(lines, declared, report, bills)
    # Of a declaration by post, manifests of ships say nothing: not even that its cargo is missing.
    silent = marked.filter(pl.col("cargo_found").is_null())["declaration_id"].unique()
    lacking = (pl.col("kind") == "without_cargo") & pl.col("declaration_ids").is_in(silent.implode())
    return Meeting(marked, _laid_out(report.filter(~lacking)), _told(cargo, report, declared))


def write_cargo(report: pl.DataFrame, path: str | Path, language: str = "en") -> None:
    """Write a report of `meet` as CSV, with a column `explanation` in "en" or "vi". All of it, or nothing."""
    texts = {entry.code: entry.text_vi if language == "vi" else entry.text for entry in CARGO_KINDS}
    explained = report.with_columns(
        explanation=pl.col("kind").replace_strict(list(texts), list(texts.values()), return_dtype=pl.String)
    )
    write_sheet(explained, path)


def _declarations(lines: pl.DataFrame) -> pl.DataFrame:
    """One row a declaration, with its number `d` and its gross mass: null where a line does not say its own."""
    mass = pl.col("gross_mass_kg")
    return (
        lines.group_by("declaration_id", maintain_order=True)
        .agg(
            pl.when(mass.null_count() == 0).then(mass.sum()).first().alias("declared_kg"),
            pl.col("lodged_on").min(),
            pl.col("importer_id").first(),
            pl.col("importer_name").first(),
        )
        .with_row_index("d")
    )


def _consignments(cargo: pl.DataFrame, declared: pl.DataFrame, named: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """One row a consignment: all bills and declarations that links (d, b) join, directly or through others."""
    links = pl.concat([named, held])
    size = declared.height + cargo.height
    ends = links["d"].to_numpy().astype(np.int64), links["b"].to_numpy().astype(np.int64) + declared.height
    graph = coo_array((np.ones(links.height, np.int8), ends), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    mine = declared.with_columns(pl.Series("group", group[: declared.height], pl.Int64))
    theirs = cargo.with_columns(pl.Series("group", group[declared.height :], pl.Int64))
    by = pl.concat(
        [links_.select("d", pl.lit(way).alias("by")) for links_, way in ((named, "bill"), (held, "container"))]
    )
    ways = by.join(mine.select("d", "group"), on="d").group_by("group").agg(pl.col("by").unique().sort().str.join(" "))
    # An unknown mass on one row makes the whole unknown: a part of the sum would look like a short weight.
    told = pl.col("declared_kg").null_count() == 0
    sides = mine.group_by("group").agg(
        pl.len().alias("declarations"),
        pl.col("d").first(),
        pl.col("declaration_id").str.join(" ").alias("declaration_ids"),
        pl.when(told).then(pl.col("declared_kg").sum()).first().alias("declared_kg"),
        pl.col("importer_name").drop_nulls().first(),
        pl.col("d").alias("members"),
    )
    weighed = pl.col("manifested_kg").null_count() == 0
    cargo_sides = theirs.group_by("group").agg(
        pl.len().alias("bills"),
        pl.col("b").first(),
        pl.col("manifest_id").drop_nulls().unique(maintain_order=True).str.join(" "),
        pl.col("bill_id").drop_nulls().str.join(" ").alias("bill_ids"),
        pl.col("containers")
        .explode(empty_as_null=False)
        .drop_nulls()
        .unique(maintain_order=True)
        .str.join(" ")
        .alias("container_ids"),
        pl.col("consignee_name").drop_nulls().first(),
        pl.col("arrived_on").min(),
        pl.when(weighed).then(pl.col("manifested_kg").sum()).first().alias("manifested_kg"),
        pl.col("b").alias("cargo"),
    )
    return (
        sides.join(cargo_sides, on="group", how="full", coalesce=True)
        .join(ways, on="group", how="left")
        .with_columns(
            pl.col("declarations", "bills").fill_null(0), pl.coalesce("consignee_name", "importer_name").alias("party")
        )
        .rename({"by": "matched_by"})
    )


def _marked(lines: pl.DataFrame, declared: pl.DataFrame, report: pl.DataFrame, bills: pl.DataFrame) -> pl.DataFrame:
    """The lines with what was found of their declarations."""
    found = (
        report.filter(pl.col("declarations") > 0)
        .select("members", pl.col("bills") > 0, "ratio")
        .explode("members", empty_as_null=False, keep_nulls=False)
        .rename({"members": "d"})
        .join(declared.select("d", "declaration_id"), on="d")
        .select("declaration_id", pl.col("bills").alias("cargo_found"), pl.col("ratio").alias("cargo_mass_ratio"))
    )
    modes = bills["transport_mode"].drop_nulls().unique()
    seen = pl.col("cargo_found")
    if len(modes):
        other = pl.col("transport_mode").is_not_null() & ~pl.col("transport_mode").is_in(modes.implode())
        seen = pl.when(~(other & ~seen)).then(seen)
    return lines.join(found, on="declaration_id", how="left", maintain_order="left").with_columns(seen)


def _told(cargo: pl.DataFrame, report: pl.DataFrame, declared: pl.DataFrame) -> pl.DataFrame:
    """One row a bill, with what became of its consignment (Meeting.bills)."""
    on_board = report.filter(pl.col("bills") > 0)
    numbers = declared["declaration_id"]
    told = on_board.select(
        "kind",
        pl.Series(
            "declaration_ids", [[] if d is None else numbers.gather(d).to_list() for d in on_board["members"]], _IDS
        ),
        pl.col("cargo").alias("b"),
    ).explode("b", empty_as_null=False)
    spaced = cargo.with_columns(pl.col("containers").list.join(" ").replace("", None).alias("container_ids"))
    return spaced.join(told, on="b", maintain_order="left").select(_TOLD.keys())


def _laid_out(report: pl.DataFrame) -> pl.DataFrame:
    order = [entry.code for entry in CARGO_KINDS]
    rank = pl.col("kind").replace_strict(order, list(range(len(order))), return_dtype=pl.Int8)
    return report.sort(rank, "b", "d", nulls_last=True).select(
        pl.col(name).replace("", None) if dtype == pl.String() else pl.col(name).cast(dtype)
        for name, dtype in CARGO_SCHEMA.items()
    )
