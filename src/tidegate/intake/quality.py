"""Data quality: for each sender, field and month, how much was missing, invalid, contradictory or out of range."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from tidegate.trade.spreadsheets import write_sheet

__all__ = [
    "EXPECTED",
    "FAULTS_SCHEMA",
    "FIELD_OF_FLAG",
    "QUALITY_SCHEMA",
    "SENDER",
    "fault_counts",
    "quality",
    "sender",
    "write_quality",
]

KINDS = ("missing", "invalid", "contradictory", "out_of_range")

# What each flag is about; a flag that is not listed is something invalid in no field in particular.
_FLAGS: dict[str, tuple[str, str]] = {
    "hs_missing": ("hs_code", "missing"),
    "hs_not_in_edition": ("hs_code", "invalid"),
    "origin_unknown": ("origin_country", "invalid"),
    "dispatch_unknown": ("dispatch_country", "invalid"),
    "transit_unknown": ("transit_country", "invalid"),
    "currency_unknown": ("currency", "invalid"),
    "currency_other": ("currency", "out_of_range"),
    "container_form": ("container_ids", "invalid"),
    "container_digit": ("container_ids", "invalid"),
    "loading_port_form": ("loading_port", "invalid"),
    "unloading_port_form": ("unloading_port", "invalid"),
    "mode_unknown": ("transport_mode", "invalid"),
    "incoterm_unknown": ("incoterm", "invalid"),
    "net_over_gross": ("net_mass_kg", "contradictory"),
    "mass_zero": ("net_mass_kg", "out_of_range"),
    "value_zero": ("customs_value", "out_of_range"),
    "packages_rounded": ("packages", "invalid"),
    "before_registration": ("importer_registered_on", "contradictory"),
    "tax_code_digit": ("importer_id", "invalid"),
    "message_time": ("message_sent_at", "invalid"),
}
FIELD_OF_FLAG = {code: field for code, (field, _) in _FLAGS.items()}

# Flags that are no faults of the sender; a missing value is counted with the other fields that are expected.
_NO_FAULTS = ("value_missing", "amendment_not_applied")
# What a rejection is, where it is not something invalid. A repeated item is no fault of its data.
_REASONS = {
    "missing": "missing",
    "contradicts": "contradictory",
    **dict.fromkeys(("too_long", "impossible_date", "negative", "below_one", "above_one"), "out_of_range"),
}

# Fields that a declaration has; one counts as missing on a line if any other line of the reading has it.
EXPECTED: tuple[str, ...] = (
    *("office", "procedure", "importer_id", "importer_name", "declarant_id", "description", "origin_country"),
    *("dispatch_country", "transport_mode", "packages", "gross_mass_kg", "net_mass_kg", "customs_value", "currency"),
)

# Rejected rows by sender, month, field and reason; what is not known of them is null.
FAULTS_SCHEMA: dict[str, pl.DataType] = {
    "sender": pl.String(),
    "month": pl.Date(),
    "field": pl.String(),
    "reason": pl.String(),
    "rows": pl.Int64(),
}
QUALITY_SCHEMA: dict[str, pl.DataType] = {
    "sender": pl.String(),
    "field": pl.String(),
    "month": pl.Date(),
    "lines": pl.Int64(),
    **dict.fromkeys(KINDS, pl.Int64()),
    "rate": pl.Float64(),
    "change": pl.Float64(),
}

SENDER = "\0sender"


def sender(columns: Iterable[str]) -> pl.Expr:
    """Who answers for a line: the sender of its message, else its declarant."""
    known = [pl.col(name) for name in ("message_sender", "declarant_id") if name in columns]
    return pl.coalesce(known) if known else pl.lit(None, pl.String)


def fault_counts(refused: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return FAULTS_SCHEMA for refused rows; `SENDER` and `lodged_on` say whose and when, where a table has them."""
    counted = [pl.DataFrame(schema=FAULTS_SCHEMA)]
    for table in refused:
        who = pl.col(SENDER) if SENDER in table.columns else pl.lit(None, pl.String)
        when = pl.col("lodged_on").dt.truncate("1mo") if "lodged_on" in table.columns else pl.lit(None, pl.Date)
        rows = table.group_by(who.alias("sender"), when.alias("month"), "field", "reason").agg(rows=pl.len())
        counted.append(rows.select(pl.col(name).cast(dtype) for name, dtype in FAULTS_SCHEMA.items()))
    return pl.concat(counted).group_by("sender", "month", "field", "reason").agg(pl.col("rows").sum())


