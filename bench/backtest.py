"""Does exploration pay, and do the yardstick's intervals cover? Ten simulated years with adapting offenders.

    python bench/backtest.py                          ten seeds: finds by strategy, coverage by size of the draw
    python bench/backtest.py coverage                 the second alone, without the other strategies
    python bench/backtest.py --seeds 2 --lines 30000  a quick look
    python bench/backtest.py knowledge                what more findings would be worth, and what opening for them costs
    python bench/backtest.py intervals                the simulation study by which the interval was chosen

Figures are printed as they come out. The strategy that is said to be best was named before the seeds were run (BEST).
"""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from tidegate.backtest import STRATEGIES, Simulated, Strategy, chosen, small_trees
from tidegate.backtest.result import by_period
from tidegate.backtest.strategy import policy_of
from tidegate.backtest.trial import Setting, trial
from tidegate.selection import DayKeys, decide
from tidegate.yardstick import count_interval, fraud_rate, outcomes

BEST = "model+optimism"
COVERED = "model+draw"
DRAWS = (0.1, 0.4, 1.0)
CAPACITY = 0.05
TOLD = (0.0, 0.005, 0.05, 1.0)
WANTED_WINS, WANTED_COVERAGE = 8, (0.92, 0.98)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def machine() -> str:
    """Return a line about where and with what this ran."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("polars", "numpy", "scipy", "lightgbm"))
    return f"{platform.machine()}, Python {platform.python_version()}, {packages}"


def run(seed: int, lines: int, names: Sequence[str], keys: int) -> tuple[dict[str, int], dict[float, list[bool]]]:
    """Finds by strategy; and by share of the draw, whether the truth was covered, each month and key."""
    season = Simulated.prepare(lines, 365, seed)
    setting = Setting(CAPACITY, False, None, None, None, DayKeys.demo(seed), small_trees, seed)
    found: dict[str, int] = {}
    covered: dict[float, list[bool]] = {}
    for strategy in chosen(list(names)):
        decisions, findings = trial(season, strategy, setting)
        found[strategy.name] = int(by_period(strategy, decisions, findings)["found"].sum())
        if strategy.name == COVERED:
            seeds = [seed * 1000 + n for n in range(keys)]
            covered = {share: redraws(replace(strategy, draw=share), decisions, seeds) for share in DRAWS}
    return found, covered


def redraws(strategy: Strategy, decisions: pl.DataFrame, seeds: Sequence[int]) -> list[bool]:
    """Draw the same cases again with other day keys: whether the interval of each month covers its true fraud rate."""
    true = decisions.select("declaration_id", pl.col("guilty").alias("illicit"))
    names = ["declaration_id", "lodged_on", "office", "trusted", "score", "uncertainty", "hits", "period", "explore"]
    demands = ["demand_red", "demand_yellow", "demand_blue"]
    policy = policy_of(strategy, CAPACITY, strategy.explore)
    held: list[bool] = []
    for seed in seeds:
        drawn = decide(decisions.select(*names, *demands), policy, DayKeys.demo(seed))
        findings = drawn.filter(pl.col("channel") != "green").select("declaration_id", "probability")
        table = outcomes(drawn, findings.join(true, on="declaration_id")).with_columns(drawn["period"])
        rate = drawn.join(true, on="declaration_id").group_by("period").agg(pl.col("illicit").mean().alias("rate"))
        told = fraud_rate(table, by="period").join(rate, on="period")
        inside = pl.col("rate").is_between(pl.col("low") - 1e-12, pl.col("high") + 1e-12)
        held += told.select(inside).to_series().to_list()
    return held


def seasons(seeds: Sequence[int], lines: int, names: Sequence[str], keys: int) -> None:
    """Print the finds by seed and strategy, the coverage by size of the draw, and whether the wanted figures hold."""
    print(f"# {machine()}")
    print(f"# {len(seeds)} seeds, {lines:,} lines in 365 days, the first month to warm up, {CAPACITY:.0%} opened\n")
    print("seed  " + "".join(f"{name:>16}" for name in names) + "   seconds")
    rows: list[dict[str, int]] = []
    covered: dict[float, list[bool]] = {share: [] for share in DRAWS}
    for seed in seeds:
        begun = time.perf_counter()
        found, held = run(seed, lines, names, keys)
        rows.append(found)
        for share in held:
            covered[share] += held[share]
        print(
            f"{seed:4}  " + "".join(f"{found[name]:16}" for name in names) + f"{time.perf_counter() - begun:10.0f}",
            flush=True,
        )
    sums = {name: sum(row[name] for row in rows) for name in names}
    print("sum   " + "".join(f"{sums[name]:16}" for name in names) + "\n")
    explorers = [one.name for one in STRATEGIES if one.explores and one.name in names]
    if "model" in names and BEST in names:
        afterwards = max(explorers, key=lambda name: sums[name])
        for name, when in ((BEST, "named before"), (afterwards, "seen to be best afterwards")):
            wins = sum(row[name] > row["model"] for row in rows)
            print(
                f"{name} ({when}) finds more than the model alone in {wins} of {len(rows)} "
                f"(wanted: {WANTED_WINS} of 10), in all {sums[name] / sums['model'] - 1:+.1%}"
            )
    if not any(covered.values()):
        return
    print("\n95% intervals of the monthly fraud rate cover the truth in, of 100 (wanted 92 to 98):")
    for share, held_all in covered.items():
        print(f"  {share:4.0%} of the capacity drawn at random: {verdict(held_all)}")
    print(
        f"  all:                                  {verdict([one for held_all in covered.values() for one in held_all])}"
    )


def verdict(held: Sequence[bool]) -> str:
    """Return the share that was covered, and whether it is as wanted."""
    share = float(np.mean(held))
    holds = "holds" if WANTED_COVERAGE[0] <= share <= WANTED_COVERAGE[1] else "does NOT hold"
    return f"{100 * share:5.1f} ({len(held)} months): {holds}"


def knowledge(seeds: Sequence[int], lines: int) -> None:
    """Print what the model finds where it is told the truth of more, and what its least promising openings find."""
    print(f"# {machine()}")
    print(f"# {len(seeds)} seeds, {lines:,} lines in 365 days; so much of all declarations is told for nothing\n")
    print("seed  " + "".join(f"{share:>9.1%}" for share in TOLD) + "   in 100: opened, its last tenth, all trade")
    sums, yields = dict.fromkeys(TOLD, 0), np.zeros((3, 2))
    (model,) = chosen(["model"])
    for seed in seeds:
        season = Simulated.prepare(lines, 365, seed)
        found: list[int] = []
        for share in TOLD:
            setting = Setting(CAPACITY, False, None, None, None, DayKeys.demo(seed), small_trees, seed, told=share)
            decisions, findings = trial(season, model, setting)
            found.append(int(by_period(model, decisions, findings)["found"].sum()))
            sums[share] += found[-1]
            if share == 0.0:
                mine = promising(decisions)
                yields += mine
        print(f"{seed:4}  " + "".join(f"{count:9}" for count in found) + f"   {in_hundred(mine)}", flush=True)
    print("sum   " + "".join(f"{sums[share]:9}" for share in TOLD))
    print("      " + "".join(f"{sums[share] / sums[TOLD[0]] - 1:+9.1%}" for share in TOLD), end="   ")
    print(in_hundred(yields))


def in_hundred(counts: NDArray[np.float64]) -> str:
    """Shares of (illicit, declarations) in percent; "-" where there is no declaration."""
    return "".join(f"{100 * hits / tried:8.1f}" if tried else f"{'-':>8}" for hits, tried in counts)


def promising(decisions: pl.DataFrame) -> NDArray[np.float64]:
    """(illicit, declarations) of what was opened, of the tenth of it in each week with the lowest score, and of all."""
    opened = decisions.filter(pl.col("channel") != "green").with_columns(week=pl.col("lodged_on").dt.truncate("1w"))
    least = opened.filter(pl.col("score").rank("ordinal").over("week") <= pl.len().over("week") / 10)
    return np.array([[part["guilty"].sum(), part.height] for part in (opened, least, decisions)], np.float64)


Method = Callable[[Floats, Flags, Flags], tuple[float, float]]


def wald(probability: Floats, opened: Flags, illicit: Flags) -> tuple[float, float]:
    """Return Horvitz–Thompson plus and minus 1.96 standard errors (Poisson sampling), of the rest."""
    p = probability[opened & illicit]
    total, error = np.sum(1 / p - 1), np.sqrt(np.sum((1 - p) / p**2))
    return total - 1.96 * error, total + 1.96 * error


def korn_graubard(probability: Floats, opened: Flags, illicit: Flags) -> tuple[float, float]:
    """Return Clopper–Pearson on the effective sample size (Korn and Graubard, 1998), of the rest."""
    weight = np.where(opened, 1 / probability, 0.0)
    rate = float(np.sum(weight * illicit) / weight.sum()) if opened.any() else 0.0
    variance = float(np.sum((1 - probability) * (weight * (illicit - rate)) ** 2)) / max(weight.sum(), 1e-9) ** 2
    kish = weight.sum() ** 2 / max(np.sum(weight**2), 1e-9)
    size = rate * (1 - rate) / variance if variance > 0 and 0 < rate < 1 else kish
    low = stats.beta.ppf(0.025, rate * size, size - rate * size + 1) if rate > 0 else 0.0
    high = stats.beta.ppf(0.975, rate * size + 1, size - rate * size) if rate < 1 else 1.0
    found = np.sum(opened & illicit)
    return float(max(len(probability) * low - found, 0)), float(len(probability) * high - found)


def fay_feuer(probability: Floats, opened: Flags, illicit: Flags) -> tuple[float, float]:
    """Return the gamma interval of a weighted sum of Poisson counts (Fay and Feuer, 1997), of the rest."""
    weight = 1 / probability[opened & illicit]
    mean, variance = float(np.sum(weight - 1)), float(np.sum((weight - 1) * weight))
    worst = float(np.max(1 / probability[opened], initial=0.0)) if opened.any() else float(1 / probability.min())
    low = stats.gamma.ppf(0.025, mean**2 / variance, scale=variance / mean) if mean > 0 else 0.0
    mean, variance = mean + worst - 1, variance + (worst - 1) * worst
    return float(low), float(stats.gamma.ppf(0.975, mean**2 / variance, scale=variance / mean))


def ours(probability: Floats, opened: Flags, illicit: Flags) -> tuple[float, float]:
    """Return what the yardstick uses."""
    rest = count_interval(probability, opened, ~opened, illicit)
    return rest.low, rest.high if rest.high is not None else float(np.sum(~opened))


METHODS: dict[str, Method] = {"Wald": wald, "Korn-Graubard": korn_graubard, "Fay-Feuer": fay_feuer, "Tidegate": ours}


def trades(rng: np.random.Generator, size: int) -> dict[str, tuple[Floats, Floats]]:
    """Return kinds of trade: (risk, probability) of each declaration."""
    spread = rng.lognormal(-0.85, 1.3, size)
    part = rng.random(size)
    made: dict[str, tuple[Floats, Floats]] = {}
    for rate in (0.01, 0.1, 0.3):
        made[f"draw only, {rate:.0%}"] = np.full(size, rate), np.full(size, 0.02)
    for rate in (0.005, 0.02, 0.1):
        risk = np.clip(rate * spread, 0, 0.95)
        risk = np.where(part < 0.03, np.maximum(risk, 0.35), risk)
        sought = np.where(part < 0.08, np.clip(risk * 3, 0.02, 0.95), 0.01)
        made[f"profiles and draw, {rate:.1%}"] = risk, np.where(part < 0.03, 0.8, sought)
        made[f"by risk, {rate:.1%}"] = risk, np.clip(0.05 * np.sqrt(risk) / np.sqrt(risk).mean(), 0.004, 0.99)
    for rate in (0.01, 0.05):
        made[f"sought in the wrong place, {rate:.0%}"] = (
            np.where(part < 0.1, 0.001, rate),
            np.where(part < 0.1, 0.5, 0.005),
        )
    return made


def intervals(repeats: int, seed: int = 1) -> None:
    """Print coverage (of 100) and mean width (share of declarations) of each method in each kind of trade."""
    rng = np.random.default_rng(seed)
    print(f"# {machine()}\n# {repeats} repeats; coverage of 100, mean width in points of a percent\n")
    print(f"{'trade':36}{'size':>7}" + "".join(f"{name:>20}" for name in METHODS))
    all_held: dict[str, list[float]] = {name: [] for name in METHODS}
    for size in (1000, 4000, 20000):
        for trade, (risk, probability) in trades(rng, size).items():
            held, width = dict.fromkeys(METHODS, 0), dict.fromkeys(METHODS, 0.0)
            for _ in range(repeats):
                illicit, opened = rng.random(size) < risk, systematic(probability, rng)
                rest = np.sum(illicit & ~opened)
                for name, method in METHODS.items():
                    low, high = method(probability, opened, illicit)
                    held[name] += bool(low - 1e-9 <= rest <= high + 1e-9)
                    width[name] += (high - low) / size
            for name in METHODS:
                all_held[name].append(held[name] / repeats)
            figures = (f"{100 * held[name] / repeats:10.1f}{100 * width[name] / repeats:10.2f}" for name in METHODS)
            print(f"{trade:36}{size:7}" + "".join(figures), flush=True)
    print(
        f"{'mean, and least':43}" + "".join(f"{100 * np.mean(v):10.1f}{100 * min(v):10.1f}" for v in all_held.values())
    )


def systematic(probability: Floats, rng: np.random.Generator) -> Flags:
    """Return one systematic draw in random order, as the wheel of `tidegate.selection` makes it."""
    order = rng.permutation(probability.size)
    steps = np.floor(np.concatenate([[0.0], np.cumsum(probability[order])]) + rng.random())
    drawn = np.empty(probability.size, dtype=bool)
    drawn[order] = np.diff(steps) > 0
    return drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="seasons", choices=["seasons", "coverage", "knowledge", "intervals"])
    parser.add_argument("--seeds", type=int, default=10, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--keys", type=int, default=5, help="day keys to redraw each month with")
    parser.add_argument("--repeats", type=int, default=200, help="of the simulation study")
    parser.add_argument("--strategies", default="random,model,model+optimism,model+draw")
    told = parser.parse_args()
    if told.what == "intervals":
        intervals(told.repeats)
    elif told.what == "knowledge":
        knowledge(range(told.first, told.first + told.seeds), told.lines)
    else:
        names = [COVERED] if told.what == "coverage" else told.strategies.split(",")
        seasons(range(told.first, told.first + told.seeds), told.lines, names, told.keys)


if __name__ == "__main__":
    main()
