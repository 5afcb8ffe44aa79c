"""Simulation: what a draft would have done, by the library's own selection, and the page that says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.test import Client

from tidegate.assessment import Engine
from tidegate.console.clock import now
from tidegate.console.deciding import lines_of
from tidegate.console.profiles import history
from tidegate.console.profiles.history import History, findings_of
from tidegate.console.profiles.models import ProfileVersion, Simulation
from tidegate.console.profiles.simulation import hashed, replay, simulate
from tidegate.console.profiles.tasks import make_history, run_simulation
from tidegate.console.register.models import AuditEntry, Declaration, Edition, Finding, User
from tidegate.indicators import Counters
from tidegate.profiles import Book, Profile, try_book
from tidegate.trade import LINE_SCHEMA
from tidegate.yardstick import rate_interval

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 2, 9)
DRAFT = Profile("VN-S-1", "Dear goods", "customs_value > 60000", "red", 0.9, FIRST, dt.date(2026, 1, 1), "hq.risk")


@pytest.fixture(scope="module", autouse=True)
def ninety(django_db_setup: None, django_db_blocker: object) -> Iterator[Path]:
    """The table of the last ninety days."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield history.make()


@pytest.fixture
def held(db: None) -> History:
    told = history.known()
    assert told is not None
    return told


@pytest.fixture
def counters() -> Counters:
    return Counters.load(Path(settings.DATA) / "known" / "counters")


@pytest.fixture
def report(held: History, engine: Engine) -> dict:
    return simulate(DRAFT, held, engine, findings_of(held.table))


def version(author: str = "author", profile: Profile = DRAFT) -> ProfileVersion:
    said = {name: getattr(profile, name) for name in profile.__dataclass_fields__ if name != "id"}
    user = User.objects.get(username=author)
    made = ProfileVersion.objects.create(
        profile=profile.id, version=1, author=user, made_at=now(), changed_at=now(), **said
    )
    made.editors.add(user)
    return made


def asked(held: ProfileVersion) -> Simulation:
    made = Simulation.objects.create(
        version=held,
        asked_at=now(),
        asked_by=held.author,
        text_hash=held.text_hash,
        edition=Edition.objects.latest("pk"),
    )
    run_simulation(made.pk)
    made.refresh_from_db()
    return made


def test_both_runs_are_those_of_the_assessment(held: History, engine: Engine, counters: Counters) -> None:
    """The oracle: the whole assessment of the same lines, with the book, and with the draft in it."""
    lines = held.table.select(LINE_SCHEMA.keys())
    draft = replace(DRAFT, starts=held.first, ends=held.last)
    for book in (list(engine.book), [*engine.book, draft]):
        told = replay(book, held.table, engine, None, None).decided
        other = Engine(
            policy=engine.policy, keys=engine.keys, book=Book(book), lists=engine.lists, screener=engine.screener
        )
        expected = other.assess(lines, counters).decisions
        for name in ("channel", "probability", "p_red", "p_yellow", "demand_red"):
            assert told[name].to_list() == expected[name].to_list(), name


def test_the_report_adds_up(report: dict, held: History, engine: Engine) -> None:
    table = held.table
    wanted = table.filter(pl.col("customs_value") > 60000)["declaration_id"].n_unique()
    assert report["hits"]["declarations"] == wanted > 0
    assert sum(row["hits"] for row in report["offices"]) == wanted
    assert sum(row["declarations"] for row in report["offices"]) == report["declarations"]
    for name in ("before", "after"):
        for channel in ("red", "yellow", "blue"):
            by_office = sum(row[f"{name}_{channel}"] for row in report["offices"]) * report["days"]
            assert by_office == pytest.approx(report["work"][name][channel])
    assert report["work"]["after"]["red"] >= report["work"]["before"]["red"] - 1e-6
    assert sum(one["count"] for one in report["changes"]) >= len(report["changed"]) > 0
    for chart in report["charts"]:
        assert len(chart["days"]) == len(chart["after"]) == len(chart["capacity"]) == report["days"]


def test_finds_and_rate_are_those_of_trial_and_yardstick(report: dict, held: History, engine: Engine) -> None:
    findings = findings_of(held.table)
    draft = replace(DRAFT, starts=held.first, ends=held.last)
    trial = try_book(Book([draft]), held.table, findings, engine.lists).row(0, named=True)
    rate = report["rate"]
    assert (rate["opened"], rate["found"]) == (trial["opened"], trial["found"])
    assert rate["opened"] > 0
    assert (rate["low"], rate["high"]) == rate_interval(rate["found"], rate["opened"])
    assert report["trusted"]["importers"] == trial["trusted"]
    bad = set(findings.filter("illicit")["declaration_id"])
    hit = set(held.table.filter(pl.col("customs_value") > 60000)["declaration_id"])
    assert report["finds"]["caught"] == len(bad & hit)
    assert report["finds"]["all"] == len(bad)
    assert report["finds"]["alone"] <= report["finds"]["caught"]


def test_a_draft_twice_gives_one_report_and_another_draft_another(report: dict, held: History, engine: Engine) -> None:
    again = simulate(DRAFT, held, engine, findings_of(held.table))
    assert hashed(again) == hashed(report)
    other = simulate(replace(DRAFT, rate=0.5), held, engine, findings_of(held.table))
    assert hashed(other) != hashed(report)
    assert other["text_hash"] != report["text_hash"]


