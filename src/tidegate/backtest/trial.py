"""One trial: a strategy lives through a season, and learns only from what it opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.backtest.adaptation import next_share
from tidegate.backtest.exploration import KEYS, doubt, unlike
from tidegate.backtest.learner import Judge, Learner
from tidegate.backtest.season import Lodged, Season, labels
from tidegate.backtest.strategy import Strategy, policy_of
from tidegate.indicators import Counters, compute
from tidegate.profiles import Book, Matcher, WatchLists
from tidegate.selection import DayKeys, Policy, decide

__all__ = ["Setting", "trial"]

Floats = NDArray[np.float64]

SPARE, PASSES = 0.02, 4
"""Share of the capacity that may stay unused, and how often the random draw is raised to use it."""
TOLD = 11  # of the seed: what is told for nothing is no part of any other chance


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for every strategy; `capacity` is a share of the declarations of a day, `by_office` or not.

    `told`: share of all declarations, drawn at random, whose truth a strategy learns for nothing, besides that of what
    it opens. It finds nothing by that, and no offender hears of it: what knowledge is worth can be measured so.
    """

    capacity: float
    by_office: bool
    book: Book | None
    lists: WatchLists | None
    policy: Policy | None
    keys: DayKeys
    learner: Learner
    seed: int
    told: float = 0.0


