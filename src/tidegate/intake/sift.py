"""Sifting: a piece of a file becomes typed rows with their flags; rows with a fault are put aside with the first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from tidegate.intake.checks import GIVEN, faults, flags
from tidegate.intake.mapping import Mapping
from tidegate.intake.plan import Target
from tidegate.intake.quality import SENDER, sender
from tidegate.intake.raw import ROW, Raw
from tidegate.intake.reasons import FLAGS
from tidegate.intake.shape import composed, given, typed

__all__ = ["sift"]

_LONGEST_VALUE = 200  # characters of a value that are shown


def sift(raw: Raw, targets: Sequence[Target], mapping: Mapping, where: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (usable rows: the targets, typed, `flags` and ROW; refused rows: REFUSED_SCHEMA, those of `raw` included).

    `flags` is made for lines only, that is, where `hs_code` is a target. Of refused lines, SENDER, `lodged_on` and
    `declaration_id` say whose they are, when they came and of what they are, where that can be told.
    """
    said = given(raw.table if raw.clean else composed(raw.table), targets, mapping.csv, where, trimmed=raw.trimmed)
    table = typed(said, targets, mapping.csv)
    both = table.hstack(said.drop(ROW).rename(lambda name: GIVEN + name))
    listed = faults(targets, clean=raw.clean)
    found = both.select(fault.found.fill_null(False).alias(str(i)) for i, fault in enumerate(listed))
    present = [i for i, any_ in enumerate(found.select(pl.all().any()).row(0)) if any_]
    refused = [raw.refused]
    if present:
        first = found.select(pl.coalesce(pl.when(str(i)).then(pl.lit(i, pl.Int32)) for i in present)).to_series()
        for i in present:
            fault, rows = listed[i], first == i
            value = pl.col(GIVEN + fault.column).cast(pl.String, strict=False).str.slice(0, _LONGEST_VALUE)
            put_aside = both.filter(rows).select(
                ROW,
                pl.lit(fault.field).alias("field"),
                value.alias("value"),
                pl.lit(fault.code).alias("reason"),
                sender(both.columns).alias(SENDER),
                *(name for name in ("lodged_on", "declaration_id") if name in both.columns),
            )
            refused.append(put_aside)
        both, table = both.filter(first.is_null()), table.filter(first.is_null())
    if any(target.field.name == "hs_code" for target in targets):
        table = table.with_columns(_flags(both, targets, mapping))
    return table, pl.concat(refused, how="diagonal")


def _flags(both: pl.DataFrame, targets: Sequence[Target], mapping: Mapping) -> pl.Series:
    """The codes of what is odd in each row, in the order of FLAGS, after earlier ones; null if nothing is."""
    order = [entry.code for entry in FLAGS]
    listed = sorted(flags(both, targets, mapping.expected), key=lambda entry: order.index(entry[0]))
    found = both.select(expression.fill_null(False).alias(code) for code, expression in listed)
    present = [code for code, any_ in zip(found.columns, found.select(pl.all().any()).row(0), strict=True) if any_]
    masks = np.zeros(both.height, dtype=np.int64)
    for position, code in enumerate(present):
        masks |= found[code].to_numpy().astype(np.int64) << position
    # Rows share few combinations; each is written once.
    distinct = pl.Series(masks).unique().sort().to_numpy()
    texts = [" ".join(code for i, code in enumerate(present) if mask >> i & 1) or None for mask in distinct]
    made = pl.Series("flags", texts, dtype=pl.String).gather(np.searchsorted(distinct, masks))
    if "flags" not in both.columns or both["flags"].null_count() == both.height:
        return made
    # Flags of an earlier reading stay, in case what they were about has been repaired since.
    pairs = pl.DataFrame({"old": both["flags"], "new": made})
    united = pairs.unique(maintain_order=True).with_columns(
        pl.concat_str("old", "new", separator=" ", ignore_nulls=True)
        .str.split(" ")
        .list.eval(pl.element().filter(pl.element() != "").unique(maintain_order=True))
        .list.join(" ")
        .alias("both")
    )
    joined = pairs.join(united, on=["old", "new"], how="left", nulls_equal=True, maintain_order="left")
    return joined.select(pl.when(pl.col("both") != "").then("both").alias("flags")).to_series()
