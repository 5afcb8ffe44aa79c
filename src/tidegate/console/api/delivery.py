"""Webhooks: what was decided is sent on, signed, in order for each declaration, until it is taken.

A delivery is made in the transaction that gives the decision its place (order.settle); a worker sends it. What is taken
(any answer 200 to 299) is done; anything else is tried again, later and later, and nothing is ever given up: an
administrator closes a webhook or it goes on. A decision may come twice, never not at all: `id` tells it from others.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.signals import post_save
from django.utils import timezone
from pydantic_core import to_json

from tidegate.console.api import telling
from tidegate.console.api.addresses import Unreachable, send
from tidegate.console.api.models import Delivery, Hook
from tidegate.console.api.order import settle
from tidegate.console.register.models import Decision

__all__ = ["AGAIN", "RESTS", "connect", "due_hooks", "open_hook", "ring", "send_due", "signature"]

AGAIN = (2, 10, 60, 300, 900, 3_600, 10_800, 21_600)  # seconds until the next attempt, the last for good
RESTS = (2, 10, 60, 300, 900)  # seconds for which a receiver in trouble gets nothing, the last for good
PART = 64  # deliveries that are sent before it is written down what became of them
HANDS = 8  # that are sent at once
PATIENCE = 10.0  # seconds for which a worker waits for what is due soon
PAUSE = 0.5  # seconds between a decision and the look at what is to be sent

_pending = threading.Event()


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one attempt."""

    delivery: Delivery
    status: int | None
    fault: str

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def theirs(self) -> bool:
        """Whether the receiver as a whole is in trouble, not this message."""
        return self.status is None or self.status >= 500 or self.status in (401, 403, 404, 408, 410, 429)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a full stop and the body, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def open_hook(hook: Hook) -> Hook:
    """Save a new webhook: it gets what is decided from now on."""
    with transaction.atomic():
        settle()
        hook.save(force_insert=True)
    return hook


def due_hooks() -> list[int]:
    """Webhooks with something to send now."""
    moment = timezone.now()
    awake = Q(rest_until=None) | Q(rest_until__lte=moment)
    waiting = Q(deliveries__state=Delivery.State.WAITING, deliveries__due_at__lte=moment)
    return list(
        Hook.objects.filter(awake & waiting, closed_at=None).order_by("pk").values_list("pk", flat=True).distinct()
    )


def send_due(number: int, until: float) -> None:
    """Send what is due of one webhook, until nothing is or the moment `until` (of time.monotonic) comes."""
    while time.monotonic() < until:
        hook = Hook.objects.filter(pk=number, closed_at=None).first()
        if hook is None:
            return
        settle()
        moment = timezone.now()
        if hook.rest_until is not None and hook.rest_until > moment:
            if not _waited(hook.rest_until - moment, until):
                return
            continue
        chosen = _chosen(hook, moment)
        if not chosen:
            soonest = _soonest(hook)
            if soonest is None or not _waited(soonest - moment, until):
                return
            continue
        _note(hook, _sent(hook, chosen))


def _waited(what: timedelta, until: float) -> bool:
    """Wait for something that is due soon; False: that is not worth the while."""
    seconds = max(0.05, what.total_seconds())
    if seconds > PATIENCE or time.monotonic() + seconds > until:
        return False
    time.sleep(seconds)
    return True


FIRST = """SELECT DISTINCT ON (number) id FROM api_delivery
WHERE hook_id = %s AND state = 'waiting' ORDER BY number, position"""


def _chosen(hook: Hook, moment: datetime) -> list[Delivery]:
    """The oldest of each declaration that waits, where it is due: what came later waits behind it."""
    oldest = Delivery.objects.raw(
        f"SELECT * FROM api_delivery WHERE id IN ({FIRST}) AND due_at <= %s ORDER BY position LIMIT {PART}",
        [hook.pk, moment],
    )
    return list(oldest)


def _soonest(hook: Hook) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(due_at) FROM api_delivery WHERE id IN ({FIRST})", [hook.pk])
        return cursor.fetchone()[0]


def _sent(hook: Hook, chosen: Sequence[Delivery]) -> list[Sent]:
    held = {
        one.pk: one
        for one in Decision.objects.filter(pk__in=[item.decision_id for item in chosen]).select_related("declaration")
    }
    secret = hook.secret
    bodies = []
    for item in chosen:
        decision = held.get(item.decision_id)
        told = {
            "id": item.position,
            "type": "decision",
            "decision": telling.decision(decision, decision.declaration) if decision is not None else None,
        }
        bodies.append(to_json(told, inf_nan_mode="null"))

    def one(item: Delivery, body: bytes) -> Sent:
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Tidegate",
            "Tidegate-Id": str(item.position),
            "Tidegate-Timestamp": timestamp,
            "Tidegate-Signature": f"v1={signature(secret, timestamp, body)}",
        }
        try:
            status = send(hook.address, body, headers)
        except Unreachable as error:
            return Sent(item, None, str(error)[:200])
        return Sent(item, status, "" if 200 <= status < 300 else f"HTTP {status}")

    with ThreadPoolExecutor(min(HANDS, len(chosen))) as pool:
        return list(pool.map(one, chosen, bodies))


def _note(hook: Hook, sent: Sequence[Sent]) -> None:
    """Write down what became of the attempts; a receiver in trouble gets rest as a whole."""
    moment = timezone.now()
    with transaction.atomic():
        for one in sent:
            item = one.delivery
            item.attempts += 1
            item.status, item.fault = one.status, one.fault
            if one.taken:
                item.state, item.sent_at = Delivery.State.SENT, moment
            elif one.theirs:
                item.due_at = moment  # goes by the rest of the whole
            else:
                item.due_at = moment + _pause(AGAIN, item.attempts)
        Delivery.objects.bulk_update(
            [one.delivery for one in sent], ["attempts", "status", "fault", "state", "sent_at", "due_at"]
        )
        trouble = any(one.theirs and not one.taken for one in sent)
        hook.failures = hook.failures + 1 if trouble else 0
        hook.rest_until = moment + _pause(RESTS, hook.failures) if trouble else None
        hook.save(update_fields=["failures", "rest_until"])


def _pause(steps: Sequence[float], times: int) -> timedelta:
    return timedelta(seconds=steps[min(times, len(steps)) - 1])


def ring() -> None:
    """After the transaction of a decision: look at the webhooks, a moment later, once for all that comes till then."""
    transaction.on_commit(_soon)


def _soon() -> None:
    if not _pending.is_set():
        _pending.set()
        clock = threading.Timer(PAUSE, _look)
        clock.daemon = True
        clock.start()


def _look() -> None:
    """In a thread of its own. What fails here is made good by the look of every minute."""
    from tidegate.console.api.tasks import look

    _pending.clear()
    try:
        if Hook.objects.filter(closed_at=None).exists():
            look()
    finally:
        connection.close()


def connect() -> None:
    """Officers' decisions are sent on as soon as those that systems ask for."""
    post_save.connect(_decided, sender=Decision, dispatch_uid="webhooks")


def _decided(created: bool = False, raw: bool = False, **_: object) -> None:
    if created and not raw:
        ring()
