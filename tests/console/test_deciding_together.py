"""Deciding together: threads and processes share one standing and one edition, and never wait in a ring."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from tidegate.console.api.models import Outbox
from tidegate.console.deciding import activate, decider, make_edition, receive
from tidegate.console.deciding.decider import in_force, known
from tidegate.console.deciding.editions import MADE
from tidegate.console.deciding.watching import look
from tidegate.console.register.models import (
    AuditEntry,
    Decision,
    Declaration,
    Edition,
    InForce,
    Line,
    Message,
    Standing,
    Subject,
    Task,
    Withdrawal,
)

DAY = date(2025, 2, 10)
OFFICES = ("02CI", "03CC", "15BB")


def line(number: str, office: str, **more: Any) -> dict[str, Any]:
    return {
        "declaration_id": number,
        "item_number": 1,
        "lodged_on": DAY.isoformat(),
        "office": office,
        "hs_code": "61091000",
        "customs_value": 10.0,
        **more,
    }


def send(*rows: dict[str, Any]) -> None:
    receive(("\n".join(json.dumps(row) for row in rows) + "\n").encode(), "ndjson", "together")


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real transactions, seen by other threads and processes; what was made is taken away again."""
    with django_db_blocker.unblock():
        force = InForce.objects.get(pk=1).edition_id
        entries = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
        editions = set(Edition.objects.values_list("pk", flat=True))
        yield
        mine = Declaration.objects.filter(number__startswith="TG-")
        for model in (Task, Decision, Line, Subject):
            model.objects.filter(declaration__in=mine).delete()
        mine.delete()
        Outbox.objects.exclude(decision_id__in=Decision.objects.values("pk")).delete()
        Withdrawal.objects.all().delete()
        Message.objects.filter(sender="together").delete()
        Standing.objects.filter(day=DAY).delete()
        AuditEntry.objects.filter(number__gt=entries).delete()
        InForce.objects.filter(pk=1).update(edition=force)
        Edition.objects.exclude(pk__in=editions).delete()
        connections.close_all()


def in_threads(work: Any, count: int) -> None:
    """Run work(number) at the same time; raises what any of them raised."""

    def run(number: int) -> None:
        try:
            work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(run, range(count)))


def whole(numbers: set[str]) -> None:
    """Each number is there once, with one current decision, and the standings count each decision once."""
    current = Declaration.objects.filter(number__startswith="TG-", current=True)
    assert sorted(one.number for one in current) == sorted(numbers)
    decided = Decision.objects.filter(declaration__number__startswith="TG-", current=True)
    assert sorted(one.declaration_id for one in decided) == sorted(one.pk for one in current)
    every = Decision.objects.filter(declaration__number__startswith="TG-").count()
    assert sum(Standing.objects.filter(day=DAY).values_list("volume", flat=True)) == every


def test_messages_over_the_same_offices_in_any_order_do_not_wait_in_a_ring(committed: None) -> None:
    def work(number: int) -> None:
        offices = OFFICES if number % 2 else OFFICES[::-1]
        for turn in range(4):
            send(*(line(f"TG-{number}-{turn}-{at}", office) for at, office in enumerate(offices)))

    in_threads(work, 6)
    whole({f"TG-{n}-{t}-{a}" for n in range(6) for t in range(4) for a in range(3)})
    for one in Standing.objects.filter(day=DAY):
        found = Decision.objects.filter(declaration__number__startswith="TG-", office=one.office)
        for place, channel in enumerate(("red", "yellow", "blue")):
            assert one.selected[place] == found.filter(channel=channel).count()


