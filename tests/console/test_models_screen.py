"""Models: training is the library's, figures are the card's, and what comes into force passed two pairs of eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import polars as pl
import pytest
from django.conf import settings
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from tidegate.assessment import labelled
from tidegate.console.clock import now, today
from tidegate.console.control.models import Proposal
from tidegate.console.deciding import lines_of
from tidegate.console.models import shelf
from tidegate.console.models.comparing import _agreement, compare
from tidegate.console.models.models import Comparison, Training
from tidegate.console.models.tasks import run_comparison, run_training
from tidegate.console.models.training import findings, lines, train
from tidegate.console.profiles import history
from tidegate.console.register.models import AuditEntry, Declaration, Finding, InForce, User
from tidegate.models import Model
from tidegate.models.card import measure

pytestmark = pytest.mark.django_db
EARLY, LATE = date(2025, 1, 25), date(2025, 2, 3)


@pytest.fixture(scope="module")
def pair(django_db_setup: None, django_db_blocker: object) -> Iterator[tuple[str, str]]:
    """Two models, the second of which learned from five days more."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield train(EARLY), train(LATE, seed=1)


def test_lines_and_findings_are_those_of_archive_and_register() -> None:
    archived = pl.read_parquet(f"{settings.DATA}/archive/lines.parquet")
    table = lines(LATE)
    assert table.height == archived.filter(pl.col("lodged_on") <= LATE).height
    assert table["lodged_on"].max() <= LATE
    assert findings().height == pl.read_parquet(f"{settings.DATA}/archive/findings.parquet").height
    one = Declaration.objects.order_by("number").first()
    assert one is not None
    Finding.objects.create(declaration=one, found_on=today(), illicit=True, revenue=5.0, made_at=now())
    told = findings().filter(pl.col("declaration_id") == one.number)
    assert told.select("illicit", "revenue").rows() == [(True, 5.0)]  # the register's stands for its declarations
    assert findings(LATE).filter(pl.col("declaration_id") == one.number).height == 0


def test_lines_that_only_the_register_has_are_learned_from() -> None:
    one = Declaration.objects.order_by("number").first()
    assert one is not None
    Declaration.objects.filter(pk=one.pk).update(number="ONLY-HERE")
    one.refresh_from_db()
    table = lines(today())
    assert table.filter(pl.col("declaration_id") == "ONLY-HERE").height == lines_of([one]).height


def test_a_model_learned_to_its_last_day_and_no_further(pair: tuple[str, str]) -> None:
    early, late = (shelf.one(name) for name in pair)
    assert early is not None
    assert late is not None
    assert early.last <= EARLY
    assert EARLY < late.last <= LATE
    assert early.card["labels"] == labelled(lines(EARLY), findings(), EARLY).height
    assert [one.name for one in shelf.known() if one.name in pair] == [late.name, early.name]
    assert shelf.one("../../etc") is None
    assert shelf.one("0" * 32) is None


def test_two_models_are_measured_on_what_neither_learned_from(pair: tuple[str, str]) -> None:
    assert compare(*pair)["judged"]["figures"] is None  # too little was found since
    selected = Declaration.objects.order_by("number")[:120]
    Finding.objects.bulk_create(
        Finding(declaration=one, found_on=today(), illicit=number % 4 == 0, made_at=now())
        for number, one in enumerate(selected)
    )
    told = compare(*pair)
    held = history.known()
    assert held is not None
    since = shelf.one(pair[1]).last
    fresh = held.table.filter(pl.col("lodged_on") > since)
    known = labelled(fresh, findings())
    assert told["judged"]["since"] == since.isoformat()
    assert told["judged"]["lines"] == known.height
    for name, figures in zip(pair, told["judged"]["figures"], strict=True):
        keys = ["declaration_id", "item_number"]
        rows = known.select(keys).join(fresh, on=keys, maintain_order="left")
        score = Model.load(shelf.place(name)).score(rows)
        oracle = measure(score, known["illicit"].to_numpy())
        assert figures["auc"] == pytest.approx(oracle["auc"])
        assert figures["brier"] == pytest.approx(oracle["brier"])
        assert all(row["low"] <= row["precision"] <= row["high"] for row in figures["top"])
    changes = told["changes"]
    first, second = (sum(one.values()) for one in told["selected"])
    assert changes["both"]["declarations"] + changes["first"]["declarations"] == first
    assert changes["both"]["declarations"] + changes["second"]["declarations"] == second
    same = compare(pair[0], pair[0])
    assert same["agreement"] == {**same["agreement"], "both": 1.0, "rank": pytest.approx(1.0)}
    assert same["changes"]["first"]["declarations"] == same["changes"]["second"]["declarations"] == 0


def test_agreement_of_few_scores_is_what_the_hand_computes() -> None:
    up = np.arange(40) / 40
    assert _agreement([up, up[::-1]]) == {"rank": pytest.approx(-1.0), "top": 2, "both": 0.0}
    assert _agreement([up, np.zeros(40)])["rank"] is None


