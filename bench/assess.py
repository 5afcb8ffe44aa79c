"""The whole assessment: a million lines in a batch, and one declaration at a time. `python bench/assess.py --help`"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl

from tidegate.assessment import Desk, Record
from tidegate.profiles import Book
from tidegate.selection import DayKeys, clear

FIRST = date(2025, 1, 1)
DAYS = 365


def book(lines: pl.DataFrame, count: int, seed: int = 3) -> str:
    """A book as officers would write it: each profile starts from what stands in some line."""
    rng = np.random.default_rng(seed)
    some = lines.sample(count, with_replacement=count > lines.height, seed=seed)
    text = []
    for number, line in enumerate(some.iter_rows(named=True)):
        quoted = {key: str(value).replace("'", "''") for key, value in line.items()}
        hs2, hs4, hs6 = (quoted["hs_code"][:digits] for digits in (2, 4, 6))
        price = line["customs_value"] / line["net_mass_kg"]
        word = max(quoted["description"].split(), key=len)
        when = (
            f"importer_id = '{quoted['importer_id']}' AND hs_code LIKE '{hs4}%'",
            f"hs_code LIKE '{hs6}%' AND origin_country = '{quoted['origin_country']}' "
            f"AND customs_value / net_mass_kg < {price / 3:.4g}",
            f"origin_country = '{quoted['origin_country']}' AND dispatch_country <> origin_country "
            f"AND hs_code LIKE '{hs4}%'",
            f"exporter_id = '{quoted['exporter_id']}' AND office = '{quoted['office']}'",
            f"description LIKE '%{word}%' AND hs_code LIKE '{hs4}%' AND importer_age_days < 365",
            f"hs_code LIKE '{hs4}%' AND unit_price_ratio_hs6_origin_180d < 0.4",
            f"declarant_id = '{quoted['declarant_id']}' AND importer_new_supplier AND hs_code LIKE '{hs2}%'",
            f"loading_port = '{quoted['loading_port']}' AND hs_code IN ('{quoted['hs_code']}') "
            "AND gross_mass_kg > 20000",
            f"importer_hit_rate_365d > 0.1 AND hs_code LIKE '{hs4}%'",
            f"transport_mode = '{quoted['transport_mode']}' AND hs_code LIKE '{hs6}%' AND mass_per_package_kg > 500",
        )[number % 10]
        channel, rate = ("red", "yellow", "yellow", "blue")[number % 4], rng.choice([0.05, 0.1, 0.3, 1.0])
        text.append(
            f'[[profile]]\nid = "B-{number:05}"\ntitle = "Made-up profile {number}"\nwhen = """{when}"""\n'
            f'channel = "{channel}"\nrate = {rate}\nstarts = 2025-01-01\nends = 2025-12-31\nowner = "bench"\n'
        )
    return "\n".join(text)


def run(*words: object) -> tuple[float, float, float]:
    """Run a command of ours; (wall seconds, CPU seconds, peak memory in GB) of the process."""
    begun = perf_counter()
    with subprocess.Popen([sys.executable, "-m", "tidegate", *map(str, words)], stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"tidegate {words[0]} ended with {process.returncode}")
    return perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20


def batch(folder: Path, lines: int, profiles: int, repeat: int) -> None:
    """Assess `lines` lines against `profiles` profiles, with indicators, model and policy."""
    trade = folder / "trade"
    wall, _, peak = run("simulate", trade, "--lines", lines, "--days", DAYS)
    print(f"simulate   {lines:>9,} lines   {wall:6.1f} s   {lines / wall:>9,.0f} lines/s   peak {peak:.2f} GB")
    table = pl.read_parquet(trade / "lines.parquet")
    (folder / "book.toml").write_text(book(table, profiles), encoding="utf-8")
    del table
    until = FIRST + timedelta(days=120)
    wall, cpu, peak = run(
        "train",
        trade / "lines.parquet",
        "--findings",
        trade / "findings.parquet",
        "--until",
        until,
        "--out",
        folder / "model",
    )
    print(f"train      to {until}        {wall:6.1f} s   {cpu:6.1f} s CPU          peak {peak:.2f} GB")
    walls = []
    for number in range(repeat):
        out = folder / f"out{number}"
        wall, cpu, peak = run(
            "assess", trade / "lines.parquet", "--findings", trade / "findings.parquet", "--book", folder / "book.toml",
            "--model", folder / "model", "--policy", trade / "policy.toml", "--out", out,
        )  # fmt: skip
        walls.append(wall)
        print(
            f"assess     {lines:>9,} lines   {wall:6.1f} s   {cpu:6.1f} s CPU          peak {peak:.2f} GB   "
            f"({profiles:,} profiles; limits 90 s, 6 GB)"
        )
        stages = json.loads((out / "summary.json").read_text())["timings"]
        print("           " + "  ".join(f"{name} {seconds:.1f}" for name, seconds in stages.items()))
    print(f"assess     median of {repeat}: {np.median(walls):.1f} s")


def single(folder: Path, profiles: int, calls: int) -> None:
    """Decide declarations of five lines one at a time, with the record of the batch and a larger book."""
    record = Record.open(folder / "out0")
    lines = record.declared()
    (folder / "large.toml").write_text(book(lines, profiles, seed=5), encoding="utf-8")
    keys = DayKeys.load(folder / "draw.key")
    engine = record.engine(keys)
    engine = replace(engine, book=Book.load(folder / "large.toml"))
    counters = record.counters()
    desk = Desk(engine, counters, clear(record.decisions(), engine.policy))
    sizes = lines.group_by("declaration_id").agg(pl.len(), pl.col("lodged_on").first())
    five = sizes.filter(pl.col("len") == 5).sort("lodged_on", "declaration_id", descending=True)
    ids = five["declaration_id"].head(calls + 50)
    parts = lines.filter(pl.col("declaration_id").is_in(ids.implode())).partition_by("declaration_id")
    for part in parts[:50]:
        desk.decide(part)
    taken, matched, opened = [], [], 0
    whole = record.lines().drop("score", "probability", "hits", "contributions")
    tables = whole.filter(pl.col("declaration_id").is_in(ids.implode())).partition_by("declaration_id")
    matcher = engine.matcher(whole.schema)
    matcher.match_one(tables[0])
    for part in parts[50:]:
        begun = perf_counter()
        decided = desk.decide(part)
        taken.append((perf_counter() - begun) * 1e3)
        opened += decided["channel"] != "green"
    for part in tables[50:]:
        begun = perf_counter()
        matcher.match_one(part)
        matched.append((perf_counter() - begun) * 1e3)
    for name, spent, limit in (("decision", taken, 10), ("matcher's part", matched, 2)):
        p50, p99 = np.percentile(spent, [50, 99])
        seen = f"p50 {p50:.2f} ms, p99 {p99:.2f} ms (limit {limit} ms)"
        print(f"{name:<16} five lines, {profiles:,} profiles, {len(spent)} calls: {seen}")
    print(f"{'':<16} {opened} of the {len(taken)} were not green, and say why")


def main() -> None:
    """Run both and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--profiles", type=int, default=1_000)
    parser.add_argument("--single-profiles", type=int, default=10_000)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--keep", help="a folder that stays; where it holds a batch already, only the desk is timed")
    chosen = parser.parse_args()
    versions = f"Python {platform.python_version()}, polars {pl.__version__}, numpy {np.__version__}"
    print(f"{os.cpu_count()} cores, {platform.machine()}; {versions}")
    place = nullcontext(chosen.keep) if chosen.keep else tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR"))
    with place as name:
        folder = Path(name)
        if not (folder / "out0").exists():
            batch(folder, chosen.lines, chosen.profiles, chosen.repeat)
        single(folder, chosen.single_profiles, chosen.calls)


if __name__ == "__main__":
    main()
