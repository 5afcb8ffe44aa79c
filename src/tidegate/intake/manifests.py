"""Manifests in versions: of all messages about one bill the latest counts, whatever the order of arrival."""

from __future__ import annotations

import polars as pl

from tidegate.trade.versions import IDENTITY, is_cancellation, standing

__all__ = ["counting_bills", "is_withdrawal"]

_KEYS = ["key", *IDENTITY, "manifest_id"]


def is_withdrawal() -> pl.Expr:
    """Whether a row of bills takes a whole manifest back: a cancellation that names no cargo."""
    return is_cancellation() & pl.col("bill_id").is_null() & pl.col("container_id").is_null()


def counting_bills(bills: pl.DataFrame) -> pl.DataFrame:
    """The rows of `bills` (BILL_SCHEMA and `key`, one for each bill) whose message about the bill counts.

    The order is that of trade.versions; messages of equal standing, as those that say nothing of themselves, stand in
    the order of arrival. A cancellation takes back the bills that it names, or the whole manifest if it names none.
    """
    rows = bills.with_row_index("\0row")
    cargo = rows.filter(~is_withdrawal())
    gone = rows.filter(is_withdrawal()).drop("key")
    of = ["message_format", "manifest_id"]
    taken = gone.join(cargo.select("key", *of).unique(), on=of, how="inner")
    messages = (
        pl.concat([cargo.select(*_KEYS, "\0row"), taken.select(*_KEYS, "\0row")])
        .group_by(_KEYS)
        .agg(pl.col("\0row").min().alias("arrived"))
    )
    counted = standing(messages, "key", ("arrived",)).filter(pl.col("why").is_null())
    return cargo.join(counted.select(_KEYS), on=_KEYS, how="semi", nulls_equal=True).sort("\0row").drop("\0row")
