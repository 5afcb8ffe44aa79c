"""The live stream of a demo: made-up declarations, lodged today, sent through the node's own door at a slow pace.

`python -m tidegate.console.live http://127.0.0.1:8000 6` is a process of its own: it makes itself a key, sends some six
declarations a minute at random moments, and gives the key back when it is told to end. Each is one of the simulated
trade of the demo with a fresh number, another amount and now and then one that was unlawful, so that the queue moves.
"""

from __future__ import annotations

import io
import json
import os
import random
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import numpy as np
import polars as pl

from tidegate.console.demo_cargo import as_message, bills_of, with_bills
from tidegate.errors import InputError
from tidegate.simulator.numbers import containers

__all__ = ["Stream", "main", "next_pause"]

SUSPICIOUS = 0.2  # share of the stream that is made of what was unlawful in the simulated year
SIZES = (0.85, 1.2)  # what masses, quantities and values are multiplied with, together
AMOUNTS = ("customs_value", "gross_mass_kg", "net_mass_kg", "quantity")
LATEST = 90  # days of the simulated trade that are drawn from
SYSTEM = "demo-live"
SEA = "1"
UNNAMED = 0.03  # share of what comes by sea that no manifest names
TRIES_APART = 5.0  # seconds
PATH = "/api/v1/declarations"


@dataclass
class Stream:
    """Declarations without end. `lines`: a line table; `unlawful`: numbers in it that were."""

    lines: pl.DataFrame
    unlawful: frozenset[str]
    chance: random.Random

    @classmethod
    def open(cls, demo: Path, chance: random.Random) -> Stream:
        """From the folder of `tidegate demo`. Raises InputError where there is none."""
        if not (demo / "lines.parquet").exists() or not (demo / "truth.parquet").exists():
            raise InputError("there is no simulated trade.", where=str(demo), hint="Serve with --demo.")
        lines = pl.scan_parquet(demo / "lines.parquet")
        last = lines.select(pl.col("lodged_on").max()).collect().item()
        recent = lines.filter(pl.col("lodged_on") > last - timedelta(days=LATEST)).collect()
        truth = pl.scan_parquet(demo / "truth.parquet").filter("illicit").select("declaration_id").collect()
        return cls(recent, frozenset(truth["declaration_id"]) & frozenset(recent["declaration_id"]), chance)

    def __post_init__(self) -> None:
        self._places = self.lines.with_row_index("_row").group_by("declaration_id", maintain_order=True).agg("_row")
        numbers = self._places["declaration_id"]
        self._bad = [place for place, number in enumerate(numbers) if number in self.unlawful]
        self._good = [place for place, number in enumerate(numbers) if number not in self.unlawful]

    def next(self, day: date) -> list[tuple[str, bytes]]:
        """One declaration, lodged on `day`, as NDJSON; before it the manifest of its ship. With their content types."""
        bad = self._bad if self.chance.random() < SUSPICIOUS else self._good
        place = self.chance.choice(bad or self._good or self._bad)
        size = self.chance.uniform(*SIZES)
        rows = self.lines[self._places["_row"][place].to_list()].with_columns(
            pl.lit(f"9{self.chance.randrange(10**11):011d}").alias("declaration_id"),
            pl.lit(day).alias("lodged_on"),
            *((pl.col(name) * size).round(2) for name in AMOUNTS),
        )
        told = []
        if rows["transport_mode"][0] == SEA:
            rows = with_bills(self._in_other_boxes(rows))
            if self.chance.random() >= UNNAMED:
                bills = bills_of(rows, set(rows["declaration_id"]) if bad is self._bad else ())
                made = as_message(bills, datetime.combine(day, time())) if bills.height else b""
                told = [("application/edifact", made)] if made else []
        out = io.BytesIO()
        rows.drop("flags", strict=False).write_ndjson(out)
        return [*told, ("application/x-ndjson", out.getvalue())]

    def _in_other_boxes(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The same goods in containers of their own: no ship brings those of the past again."""
        count = len((rows["container_ids"][0] or "").split())
        made = containers(count, np.random.default_rng(self.chance.randrange(2**32)))
        return rows.with_columns(pl.lit(" ".join(made) or None, pl.String).alias("container_ids"))


def next_pause(rate: float, chance: random.Random) -> float:
    """Seconds to the next one: at random moments, `rate` a minute on average."""
    return chance.expovariate(rate / 60.0)


def send(address: str, token: str, body: bytes, media_type: str = "application/x-ndjson") -> dict[str, Any]:
    """Hand a message in at the node's own door; returns its receipt. Raises URLError (a refusal is one, too)."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": media_type}
    with urlopen(Request(address + PATH, body, headers), timeout=60) as answer:
        receipt: dict[str, Any] = json.load(answer)
    return receipt


def main(address: str, rate: float) -> None:
    """Send until told to end."""
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    import django

    django.setup()
    from tidegate.console.api import keys
    from tidegate.console.api.models import Key
    from tidegate.console.clock import now, today

    chance = random.Random(int.from_bytes(os.urandom(8)))
    stream = Stream.open(Path(os.environ["TIDEGATE_DATA"]) / "demo", chance)
    for left in Key.objects.filter(system=SYSTEM, revoked_at=None):  # of one that was killed
        keys.revoke(left, None)
    key, token = keys.make(SYSTEM, ["declare"], None, everywhere=True, expires_at=now() + timedelta(days=30))
    try:
        while not ended.wait(next_pause(rate, chance)):
            try:
                for media_type, body in stream.next(today()):
                    send(address, token, body, media_type)
            except URLError as error:
                print(f"live: {error}", file=sys.stderr, flush=True)
                ended.wait(TRIES_APART)
    finally:
        keys.revoke(key, None)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
