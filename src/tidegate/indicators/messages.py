"""Which message a line came in, as numbers: what it says of its version, and its hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.indicators.keys import WEIGHTS, Hashes, digests
from tidegate.trade import MESSAGE_SCHEMA
from tidegate.trade.versions import IDENTITY, RANK, standing

__all__ = ["UNSENT", "Messages", "counting", "read_messages"]

UNSENT = np.iinfo(np.int64).min  # of a message that does not say when it was sent
_FUNCTIONS = {rank: function for function, rank in RANK.items()}


@dataclass(frozen=True, slots=True)
class Messages:
    """One number a line: `message` 0 for a table that names none, `version` 0 and `sent` UNSENT where not said."""

    message: Hashes
    version: NDArray[np.int32]
    sent: NDArray[np.int64]
    rank: NDArray[np.uint8]

    def columns(self) -> dict[str, NDArray[Any]]:
        """By the names of the ledger's columns."""
        return {"message": self.message, "version": self.version, "sent": self.sent, "rank": self.rank}


def read_messages(lines: pl.DataFrame) -> Messages:
    """Which message each line came in; of a table without such columns, none."""
    absent = [pl.lit(None, MESSAGE_SCHEMA[name]).alias(name) for name in IDENTITY if name not in lines.columns]
    said = lines.with_columns(absent).select(
        pl.col("message_id").cast(pl.String),
        pl.col("message_format").cast(pl.String),
        pl.col("message_version").cast(pl.Int32, strict=False).fill_null(0).alias("version"),
        pl.col("message_sent_at").cast(pl.Datetime("us")).cast(pl.Int64).fill_null(UNSENT).alias("sent"),
        pl.col("message_function").cast(pl.String).replace_strict(RANK, default=0, return_dtype=pl.UInt8).alias("rank"),
    )
    version, sent, rank = (said[name].fill_null(0).to_numpy() for name in ("version", "sent", "rank"))
    parts = (digests(said["message_id"]), digests(said["message_format"]), version, sent, rank)
    message = np.zeros(len(said), np.uint64)
    with np.errstate(over="ignore"):
        for part, weight in zip(parts, WEIGHTS, strict=True):
            message += part.astype(np.uint64) * weight
    some = (parts[0] != 0) | (parts[1] != 0) | (version != 0) | (sent != UNSENT) | (rank != 0)
    return Messages(np.where(some, np.maximum(message, 1), 0), version, sent, rank)


def counting(declaration: Hashes, messages: Messages) -> NDArray[np.bool_]:
    """Whether each line is of the message about its declaration that counts (see trade.versions)."""
    if not messages.message.any():
        return np.ones(len(declaration), np.bool_)
    rank = messages.rank
    table = pl.DataFrame(
        {
            "declaration": declaration,
            "message_id": messages.message,
            "message_version": messages.version,
            "message_sent_at": messages.sent,
            "rank": rank,
        }
    )
    told = table.unique()
    several = told["declaration"].is_duplicated() | (told["rank"] == RANK["cancellation"])
    whole = told.filter(several).with_columns(
        pl.col("message_version").replace(0, None),
        pl.col("message_sent_at").replace(UNSENT, None).cast(pl.Datetime("us")),
        pl.col("rank").replace_strict(_FUNCTIONS, default=None, return_dtype=pl.String).alias("message_function"),
    )
    gone = standing(whole, "declaration", ("message_id",)).filter(pl.col("why").is_not_null())
    keys = ["declaration", "message_id"]
    marked = table.select(keys).join(gone.select(*keys, "why"), on=keys, how="left", maintain_order="left")
    counts: NDArray[np.bool_] = marked["why"].is_null().to_numpy()
    return counts
