"""Every column and verdict of the yardstick, and every strategy of the backtest, stands in the docs."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tidegate import yardstick
from tidegate.yardstick import CHANNELS, VERDICTS, measure

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "yardstick.md").read_text(encoding="utf-8")

Trade = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


def test_every_table_and_column_is_in_the_docs(trade: Callable[..., Trade]) -> None:
    decisions, findings, _ = trade(1, size=600)
    for name, table in measure(decisions, findings).tables().items():
        assert f"**{name}**" in PAGE
        for column in table.columns:
            assert column in PAGE, (name, column)


def test_every_verdict_is_in_the_docs() -> None:
    for verdict in VERDICTS:
        assert f"`{verdict}`" in PAGE


@pytest.mark.parametrize("name", ["fraud_rate", "missed", "measure", "outcomes", *CHANNELS])
def test_what_is_used_is_in_the_docs(name: str) -> None:
    assert name in PAGE


def test_the_public_names_are_these() -> None:
    assert sorted(yardstick.__all__) == sorted(name for name in yardstick.__all__ if hasattr(yardstick, name))
