"""The backtest: what each way of selecting would have found, had it had to learn from its own openings."""

from tidegate.backtest.learner import Judge, Learner, product_model, small_trees
from tidegate.backtest.monthly import backtest
from tidegate.backtest.result import Result
from tidegate.backtest.season import Recorded, Season, Simulated
from tidegate.backtest.strategy import STRATEGIES, Strategy, chosen
from tidegate.backtest.wording import chart, text

__all__ = [
    "STRATEGIES",
    "Judge",
    "Learner",
    "Recorded",
    "Result",
    "Season",
    "Simulated",
    "Strategy",
    "backtest",
    "chart",
    "chosen",
    "product_model",
    "small_trees",
    "text",
]
