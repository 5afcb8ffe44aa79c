"""The post of a day, for the demo: what a single window, a port and the post office would send, as real messages."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import polars as pl

from tidegate.intake.edifact import write_bills
from tidegate.intake.known import BY_NAME
from tidegate.trade import BILL_SCHEMA, s10

__all__ = ["post"]

PARCELS, TOGETHER = 10, 4
# Made up, with valid check digits: of the two consignments, and of the cargo that nobody declares.
BOXES, STRAY = ("TGDU0000003", "TGDU0000019"), "TGDU0000024"


def post(trade: pl.DataFrame, decisions: pl.DataFrame, folder: Path, today: date) -> None:
    """Write messages of `today` into `folder`: one WCO declaration, one SAD, one manifest, ten parcels. All made up.

    They are made from past trade (line table): its most suspicious sea consignment that was opened, one that was
    released, and parcels, four of them to one addressee and one without its value. The manifest has the two
    consignments, and a container that nobody declares.
    """
    sea = trade.filter(pl.col("container_ids").is_not_null(), pl.col("transport_mode") == "1")
    ranked = decisions.filter(pl.col("declaration_id").is_in(sea["declaration_id"].implode())).sort(
        "score", "declaration_id", descending=True
    )
    suspect = ranked.filter(pl.col("channel") == "red").head(1)
    calm = ranked.filter(pl.col("channel") == "green").tail(1)
    by_format = {
        "wco": _renewed(sea, suspect, today, "2", BOXES[0]),
        "asycuda": _renewed(sea, calm, today, "3", BOXES[1]),
    }
    by_format["parcels"] = _parcels(trade.filter(pl.col("transport_mode") == "5"), today)
    for name, lines in by_format.items():
        write = BY_NAME[name].write
        assert write is not None
        write(lines, folder)
    write_bills(_manifest(pl.concat([by_format["wco"], by_format["asycuda"]]), today), folder)


def _renewed(trade: pl.DataFrame, chosen: pl.DataFrame, today: date, digit: str, box: str) -> pl.DataFrame:
    """The lines of one declaration, lodged once more under another number, in another container."""
    lines = trade.join(chosen.select("declaration_id"), on="declaration_id", how="semi").sort("item_number")
    return _sent(lines, today).with_columns(
        (pl.lit(digit) + pl.col("declaration_id").str.slice(1)).alias("declaration_id"), container_ids=pl.lit(box)
    )


def _parcels(trade: pl.DataFrame, today: date) -> pl.DataFrame:
    """Ten parcels of today, the first four to whoever received most of late."""
    single = trade.sort("lodged_on", "declaration_id", "item_number").unique(
        "declaration_id", keep="first", maintain_order=True
    )
    busiest = (
        single.group_by("importer_id", maintain_order=True).len().sort("len", descending=True, maintain_order=True)
    )
    his = single.filter(pl.col("importer_id") == busiest["importer_id"][0]).head(TOGETHER)
    others = single.filter(pl.col("importer_id") != busiest["importer_id"][0]).unique(
        "importer_id", keep="last", maintain_order=True
    )
    lines = pl.concat([his, others.tail(PARCELS - his.height)])
    numbers = [f"CP{900_000_00 + n:08}{s10.check_digit(f'{900_000_00 + n:08}')}CN" for n in range(lines.height)]
    return _sent(lines, today).with_columns(
        pl.Series("declaration_id", numbers),
        pl.lit(1, pl.Int32).alias("item_number"),
        # The last one does not say what it is worth.
        pl.when(pl.int_range(pl.len()) < pl.len() - 1).then("customs_value").alias("customs_value"),
        pl.lit("VN").alias("addressee_country"),
        pl.lit("1 Made-up Street").alias("exporter_address"),
        pl.lit("sale_of_goods").alias("parcel_category"),
        pl.lit(today).alias("arrived_on"),
    )


def _sent(lines: pl.DataFrame, today: date) -> pl.DataFrame:
    """Lines as a message of today says them; what only a node knows of its traders is not in it."""
    return lines.with_columns(
        pl.lit(today).alias("lodged_on"),
        pl.lit(None, pl.String).alias("flags"),
        pl.lit("original").alias("message_function"),
        pl.lit(1, pl.Int32).alias("message_version"),
        pl.lit(datetime.combine(today, time(8))).alias("message_sent_at"),
        (pl.lit("MADE-UP-") + pl.col("declaration_id")).alias("message_id"),
        pl.col("declarant_id").alias("message_sender"),
    )


def _manifest(lines: pl.DataFrame, today: date) -> pl.DataFrame:
    """One bill a declaration, and a bill of a container that nobody declares."""
    bills = lines.group_by("declaration_id", maintain_order=True).agg(
        pl.col("container_ids").first().alias("container_id"),
        pl.col("gross_mass_kg").sum(),
        pl.col("packages").sum().cast(pl.Int32),
        pl.col("package_type", "loading_port", "unloading_port", "transport_mode", "description").first(),
        pl.col("exporter_name").first().alias("consignor_name"),
        pl.col("importer_name").first().alias("consignee_name"),
    )
    bills = bills.drop("declaration_id").with_columns(
        pl.lit("MADE-UP-VOYAGE-1").alias("manifest_id"),
        pl.int_range(1, pl.len() + 1).cast(pl.String).alias("bill_id"),
        pl.lit(today).alias("arrived_on"),
        pl.lit("MADEUPLINE").alias("carrier_id"),
        pl.lit("1E").alias("voyage"),
    )
    stray = bills.head(1).with_columns(
        pl.lit(STRAY).alias("container_id"),
        pl.lit("99").alias("bill_id"),
        pl.lit("Frozen offal, said to contain").alias("description"),
        pl.lit(None, pl.String).alias("consignee_name"),
    )
    both = pl.concat([bills, stray])
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in BILL_SCHEMA.items() if name not in both.columns]
    return both.with_columns(absent).select(BILL_SCHEMA.keys())
