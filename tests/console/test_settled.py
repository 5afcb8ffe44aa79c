"""How far a table is settled: an id is never passed by before the row that has it is there, or never will be."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tidegate.console.register.models import Message
from tidegate.console.register.settled import settled
from tidegate.errors import NodeError

pytestmark = pytest.mark.django_db
WRITE = (
    "INSERT INTO register_message"
    " (received_at, sender, format, sha256, size, body, read, kept, rejected, flagged, faults)"
    " VALUES (now(), '', 'x', '', 0, '', 0, 0, 0, 0, '[]') RETURNING id"
)


def other() -> psycopg.Connection:
    held = connection.settings_dict
    return psycopg.connect(
        dbname=held["NAME"], user=held["USER"], host=held["HOST"], port=held["PORT"] or None, password=held["PASSWORD"]
    )


def test_it_waits_for_who_took_an_id_before_and_for_nobody_else() -> None:
    assert settings.DATABASES
    with other() as late, other() as quick:
        first = late.execute(WRITE).fetchone()
        second = quick.execute(WRITE).fetchone()
        quick.rollback()
        assert first is not None
        assert second is not None
        with pytest.raises(NodeError, match="writing"):
            settled(Message, patience=0.1)
        ends = threading.Timer(0.2, late.rollback)
        ends.start()
        assert settled(Message) >= second[0]
        ends.join()


def test_a_row_that_is_settled_is_seen() -> None:
    with other() as late:
        (number,) = late.execute(WRITE).fetchone() or (0,)
        late.commit()
        assert settled(Message) >= number
        assert Message.objects.filter(pk=number).exists()
        late.execute("DELETE FROM register_message WHERE id = %s", [number])
        late.commit()
