"""Manifests for the demo: bills of the made-up sea trade, as ports send them, a few of which do not fit."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from tidegate.intake import meet
from tidegate.intake.edifact import write_bills
from tidegate.trade import BILL_SCHEMA

__all__ = ["as_message", "bills_of", "with_bills", "with_cargo"]

DAYS = timedelta(days=30)  # of the simulated trade that has them
SEA = "1"
# Of the consignments these shares, drawn by the hash of their number: heavier on board than declared where something
# unlawful is in them; a little lighter; on no manifest.
HEAVIER, LIGHTER, MISSING = 0.4, 0.01, 0.01


def with_bills(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines (line table) with the number of the bill, `bill_id`, for what came by sea in the last days."""
    recent = pl.col("lodged_on") > pl.col("lodged_on").max() - DAYS
    number = pl.concat_str(pl.lit("MU"), pl.col("declaration_id").str.slice(-9))
    return lines.with_columns(pl.when(recent & (pl.col("transport_mode") == SEA)).then(number).alias("bill_id"))


def with_cargo(lines: pl.DataFrame, unlawful: Collection[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lines with their bills and what these say of them, and the bills."""
    named = with_bills(lines)
    bills = bills_of(named, unlawful)
    marked, _ = meet(named, bills)
    marks = ("cargo_found", "cargo_mass_ratio")
    return marked.with_columns(pl.when(pl.col("bill_id").is_not_null()).then(name).alias(name) for name in marks), bills


def bills_of(lines: pl.DataFrame, unlawful: Collection[str]) -> pl.DataFrame:
    """The bills (BILL_SCHEMA) of lines that name one: a row a container, made up."""
    chance = (pl.col("declaration_id").hash(1) % 10_000) / 10_000
    bad = pl.col("declaration_id").is_in(list(unlawful))
    size = pl.when(bad & (chance < HEAVIER)).then(1.2 + chance).when(~bad & (chance < LIGHTER)).then(0.93)
    boxes = pl.col("container_ids").fill_null("").str.split(" ")
    shared = pl.len().over("declaration_id")
    first = pl.int_range(pl.len()).over("declaration_id") == 0
    mass = (pl.col("gross_mass_kg") * size.otherwise(0.998 + chance / 250) / shared).round(1)
    day = pl.col("lodged_on").dt.strftime("%m%d")
    rows = (
        lines.filter(pl.col("bill_id").is_not_null())
        .group_by("declaration_id", maintain_order=True)
        .agg(
            pl.col("gross_mass_kg", "packages").sum(),
            pl.col("bill_id", "lodged_on", "container_ids", "carrier_id", "transport_id", "transport_mode").first(),
            pl.col("package_type", "loading_port", "unloading_port", "office", "description").first(),
            pl.col("exporter_name").first().alias("consignor_name"),
            pl.col("importer_id").first().alias("consignee_id"),
            pl.col("importer_name").first().alias("consignee_name"),
        )
        .filter(bad | (chance < 1 - MISSING))
        .with_columns(boxes.alias("container_id"))
        .explode("container_id", empty_as_null=True)
        .with_columns(
            pl.col("container_id").replace("", None),
            pl.when(first).then("packages").cast(pl.Int32).alias("packages"),
            mass.alias("gross_mass_kg"),
            pl.col("lodged_on").alias("arrived_on"),
            pl.concat_str(day, pl.lit("E")).alias("voyage"),
            pl.concat_str(pl.col("transport_id").fill_null("MU"), day, "unloading_port", separator="-").alias(
                "manifest_id"
            ),
        )
        .sort("arrived_on", "manifest_id", "bill_id", maintain_order=True)
    )
    return rows.select(
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in BILL_SCHEMA.items()
    )


def as_message(bills: pl.DataFrame, made_at: datetime) -> bytes:
    """Bills as an interchange of CUSCAR messages, one a manifest. `made_at`: without a time zone."""
    with tempfile.TemporaryDirectory() as folder:
        return b"".join(path.read_bytes() for path in write_bills(bills, Path(folder), made_at=made_at))
