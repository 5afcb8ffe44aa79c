"""What is known of the past, as this process holds it: counters for indicators, and lines of the archive for prices."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from tidegate.console.deciding import lines_of
from tidegate.console.register.models import Declaration
from tidegate.indicators import Counters, compute_rows

__all__ = ["archive", "told"]

_LOCK = threading.Lock()
_HELD: dict[Path, tuple[float, Counters]] = {}


def told(declaration: Declaration) -> list[dict[str, Any]]:
    """The lines of a declaration with their indicators, as the decision saw them: windows end before the line's own
    day, so that they can be worked out again at any time."""
    lines = lines_of([declaration]).rows(named=True)
    with _LOCK:  # counters make their index when they are first asked
        found: list[Mapping[str, Any]] = list(compute_rows(lines, _counters()))
    return [line | dict(own) for line, own in zip(lines, found, strict=True)]


def _counters() -> Counters:
    """The counters of the node; read again when the nightly work wrote others."""
    path = Path(settings.DATA) / "known" / "counters"
    try:
        written = path.stat().st_mtime
    except OSError:
        return Counters()
    if path not in _HELD or _HELD[path][0] != written:
        _HELD[path] = (written, Counters.load(path))
    return _HELD[path][1]


def archive() -> pl.LazyFrame | None:
    """The lines of the past; None where the node has none yet."""
    folder = Path(settings.DATA) / "archive"
    files = [path for path in sorted(folder.glob("*.parquet")) if not path.name.startswith("findings")]
    return pl.scan_parquet(files, missing_columns="insert", extra_columns="ignore") if files else None
