"""tidegate counters: the file of daily counters, updated in place."""

from __future__ import annotations

from pathlib import Path

from tidegate.cli.progress import Bars
from tidegate.cli.sources import read_lines, read_results
from tidegate.cli.wording import counted
from tidegate.indicators import Counters

__all__ = ["update"]


def update(file: Path, /, *lines: Path, findings: list[Path] | None = None, mapping: Path | None = None) -> None:
    """Add lines and findings to a counters file, in place; what it holds already is counted once.

    Parameters
    ----------
    file:
        Counters file; made where there is none.
    lines:
        Files, folders or patterns with declarations.
    findings:
        Files with what was found; may be named several times.
    mapping:
        Mapping file (TOML) for the lines.
    """
    with Bars() as bars:
        with bars.stage("Loading counters"):
            counters = Counters.load(file) if file.exists() else Counters()
            before = len(counters)
        with bars.stage("Reading") as tell:
            intake = read_lines(lines, mapping, tell)
            results = read_results(findings or [], tell, intake.findings).table
        with bars.stage("Counting"):
            counters.add(intake.lines, results, intake.earlier)
        with bars.stage("Saving"):
            counters.save(file)
    print(f"{file}: {counted(before, 'line')} before, {len(counters):,} now, version {counters.version[:12]}")
