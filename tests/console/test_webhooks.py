"""Webhooks: signed, in order for each declaration, tried again, never lost; and where they may lead."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tidegate.console.api import addresses, delivery
from tidegate.console.api.addresses import Unreachable, check, send
from tidegate.console.api.delivery import due_hooks, open_hook, send_due
from tidegate.console.api.models import Delivery, Hook
from tidegate.console.api.order import settle
from tidegate.console.api.tasks import deliver, look, tidy
from tidegate.console.register.models import Decision, Declaration
from tidegate.errors import InputError

pytestmark = pytest.mark.django_db


class Receiver:
    """A web server that remembers what came, and answers with the statuses it is told, then with 204."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.redirect = ""
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                if status < 300:
                    receiver.got.append((dict(self.headers), body))
                self.send_response(status)
                if receiver.redirect:
                    self.send_header("Location", receiver.redirect)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/decisions?of=tidegate"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def hook(receiver: Receiver) -> Hook:
    return open_hook(
        Hook(name="window", address=receiver.address, nonce=Hook.fresh_nonce(), everywhere=True, made_at=timezone.now())
    )


def decide(number: str | None = None, times: int = 1) -> list[int]:
    """New decisions of one declaration, as officers make them."""
    query = Decision.objects.filter(current=True).order_by("pk")
    held = (query.filter(declaration__number=number) if number else query)[0]
    made = []
    for _ in range(times):
        Decision.objects.filter(declaration_id=held.declaration_id, current=True).update(current=False)
        held.pk = None
        held.save()
        made.append(held.pk)
    return made


def run(hook: Hook, seconds: float = 2.0) -> None:
    send_due(hook.pk, time.monotonic() + seconds)


def test_a_decision_is_sent_signed_once(receiver: Receiver, hook: Hook) -> None:
    (made,) = decide()
    settle()
    assert due_hooks() == [hook.pk]
    run(hook)
    ((headers, body),) = receiver.got
    told = json.loads(body)
    assert told["type"] == "decision"
    assert told["decision"]["id"] == made
    assert headers["Tidegate-Id"] == str(told["id"])
    wanted = hmac.new(hook.secret.encode(), f"{headers['Tidegate-Timestamp']}.".encode() + body, hashlib.sha256)
    assert headers["Tidegate-Signature"] == f"v1={wanted.hexdigest()}"
    assert abs(int(headers["Tidegate-Timestamp"]) - time.time()) < 60
    one = Delivery.objects.get()
    assert (one.state, one.attempts, one.status) == ("sent", 1, 204)
    run(hook)
    assert len(receiver.got) == 1
    assert due_hooks() == []


def test_a_webhook_gets_what_is_decided_after_it_was_made_for_its_offices(receiver: Receiver) -> None:
    offices = sorted(set(Declaration.objects.values_list("office", flat=True)))
    hook = open_hook(Hook(name="one", address=receiver.address, nonce="n", offices=offices[:1], made_at=timezone.now()))
    settle()
    assert not Delivery.objects.exists()
    for office in offices:
        decide(Declaration.objects.filter(office=office, current=True).order_by("number")[0].number)
    run(hook)
    assert [json.loads(body)["decision"]["office"] for _, body in receiver.got] == offices[:1]


