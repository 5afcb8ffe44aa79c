"""Versions: in what order messages about one thing stand, and which of them counts, whatever came first."""

from __future__ import annotations

from datetime import datetime

import polars as pl

__all__ = ["CANCELLED", "IDENTITY", "RANK", "SUPERSEDED", "WHY", "is_cancellation", "ordered", "standing"]

SUPERSEDED, CANCELLED = "superseded", "cancelled"

# Why a message does not count, and the message that says so.
WHY: dict[str, pl.DataType] = {"why": pl.String(), "later_message": pl.String(), "later_version": pl.Int32()}

# What tells two messages about a declaration apart; without any of these, a line has no versions.
IDENTITY = ("message_version", "message_sent_at", "message_function", "message_id", "message_format")
# What stands later if nothing else tells; a table that says nothing of versions is 0.
RANK = {"original": 1, "amendment": 2, "cancellation": 3}
_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001 - bounds of a column without time zones


def is_cancellation() -> pl.Expr:
    """Whether a message takes back what it is about."""
    return (pl.col("message_function") == "cancellation").fill_null(False)


def ordered(messages: pl.DataFrame, of: str, ties: tuple[str, ...]) -> pl.DataFrame:
    """The messages (`of`, IDENTITY but for what is in `ties`), sorted by `of`, and by standing within it.

    The higher version, then the later sending, then original before amendment before cancellation, then `ties`. An
    amendment or cancellation without a version stands behind all that was sent before it, and behind everything if it
    does not say when it was sent.
    """
    function = pl.col("message_function")
    rank = function.replace_strict(RANK, default=0, return_dtype=pl.Int32).fill_null(0)
    later = rank >= RANK["amendment"]
    sent = pl.col("message_sent_at").fill_null(pl.when(later).then(pl.lit(_LAST)).otherwise(pl.lit(_FIRST)))
    by_time = messages.with_columns(rank.alias("\0rank"), sent.cast(pl.Datetime("us")).alias("\0sent")).sort(
        of, "\0sent", "message_version", nulls_last=True, maintain_order=True
    )
    # A message without a version has that of the last one sent before it; an original is the first.
    so_far = pl.col("message_version").cum_max().forward_fill().over(of)
    version = pl.coalesce("message_version", pl.when(later).then(so_far), pl.lit(1))
    keys = (of, "\0version", "\0sent", "\0rank", *ties)
    return by_time.with_columns(version.alias("\0version")).sort(keys, maintain_order=True).drop(keys[1:4])


def standing(messages: pl.DataFrame, of: str, ties: tuple[str, ...]) -> pl.DataFrame:
    """The messages in the order of `ordered`, with the column `why`: null for the one that counts.

    If the last one is a cancellation, nothing counts: the last message before it is `cancelled`, as is the cancellation
    itself; all others are `superseded`.
    """
    table = ordered(messages, of, ties)
    cancelled = is_cancellation().last().over(of)
    after = pl.int_range(pl.len()).reverse().over(of)  # messages that stand behind this one
    # Before the cancellation that counts there may be others of the same kind: what they cancelled is what counted.
    counted = pl.when(~is_cancellation()).then(pl.int_range(pl.len()).over(of)).max().over(of)
    is_counted = (pl.int_range(pl.len()).over(of) == counted).fill_null(False)
    why = (
        pl.when(cancelled & (is_counted | (after == 0)))
        .then(pl.lit(CANCELLED))
        .when(after > 0)
        .then(pl.lit(SUPERSEDED))
    )
    return table.with_columns(why.alias("why"))
