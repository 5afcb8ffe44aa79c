"""Replay: every decision of a record computed again, from what the record holds, and compared bit for bit."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tidegate.assessment.engine import Stage
from tidegate.assessment.record import Record
from tidegate.errors import TidegateError
from tidegate.selection import Keys

__all__ = ["Replay", "replay"]


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found: `changed` files, and `differences` (declaration_id, column, recorded, replayed).

    `refused` says why the decisions could not be computed again at all, where that was so.
    """

    declarations: int
    changed: tuple[str, ...]
    differences: pl.DataFrame
    refused: str = ""

    @property
    def agrees(self) -> bool:
        """Whether every file is as it was and every decision came out the same."""
        return not self.changed and not self.differences.height and not self.refused


DIFFERENCES = {"declaration_id": pl.String, "column": pl.String, "recorded": pl.String, "replayed": pl.String}


def replay(record: Record, keys: Keys, stage: Stage) -> Replay:
    """Compute all decisions again and compare. Raises DecisionError when decisions.parquet itself cannot be read."""
    with stage("Hashes"):
        changed = tuple(record.changed())
    recorded = record.decisions()
    try:
        again = record.engine(keys).assess(record.declared(), record.counters(), stage).decisions
    except TidegateError as error:
        # A changed bit may also make a file unreadable; then the reason is the finding.
        return Replay(recorded.height, changed, pl.DataFrame(schema=DIFFERENCES), str(error))
    with stage("Comparison"):
        return Replay(recorded.height, changed, differences(recorded, again))


def differences(recorded: pl.DataFrame, again: pl.DataFrame) -> pl.DataFrame:
    """Each value that differs, NaN and null equal to themselves."""
    both = recorded.join(again, on="declaration_id", how="full", suffix="_again", maintain_order="left_right")
    missing = both.filter(pl.col("declaration_id").is_null() | pl.col("declaration_id_again").is_null())
    found = [
        missing.select(
            pl.coalesce("declaration_id", "declaration_id_again").alias("declaration_id"),
            pl.lit("declaration_id").alias("column"),
            pl.col("declaration_id").alias("recorded"),
            pl.col("declaration_id_again").alias("replayed"),
        )
    ]
    both = both.filter(pl.col("declaration_id").is_not_null() & pl.col("declaration_id_again").is_not_null())
    for name in recorded.columns:
        if name == "declaration_id":
            continue
        old, new = both.get_column(name), both.get_column(f"{name}_again")
        rows = (~old.eq_missing(new)).arg_true()
        if len(rows):
            found.append(
                pl.DataFrame(
                    {
                        "declaration_id": both.get_column("declaration_id").gather(rows),
                        "column": [name] * len(rows),
                        "recorded": [str(value) for value in old.gather(rows)],
                        "replayed": [str(value) for value in new.gather(rows)],
                    },
                    schema=DIFFERENCES,
                )
            )
    return pl.concat(found)
