"""One trial: a strategy lives through a season, and learns only from what it opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.backtest.adaptation import next_share
from tidegate.backtest.exploration import doubt, unlike
from tidegate.backtest.learner import Judge, Learner
from tidegate.backtest.season import Season, labels
from tidegate.backtest.strategy import Strategy, policy_of
from tidegate.indicators import INDICATORS, Counters, compute
from tidegate.profiles import Book, Matcher, WatchLists
from tidegate.selection import DayKeys, Policy, decide

__all__ = ["Setting", "trial"]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

SPARE, PASSES = 0.02, 4
"""Share of the capacity that may stay unused, and how often the random draw is raised to use it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for every strategy; `capacity` is a share of the declarations of a day, `by_office` or not."""

    capacity: float
    by_office: bool
    book: Book | None
    lists: WatchLists | None
    policy: Policy | None
    keys: DayKeys
    learner: Learner
    seed: int


def trial(
    season: Season, strategy: Strategy, setting: Setting, progress: Callable[[], None] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(decisions, findings) of the whole season under one strategy: what `yardstick.outcomes` takes.

    Decisions have, besides the columns of `decide`, `hits`, `period` and `explore` (the share of exploration then).
    """
    counters = Counters()
    first = season.periods[0][0]
    past = season.within(date.min, first)
    counters.add(season.lines[past], season.warm)
    known = labels(season.lines[past], season.warm)
    taught = past[known.is_not_null().to_numpy()]
    memory: list[_Lesson] = []
    if strategy.model:
        memory.append(_Lesson(taught, _with_indicators(season, taught, counters), known.drop_nulls().to_numpy()))
    matcher = _matcher(season, strategy, setting)
    share = strategy.explore
    decisions: list[pl.DataFrame] = []
    findings: list[pl.DataFrame] = []
    for number, (begin, end) in enumerate(season.periods):
        rows = season.within(begin, end)
        counters.add(season.lines[rows])
        looks = strategy.model or matcher is not None
        table = _with_indicators(season, rows, counters) if looks else season.lines[rows]
        judge = _learn(memory, begin, setting, number) if strategy.model else None
        cases = _cases(season, rows, table, strategy, setting, matcher, judge, memory)
        decided = _decide(cases, strategy, setting, share)
        picked = np.isin(
            season.lines["_declaration"].to_numpy()[rows], decided.filter(pl.col("channel") != "green")["_row"]
        )
        opened = rows[picked]
        found = season.open(opened)
        counters.add(season.lines[opened], found)
        memory.append(_Lesson(opened, table.filter(picked), found["illicit"].to_numpy()))
        decisions.append(decided.with_columns(pl.lit(begin).alias("period"), pl.lit(share).alias("explore")))
        findings.append(_reported(found, decided))
        if strategy.adapts:
            share = next_share(share, *_promises(decided, findings[-1]))
        if progress:
            progress()
    return pl.concat(decisions).drop("_row"), pl.concat(findings)


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Lines that were opened, as they looked when they were judged, and what was found."""

    rows: Rows
    table: pl.DataFrame
    illicit: NDArray[np.bool_]


def _with_indicators(season: Season, rows: Rows, counters: Counters) -> pl.DataFrame:
    lines = season.lines[rows]
    return lines.hstack(compute(lines, counters))


def _matcher(season: Season, strategy: Strategy, setting: Setting) -> Matcher | None:
    if not strategy.profiles or setting.book is None:
        return None
    schema = {**season.lines.schema, **{indicator.name: indicator.dtype for indicator in INDICATORS}}
    return Matcher(setting.book.profiles, schema, setting.lists)


def _learn(memory: list[_Lesson], today: date, setting: Setting, number: int) -> Judge | None:
    table = pl.concat([lesson.table for lesson in memory])
    illicit = np.concatenate([lesson.illicit for lesson in memory])
    return setting.learner(table, illicit, table["lodged_on"].to_numpy(), setting.seed + number)


def _cases(
    season: Season,
    rows: Rows,
    table: pl.DataFrame,
    strategy: Strategy,
    setting: Setting,
    matcher: Matcher | None,
    judge: Judge | None,
    memory: list[_Lesson],
) -> pl.DataFrame:
    """One row a declaration of the period, as `decide` takes it, with `hits` and `_row`, its row in the season."""
    of_line = table["_declaration"].to_numpy()
    base, count = int(of_line[0]), int(of_line[-1] - of_line[0]) + 1
    cases = season.declarations[base : base + count].with_columns(
        pl.col("office") if setting.by_office else pl.lit(None, pl.String).alias("office"),
        pl.int_range(base, base + count, dtype=pl.Int64).alias("_row"),
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
        opened = pl.concat([season.lines[lesson.rows] for lesson in memory])
        if strategy.unsure == "unlike":
            spread = unlike(table, opened, score)
        if strategy.optimism:
            score = np.minimum(score + strategy.optimism * doubt(table, opened, score), 1.0)
        # Lines of one declaration are unlawful together more often than apart: the worst one tells, not their number.
        worst = np.zeros((2, count))
        np.maximum.at(worst[0], of_line - base, score)
        np.maximum.at(worst[1], of_line - base, spread)
        cases = cases.with_columns(pl.Series("score", worst[0]), pl.Series("uncertainty", worst[1]))
    return cases


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
