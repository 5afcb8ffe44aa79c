"""The interface for systems: what a system gets, and what it is told when it gets nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tidegate.assessment.reasons import RESTRICTED
from tidegate.console.api import keys, limits, telling
from tidegate.console.api.media import CARRIED
from tidegate.console.api.models import Answer, Key
from tidegate.console.api.problems import BY_CODE, Problem
from tidegate.console.api.scopes import SCOPES
from tidegate.console.api.version1 import interface
from tidegate.console.clock import now, today
from tidegate.console.deciding import lines_of
from tidegate.console.register.models import AuditEntry, Decision, Declaration, Finding, Message, Task, Withdrawal
from tidegate.intake.known import BY_NAME

pytestmark = pytest.mark.django_db
NDJSON = "application/x-ndjson"
ALL = tuple(one.code for one in SCOPES)


def caller(*scopes: str, offices: tuple[str, ...] = (), **more: Any) -> Client:
    """A client with a new key, of all offices where none is named."""
    given = {"expires_at": now() + timedelta(days=1), "rate": 1000, **more}
    _, token = keys.make("window", scopes or ALL, None, offices=offices, everywhere=not offices, **given)
    return Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=True)


def known(**wanted: Any) -> Declaration:
    return Declaration.objects.filter(current=True, **wanted).order_by("number")[0]


def lines(number: str = "NEW1", count: int = 1, **changes: Any) -> bytes:
    """A message of `count` declarations, each like one that is known."""
    table = lines_of([known()])
    wanted = [name for name in table.columns if table[name].null_count() < table.height and name != "flags"]
    parts = []
    for place in range(count):
        name = number if count == 1 else f"{number}-{place}"
        told = {key: pl.lit(value) for key, value in changes.items()}
        parts.append(table.select(wanted).with_columns(declaration_id=pl.lit(name), **told).write_ndjson())
    return "".join(parts).encode()


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """A problem of RFC 9457, and nothing else."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == f"urn:tidegate:problem:{code}"
    assert told["status"] == status == BY_CODE[code].status
    return told


def finding(**changes: Any) -> dict[str, Any]:
    return {"found_on": str(today()), "illicit": False, **changes}


# What each endpoint needs, with a call that it takes.
CALLS: tuple[tuple[str, str, str, Callable[[], tuple[Any, str]], int], ...] = (
    ("declare", "post", "/api/v1/declarations", lambda: (lines(), NDJSON), 200),
    ("declare", "put", "/api/v1/declarations/{number}", lambda: (lines(known().number), NDJSON), 200),
    ("cancel", "post", "/api/v1/declarations/{number}/cancellation", lambda: ({"reason": "lodged twice"}, "json"), 200),
    ("find", "post", "/api/v1/declarations/{number}/findings", lambda: (finding(), "json"), 201),
    ("read", "get", "/api/v1/declarations/{number}", lambda: (None, ""), 200),
    ("read", "get", "/api/v1/decisions/{decision}", lambda: (None, ""), 200),
    ("follow", "get", "/api/v1/decisions", lambda: (None, ""), 200),
    ("", "get", "/api/v1/key", lambda: (None, ""), 200),
    ("measure", "get", "/api/metrics", lambda: (None, ""), 200),
)


def call(client: Client, method: str, path: str, body: Any = None, kind: str = "", **headers: str) -> Any:
    address = path.format(number=known().number, decision=Decision.objects.filter(current=True).order_by("pk")[0].pk)
    more = {"headers": headers} if headers else {}
    if body is None:
        return getattr(client, method)(address, **more)
    media_type = "application/json" if kind == "json" else kind
    data = json.dumps(body) if kind == "json" else body
    return getattr(client, method)(address, data, content_type=media_type, **more)


