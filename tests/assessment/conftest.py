"""A small made-up trade, assessed once for all tests of this room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from tidegate.assessment import Assessment, Engine, labelled, open_lists, write_record
from tidegate.indicators import Counters, compute
from tidegate.intake import read, read_findings
from tidegate.models import Model
from tidegate.profiles import Book
from tidegate.selection import DayKeys, Policy
from tidegate.simulator import simulate


@dataclass(frozen=True)
class Trade:
    folder: Path
    lines: pl.DataFrame
    findings: pl.DataFrame
    counters: Counters
    engine: Engine
    assessment: Assessment

    def record(self, out: Path) -> Path:
        return write_record(
            out,
            self.engine,
            self.counters,
            self.lines.columns,
            self.assessment,
            books=[self.folder / "book.toml"],
            lists=self.folder / "lists",
            also={},
        )


@pytest.fixture(scope="session")
def trade(tmp_path_factory: pytest.TempPathFactory) -> Trade:
    folder = tmp_path_factory.mktemp("trade")
    simulate(folder, lines=9_000, days=150, seed=11)
    lines = read(folder / "lines.parquet").lines
    findings = read_findings(folder / "findings.parquet").table
    counters = Counters()
    counters.add(lines, findings)
    known = labelled(lines, findings)
    table = known.drop("illicit", "recovered").hstack(compute(known, counters))
    model = Model.train(table, known["illicit"].to_numpy(), known["lodged_on"].to_numpy(), members=2, evaluate=False)
    held = open_lists(folder / "lists")
    engine = Engine(
        policy=Policy.load(folder / "policy.toml"),
        keys=DayKeys.demo(5),
        book=Book.load(folder / "book.toml"),
        lists=held.watch,
        model=model,
        screener=held.screener,
    )
    return Trade(folder, lines, findings, counters, engine, engine.assess(lines, counters))
