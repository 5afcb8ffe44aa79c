"""The backtest: the same season for every strategy, month by month, each learning only from what it opened itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from tidegate.backtest.learner import Learner, small_trees
from tidegate.backtest.result import Result, by_period, in_total
from tidegate.backtest.season import Season
from tidegate.backtest.strategy import STRATEGIES, Strategy, chosen
from tidegate.backtest.trial import Setting, trial
from tidegate.errors import EstimateError
from tidegate.profiles import Book, WatchLists
from tidegate.selection import DayKeys, Policy

__all__ = ["backtest"]


def backtest(
    season: Season,
    strategies: Sequence[str] | Sequence[Strategy] = STRATEGIES,
    *,
    book: Book | None = None,
    lists: WatchLists | None = None,
    policy: Policy | None = None,
    capacity: float = 0.05,
    by_office: bool = False,
    learner: Learner = small_trees,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Result:
    """Try `strategies` (names, or Strategy) on a season: `Recorded`, or `Simulated`, whose offenders react to each.

    Every strategy starts with the findings of a past regime; from then on it sees what was in a declaration only when
    it opened it. All of them open `capacity`, a share of the declarations of each day; with `by_office`, of each office
    and day, which takes offices with dozens of declarations a day to be fair to a score. Exemptions and the treatment
    of trusted traders are those of `policy`. The draw is made with demo keys of `seed`. `progress` is told the share
    done, 0 to 1.

    Raises EstimateError for strategies that cannot be tried.
    """
    tried = tuple(one if isinstance(one, Strategy) else chosen([one])[0] for one in strategies)
    names = [strategy.name for strategy in tried]
    if not tried or len(set(names)) < len(names):
        raise EstimateError("each strategy must be named once, and one at least.", where="strategies")
    if not 0.0 < capacity < 1.0:
        raise EstimateError(f"capacity {capacity} is not a share.", where="capacity", hint="Write 0.05 for 5%.")
    if book is None and any(strategy.profiles for strategy in tried):
        raise EstimateError("strategy 'profiles' needs a book.", where="strategies", hint="Give one, or leave it out.")
    setting = Setting(capacity, by_office, book, lists, policy, DayKeys.demo(seed), learner, seed)
    done, steps = 0, len(tried) * len(season.periods)

    def step() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done / steps)

    periods = pl.concat(by_period(strategy, *trial(season, strategy, setting, progress=step)) for strategy in tried)
    return Result(tried, periods, in_total(periods))
