"""Kill -9 under load, a few times: what was acknowledged is there, once. `bench/console_crash.py` does it longer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "bench"


def test_what_was_acknowledged_survives_every_kill(trade: Path, tmp_path: Path) -> None:
    told = {name: value for name, value in os.environ.items() if not name.startswith(("TIDEGATE_", "DATABASE_URL"))}
    if not (trade / "draw.key").exists():
        from tidegate.selection import DayKeys

        DayKeys.create(trade / "draw.key")
    done = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", str(BENCH / "console_crash.py")),
            *("--trade", str(trade), "--folder", str(tmp_path), "--kinds", "web,postgres,worker,postgres,web"),
        ],
        env={**told, "PYTHONPATH": os.pathsep.join([str(BENCH), *sys.path])},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All are there" in done.stdout
