"""The order of decisions: whoever reads on from a cursor gets each committed decision once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, connections

from tidegate.console.api.models import Place
from tidegate.console.api.order import settle
from tidegate.console.register.models import Decision

pytestmark = pytest.mark.django_db

COPY = """INSERT INTO register_decision SELECT (jsonb_populate_record(NULL::register_decision,
to_jsonb(one) || jsonb_build_object('id', nextval('register_decision_id_seq'), 'current', false, 'note', %s::text))).*
FROM register_decision one ORDER BY id LIMIT 1 RETURNING id"""
NOTE = "test_api_order"


def other() -> psycopg.Connection[tuple[int]]:
    """A connection of its own, as another process has it."""
    told = connection.settings_dict
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return psycopg.connect(
        **{key: told[name] for key, name in named.items() if told[name]},
        **{key: value for key, value in told["OPTIONS"].items() if isinstance(value, str)},
    )


@pytest.fixture
def _tidied() -> Iterator[None]:
    yield
    with other() as one:
        one.execute(
            "DELETE FROM api_place WHERE decision_id IN (SELECT id FROM register_decision WHERE note = %s)", [NOTE]
        )
        one.execute("DELETE FROM register_decision WHERE note = %s", [NOTE])
        one.execute("DELETE FROM api_outbox WHERE decision_id NOT IN (SELECT id FROM register_decision)")


def insert(one: psycopg.Connection[tuple[int]]) -> int:
    row = one.execute(COPY, [NOTE]).fetchone()
    assert row is not None
    return row[0]


def elsewhere() -> None:
    """Give places in another thread, with a connection of its own."""

    def work() -> None:
        try:
            settle()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def read(since: int) -> list[tuple[int, int]]:
    return list(Place.objects.filter(position__gt=since).order_by("position").values_list("position", "decision_id"))


@pytest.mark.usefixtures("_tidied")
def test_what_is_committed_later_comes_later_though_its_number_is_lower() -> None:
    elsewhere()
    since = max((position for position, _ in read(0)), default=0)
    with other() as slow, other() as quick:
        first = insert(slow)
        second = insert(quick)
        assert first < second
        quick.commit()
        elsewhere()
        seen = read(since)
        assert [decision for _, decision in seen] == [second]
        slow.commit()
        elsewhere()
        assert [decision for _, decision in read(seen[-1][0])] == [first]


@pytest.mark.usefixtures("_tidied")
def test_what_is_rolled_back_is_never_told() -> None:
    elsewhere()
    since = max((position for position, _ in read(0)), default=0)
    with other() as one:
        insert(one)
        one.rollback()
    elsewhere()
    assert read(since) == []


@pytest.mark.usefixtures("_tidied")
def test_many_writers_and_readers_lose_and_repeat_nothing() -> None:
    elsewhere()
    since = max((position for position, _ in read(0)), default=0)
    chance, made, done = random.Random(5), [], threading.Event()

    def write(seed: int) -> None:
        own = random.Random(seed)
        with other() as one:
            for _ in range(15):
                number = insert(one)
                time.sleep(own.random() * 0.01)
                if own.random() < 0.2:
                    one.rollback()
                else:
                    one.commit()
                    made.append(number)

    def follow(seen: list[int]) -> None:
        position = since
        try:
            while True:
                last = done.is_set()
                settle()
                came = read(position)
                seen += [decision for _, decision in came]
                position = came[-1][0] if came else position
                if last:
                    return
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=(chance.random(),)) for _ in range(6)]
    seen: list[list[int]] = [[], []]
    readers = [threading.Thread(target=follow, args=(one,)) for one in seen]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    time.sleep(0.05)
    done.set()
    for thread in readers:
        thread.join()
    elsewhere()
    for one in seen:
        assert len(one) == len(set(one))
    assert set(seen[0]) | {decision for _, decision in read(since)} == set(made)
    assert [decision for _, decision in read(since)][: len(seen[0])] == seen[0]


def test_every_decision_of_the_register_has_one_place() -> None:
    settle()
    assert sorted(Place.objects.values_list("decision_id", flat=True)) == sorted(
        Decision.objects.values_list("pk", flat=True)
    )
