"""Calls that wait at one time are taken in at once, and each is answered as if it had come alone."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from test_deciding_together import committed, line, whole

from tidegate.console.api import keys, together
from tidegate.console.api.models import Answer, Key
from tidegate.console.clock import now
from tidegate.console.deciding.together import Posted
from tidegate.console.register.models import Declaration, Message
from tidegate.intake import Plain

__all__ = ["committed"]

Send = Callable[..., list[Any]]
PATH = "/api/v1/declarations"


@pytest.fixture
def tokens(committed: None) -> Iterator[dict[str, str]]:
    """Keys of two systems, by name: one of all offices, one of the office 02CI."""
    until = now() + timedelta(days=1)
    made = {
        "all": keys.make("together", ["declare"], None, everywhere=True, expires_at=until, rate=1000),
        "one": keys.make("together", ["declare"], None, offices=["02CI"], expires_at=until, rate=1000),
    }
    yield {name: token for name, (_, token) in made.items()}
    Answer.objects.filter(key__in=[key for key, _ in made.values()]).delete()
    Key.objects.filter(pk__in=[key.pk for key, _ in made.values()]).delete()


@pytest.fixture(params=["as values", "as tables"])
def send(tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Send:
    """Sends calls so that all but the first are one load, and but those that go by themselves, as many as are told."""
    loads: list[int] = []
    if request.param == "as tables":
        monkeypatch.setattr("tidegate.console.api.submissions.SMALL", 0)
        monkeypatch.setattr("tidegate.console.deciding.together.SMALL", 0)

    def all_at_once(asked: Sequence[tuple[bytes, dict[str, str]]], apart: int = 0) -> list[Any]:
        loads.clear()

        def work(load: Sequence[together.Call]) -> None:
            until = time.monotonic() + 20
            while not loads and len(gate._waiting) < len(asked) - 1 - apart and time.monotonic() < until:
                time.sleep(0.01)
            loads.append(len(load))
            together.carried_out(load)

        gate = together.Gate(work)
        for name in ("gate", "long_gate"):
            monkeypatch.setattr(f"tidegate.console.api.submissions.{name}", gate)
        monkeypatch.setattr("tidegate.console.api.submissions.ring", lambda: None)  # it looks when all is over

        def call(place: int) -> Any:
            body, told = asked[place]
            headers = {"Authorization": f"Bearer {tokens[told.get('by', 'all')]}"}
            headers |= {name: value for name, value in told.items() if name != "by"}
            try:
                if place:
                    while not gate._busy:
                        time.sleep(0.01)
                return Client(headers=headers).post(PATH, body, content_type="application/x-ndjson")
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(asked)) as pool:
            answers = list(pool.map(call, range(len(asked))))
        assert loads == [1, len(asked) - 1 - apart]  # they did come together
        return answers

    return all_at_once


def body(*rows: dict[str, Any]) -> bytes:
    return ("\n".join(json.dumps(row) for row in rows) + "\n").encode()


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["declaration"] for one in answer.json()["decisions"]]


def test_each_gets_its_own_decisions(send: Send) -> None:
    offices = ("02CI", "03CC", "15BB")
    asked = [(body(*(line(f"TG-{n}-{k}", offices[n % 3]) for k in range(1 + n % 2))), {}) for n in range(9)]
    answers = send(asked)
    assert [numbers(one) for one in answers] == [[f"TG-{n}-{k}" for k in range(1 + n % 2)] for n in range(9)]
    whole({f"TG-{n}-{k}" for n in range(9) for k in range(1 + n % 2)})
    messages = {one.pk: one for one in Message.objects.filter(sender="together")}
    assert len({one.json()["message"] for one in answers}) == 9 == len(messages)
    for one in Declaration.objects.filter(number__startswith="TG-"):
        assert messages[one.message_id].kept == 1 + int(one.number.split("-")[1]) % 2


def test_what_is_not_plain_does_not_trouble_the_others(send: Send) -> None:
    good = body(line("TG-first", "02CI"))
    asked: list[tuple[bytes, dict[str, str]]] = [
        (good, {}),
        (body(line("TG-good", "02CI")), {}),
        (body(line("TG-bad", "02CI", hs_code="61O910")), {}),  # a fault
        (b"no JSON\n", {}),
        (body(line("TG-foreign", "03CC")), {"by": "one"}),  # not its office
        (body(line("TG-first", "02CI", customs_value=11.0)), {}),  # an amendment of what is being decided
        (good, {}),  # or the same again
        (body(line("TG-twice", "02CI")), {}),
        (body(line("TG-twice", "02CI")), {}),
        (body(line("TG-torn", "02CI"), line("TG-torn", "03CC", item_number=2)), {}),
        (body(line("TG-mine", "02CI")), {"by": "one"}),
    ]
    answers = send(asked, apart=2)
    assert [one.status_code for one in answers] == [200, 200, 422, 422, 403, 200, 200, 200, 200, 422, 200]
    assert answers[2].json()["errors"][0]["pointer"] == "/0/hs_code"
    assert sorted(len(answers[at].json()["decisions"]) for at in (7, 8)) == [0, 1]
    first = Declaration.objects.filter(number="TG-first")
    assert first.count() >= 2
    assert first.filter(current=True).count() == 1
    whole({"TG-first", "TG-good", "TG-twice", "TG-mine"})


def test_a_message_that_refers_to_another_is_read_after_it(send: Send) -> None:
    asked = [
        (body(line("TG-0", "02CI")), {}),
        (body(line("TG-a", "02CI")), {}),
        (body(line("TG-b", "02CI", message_id="TG-a")), {}),
        (body(line("TG-c", "02CI", message_id="batch 7")), {}),
        (body(line("TG-d", "02CI", message_id="batch 7")), {}),
    ]
    assert [numbers(one) for one in send(asked)] == [["TG-0"], ["TG-a"], ["TG-b"], ["TG-c"], ["TG-d"]]
    whole({"TG-0", "TG-a", "TG-b", "TG-c", "TG-d"})


def test_a_request_is_carried_out_once_in_a_load_too(send: Send) -> None:
    asked = [
        (body(line("TG-0", "02CI")), {}),
        *[(body(line("TG-a", "02CI")), {"Idempotency-Key": "a"}) for _ in range(3)],
        (body(line("TG-b", "02CI")), {"Idempotency-Key": "b"}),
        (body(line("TG-other", "02CI")), {"Idempotency-Key": "b"}),  # another request under the same key
        (body(line("TG-bad", "02CI", hs_code="x")), {"Idempotency-Key": "c"}),
    ]
    answers = send(asked, apart=1)
    assert len({one.content for one in answers[1:4]}) == 1
    assert sum("Idempotency-Replayed" in one.headers for one in answers[1:4]) == 2
    assert sorted(one.status_code for one in answers[4:6]) == [200, 409]
    assert answers[6].status_code == 422
    kept = {one.name: one for one in Answer.objects.filter(key__system="together")}
    assert set(kept) == {"a", "b", "c"}
    assert bytes(kept["a"].body) == answers[1].content
    assert (kept["c"].status, bytes(kept["c"].body)) == (422, answers[6].content)
    assert Declaration.objects.filter(number__startswith="TG-").count() == 3


def test_where_a_load_fails_each_is_carried_out_by_itself(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(together, "receive_together", broken)
    answers = send([(body(line(f"TG-{n}", "02CI")), {"Idempotency-Key": str(n)}) for n in range(5)])
    assert [numbers(one) for one in answers] == [[f"TG-{n}"] for n in range(5)]
    whole({f"TG-{n}" for n in range(5)})


def made_up(lines: int) -> together.Call:
    return together.Call(Posted(b"", "", "", None, Plain([{}] * lines, {})), lambda _: HttpResponse())


def test_loads_are_bounded() -> None:
    """By calls and by lines; a call of many lines is a load by itself."""
    loads: list[list[int]] = []
    ready = threading.Event()

    def work(load: Sequence[together.Call]) -> None:
        ready.wait(20)
        loads.append([call.lines for call in load])

    gate = together.Gate(work)
    threads = []
    for lines in (1, 4_000, 1_000, 1, *[1] * 60, 2_500, 2_500, 2_500):
        threads.append(threading.Thread(target=gate.enter, args=[made_up(lines)]))
        threads[-1].start()
        until = time.monotonic() + 20
        while len(gate._waiting) < len(threads) - 1 and time.monotonic() < until:
            time.sleep(0.001)
    ready.set()
    for thread in threads:
        thread.join(20)
    assert loads == [[1], [4_000, 1_000], [1] * 48, [1] * 13 + [2_500], [2_500, 2_500]]


@pytest.mark.django_db  # without one such mark there is no database when this file is run alone
def test_nobody_waits_for_ever() -> None:
    """Whatever a load raises, all of its calls are woken, and the next load is led by somebody."""

    def broken(load: Sequence[together.Call]) -> None:
        time.sleep(0.02)
        raise MemoryError

    gate = together.Gate(broken)
    woken = []

    def call() -> None:
        with contextlib.suppress(MemoryError):
            gate.enter(made_up(1))
        woken.append(1)

    threads = [threading.Thread(target=call) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(woken) == 40
    assert not gate._busy
