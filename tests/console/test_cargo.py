"""Manifests in the register: bills are kept, declarations held against them, and the page tells what does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tidegate.console.deciding import activate, lines_of, make_edition, receive
from tidegate.console.deciding.cargo import MARKS, Met, held_against, keep_bills, landed, with_marks
from tidegate.console.deciding.keeping import message
from tidegate.console.deciding.receiving import Receipt
from tidegate.console.register.models import Bill, Declaration, Edition, Line, Office, Subject, User
from tidegate.intake import meet
from tidegate.intake.edifact import write_bills
from tidegate.trade import BILL_SCHEMA

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
DAY = date(2025, 2, 10)
BOX, OTHER = "CSQU3054383", "MSKU1234565"


def line(number: str, item: int = 1, **more: Any) -> dict[str, Any]:
    """A made-up line of a sea consignment."""
    return {
        "declaration_id": number,
        "item_number": item,
        "lodged_on": DAY.isoformat(),
        "office": "02CI",
        "hs_code": "61091000",
        "importer_id": "0100109106",
        "importer_name": "Made-up Trading",
        "customs_value": 1000.0,
        "currency": "VND",
        "description": "shirts",
        "transport_mode": "1",
        "unloading_port": "VNSGN",
        "gross_mass_kg": 1000.0,
        **more,
    }


def send(*rows: dict[str, Any], **more: Any) -> Receipt:
    body = "\n".join(json.dumps(row) for row in rows).encode() + b"\n"
    return receive(body, "ndjson", "window", **more)


def bills(*rows: dict[str, Any]) -> pl.DataFrame:
    told = [
        {
            "manifest_id": "V1",
            "arrived_on": DAY,
            "transport_mode": "1",
            "unloading_port": "VNSGN",
            "office": "02CI",
            **row,
        }
        for row in rows
    ]
    return pl.DataFrame([{name: row.get(name) for name in BILL_SCHEMA} for row in told], schema=BILL_SCHEMA)


def manifest(folder: Path, *rows: dict[str, Any], **more: Any) -> Receipt:
    """Hand bills in as a port would: as a CUSCAR message."""
    (path,) = write_bills(bills(*rows), folder)
    return receive(path.read_bytes(), "edifact", "port", **more)


def part(client: Client, number: str) -> str:
    one = Declaration.objects.get(number=number, current=True)
    answer = client.get(reverse("declarations:cargo", args=[one.pk]), headers={"hx-request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def met(*numbers: str) -> Met:
    return held_against(lines_of(Declaration.objects.filter(number__in=numbers, current=True).order_by("pk")))


def test_a_manifest_is_kept_row_by_row(tmp_path: Path) -> None:
    board = [{"bill_id": f"TIDE{n:04}", "container_id": BOX, "gross_mass_kg": 10.5 * n} for n in (1, 2, 3)]
    receipt = manifest(tmp_path, *board)
    assert (receipt.bills, receipt.kept, receipt.rejected) == (3, [], [])
    kept = Bill.objects.order_by("pk")
    assert [(one.number, one.container, one.manifest) for one in kept] == [
        (f"TIDE{n:04}", BOX, "V1") for n in (1, 2, 3)
    ]
    assert [one.fields["gross_mass_kg"] for one in kept] == [10.5, 21.0, 31.5]
    assert {one.message_id for one in kept} == {receipt.message.pk}
    assert {one.arrived_on for one in kept} == {DAY}


def test_the_same_manifest_again_is_kept_once_but_counts_after_another(tmp_path: Path) -> None:
    first = manifest(tmp_path, {"bill_id": "TIDE0001", "gross_mass_kg": 1000.0})
    again = manifest(tmp_path, {"bill_id": "TIDE0001", "gross_mass_kg": 1000.0})
    assert (again.bills, again.message.pk) == (0, first.message.pk)
    send(line("N1", bill_id="TIDE-0001"))
    keep_again = [
        {"bill_id": "TIDE0001", "gross_mass_kg": mass, "message_format": "awmds"} for mass in (1000.0, 500.0, 1000.0)
    ]
    for row in keep_again:
        source = message(b"made up", "awmds", "port")
        source.save()
        keep_bills(bills(row), source)
    assert met("N1").report["manifested_kg"].to_list() == [1000.0]


def test_declarations_meet_their_bills_by_number_and_by_container(tmp_path: Path, as_role: SignIn) -> None:
    manifest(
        tmp_path,
        {"bill_id": "TIDE0001", "gross_mass_kg": 1000.0, "container_id": BOX, "consignee_name": "Made-up <Trading>"},
        {"bill_id": "TIDE0002", "gross_mass_kg": 3000.0, "container_id": OTHER},
    )
    send(line("N1", bill_id="tide 0001"))
    send(line("N2", container_ids=OTHER, gross_mass_kg=2000.0))
    send(line("N3", documents="380 705"))
    send(line("N4", transport_mode="4", unloading_port="VNSGN"))
    officer = as_role("targeting")
    told = part(officer, "N1")
    assert "Declaration and manifest agree" in told
    assert "Made-up &lt;Trading&gt;" in told
    told = part(officer, "N2")
    assert "Less mass is declared than manifested" in told
    assert "66.7%" in told
    assert "no number links them" in told
    assert "on no manifest" in part(officer, "N3")
    assert "No manifest is here that could name it" in part(officer, "N4")
    assert "trọng lượng khai báo ít hơn bản lược khai" in part(as_role("targeting", "vi"), "N2").lower()


def test_one_bill_cleared_in_parts_is_weighed_as_a_whole(tmp_path: Path, as_role: SignIn) -> None:
    manifest(tmp_path, {"bill_id": "TIDE0001", "gross_mass_kg": 3000.0})
    send(line("N1", bill_id="TIDE0001", gross_mass_kg=1000.0))
    assert "Less mass" in part(as_role("targeting"), "N1")
    send(line("N2", bill_id="TIDE0001", gross_mass_kg=2000.0, office="03CC"))
    told = part(as_role("targeting"), "N1")
    assert "Declaration and manifest agree" in told
    assert "N2" in told
    user = User.objects.get(username="targeting")
    user.everywhere = False
    user.save()
    user.offices.set(Office.objects.filter(code="02CI"))
    told = part(as_role("targeting"), "N1")
    assert "N2" not in told
    assert "And 1 of an office that you do not see" in told


def test_a_cancelled_manifest_no_longer_counts(tmp_path: Path) -> None:
    manifest(tmp_path, {"bill_id": "TIDE0001", "gross_mass_kg": 1000.0}, {"bill_id": "TIDE0002"})
    send(line("N1", bill_id="TIDE0001"))
    assert met("N1").report["kind"].to_list() == ["agrees"]
    source = message(b"gone", "edifact", "port")
    source.save()
    gone = {"message_function": "cancellation", "message_format": "edifact", "message_id": "X"}
    keep_bills(bills(gone), source)
    assert met("N1").report["kind"].to_list() == ["without_cargo"]


def test_a_key_brings_manifests_of_its_offices_only(tmp_path: Path) -> None:
    receipt = manifest(
        tmp_path,
        {"bill_id": "TIDE0001"},
        {"bill_id": "TIDE0002", "manifest_id": "V2", "office": "03CC"},
        offices=["02CI"],
    )
    assert receipt.bills == 1
    assert [(one.reason, one.field, one.value, one.number) for one in receipt.rejected] == [
        ("not_your_office", "office", "03CC", "V2")
    ]
    assert [one.number for one in Bill.objects.all()] == ["TIDE0001"]


def with_profile(edition: Edition, when: str) -> None:
    book = f"""
{edition.book}
[[profile]]
id = "T-CARGO"
title = "Cargo that does not fit its manifest"
when = "{when}"
channel = "red"
rate = 1.0
starts = 2025-01-01
ends = 2025-12-31
owner = "test"
"""
    activate(make_edition("cargo", None, book=book, policy=edition.policy, lists=edition.lists), None)


def test_a_profile_decides_by_what_manifests_say(tmp_path: Path, edition: Edition) -> None:
    with_profile(edition, "cargo_mass_ratio < 0.9 OR cargo_found = FALSE")
    manifest(
        tmp_path,
        {"bill_id": "TIDE0001", "gross_mass_kg": 1000.0},
        {"bill_id": "TIDE0002", "gross_mass_kg": 2000.0},
    )
    came = send(
        line("N1", bill_id="TIDE0001"),
        line("N2", bill_id="TIDE0002"),
        line("N3", bill_id="TIDE0003"),
        line("N4", transport_mode="4"),
    )
    hit = {one.declaration.number: "T-CARGO" in one.decision.hits for one in came.kept}
    assert hit == {"N1": False, "N2": True, "N3": True, "N4": False}
    marks = {one.declaration.number: one.fields for one in Line.objects.filter(declaration__message=came.message)}
    assert [marks[name].get("cargo_mass_ratio") for name in ("N1", "N2", "N3", "N4")] == [1.0, 0.5, None, None]
    assert [marks[name].get("cargo_found") for name in ("N1", "N2", "N3", "N4")] == [True, True, False, None]
    again = send(line("N2", bill_id="TIDE0002"))  # what the node adds is no change of the declaration
    assert [one.number for one in again.unchanged] == ["N2"]


def test_without_such_a_profile_nothing_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(lines: pl.DataFrame) -> Met:
        raise AssertionError

    monkeypatch.setattr("tidegate.console.deciding.receiving.held_against", never)
    assert send(line("N1", bill_id="TIDE0001")).kept


def test_too_much_cargo_is_found_and_not_weighed(monkeypatch: pytest.MonkeyPatch, as_role: SignIn) -> None:
    monkeypatch.setattr("tidegate.console.deciding.cargo.MOST", 20)
    monkeypatch.setattr("tidegate.console.deciding.cargo.EACH", 0)
    source = message(b"many", "awmds", "port")
    source.save()
    keep_bills(
        bills(
            *({"bill_id": f"HOUSE{n:04}", "master_bill_id": "MASTER001", "gross_mass_kg": 1.0} for n in range(50)),
            {"bill_id": "TIDE0001", "gross_mass_kg": 1000.0},
        ),
        source,
    )
    send(line("N1", bill_id="MASTER001"), line("N2", bill_id="TIDE0001"))
    seen = met("N1", "N2")
    assert seen.marks.rows() == [(True, None), (True, 1.0)]  # one that names too much does not hide the other
    told = part(as_role("targeting"), "N1")
    assert "It is on a manifest" in told
    assert "their masses are not compared" in told
    assert "mass is declared" not in told


def test_versions_that_no_longer_count_do_not_use_up_the_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tidegate.console.deciding.cargo.MOST", 2)
    manifest(tmp_path, {"bill_id": "TIDE0001", "gross_mass_kg": 1000.0})
    for mass in range(1, 8):
        send(line("N1", bill_id="TIDE0001", gross_mass_kg=float(mass)))
    send(line("N2", bill_id="TIDE0001", gross_mass_kg=993.0))
    seen = met("N2")
    assert (seen.cut, [*seen.others], seen.report["kind"].to_list()) == (False, ["N1"], ["agrees"])


NUMBERS = ("TIDE0001", "TIDE0002", "TIDE0003", "TIDE0004")
BOXES = (BOX, OTHER, "TGHU1234565")
FRESH = count()
MASSES = st.sampled_from([None, 10.0, 400.0, 410.0, 1000.0])


@st.composite
def trades(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Declarations and bills that share numbers and containers at random."""
    declared = [
        line(
            f"N{n}",
            bill_id=draw(st.sampled_from([None, *NUMBERS])),
            previous_documents=draw(st.sampled_from([None, "N705:TIDE0002", "TIDE0001 380", "TIDE 0003; TIDE0004"])),
            container_ids=draw(st.sampled_from([None, *BOXES, f"{BOX} {OTHER}"])),
            gross_mass_kg=draw(MASSES),
            importer_name=draw(st.sampled_from(["Made-up Trading", "Other"])),
        )
        for n in range(draw(st.integers(1, 6)))
    ]
    board = [
        {
            "bill_id": draw(st.sampled_from([None, *NUMBERS])),
            "master_bill_id": draw(st.sampled_from([None, *NUMBERS])),
            "container_id": draw(st.sampled_from([None, *BOXES])),
            "gross_mass_kg": draw(MASSES),
            "consignee_name": draw(st.sampled_from([None, "OTHER", "Made-up Trading"])),
            "arrived_on": draw(st.sampled_from([DAY, DAY - timedelta(days=20), None])),
            "message_id": f"M{n}",
            "message_format": "made-up",
        }
        for n in range(draw(st.integers(0, 6)))
    ]
    return declared, [*board, {"bill_id": "TIDE9999", "message_id": "M9", "message_format": "made-up"}]


