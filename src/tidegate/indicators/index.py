"""The counters made ready to be asked: tallies by key and day, and the answers to every need of many lines at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.indicators.batch import Batch, Floats, Whole
from tidegate.indicators.keys import WEIGHTS, Hashes, KeySet, present_in
from tidegate.indicators.ledger import NEVER, Block, Ledger
from tidegate.indicators.needs import MEASURES, Need, Plan, Quartile, Question, Since, Sum, TallyName
from tidegate.indicators.prices import PriceOrder
from tidegate.indicators.tally import Entries, Tally, codes_of, entries

__all__ = ["Index"]


class Index:
    """Everything a ledger knows, by key and day. A window ends before the line's own day, so nothing later is seen."""

    def __init__(self, ledger: Ledger, plan: Plan) -> None:
        self.plan = plan
        opened, found = ledger.results()
        by_day = np.argsort(ledger.lines["day"], kind="stable")
        lines = {**_at(ledger.lines, by_day), "opened": opened[by_day], "found": found[by_day]}
        with ThreadPoolExecutor(pl.thread_pool_size()) as pool:

            def parts(
                tally: TallyName, rows: NDArray[np.bool_] | None, columns: str, add: Callable[[Hashes, Block], Entries]
            ) -> list[Entries]:
                numbers = {column: lines[column] for column in columns.split()}
                texts = lines["texts"]
                if rows is not None:
                    numbers, texts = _at(numbers, rows), texts[:, rows]
                present = present_in(texts)

                def part(name: str) -> Entries:
                    hashes, known = KeySet([name]).hashes(texts, present)
                    if known.all():
                        return add(hashes[0], numbers)
                    return add(hashes[known], _at(numbers, known[0]))

                return list(pool.map(part, plan.names(tally)))

            by_line = parts("lines", None, "day", _lines)
            amounts = parts("amounts", None, "day declaration value mass", _amounts)
            duties = parts("duties", lines["duty_rate"] >= 0, "day duty_rate", _duties)
            findings = parts("findings", lines["opened"] < NEVER, "opened found", _findings)
            prices = parts("prices", lines["price"] > 0, "day price", _prices)
            quality = parts("quality", None, "day flagged", _quality)
            self.keys = np.concatenate([part.keys for part in by_line])
            self.tallies: dict[TallyName, Tally] = {
                "lines": Tally.of(by_line, self.keys),
                "amounts": Tally.of(amounts, self.keys),
                "duties": Tally.of(duties, self.keys),
                "findings": Tally.of(findings, self.keys),
                "prices": Tally.of(prices, self.keys),
                "quality": Tally.of(quality, self.keys),
            }
        self.prices = PriceOrder(np.concatenate([part.carried for part in prices if part.carried is not None]))

    def answer(self, batch: Batch, least_prices: int = 1) -> Floats:
        """Every need of the plan on every line, shape (needs, lines): NaN where the key is not known, or no answer.
        A quartile takes `least_prices` prices.

        All keys are asked at once, in sorted order, because neighbours in order are neighbours in memory.
        """
        plan, size = self.plan, len(batch)
        keys, known = plan.key_set.hashes(batch.texts, present_in(batch.texts))
        order = np.argsort(keys, axis=1, kind="stable")
        days = batch.day[order]
        codes = codes_of(keys.ravel()[order + np.arange(len(keys))[:, None] * size], days, self.keys)
        in_order = np.empty((len(plan.needs), size))
        for name, tally in self.tallies.items():
            mine, asked = codes[plan.rows[name]], plan.enquiries[name]
            starts = tally.before(mine[asked.rows], asked.windows)
            stops = np.searchsorted(tally.cells, mine)[asked.rows]
            for question in asked.questions:
                start, stop = starts[question.at], stops[question.at]
                if isinstance(question.needs[0], Quartile):
                    in_order[question.to] = self._quartiles(question, start, stop, least_prices)
                else:
                    day = days[plan.key_rows[question.to]]
                    in_order[question.to] = _value(question.needs[0], tally, start, stop, day)
        answers = np.empty_like(in_order)
        answers.ravel()[order[plan.key_rows] + np.arange(len(plan.needs))[:, None] * size] = in_order
        answers[~known[plan.key_rows]] = np.nan
        return answers

    def _quartiles(self, question: Question, start: Whole, stop: Whole, least: int) -> Floats:
        """The lower empirical quartile: the floor(q(n-1)/4)-th of n prices counted from 0, so one that was paid."""
        quarters = [need.quarter for need in question.needs if isinstance(need, Quartile)]
        prices = self.tallies["prices"].sums["rows"]
        begin, end = prices[start].astype(np.int64), prices[stop].astype(np.int64)
        count = end - begin
        some = count >= least
        rank = (count - 1) * np.array(quarters)[:, None] // 4
        steps = np.full(count.shape, np.nan)
        steps[some] = self.prices.smallest(begin[some], end[some], rank[some])
        return steps


def _value(need: Need, tally: Tally, start: Whole, stop: Whole, days: Whole) -> NDArray[Any]:
    """The answer to one kind of question, from the cells start to stop of each key."""
    if isinstance(need, Since):
        cells = start if need.event == "first" else stop - 1
        return np.where(stop > start, days - tally.day_of(cells), np.nan)
    measure = MEASURES[need.measure] if isinstance(need, Sum) else MEASURES["days"]
    if measure.column == "cells":
        return stop - start
    sums = tally.sums[measure.column]
    total: NDArray[Any] = sums[stop] - sums[start]
    return total if measure.scale == 1.0 else total / measure.scale


def _at(block: Block, rows: NDArray[Any]) -> Block:
    return {name: column[..., rows] for name, column in block.items()}


def _lines(keys: Hashes, lines: Block) -> Entries:
    return entries(keys, lines["day"], {})


def _amounts(keys: Hashes, lines: Block) -> Entries:
    # A declaration counts once under a key and day, whichever of its lines came first.
    marks = keys * WEIGHTS[0] + lines["declaration"] * WEIGHTS[1] + lines["day"].astype(np.uint64) * WEIGHTS[2]
    declarations = np.zeros(len(keys), np.int64)
    declarations[np.unique(marks, return_index=True)[1]] = 1
    return entries(keys, lines["day"], {"declarations": declarations, "value": lines["value"], "mass": lines["mass"]})


def _duties(keys: Hashes, lines: Block) -> Entries:
    return entries(keys, lines["day"], {"rate": lines["duty_rate"].astype(np.int64)})


def _findings(keys: Hashes, results: Block) -> Entries:
    # A line found unlawful after it was found clean was opened twice: no window holds more finds than openings.
    unlawful = results["found"] < NEVER
    later = results["found"][unlawful]
    days = np.concatenate((results["opened"], later))
    opened = np.concatenate((np.ones(len(keys), np.bool_), later > results["opened"][unlawful]))
    found = np.arange(len(days)) >= len(keys)
    by_day = np.argsort(days, kind="stable")
    sums = {"opened": opened[by_day].astype(np.int64), "found": found[by_day].astype(np.int64)}
    return entries(np.concatenate((keys, keys[unlawful]))[by_day], days[by_day], sums)


def _prices(keys: Hashes, lines: Block) -> Entries:
    return entries(keys, lines["day"], {}, carry=lines["price"])


def _quality(keys: Hashes, lines: Block) -> Entries:
    return entries(keys, lines["day"], {"flagged": lines["flagged"].astype(np.int64)})
