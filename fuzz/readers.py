"""Fuzzes every reader of intake, each in a process of its own: no exception but the project's, no hang, bounded memory.

    python fuzz/readers.py [--seconds 60] [NAME ...]

Names are the formats that intake knows, and csv, ndjson and mapping. Seeds are the samples of examples/ and, where it
is there, ../shared/data. An input that breaks a reader is kept in fuzz/found/; give its path to see it break again.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import atheris

# One thread: what is measured is the reader's own time, and a fuzzer's threads would only wait for each other.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
with atheris.instrument_imports(include=["tidegate", "pydifact"]):
    from tidegate import intake
    from tidegate.errors import TidegateError
    from tidegate.intake import delimited, ndjson
    from tidegate.intake.dialect import Dialect
    from tidegate.intake.files import Source
    from tidegate.intake.known import BY_NAME

HERE = Path(__file__).resolve().parent
SAMPLES = (HERE.parent / "examples", HERE.parent.parent / "shared" / "data")
LARGEST = 1 << 20  # bytes of an input
SLOWEST = 2.0  # seconds of computing for one input
MEMORY = 2048  # MB
WHOLE = 20  # one input in so many goes through all of intake, which takes thirty times as long
DAY = date(2026, 1, 1)


def reader(name: str, folder: Path) -> Callable[[bytes], None]:
    """What is fuzzed: a function of bytes."""
    path = folder / "input"
    count = 0

    def read(data: bytes) -> None:
        nonlocal count
        count += 1
        if name == "mapping":
            intake.Mapping.parse(data.decode(errors="replace"))
            return
        path.write_bytes(data)
        if count % WHOLE == 0 and data:
            intake.read(path, received=DAY)
        source = Source(path, name, len(data))
        if name == "csv":
            pieces = delimited.read(source, Dialect())
        else:
            pieces = ndjson.read(source) if name == "ndjson" else BY_NAME[name].read(source, DAY)
        for _ in pieces:
            pass

    def within_bounds(data: bytes) -> None:
        started = time.process_time()
        with contextlib.suppress(TidegateError):
            read(data)
        if (took := time.process_time() - started) > SLOWEST:
            raise RuntimeError(f"{len(data)} bytes took {took:.1f} s")

    return within_bounds


def seeds(name: str, folder: Path) -> int:
    """Copy the samples of a format into a folder; return how many there are."""
    endings = {"csv": (".csv",), "ndjson": (".ndjson",), "mapping": (".toml",)}.get(name, ())
    count = 0
    for place in SAMPLES:
        for path in sorted(place.rglob("*")):
            if not path.is_file() or (endings and path.suffix not in endings):
                continue
            with path.open("rb") as file:
                data = file.read(1 << 14)
            if endings or (name in BY_NAME and BY_NAME[name].detect(data)):
                (folder / f"{count:04d}").write_bytes(data)
                count += 1
    if name == "ndjson":
        made_up = b'{"declaration_id": "1", "item_number": 1, "lodged_on": "2026-01-02", "hs_code": "440799"}\n'
        (folder / "made_up").write_bytes(made_up)
        count += 1
    return count


def fuzz(name: str, seconds: int) -> None:
    """Fuzz one reader in this process, which ends with it."""
    with tempfile.TemporaryDirectory() as corpus, tempfile.TemporaryDirectory() as folder:
        print(f"{name}: {seeds(name, Path(corpus))} samples, {seconds} s", flush=True)
        found = HERE / "found"
        found.mkdir(exist_ok=True)
        limits = [f"-max_total_time={seconds}", f"-max_len={LARGEST}", "-timeout=20", f"-rss_limit_mb={MEMORY}"]
        atheris.Setup(
            [sys.argv[0], *limits, f"-artifact_prefix={found}/{name}-", "-print_final_stats=1", corpus],
            reader(name, Path(folder)),
        )
        atheris.Fuzz()


def main() -> None:
    """Fuzz the readers one after the other; exit with 1 if one broke."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("names", nargs="*", metavar="NAME", help="all of them by default")
    options.add_argument("--seconds", type=int, default=60, help="for each reader")
    options.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    names = chosen.names or [*BY_NAME, "csv", "ndjson", "mapping"]
    if chosen.here:
        fuzz(names[0], chosen.seconds)
        return
    broken = []
    for name in names:
        command = [sys.executable, __file__, name, "--seconds", str(chosen.seconds), "--here"]
        if Path(name).is_file():
            with tempfile.TemporaryDirectory() as folder:
                reader(Path(name).name.split("-")[0], Path(folder))(Path(name).read_bytes())
            continue
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        told = [line for line in done.stdout.splitlines() if "samples" in line or "number_of_executed" in line]
        print(*told, "ok" if not done.returncode else f"BROKEN:\n{done.stdout[-4000:]}", sep="  ", flush=True)
        broken += [name] if done.returncode else []
    if broken:
        sys.exit(f"Broken: {', '.join(broken)}. What broke them is in fuzz/found/.")


if __name__ == "__main__":
    main()
