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
from tidegate.console.register.models import Declaration, Task
from tidegate.errors import InputError

DAY = date(2025, 2, 10)


@pytest.fixture
def stream(trade: Path) -> live.Stream:
    return live.Stream.open(trade, random.Random(5))


def test_each_is_fresh_and_of_today_and_some_were_unlawful(stream: live.Stream) -> None:
    numbers, known = set(), set(stream.lines["declaration_id"])
    for _ in range(200):
        rows = [json.loads(line) for line in stream.next(DAY).splitlines()]
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
        for line in stream.next(DAY).splitlines():
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
        answer = client.post(live.PATH, stream.next(today()), content_type="application/x-ndjson")
        assert answer.status_code == 200, answer.content
    assert Declaration.objects.filter(number__startswith="9", lodged_on=today()).count() == 40
    assert Task.objects.count() > before


def test_a_stream_needs_a_simulated_trade(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="simulated trade"):
        live.Stream.open(tmp_path, random.Random(1))
    with pytest.raises(InputError, match="demo"):
        serve(tmp_path, live=True)
    with pytest.raises(InputError, match="pace"):
        serve(tmp_path, demo=True, live=True, rate=0)
