"""Links between bills and declarations: by the number of the bill, or else by the container that both name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from tidegate.intake.manifests import counting_bills

__all__ = [
    "LONGEST_NUMBER",
    "by_container",
    "by_number",
    "names_bills",
    "numbers_in",
    "plain_number",
    "standing_bills",
    "weighed_bills",
]

# In columns of documents of any kind a shorter text is a code of a kind of document, such as N705.
SHORTEST = 6
LONGEST_NUMBER = 140  # signs of a number by which it is remembered
# How a text is cut: not at all, where lists are cut, and where a kind of document and its number are, too.
_CUTS = ("", r"[\s,;|]+", r"[\s,;|:/+]+")
_SIGNS, _DIGIT = re.compile("[^A-Z0-9]+"), re.compile("[0-9]")
_LINKS = {"d": pl.UInt32, "b": pl.UInt32}


def _plain(text: pl.Expr) -> pl.Expr:
    """A number as it is compared: capitals and digits only; null where none are left."""
    bare = text.str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    return pl.when(bare != "").then(bare)


def _spelt(name: str) -> pl.Expr:
    return pl.col(name).str.to_uppercase().str.replace_all(r"[\s.,]+", " ").str.strip_chars()


def standing_bills(bills: pl.DataFrame) -> pl.DataFrame:
    """The rows of bills that count, with `number`, `master` and `container` as they are compared, and a `key` a bill.

    Of a bill that several messages name the latest counts, as manifests are sent again when they change. Cargo
    without a bill number (as on a bay plan) goes by its container, unless a bill names that container.
    """
    keyed = bills.with_row_index("\0at").with_columns(
        _plain(pl.col("bill_id")).alias("number"),
        _plain(pl.col("master_bill_id")).alias("master"),
        _plain(pl.col("container_id")).alias("container"),
    )
    named = keyed.filter(pl.col("number").is_not_null())["container"].drop_nulls().unique()
    keyed = keyed.filter(pl.col("number").is_not_null() | ~pl.col("container").is_in(named.implode()).fill_null(False))
    bare = pl.concat_str(pl.lit("\0"), pl.coalesce("container", pl.col("\0at").cast(pl.String)))
    return counting_bills(keyed.with_columns(pl.coalesce("number", bare).alias("key")).drop("\0at"))


def weighed_bills(bills: pl.DataFrame) -> pl.DataFrame:
    """One row a bill that counts, numbered `b`: its numbers, containers (a list), consignee, day of arrival,
    manifested_kg, and the message that it is of."""
    mass = pl.col("gross_mass_kg")
    return (
        standing_bills(bills)
        .group_by("key", maintain_order=True)
        .agg(
            pl.col("number").first(),
            pl.col("master").first(),
            pl.col("manifest_id", "bill_id", "message_format", "message_id", "message_sender").first(),
            pl.col("container").drop_nulls().unique(maintain_order=True).alias("containers"),
            pl.col("consignee_id").drop_nulls().first(),
            pl.col("consignee_name").drop_nulls().first(),
            pl.col("arrived_on").min(),
            pl.when(mass.count() > 0).then(mass.sum()).first().alias("manifested_kg"),
        )
        .with_row_index("b")
    )


def by_number(lines: pl.DataFrame, cargo: pl.DataFrame, declared: pl.DataFrame) -> pl.DataFrame:
    """Links (d, b) of declarations that name a bill, or else its master bill.

    Looked for in every text column that `names_bills`: whole, and in parts as lists of documents
    have them. A part of a list of documents must be SHORTEST long to be taken for a number.
    """
    own = cargo.filter(pl.col("number").is_not_null()).select("b", pl.col("number").alias("key"))
    masters = cargo.filter(pl.col("master").is_not_null()).select("b", pl.col("master").alias("key"))
    wanted = pl.concat([own["key"], masters["key"]]).unique()
    said = [part.filter(pl.col("key").is_in(wanted.implode())) for part in _numbers(lines)] if len(wanted) else []
    if not said:
        return pl.DataFrame(schema=_LINKS)
    named = (
        pl.concat(said).unique().join(declared.select("declaration_id", "d"), on="declaration_id").select("d", "key")
    )
    direct = named.join(own, on="key").select("d", "b").unique()
    through = (
        named.join(masters, on="key")
        .select("d", "b")
        .filter(~pl.col("d").is_in(direct["d"].implode()) & ~pl.col("b").is_in(direct["b"].implode()))
        .unique()
    )
    return pl.concat([direct, through]).cast(_LINKS)  # type: ignore[arg-type]


def _numbers(lines: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """What may be numbers of bills in the lines, in parts of (declaration_id, key); the same may stand there twice."""
    for name, dtype in lines.schema.items():
        if dtype != pl.String or not names_bills(name) or lines[name].null_count() == lines.height:
            continue
        told = lines.select("declaration_id", pl.col(name).alias("text")).drop_nulls().unique()
        for cut in _CUTS:
            whole = pl.col("text").str.replace_all(cut, " ").str.split(" ") if cut else pl.concat_list("text")
            part = told.select("declaration_id", whole.alias("key")).explode("key", empty_as_null=False)
            part = part.with_columns(_plain(pl.col("key")))
            yield part.filter(pl.col("key").str.len_bytes() >= (1 if "bill" in name else SHORTEST))


def names_bills(name: str) -> bool:
    """Whether a text column may name a bill: its name holds `bill` or `document`, and it is no line of a bill."""
    return ("bill" in name and not name.endswith("_line")) or "document" in name


def plain_number(text: str | None) -> str:
    """A number of a bill or container as it is compared: capitals and digits, "" where none are left."""
    return _SIGNS.sub("", (text or "").upper())[:LONGEST_NUMBER]


def numbers_in(name: str, text: str) -> set[str]:
    """The numbers that a declaration is to be found by, in the text of a column that `names_bills`.

    Fewer than `by_number` looks at: a number without a digit, or with spaces in a list of documents, is left out.
    """
    parts = {plain_number(part) for cut in _CUTS[1:] for part in re.split(cut, text)}
    found = {part for part in parts if len(part) >= SHORTEST and _DIGIT.search(part)}
    return found | ({plain_number(text)} - {""} if "bill" in name else set())


def by_container(
    lines: pl.DataFrame, cargo: pl.DataFrame, declared: pl.DataFrame, named: pl.DataFrame, days: int
) -> pl.DataFrame:
    """Links (d, b) of what no number links: one container, and at most so many days from arrival to lodging.

    Where several bills share a container (groupage), those of the declaration's own importer are taken, if there are
    any; otherwise all of them, to be weighed together.
    """
    free_bills = cargo.filter(~pl.col("b").is_in(named["b"].implode()))
    boxes = free_bills.select(
        "b", "arrived_on", "consignee_id", "consignee_name", pl.col("containers").alias("container")
    ).explode("container", empty_as_null=False)
    told = lines.select("declaration_id", "container_ids").drop_nulls().unique()
    free = declared.filter(~pl.col("d").is_in(named["d"].implode()))
    held = (
        told.select("declaration_id", pl.col("container_ids").str.split(" ").alias("container"))
        .explode("container", empty_as_null=False)
        .with_columns(_plain(pl.col("container")))
        .drop_nulls()
        .unique()
        .join(free, on="declaration_id")
        .join(boxes, on="container")
    )
    apart = (pl.col("lodged_on") - pl.col("arrived_on")).dt.total_days().abs()
    held = held.filter((apart <= days).fill_null(True))
    same = (pl.col("consignee_id") == pl.col("importer_id")).fill_null(False) | (
        _spelt("consignee_name") == _spelt("importer_name")
    ).fill_null(False)
    held = held.with_columns(same.alias("same"))
    mine = held.filter(pl.col("same") | ~pl.col("same").any().over("d"))
    return mine.select("d", "b").unique().cast(_LINKS)  # type: ignore[arg-type]
