"""Receiving: stored, decided and kept or nothing; versions, cancellations, offices, the same again."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from tidegate.console.deciding import lines_of, receive
from tidegate.console.deciding.receiving import Receipt
from tidegate.console.register import trail
from tidegate.console.register.models import Decision, Declaration, Line, Message, Standing, Task, Withdrawal
from tidegate.errors import InputError

pytestmark = pytest.mark.django_db

DAY = date(2025, 2, 10)


def line(number: str, item: int = 1, **more: Any) -> dict[str, Any]:
    """A made-up line."""
    return {
        "declaration_id": number,
        "item_number": item,
        "lodged_on": DAY.isoformat(),
        "office": "02CI",
        "hs_code": "61091000",
        "origin_country": "CN",
        "importer_id": "0100109106",
        "importer_name": "Made-up Trading",
        "customs_value": 1000.0,
        "currency": "VND",
        "description": "shirts",
        **more,
    }


def send(*rows: dict[str, Any], **more: Any) -> Receipt:
    body = "\n".join(json.dumps(row) for row in rows).encode() + b"\n"
    return receive(body, "ndjson", "window", **more)


def current(number: str) -> Declaration:
    return Declaration.objects.get(number=number, current=True)


def sound(number: str) -> None:
    """What must hold of every declaration that was decided."""
    one = current(number)
    decisions = Decision.objects.filter(declaration__number=number, current=True)
    assert [decision.declaration_id for decision in decisions] == [one.pk]
    open_tasks = Task.objects.filter(declaration__number=number).exclude(state="done")
    assert [task.declaration_id for task in open_tasks] == ([one.pk] if decisions[0].channel != "green" else [])
    assert list(trail.breaks()) == []


def test_a_message_is_stored_decided_and_kept() -> None:
    receipt = send(line("N1"), line("N1", 2), line("N2"))
    assert [one.declaration.number for one in receipt.kept] == ["N1", "N2"]
    assert not receipt.rejected
    source = Message.objects.get(pk=receipt.message.pk)
    assert (source.sender, source.read, source.kept, source.rejected) == ("window", 3, 3, 0)
    assert {one.declaration.message_id for one in receipt.kept} == {source.pk}
    assert Standing.objects.get(day=DAY, office="02CI").volume == 2
    for number in ("N1", "N2"):
        sound(number)


def test_the_same_again_changes_nothing() -> None:
    first = send(line("N1"), line("N2"))
    again = send(line("N1"), line("N2"))
    assert again.message.pk == first.message.pk
    assert not again.kept
    assert [one.pk for one in again.unchanged] == [one.declaration.pk for one in first.kept]
    assert Standing.objects.get(day=DAY, office="02CI").volume == 2
    part = send(line("N2"), line("N3"))  # another message, of which one is known
    assert [one.declaration.number for one in part.kept] == ["N3"]
    assert [one.number for one in part.unchanged] == ["N2"]


def test_changed_content_is_the_next_version() -> None:
    first = send(line("N1"), line("N1", 2)).kept[0]
    Decision.objects.filter(pk=first.decision.pk).update(channel="red")
    Task.objects.filter(declaration=first.declaration).delete()
    Task.objects.create(
        declaration=first.declaration,
        decision=first.decision,
        channel="red",
        created_at=timezone.now(),
        due_at=timezone.now(),
        number="N1",
        lodged_on=DAY,
    )
    second = send(line("N1", customs_value=2000.0)).kept[0]
    assert (second.declaration.version, second.declaration.line_count) == (2, 1)
    sound("N1")
    old = Declaration.objects.get(pk=first.declaration.pk)
    assert not old.current
    assert Line.objects.filter(declaration=old).count() == 2
    assert lines_of([second.declaration])["customs_value"].to_list() == [2000.0]
    assert send(line("N1"), line("N1", 2)).kept[0].declaration.version == 3  # and back
    assert {entry.act for entry in trail.AuditEntry.objects.filter(subject="declaration:N1")} == {"declaration.amend"}


def message_line(number: str, version: int, function: str = "original", hour: int = 9, **more: Any) -> dict[str, Any]:
    return line(
        number,
        message_format="wco",
        message_id=f"{number}-{version}-{function}",
        message_function=function,
        message_version=version,
        message_sent_at=datetime(2025, 2, 10, hour).isoformat(),  # noqa: DTZ001 - UTC, as messages have it
        **more,
    )


def test_of_messages_the_later_version_counts_whatever_comes_first() -> None:
    second = message_line("N1", 2, "amendment", 10, customs_value=5.0)
    first = message_line("N1", 1)
    assert send(second).kept[0].declaration.version == 1
    late = send(first)
    assert not late.kept
    assert [one.number for one in late.unchanged] == ["N1"]
    assert current("N1").customs_value == 5.0
    third = send(message_line("N1", 3, "amendment", 11, customs_value=7.0))
    assert third.kept[0].declaration.customs_value == 7.0
    again = send(message_line("N1", 3, "amendment", 11, customs_value=7.0))
    assert not again.kept
    sound("N1")
    both = send(message_line("N9", 1), message_line("N9", 2, "amendment", customs_value=9.0))
    assert [one.declaration.customs_value for one in both.kept] == [9.0]


def test_a_cancellation_takes_it_back_and_closes_its_task() -> None:
    kept = send(message_line("N1", 1)).kept[0]
    receipt = send(message_line("N1", 2, "cancellation", 10))
    assert [one.number for one in receipt.cancelled] == ["N1"]
    one = current("N1")
    assert one.pk == kept.declaration.pk
    assert one.cancelled
    assert not Task.objects.filter(declaration=one).exclude(state="done").exists()
    assert Withdrawal.objects.get(number="N1").party == "0100109106"
    again = send(message_line("N1", 2, "cancellation", 10))
    assert not again.cancelled
    assert [one.number for one in again.unchanged] == ["N1"]
    assert Withdrawal.objects.count() == 1
    assert send(message_line("N1", 3, "amendment", 11)).kept[0].declaration.version == 2  # lodged anew


def test_what_was_cancelled_before_it_came_is_not_decided() -> None:
    cancelled = send(message_line("N1", 2, "cancellation", 10, hs_code=None, lodged_on=None))
    assert not cancelled.kept
    assert Withdrawal.objects.filter(number="N1").exists()
    receipt = send(message_line("N1", 1))
    assert not receipt.kept
    assert [one.number for one in receipt.cancelled] == ["N1"]
    assert current("N1").cancelled
    assert not Decision.objects.filter(declaration__number="N1").exists()


def test_an_amendment_after_the_inspection_was_announced_is_marked() -> None:
    for number, channel in (("N1", "red"), ("N2", "green")):
        kept = send(line(number)).kept[0]
        Decision.objects.filter(pk=kept.decision.pk).update(
            channel=channel, made_at=datetime(2025, 2, 10, 1).astimezone()
        )
        send(line(number, customs_value=1.0))
    assert Line.objects.get(declaration=current("N1")).fields["amended_after_announcement"] is True
    assert Line.objects.get(declaration=current("N2")).fields["amended_after_announcement"] is False
    assert not send(line("N1", customs_value=1.0)).kept  # the mark is no content
    spoofed = send(line("N3", amended_after_announcement=False)).kept[0]
    assert "amended_after_announcement" not in Line.objects.get(declaration=spoofed.declaration).fields


def test_a_declaration_that_is_not_whole_is_rejected_as_a_whole() -> None:
    receipt = send(line("N1"), line("N1", 2, hs_code="xx"), line("N2"), line("N3"), line("N3", 2, office="03CC"))
    assert [one.declaration.number for one in receipt.kept] == ["N2"]
    assert {(one.number, one.reason, one.field) for one in receipt.rejected} == {
        ("", "hs_digits", "hs_code"),
        ("N1", "incomplete", None),
        ("N3", "disagrees", "office"),
    }
    assert all(one.text and one.text_vi for one in receipt.rejected)
    assert receipt.message.rejected == 1
    assert {"field": "hs_code", "reason": "hs_digits", "count": 1} in receipt.message.faults
    assert not Declaration.objects.filter(number__in=["N1", "N3"]).exists()


def test_a_key_speaks_for_its_offices_only() -> None:
    send(line("N1"), line("N2", office="03CC"))
    receipt = send(
        line("N1", office="03CC", customs_value=1.0),  # of another office until now
        line("N2", office="03CC", customs_value=1.0),
        line("N3"),
        offices=["03CC"],
    )
    assert [one.declaration.number for one in receipt.kept] == ["N2"]
    assert {(one.number, one.reason) for one in receipt.rejected} == {
        ("N1", "not_your_office"),
        ("N3", "not_your_office"),
    }
    send(message_line("M1", 1))
    refused = send(message_line("M1", 2, "cancellation", 10), offices=["03CC"])
    assert not refused.cancelled
    assert not current("M1").cancelled
    ahead = {k: v for k, v in message_line("M2", 2, "cancellation").items() if k != "office"}
    send(ahead, offices=["03CC"])
    assert send(message_line("M2", 1)).kept


def test_what_cannot_be_read_leaves_nothing() -> None:
    for body, form in ((b"", "ndjson"), (b"\xff\xfe\x00", "ndjson"), (b'{"x": 1}\n', "ndjson"), (b"<a/>", "wco")):
        with pytest.raises(InputError):
            receive(body, form, "window")
    with pytest.raises(InputError, match="name that the assessment gives"):
        send(line("N1", score=1.0))
    assert not Message.objects.exists()


def test_own_columns_of_a_sender_are_kept_and_do_not_disturb() -> None:
    kept = send(line("N1", **{f"own_{n}": n for n in range(3)})).kept[0]
    assert Line.objects.get(declaration=kept.declaration).fields["own_2"] == 2
    assert isinstance(lines_of([kept.declaration])["own_2"], pl.Series)
