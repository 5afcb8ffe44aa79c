"""Assignment: chance chooses by the room that is left, anybody can check it, nobody chooses silently."""

from __future__ import annotations

from datetime import date

import hypothesis.strategies as st
import pytest
from django.contrib.auth.models import Group
from hypothesis import given, settings

from tidegate.console.clock import today
from tidegate.console.deciding import draw_keys
from tidegate.console.queue.assignment import assign, assign_to, check, chosen, point, verify, weights
from tidegate.console.queue.claims import claim_next
from tidegate.console.queue.load import loads
from tidegate.console.register import trail
from tidegate.console.register.models import AuditEntry, Office, Task, User
from tidegate.errors import DecisionError
from tidegate.selection import DayKeys, RevealedKeys
from tidegate.selection.keys import commitment

DAY = date(2025, 2, 10)
KEYS = DayKeys.demo(7)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[str, int, dict[str, object]]:
    """Any number, any candidates with any loads, and what the lot made of them."""
    number = draw(st.text(min_size=1, max_size=30))
    candidates = sorted(draw(st.sets(st.integers(1, 10_000), min_size=1, max_size=30)))
    shares = [draw(st.integers(0, 40)) for _ in candidates]
    taken = [draw(st.integers(0, 40)) for _ in candidates]
    weighed = weights(shares, taken)
    lot = point(KEYS.key(DAY), number)
    told = {
        "day": DAY.isoformat(),
        "commitment": commitment(DAY, KEYS.key(DAY)),
        "point": f"{lot:016x}",
        "candidates": candidates,
        "shares": shares,
        "taken": taken,
        "weights": weighed,
    }
    return number, candidates[chosen(lot, weighed)], told


@settings(max_examples=300, deadline=None)
@given(drawn())
def test_whatever_the_candidates_the_lot_falls_to_one_with_weight_and_is_confirmed(
    case: tuple[str, int, dict[str, object]],
) -> None:
    number, inspector, told = case
    weighed, candidates, shares, taken = (told[name] for name in ("weights", "candidates", "shares", "taken"))
    assert weighed[candidates.index(inspector)] > 0
    assert all((share > has) == (weight > 0) for share, has, weight in zip(shares, taken, weighed, strict=True)) or all(
        share <= has for share, has in zip(shares, taken, strict=True)
    )
    revealed = RevealedKeys(KEYS.reveal([DAY]))
    assert check(number, inspector, told, revealed).ok


@settings(max_examples=200, deadline=None)
@given(drawn(), st.data())
def test_what_was_tampered_with_is_noticed(case: tuple[str, int, dict[str, object]], data: st.DataObject) -> None:
    number, inspector, told = case
    changed = dict(told)
    name = data.draw(st.sampled_from(["point", "commitment", "weights", "inspector", "number", "candidates"]))
    if name == "inspector":
        inspector += 1
    elif name == "number":
        number += "x"
    elif name == "candidates":
        changed["candidates"] = [*told["candidates"], 20_000]
    elif name == "weights":
        changed["weights"] = [*told["weights"][:-1], told["weights"][-1] + 1]
    else:
        changed[name] = f"{int(told[name], 16) ^ 1:0{len(told[name])}x}"
    assert not check(number, inspector, changed, KEYS).ok
    assert not check(number, inspector, told, DayKeys.demo(8)).ok
    assert not check(number, inspector, told, RevealedKeys({})).ok


@pytest.mark.parametrize("weighed", [[1, 2, 3, 4], [1, 1], [0, 5, 0, 1]])
def test_the_lots_fall_as_the_weights_say(weighed: list[int]) -> None:
    draws = 20_000
    counts = [0] * len(weighed)
    for number in range(draws):
        counts[chosen(point(KEYS.key(DAY), f"26VN{number}"), weighed)] += 1
    for weight, count in zip(weighed, counts, strict=True):
        p = weight / sum(weighed)
        assert abs(count - draws * p) <= 4 * (draws * p * (1 - p)) ** 0.5


def test_the_lot_is_another_than_the_draw_of_the_channel() -> None:
    from tidegate.selection.keys import start, tickets

    key = KEYS.key(DAY)
    ticket, points = tickets(key, ["26VN1"])
    lot = point(key, "26VN1")
    assert lot / 2**64 != pytest.approx(ticket[0])
    assert lot >> 32 not in (*points[:, 0].tolist(), start(key, "red", "26VN1"))


@pytest.fixture
def staff(db: None) -> list[User]:
    """Three inspectors of the office of the first task; the one who was everywhere is gone."""
    User.objects.filter(groups__name="inspector").update(is_active=False)
    office = Task.objects.order_by("pk")[0].office
    made = []
    for name in ("anh", "binh", "chi"):
        user = User.objects.create_user(name)
        user.groups.set([Group.objects.get(name="inspector")])
        user.offices.set(Office.objects.filter(code=office))
        made.append(user)
    return made


def tasks_of(office: str, count: int) -> list[Task]:
    found = list(Task.objects.filter(office=office, state="waiting").order_by("pk")[:count])
    assert len(found) == count
    return found


