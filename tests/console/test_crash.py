"""Kill -9 under load, one of each kind: what was acknowledged is there, once. `bench/console_crash.py` does more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's: PostgreSQL may run as a user who gets at none of those."""
    place = Path(tempfile.mkdtemp(prefix="tidegate-crash-"))
    yield place
    shutil.rmtree(place, ignore_errors=True)


def test_what_was_acknowledged_survives_every_kill(trade: Path, folder: Path) -> None:
    told = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DATABASE_URL"))}
    if not (trade / "draw.key").exists():
        from tidegate.selection import DayKeys

        DayKeys.create(trade / "draw.key")
    done = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", str(BENCH / "console_crash.py")),
            *("--trade", str(trade), "--folder", str(folder), "--kinds", "web,postgres,worker"),
        ],
        env={**told, "PYTHONPATH": os.pathsep.join([str(BENCH), *sys.path])},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All are there" in done.stdout
