"""Data quality: the library's counts of the register's rows, sentences in both languages, a table that runs nothing."""

from __future__ import annotations

import io
from collections.abc import Callable

import polars as pl
import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from tidegate.console.clock import now, today
from tidegate.console.deciding import lines_of
from tidegate.console.quality.figures import figures, work_out
from tidegate.console.quality.models import Report
from tidegate.console.register.models import Declaration, Line, Message, Office, User
from tidegate.intake.quality import FAULTS_SCHEMA, quality
from tidegate.intake.reasons import reason

pytestmark = pytest.mark.django_db
SINCE = today().replace(day=1, month=1)


@pytest.fixture
def faulty() -> Message:
    """A message with two kinds of refused rows; one of its declarations has a flag on each line."""
    source = Message.objects.create(
        received_at=now(), sender="=cmd|'/c calc'!A0", format="ndjson", sha256=b"0" * 32, size=1, body=b"",
        read=10, kept=7, rejected=3, flagged=2,
        faults=[
            {"field": "net_mass_kg", "reason": "not_number", "count": 2},
            {"field": "hs_code", "reason": "hs_length", "count": 1},
            {"field": "hs_code", "reason": "hs_missing", "count": 5},
        ],
    )  # fmt: skip
    one = Declaration.objects.order_by("-line_count", "number").first()
    assert one is not None
    Declaration.objects.filter(pk=one.pk).update(message=source)
    for line in Line.objects.filter(declaration=one):
        line.fields["flags"] = "net_over_gross value_missing"
        line.save()
    return source


def test_the_counts_are_the_librarys(faulty: Message) -> None:
    told = figures("", SINCE)
    senders = {one.number: one.message.sender if one.message else None for one in Declaration.objects.all()}
    lines = lines_of(Declaration.objects.all()).with_columns(
        message_sender=pl.col("declaration_id").replace_strict(senders, return_dtype=pl.String)
    )
    month = today().replace(day=1)
    faults = pl.DataFrame(
        [(faulty.sender, month, "net_mass_kg", "not_number", 2), (faulty.sender, month, "hs_code", "hs_length", 1)],
        schema=FAULTS_SCHEMA,
        orient="row",
    )
    keys = ["sender", "field", "month"]
    back = pl.DataFrame(told["quality"], infer_schema_length=None).with_columns(pl.col("month").str.to_date())
    oracle = quality(lines, faults)
    assert back.sort(keys).select(oracle.columns).to_dicts() == oracle.sort(keys).to_dicts()
    assert told["lines"] == Line.objects.count()
    assert told["messages"][0]["rejected"] == 3


def test_a_flag_that_the_message_repeats_is_counted_once(faulty: Message) -> None:
    told = {(row["field"], row["reason"]): row["rows"] for row in figures("", SINCE)["reasons"]}
    lines = Line.objects.filter(declaration__message=faulty).count()
    assert told[("net_mass_kg", "net_over_gross")] == lines
    assert ("hs_code", "hs_missing") not in told
    assert told[("net_mass_kg", "not_number")] == 2


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_says_it_in_sentences(faulty: Message, as_role: Callable[..., Client], language: str) -> None:
    client = as_role("targeting", language)
    assert client.get("/quality/").status_code == 200
    work_out("", 90)
    page = client.get("/quality/")
    assert reason("net_over_gross", language) in page.text
    assert reason("not_number", language) in page.text
    assert page.context["senders"][0]["sender"] == faulty.sender
    mine = client.get("/quality/", {"sender": faulty.sender})
    assert mine.context["lines"] == Line.objects.filter(declaration__message=faulty).count()


def test_the_table_runs_nothing_in_a_spreadsheet(faulty: Message, as_role: Callable[..., Client]) -> None:
    work_out("", 90)
    answer = as_role("auditor").get("/quality/faults.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    table = pl.read_csv(io.BytesIO(answer.content))
    assert table["Sender"][0] == "'" + faulty.sender
    assert not any(str(value).startswith(("=", "+", "-", "@")) for row in table.rows() for value in row)
    assert table["Rows"].sum() == sum(row["rows"] for row in Report.objects.get().figures["reasons"])


def test_without_faults_it_says_so(as_role: Callable[..., Client]) -> None:
    Line.objects.filter(fields__has_key="flags").delete()
    client = as_role("supervisor")
    assert "has not been worked out" in client.get("/quality/").text
    assert client.post("/quality/refresh/", {"office": "", "days": "90"}).status_code == 302
    client.post("/quality/refresh/", {"office": "", "days": "90"})
    job = ProcrastinateJob.objects.get(task_name="quality.work_out")
    assert "being worked out" in client.get("/quality/").text
    work_out(**job.args)
    assert client.get("/quality/").status_code == 200


def test_a_column_that_is_missing_on_some_lines_is_a_fault(as_role: Callable[..., Client]) -> None:
    line = Line.objects.exclude(origin_country="").order_by("pk").first()
    assert line is not None
    before = sum(row["missing"] for row in figures("", SINCE)["quality"] if row["field"] == "origin_country")
    del line.fields["origin_country"]
    line.save()
    after = sum(row["missing"] for row in figures("", SINCE)["quality"] if row["field"] == "origin_country")
    assert after == before + 1


def test_who_may_not_is_refused(as_role: Callable[..., Client]) -> None:
    for role in ("inspector", "approver", "lists", "administrator", "system"):
        assert as_role(role).get("/quality/").status_code == 403
        assert as_role(role).get("/quality/faults.csv").status_code == 403
        assert as_role(role).post("/quality/refresh/").status_code == 403


def test_another_office_is_not_there(faulty: Message, as_role: Callable[..., Client]) -> None:
    client, user = as_role("targeting"), User.objects.get(username="targeting")
    office = Declaration.objects.get(message=faulty).office
    other = Office.objects.exclude(pk=office).values_list("code", flat=True)[0]
    user.everywhere = False
    user.save()
    user.offices.set([other])
    work_out("", 90)
    work_out(other, 90)
    page = client.get("/quality/")
    assert page.context["office"] == other
    assert "net_over_gross" not in client.get("/quality/faults.csv").text
    for path in ("/quality/?office=", f"/quality/?office={office}", f"/quality/faults.csv?office={office}"):
        assert client.get(path).status_code == 404
    assert client.get(f"/quality/?office={other}&days=1").status_code == 404
