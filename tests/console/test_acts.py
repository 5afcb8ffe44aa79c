"""What an officer does about a declaration: one transaction, one current decision, one entry of the trail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate.console.clock import now
from tidegate.console.declarations import acts
from tidegate.console.register import trail
from tidegate.console.register.models import AuditEntry, Channel, Decision, Declaration, Finding, Task, User
from tidegate.console.roles import ROLES

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
WHY = "the importer is known and the invoice agrees"


def waiting(channel: str) -> Declaration:
    task = Task.objects.filter(channel=channel, state="waiting").order_by("pk").first()
    assert task is not None
    return task.declaration


def green() -> Declaration:
    one = Declaration.objects.filter(task=None).order_by("pk").first()
    assert one is not None
    return one


def officer(name: str = "targeting") -> User:
    return User.objects.get(username=name)


def current(one: Declaration) -> Decision:
    return one.decisions.get(current=True)


def send(client: Client, one: Declaration, kind: str, **given: Any) -> Any:
    form = {"kind": kind, "seen": current(one).pk, **given}
    return client.post(reverse("declarations:act", args=[one.pk]), form)


def state(one: Declaration) -> str:
    return Task.objects.get(declaration=one).state


def test_release_of_yellow_closes_the_task_and_needs_no_reason() -> None:
    one = waiting("yellow")
    engine = current(one)
    after = acts.act(one, officer(), "release", "")
    assert (after.officer, after.act, after.channel, after.current) == (officer(), "release", "yellow", True)
    assert (after.reasons, after.hits, after.probability) == (engine.reasons, engine.hits, engine.probability)
    engine.refresh_from_db()
    assert not engine.current
    assert engine.officer is None
    task = Task.objects.get(declaration=one)
    assert (task.state, task.decision, task.done_at is not None) == ("done", after, True)


def test_release_of_red_that_nobody_opened_needs_a_reason_and_of_what_was_opened_none() -> None:
    one = waiting("red")
    for said in ("", "ok", "known importer"):
        with pytest.raises(acts.WantingError) as refused:
            acts.act(one, officer(), "release", said)
        assert refused.value.field == "note"
    assert state(one) == "waiting"
    Finding.objects.create(declaration=one, found_on=one.lodged_on, illicit=False, made_at=now(), office=one.office)
    acts.act(one, officer(), "release", "")
    assert state(one) == "done"


def test_inspection_is_drawn_among_the_inspectors_of_the_office() -> None:
    one = waiting("red")
    after = acts.act(one, officer(), "inspect", "")
    task = Task.objects.get(declaration=one)
    assert (task.state, task.inspector, task.channel) == ("assigned", officer("inspector"), "red")
    assert task.decision == after
    told = list(AuditEntry.objects.order_by("-number").values_list("act", flat=True)[:2])
    assert set(told) == {"declaration.inspect", "task.assign"}


def test_without_an_inspector_nothing_is_done() -> None:
    one = waiting("red")
    before, entries = current(one).pk, AuditEntry.objects.count()
    User.objects.filter(groups__name="inspector").update(is_active=False)
    with pytest.raises(acts.RefusedError):
        acts.act(one, officer(), "inspect", "")
    assert current(one).pk == before
    assert state(one) == "waiting"
    assert AuditEntry.objects.count() == entries


def test_documents_and_questions_keep_what_is_wanted_and_who_wants_it() -> None:
    for kind, channel in (("documents", "yellow"), ("ask", "red")):
        one = waiting("red")
        with pytest.raises(acts.WantingError):
            acts.act(one, officer(), kind, "  ")
        after = acts.act(one, officer(), kind, "the contract and the proof of payment")
        task = Task.objects.get(declaration=one)
        assert (task.state, task.claimed_by, task.channel) == ("asked", officer(), channel)
        assert after.note == "the contract and the proof of payment"


def test_a_change_of_channel_needs_a_reason_and_another_channel() -> None:
    one = waiting("yellow")
    for channel, note, field in (
        ("", WHY, "channel"),
        ("yellow", WHY, "channel"),
        ("mauve", WHY, "channel"),
        ("red", "no", "note"),
    ):
        with pytest.raises(acts.WantingError) as refused:
            acts.act(one, officer(), "change", note, channel)
        assert refused.value.field == field
    acts.act(one, officer(), "change", WHY, "green")
    assert state(one) == "done"
    acts.act(one, officer(), "change", "seen too late that the weight differs", "red")
    task = Task.objects.get(declaration=one)
    assert (task.state, task.channel, task.done_at) == ("waiting", "red", None)


def test_what_was_green_can_be_opened_with_a_reason() -> None:
    one = green()
    for kind in ("release", "ask"):
        with pytest.raises(acts.RefusedError):
            acts.act(one, officer(), kind, WHY)
    with pytest.raises(acts.WantingError):
        acts.act(one, officer(), "inspect", "")
    acts.act(one, officer(), "inspect", "a tip from the port")
    task = Task.objects.get(declaration=one)
    assert (task.state, task.channel, task.number) == ("assigned", "red", one.number)


def test_nobody_acts_on_what_another_holds_without_taking_it_over(as_role: SignIn) -> None:
    one = waiting("yellow")
    Task.objects.filter(declaration=one).update(claimed_by=officer("supervisor"), claimed_at=now())
    client = as_role("targeting")
    answer = send(client, one, "release", note="all papers are there")
    assert answer.status_code == 409
    assert "supervisor works on it" in answer.content.decode()
    assert "all papers are there" in answer.content.decode()
    assert state(one) == "waiting"
    assert send(client, one, "release", take_over="1").status_code == 302
    entry = AuditEntry.objects.get(act="task.take_over")
    assert (entry.actor, entry.detail["of"]) == ("targeting", "supervisor")


def test_an_old_claim_holds_nobody_up() -> None:
    one = waiting("yellow")
    long_ago = now().replace(year=now().year - 1)
    Task.objects.filter(declaration=one).update(claimed_by=officer("supervisor"), claimed_at=long_ago)
    acts.act(one, officer(), "release", "")
    assert state(one) == "done"


def test_a_page_that_is_old_changes_nothing_says_what_changed_and_loses_nothing_typed(as_role: SignIn) -> None:
    one = waiting("yellow")
    old = current(one).pk
    acts.act(one, officer("supervisor"), "change", "the scan shows another cargo", "red")
    answer = as_role("targeting").post(
        reverse("declarations:act", args=[one.pk]), {"kind": "release", "seen": old, "note": "my own long <reason>"}
    )
    html = answer.content.decode()
    assert answer.status_code == 409
    notice = html[html.index('id="wrong"') :].partition("</div>")[0]
    assert "the scan shows another cargo" in notice
    assert "supervisor" in notice
    assert "Change the channel" in notice
    assert "my own long &lt;reason&gt;" in html
    assert state(one) == "waiting"
    assert current(one).act == "change"


def test_a_form_that_is_sent_twice_is_recorded_once(as_role: SignIn) -> None:
    one = waiting("yellow")
    client, form = as_role("targeting"), {"kind": "release", "seen": current(one).pk}
    for _again in range(2):
        assert client.post(reverse("declarations:act", args=[one.pk]), form).status_code == 302
    assert one.decisions.filter(officer=officer()).count() == 1
    assert AuditEntry.objects.filter(subject=f"declaration:{one.number}").count() == 1


@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_the_page_holds_is_what_the_act_takes(as_role: SignIn, language: str) -> None:
    one, number = waiting("yellow"), 1_234_567  # written 1,234,567 where it is for people
    Task.objects.filter(declaration=one).update(decision=number)
    Decision.objects.filter(declaration=one).update(id=number)
    client = as_role("targeting", language)
    html = client.get(reverse("declarations:one", args=[one.pk])).content.decode()
    found = re.search(r'name="seen" value="([^"]*)"', html)
    assert found is not None
    answer = client.post(reverse("declarations:act", args=[one.pk]), {"kind": "release", "seen": found[1]})
    assert answer.status_code == 302
    assert state(one) == "done"


@pytest.mark.parametrize("seen", ["", "x", "-1", "²", "1" * 400])
def test_a_page_without_its_decision_is_refused(as_role: SignIn, seen: str) -> None:
    one = waiting("yellow")
    answer = as_role("targeting").post(reverse("declarations:act", args=[one.pk]), {"kind": "release", "seen": seen})
    assert answer.status_code == 409
    assert state(one) == "waiting"


def test_what_is_missing_is_said_beside_the_field_and_nothing_is_lost(as_role: SignIn) -> None:
    one = waiting("yellow")
    answer = send(as_role("targeting"), one, "change", channel="red", note="bad")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Say why" in html
    assert ">bad</textarea>" in html
    assert '<option value="red" selected>' in html


def test_only_who_may_decide_decides(as_role: SignIn) -> None:
    for role in ROLES:
        one = waiting("yellow")
        answer = send(as_role(role.name), one, "release")
        allowed = "decide" in role.may
        assert answer.status_code == (302 if allowed else 403), role.name
        assert state(one) == ("done" if allowed else "waiting")
    assert as_role("targeting").get(reverse("declarations:act", args=[one.pk])).status_code == 405


def test_an_act_is_kept_with_its_entry_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    one = waiting("yellow")
    before = current(one).pk

    def broken(*_args: Any, **_detail: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(trail, "write", broken)
    with pytest.raises(RuntimeError):
        acts.act(one, officer(), "release", "")
    assert current(one).pk == before
    assert state(one) == "waiting"


def test_nothing_is_done_about_an_earlier_version() -> None:
    one = waiting("yellow")
    Declaration.objects.filter(pk=one.pk).update(current=False)
    with pytest.raises(acts.RefusedError):
        acts.act(one, officer(), "release", WHY)


def test_the_next_of_the_queue_follows(as_role: SignIn) -> None:
    one = waiting("yellow")
    answer = send(as_role("targeting"), one, "release")
    following = Task.objects.filter(state="waiting").order_by("due_at", "pk").first()
    assert following is not None
    assert answer.headers["Location"] == reverse("declarations:one", args=[following.declaration_id])


def test_who_works_by_claims_has_the_next_claimed(as_role: SignIn) -> None:
    one = waiting("yellow")
    Task.objects.filter(declaration=one).update(claimed_by=officer(), claimed_at=now())
    answer = send(as_role("targeting"), one, "release")
    following = Task.objects.get(claimed_by=officer(), state="waiting")
    assert answer.headers["Location"] == reverse("declarations:one", args=[following.declaration_id])
    assert AuditEntry.objects.filter(act="task.claim", subject=f"declaration:{following.number}").count() == 1


def test_when_nothing_waits_the_declaration_stays(as_role: SignIn) -> None:
    one = waiting("yellow")
    Task.objects.exclude(declaration=one).update(state="done", done_at=now())
    answer = send(as_role("targeting"), one, "release")
    assert answer.headers["Location"] == reverse("declarations:one", args=[one.pk])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*acts.ACTS, "burn"]), st.sampled_from(["", WHY]), st.sampled_from(["", *Channel.values])
        ),
        max_size=6,
    )
)
def test_whatever_is_tried_there_is_one_current_decision_and_an_entry_for_each_act(
    db: None, tried: list[tuple[str, str, str]]
) -> None:
    one = Declaration.objects.filter(decisions__current=True).order_by("pk").first()
    assert one is not None
    for kind, note, channel in tried:
        decisions, entries = one.decisions.count(), AuditEntry.objects.filter(act__startswith="declaration.").count()
        try:
            after = acts.act(one, officer(), kind, note, channel)
        except acts.RefusedError:
            done = 0
        else:
            done = 1
            assert current(one) == after
            task = Task.objects.get(declaration=one)
            assert (task.decision, task.channel) == (after, after.channel)
            assert (task.state == "done") == (task.done_at is not None)
        assert one.decisions.filter(current=True).count() == 1
        assert one.decisions.count() == decisions + done
        assert AuditEntry.objects.filter(act__startswith="declaration.").count() == entries + done
    assert list(trail.breaks()) == []