@pytest.mark.parametrize("scope", ALL)
@pytest.mark.parametrize(("needed", "method", "path", "body", "status"), CALLS)
def test_every_scope_on_every_endpoint(
    scope: str, needed: str, method: str, path: str, body: Callable[[], tuple[Any, str]], status: int
) -> None:
    answer = call(caller(scope), method, path, *body())
    if needed in ("", scope):
        assert answer.status_code == status, answer.content
    else:
        assert f"`{needed}`" in refused(answer, 403, "scope")["detail"]


@pytest.mark.parametrize(("needed", "method", "path", "body", "status"), CALLS)
def test_nobody_comes_in_without_a_good_key(
    needed: str, method: str, path: str, body: Callable[[], tuple[Any, str]], status: int
) -> None:
    before = (Declaration.objects.count(), Message.objects.count(), Finding.objects.count())
    for token in ("", "Bearer", "Bearer tide_00_x", "Basic abc", "Bearer tide_" + "é" * 9, "Bearer " + "x" * 5000):
        told = refused(call(Client(), method, path, *body(), **({"Authorization": token} if token else {})), 401,
                       "unauthorized")  # fmt: skip
        assert "Authorization: Bearer" in told["detail"]
    assert before == (Declaration.objects.count(), Message.objects.count(), Finding.objects.count())


def test_the_table_above_names_every_endpoint_and_its_scope() -> None:
    found = {
        (operation.auth_callbacks[0].scope, method.lower(), operation.path)
        for router in interface._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
        for method in operation.methods
    }
    told = {
        (scope, method, path.removeprefix("/api/v1").replace("{number}", "{path:number}").replace(
            "{decision}", "{int:number}"))
        for scope, method, path, _, _ in CALLS if path.startswith("/api/v1")
    }  # fmt: skip
    assert found == told


