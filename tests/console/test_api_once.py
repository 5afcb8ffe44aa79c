"""The same request twice at one time: the second waits for the first, whatever becomes of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client
from test_api_order import other

from tidegate.console.api import keys
from tidegate.console.api.once import _fingerprint
from tidegate.console.register.models import Declaration, Finding

pytestmark = pytest.mark.django_db
TOKEN = "tide_0123456789_once"
PATH = "/api/v1/declarations/{number}/findings"


@pytest.fixture
def key() -> Iterator[int]:
    """A key that other connections see, too."""
    with other() as one:
        row = one.execute(
            "INSERT INTO api_key (offices, everywhere, system, prefix, hash, scopes, rate, made_at, expires_at)"
            " VALUES ('{}', true, 'once', '0123456789', %s, '{find}', 1000, now(), '2999-01-01') RETURNING id",
            [keys._hash(TOKEN)],
        ).fetchone()
    assert row is not None
    keys.forget("0123456789")
    yield row[0]
    with other() as one:
        one.execute("DELETE FROM api_answer WHERE key_id = %s", row)
        one.execute("DELETE FROM api_key WHERE id = %s", row)
        one.execute("DELETE FROM register_finding WHERE sender = 'once'")
        one.execute("DELETE FROM register_auditentry WHERE actor = 'system:once'")
    keys.forget("0123456789")


def body() -> str:
    return json.dumps({"found_on": "2025-02-10", "illicit": False, "closes": False})


def address() -> str:
    return PATH.format(number=Declaration.objects.filter(current=True).order_by("number")[0].number)


def hold(one: psycopg.Connection[Any], key: int, path: str) -> None:
    """What another process has done that carries out this very request, and has not ended its transaction."""

    class Asked:
        method, content_type = "POST", "application/json"

        def __init__(self) -> None:
            self.body = body().encode()

        def get_full_path(self) -> str:
            return path

    one.execute(
        "INSERT INTO api_answer (key_id, name, request, status, body, made_at) VALUES (%s, 'n', %s, 201, %s, now())",
        [key, _fingerprint(Asked()), b'{"id":0}'],  # type: ignore[arg-type]
    )


def called(path: str, done: list[Any]) -> Callable[[], None]:
    def call() -> None:
        try:
            client = Client(headers={"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": "n"})
            done.append(client.post(path, body(), content_type="application/json"))
        finally:
            connections.close_all()

    return call


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_the_second_waits_for_the_first(key: int, ends: str) -> None:
    path, done = address(), []
    with other() as first:
        hold(first, key, path)
        second = threading.Thread(target=called(path, done))
        second.start()
        time.sleep(0.5)
        assert done == []
        getattr(first, ends)()
    second.join(20)
    (answer,) = done
    assert answer.status_code == 201
    if ends == "commit":
        assert (answer.content, answer.headers["Idempotency-Replayed"]) == (b'{"id":0}', "true")
        assert not Finding.objects.filter(sender="once").exists()
    else:
        assert Finding.objects.filter(sender="once").count() == 1
