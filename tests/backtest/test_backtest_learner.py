"""Learners of the backtest: lines that do not say what they are, in what is learned from and in what is judged."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from tidegate.backtest.learner import TEXTS, Learner, product_model, small_trees


@pytest.mark.parametrize("learner", [small_trees, product_model])
def test_lines_without_a_code_are_learned_from_and_judged(learner: Learner) -> None:
    rng = np.random.default_rng(4)
    n = 600
    bare = rng.random(n) < 0.3
    illicit = rng.random(n) < np.where(bare, 0.6, 0.1)
    table = pl.DataFrame(
        {
            "declaration_id": [f"D{i}" for i in range(n)],
            "item_number": pl.Series([1] * n, dtype=pl.Int32),
            **{name: rng.choice(["AA", "BB"], n) for name in TEXTS},
            "customs_value": rng.lognormal(5, 1, n),
        }
    ).with_columns(hs_code=pl.when(~pl.Series(bare)).then(pl.Series(rng.choice(["440799", "850440"], n))))
    days = np.full(n, np.datetime64(date(2026, 1, 1)))
    judge = learner(table, illicit, days, 1)
    assert judge is not None
    score, _ = judge.judge(table)
    assert score[bare].mean() > 0.4 > 0.25 > score[~bare].mean()
    told = learner(table.filter(~pl.Series(bare)), illicit[~bare], days[~bare], 1)
    assert told is not None
    # Nulls that it never saw are a text that it never saw.
    assert np.isfinite(told.judge(table)[0]).all()
