"""Nightly work: tomorrow's decisions know what came today; done twice, or cut off, it comes to the same."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.conf import LazySettings
from django.utils import timezone

from tidegate.console.deciding import decider, lines_of, nightly, receive
from tidegate.console.deciding.decider import known
from tidegate.console.deciding.nightly import begin_here, take_up
from tidegate.console.register.models import Declaration, Edition, Finding
from tidegate.indicators import Counters, compute
from tidegate.selection import clear

pytestmark = pytest.mark.django_db

DAY, NEXT = date(2025, 2, 9), date(2025, 2, 10)


@pytest.fixture
def node(settings: LazySettings, tmp_path: Path) -> Path:
    """A folder of its own that begins where the register stands."""
    for name in ("known", "archive"):
        shutil.copytree(Path(settings.DATA) / name, tmp_path / name)
    shutil.copy(Path(settings.DATA) / "draw.key", tmp_path / "draw.key")
    for name in ("lists", "models"):
        if (Path(settings.DATA) / name).exists():
            (tmp_path / name).symlink_to(Path(settings.DATA) / name)
    settings.DATA = tmp_path
    begin_here()
    return tmp_path


def line(number: str, item: int = 1, **more: Any) -> dict[str, Any]:
    told = {"declaration_id": number, "item_number": item, "lodged_on": DAY.isoformat(), "office": "02CI"}
    goods = {"hs_code": "61091000", "origin_country": "CN", "importer_id": "M-1", "exporter_name": "Made-up Mill"}
    return {**told, **goods, "customs_value": 100.0, "net_mass_kg": 10.0, **more}


def send(*rows: dict[str, Any]) -> None:
    receive(("\n".join(json.dumps(row) for row in rows) + "\n").encode(), "ndjson", "night")


def find(number: str) -> None:
    one = Declaration.objects.get(number=number, current=True)
    Finding.objects.create(
        declaration=one, item_number=1, found_on=DAY, illicit=True, office=one.office, made_at=timezone.now()
    )


def tomorrow(number: str = "T1") -> dict[str, Any]:
    """What is known tomorrow of an importer's next line."""
    lines = lines_of([Declaration.objects.get(number=number, current=True)])
    lines = lines.with_columns(declaration_id=pl.lit("NEXT"), lodged_on=pl.lit(NEXT))
    return compute(lines, Counters.load(known("counters"))).row(0, named=True)


def test_what_came_is_known_tomorrow(node: Path) -> None:
    send(line("T1"), line("T1", 2), line("T2"))
    find("T1")
    assert tomorrow()["importer_new"] is True
    told = take_up()
    assert (told["declarations"], told["findings"]) == (2, 1)
    said = tomorrow()
    assert said["importer_new"] is False
    assert (said["importer_hs6_lines_365d"], said["importer_found_365d"]) == (3, 1)
    archived = pl.read_parquet(node / "archive" / f"lines_{DAY}.parquet")
    assert sorted(archived["declaration_id"]) == ["T1", "T1", "T2"]  # what the node began with is there already
    assert pl.read_parquet(node / "archive" / f"findings_{DAY}.parquet")["illicit"].to_list() == [True]


def test_twice_or_cut_off_it_comes_to_the_same(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    send(line("T1"), line("T2"))
    find("T2")
    before = known("taken.json").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(nightly, "_renew_cases", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take_up()
    assert known("taken.json").read_bytes() == before
    take_up()
    files = {path: path.read_bytes() for path in node.rglob("*") if path.is_file()}
    known("taken.json").write_bytes(before)  # as if it had died before the last step
    take_up()
    assert {path: path.read_bytes() for path in node.rglob("*") if path.is_file()} == files
    assert take_up()["declarations"] == 0
    assert tomorrow()["importer_hs6_lines_365d"] == 2


def test_corrections_and_cancellations_take_the_place_of_what_was(node: Path) -> None:
    send(line("T1"), line("T1", 2), line("T2"))
    take_up()
    send(line("T1", customs_value=7.0))
    take_up()
    assert tomorrow()["importer_hs6_lines_365d"] == 2
    assert pl.read_parquet(node / "archive" / f"lines_{DAY}.parquet").height == 2
    cancelled = line("T2", message_function="cancellation", message_id="C", hs_code=None)
    send(cancelled)
    assert Declaration.objects.get(number="T2", current=True).cancelled
    take_up()
    assert tomorrow()["importer_hs6_lines_365d"] == 1
    assert pl.read_parquet(node / "archive" / f"lines_{DAY}.parquet")["declaration_id"].to_list() == ["T1"]


def test_terms_are_those_of_the_last_whole_day(node: Path, edition: Edition) -> None:
    send(*(line(f"T{number}") for number in range(5)), line("U1", lodged_on=NEXT.isoformat()))
    decider().desk(edition)
    take_up()
    cases = pl.read_parquet(known("cases.parquet"))
    mine = cases.filter(pl.col("office") == "02CI")
    assert mine["lodged_on"].unique().to_list() == [DAY]  # the day of today is not over
    assert {f"T{number}" for number in range(5)} <= set(mine["declaration_id"])
    assert mine["declaration_id"].is_unique().all()
    engine = decider().desk(edition).engine  # taken up without a restart
    terms = clear(cases, engine.policy)
    assert set(terms.cells["office"]) == set(cases["office"])
