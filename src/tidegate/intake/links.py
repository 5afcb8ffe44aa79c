"""Links between bills and declarations: by the number of the bill, or else by the container that both name."""

from __future__ import annotations

import polars as pl

from tidegate.intake.manifests import counting_bills

__all__ = ["by_container", "by_number", "weighed_bills"]

# In columns of documents of any kind a shorter text is a code of a kind of document, such as N705.
SHORTEST = 6
_LINKS = {"d": pl.UInt32, "b": pl.UInt32}


def _plain(text: pl.Expr) -> pl.Expr:
    """A number as it is compared: capitals and digits only; null where none are left."""
    bare = text.str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    return pl.when(bare != "").then(bare)


def _spelt(name: str) -> pl.Expr:
    return pl.col(name).str.to_uppercase().str.replace_all(r"[\s.,]+", " ").str.strip_chars()


def weighed_bills(bills: pl.DataFrame) -> pl.DataFrame:
    """One row a bill, numbered `b`: its numbers, containers (a list), consignee, arrived_on and manifested_kg.

    Of a bill that several messages name the latest counts, as manifests are sent again when they change. Cargo
    without a bill number (as on a bay plan) goes by its container, unless a bill names that container.
    """
    container = _plain(pl.col("container_id"))
    keyed = bills.with_row_index("row").with_columns(
        _plain(pl.col("bill_id")).alias("number"),
        _plain(pl.col("master_bill_id")).alias("master"),
        container.alias("container"),
    )
    named = keyed.filter(pl.col("number").is_not_null())["container"].drop_nulls().unique()
    keyed = keyed.filter(pl.col("number").is_not_null() | ~pl.col("container").is_in(named.implode()).fill_null(False))
    bare = pl.concat_str(pl.lit("\0"), pl.coalesce("container", pl.col("row").cast(pl.String)))
    keyed = keyed.with_columns(pl.coalesce("number", bare).alias("key"))
    keyed = counting_bills(keyed)
    mass = pl.col("gross_mass_kg")
    return (
        keyed.group_by("key", maintain_order=True)
        .agg(
            pl.col("number").first(),
            pl.col("master").first(),
            pl.col("manifest_id").first(),
            pl.col("bill_id").first(),
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

    Looked for in every text column whose name holds `bill` or `document`: whole, and in parts as lists of documents
    have them. A part of a list of documents must be SHORTEST long to be taken for a number.
    """
    own = cargo.filter(pl.col("number").is_not_null()).select("b", pl.col("number").alias("key"))
    masters = cargo.filter(pl.col("master").is_not_null()).select("b", pl.col("master").alias("key"))
    wanted = pl.concat([own["key"], masters["key"]]).unique()
    texts = [
        name
        for name, dtype in lines.schema.items()
        if dtype == pl.String and ("bill" in name or "document" in name) and lines[name].null_count() < lines.height
    ]
    if not texts or not len(wanted):
        return pl.DataFrame(schema=_LINKS)
    said = []
    for name in texts:
        told = lines.select("declaration_id", pl.col(name).alias("text")).drop_nulls().unique()
        for cut in ("", r"[\s,;|]+", r"[\s,;|:/+]+"):
            whole = pl.col("text").str.replace_all(cut, " ").str.split(" ") if cut else pl.concat_list("text")
            part = told.select("declaration_id", whole.alias("key")).explode("key", empty_as_null=False)
            part = part.with_columns(_plain(pl.col("key")))
            long = pl.col("key").str.len_bytes() >= (1 if "bill" in name else SHORTEST)
            said.append(part.filter(long & pl.col("key").is_in(wanted.implode())))
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
