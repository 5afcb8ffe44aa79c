"""Processes of a node end with those that mind them, also where these end while they are starting."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = """
import os, sys, time
from tidegate.console.serving import orphaned
minder = os.getpid()
if os.fork() == 0:
    while sys.argv[3] == "ends" and os.getppid() == minder:
        time.sleep(0.01)
    with open(sys.argv[2] + ".new", "w") as told:
        told.write(str(orphaned(sys.argv[1])))
    os.replace(sys.argv[2] + ".new", sys.argv[2])
    os._exit(0)
if sys.argv[3] == "stays":
    os.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can tell")
@pytest.mark.parametrize(("server", "minder", "orphan"), [("a-server", "ends", True), ("a-server", "stays", False)])
def test_who_is_left_without_a_minder_knows_it(server: str, minder: str, orphan: bool, tmp_path: Path) -> None:
    told = tmp_path / "told"
    subprocess.run([sys.executable, "-c", SCRIPT, server, str(told), minder], check=True, timeout=60)
    until = time.monotonic() + 30
    while not told.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert told.read_text() == str(orphan)


def test_whoever_is_of_no_server_is_no_orphan() -> None:
    from tidegate.console.serving import orphaned

    assert not orphaned("no such server")
