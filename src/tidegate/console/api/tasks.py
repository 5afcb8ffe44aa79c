"""Work of the interface that a worker does: deliveries to webhooks, and what need not be kept for ever."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tidegate.console.api.delivery import due_hooks, send_due
from tidegate.console.api.models import Answer, Delivery
from tidegate.console.api.order import settle

__all__ = ["deliver", "look", "look_again", "tidy"]

QUEUE = "webhooks"
SHIFT = 50.0  # seconds for which one job sends
WAIT = 3.0  # seconds for which a job waits for the one before it to end
HELD = 0x7469_6877  # advisory locks, with the number of the webhook: one job sends, and its death lets go
ANSWERS_KEPT = timedelta(days=7)
SENT_KEPT = timedelta(days=30)


def look() -> None:
    """Have everything that is due sent."""
    settle()
    for number in due_hooks():
        try:
            with transaction.atomic():
                deliver.configure(queueing_lock=f"webhook {number}").defer(hook=number)
        except AlreadyEnqueued:
            continue


@app.task(name="webhooks.deliver", queue=QUEUE)  # type: ignore[untyped-decorator]
def deliver(hook: int) -> None:
    """Send what is due of one webhook."""
    until = time.monotonic() + WAIT
    while not _locked("pg_try_advisory_lock", hook):
        if time.monotonic() > until:
            return
        time.sleep(0.1)
    try:
        send_due(hook, time.monotonic() + SHIFT)
    finally:
        _locked("pg_advisory_unlock", hook)
    if hook in due_hooks():
        look()


@app.periodic(cron="* * * * *")  # type: ignore[untyped-decorator]
@app.task(name="webhooks.look", queue=QUEUE, queueing_lock="webhooks.look")  # type: ignore[untyped-decorator]
def look_again(timestamp: int) -> None:
    """Every minute: what a process that died had not announced, and what is to be tried again."""
    look()


@app.periodic(cron="17 3 * * *")  # type: ignore[untyped-decorator]
@app.task(name="api.tidy", queue=QUEUE, queueing_lock="api.tidy")  # type: ignore[untyped-decorator]
def tidy(timestamp: int) -> None:
    """Every night: stored answers and sent deliveries that nobody will ask for any more."""
    moment = datetime.now(UTC)
    Answer.objects.filter(made_at__lt=moment - ANSWERS_KEPT).delete()
    Delivery.objects.filter(state=Delivery.State.SENT, sent_at__lt=moment - SENT_KEPT).delete()


def _locked(act: str, hook: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {act}(%s, %s)", [HELD, hook])
        return bool(cursor.fetchone()[0])
