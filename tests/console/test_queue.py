"""The queue: who sees which tasks, filters and pages, claims that two never share, assigning many, kept filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tidegate.console.clock import now
from tidegate.console.queue.claims import CLAIM_LASTS, claim_next, holder, release
from tidegate.console.queue.filters import Filters, tasks_for
from tidegate.console.queue.models import SavedFilter
from tidegate.console.queue.paging import ROWS, SORTS, cut
from tidegate.console.register.models import AuditEntry, Declaration, Office, Task, User
from tidegate.console.roles import ROLES

pytestmark = pytest.mark.django_db

INDEX = "/queue/"
POSTS = ("claim/", "release/1/", "assign/", "name/", "save/", "forget/1/")


def shown(answer: object) -> list[str]:
    """Numbers of the declarations on a page, in their order."""
    assert answer.status_code in (200, 400), answer.status_code
    return [row.task.number for row in answer.context["rows"]]


@pytest.fixture
def many(db: None) -> list[Task]:
    """130 tasks more in one office, with ties in everything that orders them."""
    model = Task.objects.filter(channel="red").order_by("pk").first()
    assert model is not None
    made = []
    for number in range(130):
        declaration = Declaration.objects.get(pk=model.declaration_id)
        declaration.pk, declaration.number = None, f"MANY{number:04}"
        declaration.save(force_insert=True)
        task = Task.objects.get(pk=model.pk)
        task.pk, task.declaration, task.number = None, declaration, declaration.number
        task.due_at = now() + timedelta(hours=number // 7)
        task.created_at = now() - timedelta(hours=number // 5)
        task.score = None if number % 11 == 0 else (number % 13) / 13
        task.customs_value, task.duty_at_stake = float(number % 17), float(number % 3)
        task.save(force_insert=True)
        made.append(task)
    return made


def test_what_waits_is_shown_with_its_reasons_and_leads_to_its_declaration(as_role: Callable[..., Client]) -> None:
    for language, word in (("en", "Claim next"), ("vi", "Nhận việc tiếp theo")):
        answer = as_role("targeting", language).get(INDEX)
        page = unescape(answer.content.decode())
        first = Task.objects.filter(state="waiting").order_by("due_at", "pk").first()
        assert word in page
        assert shown(answer)[0] == first.number
        assert reverse("declarations:one", args=[first.declaration_id]) in page
        for reason in first.reasons:
            assert reason["text_vi" if language == "vi" else "text"] in page
        assert all(channel in page for channel in (("Đỏ", "Vàng") if language == "vi" else ("Red", "Yellow")))


def test_only_who_may_see_the_queue_gets_in_and_only_who_decides_changes_anything(
    as_role: Callable[..., Client],
) -> None:
    for role in ROLES:
        client = as_role(role.name)
        allowed = "see_queue" in role.may
        for place in ("", "arrived/?since=0"):
            assert client.get(INDEX + place).status_code == (200 if allowed else 403), role.name
        given = "assign" in role.may or "see_audit" in role.may
        assert client.get(f"{INDEX}inspectors/").status_code == (200 if allowed and given else 403)
        for place in POSTS:
            assert client.get(INDEX + place).status_code in (403, 405)
        assert (client.post(f"{INDEX}claim/").status_code == 403) == ("decide" not in role.may)
        assert (client.post(f"{INDEX}name/").status_code == 403) == ("assign" not in role.may)
    assert Client().get(INDEX).status_code == 302


def test_another_office_does_not_exist(as_role: Callable[..., Client]) -> None:
    mine, other = list(Office.objects.filter(code__in=Task.objects.values("office")).order_by("code")[:2])
    User.objects.filter(username="targeting").update(everywhere=False)
    User.objects.get(username="targeting").offices.set([mine])
    client = as_role("targeting")
    answer = client.get(INDEX)
    assert {row.task.office for row in answer.context["rows"]} == {mine.code}
    assert shown(client.get(INDEX, {"office": other.code})) == shown(answer)  # no choice, so no filter
    assert answer.context["forecast"].waiting == len(shown(answer))
    theirs = Task.objects.filter(office=other.code).first()
    assert client.post(f"{INDEX}release/{theirs.pk}/").status_code == 404
    refused = client.post(f"{INDEX}assign/", {"task": theirs.pk})
    assert refused.status_code == 400
    theirs.refresh_from_db()
    assert theirs.state == "waiting"
    User.objects.get(username="targeting").offices.clear()
    assert b"has no office yet" in as_role("targeting").get(INDEX).content


def test_only_supervisors_and_auditors_see_what_is_with_an_inspector(as_role: Callable[..., Client]) -> None:
    task = Task.objects.filter(channel="red").first()
    inspector = User.objects.get(username="inspector")
    Task.objects.filter(pk=task.pk).update(
        state="assigned", inspector=inspector, assigned_at=now() - timedelta(hours=2), assignment={"day": "2025-02-10"}
    )
    answer = as_role("supervisor").get(INDEX, {"state": "assigned"})
    assert shown(answer) == [task.number]
    assert b"with inspector for 2 h" in answer.content
    assert shown(as_role("auditor").get(INDEX, {"state": "assigned"})) == [task.number]
    assert task.number not in shown(as_role("targeting").get(INDEX, {"state": "assigned"}))
    assert as_role("targeting").get(f"{INDEX}lot/{task.pk}/").status_code == 403
    for language, said in (("en", "This does not hold"), ("vi", "Không kiểm chứng được")):
        assert said in as_role("auditor", language).get(f"{INDEX}lot/{task.pk}/").content.decode()
    assert as_role("auditor").get(f"{INDEX}lot/{task.pk + 10_000}/").status_code == 404


@pytest.mark.parametrize("sort", [sign + name for name in SORTS for sign in ("", "-")])
def test_pages_hold_every_task_once_in_order_there_and_back(many: list[Task], sort: str) -> None:
    tasks = Task.objects.filter(number__startswith="MANY")
    pages = [cut(tasks, sort)]
    while pages[-1].after:
        pages.append(cut(tasks, sort, after=pages[-1].after))
    rows = [task for one in pages for task in one.tasks]
    assert sorted(task.number for task in rows) == sorted(task.number for task in many)
    assert [len(one.tasks) for one in pages] == [ROWS, ROWS, 30]
    order = SORTS[sort.removeprefix("-")]
    keys = [(getattr(task, order.key), task.pk) for task in rows]
    assert keys == sorted(keys, reverse=order.falling != sort.startswith("-"))
    back = pages[-1]
    for earlier in reversed(pages[:-1]):
        back = cut(tasks, sort, before=back.before)
        assert [task.pk for task in back.tasks] == [task.pk for task in earlier.tasks]
    assert pages[0].before == ""


@pytest.mark.parametrize("mark", ["~", "x~1", "1e999~2", "nan~3", "2025-01-01T00:00:00~4", "0.5~99999999999999999999"])
@pytest.mark.parametrize("sort", ["", "score", "-value", "nonsense"])
def test_a_mark_that_nobody_can_read_is_the_first_page(as_role: Callable[..., Client], mark: str, sort: str) -> None:
    client = as_role("targeting")
    answer = client.get(INDEX, {"after": mark, "sort": sort})
    assert answer.status_code == 200


def test_each_filter_leaves_what_it_says(as_role: Callable[..., Client]) -> None:
    supervisor = User.objects.get(username="supervisor")
    everything = list(Task.objects.filter(state="waiting"))
    one = next(task for task in everything if task.hits and task.importer_name)
    median = sorted(task.customs_value for task in everything)[len(everything) // 2]
    scores = [task.score for task in everything if task.score is not None]
    Task.objects.filter(pk=one.pk).update(claimed_by=supervisor, claimed_at=now())
    told: list[tuple[dict[str, object], Callable[[Task], bool]]] = [
        ({"q": one.number[2:].lower()}, lambda task: task.number == one.number),
        (
            {"q": one.importer_name.upper()[:8]},
            lambda task: one.importer_name.upper()[:8] in task.importer_name.upper(),
        ),
        ({"office": one.office}, lambda task: task.office == one.office),
        ({"channel": "red"}, lambda task: task.channel == "red"),
        ({"source": "profile"}, lambda task: "profile" in task.sources),
        ({"source": "list"}, lambda task: "list" in task.sources),
        ({"profile": one.hits[0]}, lambda task: one.hits[0] in task.hits),
        ({"value": median}, lambda task: task.customs_value >= median),
        ({"overdue": "1"}, lambda task: task.due_at < now()),
        ({"mine": "1"}, lambda task: task.pk == one.pk),
        (
            {"channel": "yellow", "value": median},
            lambda task: task.channel == "yellow" and task.customs_value >= median,
        ),
    ]
    if scores:
        told.append(({"score": min(scores)}, lambda task: task.score is not None))
    for query, keeps in told:
        filters = Filters({name: str(value) for name, value in query.items()}, supervisor)
        assert filters.errors == {}
        left = set(filters.apply(tasks_for(supervisor)).values_list("number", flat=True))
        assert left == {task.number for task in everything if keeps(task)}, query
        again = Filters({name: value[0] for name, value in parse_qs(filters.query()).items()}, supervisor)
        assert again.query() == filters.query()


def _key(name: str, task: Task) -> object:
    """What a task is ordered by; one without a score comes last."""
    return (-1.0 if task.score is None else task.score) if name == "ranked" else getattr(task, name)


def test_the_heads_of_columns_lead_to_each_order_and_back(as_role: Callable[..., Client]) -> None:
    client = as_role("targeting")
    for name, order in SORTS.items():
        rows: list[list[Task]] = []
        query = client.get(INDEX).context["heads"][name]["query"]
        for _turn in range(2):
            answer = client.get(f"{INDEX}?{query}")
            assert answer.context["filters"].errors == {}
            assert answer.context["heads"][name]["sorted"]
            rows.append([row.task for row in answer.context["rows"]])
            query = answer.context["heads"][name]["query"]
        keys = [[_key(order.key, task) for task in page] for page in rows]
        assert all(page in (sorted(page), sorted(page, reverse=True)) for page in keys)
        assert len(Task.objects.filter(state="waiting")) > ROWS or rows[0] == rows[1][::-1]


def test_the_reasons_of_the_engine_are_what_tasks_are_found_by() -> None:
    for task in Task.objects.select_related("decision"):
        listed = any(reason["source"] == "list" for reason in task.decision.reasons)
        assert task.hits == task.decision.hits
        assert set(task.sources) == {task.decision.targeted_by} | ({"list"} if listed else set())


def test_what_cannot_be_understood_is_kept_and_named_and_filters_nothing(as_role: Callable[..., Client]) -> None:
    client = as_role("targeting")
    answer = client.get(INDEX, {"score": "much", "value": "-1", "channel": "purple", "q": "a\0b", "sort": "shoes"})
    page = answer.content.decode()
    assert set(answer.context["filters"].errors) == {"score", "value", "channel", "q", "sort"}
    assert 'value="much"' in page
    assert shown(answer) == shown(client.get(INDEX))


def test_an_empty_queue_says_why_and_what_to_do(as_role: Callable[..., Client]) -> None:
    client = as_role("targeting")
    assert b"No task stands under these filters." in client.get(INDEX, {"q": "no such thing"}).content
    Task.objects.update(state="done")
    assert b"Nothing waits for a decision." in client.get(INDEX).content
    assert "Không có việc nào chờ quyết định." in as_role("targeting", "vi").get(INDEX).content.decode()


def test_new_rows_wait_behind_a_bar(as_role: Callable[..., Client], many: list[Task]) -> None:
    client = as_role("targeting")
    latest = client.get(INDEX).context["latest"]
    assert latest == max(Task.objects.values_list("pk", flat=True))
    assert b"new" not in client.get(f"{INDEX}arrived/", {"since": latest}).content.replace(b'id="new"', b"")
    Task.objects.filter(pk=many[-1].pk).update(channel="blue")
    assert b"3 new" in client.get(f"{INDEX}arrived/", {"since": many[-4].pk}).content
    blue = client.get(f"{INDEX}arrived/", {"since": many[-4].pk, "channel": "blue"}).content
    assert b"1 new" in blue
    assert b"?channel=blue" in blue
    assert "Hơn 99 việc mới" in as_role("targeting", "vi").get(f"{INDEX}arrived/", {"since": 0}).content.decode()
    for wrong in ("", "x", "-1", "9" * 30, "²"):
        assert client.get(f"{INDEX}arrived/", {"since": wrong}).status_code == 404


def test_claim_next_opens_the_most_urgent_free_task_under_the_filters(as_role: Callable[..., Client]) -> None:
    client, officer = as_role("targeting"), User.objects.get(username="targeting")
    yellow = list(Task.objects.filter(channel="yellow", state="waiting").order_by("due_at", "pk"))
    Task.objects.filter(pk=yellow[0].pk).update(claimed_by=User.objects.get(username="supervisor"), claimed_at=now())
    answer = client.post(f"{INDEX}claim/", {"query": "channel=yellow"})
    assert answer.headers["Location"] == reverse("declarations:one", args=[yellow[1].declaration_id])
    yellow[1].refresh_from_db()
    assert holder(yellow[1]) == officer
    assert AuditEntry.objects.filter(act="task.claim", actor="targeting").count() == 1
    assert shown(client.get(INDEX, {"mine": "1"})) == [yellow[1].number]
    assert b"claimed by you" in client.get(INDEX, {"q": yellow[1].number}).content
    client.post(f"{INDEX}release/{yellow[1].pk}/", {"query": "mine=1"})
    assert shown(client.get(INDEX, {"mine": "1"})) == []
    Task.objects.filter(channel="blue").delete()
    none = client.post(f"{INDEX}claim/", {"query": "channel=blue"}, follow=True)
    assert b"Nothing is free under these filters" in none.content


def test_a_claim_ends_by_itself_and_only_its_owner_or_a_supervisor_gives_it_back() -> None:
    targeting, supervisor = (User.objects.get(username=name) for name in ("targeting", "supervisor"))
    task = claim_next(Task.objects.all(), targeting)
    assert not release(task, User.objects.get(username="auditor"))
    assert release(task, supervisor)
    assert claim_next(Task.objects.filter(pk=task.pk), supervisor) == task
    assert not release(task, targeting)
    assert claim_next(Task.objects.filter(pk=task.pk), targeting) is None
    Task.objects.filter(pk=task.pk).update(claimed_at=now() - CLAIM_LASTS)
    task.refresh_from_db()
    assert holder(task) is None
    assert claim_next(Task.objects.filter(pk=task.pk), targeting) == task


def test_while_one_claims_another_gets_the_next() -> None:
    """The query itself: what is locked is passed over, not waited for."""
    with CaptureQueriesContext(connection) as asked:
        claim_next(Task.objects.all(), User.objects.get(username="targeting"))
    assert any("SKIP LOCKED" in one["sql"] and "LIMIT 1" in one["sql"] for one in asked)


def test_marked_rows_are_drawn_for_inspectors(as_role: Callable[..., Client]) -> None:
    red = list(Task.objects.filter(channel="red", state="waiting").order_by("pk")[:3])
    answer = as_role("targeting").post(
        f"{INDEX}assign/", {"task": [task.pk for task in red], "query": "channel=red"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"{INDEX}?channel=red"
    assert "3 tasks are assigned. inspector: 3" in answer.content.decode()
    for task in red:
        task.refresh_from_db()
        assert (task.state, task.inspector.username) == ("assigned", "inspector")
        page = as_role("auditor").get(f"{INDEX}lot/{task.pk}/").content.decode()
        assert "Drawn by lot, and it holds" in page
    assert AuditEntry.objects.filter(act="task.assign").count() == 3
    assert b">3<" in as_role("supervisor").get(f"{INDEX}inspectors/").content


def test_what_is_refused_keeps_what_was_marked_and_typed(as_role: Callable[..., Client]) -> None:
    client = as_role("supervisor")
    red = Task.objects.filter(channel="red", state="waiting").order_by("due_at", "pk").first()
    yellow = Task.objects.filter(channel="yellow").first()
    assert b"No row is marked" in client.post(f"{INDEX}assign/", {"query": ""}).content
    mixed = client.post(f"{INDEX}assign/", {"task": [red.pk, yellow.pk]})
    assert (mixed.status_code, mixed.context["marked"]) == (400, {red.pk, yellow.pk})
    assert f"{yellow.number}: Not red" in mixed.content.decode()
    inspector = User.objects.get(username="inspector")
    told = {"task": red.pk, "query": f"q={red.number}", "inspector": inspector.pk}
    blank = client.post(f"{INDEX}name/", {**told, "why": " "})
    assert b"A named choice needs a reason." in blank.content
    assert f'value="{inspector.pk}" selected' in blank.content.decode()
    nobody = client.post(f"{INDEX}name/", {**told, "inspector": "x", "why": "knows <the> goods"})
    assert b"Choose the inspector." in nobody.content
    assert b"knows &lt;the&gt; goods" in nobody.content
    assert not Task.objects.filter(state="assigned").exists()
    done = client.post(f"{INDEX}name/", {**told, "why": "knows the goods"})
    assert done.status_code == 302
    red.refresh_from_db()
    assert red.inspector == inspector
    assert b"Not drawn" in client.get(f"{INDEX}lot/{red.pk}/").content
    for text in ("x", "9" * 30, "²", "-1"):
        assert client.post(f"{INDEX}assign/", {"task": text}).status_code == 400
    assert client.post(f"{INDEX}name/", {**told, "inspector": "9" * 30, "why": "w"}).status_code == 400


def test_filters_are_kept_as_tabs_of_ones_own(as_role: Callable[..., Client]) -> None:
    client = as_role("targeting")
    answer = client.post(f"{INDEX}save/", {"name": "  Big   red ", "query": "value=1000&channel=red&junk=1"})
    kept = SavedFilter.objects.get()
    assert (kept.name, kept.query) == ("Big red", "channel=red&value=1000")
    assert urlsplit(answer.headers["Location"]).query == kept.query
    page = client.get(INDEX, {"channel": "red", "value": "1000"})
    assert page.context["tabs"]["shown"] == kept
    client.post(f"{INDEX}save/", {"name": "Big red", "query": "channel=red"})
    assert SavedFilter.objects.get().query == "channel=red"
    long = f"q={'ạ' * 100}&profile={'đ' * 80}"
    assert client.post(f"{INDEX}save/", {"name": "Long", "query": long}).status_code == 302
    SavedFilter.objects.get(name="Long").delete()
    for wrong in ("", "x" * 41):
        refused = client.post(f"{INDEX}save/", {"name": wrong, "query": "channel=red"})
        assert refused.status_code == 400
        assert f'value="{wrong}"' in refused.content.decode()
    assert as_role("supervisor").post(f"{INDEX}forget/{kept.pk}/").status_code == 404
    assert client.post(f"{INDEX}forget/{kept.pk}/").headers["Location"] == f"{INDEX}?channel=red"
    assert not SavedFilter.objects.exists()


def test_the_forecast_counts_what_is_due_and_what_room_there_is(as_role: Callable[..., Client]) -> None:
    told = as_role("supervisor").get(INDEX).context["forecast"]
    tasks = list(Task.objects.filter(state="waiting"))
    assert told.waiting == len(tasks)
    assert told.overdue == sum(task.due_at < now() for task in tasks)
    assert told.share == sum(Office.objects.values_list("inspectors_daily", flat=True))  # one inspector, everywhere
    assert (told.inspectors, told.room) == (1, told.share)


def test_a_page_of_the_queue_costs_a_fixed_number_of_queries(
    as_role: Callable[..., Client], many: list[Task], django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = as_role("supervisor")
    with django_assert_max_num_queries(24):
        client.get(INDEX)
