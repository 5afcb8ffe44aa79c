"""Tables that people open in a spreadsheet: what was declared must not become a formula there.

A cell that begins with = + - @ (or their full-width forms, a tab or a line break) is run as a formula by common
spreadsheets, and can fetch or send what else is open (CWE-1236). An apostrophe before it makes it text again.
"""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

__all__ = ["defused", "write_sheet"]

FORMULA = r"^[=+\-@＝＋－＠\t\r\n]"
NUMBER = r"^[+-]?[0-9]+([.,][0-9]+)*$"


def defused(table: pl.DataFrame) -> pl.DataFrame:
    """The table with an apostrophe before every text that a spreadsheet would run; numbers with a sign stay."""
    text = pl.col(pl.String)
    return table.with_columns(
        pl.when(text.str.contains(FORMULA) & ~text.str.contains(NUMBER)).then("'" + text).otherwise(text).name.keep()
    )


def write_sheet(table: pl.DataFrame, path: str | Path) -> None:
    """Write a defused table as CSV for people: all of it, or nothing.

    It begins with a byte order mark: without one, spreadsheets show Vietnamese letters wrongly.
    """
    part = Path(f"{path}.part")
    defused(table).write_csv(part, include_bom=True)
    os.replace(part, path)
