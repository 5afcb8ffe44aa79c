"""Lines become cases: one row a declaration, with what profiles demand of it and what the model thinks of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.errors import InputError
from tidegate.profiles import Hits, Profile

__all__ = ["CHANNELS", "Declarations", "demands", "number_declarations", "standing", "torn"]

CHANNELS = ("red", "yellow", "blue")


@dataclass(frozen=True, slots=True)
class Declarations:
    """Which declaration each line belongs to: `of_line[i]` is a row of `frame` (one row a declaration, in file order).

    `frame`: declaration_id, lodged_on, office, procedure, importer_id, importer_name, trusted, line_count,
    customs_value, duty_at_stake, currency, first (row number of its first line).
    """

    frame: pl.DataFrame
    of_line: NDArray[np.int64]


def number_declarations(table: pl.DataFrame) -> Declarations:
    """Group a table of lines into declarations.

    Raises InputError when lines of one declaration disagree on its day or office: both belong to the
    declaration, and the draw is made in cells of office and day.
    """
    rows = table.select(
        "declaration_id",
        "lodged_on",
        "office",
        "procedure",
        "importer_id",
        "importer_name",
        "importer_trusted",
        "currency",
    ).with_row_index("first")
    frame = rows.group_by("declaration_id", maintain_order=True).agg(
        pl.col("lodged_on", "office", "procedure", "importer_id", "importer_name", "currency", "first").first(),
        pl.col("importer_trusted").first().fill_null(value=False).alias("trusted"),
        pl.len().cast(pl.Int32).alias("line_count"),
        (pl.col("lodged_on").n_unique() > 1).alias("_days"),
        (pl.col("office").n_unique() > 1).alias("_offices"),
    )
    ragged = frame.filter(pl.col("_days") | pl.col("_offices"))
    if ragged.height:
        row = ragged.row(0, named=True)
        raise torn("day" if row["_days"] else "office", ragged.height, row["declaration_id"])
    of_line = (
        table.select("declaration_id")
        .join(
            frame.select("declaration_id").with_row_index("number"),
            on="declaration_id",
            how="left",
            maintain_order="left",
        )
        .get_column("number")
        .to_numpy()
        .astype(np.int64)
    )
    # Added up in line order by NumPy: a parallel sum may differ in its last bit from one run to the next.
    sums = [
        pl.Series(name, np.bincount(of_line, table.get_column(name).fill_null(0.0).to_numpy(), minlength=frame.height))
        for name in ("customs_value", "duty_at_stake")
    ]
    return Declarations(frame.drop("_days", "_offices").with_columns(sums), of_line)


def torn(what: str, count: int, declaration: str) -> InputError:
    """How lines are refused that disagree on the day or the office of their declaration."""
    return InputError(
        f"lines of one declaration disagree on its {what} ({count} declaration(s)).",
        where=f"declaration {declaration}",
        hint="A declaration has one day and one office: correct the lines or the mapping.",
    )


def standing(profile: Profile) -> float:
    """Where a profile stands among those that fired, lowest first: the stricter channel, then the higher rate."""
    return CHANNELS.index(profile.channel) - profile.rate / 2


def demands(declarations: Declarations, hits: Hits, profiles: Sequence[Profile]) -> pl.DataFrame:
    """Return demand_red, demand_yellow and demand_blue of each declaration: the largest rate among its hits, else 0."""
    rates = np.array([profile.rate for profile in profiles], dtype=np.float64)
    channels = np.array([CHANNELS.index(profile.channel) for profile in profiles], dtype=np.int64)
    demand = np.zeros((len(CHANNELS), declarations.frame.height))
    if hits.line.size:
        np.maximum.at(demand, (channels[hits.profile], declarations.of_line[hits.line]), rates[hits.profile])
    return pl.DataFrame({f"demand_{channel}": demand[row] for row, channel in enumerate(CHANNELS)})
