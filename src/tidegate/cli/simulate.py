"""tidegate simulate: a lifelike trade whose truth is known."""

from __future__ import annotations

from pathlib import Path

from tidegate.cli.progress import Bars
from tidegate.simulator import simulate as run

__all__ = ["simulate"]


def simulate(out: Path, /, *, lines: int = 100_000, days: int = 365, seed: int = 7) -> None:
    """Write a lifelike trade whose truth is known.

    Writes lines.parquet, findings.parquet (what a past regime opened), truth.parquet, book.toml, policy.toml and
    lists/ into the folder OUT. The same seed gives the same bytes. All names are made up.

    Parameters
    ----------
    out:
        Folder to write into.
    lines:
        Number of lines.
    days:
        Number of days, from 1 January 2025.
    seed:
        Any whole number; another seed is another trade.
    """
    with Bars() as bars, bars.stage("Simulating") as tell:
        run(out, lines=lines, days=days, seed=seed, progress=tell)
    print(f"{lines:,} lines of made-up trade over {days} days are in {out}")
