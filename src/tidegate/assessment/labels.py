"""Labels: which lines were opened, and what was found in them."""

from __future__ import annotations

from datetime import date

import polars as pl

from tidegate.errors import InputError

__all__ = ["labelled"]


def labelled(lines: pl.DataFrame, findings: pl.DataFrame, until: date | None = None) -> pl.DataFrame:
    """The lines that findings speak about, in their order, with `illicit` (Boolean) and `recovered` (Float64) added.

    A finding about a declaration as a whole (no item number) speaks about each of its lines; its revenue is shared
    evenly. Of several findings about one line, one that found something is enough. With `until`, only lines lodged and
    findings known by the end of that day count. Raises InputError when nothing is left.
    """
    if until is not None:
        lines = lines.filter(pl.col("lodged_on") <= until)
        findings = findings.filter(pl.col("found_on") <= until)
    key = ["declaration_id", "item_number"]
    size = pl.len().over("declaration_id")
    of_line = findings.filter(pl.col("item_number").is_not_null()).select(
        *key, "illicit", pl.col("revenue").fill_null(0.0)
    )
    whole = (
        lines.select(*key, size.alias("size"))
        .join(findings.filter(pl.col("item_number").is_null()).drop("item_number"), on="declaration_id")
        .select(*key, "illicit", pl.col("revenue").fill_null(0.0) / pl.col("size"))
    )
    told = (
        pl.concat([of_line, whole])
        .group_by(key)
        .agg(pl.col("illicit").any(), pl.col("revenue").max().alias("recovered"))
    )
    known = lines.join(told, on=key, how="inner", maintain_order="left")
    if not known.height:
        raise InputError(
            "no finding is about any of these lines.",
            hint="Check that declaration_id (and item_number) are written alike in both files, and the dates.",
        )
    return known