def test_a_draft_that_hits_nothing_changes_nothing(held: History, engine: Engine) -> None:
    report = simulate(replace(DRAFT, when="customs_value < -1"), held, engine, findings_of(held.table))
    assert report["hits"]["declarations"] == 0
    assert report["changes"] == []
    assert report["work"]["before"] == report["work"]["after"]
    assert report["rate"] == {"opened": 0, "found": 0, "share": None, "low": 0.0, "high": 1.0}
    assert report["covered"] is None


def test_a_new_version_takes_the_place_of_the_old(held: History, engine: Engine) -> None:
    old = next(iter(engine.book))
    report = simulate(replace(old, when="customs_value < -1"), held, engine, findings_of(held.table))
    assert report["replaces"]
    assert report["hits"]["declarations"] == 0


def test_what_is_displaced_had_been_selected(held: History, engine: Engine) -> None:
    report = simulate(replace(DRAFT, when="customs_value > 1", rate=1.0), held, engine, findings_of(held.table))
    assert report["displaced"] == sum(
        one["count"] for one in report["changes"] if not one["hit"] and one["from"] != "green"
    )
    for office in report["offices"]:
        assert office["after_red"] <= max(office["capacity_red"], office["before_red"]) * 1.2 + 0.1


def test_the_table_has_what_came_in_and_is_not_archived(held: History) -> None:
    one = Declaration.objects.order_by("number").first()
    assert one is not None
    lines = lines_of([one])
    assert (
        held.table.filter(pl.col("declaration_id") == one.number)
        .select(LINE_SCHEMA.keys())
        .equals(lines.select(LINE_SCHEMA.keys()), null_equal=True)
    )
    one.pk = None
    one.number = "LATE-1"
    one.save(force_insert=True)
    from tidegate.console.profiles.history import _lines
    from tidegate.console.register.models import Line

    Line.objects.create(declaration=one, item_number=1, fields={"lodged_on": str(one.lodged_on), "customs_value": 7.0})
    assert "LATE-1" in set(_lines()["declaration_id"])


def test_findings_of_the_register_count(held: History) -> None:
    one = Declaration.objects.order_by("number").first()
    assert one is not None
    before = findings_of(held.table).filter(pl.col("declaration_id") == one.number).height
    Finding.objects.create(
        declaration=one, item_number=1, found_on=LAST, illicit=True, office=one.office, made_at=now()
    )
    assert findings_of(held.table).filter(pl.col("declaration_id") == one.number).height == before + 1


def test_the_task_keeps_the_report_with_its_hash(db: None) -> None:
    told = asked(version())
    assert told.state == Simulation.State.DONE
    assert told.report_hash == hashed(told.report)
    assert told.text_hash == told.version.text_hash == told.report["text_hash"]
    entry = AuditEntry.objects.filter(act="profile.simulate").latest("number")
    assert entry.detail["report"] == told.report_hash
    done_at = told.done_at
    run_simulation(told.pk)  # a second run changes nothing
    told.refresh_from_db()
    assert told.done_at == done_at
    make_history()


def test_a_draft_that_the_library_refuses_fails_with_the_reason(as_role: Callable[..., Client]) -> None:
    held = version(profile=replace(DRAFT, when="no_such_field = 1"))
    told = asked(held)
    assert told.state == Simulation.State.FAILED
    assert "no_such_field" in told.wrong
    page = as_role("author").get(f"/profiles/{held.pk}/").content.decode()
    assert "The simulation failed" in page
    assert "no_such_field" in page
    assert as_role("author").get(f"/profiles/report/{told.pk}/").status_code == 302


@pytest.mark.parametrize(("language", "heading"), [("en", "What it costs"), ("vi", "Khối lượng công việc")])
def test_the_report_is_a_page_in_both_languages(as_role: Callable[..., Client], language: str, heading: str) -> None:
    told = asked(version())
    for role in ("author", "approver", "supervisor", "auditor"):
        page = as_role(role, language).get(f"/profiles/report/{told.pk}/")
        assert page.status_code == 200
        assert heading in page.content.decode()
        assert told.report_hash in page.content.decode()
    assert as_role("inspector").get(f"/profiles/report/{told.pk}/").status_code == 403


def test_declarations_of_other_offices_are_not_named(as_role: Callable[..., Client]) -> None:
    told = asked(version())
    office = told.report["changed"][0]["office"]
    user = User.objects.get(username="author")
    user.everywhere = False
    user.save()
    user.offices.set([office])
    page = as_role("author").get(f"/profiles/report/{told.pk}/")
    assert {row["office"] for row in page.context["changed"]} == {office}


def test_a_restricted_profile_is_a_number_in_the_overlap(as_role: Callable[..., Client]) -> None:
    as_role("author").get("/profiles/")
    told = asked(version(profile=replace(DRAFT, when="customs_value > 0")))
    name = told.report["overlap"][0]["profile"]
    ProfileVersion.objects.filter(profile=name).update(restricted=True)
    page = as_role("approver").get(f"/profiles/report/{told.pk}/").content.decode()
    assert name in page
    assert f"/profiles/of/{name}/" not in page


def test_a_replay_is_asked_for_once(as_role: Callable[..., Client]) -> None:
    held = version()
    for _time in range(2):
        assert as_role("author").post(f"/profiles/{held.pk}/simulate/").status_code == 302
    assert held.simulations.count() == 1
    assert "being simulated" in as_role("author").get(f"/profiles/{held.pk}/").content.decode()
    assert as_role("approver").post(f"/profiles/{held.pk}/simulate/").status_code == 403
