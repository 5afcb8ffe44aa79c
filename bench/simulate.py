"""Speed of the simulator, `python bench/simulate.py [LINES [DAYS]]`: lines a second, CPU, peak memory, size on disk."""

from __future__ import annotations

import os

os.environ.setdefault("POLARS_MAX_THREADS", "2")  # read when polars is imported

import platform
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from tidegate.simulator import simulate


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    days = int(sys.argv[2]) if len(sys.argv) > 2 else 365
    threads = os.environ["POLARS_MAX_THREADS"]
    print(
        f"{platform.machine()}, Python {platform.python_version()}, polars {pl.__version__}, numpy {np.__version__}, "
        f"{threads} threads"
    )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        wall, cpu = time.perf_counter(), time.process_time()
        simulate(out, lines=lines, days=days, start=date(2025, 1, 1))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{lines:,} lines over {days} days: {wall:.1f} s, {cpu:.1f} s CPU, {lines / wall:,.0f} lines/s")
    print(f"{lines / cpu:,.0f} lines per CPU second, peak {peak:,.0f} MiB, {size / 1e6:,.0f} MB on disk")


if __name__ == "__main__":
    main()
