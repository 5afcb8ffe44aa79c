"""References: a declaration that came under its declarant's own reference gets the number that was given to it.

An original says only the declarant's reference (LRN); what comes later about it names the number that customs gave
(MRN). A response, or a later message of the same sender, that says both joins the two, whichever came first.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

__all__ = ["REFERENCES_SCHEMA", "numbered", "references", "renamed"]

# `declaration_id` is the number of what is, or was, lodged in this format under this reference.
REFERENCES_SCHEMA: dict[str, pl.DataType] = {
    "message_format": pl.String(),
    "reference": pl.String(),
    "declaration_id": pl.String(),
}
_KEYS = ["message_format", "reference"]
_SAID = ("declaration_id", "message_format", "message_id", "message_sender", "message_function")


def references(answers: pl.DataFrame, messages: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return REFERENCES_SCHEMA: which references of originals in `messages` (lines, and what has their columns) are
    known to be which number, from responses among `answers` (ANSWER_SCHEMA) and from the messages themselves.

    A reference that two senders use, or that leads to two numbers, joins nothing: whose it is cannot be told. What
    responses say goes before what declarants say.
    """
    told = [table.select(_SAID).unique() for table in messages if table.height and set(_SAID) <= set(table.columns)]
    nothing = pl.DataFrame(schema=REFERENCES_SCHEMA)
    if not told:
        return nothing
    said = pl.concat(told).unique().filter(pl.col("message_id").is_not_null())
    own = said.filter(pl.col("declaration_id") == pl.col("message_id")).select(
        "message_format", pl.col("message_id").alias("reference"), "message_sender"
    )
    # Where two senders have one reference, nobody can say whose number it is.
    own = own.unique().filter(pl.len().over(_KEYS) == 1)
    if not own.height:
        return nothing
    # A declarant's own request stands among the answers too, under its own reference: it is no response. Notices of
    # movements are about consignments, which have references of another kind.
    of_responses = pl.col("message_id").ne_missing(pl.col("reference")) & (
        (pl.col("kind") != "other") | (pl.col("code") == "version")
    )
    responses = answers.filter(of_responses).select(REFERENCES_SCHEMA.keys())
    requests = (
        said.filter(pl.col("declaration_id") != pl.col("message_id"))
        .rename({"message_id": "reference", "message_sender": "by"})
        .join(own, on=_KEYS)
        .filter((pl.col("by") == pl.col("message_sender")).fill_null(True))
        .select(REFERENCES_SCHEMA.keys())
    )
    answered, asked = _several(responses), _several(requests)
    asked = asked.join(answered, on=_KEYS, how="anti")
    links = pl.concat([answered, asked]).join(own, on=_KEYS, how="semi")
    return links.filter(pl.len().over(_KEYS) == 1).sort(REFERENCES_SCHEMA.keys())


def _several(links: pl.DataFrame) -> pl.DataFrame:
    """The links, each once, without those from a reference to itself."""
    return links.drop_nulls().filter(pl.col("reference") != pl.col("declaration_id")).unique()


def numbered(table: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Lines, each under the number of its declaration where `known` (REFERENCES_SCHEMA) tells it."""
    if not known.height or not set(_SAID) <= set(table.columns):
        return table
    number = known.rename({"reference": "message_id", "declaration_id": "\0number"})
    own = pl.col("declaration_id") == pl.col("message_id")
    return (
        table.join(number, on=["message_format", "message_id"], how="left", maintain_order="left")
        .with_columns(
            declaration_id=pl.when(own & pl.col("\0number").is_not_null()).then("\0number").otherwise("declaration_id")
        )
        .drop("\0number")
    )


def renamed(table: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Any table with `declaration_id` (findings, announcements), under the numbers that `known` tells; where formats
    disagree on a reference it stays."""
    several = known.select("reference", "declaration_id").unique().filter(pl.len().over("reference") == 1)
    if not several.height:
        return table
    old, new = several["reference"].to_list(), several["declaration_id"].to_list()
    return table.with_columns(pl.col("declaration_id").replace(old, new))