def test_a_key_is_kept_as_a_hash_and_ends_when_it_expires_or_is_revoked() -> None:
    key, token = keys.make("window", ["read"], None, everywhere=True, expires_at=now() + timedelta(days=1))
    assert token not in str(Key.objects.filter(pk=key.pk).values())
    assert keys.find(token) == key
    assert keys.find(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    keys.revoke(key, _user())
    assert keys.find(token) is None
    entry = AuditEntry.objects.get(act="key.revoke")
    assert (entry.actor, entry.subject) == ("administrator", f"key:{key.prefix}")
    refused(caller("read", expires_at=now() - timedelta(seconds=1)).get("/api/v1/key"), 401, "unauthorized")


def test_a_key_sees_its_own_offices_only() -> None:
    mine = known()
    other = Declaration.objects.exclude(office=mine.office).order_by("number")[0]
    client = caller("read", "follow", "find", "cancel", offices=(mine.office,))
    assert client.get(f"/api/v1/declarations/{mine.number}").json()["office"] == mine.office
    refused(client.get(f"/api/v1/declarations/{other.number}"), 404, "missing")
    decision = Decision.objects.get(declaration=other, current=True)
    refused(client.get(f"/api/v1/decisions/{decision.pk}"), 404, "missing")
    refused(call(client, "post", f"/api/v1/declarations/{other.number}/findings", finding(), "json"), 404, "missing")
    refused(
        call(client, "post", f"/api/v1/declarations/{other.number}/cancellation", {"reason": "not mine"}, "json"),
        404,
        "missing",
    )
    told = client.get("/api/v1/decisions?limit=1000").json()
    assert {one["office"] for one in told["decisions"]} == {mine.office}
    assert len(told["decisions"]) == Decision.objects.filter(office=mine.office).count()


def test_decisions_are_read_on_from_a_cursor_each_once() -> None:
    client, since, seen = caller("follow"), "", []
    while True:
        page = client.get(f"/api/v1/decisions?limit=50&since={since}").json()
        seen += [one["id"] for one in page["decisions"]]
        since = page["next"]
        if not page["more"]:
            break
    assert len(seen) == len(set(seen)) == Decision.objects.count()
    held = Decision.objects.order_by("pk")[0]
    Decision.objects.filter(pk=held.pk).update(current=False)
    held.pk, held.channel = None, "red"
    held.save()
    page = client.get(f"/api/v1/decisions?since={since}").json()
    assert [one["id"] for one in page["decisions"]] == [held.pk]
    assert client.get(f"/api/v1/decisions?since={page['next']}").json() == {
        "decisions": [], "next": page["next"], "more": False,
    }  # fmt: skip
    for wrong in ("since=x", "since=-1", "since=1' or", "limit=0", "limit=1001", "limit=x", "since=" + "9" * 40):
        told = refused(client.get(f"/api/v1/decisions?{wrong}"), 422, "invalid")
        assert told["errors"][0]["parameter"] == wrong.partition("=")[0]


def test_a_restricted_reason_says_only_that_it_is_there() -> None:
    one = Decision.objects.select_related("declaration").filter(current=True).first()
    assert one is not None
    kept = {"source": "profile", "code": "R-1", "item_number": 1, "field": "hs_code", "text": RESTRICTED[0],
            "text_vi": RESTRICTED[1], "weight": 0.9, "value": "1234", "usual": "x"}  # fmt: skip
    withheld = {**kept, "source": "list", "code": "un/withheld-7", "text": "declared importer; an entry"}
    for reason in (kept, withheld):
        told = telling.reason(reason)
        assert {name for name, value in told.items() if value is not None} == {"source", "text", "text_vi"}
    one.hits, one.reasons = ["R-1"], [kept]
    said = json.dumps(telling.decision(one, one.declaration), default=str)
    assert "R-1" not in said
    assert "1234" not in said


def test_a_finding_is_recorded_closes_the_work_and_stands_in_the_trail() -> None:
    task = Task.objects.filter(state="waiting").order_by("pk")[0]
    answer = call(
        caller("find"), "post", f"/api/v1/declarations/{task.number}/findings",
        finding(item_number=1, illicit=True, offence="value", revenue=12.5, note="made up"), "json",
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    kept = Finding.objects.get(pk=answer.json()["id"])
    assert (kept.sender, kept.illicit, kept.revenue, kept.office) == ("window", True, 12.5, task.office)
    assert answer.json()["state"] == "done"
    entry = AuditEntry.objects.get(act="finding.record")
    assert entry.actor == "system:window"
    assert "made up" not in json.dumps(entry.detail)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"found_on": "2999-01-01"}, "/found_on"),
        ({"found_on": "1999-01-01"}, "/found_on"),
        ({"found_on": "yesterday"}, "/found_on"),
        ({"illicit": "perhaps"}, "/illicit"),
        ({"item_number": 999}, "/item_number"),
        ({"item_number": 0}, "/item_number"),
        ({"revenue": -1}, "/revenue"),
        ({"revenue": 1e300}, "/revenue"),
        ({"offence": "x" * 41}, "/offence"),
        ({"note": "a\0b"}, "/note"),
        ({"by": "me"}, "/by"),
    ],
)
def test_a_finding_that_cannot_be_names_its_field(change: dict[str, Any], pointer: str) -> None:
    before = Finding.objects.count()
    answer = call(caller("find"), "post", "/api/v1/declarations/{number}/findings", finding(**change), "json")
    assert refused(answer, 422, "invalid")["errors"][0]["pointer"] == pointer
    assert Finding.objects.count() == before
    assert not AuditEntry.objects.filter(act="finding.record").exists()


@pytest.mark.parametrize("body", [b"{", b"[1", b"\xff\xfe", b'{"reason": "x', b"[" * 100_000, b'"x"', b"null"])
def test_a_body_that_is_no_json_is_refused(body: bytes) -> None:
    path = f"/api/v1/declarations/{known().number}/cancellation"
    answer = caller("cancel").post(path, body, content_type="application/json")
    assert answer.status_code in (400, 422), answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_declaration_is_cancelled_once() -> None:
    client = caller("cancel", "read")
    path = f"/api/v1/declarations/{known().number}"
    for _ in range(2):
        answer = call(client, "post", f"{path}/cancellation", {"reason": "lodged twice"}, "json")
        assert answer.json()["cancelled"] is True
    entry = AuditEntry.objects.get(act="declaration.cancel")
    assert (entry.actor, entry.detail["message"]) == ("system:window", Withdrawal.objects.get().message_id)
    assert AuditEntry.objects.get(act="cancellation.ask").detail["why"] == "lodged twice"
    assert Withdrawal.objects.count() == 1
    told = client.get(path).json()
    assert told["cancelled"] is True
    assert told["state"] in ("clear", "done")
    refused(call(client, "post", f"{path}/cancellation", {"reason": ""}, "json"), 422, "invalid")


