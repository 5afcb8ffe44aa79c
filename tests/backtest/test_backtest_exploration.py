"""Exploration goes where little was opened and the score is unsure; its share follows broken promises."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.backtest.adaptation import LEAST, MOST, next_share
from tidegate.backtest.exploration import KINDS, PRIOR, doubt, unlike
from tidegate.backtest.strategy import STRATEGIES, chosen, policy_of
from tidegate.errors import EstimateError
from tidegate.selection import Policy

FIELDS = sorted({field for kind in KINDS for field in kind})


def line(value: str | None) -> pl.DataFrame:
    return pl.DataFrame({field: [value] for field in FIELDS}, schema=dict.fromkeys(FIELDS, pl.String))


def test_what_was_opened_often_teaches_less() -> None:
    opened = pl.concat([line("old")] * 8)
    both = pl.concat([line("old"), line("new")])
    worth = unlike(both, opened, np.array([0.3, 0.3]))
    assert worth[1] == pytest.approx(np.sqrt(0.21))
    assert worth[0] == pytest.approx(worth[1] / 3)


def test_what_is_sure_teaches_less_and_nulls_are_a_kind_like_any_other() -> None:
    worth = unlike(pl.concat([line("new")] * 3), line("old"), np.array([0.001, 0.5, 0.999]))
    assert worth[1] > 10 * worth[0]
    assert worth[1] > 10 * worth[2]
    assert unlike(line(None), line(None), np.array([0.5]))[0] < unlike(line(None), line("a"), np.array([0.5]))[0]


def test_doubt_is_that_of_a_lane_and_shrinks_with_what_was_opened_of_it() -> None:
    lines = pl.DataFrame(
        {"declaration_id": ["A", "B", "C"], "importer_id": ["I", "I", "J"], "exporter_id": ["E", "F", "E"]}
    )
    opened = pl.DataFrame({"declaration_id": ["1", "1", "2"], "importer_id": ["I"] * 3, "exporter_id": ["E"] * 3})
    told = doubt(lines, opened, np.full(3, 0.2))
    assert told == pytest.approx(np.sqrt(0.16 / np.array([PRIOR + 2, PRIOR, PRIOR])))


def test_the_share_doubles_when_the_model_promised_more_than_was_found() -> None:
    score = np.full(50, 0.5)
    assert next_share(0.1, score, np.zeros(50, dtype=bool)) == pytest.approx(0.2)
    assert next_share(0.1, score, np.arange(50) < 24) == pytest.approx(0.08)
    assert next_share(0.1, np.array([]), np.array([], dtype=bool)) == 0.1


@given(st.floats(LEAST, MOST), st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30))
def test_the_share_stays_within_its_bounds(share: float, seen: list[tuple[float, bool]]) -> None:
    score, found = np.array([one[0] for one in seen]), np.array([one[1] for one in seen], dtype=bool)
    assert LEAST <= next_share(share, score, found) <= MOST


def test_false_alarms_are_as_rare_as_the_test_promises() -> None:
    rng = np.random.default_rng(8)
    score = rng.beta(2, 4, 150)
    alarms = sum(next_share(0.1, score, rng.random(150) < score) > 0.1 for _ in range(1000))
    assert 20 <= alarms <= 90  # 5% of 1,000, three standard errors and the normal approximation either way


def test_every_strategy_makes_a_policy_with_the_same_capacity_and_a_draw_above_zero() -> None:
    for strategy in STRATEGIES:
        rules = policy_of(strategy, 0.05, strategy.explore).default
        assert rules.capacity["red"].share == 0.05
        assert rules.capacity["yellow"].of(1000) == rules.capacity["blue"].of(1000) == 0
        assert 0 < rules.random_rate <= 0.05
        assert rules.exploration_share == strategy.explore
        assert set(rules.model) == ({"red"} if strategy.model else set())


def test_exemptions_of_the_policy_hold_for_every_strategy() -> None:
    base = Policy.parse('[[exempt]]\ntrusted = true\nreason = "agreement"\nexpires = 2030-01-01\n')
    assert policy_of(STRATEGIES[0], 0.05, 0.0, base=base).exempt == base.exempt


def test_strategies_have_names_of_their_own_and_both_languages() -> None:
    assert len({strategy.name for strategy in STRATEGIES}) == len(STRATEGIES)
    assert all(strategy.label and strategy.label_vi for strategy in STRATEGIES)
    assert [one.name for one in chosen(["model", "random"])] == ["model", "random"]
    with pytest.raises(EstimateError, match="no strategy 'best'"):
        chosen(["best"])
