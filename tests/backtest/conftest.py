"""A small simulated trade, and learners that cost nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from tidegate.backtest import Recorded
from tidegate.profiles import Book, WatchLists
from tidegate.simulator import simulate


@dataclass(frozen=True)
class Trade:
    lines: pl.DataFrame
    findings: pl.DataFrame
    truth: pl.DataFrame
    book: Book
    lists: WatchLists

    @property
    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        return self.lines, self.findings, self.truth


@pytest.fixture(scope="session")
def small_trade(tmp_path_factory: pytest.TempPathFactory) -> Trade:
    folder: Path = tmp_path_factory.mktemp("trade")
    simulate(folder, lines=8000, days=181, seed=5)
    lines, findings, truth = (pl.read_parquet(folder / f"{name}.parquet") for name in ("lines", "findings", "truth"))
    return Trade(lines, findings, truth, Book.load(folder / "book.toml"), WatchLists.load(folder / "lists"))


@pytest.fixture(scope="session")
def season(small_trade: Trade) -> Recorded:
    return Recorded.prepare(*small_trade.tables)


class HeadingRates:
    """Learns one rate a heading, and keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[pl.DataFrame, NDArray[np.bool_]]] = []

    def __call__(self, table: pl.DataFrame, illicit: NDArray[np.bool_], days: Any, seed: int) -> HeadingJudge:
        self.shown.append((table, illicit))
        labelled = table.select(pl.col("hs_code").str.slice(0, 4).alias("hs4"), pl.Series("illicit", illicit))
        rates = labelled.group_by("hs4").agg(((pl.col("illicit").sum() + 0.05) / (pl.len() + 1)).alias("rate"))
        return HeadingJudge(rates)


@dataclass(frozen=True)
class HeadingJudge:
    rates: pl.DataFrame

    def judge(self, table: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        told = table.select(pl.col("hs_code").str.slice(0, 4).alias("hs4")).join(
            self.rates, on="hs4", how="left", maintain_order="left"
        )
        rate = told["rate"].fill_null(0.05).to_numpy()
        return rate, rate * (1 - rate)


@pytest.fixture
def heading_rates() -> HeadingRates:
    return HeadingRates()