def test_what_is_not_there_and_what_is_not_taken() -> None:
    client = caller()
    for path in ("/api/v1/declarations/none", "/api/v1/declarations/a%00b", "/api/v1/decisions/0", "/api/v1/none",
                 "/api/v1/decisions/99999999999999999999", "/api/none", "/api/", "/api/v1/declarations/" + "9" * 500,
                 "/api/v2/declarations"):  # fmt: skip
        refused(client.get(path), 404, "missing")
    answer = client.delete("/api/v1/declarations")
    refused(answer, 405, "method")
    assert answer.headers["Allow"] == "POST"
    refused(client.post("/api/v1/declarations", b"x", content_type="text/plain"), 415, "media-type")
    refused(client.post("/api/v1/declarations/x/findings", b"{}", content_type="text/plain"), 415, "media-type")
    answer = client.post("/api/v1/declarations", b"x", content_type=NDJSON, headers={"Content-Encoding": "gzip"})
    refused(answer, 415, "media-type")
    answer = client.post("/api/v1/declarations", b"", content_type=NDJSON, headers={"Transfer-Encoding": "chunked"})
    refused(answer, 411, "length")
    answer = client.post("/api/v1/declarations", b"x", content_type=NDJSON, CONTENT_LENGTH=str(1 << 40))
    refused(answer, 413, "too-large")
    answer = client.post("/api/v1/declarations/x/findings", b"{}", content_type="application/json",
                         CONTENT_LENGTH=str(1 << 40))  # fmt: skip
    refused(answer, 413, "too-large")


def test_a_key_that_calls_too_often_waits() -> None:
    key, _ = keys.make("window", ["read"], None, everywhere=True, expires_at=now() + timedelta(days=1), rate=5)
    for _ in range(10):
        limits.take(key, 100.0)
    with pytest.raises(Problem) as caught:
        limits.take(key, 100.0)
    assert caught.value.kind.status == 429
    assert caught.value.headers == {"Retry-After": "1"}
    for _ in range(5):
        limits.take(key, 101.0)
    client = caller("read", rate=1)
    answers = [client.get("/api/v1/key") for _ in range(4)]
    assert [one.status_code for one in answers[:2]] == [200, 200]
    refused(answers[-1], 429, "too-many")
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_the_same_request_is_carried_out_once() -> None:
    client = caller("find", "cancel")
    path = "/api/v1/declarations/{number}/findings"
    body = finding()
    first = call(client, "post", path, body, "json", **{"Idempotency-Key": "a1"})
    again = call(client, "post", path, body, "json", **{"Idempotency-Key": "a1"})
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Finding.objects.filter(sender="window").count() == 1
    refused(call(client, "post", path, finding(illicit=True), "json", **{"Idempotency-Key": "a1"}), 409, "idempotency")
    other = call(caller("find"), "post", path, body, "json", **{"Idempotency-Key": "a1"})
    assert other.json()["id"] != first.json()["id"]
    for wrong in ("", "x" * 129, "a b\tc", "é"):
        refused(call(client, "post", path, body, "json", **{"Idempotency-Key": wrong}), 400, "malformed")


def test_a_request_that_failed_may_come_again_under_its_key() -> None:
    client = caller("find")
    path = "/api/v1/declarations/{number}/findings"
    refused(call(client, "post", path, finding(item_number=999), "json", **{"Idempotency-Key": "b"}), 422, "invalid")
    assert not Answer.objects.exists()
    assert call(client, "post", path, finding(), "json", **{"Idempotency-Key": "b"}).status_code == 201


