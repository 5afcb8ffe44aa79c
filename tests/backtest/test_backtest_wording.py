"""A backtest is told in both languages, as a table and as a chart."""

from typing import Any

import polars as pl
import pytest

from tidegate.backtest import Result, backtest, chart, text


@pytest.fixture(scope="module")
def result(season: Any, small_trade: Any) -> Result:
    return backtest(season, ["random", "profiles"], book=small_trade.book, lists=small_trade.lists)


def test_the_text_has_a_row_a_strategy_with_its_figures(result: Result) -> None:
    english, vietnamese = text(result), text(result, "vi")
    assert "Random" in english
    assert "Ngẫu nhiên" in vietnamese
    best = result.totals.row(0, named=True)
    assert f"{100 * best['precision']:.1f}%" in english
    assert f"{100 * best['precision']:.1f}%".replace(".", ",") in vietnamese
    assert len(english.splitlines()) == len(vietnamese.splitlines()) == 3 + result.totals.height
    with pytest.raises(ValueError, match="fr"):
        text(result, "fr")


@pytest.mark.parametrize(("language", "word"), [("en", "added up"), ("vi", "cộng dồn")])
def test_the_chart_names_every_line(result: Result, language: str, word: str, tmp_path: Any) -> None:
    path = tmp_path / "chart.svg"
    chart(result, language).save(str(path))
    drawn = path.read_text(encoding="utf-8")
    assert word in drawn
    for strategy in result.strategies:
        label = (strategy.label, strategy.label_vi)[language == "vi"]
        found = result.periods.filter(pl.col("strategy") == strategy.name)["found"].sum()
        assert label in drawn
        assert str(found) in drawn
