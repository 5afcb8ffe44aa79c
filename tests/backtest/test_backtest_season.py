"""A recorded season is the same for all; in a simulated one offenders hear of what a strategy opened, and react."""

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tidegate.backtest import Recorded, Simulated, Strategy
from tidegate.backtest.season import Lodged, Season
from tidegate.backtest.trial import Setting, trial
from tidegate.selection import DayKeys


@pytest.fixture(scope="module")
def living() -> Simulated:
    return Simulated.prepare(12_000, 150, 11)


def lived(season: Season, everything: bool) -> list[Lodged]:
    run, seen = season.run(), []
    while (lodged := run.lodged()) is not None:
        seen.append(lodged)
        run.hear(np.full(lodged.declarations.height, everything))
    return seen


def ways(lodged: Lodged) -> set[tuple[str, ...]]:
    """Importer, supplier and route of every unlawful line."""
    guilty = lodged.lines.filter(lodged.illicit)
    return set(guilty.select("importer_id", "exporter_id", "loading_port").rows())


def test_a_run_leaves_the_season_as_it_was(living: Simulated) -> None:
    first, again = lived(living, everything=True), lived(living, everything=True)
    assert_frame_equal(pl.concat(one.lines for one in first), pl.concat(one.lines for one in again))


def test_offenders_who_are_always_caught_change_their_ways_and_those_never_caught_keep_them(living: Simulated) -> None:
    kept = {}
    for everything in (False, True):
        run = lived(living, everything)
        early = set().union(*(ways(lodged) for lodged in run[:4]))
        late = set().union(*(ways(lodged) for lodged in run[-4:]))
        kept[everything] = len(early & late) / len(early)
    # Waves close by themselves, and single traders come once: not even the safe keep all their ways.
    assert kept[True] < 0.5 * kept[False]


def test_the_first_week_is_the_same_and_then_futures_part(living: Simulated) -> None:
    quiet, loud = lived(living, everything=False), lived(living, everything=True)
    assert_frame_equal(quiet[0].lines, loud[0].lines)
    assert not quiet[-1].lines.equals(loud[-1].lines)
    assert [one.lines.height for one in quiet] == [one.lines.height for one in loud]


def test_a_simulated_season_has_all_lines_once_and_in_order(living: Simulated) -> None:
    run = lived(living, everything=False)
    lines = pl.concat([living.past, *(one.lines.drop("_declaration") for one in run)])
    assert lines.height == 12_000
    assert lines["lodged_on"].is_sorted()
    assert not lines.select("declaration_id", "item_number").is_duplicated().any()
    assert {one.period for one in run} == set(living.periods)
    assert (living.warm["found_on"] < living.periods[0]).all()


def test_recorded_steps_hold_the_trade_of_their_period_and_no_more_than_a_week(season: Recorded) -> None:
    for step in season.steps:
        days = step.lines["lodged_on"]
        assert (days >= step.period).all()
        assert (days.max() - days.min()).days < 7  # type: ignore[operator, union-attr]
        assert step.declarations["declaration_id"].n_unique() == step.declarations.height
        guilty = step.lines.with_columns(pl.Series("illicit", step.illicit)).filter("illicit")["declaration_id"]
        assert set(guilty) == set(step.declarations.filter("guilty")["declaration_id"])


def test_a_trial_of_a_living_season_tells_what_was_there_to_find(living: Simulated) -> None:
    setting = Setting(0.05, False, None, None, None, DayKeys.demo(1), lambda *_: None, 1)
    decisions, findings = trial(living, Strategy("random", "", "", draw=1.0), setting)
    opened = decisions.filter(pl.col("channel") != "green")
    assert set(opened["declaration_id"]) == set(findings["declaration_id"])
    found = findings.group_by("declaration_id").agg(pl.col("illicit").any(), pl.col("revenue").sum())
    both = opened.join(found, on="declaration_id")
    assert (both["illicit"] == both["guilty"]).all()
    assert np.allclose(both["revenue"], both["evaded"])
