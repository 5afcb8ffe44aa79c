"""Versions: of all messages about one declaration the latest counts; what came before stays, with why it does not."""

from __future__ import annotations

import polars as pl

from tidegate.trade import MESSAGE_SCHEMA
from tidegate.trade.versions import CANCELLED, IDENTITY, SUPERSEDED, WHY, is_cancellation, standing

__all__ = [
    "CANCELLED",
    "IDENTITY",
    "SUPERSEDED",
    "WHY",
    "amended_after",
    "explained",
    "is_cancellation",
    "late_withdrawals",
    "settle",
    "withdrawn_after",
]

# Declarations that were taken back late.
WITHDRAWN_SCHEMA: dict[str, pl.DataType] = {
    "declaration_id": pl.String(),
    "party": pl.String(),
    "withdrawn_at": pl.Datetime("us"),
}
WITHDRAWN_DAYS = 365  # for which that is remembered
_TIES = ("message_id", "message_format", "message_version")


def settle(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (lines that count, earlier ones with the columns WHY after their own), both in the order of `lines`.

    `lines`: lines of all versions together, and the rows of cancellations. The latest message about a declaration
    counts, as a whole: an item that it no longer names is gone. If it is a cancellation, nothing counts: the lines of
    the last message before it are `cancelled`, as are the cancellation's own rows; all others are `superseded`.

    Which message is the latest does not depend on the order of arrival: the higher version, then the later sending,
    then original before amendment before cancellation, then the reference. An amendment or cancellation without a
    version stands behind all that was sent before it, and behind everything if it does not say when it was sent.
    """
    if not {"message_function", "message_version"} & set(lines.columns) or not lines.height:
        return lines, explained(lines.clear())
    whole = lines.with_columns(
        pl.lit(None, MESSAGE_SCHEMA[name]).alias(name) for name in IDENTITY if name not in lines.columns
    )
    messages = whole.select("declaration_id", *IDENTITY).unique()
    again = messages["declaration_id"].is_duplicated() | messages.select(is_cancellation()).to_series()
    if not again.any():
        return lines, explained(lines.clear())
    last = _last(messages.filter(again))
    keys = ["declaration_id", *IDENTITY]
    placed = whole.select(keys).join(last, on=keys, how="left", nulls_equal=True, maintain_order="left")
    why = placed["why"]
    earlier = lines.hstack(placed.select(WHY.keys())).filter(why.is_not_null())
    return lines.filter(why.is_null()), earlier


def explained(lines: pl.DataFrame, why: str | None = None) -> pl.DataFrame:
    """The lines with the columns WHY, all of them with one reason."""
    said = {"why": why}
    return lines.with_columns(pl.lit(said.get(name), dtype).alias(name) for name, dtype in WHY.items())


def _last(messages: pl.DataFrame) -> pl.DataFrame:
    """The columns WHY for each message: null for the one that counts."""
    of = "declaration_id"
    gone = pl.col("why").is_not_null()
    return standing(messages, of, _TIES).select(
        of,
        *IDENTITY,
        "why",
        pl.when(gone).then(pl.col("message_id").last().over(of)).alias("later_message"),
        pl.when(gone).then(pl.col("message_version").last().over(of)).alias("later_version"),
    )


def amended_after(lines: pl.DataFrame, earlier: pl.DataFrame, announced: pl.DataFrame) -> pl.Series:
    """Return `amended_after_announcement`, one flag a line: its declaration was changed once its inspection was known.

    `announced`: declaration_id and announced_at (UTC). A declaration was changed if its message is an amendment or of a
    version above 1, or if `earlier` holds lines of it; it was changed too late if the message was sent after the
    announcement. Null where it was announced and changed, but the message does not say when it was sent.
    """
    known = announced.group_by("declaration_id").agg(pl.col("announced_at").cast(pl.Datetime("us")).min())
    missing = [name for name in MESSAGE_SCHEMA if name not in lines.columns]
    table = (
        lines.select("declaration_id", *(name for name in MESSAGE_SCHEMA if name in lines.columns))
        .with_columns(pl.lit(None, MESSAGE_SCHEMA[name]).alias(name) for name in missing)
        .join(known, on="declaration_id", how="left", maintain_order="left")
    )
    changed = (
        (pl.col("message_function") == "amendment").fill_null(False)
        | (pl.col("message_version") > 1).fill_null(False)
        | pl.col("declaration_id").is_in(earlier["declaration_id"].unique().implode())
    )
    late = (
        pl.when(pl.col("announced_at").is_null() | ~changed)
        .then(False)
        .otherwise(pl.col("message_sent_at") > pl.col("announced_at"))
    )
    return table.select(late.alias("amended_after_announcement")).to_series()


def withdrawn_after(earlier: pl.DataFrame, announced: pl.DataFrame) -> pl.DataFrame:
    """Return declaration_id, party and withdrawn_at (UTC) of declarations cancelled once their inspection was known.

    `earlier`: lines that do not count, with the rows of cancellations; `announced` as in `amended_after`. The party is
    the importer, else the declarant. A cancellation that does not say when it was sent is not told as late.
    """
    known = announced.group_by("declaration_id").agg(pl.col("announced_at").cast(pl.Datetime("us")).min())
    if not {"message_function", "message_sent_at"} <= set(earlier.columns):
        return pl.DataFrame(schema=WITHDRAWN_SCHEMA)
    late = (
        earlier.filter(is_cancellation() & (pl.col("why") == CANCELLED))
        .join(known, on="declaration_id")
        .filter(pl.col("message_sent_at") > pl.col("announced_at"))
        .group_by("declaration_id")
        .agg(pl.col("message_sent_at").min().alias("withdrawn_at"))
    )
    parties = (
        earlier.filter(~is_cancellation())
        .group_by("declaration_id")
        .agg(pl.coalesce("importer_id", "declarant_id").drop_nulls().first().alias("party"))
    )
    return late.join(parties, on="declaration_id", how="left").select(WITHDRAWN_SCHEMA.keys())


def late_withdrawals(lines: pl.DataFrame, withdrawn: pl.DataFrame) -> pl.Series:
    """Return `late_withdrawals`, one number a line: how many declarations its importer (else its declarant) withdrew
    once their inspection was known, in the WITHDRAWN_DAYS before. `withdrawn` as `withdrawn_after` returns it.

    Only what was sent before the line was counts; of a line that does not say when it was sent, before its day.
    """
    sent = pl.col("message_sent_at") if "message_sent_at" in lines.columns else pl.lit(None, pl.Datetime("us"))
    asked = lines.select(
        pl.coalesce("importer_id", "declarant_id").alias("party"),
        pl.coalesce(sent, pl.col("lodged_on").cast(pl.Datetime("us"))).alias("moment"),
    ).with_row_index("row")
    age = pl.col("moment") - pl.col("withdrawn_at")
    counts = (
        asked.join(withdrawn.drop_nulls("party"), on="party")
        .filter((age > pl.duration()) & (age <= pl.duration(days=WITHDRAWN_DAYS)))
        .group_by("row")
        .agg(pl.len().cast(pl.Int32).alias("late_withdrawals"))
    )
    return (
        asked.join(counts, on="row", how="left", maintain_order="left")
        .select(pl.col("late_withdrawals").fill_null(0))
        .to_series()
    )
