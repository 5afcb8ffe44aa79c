"""Versions: of all messages about one declaration the latest counts; what came before stays, with why it does not."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from tidegate.trade import MESSAGE_SCHEMA

__all__ = ["CANCELLED", "IDENTITY", "SUPERSEDED", "WHY", "amended_after", "explained", "is_cancellation", "settle"]

SUPERSEDED, CANCELLED = "superseded", "cancelled"

# Columns that earlier lines have besides those of the lines: why they do not count, and the message that says so.
WHY: dict[str, pl.DataType] = {"why": pl.String(), "later_message": pl.String(), "later_version": pl.Int32()}

# What tells two messages about a declaration apart; without any of these, a line has no versions.
IDENTITY = ("message_version", "message_sent_at", "message_function", "message_id", "message_format")
_RANK = {"original": 1, "amendment": 2, "cancellation": 3}
_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001 - bounds of a column without time zones


def is_cancellation() -> pl.Expr:
    """Whether the message of a line takes its declaration back."""
    return (pl.col("message_function") == "cancellation").fill_null(False)


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
    function = pl.col("message_function")
    rank = function.replace_strict(_RANK, default=0, return_dtype=pl.Int32).fill_null(0)
    later = rank >= _RANK["amendment"]
    sent = pl.col("message_sent_at").fill_null(pl.when(later).then(pl.lit(_LAST)).otherwise(pl.lit(_FIRST)))
    ordered = messages.with_columns(rank.alias("\0rank"), sent.cast(pl.Datetime("us")).alias("\0sent")).sort(
        "declaration_id", "\0sent", "message_version", nulls_last=True
    )
    # A message without a version has that of the last one sent before it; an original is the first.
    so_far = pl.col("message_version").cum_max().forward_fill().over("declaration_id")
    version = pl.coalesce("message_version", pl.when(later).then(so_far), pl.lit(1))
    ordered = ordered.with_columns(version.alias("\0version")).sort(
        "declaration_id", "\0version", "\0sent", "\0rank", "message_id", "message_format", "message_version"
    )
    of = "declaration_id"
    cancelled = is_cancellation().last().over(of)
    after = pl.int_range(pl.len()).reverse().over(of)  # messages that came after this one
    # Before the cancellation that counts there may be others of the same kind: what they cancelled is what counted.
    counted = pl.when(~is_cancellation()).then(pl.int_range(pl.len()).over(of)).max().over(of)
    is_counted = (pl.int_range(pl.len()).over(of) == counted).fill_null(False)
    why = (
        pl.when(cancelled & (is_counted | (after == 0)))
        .then(pl.lit(CANCELLED))
        .when(after > 0)
        .then(pl.lit(SUPERSEDED))
    )
    return ordered.select(
        of,
        *IDENTITY,
        why.alias("why"),
        pl.when(why.is_not_null()).then(pl.col("message_id").last().over(of)).alias("later_message"),
        pl.when(why.is_not_null()).then(pl.col("message_version").last().over(of)).alias("later_version"),
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
