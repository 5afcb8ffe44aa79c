"""tidegate simulate: a lifelike trade whose truth is known."""

from __future__ import annotations

from pathlib import Path

from tidegate.cli.progress import Bars
from tidegate.cli.sources import day
from tidegate.simulator import simulate as run

__all__ = ["simulate"]


def simulate(out: Path, /, *, lines: int = 100_000, days: int = 365, seed: int = 7, start: str = "2025-01-01") -> None:
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
        Number of days.
    seed:
        Any whole number; another seed is another trade.
    start:
        The first day.
    """
    first = day(start, "--start")
    with Bars() as bars, bars.stage("Simulating") as tell:
        run(out, lines=lines, days=days, seed=seed, start=first, progress=tell)
    print(f"{lines:,} lines of made-up trade over {days} days are in {out}")
