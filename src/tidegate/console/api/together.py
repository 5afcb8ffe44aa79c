"""Together: submissions that wait at the same time are taken in at once, in one transaction.

One call works, and those that come meanwhile wait: they are the next load, taken up by one of them. A load stays open
for a moment where more calls were there just now, since systems that got an answer mostly come again; a lone call waits
for nobody. Each waits in its own thread and gets its own answer; whatever is not plain (deciding.together), and
everything where a load fails, is carried out by its own thread, by itself.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.http import HttpResponse

from tidegate.console.deciding.receiving import Receipt
from tidegate.console.deciding.together import MANY, Posted, receive_together
from tidegate.errors import TidegateError

__all__ = ["Call", "Gate", "gate", "long_gate"]

MOST = 48  # calls of a load
LINGER = 0.012  # seconds for which a load waits for as many calls as there were
LONGER = 0.1  # the same, where each takes a tenth of a second to be read

SET_PLACES = """INSERT INTO api_answer (key_id, name, request, status, body, made_at)
SELECT key, name, request, 0, '', now() FROM unnest(%s::bigint[], %s::text[], %s::bytea[]) AS one (key, name, request)
ORDER BY key, name ON CONFLICT DO NOTHING RETURNING id, key_id, name"""
SET_ANSWERS = """UPDATE api_answer SET status = one.status, body = one.body
FROM unnest(%s::bigint[], %s::int[], %s::bytea[]) AS one (id, status, body) WHERE api_answer.id = one.id"""


@dataclass(eq=False)
class Call:
    """A submission that waits. `once`: key, name and fingerprint of a request with an Idempotency-Key; `told` makes its
    answer of the receipt. `done`: what became of it, once it is kept; None: it is to be carried out by itself."""

    posted: Posted
    told: Callable[[Receipt], HttpResponse]
    once: tuple[int, str, bytes] | None = None
    done: tuple[Receipt, HttpResponse] | None = None
    woken: threading.Event = field(default_factory=threading.Event, repr=False)
    leads: bool = False

    @property
    def lines(self) -> int:
        """How many lines its message has."""
        return len(self.posted.plain.lines)


class Gate:
    """Where the calls of this process wait for one another: at most MOST of them, with MANY lines, are a load."""

    def __init__(self, work: Callable[[Sequence[Call]], None], linger: float = LINGER) -> None:
        self._work = work
        self._linger = linger
        self._lock = threading.Condition()
        self._waiting: deque[Call] = deque()
        self._busy = False
        self._about = 0  # calls that were there when the last load ended

    def enter(self, call: Call) -> None:
        """Wait until the load of which the call is part was carried out; `call.done` says what came of it."""
        with self._lock:
            if self._busy:
                self._waiting.append(call)
                self._lock.notify()
            else:
                self._busy = call.leads = True
        if not call.leads:
            call.woken.wait()
        if call.leads:
            self._lead(call)

    def _lead(self, first: Call) -> None:
        with self._lock:
            self._lock.wait_for(lambda: len(self._waiting) + 1 >= min(self._about, MOST), self._linger)
            load, lines = [first], first.lines
            while self._waiting and len(load) < MOST and lines + self._waiting[0].lines <= MANY:
                load.append(self._waiting.popleft())
                lines += load[-1].lines
        try:
            self._work(load)
        finally:
            with self._lock:
                self._about = len(load) + len(self._waiting)
                successor = self._waiting.popleft() if self._waiting else None
                self._busy = successor is not None
            if successor is not None:
                successor.leads = True
                successor.woken.set()
            for call in load[1:]:
                call.woken.set()


def carried_out(load: Sequence[Call]) -> None:
    """Take in a load in one transaction; the calls that were part of it get their response."""
    done: dict[int, tuple[Receipt, HttpResponse]] = {}
    try:
        with transaction.atomic():
            places = _places(load)
            mine = [number for number, call in enumerate(load) if call.once is None or number in places]
            receipts = receive_together([load[number].posted for number in mine]) if mine else []
            for number, receipt in zip(mine, receipts, strict=True):
                if receipt is not None:
                    done[number] = receipt, load[number].told(receipt)
            _answer(places, {number: response for number, (_, response) in done.items()})
    except Exception as error:
        # Whose fault it is shows when each is carried out by itself.
        if not isinstance(error, TidegateError):
            logging.getLogger("tidegate.api").warning("a load is taken apart: %s", type(error).__name__)
        return
    for number, what in done.items():
        load[number].done = what


def _places(load: Sequence[Call]) -> dict[int, int]:
    """Keep a place for the answer of each call that is to be carried out once; those without one came before."""
    asked = {call.once[:2]: (number, call.once[2]) for number, call in reversed([*enumerate(load)]) if call.once}
    if not asked:
        return {}
    keys, names = zip(*asked, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(SET_PLACES, [list(keys), list(names), [told[1] for told in asked.values()]])
        return {asked[(key, name)][0]: place for place, key, name in cursor.fetchall()}


def _answer(places: dict[int, int], responses: dict[int, HttpResponse]) -> None:
    """Keep the answers in their places; a place that was kept for a call that goes by itself is given back."""
    kept = [(place, responses[number]) for number, place in places.items() if number in responses]
    spare = [place for number, place in places.items() if number not in responses]
    with connection.cursor() as cursor:
        if kept:
            statuses, bodies = [one.status_code for _, one in kept], [one.content for _, one in kept]
            cursor.execute(SET_ANSWERS, [[place for place, _ in kept], statuses, bodies])
        if spare:
            cursor.execute("DELETE FROM api_answer WHERE id = ANY(%s)", [spare])


gate = Gate(carried_out)
long_gate = Gate(carried_out, LONGER)  # of messages that are not small: nobody with a single declaration waits for them
