"""Work that this screen leaves to the worker: ending orders that nobody confirmed, or whose last day is over."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tidegate.console.control.orders import look

__all__ = ["look_at_orders"]


@app.periodic(cron="*/2 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="control.orders", queueing_lock="control.orders", lock="control.orders")  # type: ignore[untyped-decorator]
def look_at_orders(timestamp: int) -> int:
    """End what is over."""
    return look()
