"""A node with made-up trade in it, served as `tidegate serve` does, and clients that bring it declarations."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tidegate.console import serving

__all__ = ["Client", "Node", "bodies", "make_node"]


def make_node(data: Path, trade: Path, book: str) -> str:
    """Make a node of a folder of `tidegate demo` and a book; this process becomes one of it. Returns a key."""
    serving.prepare(serving.environment(data))
    from tidegate.assessment import Record
    from tidegate.console.api.keys import make
    from tidegate.console.clock import now
    from tidegate.console.deciding import activate, make_edition
    from tidegate.console.deciding.editions import shelve
    from tidegate.console.register.models import InForce, Office

    if not InForce.objects.exists():
        if not (data / "draw.key").exists():
            shutil.copyfile(trade / "draw.key", data / "draw.key")
            (data / "draw.key").chmod(0o600)
        (data / "known").mkdir(exist_ok=True)
        if (trade / "decisions").exists():
            record = Record.open(trade / "decisions")
            record.counters().save(data / "known" / "counters")
            record.decisions().write_parquet(data / "known" / "cases.parquet")
        for code in pl.read_parquet(trade / "lines.parquet", columns=["office"])["office"].unique().drop_nulls():
            Office.objects.get_or_create(code=code, defaults={"name": code})
        model = shelve(trade / "model", "models") if (trade / "model").exists() else ""
        policy = (trade / "policy.toml").read_text("utf-8")
        edition = make_edition(
            "bench", None, book=book, policy=policy, lists=shelve(trade / "lists", "lists"), model=model
        )
        activate(edition, None)
    until = now() + timedelta(days=1)
    return make("bench", ["declare", "read"], None, everywhere=True, expires_at=until, rate=10_000)[1]


def bodies(trade: Path, size: int, count: int, tag: str, seed: int = 1) -> Iterator[tuple[bytes, list[str]]]:
    """`count` messages of `size` declarations of five lines, lodged today, as JSON lines; and their numbers."""
    lines = pl.read_parquet(trade / "lines.parquet")
    many = lines.group_by("declaration_id").len().filter(pl.col("len") >= 5)["declaration_id"].sort()
    if not len(many):
        many = lines["declaration_id"].unique().sort()
    pool = lines.filter(pl.col("declaration_id").is_in(many.implode()) & (pl.col("item_number") <= 5))
    parts = [
        [json.loads(row) for row in part.write_ndjson().splitlines()]
        for part in pool.partition_by("declaration_id", maintain_order=True)
    ]
    rng, today, number = np.random.default_rng(seed), date.today().isoformat(), 0  # noqa: DTZ011
    for _ in range(count):
        rows, numbers = [], []
        for part in rng.integers(len(parts), size=size):
            number += 1
            numbers.append(f"{tag}{number:08}")
            own = {"declaration_id": numbers[-1], "lodged_on": today}
            rows += [{name: value for name, value in line.items() if value is not None} | own for line in parts[part]]
        yield ("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n").encode(), numbers


@dataclass
class Node:
    """`tidegate serve` of a folder, in a process group of its own."""

    data: Path
    workers: int = 2
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> Node:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = self.port or free.getsockname()[1]
        words = ("serve", self.data, "--port", self.port, "--workers", self.workers)
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tidegate", *map(str, words)],
            env={name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_TODAY")},
            stdout=(self.data / "serve.log").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.ready(120)
        return self

    def ready(self, seconds: float) -> None:
        """Wait until it answers."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if Client(self.port, "").get("/account/login/")[0] == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.2)
        raise SystemExit(f"the node does not answer; see {self.data / 'serve.log'}")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def left(self) -> list[int]:
        """Processes that go on though the node was stopped, its database aside."""
        mine = f"TIDEGATE_DATA={self.data.resolve()}".encode()
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mine in (place / "environ").read_bytes().split(b"\0") and int(place.name) != os.getpid():
                    found.append(int(place.name))
        return found

    def processes(self) -> dict[str, list[int]]:
        """Process ids by what they are: web, worker, postgres. Only of this node."""
        assert self.process is not None
        found: dict[str, list[int]] = {"web": [], "worker": [], "postgres": []}
        for pid in _below(self.process.pid):
            words = _words(pid)
            if "granian" in words:
                found["web"].append(pid)
            elif "procrastinate" in words:
                found["worker"].append(pid)
        lock = self.data / "postgres" / "postmaster.pid"
        if lock.exists():
            found["postgres"].append(int(lock.read_text().splitlines()[0]))
        return found

    def cpu(self) -> float:
        """Seconds of CPU that its processes and its database have used."""
        assert self.process is not None
        lock = self.data / "postgres" / "postmaster.pid"
        base = int(lock.read_text().splitlines()[0]) if lock.exists() else None
        pids = [*_below(self.process.pid), *([base, *_below(base)] if base else [])]
        return sum(map(_used, pids)) / os.sysconf("SC_CLK_TCK")


def _used(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def _below(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            yield child
            yield from _below(child)


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


class Client:
    """One connection that is kept."""

    def __init__(self, port: int, key: str, timeout: float = 60.0) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._key = key

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        return self._ask("GET", path, None, headers)

    def post(self, body: bytes) -> tuple[int, Any]:
        told = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/x-ndjson"}
        status, answer = self._ask("POST", "/api/v1/declarations", body, told)
        return status, json.loads(answer) if answer.startswith(b"{") else answer

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except BaseException:
            self._connection.close()
            raise
