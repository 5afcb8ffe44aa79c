"""Speed of the indicators: `python bench/indicators.py [LINES]` prints lines/s, memory, and time of one declaration."""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from datetime import date

import numpy as np
import polars as pl

from tidegate.indicators import INDICATORS, Counters, compute

FIRST = date(2025, 1, 1)
COUNTRIES = ["CN", "KR", "JP", "TH", "US", "DE", "IT", "IN", "MY", "SG", "BR", "CM", "AU", "FR", "ID", "TW"]


def heavy(rng: np.random.Generator, kinds: int, size: int) -> np.ndarray:
    """Draws of 0..kinds-1 whose frequencies fall off like a power of their rank."""
    weights = np.arange(1, kinds + 1) ** -1.1
    return np.minimum(np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random(size)), kinds - 1)


def pick(kinds: list[str], numbers: np.ndarray) -> pl.Series:
    return pl.Series(kinds).gather(pl.Series(numbers.astype(np.uint32)))


def named(stem: str, numbers: np.ndarray) -> pl.Series:
    return pick([f"{stem}{number:09d}" for number in range(int(numbers.max()) + 1)], numbers)


def trade(size: int, days: int = 365, seed: int = 1) -> pl.DataFrame:
    """Lines with heavy tails: declarations of 1 to 9 lines, importers with products, suppliers and brokers."""
    rng = np.random.default_rng(seed)
    declaration = np.repeat(np.arange(size), rng.choice([1, 2, 3, 5, 9], size, p=[0.45, 0.25, 0.15, 0.1, 0.05]))[:size]
    count = int(declaration[-1]) + 1
    day = np.sort(rng.integers(0, days, count))[declaration] + (FIRST - date(1970, 1, 1)).days
    importer = heavy(rng, max(50, size // 30), count)[declaration]
    product = (importer * 31 + heavy(rng, 40, size)) % 4000
    origin = (importer * 7 + heavy(rng, 3, size)) % len(COUNTRIES)
    dispatch = np.where(rng.random(size) < 0.9, origin, heavy(rng, len(COUNTRIES), size))
    transit = pick(COUNTRIES, heavy(rng, len(COUNTRIES), size))
    net = np.exp(rng.normal(5, 2, size))
    price = np.exp(rng.normal(0, 0.4, size) + (product % 97) / 20)
    return pl.DataFrame(
        {
            "declaration_id": named("D", declaration),
            "item_number": (np.arange(size) - np.searchsorted(declaration, declaration) + 1).astype(np.int32),
            "lodged_on": pl.Series(day.astype(np.int32)).cast(pl.Date),
            "office": named("O", heavy(rng, 60, count)[declaration]),
            "importer_id": named("I", importer),
            "importer_address": named("Road ", importer * 10 // 11),
            "exporter_id": named("S", (importer * 11 + heavy(rng, 9, size)) % max(50, size // 15)),
            "declarant_id": named("B", (importer * 13 + heavy(rng, 4, size)) % max(20, size // 800)),
            "carrier_id": named("C", heavy(rng, 200, size)),
            "hs_code": pick([f"{1 + kind % 97:02d}{kind % 89:02d}{kind % 83:02d}00" for kind in range(4000)], product),
            "origin_country": pick(COUNTRIES, origin),
            "dispatch_country": pick(COUNTRIES, dispatch),
            "transit_country": pl.select(pl.when(pl.Series(rng.random(size) < 0.2)).then(transit)).to_series(),
            "loading_port": named("P", (origin * 3 + heavy(rng, 3, size)) % 60),
            "unloading_port": named("V", heavy(rng, 12, size)),
            "packages": (1 + rng.poisson(20, size)).astype(np.int32),
            "gross_mass_kg": net * 1.08,
            "net_mass_kg": net,
            "customs_value": np.round(net * price, 2),
            "currency": pick(["USD"], np.zeros(size)),
            "duty_rate": (product % 7) * 5.0,
        }
    )


def results(lines: pl.DataFrame, share: float = 0.08, seed: int = 2) -> pl.DataFrame:
    """Findings of a share of the lines, known two to twenty days later, one in six unlawful."""
    rng = np.random.default_rng(seed)
    opened = lines.filter(pl.Series(rng.random(lines.height) < share)).select(
        "declaration_id", "item_number", "lodged_on"
    )
    late = pl.Series(rng.integers(2, 20, opened.height))
    return opened.select(
        "declaration_id",
        "item_number",
        found_on=pl.col("lodged_on") + pl.duration(days=late),
        illicit=pl.Series(rng.random(opened.height) < 1 / 6),
    )


def memory() -> float:
    """Peak memory of this process in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, ",
        end="",
    )
    print(f"polars {pl.__version__}, numpy {np.__version__}; {len(INDICATORS)} indicators")
    lines = trade(size)
    findings = results(lines)
    print(f"{size:,} lines and {findings.height:,} findings made; {memory():.2f} GB")
    counters = Counters()
    clocks = [(time.perf_counter(), time.process_time())]
    counters.add(lines, findings)
    clocks.append((time.perf_counter(), time.process_time()))
    compute(lines.tail(1), counters)
    clocks.append((time.perf_counter(), time.process_time()))
    table = compute(lines, counters)
    clocks.append((time.perf_counter(), time.process_time()))
    for stage, before, after in zip(("add", "index", "compute"), clocks, clocks[1:], strict=False):
        print(f"{stage}: {after[0] - before[0]:.2f} s, {after[1] - before[1]:.2f} s of CPU")
    wall, used = (after - before for before, after in zip(clocks[0], clocks[-1], strict=True))
    print(f"in all: {wall:.2f} s, {used:.2f} s of CPU, {size / wall:,.0f} lines/s, peak {memory():.2f} GB")
    print(f"nulls: {sum(table.null_count().row(0)) / table.width / table.height:.1%} of values")
    rng = np.random.default_rng(3)
    fives = lines.group_by("declaration_id").len().filter(pl.col("len") == 5).get_column("declaration_id").sort()
    chosen = fives.gather(rng.integers(0, len(fives), min(500, len(fives))))
    single = lines.filter(pl.col("declaration_id").is_in(chosen.implode())).partition_by("declaration_id")
    times = []
    used = time.process_time()
    for _ in range(3):
        for declaration in single:
            began = time.perf_counter()
            compute(declaration, counters)
            times.append(1e3 * (time.perf_counter() - began))
    used = 1e3 * (time.process_time() - used) / len(times)
    p50, p99 = np.percentile(times, [50, 99])
    print(
        f"one declaration of five lines: p50 {p50:.2f} ms, p99 {p99:.2f} ms, {used:.2f} ms of CPU ({len(times)} runs)"
    )


if __name__ == "__main__":
    main()
