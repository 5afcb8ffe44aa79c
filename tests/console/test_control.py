"""Selection control: what is proposed is decided by another, orders end, forecasts are the library's, draws stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import translation

from tidegate.console.clock import now, today
from tidegate.console.control import draws, orders, rules
from tidegate.console.control.forecast import cases, forecast
from tidegate.console.control.models import Order, Proposal
from tidegate.console.deciding import decider, draw_keys, keep, lines_of
from tidegate.console.profiles import history
from tidegate.console.profiles.books import book_of
from tidegate.console.register import trail
from tidegate.console.register.models import (
    AuditEntry,
    Decision,
    Declaration,
    Edition,
    InForce,
    Office,
    User,
)
from tidegate.errors import DecisionError, ProfileError
from tidegate.selection import Capacity, Policy, decide

pytestmark = pytest.mark.django_db
FORM = {
    "red": "3",
    "yellow": "20%",
    "blue": "2%",
    "random_rate": "2",
    "exploration_share": "10",
    "trusted_factor": "25",
    "model_red": "0",
    "model_yellow": "0.1",
    "model_blue": "",
}


@pytest.fixture
def second(as_role: Callable[..., Client]) -> Client:
    """Another supervisor."""
    user = User.objects.create_user("second", everywhere=True, language="en")
    user.groups.set(User.objects.get(username="supervisor").groups.all())
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def code() -> str:
    return str(Office.objects.values_list("code", flat=True)[0])


def in_force() -> Edition:
    return InForce.objects.select_related("edition").get(pk=1).edition


def proposed(client: Client, code: str, **changed: str) -> Proposal:
    answer = client.post(f"/control/office/{code}/", {**FORM, **changed, "act": "propose", "why": "More staff"})
    assert answer.status_code == 302, answer.context["wrong"]
    return Proposal.objects.latest("pk")


def test_the_forecast_is_what_the_library_expects(edition: Edition) -> None:
    recent = pl.read_parquet(f"{settings.DATA}/known/cases.parquet")
    policy = Policy.parse(edition.policy)
    held = cases()
    assert set(held["declaration_id"]) == set(recent["declaration_id"])
    load = forecast(policy, held)
    oracle = decide(recent, policy, draw_keys())
    office = recent["office"].mode()[0]
    mine = oracle.filter(pl.col("office") == office)
    days = (
        mine.group_by("lodged_on")
        .agg(pl.col("p_red").sum(), pl.len())
        .with_columns(day=pl.col("lodged_on").dt.weekday())
    )
    monday = days.filter(pl.col("day") == 1)
    assert load[office].selected["red"][0] == pytest.approx(monday["p_red"].mean())
    assert load[office].lodged[0] == pytest.approx(monday["len"].mean())


def test_more_places_are_more_expected_selections(edition: Edition, code: str) -> None:
    policy = Policy.parse(edition.policy)
    wider, wrong = rules.with_rules(policy, code, {**rules.typed(policy.rules(code)), "red": "40"})
    assert wider is not None
    assert wrong == {}
    recent = cases()
    before, after = forecast(policy, recent), forecast(wider, recent)
    assert after[code].mean["red"] > before[code].mean["red"]
    others = [name for name in before if name != code]
    assert all(after[name].mean == before[name].mean for name in others)


def test_the_form_says_what_the_file_says_and_back(edition: Edition, code: str) -> None:
    policy = Policy.parse(edition.policy)
    same, wrong = rules.with_rules(policy, code, rules.typed(policy.rules(code)))
    assert same is not None
    assert wrong == {}
    assert same.rules(code) == policy.rules(code)
    typed = {"random_rate": "0,5", "yellow": "12,5%", "trusted_factor": "0", "model_red": "", "model_blue": "0,35"}
    made, _ = rules.with_rules(policy, code, {**FORM, **typed})
    assert made is not None
    assert made.rules(code).trusted_factor == 0
    with translation.override("vi"):
        shown = rules.typed(made.rules(code))
        assert {name: shown[name] for name in typed} == typed
        assert rules.with_rules(made, code, shown) == (made, {})
    assert made.rules(code).model == {"yellow": 0.1, "blue": 0.35}
    assert made.rules(code).random_rate == 0.005
    assert made.rules(code).capacity["yellow"] == Capacity(share=0.125)
    assert Policy.parse(made.toml()) == made


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("red", "-1"),
        ("red", "120%"),
        ("yellow", "many"),
        ("random_rate", "0"),
        ("random_rate", "x"),
        ("blue", ""),
        ("trusted_factor", ""),
        ("model_red", "1.2"),
        ("model_blue", "high"),
    ],
)
def test_what_cannot_be_used_is_refused_beside_the_field(
    as_role: Callable[..., Client], code: str, field: str, value: str
) -> None:
    answer = as_role("supervisor").post(
        f"/control/office/{code}/", {**FORM, field: value, "act": "propose", "why": "Because"}
    )
    assert answer.status_code == 422
    assert [one["name"] for one in answer.context["fields"] if one["wrong"]] == [field]
    assert {one["name"]: one["value"] for one in answer.context["fields"]}[field] == value  # nothing typed is lost
    assert not Proposal.objects.exists()


def test_a_capacity_of_nothing_where_the_draw_sends_is_refused(as_role: Callable[..., Client], code: str) -> None:
    answer = as_role("supervisor").post(f"/control/office/{code}/", {**FORM, "red": "0", "act": "look"})
    assert answer.status_code == 422
    assert "leaves no room for the random rate" in answer.text


def test_looking_proposes_nothing(as_role: Callable[..., Client], code: str) -> None:
    answer = as_role("supervisor").post(f"/control/office/{code}/", {**FORM, "act": "look"})
    assert answer.status_code == 200
    assert answer.context["loads"][0]["after"] is not None
    assert not Proposal.objects.exists()


def test_another_supervisor_puts_it_in_force(as_role: Callable[..., Client], second: Client, code: str) -> None:
    first = as_role("supervisor")
    before = in_force()
    one = proposed(first, code)
    assert in_force() == before
    own = first.post(f"/control/proposals/{one.pk}/decide/", {"act": "approve"})
    assert own.status_code == 422
    assert in_force() == before
    assert second.post(f"/control/proposals/{one.pk}/decide/", {"act": "approve"}).status_code == 302
    made = in_force()
    policy = Policy.parse(made.policy)
    assert policy.rules(code).capacity["red"] == Capacity(number=3)
    assert policy.rules(code).random_rate == 0.02
    assert (made.book, made.lists, made.model) == (before.book, before.lists, before.model)
    acts = AuditEntry.objects.order_by("number").values_list("act", "actor")
    assert list(acts)[-3:] == [
        ("policy.propose", "supervisor"),
        ("policy.approve", "second"),
        ("edition.activate", "second"),
    ]
    assert list(trail.breaks()) == []
    again = second.post(f"/control/proposals/{one.pk}/decide/", {"act": "approve"})
    assert again.status_code == 422


def test_what_was_overtaken_is_not_approved(as_role: Callable[..., Client], second: Client, code: str) -> None:
    first = as_role("supervisor")
    one, other = proposed(first, code), proposed(first, code, red="4")
    second.post(f"/control/proposals/{one.pk}/decide/", {"act": "approve"})
    answer = second.post(f"/control/proposals/{other.pk}/decide/", {"act": "approve"})
    assert answer.status_code == 422
    assert "came into force since" in answer.text
    other.refresh_from_db()
    assert other.state == "open"


def test_a_proposal_goes_back_with_a_comment_or_is_withdrawn(
    as_role: Callable[..., Client], second: Client, code: str
) -> None:
    first = as_role("supervisor")
    one = proposed(first, code)
    assert second.post(f"/control/proposals/{one.pk}/decide/", {"act": "send_back"}).status_code == 422
    second.post(f"/control/proposals/{one.pk}/decide/", {"act": "send_back", "comment": "Ask the staff first"})
    assert "Ask the staff first" in first.get(f"/control/proposals/{one.pk}/").text
    other = proposed(first, code)
    assert second.post(f"/control/proposals/{other.pk}/decide/", {"act": "withdraw"}).status_code == 422
    assert first.post(f"/control/proposals/{other.pk}/decide/", {"act": "withdraw"}).status_code == 302
    assert set(Proposal.objects.values_list("state", flat=True)) == {"refused", "withdrawn"}


def order(client: Client, **changed: str) -> object:
    said = {
        "hs_code": "0103",
        "origin_country": "cm",
        "channel": "red",
        "office": "",
        "reason": "Swine fever",
        "ends": (today() + timedelta(days=3)).isoformat(),
    }
    return client.post("/control/orders/", {**said, **changed})


def decided_now(number: str) -> dict[str, object]:
    """The decision on a declaration of live pigs from Cameroon, today."""
    known = Declaration.objects.order_by("number").first()
    lines = lines_of([known]).with_columns(
        declaration_id=pl.lit(number), hs_code=pl.lit("010391"), origin_country=pl.lit("CM"), lodged_on=pl.lit(today())
    )
    with transaction.atomic():
        now = in_force()
        rows = decider().see(lines, now).decide()
        keep(lines, rows, now)
    return dict(rows[0])


def test_an_order_holds_at_once_and_its_reason_names_who_gave_it(
    as_role: Callable[..., Client], second: Client
) -> None:
    client = as_role("supervisor")
    assert order(client).status_code == 302
    one = Order.objects.get()
    assert one.when == "hs_code LIKE '0103%' AND origin_country = 'CM'"
    row = decided_now("PIG1")
    assert one.profile in row["hits"]
    assert row["p_profile"] > 0
    said = next(reason for reason in row["reasons"] if reason["code"] == one.profile)
    assert "supervisor" in said["text"]
    assert "not confirmed yet" in said["text"]
    assert "Swine fever" in said["text_vi"]
    for place in ("/queue/", "/control/"):
        page = client.get(place)
        assert "Swine fever" in page.text
        assert "unless another officer confirms it" in page.text
    assert "Swine fever" not in client.get("/profiles/?").text.split("<main")[0]
    client.post(f"/control/orders/{one.pk}/", {"act": "confirm"})
    one.refresh_from_db()
    assert one.confirmed_at is None  # not one's own
    second.post(f"/control/orders/{one.pk}/", {"act": "confirm"})
    one.refresh_from_db()
    assert one.confirmed_by.username == "second"
    text = next(reason["text"] for reason in decided_now("PIG2")["reasons"] if reason["code"] == one.profile)
    assert "confirmed by second" in text
    acts = list(AuditEntry.objects.order_by("number").values_list("act", flat=True))
    assert [act for act in acts if act.startswith("order")] == ["order.give", "order.confirm"]


def test_an_order_says_how_much_it_would_have_hit(as_role: Callable[..., Client], trade: Path) -> None:
    client = as_role("supervisor")
    order(client, hs_code="87", origin_country="")
    history.make()
    hits = client.get("/control/orders/").context["running"][0][1]
    lines = pl.read_parquet(trade / "lines.parquet").filter(pl.col("hs_code").str.starts_with("87"))
    assert hits.declarations == lines["declaration_id"].n_unique() > 0


def test_an_order_that_nobody_confirms_ends(as_role: Callable[..., Client]) -> None:
    before = book_of(in_force()).version
    order(as_role("supervisor"))
    assert orders.look() == 0
    assert book_of(in_force()).version != before
    Order.objects.update(confirm_by=now() - timedelta(seconds=1))
    assert orders.look() == 1
    assert book_of(in_force()).version == before
    one = Order.objects.get()
    assert (one.ended_by, one.ended_why) == (None, "nobody confirmed it in time")
    assert "Swine fever" not in as_role("supervisor").get("/queue/").text
    assert orders.look() == 0


def test_an_order_ends_with_its_last_day(as_role: Callable[..., Client], second: Client) -> None:
    order(as_role("supervisor"))
    one = Order.objects.get()
    second.post(f"/control/orders/{one.pk}/", {"act": "confirm"})
    Order.objects.update(ends=today() - timedelta(days=1))
    assert orders.look() == 1
    assert Order.objects.get().ended_why == "its last day is over"


def test_an_order_is_ended_by_hand_with_a_reason(as_role: Callable[..., Client]) -> None:
    client = as_role("supervisor")
    before = book_of(in_force()).version
    order(client)
    one = Order.objects.get()
    client.post(f"/control/orders/{one.pk}/", {"act": "end", "why": ""})
    assert orders.running().count() == 1
    client.post(f"/control/orders/{one.pk}/", {"act": "end", "why": "False alarm"})
    assert orders.running().count() == 0
    assert book_of(in_force()).version == before
    with pytest.raises(DecisionError):
        orders.end(one, None, "again")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ends": "2025-02-09"}, "ends"),
        ({"ends": "2025-02-18"}, "ends"),
        ({"ends": "soon"}, "ends"),
        ({"reason": " "}, "reason"),
        ({"channel": "green"}, "channel"),
        ({"hs_code": "01' OR 1=1 --"}, "hs_code"),
        ({"origin_country": "C'"}, "origin_country"),
        ({"hs_code": "", "origin_country": ""}, "hs_code"),
        ({"office": "nowhere"}, "office"),
    ],
)
def test_an_order_that_cannot_be_is_refused_whole(
    as_role: Callable[..., Client], changed: dict[str, str], field: str
) -> None:
    before = in_force()
    answer = order(as_role("supervisor"), **changed)
    assert answer.status_code == 422
    assert list(answer.context["wrong"]) == [field]
    assert in_force() == before
    assert not Order.objects.exists()


def test_an_order_lasts_seven_days_at_most(as_role: Callable[..., Client]) -> None:
    assert orders.DAYS_AT_MOST == 7
    assert order(as_role("supervisor"), ends="2025-02-17").status_code == 302


def test_conditions_say_what_was_named() -> None:
    assert orders.condition({"importer_id": "0101-5"}) == "importer_id = '0101-5'"
    assert orders.condition({"exporter_name": "Acme Ltd"}) == "lower(exporter_name) LIKE '%acme ltd%'"
    with pytest.raises(ProfileError):
        orders.condition({"exporter_name": "o'neil"})


def test_keys_are_shown_of_days_that_are_over_only(as_role: Callable[..., Client]) -> None:
    client = as_role("auditor")
    page = client.get("/control/draw/")
    keys = draw_keys()
    for n in range(-3, 4):
        day = today() + timedelta(days=n)
        assert keys.commitment(day) in page.text
        assert (keys.key(day).hex() in page.text) == (n < 0)
        assert client.get(f"/control/draw/{day}/").status_code == (200 if n < 0 else 404)
    text = client.get("/control/draw/commitments.txt").text.splitlines()
    assert text[0] == f"{today()}  {keys.commitment(today())}"
    assert client.get("/control/draw/never/").status_code == 404
    with pytest.raises(ValueError, match="not over"):
        draws.revealed(today())


def test_a_draw_stands_until_something_is_changed(as_role: Callable[..., Client]) -> None:
    client = as_role("supervisor")
    day = Decision.objects.latest("lodged_on").lodged_on
    assert day < today()
    page = client.get(f"/control/draw/{day}/")
    assert "The draw stands" in page.text
    assert "as a batch" in page.text
    one = Decision.objects.filter(lodged_on=day, channel="green").first()
    assert one is not None
    Decision.objects.filter(pk=one.pk).update(channel="red")
    page = client.get(f"/control/draw/{day}/")
    assert "does not stand" in page.text
    assert one.declaration.number in page.text
    Decision.objects.filter(lodged_on=day).delete()
    assert "Nothing was decided" in client.get(f"/control/draw/{day}/").text


def test_a_draw_at_the_desk_stands(as_role: Callable[..., Client]) -> None:
    for number in range(5):
        decided_now(f"DESK{number}")
    checked = draws.check(today(), User.objects.get(username="supervisor"))
    assert checked is not None
    assert checked.way == "desk"
    assert checked.result.ok


@pytest.mark.parametrize("language", ["en", "vi"])
def test_pages_open_in_both_languages(as_role: Callable[..., Client], code: str, language: str) -> None:
    client = as_role("supervisor", language)
    one = proposed(client, code)
    for path in ("", f"office/{code}/", "office/default/", "orders/", "proposals/", f"proposals/{one.pk}/", "draw/"):
        assert client.get(f"/control/{path}").status_code == 200, path


def test_who_may_not_change_sees_only(as_role: Callable[..., Client], code: str) -> None:
    auditor = as_role("auditor")
    assert "Supervisors propose" in auditor.get(f"/control/office/{code}/").text
    assert auditor.post(f"/control/office/{code}/", {**FORM, "act": "look"}).status_code == 403
    assert order(auditor).status_code == 403
    assert auditor.post("/control/proposals/1/decide/").status_code == 403
    assert auditor.post("/control/orders/1/").status_code == 403
    for role in ("targeting", "inspector", "author", "approver", "lists", "administrator", "system"):
        assert as_role(role).get("/control/").status_code == 403


def test_another_office_is_not_there(as_role: Callable[..., Client]) -> None:
    mine, other = Office.objects.values_list("code", flat=True)[:2]
    client, user = as_role("supervisor"), User.objects.get(username="supervisor")
    theirs = proposed(client, other)
    user.everywhere = False
    user.save()
    user.offices.set([mine])
    page = client.get("/control/")
    assert [row["office"].code for row in page.context["rows"]] == [mine]
    assert client.get(f"/control/office/{other}/").status_code == 404
    assert client.get("/control/office/default/").status_code == 404
    assert client.get(f"/control/proposals/{theirs.pk}/").status_code == 404
    assert client.post(f"/control/proposals/{theirs.pk}/decide/", {"act": "withdraw"}).status_code == 404
    assert order(client).status_code == 422  # everywhere is not theirs to order
    assert order(client, office=other).status_code == 422
    assert order(client, office=mine).status_code == 302
