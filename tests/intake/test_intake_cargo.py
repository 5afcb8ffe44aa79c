"""Manifests and declarations meet: each bill once, masses that add up, and what does not fit is told."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import made_up_messages as made
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate import intake
from tidegate.errors import InputError
from tidegate.intake import Tolerance, meet, meeting, write_cargo
from tidegate.intake.cargo import CARGO_KINDS, CARGO_SCHEMA
from tidegate.trade import BILL_SCHEMA, LINE_SCHEMA

DAY = date(2026, 3, 2)
BOX, OTHER = "CSQU3054383", "MSKU1234565"


def lines(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = LINE_SCHEMA | {"bill_id": pl.String(), "previous_documents": pl.String()}
    told = [{"item_number": 1, "lodged_on": DAY, "hs_code": "440799", **row} for row in rows]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in told], schema=schema)


def bills(*rows: dict[str, Any]) -> pl.DataFrame:
    told = [
        {"manifest_id": "V1", "message_id": "M1", "message_format": "made-up", "arrived_on": DAY, **row} for row in rows
    ]
    return pl.DataFrame([{name: row.get(name) for name in BILL_SCHEMA} for row in told], schema=BILL_SCHEMA)


def kinds(report: pl.DataFrame) -> dict[str, str]:
    """Kind of each consignment by its bills, or else its declarations."""
    return dict(report.select(pl.coalesce("bill_ids", "declaration_ids", "container_ids"), "kind").rows())


def test_what_is_said_of_each_consignment() -> None:
    came = lines(
        {"declaration_id": "D1", "bill_id": "BL-0001", "gross_mass_kg": 1000.0},
        {"declaration_id": "D2", "bill_id": "BL-0002", "gross_mass_kg": 500.0},
        {"declaration_id": "D3", "bill_id": "BL-0003", "gross_mass_kg": 2000.0},
        {"declaration_id": "D4", "bill_id": "BL-9999", "gross_mass_kg": 10.0},
        {"declaration_id": "D5", "bill_id": "BL-0005"},
    )
    board = bills(
        {"bill_id": "BL0001", "gross_mass_kg": 1010.0},
        {"bill_id": "BL0002", "gross_mass_kg": 1000.0},
        {"bill_id": "BL0003", "gross_mass_kg": 1000.0},
        {"bill_id": "BL0004", "gross_mass_kg": 70.0},
        {"bill_id": "BL0005", "gross_mass_kg": 70.0},
    )
    marked, report = meet(came, board)
    assert kinds(report) == {
        "BL0004": "undeclared",
        "D4": "without_cargo",
        "BL0002": "short",
        "BL0003": "over",
        "BL0005": "not_weighed",
        "BL0001": "agrees",
    }
    assert report["kind"].to_list() == [entry.code for entry in CARGO_KINDS]
    assert marked["cargo_found"].to_list() == [True, True, True, False, True]
    assert marked["cargo_mass_ratio"].to_list() == [1000 / 1010, 0.5, 2.0, None, None]
    assert dict(report.schema) == CARGO_SCHEMA


def test_what_became_of_each_bill() -> None:
    """Bills of one consignment share its declarations, and each bill that counts is told of once."""
    came = lines(
        {"declaration_id": "D1", "bill_id": "BL-0001", "gross_mass_kg": 1000.0},
        {"declaration_id": "D2", "bill_id": "BL-0002", "gross_mass_kg": 500.0},
        {"declaration_id": "D3", "bill_id": "BL-0002", "gross_mass_kg": 500.0},
    )
    board = bills(
        {"bill_id": "BL 0001", "container_id": BOX, "message_sender": "LINE"},
        {"bill_id": "BL 0001", "container_id": OTHER},
        {"bill_id": "BL0002"},
        {"bill_id": "BL0003", "container_id": BOX},
        {"bill_id": "BL0003", "container_id": OTHER, "message_id": "M2"},
    )
    met = meeting(came, board)
    told = {row["bill_id"]: row for row in met.bills.to_dicts()}
    assert {number: (row["kind"], row["declaration_ids"]) for number, row in told.items()} == {
        "BL 0001": ("not_weighed", ["D1"]),
        "BL0002": ("not_weighed", ["D2", "D3"]),
        "BL0003": ("undeclared", []),
    }
    assert (told["BL 0001"]["container_ids"], told["BL 0001"]["message_sender"]) == (f"{BOX} {OTHER}", "LINE")
    assert (told["BL0003"]["container_ids"], told["BL0003"]["message_id"]) == (OTHER, "M2")
    assert meeting(came, bills()).bills.schema == met.bills.schema


def test_nothing_is_said_without_a_manifest_or_of_another_mode() -> None:
    came = lines({"declaration_id": "D1", "transport_mode": "3"}, {"declaration_id": "D2", "transport_mode": "1"})
    marked, report = meet(came, bills())
    assert marked["cargo_found"].to_list() == [None, None]
    assert report.height == 0
    marked, report = meet(came, bills({"bill_id": "B1", "transport_mode": "1"}))
    assert report.filter(pl.col("kind") == "without_cargo")["declaration_ids"].to_list() == ["D2"]
    assert marked["cargo_found"].to_list() == [None, False]


@pytest.mark.parametrize(
    "said",
    [
        {"bill_id": "hlcu-2603/001"},
        {"documents": "N935 HLCU2603001"},
        {"previous_documents": "Z:705:HLCU2603001:1"},
        {"previous_documents": "X:MRN:26VN0001, Z:705:HLCU-2603-001"},
        {"documents": "HLCU 2603 001"},
    ],
)
def test_how_a_declaration_may_name_its_bill(said: dict[str, Any]) -> None:
    marked, _ = meet(lines({"declaration_id": "D1", **said}), bills({"bill_id": "HLCU2603001"}))
    assert marked["cargo_found"].to_list() == [True]


def test_a_code_of_a_kind_of_document_is_no_bill() -> None:
    marked, report = meet(lines({"declaration_id": "D1", "documents": "N705 N935"}), bills({"bill_id": "N705"}))
    assert marked["cargo_found"].to_list() == [False]
    assert kinds(report) == {"N705": "undeclared", "D1": "without_cargo"}


def test_a_bill_cleared_in_parts_and_a_declaration_for_several_bills_are_weighed_as_a_whole() -> None:
    came = lines(
        {"declaration_id": "D1", "bill_id": "BILL01", "gross_mass_kg": 400.0},
        {"declaration_id": "D2", "bill_id": "BILL01", "gross_mass_kg": 600.0},
        {"declaration_id": "D3", "bill_id": "BILL02", "gross_mass_kg": 100.0},
        {"declaration_id": "D3", "item_number": 2, "bill_id": "BILL03", "gross_mass_kg": 200.0},
    )
    board = bills(
        *({"bill_id": f"BILL0{n}", "gross_mass_kg": mass} for n, mass in ((1, 1000.0), (2, 150.0), (3, 150.0)))
    )
    marked, report = meet(came, board)
    assert kinds(report) == {"BILL01": "agrees", "BILL02 BILL03": "agrees"}
    assert marked["cargo_mass_ratio"].to_list() == [1.0, 1.0, 1.0, 1.0]


def test_a_groupage_container_under_several_bills_has_a_mass_a_bill() -> None:
    board = bills(
        {"bill_id": "B1", "container_id": BOX, "gross_mass_kg": 3000.0, "consignee_name": "Công ty An"},
        {"bill_id": "B2", "container_id": BOX, "gross_mass_kg": 2000.0, "consignee_name": "Công ty Bình"},
        {"bill_id": "B3", "container_id": BOX, "gross_mass_kg": 1000.0, "consignee_id": "0300"},
        {"bill_id": "B3", "container_id": OTHER, "gross_mass_kg": 500.0, "consignee_id": "0300"},
    )
    came = lines(
        {"declaration_id": "D1", "bill_id": "B1", "container_ids": BOX, "gross_mass_kg": 3000.0},
        {"declaration_id": "D2", "container_ids": BOX, "gross_mass_kg": 1000.0, "importer_name": "CÔNG TY  BÌNH"},
        {"declaration_id": "D3", "container_ids": f"{BOX} {OTHER}", "gross_mass_kg": 1500.0, "importer_id": "0300"},
    )
    marked, report = meet(came, board)
    assert kinds(report) == {"B2": "short", "B1": "agrees", "B3": "agrees"}
    assert marked["cargo_mass_ratio"].to_list() == [1.0, 0.5, 1.0]
    assert dict(report.select("bill_ids", "matched_by").rows()) == {"B1": "bill", "B2": "container", "B3": "container"}
    # Nobody can tell whose bill is whose: they are weighed together.
    strangers = lines(*({"declaration_id": f"D{n}", "container_ids": BOX, "gross_mass_kg": 2000.0} for n in (1, 2, 3)))
    _, report = meet(strangers, board)
    assert report.select("kind", "manifested_kg", "declared_kg").rows() == [("short", 6500.0, 6000.0)]


def test_a_container_counts_within_its_time_only() -> None:
    came = lines({"declaration_id": "D1", "container_ids": BOX})
    board = {"container_id": BOX, "bill_id": "B1"}
    for days, found in ((0, True), (30, True), (-30, True), (31, False)):
        marked, _ = meet(came, bills({**board, "arrived_on": DAY + timedelta(days=days)}))
        assert marked["cargo_found"].to_list() == [found]
    marked, _ = meet(came, bills({**board, "arrived_on": DAY + timedelta(days=31)}), Tolerance(days=40))
    assert marked["cargo_found"].to_list() == [True]


def test_a_manifest_sent_again_takes_the_place_of_the_first() -> None:
    came = lines({"declaration_id": "D1", "bill_id": "B1", "gross_mass_kg": 900.0})
    first = {"bill_id": "B1", "gross_mass_kg": 5000.0}
    _, report = meet(came, bills(first, {**first, "gross_mass_kg": 900.0, "message_id": "M2"}))
    assert report.select("kind", "manifested_kg").rows() == [("agrees", 900.0)]
    # A bay plan names containers only: they are the cargo of the bills that name them, not more of it.
    _, report = meet(came, bills({**first, "container_id": BOX}, {"container_id": BOX, "gross_mass_kg": 7000.0}))
    assert report["manifested_kg"].to_list() == [5000.0]


def test_a_master_bill_stands_for_its_house_bills() -> None:
    came = lines({"declaration_id": "D1", "bill_id": "MASTER1"}, {"declaration_id": "D2", "bill_id": "HOUSE1"})
    board = bills(*({"bill_id": f"HOUSE{n}", "master_bill_id": "MASTER1"} for n in (1, 2, 3)))
    _, report = meet(came, board)
    assert sorted(report.select("bill_ids", "declaration_ids").rows()) == [("HOUSE1", "D2"), ("HOUSE2 HOUSE3", "D1")]


def test_the_tolerance() -> None:
    def said(declared: float, manifested: float, tolerance: Tolerance | None = None) -> str:
        came = lines({"declaration_id": "D1", "bill_id": "B1", "gross_mass_kg": declared})
        _, report = meet(came, bills({"bill_id": "B1", "gross_mass_kg": manifested}), tolerance)
        return str(report["kind"].item())

    assert [said(19_600, 20_000), said(19_599, 20_000), said(20_401, 20_000)] == ["agrees", "short", "over"]
    assert [said(50, 100), said(49, 100), said(151, 100)] == ["agrees", "short", "over"]
    assert said(50, 100, Tolerance(kg=0)) == "short"
    with pytest.raises(InputError, match="share is -1"):
        Tolerance(share=-1)


NUMBERS = st.sampled_from([None, "BILL-01", "BILL-02", "BILL-03", "BILL-04"])
BOXES = st.sampled_from([None, BOX, OTHER])
MASS = st.sampled_from([None, 100.0, 250.0, 4000.0])
DECLARED = st.fixed_dictionaries(
    {"bill_id": NUMBERS, "container_ids": BOXES, "gross_mass_kg": MASS, "importer_id": st.sampled_from([None, "0300"])}
)
BILL = st.fixed_dictionaries(
    {
        "bill_id": NUMBERS,
        "container_id": BOXES,
        "gross_mass_kg": MASS,
        "master_bill_id": NUMBERS,
        "consignee_id": st.sampled_from([None, "0300"]),
    }
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), DECLARED), max_size=7),
    st.lists(BILL, min_size=1, max_size=7),
    st.randoms(use_true_random=False),
)
def test_totals_add_up_and_no_bill_counts_twice(
    told: list[tuple[int, dict[str, Any]]], board: list[dict[str, Any]], random: Any
) -> None:
    came = lines(*({"declaration_id": f"D{d}", "item_number": n, **row} for n, (d, row) in enumerate(told)))
    marked, report = meet(came, bills(*board))
    assert marked.select(came.columns).equals(came)
    named = [bill for text in report["bill_ids"].drop_nulls() for bill in text.split(" ")]
    assert sorted(named) == sorted({row["bill_id"] for row in board} - {None})
    declared = [name for text in report["declaration_ids"].drop_nulls() for name in text.split(" ")]
    assert sorted(declared) == sorted(set(came["declaration_id"]))
    if all(row["gross_mass_kg"] is not None for row in board) and all(row["bill_id"] for row in board):
        assert report["manifested_kg"].sum() == sum(row["gross_mass_kg"] for row in board)
    if came["gross_mass_kg"].null_count() == 0:
        assert report["declared_kg"].sum() == came["gross_mass_kg"].sum()
    assert (
        marked["cargo_found"]
        == marked["declaration_id"].is_in(report.filter(pl.col("kind") == "without_cargo")["declaration_ids"].implode())
    ).any() is False
    # The order of declarations does not matter.
    rows = came.sample(fraction=1, shuffle=True, seed=random.randrange(99)) if came.height else came
    again, other = meet(rows, bills(*board))
    key = ["declaration_id", "item_number"]
    assert again.sort(key).equals(marked.sort(key))
    assert other["kind"].to_list() == report["kind"].to_list()


def test_the_same_manifest_twice_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made.register(monkeypatch)
    rows = [{"kind": "bill", "manifest_id": "V1", "message_id": "M1", "bill_id": "B1", "gross_mass_kg": 700.0}]
    rows += [rows[0] | {"description": "a second item of the bill"}]
    files = [
        made.write(tmp_path / f"{n}.msg", [*rows, made.line("D1", house_bill="B1", gross_mass_kg=1400.0)])
        for n in (1, 2)
    ]
    once, twice = intake.read(files[0]), intake.read(files)
    assert twice.bills.equals(once.bills)
    assert meet(twice.lines, twice.bills)[1].select("kind", "manifested_kg").rows() == [("agrees", 1400.0)]


def test_the_report_is_written_in_both_languages(tmp_path: Path) -> None:
    _, report = meet(lines(), bills({"bill_id": "B1", "consignee_name": "Công ty An"}))
    for language, words in (("en", "no declaration names it"), ("vi", "không có tờ khai")):
        write_cargo(report, tmp_path / "cargo.csv", language)
        with (tmp_path / "cargo.csv").open(encoding="utf-8-sig") as file:
            (row,) = csv.DictReader(file)
        assert words in row["explanation"]
        assert (row["bill_ids"], row["party"], row["declared_kg"]) == ("B1", "Công ty An", "")


def manifest(
    function: str | None, version: int | None, hour: int | None, mass: float, bill: str | None = "BL-1"
) -> dict[str, Any]:
    """One bill of a made-up message about one manifest."""
    sent = None if hour is None else datetime(2026, 3, 1, hour)  # noqa: DTZ001 - columns of times have no zone
    return {
        "bill_id": bill,
        "gross_mass_kg": mass,
        "message_id": f"{function} {version} {hour} {mass}",
        "message_function": function,
        "message_version": version,
        "message_sent_at": sent,
    }


@pytest.mark.parametrize(
    ("told", "mass"),
    [
        ([manifest("original", 1, 1, 10.0), manifest("amendment", 2, 2, 20.0)], 20.0),
        ([manifest("original", 1, 1, 10.0), manifest("amendment", None, 2, 20.0)], 20.0),
        ([manifest("original", 1, 3, 10.0), manifest("amendment", 2, 2, 20.0)], 20.0),
        ([manifest("original", 1, 1, 10.0), manifest("cancellation", 1, 2, 0.0)], None),
        ([manifest("original", 1, 1, 10.0), manifest("cancellation", 1, 2, 0.0, None)], None),
        (
            [
                manifest("original", 1, 1, 10.0),
                manifest("cancellation", 1, 2, 0.0, None),
                manifest("original", 3, 4, 5.0),
            ],
            5.0,
        ),
    ],
)
def test_the_latest_version_of_a_manifest_counts_whatever_the_order(
    told: list[dict[str, Any]], mass: float | None
) -> None:
    for order in permutations(told):
        _, report = meet(lines({"declaration_id": "D1", "bill_id": "OTHER-1"}), bills(*order))
        weighed = report.filter(kind="undeclared")
        assert weighed["manifested_kg"].to_list() == ([mass] if mass is not None else [])


def test_a_manifest_that_says_nothing_of_its_version_counts_as_it_came_last() -> None:
    told = [manifest(None, None, None, mass) for mass in (10.0, 20.0)]
    for order in permutations(told):
        _, report = meet(lines(), bills(*order))
        assert report["manifested_kg"].to_list() == [order[-1]["gross_mass_kg"]]


def test_the_same_reference_with_other_cargo_in_another_file_is_not_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.register(monkeypatch)
    row = {"kind": "bill", "manifest_id": "V1", "message_id": None, "bill_id": "BL-1", "gross_mass_kg": 10.0}
    files = [
        made.write(tmp_path / f"{n}.msg", [{**row, "gross_mass_kg": mass}]) for n, mass in enumerate((10.0, 20.0, 10.0))
    ]
    came = intake.read(files)
    assert came.bills["gross_mass_kg"].to_list() == [10.0, 20.0]
    _, report = meet(lines(), came.bills)
    assert report["manifested_kg"].to_list() == [20.0]


CUSCAR = (
    "UNB+UNOC:3+MADE:ZZ+UP:ZZ+260302:{hour}+R{hour}'UNH+1+CUSCAR:D:99B:UN'BGM+85+MF1:{version}+{function}'"
    "{body}UNT+{count}+1'UNZ+1+R{hour}'"
)


def test_cuscar_says_its_version_function_and_time(tmp_path: Path) -> None:
    goods = "CNI+1'RFF+BM:BL-1'GID+1+4:CT'MEA+AAE+G+KGM:{}'"
    texts = {
        "b.edi": CUSCAR.format(hour="0730", version=1, function=9, body=goods.format(100), count=7),
        "a.edi": CUSCAR.format(hour="0930", version=2, function=4, body=goods.format(200), count=7),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    came = intake.read(tmp_path)
    assert came.bills.select("message_function", "message_version").sort("message_version").rows() == [
        ("original", 1),
        ("amendment", 2),
    ]
    assert meet(came.lines, came.bills)[1]["manifested_kg"].to_list() == [200.0]
    (tmp_path / "c.edi").write_text(CUSCAR.format(hour="1030", version=3, function=1, body="", count=3))
    came = intake.read(tmp_path)
    assert came.rejected.height == 0
    assert meet(came.lines, came.bills)[1].height == 0


def test_the_line_of_a_bill_is_not_its_number() -> None:
    came = lines({"declaration_id": "D1", "bill_id": "BL0001"}).with_columns(bill_line=pl.lit("1"))
    _, report = meet(came, bills({"bill_id": "1", "gross_mass_kg": 5.0}))
    assert kinds(report)["1"] == "undeclared"
