"""tidegate open: the officers of a simulated trade open what was selected."""

from __future__ import annotations

from pathlib import Path

from tidegate.assessment import Record
from tidegate.cli.sources import read_truth
from tidegate.cli.wording import counted
from tidegate.simulator import open_selected

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
    findings = open_selected(Record.open(folder).decisions(), read_truth(truth), seed=seed)
    findings.write_parquet(out)
    opened = findings["declaration_id"].n_unique()
    found = findings.filter("illicit")["declaration_id"].n_unique()
    share = found / max(opened, 1)
    print(f"{counted(opened, 'declaration')} opened, something found in {found:,} ({share:.1%}); written to {out}")
