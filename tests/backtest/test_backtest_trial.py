"""A strategy learns only from what it opened, opens no more than the others, and tells the truth about the trade."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy import stats

from tidegate.backtest import STRATEGIES, Recorded, Simulated, Strategy, backtest
from tidegate.backtest.season import DELAY, labels
from tidegate.backtest.trial import Setting, trial
from tidegate.errors import EstimateError, InputError
from tidegate.selection import DayKeys


def setting(learner: Any, trade: Any = None, seed: int = 3, by_office: bool = False) -> Setting:
    book, lists = (None, None) if trade is None else (trade.book, trade.lists)
    return Setting(0.05, by_office, book, lists, None, DayKeys.demo(seed), learner, seed)


def test_only_what_was_opened_before_is_learned_from(season: Recorded, heading_rates: Any) -> None:
    strategy = Strategy("model+draw", "", "", model=True, draw=0.1)
    decisions, findings = trial(season, strategy, setting(heading_rates))
    opened = decisions.filter(pl.col("channel") != "green").select("declaration_id", "period")
    warm = set(season.warm["declaration_id"])
    assert len(heading_rates.shown) == len(season.periods) == 5
    for begin, (table, illicit) in zip(season.periods, heading_rates.shown, strict=True):
        allowed = warm | set(opened.filter(pl.col("period") < begin)["declaration_id"])
        assert set(table["declaration_id"]) <= allowed
        assert allowed - warm <= set(table["declaration_id"])
        assert (table["lodged_on"] < begin).all()
        later = table.select("declaration_id", "item_number").with_columns(pl.Series("illicit", illicit))
        true = later.join(findings, on=["declaration_id", "item_number"], suffix="_found")
        assert (true["illicit"] == true["illicit_found"]).all()


def test_what_is_told_for_nothing_is_learned_but_not_found(season: Recorded, heading_rates: Any) -> None:
    told = replace(setting(heading_rates), told=1.0)
    decisions, findings = trial(season, Strategy("model", "", "", model=True), told)
    opened = decisions.filter(pl.col("channel") != "green")["declaration_id"]
    assert set(findings["declaration_id"]) == set(opened)
    before = decisions.filter(pl.col("period") < season.periods[-1])["declaration_id"]
    warm = set(season.warm["declaration_id"])
    assert set(heading_rates.shown[-1][0]["declaration_id"]) == warm | set(before)


def test_indicators_of_finds_follow_what_the_strategy_itself_has_found(season: Recorded) -> None:
    shown: dict[str, pl.DataFrame] = {}

    def spy(name: str) -> Any:
        def learn(table: pl.DataFrame, illicit: Any, days: Any, seed: int) -> None:
            shown[name] = table

        return learn

    for name, draw in (("a", 1.0), ("b", 0.2)):
        trial(season, Strategy(name, "", "", model=True, draw=draw), setting(spy(name), seed=int(draw * 10)))
    # The same warm start, other openings afterwards.
    before = [shown[name].filter(pl.col("lodged_on") < season.periods[0]) for name in "ab"]
    assert_frame_equal(*before)
    after = [set(shown[name]["declaration_id"]) - set(before[0]["declaration_id"]) for name in "ab"]
    assert after[0] != after[1]


@pytest.mark.parametrize("name", ["random", "profiles", "model", "model+unlike"])
@pytest.mark.parametrize("by_office", [False, True])
def test_every_strategy_opens_the_same_share(
    season: Recorded, small_trade: Any, heading_rates: Any, name: str, by_office: bool
) -> None:
    strategy = next(one for one in STRATEGIES if one.name == name)
    decisions, findings = trial(season, strategy, setting(heading_rates, small_trade, by_office=by_office))
    expected = 0.05 * decisions.height
    assert findings["declaration_id"].n_unique() == (decisions["channel"] != "green").sum()
    # Exact, but profiles and exploration leave a little unused where a cell has few declarations.
    least = {"profiles": 0.85, "model+unlike": 0.9}.get(name, 0.999)
    assert least * expected <= decisions["probability"].sum() <= expected * 1.0001
    assert abs(findings["declaration_id"].n_unique() - decisions["probability"].sum()) < 4 * np.sqrt(expected)


def test_chance_finds_what_chance_must(season: Recorded) -> None:
    found = opened = 0
    for seed in range(6):
        _, findings = trial(season, STRATEGIES[0], setting(None, seed=seed))
        results = findings.group_by("declaration_id").agg(pl.col("illicit").any())
        found, opened = found + int(results["illicit"].sum()), opened + results.height
    rate = float(pl.concat([step.declarations for step in season.steps])["guilty"].to_numpy().mean())
    assert stats.binom.ppf(0.0005, opened, rate) <= found <= stats.binom.ppf(0.9995, opened, rate)


class Oracle:
    """Knows the truth, to show what a perfect score would find."""

    def __init__(self, season: Recorded) -> None:
        self.truth = pl.concat(
            step.lines.select("declaration_id", "item_number", pl.Series("illicit", step.illicit))
            for step in season.steps
        )

    def __call__(self, *_: Any) -> "Oracle":
        return self

    def judge(self, table: pl.DataFrame) -> tuple[Any, Any]:
        told = table.join(self.truth, on=["declaration_id", "item_number"], how="left", maintain_order="left")
        score = 0.98 * told["illicit"].cast(pl.Float64).to_numpy() + 0.01
        return score, np.ones(len(score))


def test_a_perfect_score_finds_what_a_perfect_score_can(season: Recorded) -> None:
    decisions, findings = trial(season, Strategy("model", "", "", model=True), setting(Oracle(season)))
    chosen = findings.group_by("declaration_id").agg(pl.col("illicit").any())
    # No day has room for more than its capacity, nor more to find than was unlawful that day.
    most = decisions.group_by("lodged_on").agg(pl.col("guilty").sum(), (0.05 * pl.len()).alias("room"))
    expected = most.select(pl.min_horizontal("guilty", "room").sum()).item()
    assert chosen["illicit"].sum() > expected - 4 * np.sqrt(expected)


def test_a_backtest_is_the_same_whatever_the_order_of_rows_and_other_with_another_seed(small_trade: Any) -> None:
    season = Recorded.prepare(*small_trade.tables)
    one = backtest(season, ["random"], seed=1)
    shuffled = Recorded.prepare(*(table.sample(fraction=1, shuffle=True, seed=9) for table in small_trade.tables))
    assert_frame_equal(one.periods, backtest(shuffled, ["random"], seed=1).periods)
    assert not one.periods.equals(backtest(season, ["random"], seed=2).periods)


def test_the_tables_add_up(season: Recorded, heading_rates: Any) -> None:
    told: list[float] = []
    result = backtest(
        season,
        ["random", "model", "adaptive"],
        learner=heading_rates,
        progress=told.append,
    )
    assert result.periods.height == 15
    assert told[-1] == 1.0
    assert told == sorted(told)
    for row in result.totals.iter_rows(named=True):
        own = result.periods.filter(pl.col("strategy") == row["strategy"])
        assert row["found"] == own["found"].sum()
        assert row["precision"] == pytest.approx(own["found"].sum() / own["opened"].sum())
        assert row["recall"] == pytest.approx(own["found"].sum() / own["illicit"].sum())
    model = result.totals.filter(pl.col("strategy") == "model").row(0, named=True)
    assert model["against_model"] == 1.0
    assert result.totals["found"].is_sorted(descending=True)
    random = result.periods.filter(pl.col("strategy") == "random")
    assert (random["low"] <= random["estimate"]).all()
    assert (random["estimate"] <= random["high"]).all()
    assert result.periods["rate"].to_list() == (result.periods["illicit"] / result.periods["declarations"]).to_list()


def test_what_is_found_is_known_a_little_later_and_never_the_same_day(season: Recorded) -> None:
    step = season.steps[0]
    found = step.open(np.ones(step.declarations.height, dtype=bool))
    assert found.height == step.lines.height
    assert ((found["found_on"] - step.lines["lodged_on"]) == DELAY).all()


def test_warm_findings_are_those_known_at_the_start(season: Recorded) -> None:
    start = season.periods[0]
    assert (season.warm["found_on"] < start).all()
    assert (season.past["lodged_on"] < start).all()
    before = season.past["declaration_id"]
    assert season.warm["declaration_id"].is_in(before.implode()).all()


def test_a_finding_without_item_speaks_for_the_lines_that_have_none() -> None:
    lines = pl.DataFrame({"declaration_id": ["A", "A", "B", "C"], "item_number": [1, 2, 1, 1]})
    findings = pl.DataFrame(
        {"declaration_id": ["A", "A", "B"], "item_number": [None, 2, None], "illicit": [False, True, True]}
    )
    assert labels(lines, findings).to_list() == [False, True, True, None]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"strategies": ["luck"]}, "no strategy 'luck'.*random, profiles, model"),
        ({"strategies": []}, "one at least"),
        ({"strategies": ["random", "random"]}, "named once"),
        ({"strategies": ["profiles"]}, "needs a book"),
        ({"capacity": 1.5}, "1.5 is not a share"),
    ],
)
def test_what_cannot_be_tried_is_refused(season: Recorded, change: dict[str, Any], message: str) -> None:
    with pytest.raises(EstimateError, match=message):
        backtest(season, **{"strategies": ["random"], **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [({"period": "day"}, "no period 'day'.*week or month"), ({"start": date(2030, 1, 1)}, "nothing is left")],
)
def test_a_time_that_cannot_be_tried_is_refused(small_trade: Any, change: dict[str, Any], message: str) -> None:
    with pytest.raises(EstimateError, match=message):
        Recorded.prepare(*small_trade.tables, **change)
    with pytest.raises(EstimateError, match=message):
        Simulated.prepare(2000, 60, 1, **change)


def test_a_truth_that_does_not_fit_is_refused(small_trade: Any) -> None:
    lines, findings, truth = small_trade.tables
    with pytest.raises(InputError, match=r"truth: column\(s\) missing: illicit"):
        Recorded.prepare(lines, findings, truth.drop("illicit"))
    with pytest.raises(InputError, match="two truths"):
        Recorded.prepare(lines, findings, pl.concat([truth, truth.head(1)]))
    with pytest.raises(EstimateError, match="no lines"):
        Recorded.prepare(lines.head(0), findings, truth)