@pytest.mark.parametrize("language", ["en", "vi"])
def test_cards_and_lists_open_in_both_languages(
    pair: tuple[str, str], as_role: Callable[..., Client], language: str
) -> None:
    client = as_role("auditor", language)
    page = client.get("/models/")
    assert shelf.one(pair[0]).short in page.text
    page = client.get(f"/models/{pair[1]}/")
    assert page.status_code == 200
    assert shelf.one(pair[1]).version in page.text
    assert client.get(f"/models/{'0' * 32}/").status_code == 404
    assert client.get("/models/nothing/").status_code == 404


def test_a_comparison_is_worked_out_once_and_shown(pair: tuple[str, str], as_role: Callable[..., Client]) -> None:
    client = as_role("approver")
    address = f"/models/compare/?first={pair[0]}&second={pair[1]}"
    assert client.get(address).status_code == 200
    for _ in range(2):
        assert client.post("/models/compare/", {"first": pair[0], "second": pair[1]}).headers["Location"] == address
    asked = Comparison.objects.get()
    assert "are being compared" in client.get(address).text
    run_comparison(number=asked.pk)
    assert "What would change in selections" in client.get(address).text
    assert client.get("/models/compare/?first=x&second=y").status_code == 404


def test_a_training_is_left_to_the_worker(as_role: Callable[..., Client]) -> None:
    client = as_role("supervisor")
    for until in ("", "never", today().isoformat()):
        assert client.post("/models/train/", {"until": until}).status_code == 422
    assert client.post("/models/train/", {"until": EARLY.isoformat()}).status_code == 302
    asked = Training.objects.get()
    assert client.post("/models/train/", {"until": EARLY.isoformat()}).status_code == 422  # one at a time
    assert ProcrastinateJob.objects.get(task_name="models.train").args == {"number": asked.pk}
    assert "under way" in client.get("/models/").text
    Training.objects.update(until=date(2024, 1, 1))
    run_training(number=asked.pk)
    asked.refresh_from_db()
    assert asked.name == ""
    assert asked.fault
    assert asked.fault.split(".")[0] in client.get("/models/").text
    assert list(AuditEntry.objects.order_by("number").values_list("act", flat=True))[-2:] == [
        "model.train",
        "model.trained",
    ]


def test_a_model_comes_into_force_by_two(pair: tuple[str, str], as_role: Callable[..., Client]) -> None:
    supervisor, approver = as_role("supervisor"), as_role("approver")
    before = InForce.objects.get(pk=1).edition
    assert supervisor.post(f"/models/{pair[1]}/propose/", {"why": " "}).status_code == 422
    assert supervisor.post(f"/models/{pair[1]}/propose/", {"why": "It finds more"}).status_code == 302
    one = Proposal.objects.get(kind="model")
    place = f"/models/proposals/{one.pk}/"
    assert supervisor.post(f"{place}decide/", {"act": "approve"}).status_code == 403
    assert approver.post(f"{place}decide/", {"act": "withdraw"}).status_code == 403
    assert approver.post(f"{place}decide/", {"act": "send_back"}).status_code == 422
    assert InForce.objects.get(pk=1).edition == before
    assert "It finds more" in approver.get(place).text
    assert approver.post(f"{place}decide/", {"act": "approve"}).status_code == 302
    edition = InForce.objects.select_related("edition").get(pk=1).edition
    assert edition.model == pair[1]
    assert (edition.book, edition.policy, edition.lists) == (before.book, before.policy, before.lists)
    assert edition.versions["model_version"] == shelf.one(pair[1]).version
    assert supervisor.post(f"/models/{pair[1]}/propose/", {"why": "Again"}).status_code == 422
    assert "in force" in supervisor.get("/models/").text


def test_nobody_approves_their_own_even_with_both_roles(pair: tuple[str, str], as_role: Callable[..., Client]) -> None:
    user = User.objects.get(username="supervisor")
    user.groups.add(*User.objects.get(username="approver").groups.all())
    client = as_role("supervisor")
    client.post(f"/models/{pair[0]}/propose/", {"why": "Mine"})
    one = Proposal.objects.get(kind="model")
    assert client.post(f"/models/proposals/{one.pk}/decide/", {"act": "approve"}).status_code == 422
    assert InForce.objects.get(pk=1).edition.model == ""
    assert client.post(f"/models/proposals/{one.pk}/decide/", {"act": "withdraw"}).status_code == 302


def test_who_may_not_is_refused(pair: tuple[str, str], as_role: Callable[..., Client]) -> None:
    for role in ("targeting", "inspector", "author", "lists", "administrator", "system"):
        assert as_role(role).get("/models/").status_code == 403
    for role in ("auditor", "approver"):
        client = as_role(role)
        assert client.post("/models/train/", {"until": EARLY.isoformat()}).status_code == 403
        assert client.post(f"/models/{pair[0]}/propose/", {"why": "x"}).status_code == 403
    assert as_role("auditor").post("/models/proposals/1/decide/", {"act": "approve"}).status_code in (403, 404)
