"""The audit screen: acts in sentences, filters, stories; seals; what a check finds, on the page and by command."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

import tidegate.console
from tidegate.console.audit import seal as sealing
from tidegate.console.audit.acts import ACT_OF, ACTS, said
from tidegate.console.audit.breaks import told
from tidegate.console.audit.checking import check, head, read_head
from tidegate.console.audit.models import Check
from tidegate.console.audit.seal import FORMS, SEALED, broken_seal, broken_seals, currents, remains, seal, seals
from tidegate.console.clock import now
from tidegate.console.register import trail
from tidegate.console.register.models import AuditEntry, Decision, Declaration, Finding, Message, Office, User
from tidegate.errors import InputError

pytestmark = pytest.mark.django_db


def codes() -> set[str]:
    """First arguments of every trail.write in the tree; "x." for those that are put together."""
    found = set()
    for path in Path(tidegate.console.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("trail.write") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant | ast.IfExp):
                    found |= {str(one.value) for one in ast.walk(first) if isinstance(one, ast.Constant) and one.value}
                elif isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
                    found.add(str(first.values[0].value))
    return found


def test_every_act_that_is_written_has_its_sentence_in_both_languages() -> None:
    unknown = {code for code in codes() if code not in ACT_OF and not any(one.startswith(code) for one in ACT_OF)}
    assert unknown == set()
    for act in ACTS:
        assert act.label, act.code
        assert act.label_vi, act.code
        assert "{actor}" in act.text, act.code
        assert "{actor}" in act.text_vi, act.code
    assert len(ACT_OF) == len(ACTS)


def test_acts_that_are_put_together_have_their_sentences_too() -> None:
    from tidegate.console.control.models import Proposal
    from tidegate.console.declarations.acts import ACTS as OF_OFFICERS
    from tidegate.console.queue.assignment import DRAWN, NAMED

    put_together = {DRAWN, NAMED, sealing.ACT, *(f"declaration.{name}" for name in OF_OFFICERS)}
    for kind in Proposal.Kind.values:
        put_together |= {f"{kind}.{end}" for end in ("propose", "approve", "refused", "withdrawn")}
    assert put_together - set(ACT_OF) == set()


def test_a_sentence_tells_who_and_what_and_leaves_a_dash_for_what_is_not_said() -> None:
    entry = AuditEntry(act="edition.activate", subject="edition:7", actor="supervisor", detail={"why": "new book"})
    assert said(entry, "en") == "supervisor put edition 7 in force (new book)."
    assert said(entry, "vi") == "supervisor đưa phiên bản 7 vào áp dụng (new book)."
    entry.detail = {}
    assert "(–)" in said(entry, "en")
    assert said(AuditEntry(act="gone.act", subject="x:1", actor="a"), "en") == "a: gone.act x:1"


def test_a_seal_is_over_every_column_that_does_not_change() -> None:
    for one in SEALED:
        columns = {field.column for field in one.table._meta.concrete_fields}
        assert columns == {*one.columns, *one.apart}, f"{one.name}: a new form of the seal is needed"
    assert FORMS[max(FORMS)] is SEALED


OTHERS = {  # another value for any kind of column
    "integer": "id + 1000000",
    "jsonb": "'[\"else\"]'::jsonb",
    "boolean": "NOT {0}",
    "ARRAY": "ARRAY['else']",
    "date": "{0} + 1",
    "bytea": "'\\x00'::bytea",
    "timestamp with time zone": "{0} + interval '1 second'",
    "double precision": "coalesce({0}, 0) + 0.000001",
}


@pytest.fixture
def sealed() -> list[int]:
    """Some decisions that are sealed, and a finding and a message."""
    one = Declaration.objects.order_by("pk")[3]
    Message.objects.create(received_at=now(), format="csv", sha256=b"1", size=1, body=b"1")
    Finding.objects.create(declaration=one, found_on=one.lodged_on, illicit=True, made_at=now())
    assert seal() >= 1
    assert seal() == 0
    assert list(broken_seals()) == []
    return list(Decision.objects.order_by("pk").values_list("pk", flat=True)[:10])


@pytest.mark.parametrize(("one", "column"), [(one, column) for one in SEALED for column in one.columns])
def test_any_changed_column_of_a_sealed_row_is_found(sealed: list[int], one: sealing.Sealed, column: str) -> None:
    table = one.table._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
            [table, column],
        )
        (kind,) = cursor.fetchone()
        cursor.execute("SET LOCAL session_replication_role TO replica")  # no foreign keys
        value = OTHERS.get(kind.replace("bigint", "integer"), "left({0} || 'x', 6)").format(column)
        cursor.execute(f"SELECT max(id) FROM {table}")
        (row,) = cursor.fetchone()
        before = next(iter(one.table.objects.filter(pk=row).values_list(column, flat=True)))
        value = "'else'" if isinstance(before, str) else value
        cursor.execute(f"UPDATE {table} SET {column} = {value} WHERE id = %s", [row])
        cursor.execute("SET LOCAL session_replication_role TO origin")
    found = list(broken_seals())
    assert found
    assert found[0][1].startswith(one.name)
    assert told(found[0][1], "vi") != found[0][1]
    assert list(trail.breaks()) == []
    entry = AuditEntry.objects.get(number=found[0][0])
    assert broken_seal(entry) == [found[0][1]]


def test_a_removed_and_an_inserted_decision_are_found(sealed: list[int]) -> None:
    held = Decision.objects.get(pk=sealed[4])
    Decision.objects.filter(pk=held.pk).update(current=False)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("DELETE FROM register_task WHERE decision_id = %s", [held.pk])
        cursor.execute("DELETE FROM register_decision WHERE id = %s", [held.pk])
    (broken,) = broken_seals()
    assert broken[1].endswith("1 removed")
    with connection.cursor() as cursor:  # nobody is told of a decision that comes back
        cursor.execute("SET LOCAL session_replication_role TO replica")
    held.save(force_insert=True)
    assert list(broken_seals()) == []
    held.pk, held.current = -5, False
    held.save(force_insert=True)
    assert [what.rpartition(": ")[2] for _, what in broken_seals()] == ["1 put in"]


def test_a_decision_put_between_others_is_found(sealed: list[int]) -> None:
    last = seals().last()
    assert last is not None
    free = last.detail["decisions"]["upto"]
    one = Decision.objects.order_by("-pk").first()
    assert one is not None
    if one.pk == free:  # make room: an id that was given and never used
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('register_decision_id_seq')")
        Message.objects.create(received_at=now(), format="csv", sha256=b"2", size=1, body=b"2")
        assert seal() == 1
        free += 1
    one.pk, one.current = free, False
    one.save(force_insert=True)
    assert [what.rpartition(": ")[2] for _, what in broken_seals()] == ["1 put in"]


def test_what_is_taken_out_by_right_leaves_its_hash_and_the_seal_holds(sealed: list[int]) -> None:
    one = Declaration.objects.order_by("pk")[5]
    late = Finding.objects.create(declaration=one, found_on=one.lodged_on, illicit=False, made_at=now())
    held = list(Finding.objects.values_list("pk", flat=True))
    left = remains("findings", held)
    Finding.objects.all().delete()
    trail.write("inspection.return", f"declaration:{one.number}", "supervisor", remains=left, comment="again")
    assert list(broken_seals()) == [], "one was sealed, and one was not yet"
    assert late.pk in {row for row, _ in left["findings"]} or late.pk is None
    seal()
    assert list(broken_seals()) == []
    entry = AuditEntry.objects.get(act="inspection.return")
    AuditEntry.objects.filter(pk=entry.pk).update(detail={})
    assert [what.rpartition(": ")[2] for _, what in broken_seals()] == ["1 removed"]


def test_a_seal_that_is_changed_or_missing_breaks_the_chain(sealed: list[int]) -> None:
    first = seals().first()
    assert first is not None
    AuditEntry.objects.filter(pk=first.pk).update(detail={**first.detail, "form": 1, "x": 1})
    assert (first.number, "changed") in list(trail.breaks())


def test_which_decision_is_current_is_checked() -> None:
    assert list(currents()) == []
    gone = Declaration.objects.order_by("-pk")[0]
    Decision.objects.filter(declaration=gone).update(current=False)
    Declaration.objects.filter(pk=gone.pk).update(current=False)
    assert list(currents()) == [], "a version that was replaced"
    one = Decision.objects.order_by("pk").first()
    assert one is not None
    Decision.objects.filter(pk=one.pk).update(current=False)
    assert list(currents()) == [f"the last decision of declaration row {one.declaration_id} is not its current one"]


def test_large_tables_are_sealed_in_parts_that_follow_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MOST", 40)
    assert seal() > 2
    parts = [one.detail["decisions"] for one in seals()]
    assert [part["after"] for part in parts[1:]] == [part["upto"] for part in parts[:-1]]
    assert sum(part["count"] for part in parts) == Decision.objects.count()
    assert list(broken_seals()) == []
    AuditEntry.objects.filter(pk=seals()[1].pk).delete()
    assert "under no seal" in next(broken_seals())[1]


def test_a_head_that_was_written_down_shows_what_was_cut_off() -> None:
    for number in range(3):
        trail.write("party.note", f"party:{number}", "node")
    written = head()
    assert read_head(f" {written[0]}:{written[1]} ") == written
    assert check("node", written=written).breaks == []
    trail.write("party.note", "party:9", "node")
    AuditEntry.objects.filter(number__gte=written[0]).delete()
    assert list(trail.breaks()) == [], "the chain alone does not show it"
    assert check("node", written=written).breaks == [
        [written[0], "this entry was written down with another hash"]
    ] or "cut off" in str(Check.objects.latest("pk").breaks)
    for text in ("", "12", "12:zz", f"x:{'0' * 64}"):
        with pytest.raises(InputError, match="head"):
            read_head(text)


def test_a_check_is_kept_and_told(as_role: Callable[..., Client]) -> None:
    client = as_role("auditor")
    assert "has not been checked yet" in client.get("/audit/").content.decode()
    trail.write("party.note", "party:importer:1", "targeting")
    assert client.post("/audit/check", follow=True).redirect_chain
    text = client.get("/audit/").content.decode()
    assert "The trail is whole" in text
    assert "auditor checked the trail" in text
    AuditEntry.objects.filter(act="party.note").update(actor="nobody")
    client.post("/audit/check")
    number = AuditEntry.objects.get(act="party.note").number
    text = client.get("/audit/").content.decode()
    assert "The trail is broken" in text
    assert f'<a href="/audit/entry/{number}">' in text
    vietnamese = as_role("auditor", "vi").get("/audit/").content.decode()
    assert "Nhật ký bị đứt" in vietnamese
    assert "đã bị sửa" in vietnamese
    assert "does not hold" in client.get(f"/audit/entry/{number}").content.decode()


def test_filters_stand_in_the_address(as_role: Callable[..., Client]) -> None:
    for number in range(120):
        trail.write("party.note", f"party:importer:{number % 3}", "targeting" if number % 2 else "lists")
    seal()
    client = as_role("auditor")

    def rows(query: str) -> list[int]:
        return [one.number for one, _ in client.get(f"/audit/?{query}").context["rows"]]

    first = rows("")
    assert len(first) == 50
    assert first == sorted(first, reverse=True)
    assert AuditEntry.objects.filter(number__in=first, act="seal").count() == 0
    assert len(rows("act=seal")) >= 1
    seen: list[int] = []
    query = "actor=lists&subject=party:importer:0"
    page = client.get(f"/audit/?{query}")
    seen += [one.number for one, _ in page.context["rows"]]
    assert len(seen) == 20
    query, seen = "actor=lists", []
    while query:
        page = client.get(f"/audit/?{query}")
        seen += [one.number for one, _ in page.context["rows"]]
        query = page.context["older"]
    assert seen == list(AuditEntry.objects.filter(actor="lists").order_by("-number").values_list("number", flat=True))
    day = now().date()
    assert len(rows(f"since={day}&until={day}")) == 50
    assert rows(f"since={day + timedelta(days=1)}") == []
    wrong = client.get("/audit/?since=yesterday")
    assert wrong.status_code == 200
    assert "not understood" in wrong.content.decode()
    assert client.get("/audit/?before=x&act=nothing").status_code == 200


def test_the_story_of_a_declaration_in_both_languages(as_role: Callable[..., Client]) -> None:
    one = Declaration.objects.filter(task__isnull=False).order_by("pk").first()
    assert one is not None
    Finding.objects.create(
        declaration=one, item_number=1, found_on=one.lodged_on, illicit=True, offence="counterfeit", made_at=now()
    )
    trail.write("task.claim", f"declaration:{one.number}", "targeting")
    english = as_role("auditor").get(f"/audit/story/declaration:{one.number}").content.decode()
    for part in ("Version 1 was received", "The node decided", "counterfeit", "targeting"):
        assert part in english
    vietnamese = as_role("auditor", "vi").get(f"/audit/story/declaration:{one.number}").content.decode()
    for part in ("Tiếp nhận phiên bản 1", "Hệ thống quyết định", "phát hiện ở dòng 1"):
        assert part in vietnamese
    assert as_role("auditor").get("/audit/story/declaration:NOTHING").status_code == 404
    assert as_role("auditor").get("/audit/story/node:trail").status_code in (200, 404)


def test_an_auditor_of_one_office_is_told_nothing_of_anothers_declaration(as_role: Callable[..., Client]) -> None:
    one = Declaration.objects.order_by("pk").first()
    assert one is not None
    auditor = User.objects.get(username="auditor")
    auditor.everywhere = False
    auditor.save()
    auditor.offices.set(Office.objects.exclude(code=one.office)[:1])
    trail.write("task.claim", f"declaration:{one.number}", "targeting")
    assert as_role("auditor").get(f"/audit/story/declaration:{one.number}").status_code == 404


@pytest.mark.parametrize(
    "role", ["targeting", "inspector", "author", "approver", "lists", "supervisor", "administrator"]
)
def test_others_are_refused(as_role: Callable[..., Client], role: str) -> None:
    client = as_role(role)
    for path in ("/audit/", "/audit/head", "/audit/entry/1", "/audit/story/node:trail"):
        assert client.get(path).status_code == 403
    assert client.post("/audit/check").status_code == 403
    assert Client().get("/audit/").status_code == 302


def test_a_page_is_only_read_and_a_check_only_asked_for(as_role: Callable[..., Client]) -> None:
    client = as_role("auditor")
    assert client.post("/audit/").status_code == 405
    assert client.get("/audit/check").status_code == 405
    assert client.get("/audit/entry/999999").status_code == 404
    number, hash_ = head()
    assert f"{number}:{hash_}" in client.get("/audit/head").content.decode()