def trial(
    season: Season, strategy: Strategy, setting: Setting, progress: Callable[[], None] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(decisions, findings) of the whole season under one strategy: what `yardstick.outcomes` takes.

    Decisions have, besides the columns of `decide`, `hits`, `period`, `explore` (the share of exploration then), and
    the truth: `guilty` and `evaded`. `progress` is called for each period.
    """
    counters = Counters()
    counters.add(season.past, season.warm)
    past = labels(season.past, season.warm)
    memory: list[_Lesson] = []
    if strategy.model:
        taught = season.past.filter(past.is_not_null())
        memory.append(_Lesson(_with_indicators(taught, counters), past.drop_nulls().to_numpy()))
    matcher: Matcher | None = None
    judge: Judge | None = None
    share, period, learned = strategy.explore, None, 0
    decisions: list[pl.DataFrame] = []
    findings: list[pl.DataFrame] = []
    run, gift = season.run(), np.random.default_rng([setting.seed, TOLD])
    while (lodged := run.lodged()) is not None:
        if lodged.period != period:
            if strategy.adapts and period is not None:
                share = next_share(share, *_promises(pl.concat(decisions[learned:]), pl.concat(findings[learned:])))
            if strategy.model:
                judge = _learn(memory, setting, season.periods.index(lodged.period))
            if progress and period is not None:
                progress()
            period, learned = lodged.period, len(decisions)
        counters.add(lodged.lines)
        looks = strategy.model or strategy.profiles
        table = _with_indicators(lodged.lines, counters) if looks else lodged.lines
        if strategy.profiles and matcher is None and setting.book is not None:
            matcher = Matcher(setting.book.profiles, table.schema, setting.lists)
        cases = _cases(lodged, table, strategy, setting, matcher, judge, memory)
        decided = _decide(cases, strategy, setting, share)
        opened = (decided["channel"] != "green").to_numpy()
        known = opened | (gift.random(opened.size) < setting.told)
        lesson = lodged.open(known)
        picked = known[lodged.lines["_declaration"].to_numpy()]
        counters.add(lodged.lines.filter(picked), lesson)
        memory.append(_Lesson(table.filter(picked), lesson["illicit"].to_numpy()))
        run.hear(opened)
        decisions.append(decided.with_columns(pl.lit(period).alias("period"), pl.lit(share).alias("explore")))
        findings.append(_reported(lodged.open(opened), decided))
    if progress:
        progress()
    return pl.concat(decisions), pl.concat(findings)


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Lines that were opened, as they looked when they were judged, and what was found."""

    table: pl.DataFrame
    illicit: NDArray[np.bool_]


def _with_indicators(lines: pl.DataFrame, counters: Counters) -> pl.DataFrame:
    return lines.hstack(compute(lines, counters))


def _learn(memory: list[_Lesson], setting: Setting, number: int) -> Judge | None:
    table = pl.concat([lesson.table for lesson in memory], how="diagonal")
    illicit = np.concatenate([lesson.illicit for lesson in memory])
    return setting.learner(
        table.drop("_declaration", strict=False), illicit, table["lodged_on"].to_numpy(), setting.seed + number
    )


def _cases(
    lodged: Lodged,
    table: pl.DataFrame,
    strategy: Strategy,
    setting: Setting,
    matcher: Matcher | None,
    judge: Judge | None,
    memory: list[_Lesson],
) -> pl.DataFrame:
    """One row a declaration of what was lodged, in order, as `decide` takes it, with `hits`."""
    of_line, count = lodged.lines["_declaration"].to_numpy(), lodged.declarations.height
    cases = lodged.declarations.with_columns(
        pl.col("office") if setting.by_office else pl.lit(None, pl.String).alias("office"),
        pl.int_range(count, dtype=pl.Int64).alias("_row"),
        *(pl.lit(0.0).alias(f"demand_{channel}") for channel in ("red", "yellow", "blue")),
        pl.lit(None, pl.List(pl.String)).alias("hits"),
        pl.lit(None, pl.Float64).alias("score"),
        pl.lit(None, pl.Float64).alias("uncertainty"),
    )
    if matcher is not None:
        hits = matcher.match(table)
        fired = pl.DataFrame({"_row": of_line[hits.line], "profile": hits.profile}).with_columns(
            pl.col("profile")
            .replace_strict(dict(enumerate(p.id for p in matcher.profiles)), return_dtype=pl.String)
            .alias("hits"),
            pl.col("profile")
            .replace_strict(dict(enumerate(p.rate for p in matcher.profiles)), return_dtype=pl.Float64)
            .alias("demand_red"),
        )
        fired = fired.group_by("_row").agg(pl.col("hits").unique().sort(), pl.col("demand_red").max())
        cases = cases.drop("hits", "demand_red").join(fired, on="_row", how="left", maintain_order="left")
        cases = cases.with_columns(pl.col("demand_red").fill_null(0.0))
    if judge is not None:
        score, spread = judge.judge(table)
        opened = pl.concat([lesson.table.select(KEYS) for lesson in memory])
        if strategy.unsure == "unlike":
            spread = unlike(table, opened, score)
        if strategy.optimism:
            score = np.minimum(score + strategy.optimism * doubt(table, opened, score), 1.0)
        # Lines of one declaration are unlawful together more often than apart: the worst one tells, not their number.
        worst = np.zeros((2, count))
        np.maximum.at(worst[0], of_line, score)
        np.maximum.at(worst[1], of_line, spread)
        cases = cases.with_columns(pl.Series("score", worst[0]), pl.Series("uncertainty", worst[1]))
    return cases.drop("_row")


def _decide(cases: pl.DataFrame, strategy: Strategy, setting: Setting, explore: float) -> pl.DataFrame:
    """Decide; what profiles and model leave unused of the capacity is drawn at random in further passes."""
    spare = 0.0
    for _ in range(PASSES):
        policy = policy_of(strategy, setting.capacity, explore, spare, setting.policy)
        decided = decide(cases, policy, setting.keys)
        unused = 1.0 - float(decided["probability"].sum()) / (setting.capacity * cases.height)
        if unused <= SPARE:
            break
        spare += unused
    return decided


def _reported(found: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    chosen = decided.select("declaration_id", pl.col("targeted_by").alias("selected_by"), "probability")
    return found.join(chosen, on="declaration_id", how="left", maintain_order="left")


def _promises(decided: pl.DataFrame, found: pl.DataFrame) -> tuple[Floats, NDArray[np.bool_]]:
    """(score, found) of the declarations that the model had opened."""
    results = found.group_by("declaration_id").agg(pl.col("illicit").any())
    model = decided.filter(pl.col("targeted_by") == "model").join(results, on="declaration_id")
    return model["score"].to_numpy(), model["illicit"].to_numpy()
