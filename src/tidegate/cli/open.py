"""tidegate open: the officers of a simulated trade open what was selected."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tidegate.assessment import Record
from tidegate.errors import InputError
from tidegate.simulator import TRUTH_SCHEMA, open_selected

__all__ = ["open_command"]


def open_command(folder: Path, /, *, truth: Path, out: Path, seed: int = 7) -> None:
    """Open what was selected in a simulated trade, as its officers would, and write what they found.

    Parameters
    ----------
    folder:
        Folder that `tidegate assess` wrote.
    truth:
        The truth.parquet of the same trade.
    out:
        Parquet file to write the findings to.
    seed:
        Chance of noticing: an inspection does not see everything.
    """
    try:
        known = pl.read_parquet(truth, columns=list(TRUTH_SCHEMA))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError("cannot be read as the truth of a simulated trade.", where=str(truth)) from error
    findings = open_selected(Record.open(folder).decisions(), known, seed=seed)
    findings.write_parquet(out)
    opened = findings["declaration_id"].n_unique()
    found = findings.filter("illicit")["declaration_id"].n_unique()
    print(
        f"{opened:,} declarations opened, something found in {found:,} ({found / max(opened, 1):.1%}); written to {out}"
    )
