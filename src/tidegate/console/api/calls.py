"""The log of calls: one line of JSON each, on standard error. It names the route, never what stood in the address."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

__all__ = ["log"]

_out = logging.getLogger("tidegate.calls")
_out.setLevel(logging.INFO)
_out.propagate = False


class _Lines(logging.Handler):
    """Writes to what standard error is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(record.getMessage() + "\n")


_out.addHandler(_Lines())


def log(method: str, route: str, status: int, seconds: float, key: str) -> None:
    """Write what was called, how it ended, how long it took and by which key (its public beginning)."""
    if _out.isEnabledFor(logging.INFO):
        _out.info(
            json.dumps(
                {
                    "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "method": method[:10],
                    "route": route,
                    "status": status,
                    "ms": round(seconds * 1000, 1),
                    "key": key,
                }
            )
        )