@how(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trades())
def test_one_by_one_comes_to_what_all_together_come_to(
    trade: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    declared, board = trade
    Bill.objects.all().delete()
    names = [f"{row['declaration_id']}-{next(FRESH)}" for row in declared]
    Subject.objects.filter(role__in=("bill", "document", "container")).delete()
    for row, name in zip(declared, names, strict=True):
        send({**row, "declaration_id": name})
    for row in board:
        source = message(json.dumps(row, default=str).encode(), "made-up", "port")
        source.save()
        keep_bills(bills(row), source)
    every = lines_of(Declaration.objects.filter(number__in=names).order_by("pk"))
    marked, report = meet(every, bills(*board))
    wanted = {row["declaration_id"]: row for row in marked.to_dicts()}
    for name in names:
        one = held_against(every.filter(pl.col("declaration_id") == name))
        assert one.marks["cargo_found"][0] == wanted[name]["cargo_found"]
        assert one.marks["cargo_mass_ratio"][0] == wanted[name]["cargo_mass_ratio"]
        alike = pl.col("declaration_ids").str.contains(name, literal=True)
        mine, theirs = (table.filter(alike).drop("manifest_id") for table in (one.report, report))
        if one.bills.is_empty():
            assert theirs["kind"].to_list() == ["without_cargo"]
            continue
        for row, other in zip(mine.to_dicts(), theirs.to_dicts(), strict=True):
            for texts in ("bill_ids", "container_ids", "declaration_ids"):
                assert sorted((row[texts] or "").split()) == sorted((other[texts] or "").split())
            assert {**row, "bill_ids": 0, "container_ids": 0, "declaration_ids": 0, "party": 0} == {
                **other, "bill_ids": 0, "container_ids": 0, "declaration_ids": 0, "party": 0
            }  # fmt: skip
    together = held_against(every)
    assert together.marks["cargo_found"].to_list() == [wanted[name]["cargo_found"] for name in every["declaration_id"]]


def test_numbers_are_links_between_declarations(as_role: SignIn) -> None:
    send(line("N1", bill_id="TIDE-0001", document_references="380:INV-2025-7 C644"))
    send(line("N2", bill_id="TIDE0001", importer_id="0100112437"))
    send(line("N3", document_references="INV20257", importer_id="0100112437"))
    one = Declaration.objects.get(number="N1")
    assert {(row.role, row.key) for row in Subject.objects.filter(declaration=one, role__in=("bill", "document"))} == {
        ("bill", "TIDE0001"), ("document", "INV20257"), ("document", "380INV20257")
    }  # fmt: skip
    told = as_role("targeting").get(reverse("declarations:histories", args=[one.pk])).content.decode()
    assert "N2" in told
    assert "N3" in told
    page = as_role("targeting").get(reverse("parties:one", args=["bill", "TIDE0001"]))
    assert page.status_code == 200
    assert "not held against lists" in page.content.decode()


def parcel(number: str, value: float, **more: Any) -> dict[str, Any]:
    addressee = {"importer_id": None, "importer_name": "Nguyễn Thị Bích Ngọc"}
    where = {"importer_address": "12 ngõ 5, phố Made-up, Hà Nội", "transport_mode": "5", "unloading_port": None}
    return line(number, **{**addressee, **where, "customs_value": value, **more})


def test_parcels_that_belong_together_are_shown_whatever_message_brought_them(as_role: SignIn) -> None:
    send(parcel("P0", 999_000.0, importer_name="Trần Văn Đông"))  # at the same address
    send(parcel("P1", 600_000.0, description="phone"))
    officer = as_role("targeting")
    assert "addressee" not in part(officer, "P1")
    send(parcel("P2", 700_000.0, importer_name="NGUYEN THI BICH NGOC"))
    send(parcel("P3", 100_000.0, lodged_on="2025-02-12"))
    send(parcel("P4", 900_000.0, transport_mode="1"))
    told = part(officer, "P1")
    assert "2 parcels, together 1,300,000 VND" in told
    assert "with the others it is above" in told
    assert "P2" in told
    assert "P0" not in told
    assert "P3" not in told
    assert "P4" not in told
    assert "2 bưu gửi" in part(as_role("targeting", "vi"), "P1")


def test_the_archive_knows_what_manifests_said(tmp_path: Path) -> None:
    send(line("N1", bill_id="TIDE0001"), line("N2", bill_id="TIDE0002"))
    lines = lines_of(Declaration.objects.filter(number__in=["N1", "N2"]).order_by("number"))
    assert not set(MARKS) & set(with_marks(lines).columns)  # without a manifest there is nothing to say
    manifest(tmp_path, {"bill_id": "TIDE0001", "gross_mass_kg": 2000.0})
    assert with_marks(lines).select(MARKS).rows() == [(True, 0.5), (False, None)]
    then = lines.with_columns(cargo_mass_ratio=pl.Series([0.7, None]), cargo_found=pl.Series([None, True]))
    assert with_marks(then).select(MARKS).rows() == [(True, 0.7), (True, None)]  # what was known stands


def board(client: Client, **given: Any) -> Any:
    answer = client.get(
        reverse("declarations:manifests"), {"since": DAY.isoformat(), "until": DAY.isoformat(), **given}
    )
    assert answer.status_code == 200
    return answer


def test_what_nobody_declares_stands_first(tmp_path: Path, as_role: SignIn) -> None:
    manifest(
        tmp_path,
        {"bill_id": "TIDE0001", "gross_mass_kg": 1000.0},
        {"bill_id": "TIDE0002", "gross_mass_kg": 3000.0, "consignee_name": "<b>Made-up</b>"},
        {"bill_id": "TIDE0003", "gross_mass_kg": 70.0, "container_id": BOX, "office": "03CC"},
        {"bill_id": "TIDE0004", "gross_mass_kg": 70.0, "arrived_on": DAY - timedelta(days=9)},
    )
    send(line("N1", bill_id="TIDE0001"))
    send(line("N2", bill_id="TIDE0002", office="03CC"))
    officer = as_role("targeting")
    answer = board(officer)
    assert [(one.row["kind"], one.row["bill_ids"]) for one in answer.context["found"]] == [
        ("undeclared", "TIDE0003"),
        ("short", "TIDE0002"),
    ]
    text = answer.content.decode()
    assert "&lt;b&gt;Made-up&lt;/b&gt;" in text
    assert reverse("declarations:one", args=[Declaration.objects.get(number="N2").pk]) in text
    assert [row[::2] for row in answer.context["counts"]] == [("undeclared", 1), ("short", 1), ("agrees", 1)]
    agrees = board(officer, kind="agrees").context["found"]
    assert [[one.number for one in each.declarations] for each in agrees] == [["N1"]]
    user = User.objects.get(username="targeting")
    user.everywhere = False
    user.save()
    user.offices.set(Office.objects.filter(code="02CI"))
    answer = board(officer)
    assert [(one.row["bill_ids"], one.declarations, one.hidden) for one in answer.context["found"]] == [
        ("TIDE0002", [], 1)
    ]
    assert "of an office that you do not see" in answer.content.decode()


def test_days_that_cannot_be_are_refused_in_words(as_role: SignIn) -> None:
    officer = as_role("targeting")
    assert "before the first" in board(officer, until="2025-01-01").content.decode()
    assert "At most 31 days" in board(officer, until="2025-05-01").content.decode()
    assert "No manifest names cargo" in board(officer).content.decode()
    assert "Enter a valid date" in board(officer, since="x").content.decode()
    assert officer.get(reverse("declarations:manifests")).status_code == 200


def test_too_many_arrivals_are_told(tmp_path: Path, as_role: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.console.deciding.cargo.LANDED", 3)
    manifest(tmp_path, *({"bill_id": f"TIDE{n:04}"} for n in range(9)))
    answer = board(as_role("targeting"))
    assert "Choose fewer days" in answer.content.decode()
    assert answer.context["found"] == []


def test_arrivals_are_what_the_library_says_of_them(tmp_path: Path) -> None:
    rows = [
        {"bill_id": f"TIDE{n:04}", "gross_mass_kg": 100.0 * n, "container_id": BOX if n % 3 else OTHER}
        for n in range(1, 9)
    ]
    manifest(tmp_path, *rows)
    send(*(line(f"N{n}", bill_id=f"TIDE{n:04}", gross_mass_kg=400.0) for n in (2, 4, 5)))
    send(line("N9", container_ids=OTHER))
    every = lines_of(Declaration.objects.filter(number__in=["N2", "N4", "N5", "N9"]))
    _, report = meet(every, bills(*rows))
    wanted = {row["bill_ids"]: row["kind"] for row in report.to_dicts()}
    assert {row["bill_ids"]: row["kind"] for row in landed(DAY, DAY).report.to_dicts()} == wanted
    assert set(wanted.values()) >= {"undeclared", "agrees", "short", "over"}