@pytest.mark.parametrize("room", [0, 1_000_000])
def test_the_same_declaration_from_several_at_once_is_there_once(
    committed: None, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the database has room for a lock on each declaration or not."""
    monkeypatch.setattr("tidegate.console.deciding.versions._room", lambda: room)

    def same(_: int) -> None:
        send(line("TG-A", "02CI"), line("TG-B", "03CC"))

    def different(number: int) -> None:
        rows = [line("TG-A", "02CI", customs_value=100.0 + number), line("TG-B", "03CC", customs_value=200.0 + number)]
        send(*(rows if number % 2 else rows[::-1]))

    in_threads(same, 5)
    whole({"TG-A", "TG-B"})
    assert Declaration.objects.filter(number="TG-A").count() == 1
    in_threads(different, 5)
    whole({"TG-A", "TG-B"})
    assert sorted(Declaration.objects.filter(number="TG-A").values_list("version", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_a_message_that_fails_at_the_end_counts_nowhere(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    send(line("TG-1", "02CI"))
    before = Standing.objects.get(day=DAY, office="02CI").volume

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("made up")

    with monkeypatch.context() as patched:
        patched.setattr("tidegate.console.deciding.receiving.keep_decisions", fail)
        with pytest.raises(RuntimeError):
            send(line("TG-2", "02CI"))
    assert Standing.objects.get(day=DAY, office="02CI").volume == before
    assert not Message.objects.filter(sender="together", kept=1).exclude(declaration__number="TG-1").exists()
    send(line("TG-2", "02CI"))
    whole({"TG-1", "TG-2"})


def test_whoever_decides_after_an_activation_decides_by_it(committed: None) -> None:
    edition = InForce.objects.get(pk=1).edition
    other = make_edition("other", None, book="", policy=edition.policy, lists="")
    begun, ended = threading.Event(), threading.Event()
    order: list[str] = []

    def decide_slowly() -> None:
        with transaction.atomic():
            assert in_force().pk == edition.pk
            begun.set()
            time.sleep(0.4)
            order.append("decided")
        connections.close_all()

    def activate_it() -> None:
        begun.wait(5)
        activate(other, None)
        order.append("activated")
        ended.set()
        connections.close_all()

    threads = [threading.Thread(target=decide_slowly), threading.Thread(target=activate_it)]
    for thread in threads:
        thread.start()
    assert ended.wait(10)
    for thread in threads:
        thread.join()
    assert order == ["decided", "activated"]  # it waited for the decision under way
    send(line("TG-1", "02CI"))
    assert Decision.objects.get(declaration__number="TG-1").edition_id == other.pk


SENDER = """
import json, sys
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[2]
from tidegate.console.deciding import receive
for turn in range(6):
    rows = [json.dumps({**json.loads(sys.argv[3]), "declaration_id": f"TG-{sys.argv[1]}-{turn}-{at}", "office": office})
            for at, office in enumerate(json.loads(sys.argv[4]))]
    receive(("\\n".join(rows) + "\\n").encode(), "ndjson", "together")
"""


def test_processes_share_the_standing_of_a_day(committed: None) -> None:
    database = connection.settings_dict
    address = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    told = {**os.environ, "DATABASE_URL": address, "TIDEGATE_DATA": str(settings.DATA)}
    senders = [
        subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-c", SENDER, str(number), database["NAME"]),
                *(json.dumps(line("", "")), json.dumps(OFFICES if number else OFFICES[::-1])),
            ],
            env=told,
        )
        for number in range(2)
    ]
    assert [one.wait(120) for one in senders] == [0, 0]
    whole({f"TG-{n}-{t}-{a}" for n in range(2) for t in range(6) for a in range(3)})


@pytest.mark.django_db
def test_desks_are_ready_before_they_are_needed(edition: Edition, trade: Path) -> None:
    other = make_edition("other", None, book="", policy=edition.policy, lists="")
    look(other.pk)
    held = decider()._desks
    assert {edition.pk, other.pk} <= held.keys()
    desk = decider().desk(edition)
    assert decider().desk(edition) is desk
    os.utime(known("counters"))
    assert decider().desk(edition) is not desk  # the counters were written anew
    assert MADE


def test_another_book_asks_the_same_lists_and_remembers_whom_they_know(edition: Edition) -> None:
    held = decider().desk(edition)
    other = make_edition("other", None, book="", policy=edition.policy, lists=edition.lists, model=edition.model)
    made = decider().desk(other)
    assert made.engine is not held.engine
    assert made.memory is held.memory is not None