def test_what_fails_is_tried_again_in_order_for_each_declaration(
    receiver: Receiver, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    for steps in ("AGAIN", "RESTS"):
        monkeypatch.setattr(delivery, steps, (0.05, 0.1))
    first, second, third = decide(times=3)
    numbers = list(Declaration.objects.filter(current=True).order_by("number").values_list("number", flat=True)[5:12])
    for number in numbers:
        decide(number, times=2)
    receiver.statuses = [500, 400, 302, 422, 503, 429]
    run(hook, 10)
    by_declaration: dict[str, list[int]] = {}
    for _, body in receiver.got:
        told = json.loads(body)
        by_declaration.setdefault(told["decision"]["declaration"], []).append(told["decision"]["id"])
    assert all(ids == sorted(ids) and len(ids) == len(set(ids)) for ids in by_declaration.values())
    assert [first, second, third] in by_declaration.values()
    assert sum(map(len, by_declaration.values())) == 3 + 2 * len(numbers)
    assert not Delivery.objects.filter(state="waiting").exists()
    assert Delivery.objects.filter(attempts__gt=1).count() == 6
    hook.refresh_from_db()
    assert (hook.failures, hook.rest_until) == (0, None)


def test_versions_of_a_declaration_come_in_order(
    receiver: Receiver, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    for steps in ("AGAIN", "RESTS"):
        monkeypatch.setattr(delivery, steps, (0.05, 0.1))
    held = Declaration.objects.filter(current=True).order_by("number")[0]
    for version in range(2, 7):
        Declaration.objects.filter(number=held.number).update(current=False)
        decision = Decision.objects.filter(declaration=held).latest("pk")
        held.pk, held.version, held.current = None, version, True
        held.save()
        decision.pk, decision.declaration = None, held
        decision.save()
    receiver.statuses = [400, 500]
    run(hook, 5)
    assert [json.loads(body)["decision"]["version"] for _, body in receiver.got] == [2, 3, 4, 5, 6]


def test_a_receiver_that_is_down_gets_rest_and_loses_nothing(hook: Hook, receiver: Receiver) -> None:
    receiver.close()
    decide(times=2)
    run(hook, 0.5)
    hook.refresh_from_db()
    assert hook.failures == 1
    assert hook.rest_until is not None
    assert hook.rest_until > timezone.now()
    assert Delivery.objects.filter(state="waiting").count() == 2
    one = Delivery.objects.order_by("position")[0]
    assert (one.attempts, one.status, one.fault) == (1, None, "ConnectionRefusedError")
    assert due_hooks() == []
    for steps, last in ((delivery.AGAIN, 6 * 3600), (delivery.RESTS, 900)):
        pauses = [delivery._pause(steps, times).total_seconds() for times in range(1, 40)]
        assert pauses == sorted(pauses)
        assert pauses[-1] == last
    again = Receiver()
    Hook.objects.filter(pk=hook.pk).update(address=again.address, rest_until=None)
    run(hook)
    again.close()
    assert len(again.got) == 2


def test_one_message_that_is_refused_does_not_stop_the_others(
    receiver: Receiver, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "HANDS", 1)
    numbers = list(Declaration.objects.filter(current=True).order_by("number").values_list("number", flat=True)[:4])
    for number in numbers:
        decide(number, times=2)
    receiver.statuses = [422]
    run(hook, 1)
    told = [json.loads(body)["decision"]["declaration"] for _, body in receiver.got]
    assert sorted(told) == sorted(numbers[1:] * 2)
    assert Delivery.objects.filter(state="waiting").count() == 2
    hook.refresh_from_db()
    assert hook.failures == 0


def test_a_redirect_is_no_receipt_and_is_not_followed(receiver: Receiver, hook: Hook) -> None:
    other = Receiver()
    receiver.statuses, receiver.redirect = [307], other.address
    decide()
    run(hook, 0.3)
    other.close()
    assert other.got == []
    assert Delivery.objects.get().status == 307


def test_a_closed_webhook_gets_nothing(receiver: Receiver, hook: Hook) -> None:
    decide()
    settle()
    Hook.objects.filter(pk=hook.pk).update(closed_at=timezone.now())
    run(hook)
    assert receiver.got == []
    assert due_hooks() == []


def test_the_worker_looks_delivers_and_tidies(receiver: Receiver, hook: Hook) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    decide()
    look()
    look()
    (job,) = ProcrastinateJob.objects.filter(task_name="webhooks.deliver")
    assert (job.queue_name, job.args) == ("webhooks", {"hook": hook.pk})
    deliver(hook=hook.pk)
    assert len(receiver.got) == 1
    tidy(0)
    assert Delivery.objects.count() == 1
    Delivery.objects.update(sent_at=timezone.now() - timedelta(days=31))
    tidy(0)
    assert not Delivery.objects.exists()


def test_the_secret_is_not_in_the_database(hook: Hook) -> None:
    assert hook.secret not in str(Hook.objects.values().get())
    assert hook.nonce not in hook.secret
    assert Hook.objects.get().secret == hook.secret


@pytest.mark.parametrize(
    "address",
    [
        "http://receiver.example/x", "ftp://receiver.example", "https://", "https://169.254.169.254/latest",
        "https://[fe80::1]/", "https://[::ffff:169.254.169.254]/", "https://0.0.0.0/", "https://224.0.0.1/",
        "https://[64:ff9b::a9fe:a9fe]/", "https://a:b@receiver.example/", "https://receiver.example:99999/",
        "https://receiver.example:0/", "file:///etc/passwd", "https://receiver example/", "javascript:alert(1)", "",
        "https://[::]/", "https://[2002:a9fe:a9fe::]/", "https://xn--\u00e9.example/", "http://10.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_that_nothing_may_be_sent_to_is_refused(address: str) -> None:
    with pytest.raises(InputError):
        check(address)
    with pytest.raises(Unreachable):
        send(address, b"{}", {})


@pytest.mark.parametrize(
    "address",
    ["https://receiver.example/x?y=1", "https://10.1.2.3:8443/", "http://127.0.0.1:8000/", "http://localhost/"],
)
def test_an_address_that_may_be_is_taken(address: str) -> None:
    assert check(address).hostname


def test_a_name_that_leads_to_a_refused_address_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_: Any, **__: Any) -> list[Any]:
        return [(0, 0, 0, "", ("10.0.0.1", 443)), (0, 0, 0, "", ("169.254.169.254", 443))]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", found)
    with pytest.raises(Unreachable, match="nothing is sent to"):
        send("https://receiver.example/", b"{}", {})


def test_a_receiver_that_answers_a_byte_now_and_then_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(addresses, "DEADLINE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def drip() -> None:
            peer, _ = server.accept()
            with peer:
                while not ended.is_set():
                    try:
                        peer.sendall(b"H")
                    except OSError:
                        return
                    time.sleep(0.05)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        began = time.monotonic()
        with pytest.raises(Unreachable):
            send(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        assert time.monotonic() - began < 3
        ended.set()
        thread.join()