def test_an_error_nobody_foresaw_is_a_problem_and_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    client, before = caller("find"), Finding.objects.count()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("name of a person")

    monkeypatch.setattr("tidegate.console.register.trail.write", broken)
    answer = call(client, "post", "/api/v1/declarations/{number}/findings", finding(), "json")
    assert "person" not in str(refused(answer, 500, "failed"))
    assert Finding.objects.count() == before


def test_calls_are_logged_without_what_they_say(capfd: pytest.CaptureFixture[str]) -> None:
    client = caller("read")
    number = known().number
    client.get(f"/api/v1/declarations/{number}?who=Nguyen")
    (line,) = [json.loads(one) for one in capfd.readouterr().err.splitlines() if one.startswith('{"at"')]
    assert set(line) == {"at", "method", "route", "status", "ms", "key"}
    assert line["route"] == "/api/v1/declarations/<path:number>"
    assert number not in str(line)
    assert Key.objects.get(prefix=line["key"]).system == "window"


def test_the_node_says_how_it_is() -> None:
    assert Client().get("/api/health").json() == {"alive": True}
    told = Client().get("/api/ready")
    assert told.status_code == 503
    assert told.json() == {"ready": False, "database": True, "migrations": True, "edition": True, "worker": False}
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert Client().get("/api/ready").json()["ready"] is True
    text = caller("measure").get("/api/metrics").content.decode()
    assert 'tidegate_api_calls_total{method="GET",route="/api/ready",status="503"}' in text
    assert "tidegate_outbox" in text
    assert "tidegate_edition" in text


def test_a_call_passes_no_session_and_asks_the_database_little() -> None:
    client = caller("read")
    client.get("/api/v1/key")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get("/api/v1/key")
    assert len(asked) == 0
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    began = time.process_time()
    for _ in range(50):
        client.get("/api/v1/key")
    assert (time.process_time() - began) / 50 < 0.02


def test_every_format_that_intake_reads_has_a_content_type() -> None:
    assert {one.form for one in CARRIED} == {"ndjson", *BY_NAME}


def _user() -> Any:
    from tidegate.console.register.models import User

    return User.objects.get(username="administrator")


@pytest.fixture(autouse=True)
def _buckets() -> Iterator[None]:
    limits._buckets.clear()
    return


def test_a_declaration_is_submitted_and_its_decision_comes_back() -> None:
    answer = caller("declare").post("/api/v1/declarations", lines(), content_type=NDJSON)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    (decision,) = told["decisions"]
    kept = Declaration.objects.get(number="NEW1")
    assert kept.message is not None
    assert (kept.message.pk, kept.message.sender) == (told["message"], "window")
    held = Decision.objects.get(declaration=kept)
    assert (decision["id"], decision["channel"], decision["by"]) == (held.pk, held.channel, "engine")
    assert decision["probability"] == held.probability
    assert set(decision["versions"]) == {"book", "lists", "model", "policy"}
    assert (told["unchanged"], told["cancelled"], told["rejected"]) == ([], [], [])


def test_many_are_submitted_at_once_and_the_same_again_changes_nothing() -> None:
    client, body = caller("declare"), lines(count=20)
    told = client.post("/api/v1/declarations", body, content_type=NDJSON).json()
    assert [one["declaration"] for one in told["decisions"]] == [f"NEW1-{place}" for place in range(20)]
    again = client.post("/api/v1/declarations", body, content_type=NDJSON).json()
    assert (again["decisions"], sorted(again["unchanged"])) == ([], sorted(f"NEW1-{place}" for place in range(20)))
    assert Declaration.objects.filter(number__startswith="NEW1").count() == 20


