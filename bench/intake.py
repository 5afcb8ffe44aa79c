"""How fast files come in: lines a second and peak memory for CSV with a mapping, Parquet and NDJSON.

    python bench/intake.py [--lines 1000000] [--large]

The lines are made up here, with a fixed seed. Each case runs in a process of its own, so that peaks are its own.
--large adds a CSV file of ten times as many lines, 2 GB, read in batches: its peak shows that memory does not grow.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from tidegate import intake
from tidegate.trade import containers, countries, hs, taxcode

MAPPING = """
[rename]
declaration_id = "Số tờ khai"
item_number = "STT hàng"
lodged_on = "Ngày đăng ký"
importer_id = "Mã người nhập khẩu"
importer_name = "Tên người nhập khẩu"
hs_code = "Mã HS"
description = "Mô tả hàng hóa"
gross_mass_kg = "Trọng lượng (tấn)"
[units]
gross_mass_kg = "t"
[dates]
lodged_on = "%d/%m/%Y"
[checks]
tax_code = "VN"
currency = "VND"
"""


def lines(count: int) -> pl.DataFrame:
    """Made-up lines, three to a declaration, as a line table."""
    chance = np.random.default_rng(1)
    stems = [f"{number:09d}" for number in chance.integers(100_000_000, 999_999_999, 60_000)]
    traders = [f"{stem}{taxcode.check_digit(stem)}" for stem in stems if taxcode.check_digit(stem) is not None]
    boxes = pl.Series([f"TGAU{number:07d}" for number in range(400_000)])
    boxes = boxes.filter(containers.valid(boxes))
    codes = hs.codes().gather(chance.integers(0, hs.codes().len(), 3000))
    pick = lambda values, size=count: pl.Series(values).gather(chance.integers(0, len(values), size))  # noqa: E731
    declarations = count // 3 + 1
    place = np.arange(count) // 3
    trader = chance.integers(0, len(traders), declarations)[place]
    mass = chance.lognormal(6, 2, count).round(1)
    days = pl.Series(chance.integers(0, 365, declarations)[place])
    return pl.DataFrame(
        {
            "declaration_id": pl.Series(place).map_elements("10{:010d}".format, return_dtype=pl.String),
            "item_number": pl.Series(np.arange(count) % 3 + 1, dtype=pl.Int32),
            "lodged_on": pl.select(pl.date(2025, 1, 1) + pl.duration(days=days)).to_series(),
            "office": pick(["01AA", "02BB", "03CC"]),
            "importer_id": pl.Series(traders).gather(trader),
            "importer_name": pl.Series([f"Công ty TNHH Sóng Xanh {i}" for i in range(len(traders))]).gather(trader),
            "hs_code": pick(codes) + pick(["00", "10", "90"]),
            "description": pick([f"Hàng mẫu thử số {i}, loại A, mới 100%" for i in range(50_000)]),
            "origin_country": pick(countries.codes()),
            "dispatch_country": pick(countries.codes()),
            "loading_port": pick(["CNSHA", "SGSIN", "KRPUS"]),
            "transport_mode": pick(["1", "4"]),
            "container_ids": pick(boxes),
            "packages": pl.Series(chance.integers(1, 900, count), dtype=pl.Int32),
            "gross_mass_kg": mass * 1.05,
            "net_mass_kg": mass,
            "customs_value": (mass * chance.lognormal(10, 1, count)).round(0),
            "currency": pl.Series(["VND"]).new_from_index(0, count),
            "duty_rate": pick([0.0, 5.0, 8.0, 20.0]),
        }
    )


def write(folder: Path, count: int) -> None:
    """Write the same lines in each form."""
    table = lines(count)
    table.write_parquet(folder / "lines.parquet")
    table.write_ndjson(folder / "lines.ndjson")
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    foreign = table.with_columns(pl.col("gross_mass_kg") / 1000).rename(
        dict(line.replace('"', "").split(" = ") for line in MAPPING.split("[units]")[0].splitlines() if "=" in line)
    )
    foreign.write_csv(folder / "lines.csv", date_format="%d/%m/%Y")


def write_large(folder: Path) -> None:
    """Write the lines of the CSV file ten times over, each time as other declarations."""
    head, body = (folder / "lines.csv").read_bytes().split(b"\n", 1)
    with (folder / "large.csv").open("wb") as file:
        file.write(head + b"\n")
        for time_over in range(10):
            # Numbers of declarations begin with 10, at the beginning of each row.
            file.write((b"\n" + body).replace(b"\n10", b"\n%d" % (10 + time_over))[1:])


def case(name: str, folder: Path) -> dict[str, float]:
    """Run one case in this process."""
    started = time.perf_counter()
    if name == "pandas":
        import pandas as pd  # present in a bench environment only

        table = pd.read_csv(folder / "lines.csv", dtype=str)
        height = len(table)
    elif name == "large":
        mapping = intake.Mapping.load(folder / "mapping.toml")
        height = sum(part.kept for part in intake.batches(folder / "large.csv", mapping))
    else:
        mapping = intake.Mapping.load(folder / "mapping.toml") if name == "csv" else None
        counts = intake.read(folder / f"lines.{name}", mapping).counts
        height = counts["kept"]
        if counts["rejected"]:
            raise SystemExit(f"{name}: rows were rejected: {counts}")
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "lines": height,
        "seconds": time.perf_counter() - started,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / 1024,
    }


def peer() -> str:
    """A Python that has pandas: this one, or that of .bench-venv; empty if neither has."""
    beside = Path(__file__).resolve().parents[1] / ".bench-venv" / "bin" / "python"
    for python in (sys.executable, str(beside)):
        if (
            Path(python).exists()
            and not subprocess.run([python, "-c", "import pandas"], check=False, capture_output=True).returncode
        ):
            return python
    return ""


def main() -> None:
    """Print one line a case."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--lines", type=int, default=1_000_000)
    options.add_argument("--large", action="store_true", help="a file of 2 GB as well")
    options.add_argument("--case", help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.case:
        print(json.dumps(case(chosen.case, chosen.folder)))
        return
    threads = pl.thread_pool_size()
    print(f"{platform.machine()}, Python {platform.python_version()}, Polars {pl.__version__} on {threads} threads")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, chosen.lines)
        print(f"{'case':<34}{'MB':>7}{'seconds':>9}{'CPU s':>8}{'lines/s':>11}{'peak MB':>9}")
        for key, title in (
            ("csv", "CSV, mapped and checked"),
            *([("large", "CSV in batches, ten times as long")] if chosen.large else []),
            ("parquet", "Parquet, checked"),
            ("ndjson", "NDJSON, checked"),
            ("pandas", "pandas.read_csv as texts, unchecked"),
        ):
            python = peer() if key == "pandas" else sys.executable
            if not python:
                print("pandas is NOT installed here: NO comparison was made. Install it into the bench environment.")
                continue
            if key == "large":
                write_large(folder)
            command = [python, __file__, "--case", key, "--folder", str(folder)]
            paths = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1] / "src")}
            done = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=paths).stdout)
            file = folder / ("large.csv" if key == "large" else f"lines.{'csv' if key == 'pandas' else key}")
            size = file.stat().st_size / 1e6
            if key == "large":
                file.unlink()
            rate = done["lines"] / done["seconds"]
            print(
                f"{title:<34}{size:>7.0f}{done['seconds']:>9.2f}{done['cpu']:>8.2f}{rate:>11,.0f}{done['peak']:>9.0f}"
            )


if __name__ == "__main__":
    main()
