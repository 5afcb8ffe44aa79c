"""Matching a book: Tidegate beside Polars expressions, DuckDB, zen-engine and Drools, on lifelike lines and profiles.

    python bench/matching.py                                   everything; about half an hour
    python bench/matching.py --profiles 1000 --peers zen       one cell of the table

Every run is a process of its own, so that its peak memory is its own. Tidegate and a peer run in turn, and a
ratio is the median over such pairs. Engines that go row by row are timed on a sample of rows, and DuckDB at
10,000 on a sample of profiles; the table says so and scales linearly. First of all, hits are compared on a
sample: a fast wrong answer does not count.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import pickle
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from matching_peers import PEERS, ROW_BY_ROW, Tidegate, java_home, records
from matching_trade import Trade

# Rows that the row-by-row engines see, by number of profiles; chosen to take some ten seconds each.
SAMPLED_ROWS = {100: 5_000, 1_000: 1_000, 10_000: 100}
COMPARED_ROWS = 300
DUCKDB_PROFILES = 1_000
PACKAGES = ("tidegate", "polars", "numpy", "duckdb", "zen-engine", "drools-jpy")


def child(trade_file: str, peer_name: str, count: int, rows: int, profiles: int) -> None:
    """One timed run; prints JSON. `rows` and `profiles` are how many are really run."""
    with open(trade_file, "rb") as file:
        trade, book = pickle.load(file)
    book = book[:count]
    step = max(1, len(book) // profiles)
    book = book[::step][:profiles]
    peer = PEERS[peer_name](trade)
    started = time.perf_counter()
    peer.compile(book)
    compiled = time.perf_counter() - started
    lines = trade.lines
    if peer_name == "drools":
        # Drools indexes numbers that hundreds of rules compare, and breaks off where an event lacks one.
        numbers = [name for name, kind in lines.schema.items() if kind.is_numeric() or kind.is_temporal()]
        lines = lines.drop_nulls(numbers)
    lines = lines if rows >= lines.height else lines.sample(rows, seed=5)
    given: Any = records(lines) if peer_name in ROW_BY_ROW else lines
    if peer_name == "duckdb":
        peer.load(lines)
    before = _peak()
    started, used = time.perf_counter(), time.process_time()
    line, _ = peer.hits(given)
    taken, used = time.perf_counter() - started, time.process_time() - used
    print(json.dumps({"compile": compiled, "seconds": taken, "cpu": used, "hits": len(line),
                      "before_mb": before, "peak_mb": _peak()}))  # fmt: skip


def _peak() -> float:
    """Peak resident memory of this process in MB (getrusage would count the parent's as well)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def run(trade_file: str, peer: str, count: int, rows: int, profiles: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", trade_file, peer, str(count), str(rows), str(profiles)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{peer} failed:\n{done.stderr[-2000:]}")
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def compare(trade: Trade, book: list[Any], peers: list[str]) -> None:
    """Hits of all engines on a sample of rows; stops where two of them differ."""
    lines = trade.lines.sample(COMPARED_ROWS, seed=9)
    book = book[:1_000]
    truth: set[tuple[int, int]] | None = None
    for name in ("tidegate", *peers):
        peer = PEERS[name](trade)
        peer.compile(book)
        if name == "duckdb":
            peer.load(lines)
        line, which = peer.hits(records(lines) if name in ROW_BY_ROW else lines)
        found = set(zip(line.tolist(), which.tolist(), strict=True))
        if truth is None:
            truth = found
        elif found != truth:
            place = sorted(found ^ truth)[0]
            raise SystemExit(f"{name} differs from Tidegate on {len(found ^ truth)} pairs, as {book[place[1]]}")
    print(f"Agreement: {', '.join(('tidegate', *peers))} give the same {len(truth or ()):,} hits of "
          f"{len(book):,} profiles on {COMPARED_ROWS} sampled lines.\n")  # fmt: skip


def table(trade_file: str, lines: int, sizes: list[int], peers: list[str], repeat: int) -> None:
    print("| profiles | engine | seconds | CPU s | compile s | peak MB | of it before | ratio | measured on |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for count in sizes:
        own: list[dict[str, float]] = [run(trade_file, "tidegate", count, lines, count)]
        shown: list[str] = []
        for peer in peers:
            rows = min(lines, SAMPLED_ROWS.get(count, 1_000)) if peer in ROW_BY_ROW else lines
            profiles = min(count, DUCKDB_PROFILES) if peer == "duckdb" else count
            ratios, runs = [], []
            for _ in range(1 if count >= 10_000 or peer in ROW_BY_ROW else repeat):
                result = run(trade_file, peer, count, rows, profiles)
                own.append(run(trade_file, "tidegate", count, lines, count))
                scale = lines / rows * count / profiles
                runs.append({**result, "seconds": result["seconds"] * scale, "cpu": result["cpu"] * scale})
                ratios.append(runs[-1]["seconds"] / own[-1]["seconds"])
            measured = "all" if (rows, profiles) == (lines, count) else f"{rows:,} lines, {profiles:,} profiles; scaled"
            shown.append(_row(count, PEERS[peer].name, runs, f"{statistics.median(ratios):,.0f}x", measured))
        while len(own) < repeat:
            own.append(run(trade_file, "tidegate", count, lines, count))
        print(_row(count, "Tidegate", own, "1x", f"all; {own[0]['hits']:,.0f} hits"), *shown, sep="\n", flush=True)


def _row(count: int, name: str, runs: list[dict[str, float]], ratio: str, measured: str) -> str:
    middle = {key: statistics.median(one[key] for one in runs) for key in runs[0]}
    return (f"| {count:,} | {name} | {middle['seconds']:,.2f} | {middle['cpu']:,.2f} | {middle['compile']:.1f} | "
            f"{middle['peak_mb']:,.0f} | {middle['before_mb']:,.0f} | {ratio} | {measured} |")  # fmt: skip


def single(trade: Trade, book: list[Any]) -> None:
    """One declaration of five lines at a time against the whole book."""
    peer = Tidegate(trade)
    peer.compile(book)
    lines = trade.lines.sample(10_000, seed=4)
    frames = [lines.slice(start, 5) for start in range(0, lines.height, 5)]
    batch = peer.matcher.match(lines)
    print(
        f"\nOne declaration of five lines against {len(book):,} profiles, {len(frames):,} declarations, milliseconds:\n"
    )
    print("| given as | p50 | p99 | CPU p50 | CPU p99 |\n| --- | ---: | ---: | ---: | ---: |")
    for name, given in (("dictionaries", [frame.to_dicts() for frame in frames]), ("DataFrame", frames)):
        peer.matcher.match_one(given[0])
        taken, used, hits = [], [], 0
        for one in given:
            started, cpu = time.perf_counter(), time.thread_time()
            hits += len(peer.matcher.match_one(one))
            taken.append(time.perf_counter() - started)
            used.append(time.thread_time() - cpu)
        assert hits == len(batch), "single and batch differ"
        quantiles = [f"{1000 * value:.2f}" for part in (taken, used) for value in np.percentile(part, [50, 99])]
        print(f"| {name} | {' | '.join(quantiles)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--profiles", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--peers", nargs="*", choices=[name for name in PEERS if name != "tidegate"],
                        default=[name for name in PEERS if name != "tidegate"])  # fmt: skip
    parser.add_argument("--repeat", type=int, default=3, help="pairs of runs a cell, below 10,000 profiles")
    asked = parser.parse_args()
    if "drools" in asked.peers and java_home() is None:
        print("JAVA IS MISSING: Drools is left out. Install Java 17 to measure it.\n", flush=True)
        asked.peers.remove("drools")
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    threads = os.environ.get("POLARS_MAX_THREADS", os.cpu_count())
    print(f"{_processor()}, {os.cpu_count()} cores, {threads} threads for Polars and DuckDB; "
          f"load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}, {versions}")  # fmt: skip
    trade = Trade(asked.lines)
    book = trade.profiles(max(asked.profiles))
    print(f"{trade.lines.height:,} lines, {trade.lines.width} columns, {trade.lines.estimated_size() / 1e6:,.0f} MB; "
          f"as one profile: {' AND '.join(str(clause) for clause in book[0].clauses)}", flush=True)  # fmt: skip
    compare(trade, book, asked.peers)
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "trade.pickle")
        with open(file, "wb") as out:
            pickle.dump((trade, book), out)
        table(file, asked.lines, asked.profiles, asked.peers, asked.repeat)
    single(trade, book)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "from this checkout" if name == "tidegate" else "missing"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3], *map(int, sys.argv[4:]))
    else:
        main()
