"""Speed of the selection, `python bench/selection.py [DECLARATIONS]`: a batch, its counterfactual, its check, the desk.

The peer, for the part that is not arithmetic on columns: tickets by the standard library's one-shot `hmac.digest`.
"""

from __future__ import annotations

import os

os.environ["POLARS_MAX_THREADS"] = "1"  # read when polars is imported

import hmac
import platform
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import TypeVar

import numpy as np
import polars as pl

from tidegate.selection import CHANNELS, DayKeys, Desk, Policy, clear, decide, reconsider, verify
from tidegate.selection.keys import tickets

T = TypeVar("T")
DAY = date(2026, 1, 1)


def trade(size: int, days: int = 60, offices: int = 30, seed: int = 1) -> pl.DataFrame:
    """Cases as an assessment hands them over: a score in 1,000 steps, 3% demands in red, 8% in yellow."""
    rng = np.random.default_rng(seed)
    rate = [0.1, 0.3, 1.0]
    return pl.DataFrame(
        {
            "declaration_id": [f"26VN{seed:02d}{number:09d}" for number in range(size)],
            "lodged_on": pl.Series(rng.integers(0, days, size) + (DAY - date(1970, 1, 1)).days)
            .cast(pl.Int32)
            .cast(pl.Date),
            "office": pl.Series([f"O{number:02d}" for number in range(offices)]).gather(rng.integers(0, offices, size)),
            "trusted": rng.random(size) < 0.1,
            "score": np.round(rng.beta(1, 20, size), 3),
            "uncertainty": rng.random(size),
            "demand_red": np.where(rng.random(size) < 0.03, rng.choice(rate, size), 0.0),
            "demand_yellow": np.where(rng.random(size) < 0.08, rng.choice(rate, size), 0.0),
            "demand_blue": np.zeros(size),
        }
    )


def timed(label: str, work: Callable[[], T]) -> T:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    print(f"{label:44} {time.perf_counter() - wall:8.2f} s {time.process_time() - cpu:8.2f} s CPU")
    return result


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    print(f"{platform.machine()}, Python {platform.python_version()}, polars {pl.__version__}, one core")
    cases, policy, keys = trade(size), Policy(), DayKeys.demo(1)
    print(f"{size:,} declarations, {cases.select('lodged_on', 'office').unique().height:,} offices and days")

    terms = timed("clear: the terms of every office and day", lambda: clear(cases, policy))
    out = timed("decide: clear, draw, record", lambda: decide(cases, policy, keys))
    selected = out.filter(pl.col("channel") != "green")
    timed(f"reconsider: {selected.height:,} without the model", lambda: reconsider(selected, terms.without("model")))
    report = timed("verify: keys, tickets, wheels, channels", lambda: verify(out, keys))
    assert report.ok
    ids = out["declaration_id"].to_list()
    key = keys.key(DAY)
    timed("  of which tickets", lambda: tickets(key, ids))
    timed("  peer: hmac.digest for each", lambda: [hmac.digest(key, text.encode(), "sha256") for text in ids])

    room = [policy.default.capacity[channel].share or 0.0 for channel in CHANNELS]
    counts = out.group_by("lodged_on", "office").agg(
        pl.len(), *((pl.col("channel") == channel).sum().alias(channel) for channel in CHANNELS)
    )
    over = [(counts[c] - (counts["len"] * share).ceil()).max() for c, share in zip(CHANNELS, room, strict=True)]
    print(f"most above a capacity rounded up, red, yellow, blue: {over}")

    desk, took = Desk(policy, keys, terms), []
    for case in trade(5_000, seed=2).iter_rows(named=True):
        wall, cpu = time.perf_counter(), time.process_time()
        desk.decide(case)
        took.append((time.perf_counter() - wall, time.process_time() - cpu))
    for label, each in zip(("wall", "CPU"), np.array(took).T * 1e6, strict=True):
        middle, high, p99 = np.percentile(each, [50, 90, 99])
        print(f"desk, one declaration, {label}: median {middle:.0f} us, p90 {high:.0f} us, p99 {p99:.0f} us")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.2f} GB")


if __name__ == "__main__":
    main()
