"""Serving: the database, its migrations, a worker and the web server, started and kept running by one process."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tidegate.console.catalogues import compile_all
from tidegate.console.database import embedded, revive, runs, stop
from tidegate.errors import NodeError

__all__ = ["Child", "bound", "environment", "prepare", "serve", "visiting"]

PR_SET_PDEATHSIG = 1
PAUSE = 0.5  # seconds between two looks at the children


def environment(data: Path, *, demo: bool = False, host: str = "127.0.0.1") -> dict[str, str]:
    """The variables under which every process of a node runs; starts the embedded database where no other is named."""
    told = dict(os.environ)
    told["TIDEGATE_DATA"] = str(data.resolve())
    told["DJANGO_SETTINGS_MODULE"] = "tidegate.console.settings"
    told.setdefault("DATABASE_URL", "")
    if not told["DATABASE_URL"]:
        told["DATABASE_URL"] = embedded(data)
        told["TIDEGATE_EMBEDDED"] = "1"
    if demo:
        told["TIDEGATE_DEMO"] = "1"
    if host not in ("127.0.0.1", "localhost", "::1"):
        told["TIDEGATE_HOSTS"] = f"{told.get('TIDEGATE_HOSTS', '127.0.0.1,localhost,[::1]')},{host}"
    return told


def prepare(told: Mapping[str, str]) -> None:
    """Make this process one of the node, and the database what the code expects."""
    os.environ.update(told)
    compile_all()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


@contextmanager
def visiting(data: Path) -> Iterator[dict[str, str]]:
    """Make this process one of a node that is there, whether it is being served or not, and leave it as it was found.

    Raises NodeError where there is no node.
    """
    if not (data / "secret.key").exists():
        raise NodeError("there is no node here.", where=str(data), hint="Name its folder, as for `tidegate serve`.")
    ran = runs(data)
    told = environment(data)
    os.environ.update(told)
    try:
        import django

        django.setup()
        yield told
    finally:
        if told.get("TIDEGATE_EMBEDDED") and not ran:
            from django.db import connections

            connections.close_all()
            stop(data)


@dataclass
class Child:
    """A process that is started again whenever it ends."""

    name: str
    command: list[str]
    own: Mapping[str, str] = field(default_factory=dict)
    """Of its environment, besides what all are told; that goes before."""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def keep(self, told: Mapping[str, str]) -> None:
        """Start it where it does not run."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(self.command, env={**self.own, **told}, preexec_fn=bound)  # noqa: PLW1509

    def end(self) -> None:
        """Ask it to end, and wait."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def bound(number: int = signal.SIGTERM) -> None:
    """Have this process get a signal when the one that started it is no more: it would go on, and nobody would end it.

    Linux alone knows how; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def orphaned(server: str = "granian") -> bool:
    """Whether this is a process of a web server (named on its command line) of which the one that minds it is no more:
    it may have ended before `bound` was called. Linux alone can tell; elsewhere it is not."""

    def says(process: str) -> bool:
        try:
            return server.encode() in Path(f"/proc/{process}/cmdline").read_bytes()
        except OSError:
            return False

    return says("self") and not says(str(os.getppid()))


def listening(host: str, port: int) -> bool:
    """Whether somebody answers at this port."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def serve(
    told: Mapping[str, str],
    host: str,
    port: int,
    workers: int,
    ready: Callable[[], None] = lambda: None,
    live: float = 0.0,
) -> None:
    """Run until a signal to end comes (INT, TERM). What dies is started again, the embedded database too.

    `live`: made-up declarations a minute that go on coming in (live.py); 0: none.
    """
    children = [
        Child(
            "web",
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
                *("--workers", str(workers), "--blocking-threads", "16", "--respawn-failed-workers", "--no-ws"),
                *("--log-level", "warning", "--backpressure", "64", "tidegate.console.wsgi:application"),
            ],
            # Each has its share of the processors: threads beyond it only wait for one another, and burn them by it.
            dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS"), str(max(1, (os.cpu_count() or 1) // workers))),
        ),
        Child("worker", [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "1"]),
        # Webhooks do not wait for training and simulation.
        Child(
            "post",
            [
                *(sys.executable, "-m", "django", "procrastinate", "worker"),
                *("--queues", "webhooks", "--concurrency", "4"),
            ],
        ),
    ]
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    data = Path(told["TIDEGATE_DATA"])
    for counted in (data / "metrics").glob("*.db"):  # of processes that are no more
        counted.unlink()
    try:
        for child in children:
            child.keep(told)
        while not ended and not listening(host, port):
            time.sleep(PAUSE)
        ready()
        if live:
            shown = f"[{host}]" if ":" in host else host
            address = f"http://{shown}:{port}"
            children.insert(0, Child("live", [sys.executable, "-m", "tidegate.console.live", address, str(live)]))
        while not ended:
            if told.get("TIDEGATE_EMBEDDED"):
                revive(data)
            for child in children:
                child.keep(told)
            time.sleep(PAUSE)
    finally:
        for child in children:
            child.end()
        if told.get("TIDEGATE_EMBEDDED"):
            stop(data)