@pytest.mark.django_db
def test_a_days_work_is_shared_out_and_everything_can_be_checked(staff: list[User]) -> None:
    supervisor = User.objects.get(username="supervisor")
    office = staff[0].offices.get()
    Office.objects.filter(pk=office.pk).update(inspectors_daily=3)  # one each
    given_out = assign(tasks_of(office.code, 3), supervisor)
    assert sorted(task.inspector.username for task in given_out) == ["anh", "binh", "chi"]
    assert all(one.room == 0 for one in loads([office.code]))
    for task in given_out:
        task.refresh_from_db()
        assert task.state == "assigned"
        assert verify(task, RevealedKeys(draw_keys().reveal([today()]))) == (
            True,
            True,
            "the lot fell to this inspector",
        )
    beyond = assign(tasks_of(office.code, 1), supervisor)[0]  # nobody has room: the less he has the more likely
    assert beyond.assignment["weights"] == [1, 1, 1]
    assert list(trail.breaks()) == []


@pytest.mark.django_db
def test_a_record_changed_as_a_whole_is_given_away_by_the_trail(staff: list[User]) -> None:
    task = assign(tasks_of(staff[0].offices.get().code, 1), User.objects.get(username="targeting"))[0]
    other = next(user for user in staff if user != task.inspector)
    forged = {**task.assignment, "candidates": [other.pk], "shares": [2], "taken": [0], "weights": [2]}
    assert check(task.number, other.pk, forged, draw_keys()).ok
    Task.objects.filter(pk=task.pk).update(assignment=forged, inspector=other)
    task.refresh_from_db()
    assert not verify(task, draw_keys()).ok


@pytest.mark.django_db
def test_asking_again_the_same_day_draws_the_same_lot(staff: list[User]) -> None:
    by = User.objects.get(username="supervisor")
    task = tasks_of(staff[0].offices.get().code, 1)[0]
    first = assign([task], by)[0].inspector
    Task.objects.filter(pk=task.pk).update(state="waiting", inspector=None, assigned_at=None)
    assert assign([task], by)[0].inspector == first


@pytest.mark.django_db
def test_what_cannot_be_assigned_is_refused_and_nothing_is_half_done(staff: list[User]) -> None:
    officer = User.objects.get(username="targeting")
    office = staff[0].offices.get().code
    free, done = tasks_of(office, 2)
    Task.objects.filter(pk=done.pk).update(state="done")
    with pytest.raises(DecisionError, match="no longer"):
        assign([free, done], officer)
    elsewhere = Task.objects.exclude(office=office).filter(state="waiting").first()
    with pytest.raises(DecisionError, match="no inspector serves"):
        assign([free, elsewhere], officer)
    assert not Task.objects.filter(state="assigned").exists()
    assert not AuditEntry.objects.filter(act__startswith="task.assign").exists()


@pytest.mark.django_db
def test_what_another_officer_holds_is_left_to_him_or_to_a_supervisor(staff: list[User]) -> None:
    officer, supervisor = (User.objects.get(username=name) for name in ("targeting", "supervisor"))
    held = claim_next(Task.objects.filter(office=staff[0].offices.get().code, channel="red"), supervisor)
    assert held is not None
    with pytest.raises(DecisionError, match="is claimed by supervisor"):
        assign([held], officer)
    given = assign([held], supervisor)[0]
    assert (given.claimed_by, given.claimed_at) == (None, None)


@pytest.mark.django_db
def test_a_task_of_an_inspector_who_left_is_drawn_again(staff: list[User]) -> None:
    by = User.objects.get(username="targeting")
    task = assign(tasks_of(staff[0].offices.get().code, 1), by)[0]
    with pytest.raises(DecisionError):
        assign([task], by)
    gone = task.inspector
    gone.is_active = False
    gone.save()
    again = assign([task], by)[0]
    assert again.inspector != gone
    assert verify(again, draw_keys()).ok


@pytest.mark.django_db
def test_naming_an_inspector_needs_a_supervisor_and_a_reason_and_is_told(staff: list[User]) -> None:
    office = staff[0].offices.get().code
    task = tasks_of(office, 1)[0]
    supervisor = User.objects.get(username="supervisor")
    with pytest.raises(DecisionError, match="Only a supervisor"):
        assign_to(staff[1], [task], User.objects.get(username="targeting"), "he knows the goods")
    with pytest.raises(DecisionError, match="needs a reason"):
        assign_to(staff[1], [task], supervisor, "  ")
    with pytest.raises(DecisionError, match="does not serve"):
        assign_to(User.objects.get(username="auditor"), [task], supervisor, "why")
    named = assign_to(staff[1], [task], supervisor, "speaks the language of the driver")[0]
    verdict = verify(named, draw_keys())
    assert (verdict.ok, verdict.drawn) == (True, False)
    assert "speaks the language" in verdict.why
    entry = AuditEntry.objects.get(act="task.assign.named")
    assert (entry.actor, entry.detail["inspector"]) == ("supervisor", staff[1].pk)
    named.assignment["why"] = "another"
    named.save()
    assert not verify(named, draw_keys()).ok


@pytest.mark.django_db
def test_an_inspectors_day_is_the_sum_of_his_shares(staff: list[User]) -> None:
    first, second = Office.objects.order_by("code")[:2]
    for user, offices in zip(staff, ([first], [first], [first, second]), strict=True):
        user.offices.set(offices)
    Office.objects.filter(pk=first.pk).update(inspectors_daily=7)
    Office.objects.filter(pk=second.pk).update(inspectors_daily=5)
    assert [one.share for one in loads()] == [3, 3, 8]  # 7/3 and 7/3 + 5, rounded up
    assert [one.user.username for one in loads([second.code])] == ["chi"]
