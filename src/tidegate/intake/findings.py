"""Findings: what a table says about the outcome of a check becomes rows of FINDING_SCHEMA."""

from __future__ import annotations

import polars as pl

from tidegate.intake.mapping_file import FindingColumns
from tidegate.intake.plan import FINDING
from tidegate.trade import FINDING_SCHEMA

__all__ = ["of_lines", "of_own_file"]


def of_lines(lines: pl.DataFrame, finding: FindingColumns) -> pl.DataFrame:
    """Return the findings that lines carry in columns with the prefix FINDING; a line that says nothing gives none.

    Where nothing says when it was found, it was `delay_days` after lodging.
    """
    table = lines.select(
        "declaration_id",
        pl.lit(None, pl.Int32).alias("item_number") if finding.whole_declaration else "item_number",
        *(pl.col(FINDING + name).alias(name) for name in finding.columns),
        *([] if "found_on" in finding.columns else [pl.col("lodged_on").alias("found_on")]),
    )
    return of_own_file(table, finding)


def of_own_file(table: pl.DataFrame, finding: FindingColumns | None) -> pl.DataFrame:
    """Return FINDING_SCHEMA for typed rows of findings; rows that do not say whether something was found are left out.

    A finding about a whole declaration that several of its rows repeat becomes one: illicit if one of them says so.
    """
    absent = [name for name in FINDING_SCHEMA if name not in table.columns]
    whole = table.select(
        *(
            pl.col(name) if name not in absent else pl.lit(None, dtype).alias(name)
            for name, dtype in FINDING_SCHEMA.items()
        )
    ).filter(pl.col("illicit").is_not_null())
    if finding is None:
        return whole
    if "found_on" not in finding.columns:
        whole = whole.with_columns(pl.col("found_on").dt.offset_by(f"{finding.delay_days}d"))
    if finding.whole_declaration:
        # The row that says most comes first: illicit before not, then the order of the file.
        return whole.sort("illicit", descending=True, maintain_order=True).unique(
            ["declaration_id"], keep="first", maintain_order=True
        )
    return whole
