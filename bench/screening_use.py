"""Screening end to end against the UN and OFAC lists: one party at a time, and a file of a million names.

    python bench/screening_use.py                     2,000 parties one by one, then 1,000,000 in a file
    python bench/screening_use.py --names 100000      a short run

The parties do not exist, but for those one by one that are meant to be found: names of the UN list, disturbed. The file
is what declarations hold: companies and people of Vietnam, suppliers in several languages; 60% of its rows are
distinct. It is screened by `tidegate screen` in a process of its own, on as many cores as there are. Lists come from
../shared/data. Times of one party are of the CPU; of the file, both by the clock and of the CPU.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count, islice
from pathlib import Path
from random import Random

import numpy as np
import polars as pl

from tidegate.screening import Kind, Party, Screener, load
from tidegate.screening.names.vietnamese import plain
from tidegate.screening.names.vietnamese_people import people
from tidegate.screening.score.invented import company
from tidegate.simulator.names import suppliers

LISTS = Path(__file__).resolve().parents[2] / "shared" / "data" / "lists"
DISTINCT = 0.6
COUNTRIES = ("CN", "HK", "TW", "JP", "KR", "DE", "US")


def persons(seed: int) -> Iterator[str]:
    """Names of people of Vietnam who do not exist, half of them without marks."""
    for start in count(seed):
        for place, (name, _) in enumerate(people(100_000, start)):
            yield plain(name).upper() if place % 2 else name


def companies(seed: int) -> Iterator[str]:
    """Names of companies of Vietnam that do not exist, some without marks."""
    draw = Random(seed)
    while True:
        name = str(company(draw))
        yield plain(name) if draw.random() < 0.3 else name


def abroad(seed: int) -> Iterator[str]:
    """Names of suppliers that do not exist, in English, Chinese, Japanese, Korean and German ways."""
    rng = np.random.default_rng(seed)
    while True:
        yield from suppliers(rng.choice(COUNTRIES, 10_000).tolist(), rng)


def different(names: Iterable[str], many: int) -> list[str]:
    """The first so many different ones."""
    found: dict[str, None] = {}
    for name in names:
        found[name] = None
        if len(found) == many:
            break
    return list(found)


def nobody() -> list[str]:
    """Names of people who are on no list, in many scripts."""
    with open(LISTS / "screening_nobody.csv", encoding="utf-8") as file:
        return [row[0] for row in csv.reader(file)][1:]


def listed() -> list[str]:
    """Names of people on the UN list, disturbed."""
    with open(LISTS / "screening_un_perturbed.csv", encoding="utf-8") as file:
        return [row[0] for row in csv.reader(file)][1:]


def one_by_one(screener: Screener, names: list[str], title: str) -> None:
    day, seconds, found = date(2026, 3, 1), [], 0
    for name in names:
        begun = time.process_time()
        found += bool(screener.screen(Party(name, Kind.PERSON), day))
        seconds.append(time.process_time() - begun)
    p50, p99 = np.percentile(np.array(seconds) * 1000, [50, 99])
    print(f"{title}: {len(names):,} parties, {found:,} with a match; p50 {p50:.1f} ms, p99 {p99:.1f} ms of the CPU")


def a_file(folder: Path, rows: int) -> None:
    """Write the file of names and screen it by the command."""
    distinct = round(rows * DISTINCT)
    made = [
        *different(companies(1), distinct // 2),
        *different(persons(2), distinct * 3 // 10),
        *different(abroad(3), distinct * 3 // 25),
        *different(nobody(), distinct * 2 // 25),
    ]
    rng = np.random.default_rng(4)
    # Every name once, and in the rest of the rows some of them again.
    names = np.array(made, object)
    again = names[rng.integers(0, len(names), rows - len(names))]
    every = rng.permutation(np.concatenate([names, again])).tolist()
    path = folder / "names.csv"
    pl.DataFrame({"line": np.arange(rows), "name": every}).write_csv(path)
    words = ["screen", path, "--lists", folder / "lists", "--out", folder / "found.csv", "--top", 0]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun, most = time.perf_counter(), 0
    with subprocess.Popen(
        [sys.executable, "-m", "tidegate", *map(str, words)], stdout=subprocess.PIPE, text=True
    ) as command:
        while command.poll() is None:
            most = max(most, resident(command.pid))
            time.sleep(0.25)
        said = command.communicate()[0]
    clock, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(said)
    print(
        f"{rows:,} names, {len(names):,} distinct, on {os.cpu_count()} cores: {clock:.0f} s by the clock "
        f"({rows / clock:,.0f} names a second), {spent:.0f} CPU-s; {most / 2**20:,.0f} MB in all processes"
    )


def resident(process: int) -> int:
    """Bytes of memory that a process and those that it started hold now; what they share counts for each."""
    parents: dict[int, list[int]] = {}
    held: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, KeyError):
            said = dict(line.split(":", 1) for line in status.read_text().splitlines())
            parents.setdefault(int(said["PPid"]), []).append(int(said["Pid"]))
            held[int(said["Pid"])] = int(said.get("VmRSS", "0 kB").split()[0]) * 1024
    family = [process]
    for one in family:
        family += parents.get(one, [])
    return sum(held.get(one, 0) for one in family)


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--names", type=int, default=1_000_000)
    options.add_argument("--parties", type=int, default=2_000)
    args = options.parse_args()
    if not LISTS.exists():
        print("../shared/data/lists is not here: nothing is measured.")
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "lists").mkdir()
        for name in ("un_consolidated.xml", "ofac_sdn.csv", "ofac_alt.csv"):
            (folder / "lists" / name).symlink_to(LISTS / name)
        screener = Screener(load(folder / "lists"))
        for name in nobody()[-50:]:
            screener.screen(Party(name), date(2026, 3, 1))
        half = args.parties // 2
        one_by_one(screener, [*nobody()[:half], *islice(persons(5), args.parties - half)], "nobody listed")
        one_by_one(screener, listed()[: args.parties], "listed, disturbed")
        a_file(folder, args.names)


if __name__ == "__main__":
    main()
