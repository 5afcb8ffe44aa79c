"""One simulated year, made once for the room's tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from tidegate.simulator import simulate


@dataclass(frozen=True)
class Year:
    """The tables of one run, and where they lie."""

    folder: Path
    lines: pl.DataFrame
    findings: pl.DataFrame
    truth: pl.DataFrame


def read(folder: Path) -> Year:
    lines, findings, truth = (pl.read_parquet(folder / f"{name}.parquet") for name in ("lines", "findings", "truth"))
    return Year(folder, lines, findings, truth)


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """60,000 lines over a year."""
    folder = tmp_path_factory.mktemp("trade")
    simulate(folder, lines=60_000, days=365, seed=7)
    return read(folder)