def quality(lines: pl.DataFrame, faults: pl.DataFrame) -> pl.DataFrame:
    """Return QUALITY_SCHEMA: one row for each sender, field and month with at least one fault, the most faults first.

    `lines`: all that became lines, superseded too; `faults`: the rejected rows (FAULTS_SCHEMA). The columns missing,
    invalid, contradictory and out_of_range count faults; `lines` are all rows of the sender in the month; `rate` is
    faults a line, `change` its difference to the last month before in which the sender sent anything. A sender,
    field or month that is not known is null.
    """
    ours = [sender(lines.columns).alias("sender"), pl.col("lodged_on").dt.truncate("1mo").alias("month")]
    table = lines.with_columns(ours)
    faults = faults.filter(pl.col("reason") != "repeated")
    kind = pl.col("reason").replace_strict(_REASONS, default="invalid")
    found = [faults.select("sender", "month", "field", kind.alias("kind"), pl.col("rows").alias("n"))]
    by_flag = (
        table.select("sender", "month", pl.col("flags").str.split(" ").alias("flag"))
        .drop_nulls("flag")
        .explode("flag", empty_as_null=False)
        .filter(~pl.col("flag").is_in(_NO_FAULTS))
    )
    flag = pl.col("flag")
    found.append(
        by_flag.group_by(
            "sender",
            "month",
            flag.replace_strict({code: name for code, (name, _) in _FLAGS.items()}, default=None).alias("field"),
            flag.replace_strict({code: kind for code, (_, kind) in _FLAGS.items()}, default="invalid").alias("kind"),
        ).agg(n=pl.len().cast(pl.Int64))
    )
    given = [name for name in EXPECTED if lines[name].null_count() < lines.height]
    for name in given:
        rows = table.filter(pl.col(name).is_null()).group_by("sender", "month").agg(n=pl.len().cast(pl.Int64))
        found.append(rows.select("sender", "month", pl.lit(name).alias("field"), pl.lit("missing").alias("kind"), "n"))
    counts = (
        pl.concat([one.cast({"field": pl.String, "kind": pl.String}) for one in found])
        .group_by("sender", "field", "month")
        .agg(pl.col("n").filter(pl.col("kind") == kind).sum().alias(kind) for kind in KINDS)
    )
    sent = pl.concat(
        [
            table.group_by("sender", "month").agg(lines=pl.len().cast(pl.Int64)),
            faults.group_by("sender", "month").agg(lines=pl.col("rows").sum()),
        ]
    )
    return _with_trend(counts, sent.group_by("sender", "month").agg(pl.col("lines").sum()))


def _with_trend(counts: pl.DataFrame, sent: pl.DataFrame) -> pl.DataFrame:
    """The counts with the lines they are about, and how that rate changed since the month before."""
    before = pl.col("month").shift().over("sender", order_by="month")
    months = sent.with_columns(pl.when(pl.col("month").is_not_null()).then(before).alias("before"))
    total = pl.sum_horizontal(KINDS)
    shares = counts.join(months, on=["sender", "month"], how="left", nulls_equal=True).with_columns(
        rate=total / pl.col("lines")
    )
    last = shares.select("sender", "field", pl.col("month").alias("before"), pl.col("rate").alias("last"))
    # A month without a fault in a field has no row: its rate was 0.
    was = pl.when(pl.col("before").is_not_null()).then(pl.col("last").fill_null(0.0))
    return (
        shares.join(last.drop_nulls("before"), on=["sender", "field", "before"], how="left", nulls_equal=True)
        .with_columns(change=pl.col("rate") - was)
        .sort(-total, "sender", "field", "month")
        .select(pl.col(name).cast(dtype) for name, dtype in QUALITY_SCHEMA.items())
    )


# fmt: off
_VIETNAMESE = {
    "sender": "Bên gửi", "field": "Trường", "month": "Tháng", "lines": "Số dòng hàng", "missing": "Thiếu",
    "invalid": "Không hợp lệ", "contradictory": "Mâu thuẫn", "out_of_range": "Ngoài phạm vi", "rate": "Số lỗi mỗi dòng",
    "change": "Thay đổi so với tháng trước",
}
# fmt: on


def write_quality(table: pl.DataFrame, path: str | Path, language: str = "en") -> None:
    """Write a table of QUALITY_SCHEMA as CSV, its header in "en" or "vi". All of it, or nothing."""
    named = table.rename(_VIETNAMESE) if language == "vi" else table
    write_sheet(named, path)
