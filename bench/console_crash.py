"""What dies under load: web processes, the worker and PostgreSQL are killed at random (kill -9), and nothing is lost.

Every declaration whose receipt came is there with one current decision, each message is there as a whole or not at all,
the standings count each decision, the audit chain is whole, a webhook was told of every decision, and when the node is
stopped no process of it goes on. `python bench/console_crash.py --help`
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import http.server
import json
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from console_node import Client, Node, bodies, make_node

PAUSE = (0.5, 3.0)  # seconds between two kills
LATEST = 300.0  # seconds until a webhook has been told of everything
GIVE_UP = 180.0  # seconds after which a message that was never answered is a fault


@dataclass
class Load:
    """Messages that are sent, again and again until their receipt comes; `acknowledged`: numbers of those."""

    port: int
    key: str
    messages: list[tuple[bytes, list[str]]]
    acknowledged: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    again: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, threads: int, stop: threading.Event) -> list[threading.Thread]:
        waiting = iter(self.messages)

        def send() -> None:
            client = Client(self.port, self.key, 20.0)
            while not stop.is_set():
                with self._lock:
                    one = next(waiting, None)
                if one is None:
                    return
                self._bring(client, *one)

        made = [threading.Thread(target=send) for _ in range(threads)]
        for thread in made:
            thread.start()
        return made

    def _bring(self, client: Client, body: bytes, numbers: list[str]) -> None:
        until = time.monotonic() + GIVE_UP
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                status, told = client.post(body)
                if status == 200:
                    with self._lock:
                        self.acknowledged.update(numbers)
                        if len(told["decisions"]) + len(told["unchanged"]) != len(numbers):
                            self.faults.append(f"a receipt of {numbers[0]} tells of others: {str(told)[:200]}")
                    return
                if 400 <= status < 500 and status != 429:
                    self.faults.append(f"HTTP {status}: {str(told)[:200]}")
                    return
            self.again += 1
            time.sleep(0.2)
        self.faults.append(f"{numbers[0]} was never answered")


class Receiver:
    """A web server that takes what a webhook brings; `told`: decisions of which it was told."""

    def __init__(self) -> None:
        self.told: set[int] = set()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.told.add(said["decision"]["id"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def open(self) -> None:
        """Have the node tell it of all that is decided from now on."""
        from tidegate.console.api.delivery import open_hook
        from tidegate.console.api.models import Hook
        from tidegate.console.clock import now

        address = f"http://127.0.0.1:{self.server.server_port}/"
        open_hook(Hook(name="crash", address=address, nonce=Hook.fresh_nonce(), made_at=now(), everywhere=True))

    def missed(self) -> set[int]:
        """Decisions of which it was not told, once nothing more comes for a while."""
        from django.db import connection

        from tidegate.console.register.models import Decision

        until = time.monotonic() + LATEST
        while True:
            connection.close()
            missed = set(Decision.objects.values_list("pk", flat=True)) - self.told
            if not missed or time.monotonic() > until:
                return missed
            time.sleep(1)


KINDS = ("web", "worker", "postgres")


def kill(node: Node, kind: str, dice: random.Random) -> None:
    """Kill a process of a node, at random one of its kind."""
    if found := node.processes()[kind]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(dice.choice(found), signal.SIGKILL)


def faults(load: Load) -> list[str]:
    """What of what must hold does not hold in the register."""
    from django.db import connection
    from django.db.models import Count, Sum

    from tidegate.console.register import trail
    from tidegate.console.register.models import Decision, Declaration, Message, Standing

    connection.close()
    found = list(load.faults)
    current = Declaration.objects.filter(current=True)
    there = dict(current.values_list("number", "pk"))
    lost = load.acknowledged - there.keys()
    if lost:
        found.append(f"{len(lost)} acknowledged declarations are lost, {min(lost)} first")
    decided = dict(
        Decision.objects.filter(current=True, declaration__current=True)
        .values("declaration_id")
        .annotate(n=Count("pk"))
        .values_list("declaration_id", "n")
    )
    wrong = [number for number, key in there.items() if decided.get(key) != 1]
    if wrong:
        found.append(f"{len(wrong)} declarations have not just one current decision, {wrong[0]} first")
    if len(there) != Declaration.objects.count():
        found.append("a message that was sent twice made a version of its own")
    for one in Message.objects.annotate(n=Count("declaration")).exclude(n=0):
        lines = one.declaration_set.aggregate(n=Sum("line_count"))["n"]
        if lines != one.kept:
            found.append(f"message {one.pk} is there in part: {lines} of {one.kept} lines")
    counted = Standing.objects.aggregate(n=Sum("volume"))["n"] or 0
    if counted != Decision.objects.count():
        found.append(f"the standings count {counted} decisions of {Decision.objects.count()}")
    found += [f"audit entry {number}: {what}" for number, what in trail.breaks()]
    return found


def torment(node: Node, key: str, trade: Path, kinds: Sequence[str], seed: int) -> Load:
    """Kill processes of these kinds, one after the other, under load."""
    dice = random.Random(seed)
    messages = [
        one for size in (1, 3, 40) for one in bodies(trade, size, 4_000 if size == 1 else 600, f"K{seed}-{size}-", seed)
    ]
    dice.shuffle(messages)
    load, stop = Load(node.port, key, messages), threading.Event()
    threads = load.run(8, stop)
    try:
        for kind in kinds:
            time.sleep(dice.uniform(*PAUSE))
            kill(node, kind, dice)
            # The next kill comes when somebody was served again: otherwise nothing but the first is tried.
            before, until = len(load.acknowledged), time.monotonic() + 90
            while len(load.acknowledged) == before and time.monotonic() < until:
                time.sleep(0.1)
    finally:
        stop.set()
        for thread in threads:
            thread.join(GIVE_UP + 30)
    return load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--kinds", default="", help=f"what to kill, with commas between: {', '.join(KINDS)}")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--trade", type=Path, required=True, help="folder of `tidegate demo` or `tidegate simulate`")
    parser.add_argument("--folder", type=Path, help="where the node is made; a temporary one without it")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        data = (asked.folder or Path(passing)) / "node"
        data.mkdir(parents=True, exist_ok=True)
        key = make_node(data, asked.trade, (asked.trade / "book.toml").read_text("utf-8"))
        node, receiver = Node(data).start(), Receiver()
        receiver.open()
        try:
            dice = random.Random(asked.seed)
            killed = asked.kinds.split(",") if asked.kinds else [dice.choice(KINDS) for _ in range(asked.kills)]
            load = torment(node, key, asked.trade, killed, asked.seed)
            node.ready(120)
            wrong = faults(load)
            if missed := receiver.missed():
                wrong.append(f"the webhook was never told of {len(missed)} decisions, {min(missed)} first")
        finally:
            node.stop()
    if left := node.left():
        wrong.append(f"{len(left)} processes go on though the node was stopped")
    print(f"killed {len(killed)} times (seed {asked.seed}): {', '.join(killed)}")
    print(
        f"{len(load.acknowledged):,} declarations acknowledged, {load.again:,} calls made again, "
        f"the webhook was told of {len(receiver.told):,} decisions"
    )
    print("\n".join(wrong) if wrong else "All are there, each with one current decision; the audit chain is whole.")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
