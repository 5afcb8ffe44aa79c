"""Work in the background: each night, what came and what was found becomes what tomorrow's decisions know."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tidegate.console.deciding.nightly import take_up

__all__ = ["take_up_nightly"]


@app.periodic(cron="10 0 * * *")  # type: ignore[untyped-decorator]
@app.task(name="deciding.take_up", queueing_lock="deciding.take_up", lock="deciding.take_up")  # type: ignore[untyped-decorator]
def take_up_nightly(timestamp: int) -> dict[str, int]:
    """Take up what came since the last time: counters, terms, archive."""
    return take_up()
