"""The live stream of a demo: fresh declarations of the same trade, through the door, at a slow pace, until the end."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from tidegate.cli.serve import serve
from tidegate.console import live
from tidegate.console.api import keys
from tidegate.console.clock import now, today
from tidegate.console.deciding import lines_of
from tidegate.console.deciding.cargo import held_against
from tidegate.console.register.models import Declaration, Task
from tidegate.errors import InputError

DAY = date(2025, 2, 10)


@pytest.fixture
def stream(trade: Path) -> live.Stream:
    return live.Stream.open(trade, random.Random(5))


def declaration(stream: live.Stream) -> bytes:
    """The next one, without its manifest."""
    *_, (media_type, body) = stream.next(DAY)
    assert media_type == "application/x-ndjson"
    return body


def _mode(one: Declaration) -> str | None:
    line = one.lines.first()
    assert line is not None
    mode: str | None = line.fields.get("transport_mode")
    return mode


def test_each_is_fresh_and_of_today_and_some_were_unlawful(stream: live.Stream) -> None:
    numbers, known = set(), set(stream.lines["declaration_id"])
    for _ in range(200):
        rows = [json.loads(line) for line in declaration(stream).splitlines()]
        assert {row["lodged_on"] for row in rows} == {"2025-02-10"}
        (number,) = {row["declaration_id"] for row in rows}
        assert len(number) == 12
        numbers.add(number)
        assert [row["item_number"] for row in rows] == sorted(row["item_number"] for row in rows)
    assert len(numbers) == 200
    assert not numbers & known
    assert stream.unlawful <= known
    assert stream.unlawful


def test_prices_and_parties_stay_those_of_the_trade(stream: live.Stream) -> None:
    prices = set()
    held = {
        (row["importer_id"], row["hs_code"], round((row["customs_value"] or 0) / (row["net_mass_kg"] or 1), 1))
        for row in stream.lines.iter_rows(named=True)
    }
    for _ in range(50):
        for line in declaration(stream).splitlines():
            row = json.loads(line)
            if (row["net_mass_kg"] or 0) > 50:
                price = round(row["customs_value"] / row["net_mass_kg"], 1)
                prices.add(any((row["importer_id"], row["hs_code"], price + off) in held for off in (0, 0.1, -0.1)))
    assert sum(prices) == len(prices) or True in prices


def test_the_pace_is_that_which_was_asked_for() -> None:
    chance = random.Random(1)
    pauses = [live.next_pause(6, chance) for _ in range(5_000)]
    assert sum(pauses) / len(pauses) == pytest.approx(10.0, rel=0.05)
    assert min(pauses) >= 0


@pytest.mark.django_db
def test_what_is_sent_is_decided_and_waits_in_the_queue(stream: live.Stream) -> None:
    _, token = keys.make("demo-live", ["declare"], None, everywhere=True, expires_at=now().replace(year=2030))
    client = Client(headers={"authorization": f"Bearer {token}"})
    before = Task.objects.count()
    for _ in range(40):
        for media_type, body in stream.next(today()):
            answer = client.post(live.PATH, body, content_type=media_type)
            assert answer.status_code == 200, answer.content
    assert Declaration.objects.filter(number__startswith="9", lodged_on=today()).count() == 40
    assert Task.objects.count() > before
    by_sea = [one for one in Declaration.objects.filter(number__startswith="9") if _mode(one) == "1"]
    found = [held_against(lines_of([one])) for one in by_sea]
    assert {one.marks["cargo_found"][0] for one in found} >= {True}
    assert "agrees" in {kind for one in found for kind in one.report["kind"]}


def test_a_stream_needs_a_simulated_trade(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="simulated trade"):
        live.Stream.open(tmp_path, random.Random(1))
    with pytest.raises(InputError, match="demo"):
        serve(tmp_path, live=True)
    with pytest.raises(InputError, match="pace"):
        serve(tmp_path, demo=True, live=True, rate=0)
