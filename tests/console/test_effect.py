"""Effectiveness: the figures are the yardstick's on the register's rows; nobody learns more than the role allows."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta

import polars as pl
import pytest
from django.conf import settings
from django.test import Client
from scipy import stats

from tidegate.console.clock import now
from tidegate.console.effect import history, officers
from tidegate.console.effect.figures import figures, work_out
from tidegate.console.effect.models import Measurement
from tidegate.console.effect.verdicts import odds
from tidegate.console.register.models import Decision, Declaration, Edition, Finding, User
from tidegate.yardstick import measure

pytestmark = pytest.mark.django_db
PAGES = ("", "profiles/", "lists/", "model/", "draw/", "officers/")


@pytest.fixture
def opened() -> list[Finding]:
    """Everything that was selected is opened by one of three inspectors; something is found in every fourth."""
    people = [User.objects.create_user(f"inspector{n}", everywhere=True) for n in range(3)]
    selected = Decision.objects.exclude(channel="green").select_related("declaration").order_by("pk")
    return Finding.objects.bulk_create(
        Finding(
            declaration=one.declaration,
            found_on=one.lodged_on + timedelta(days=1),
            illicit=number % 4 == 0,
            revenue=1000.0 * (number % 4 == 0),
            office=one.office,
            officer=people[number % 3],
            made_at=now(),
        )
        for number, one in enumerate(selected)
    )


def made() -> pl.DataFrame:
    """The decisions as the engine made them, before the register."""
    return pl.read_parquet(f"{settings.DATA}/known/cases.parquet")


def test_decisions_come_back_as_they_were_made() -> None:
    names = ("declaration_id", "lodged_on", "office", "channel", "targeted_by", "probability", "score", "hits")
    more = ("ticket", "p_red", "point_yellow", "trusted", "commitment", "demand_red")
    back = history.decisions(Decision.objects.all(), *more)
    assert back.sort("declaration_id").equals(made().select(*names, *more).sort("declaration_id"))


def test_of_two_versions_the_one_likelier_to_be_selected_stands_and_cancelled_ones_do_not() -> None:
    one = Decision.objects.select_related("declaration").filter(probability__lt=0.5).first()
    assert one is not None
    Declaration.objects.filter(pk=one.declaration_id).update(current=False)
    second = Declaration.objects.create(
        number=one.declaration.number, version=2, received_at=now(), lodged_on=one.lodged_on, line_count=1
    )
    Decision.objects.create(
        declaration=second, made_at=now(), lodged_on=one.lodged_on, channel="red", probability=0.75, office=one.office
    )
    back = history.decisions(Decision.objects.all()).filter(pl.col("declaration_id") == one.declaration.number)
    assert back.select("channel", "probability").rows() == [("red", 0.75)]
    Declaration.objects.filter(pk=second.pk).update(cancelled=True)
    Declaration.objects.filter(pk=one.declaration_id).update(cancelled=True)
    assert history.decisions(Decision.objects.all()).height == made().height - 1


def test_figures_are_those_of_the_yardstick(opened: list[Finding]) -> None:
    known = pl.DataFrame(
        {
            "declaration_id": [one.declaration.number for one in opened],
            "illicit": [one.illicit for one in opened],
            "revenue": [one.revenue for one in opened],
        }
    ).join(made().select("declaration_id", "probability"), on="declaration_id")
    oracle, worked = measure(made(), known), figures()
    assert worked["counts"] == oracle.counts
    assert worked["rate"] == oracle.rate.to_dicts()
    assert worked["missed"] == oracle.missed.to_dicts()
    assert worked["sources"] == oracle.sources.to_dicts()
    for row, expected in zip(worked["profiles"], oracle.profiles.to_dicts(), strict=True):
        assert row == expected
    assert [row["verdict"] for row in worked["verdicts"]] == oracle.verdicts["verdict"].to_list()
    months = [row["opened"] for part in worked["months"].values() for row in part]
    assert sum(months) == oracle.counts["opened"]


def test_an_office_has_its_own_figures(opened: list[Finding]) -> None:
    code = made()["office"].mode()[0]
    worked = figures(code)
    assert worked["counts"]["declarations"] == made().filter(pl.col("office") == code).height
    assert [row["office"] for row in worked["rate_by_office"]] == [code]


def test_what_an_officer_opened_by_own_choice_is_in_no_estimate(opened: list[Finding]) -> None:
    before = figures()
    green = Declaration.objects.filter(decisions__channel="green").first()
    Finding.objects.create(declaration=green, found_on=now().date(), illicit=True, made_at=now())
    after = figures()
    assert after["rate"] == before["rate"]
    assert after["by_hand"][0]["found"] == before["by_hand"][0]["found"] + 1


def test_without_findings_it_says_what_to_do(as_role: Callable[..., Client]) -> None:
    client = as_role("supervisor")
    assert "have not been worked out" in client.get("/effect/").text
    work_out("", 365, "node")
    for name in PAGES:
        answer = client.get(f"/effect/{name}")
        assert answer.status_code == 200
        assert ("There is no estimate" in answer.text) == (name != "officers/")
    assert "Không có ước tính" in as_role("supervisor", "vi").get("/effect/").text


@pytest.fixture
def worked(opened: list[Finding]) -> Measurement:
    return work_out("", 365, "node")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_page_shows_its_figures(worked: Measurement, as_role: Callable[..., Client], language: str) -> None:
    client = as_role("auditor", language)
    for name in PAGES:
        answer = client.get(f"/effect/{name}")
        assert answer.status_code == 200, name
        assert ("95%:" in answer.text) or name in ("lists/", "officers/")  # neither need have a row
    row = worked.figures["profiles"][0]
    page = client.get(f"/effect/profiles/{row['profile']}/").text
    assert row["profile"] in page
    assert client.get("/effect/profiles/NO-SUCH/").status_code == 404


def test_uncertainty_is_spoken(worked: Measurement, as_role: Callable[..., Client]) -> None:
    rate = next(row for row in worked.figures["sources"] if row["opened"])
    said = f"{rate['rate'] * 100:.1f}% (95%: {rate['low'] * 100:.1f} to {rate['high'] * 100:.1f})"
    assert said in as_role("author").get("/effect/").text
    assert said.replace(".", ",").replace("to", "đến") in as_role("author", "vi").get("/effect/").text


def test_profiles_are_sorted_as_the_address_says(worked: Measurement, as_role: Callable[..., Client]) -> None:
    client = as_role("author")
    found = {row["profile"]: row["declarations"] for row in worked.figures["profiles"]}
    rows = client.get("/effect/profiles/?sort=declarations").context["rows"]
    assert [row["declarations"] for row in rows] == sorted(found.values(), reverse=True)
    names = [row["profile"] for row in client.get("/effect/profiles/?sort=profile").context["rows"]]
    assert names == sorted(found)
    assert client.get("/effect/profiles/?sort=nothing").context["sort"] == "found"


def test_a_new_finding_shows_after_a_refresh(worked: Measurement, as_role: Callable[..., Client]) -> None:
    client = as_role("supervisor")
    assert "not included" not in client.get("/effect/").text
    green = Declaration.objects.filter(decisions__channel="green").first()
    Finding.objects.create(declaration=green, found_on=now().date(), illicit=True, made_at=now())
    assert "1 finding came since and is not included" in client.get("/effect/").text
    answer = client.post("/effect/refresh/", {"office": "", "days": "365", "tab": "officers"})
    assert answer.headers["Location"] == "/effect/officers/?office=&days=365"
    assert "being worked out" in client.get("/effect/").text
    client.post("/effect/refresh/", {"office": "", "days": "365"})  # asked for once already
    from procrastinate.contrib.django.models import ProcrastinateJob

    jobs = ProcrastinateJob.objects.filter(task_name="effect.work_out")
    assert [job.args for job in jobs] == [{"office": "", "days": 365, "by": "supervisor"}]
    work_out(**jobs[0].args)
    assert "not included" not in client.get("/effect/").text
    assert Measurement.objects.filter(office="", days=365).count() == 1


def test_who_may_not_know_is_refused(worked: Measurement, as_role: Callable[..., Client]) -> None:
    for role in ("targeting", "inspector", "lists", "administrator", "system"):
        for name in PAGES:
            assert as_role(role).get(f"/effect/{name}").status_code == 403
        assert as_role(role).post("/effect/refresh/").status_code == 403
    assert as_role("author").get("/effect/refresh/").status_code == 405


def test_another_office_is_not_there(worked: Measurement, as_role: Callable[..., Client]) -> None:
    client, user = as_role("author"), User.objects.get(username="author")
    mine, other = made()["office"].unique().sort()[:2]
    user.everywhere = False
    user.save()
    user.offices.set([mine])
    assert client.get("/effect/").context["office"] == mine
    assert client.get(f"/effect/?office={other}").status_code == 404
    assert client.get("/effect/?office=").status_code == 404
    assert client.post("/effect/refresh/", {"office": other, "days": "90"}).status_code == 404
    assert client.get("/effect/?days=17").status_code == 404
    assert client.get("/effect/?days=x").status_code == 404


def test_names_of_officers_are_for_supervisors_and_auditors(
    worked: Measurement, as_role: Callable[..., Client]
) -> None:
    for role, knows in (("supervisor", True), ("auditor", True), ("author", False), ("approver", False)):
        text = as_role(role).get("/effect/officers/").text
        assert ("inspector1" in text) == knows
        assert "3 inspectors were looked at" in text


def test_a_restricted_profile_is_named_only(
    worked: Measurement, as_role: Callable[..., Client], edition: Edition
) -> None:
    name = worked.figures["profiles"][0]["profile"]
    said = next(p for p in edition.book.split("[[profile]]") if f'"{name}"' in p)
    Edition.objects.filter(pk=edition.pk).update(book=edition.book.replace(said, said + "restricted = true\n\n"))
    title = said.split('title = "')[1].split('"')[0]
    from tidegate.console.effect.show import _profiles

    _profiles.cache_clear()
    try:
        page = as_role("author").get(f"/effect/profiles/{name}/").text
    finally:
        _profiles.cache_clear()
    assert title not in page
    assert "a restricted profile" in page


def inspections(*runs: tuple[int, str, list[bool]]) -> pl.DataFrame:
    """Checks of officers (id, source, what was found one after another)."""
    return pl.DataFrame(
        [
            {
                "officer": who,
                "declaration_id": f"{who}-{source}-{n}",
                "office": "A",
                "source": source,
                "illicit": illicit,
            }
            for who, source, found in runs
            for n, illicit in enumerate(found)
        ]
    )


def test_a_streak_is_as_likely_as_the_others_say() -> None:
    table = inspections((1, "model", [True] + [False] * 4), (2, "model", [True, False] * 10))
    rows = {row["officer"]: row for row in officers.streaks(table).to_dicts()}
    assert (rows[1]["streak"], rows[2]["streak"]) == (4, 1)
    assert rows[1]["chance"] == pytest.approx((1 - 10.5 / 21) ** 4)  # of the other: 10 of 20
    assert rows[1]["all_chance"] == pytest.approx(1 - (1 - (1 - 10.5 / 21) ** 4) ** 2)
    assert officers.streaks(inspections((1, "draw", [False, True]))).row(0, named=True)["all_chance"] == 1.0


def test_a_streak_by_chance_is_seldom_told() -> None:
    """Ten inspectors who all find 15%: at most about one group in twenty has anybody told."""
    import numpy as np

    rng = np.random.default_rng(5)
    told = 0
    for _ in range(200):
        runs = [(who, "draw", (rng.random(60) < 0.15).tolist()) for who in range(10)]
        told += officers.streaks(inspections(*runs))["all_chance"].min() <= 0.05
    assert told <= 20


def test_a_pair_stands_out_by_fishers_test_and_is_told_by_false_discoveries() -> None:
    table = inspections((1, "a", [False] * 20), (2, "a", [True, False] * 10), (3, "a", [True, False, True, False]))
    brokers = table.select("declaration_id", pl.lit("B").alias("declarant"), pl.lit("Broker").alias("name"))
    rows = officers.pairs(table, brokers)
    assert rows["officer"].to_list() == [1, 2]  # the third has too few
    oracle = stats.fisher_exact([[0, 20], [12, 12]], alternative="less").pvalue
    assert rows["chance"][0] == pytest.approx(oracle)
    assert rows["false"][0] == pytest.approx(min(2 * oracle, 1.0))
    assert officers.pairs(table.clear(), brokers.clear()).height == 0


def test_overrides_and_what_came_of_them() -> None:
    """a, b: let go and never opened, or opened later; c: sent though green; d: opened before; e: papers in order."""
    decided = pl.DataFrame({"declaration_id": list("abcde"), "channel": ["red", "red", "green", "red", "yellow"]})
    acts = pl.DataFrame(
        [
            ("a", 1, "X", "ask", "red", 5.0),
            ("a", 1, "X", "release", "red", 10.0),
            ("b", 1, "X", "change", "green", 10.0),
            ("c", 1, "X", "inspect", "red", 10.0),
            ("c", 2, "X", "release", "red", 30.0),
            ("d", 1, "X", "release", "red", 10.0),
            ("e", 1, "X", "release", "yellow", 10.0),
        ],
        schema=["declaration_id", "officer", "office", "act", "channel", "at"],
        orient="row",
    )
    found = pl.DataFrame({"declaration_id": ["b", "c", "d"], "made": [20.0, 20.0, 9.0], "illicit": [True, False, True]})
    rows = officers.overrides(acts, decided, found).to_dicts()
    told = [(row["officer"], row["kind"], row["number"], row["checked"], row["found"]) for row in rows]
    assert told == [(1, "released", 2, 1, 1), (1, "sent", 1, 1, 0)]


def test_what_officers_do_on_the_declaration_counts(as_role: Callable[..., Client]) -> None:
    from tidegate.console.declarations.acts import act

    user = User.objects.get(username="supervisor")
    red = Decision.objects.filter(channel="red", current=True).select_related("declaration").first()
    green = Decision.objects.filter(channel="green", current=True).select_related("declaration").first()
    assert red is not None
    assert green is not None
    act(red.declaration, user, "release", "known trader, papers in order")
    act(green.declaration, user, "inspect", "a hint of the neighbours")
    worked = figures()
    kinds = {row["kind"]: (row["officer"], row["number"], row["checked"]) for row in worked["overrides"]}
    assert kinds == {"released": (user.pk, 1, 0), "sent": (user.pk, 1, 0)}
    assert worked["released"] == 1


def test_chance_is_put_into_words() -> None:
    assert "most inspectors" in odds(0.9, 1.0)
    assert odds(0.25, 0.9).startswith("Nothing unusual: by chance one inspector in 4 ")
    assert "1 of 100 such groups" in odds(0.001, 0.01)
    assert math.isfinite(len(odds(0.0, 0.0)))
