"""How many calls a key may make: a bucket each key in the memory of each process.

In memory, because the limit guards this node against a system that runs away, which costs nothing there; in the
database every call would write a row that all calls of the key wait for. With several processes a key gets at most
its rate in each of them.
"""

from __future__ import annotations

import math
import threading
import time

from tidegate.console.api.models import Key
from tidegate.console.api.problems import Problem

__all__ = ["BURST", "take"]

BURST = 2.0  # seconds' worth of calls that may come at once

_buckets: dict[int, tuple[float, float]] = {}  # key: calls left, and when that was so
_lock = threading.Lock()


def take(key: Key, moment: float | None = None) -> None:
    """Count a call. Raises Problem (429, with Retry-After) when the key made too many."""
    at = time.monotonic() if moment is None else moment
    full = max(1.0, key.rate * BURST)
    with _lock:
        left, since = _buckets.get(key.pk, (full, at))
        left = min(full, left + (at - since) * key.rate)
        enough = left >= 1.0
        _buckets[key.pk] = (left - 1.0 if enough else left, at)
    if not enough:
        wait = math.ceil((1.0 - left) / key.rate) if key.rate else 60
        raise Problem(
            "too-many",
            f"This key may make {key.rate} calls a second. Wait, or send many declarations in one call.",
            headers={"Retry-After": str(max(1, wait))},
        )
