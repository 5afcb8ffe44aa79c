"""Work in the background: names of parties enter the directory each minute."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tidegate.console.parties.directory import gather

__all__ = ["gather_names"]


@app.periodic(cron="* * * * *")  # type: ignore[untyped-decorator]
@app.task(name="parties.gather", queueing_lock="parties.gather", lock="parties.gather")  # type: ignore[untyped-decorator]
def gather_names(timestamp: int) -> int:
    """Take in what came in."""
    return gather()
