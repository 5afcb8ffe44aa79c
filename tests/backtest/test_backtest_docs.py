"""Every strategy, parameter and column of the backtest stands in its page."""

import inspect
from pathlib import Path
from typing import Any

from tidegate.backtest import STRATEGIES, backtest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "backtest.md").read_text(encoding="utf-8")


def test_every_strategy_is_in_the_docs() -> None:
    for strategy in STRATEGIES:
        assert f"| `{strategy.name}` |" in PAGE


def test_every_parameter_is_in_the_docs() -> None:
    for name in list(inspect.signature(backtest).parameters)[1:]:
        assert f"`{name}`" in PAGE, name


def test_every_column_is_in_the_docs(season: Any) -> None:
    result = backtest(season, ["random"])
    for column in (*result.periods.columns, *result.totals.columns):
        assert column in PAGE, column