def test_an_amendment_is_the_next_version() -> None:
    client = caller("declare", "read")
    client.post("/api/v1/declarations", lines(), content_type=NDJSON)
    answer = client.put("/api/v1/declarations/NEW1", lines(customs_value=12345.0), content_type=NDJSON)
    assert answer.status_code == 200, answer.content
    assert [(one["declaration"], one["version"]) for one in answer.json()["decisions"]] == [("NEW1", 2)]
    assert client.get("/api/v1/declarations/NEW1").json()["version"] == 2
    refused(client.put("/api/v1/declarations/NEW1", lines("NEW2"), content_type=NDJSON), 409, "conflict")
    refused(client.put("/api/v1/declarations/NEW3", lines("NEW3"), content_type=NDJSON), 404, "missing")
    assert not Declaration.objects.filter(number__in=("NEW2", "NEW3")).exists()


def test_what_cannot_be_used_is_named_by_row_and_field_and_the_rest_is_taken() -> None:
    good, bad = lines("GOOD"), lines("BAD", lodged_on="no day")
    told = caller("declare").post("/api/v1/declarations", good + bad, content_type=NDJSON)
    assert told.status_code == 200, told.content
    assert [one["declaration"] for one in told.json()["decisions"]] == ["GOOD"]
    row = told.json()["rejected"][0]
    assert (row["field"], row["reason"], row["value"]) == ("lodged_on", "not_date", "no day")
    assert row["pointer"] == f"/{row['row'] - 1}/lodged_on"
    assert row["text"]
    assert row["text_vi"]
    alone = refused(caller("declare").post("/api/v1/declarations", bad, content_type=NDJSON), 422, "rejected")
    assert alone["errors"][0]["pointer"] == "/0/lodged_on"
    assert alone["receipt"]["decisions"] == []
    assert not Declaration.objects.filter(number="BAD").exists()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", NDJSON), (b"{", NDJSON), (b"[]", NDJSON), (b"\xff\xfe\x00", NDJSON), (b'{"a": 1}', NDJSON),
        (b"<a/>", "application/xml"), (b"<a", "application/xml"), (b"UNA:+.? '", "application/edifact"),
        (b"{}", "application/vnd.tidegate.parcels+json"), (b"<ASYCUDA/>", "application/vnd.asycuda.sad+xml"),
        (b"<Awmds/>", "application/vnd.asycuda.manifest+xml"), (b"\x00" * 1000, NDJSON),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml"),
    ],
)  # fmt: skip
def test_a_message_that_is_none_is_refused_and_leaves_nothing(body: bytes, kind: str) -> None:
    before = Declaration.objects.count()
    answer = caller("declare").generic("POST", "/api/v1/declarations", body, content_type=kind)
    assert answer.status_code in (400, 415, 422), answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert Declaration.objects.count() == before


def test_a_key_declares_for_its_own_offices_only() -> None:
    mine = known().office
    other = Declaration.objects.exclude(office=mine).order_by("number")[0].office
    body = lines("MINE") + lines("OTHER", office=other)
    told = caller("declare", offices=(mine,)).post("/api/v1/declarations", body, content_type=NDJSON)
    assert [one["declaration"] for one in told.json()["decisions"]] == ["MINE"]
    assert [(one["declaration"], one["reason"]) for one in told.json()["rejected"]] == [("OTHER", "not_your_office")]
    alone = caller("declare", offices=(mine,)).post("/api/v1/declarations", lines("OTHER", office=other), NDJSON)
    refused(alone, 403, "office")
    assert not Declaration.objects.filter(number="OTHER").exists()


def test_a_submission_is_carried_out_once() -> None:
    client, headers = caller("declare"), {"Idempotency-Key": "day-1"}
    first = client.post("/api/v1/declarations", lines(), content_type=NDJSON, headers=headers)
    again = client.post("/api/v1/declarations", lines(), content_type=NDJSON, headers=headers)
    assert first.status_code == 200
    assert first.content == again.content
    other = client.post("/api/v1/declarations", lines("NEW2"), content_type=NDJSON, headers=headers)
    refused(other, 409, "idempotency")
    assert not Declaration.objects.filter(number="NEW2").exists()
