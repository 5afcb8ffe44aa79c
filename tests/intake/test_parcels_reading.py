"""Parcels read: the samples, the schema against jsonschema, what is said of faults, and what comes back from lines."""

from __future__ import annotations

import copy
import gzip
import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tidegate import intake
from tidegate.errors import InputError
from tidegate.intake import parcels
from tidegate.intake.parcels.detection import detect
from tidegate.intake.parcels.faults import FAULTS, LONGEST, Fault, told, untold
from tidegate.intake.parcels.schema import checker, expected
from tidegate.profiles import Book, Matcher
from tidegate.trade import LINE_SCHEMA, s10

SAMPLES = Path(__file__).resolve().parents[2] / "examples/messages/parcels/ten_parcels.json"
TEN: list[dict[str, Any]] = json.loads(SAMPLES.read_text(encoding="utf-8"))
DAY = date(2026, 3, 2)
ORACLE = jsonschema.Draft202012Validator(parcels.PARCEL)


def _read(folder: Path, content: Any, name: str = "p.json", **more: Any) -> intake.Intake:
    path = folder / name
    if isinstance(content, list):
        content = "\n".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return intake.read(path, **more)


def _parcel(i: int = 0, **changes: Any) -> dict[str, Any]:
    one = copy.deepcopy(TEN[4])
    serial = f"{i:08d}"
    return {**one, "item_id": f"CX{serial}{s10.check_digit(serial)}CN", **changes}


def _without(parcel: dict[str, Any], pointer: str) -> dict[str, Any]:
    return _with(parcel, pointer, None, gone=True)


def _with(parcel: dict[str, Any], pointer: str, value: Any, *, gone: bool = False) -> dict[str, Any]:
    made: Any = copy.deepcopy(parcel)
    here, (*way, last) = made, [int(part) if part.isdigit() else part for part in pointer.split("/")[1:]]
    for part in way:
        here = here[part]
    if gone:
        del here[last]
    else:
        here[last] = value
    return made  # type: ignore[no-any-return]


def test_the_ten_samples() -> None:
    for one in TEN:
        ORACLE.validate(one)
    came = intake.read(SAMPLES)
    assert came.counts == {"read": 12, "kept": 12, "rejected": 0, "flagged": 1}
    assert not came.unread
    assert list(came.lines.columns) == [*parcels.FORMAT.columns]
    assert {field.name: field.dtype for field in parcels.EXTRAS}.items() <= dict(came.lines.schema).items()
    assert came.lines["linked_parcels"].to_list() == [4] * 5 + [1] * 7
    third = came.lines.row(2, named=True) | {}
    assert {name: value for name, value in third.items() if value is not None} == {
        "declaration_id": "LX100200512CN",
        "item_number": 1,
        "lodged_on": DAY,
        "office": "02BC",
        "procedure": "H11",
        "importer_name": "Trang Nguyen Thi Minh",
        "importer_address": "Số 12 Lê Lợi, Q1, TP. Hồ Chí Minh",
        "exporter_name": "Bright Bay Trading (made up)",
        "hs_code": "850440",
        "description": "Phone charger",
        "origin_country": "CN",
        "dispatch_country": "CN",
        "transport_mode": "5",
        "packages": 1,
        "package_type": "PC",
        "quantity": 2.0,
        "quantity_unit": "H87",
        "net_mass_kg": 0.2,
        "customs_value": 300_000.0,
        "currency": "VND",
        "message_format": "parcels",
        "message_id": "SAMPLE-03",
        "message_sender": "POST-SAMPLE",
        "message_function": "original",
        "message_sent_at": datetime(2026, 3, 2, 8, 15),  # noqa: DTZ001
        "parcel_category": "sale_of_goods",
        "parcel_value": 540_000.0,
        "parcel_gross_mass_kg": 0.45,
        "postage": 3.2,
        "postage_currency": "USD",
        "posted_on": date(2026, 2, 24),
        "arrived_on": DAY,
        "addressee_country": "VN",
        "exporter_address": "88 Nanshan Road, Shenzhen, 518000",
        "linked_parcels": 4,
        "linked_value": 3_460_000.0,
        "linked_under_threshold": True,
        "linked_to": "LX100200375CN",
    }
    assert came.lines["packages"].to_list() == [1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1]


SPLIT = """
[[profile]]
id = "PARCEL-SPLIT"
title = "Parcels to one addressee on one day, worth more together than they may be"
when = "linked_parcels >= 3 AND linked_value > 40 AND linked_under_threshold"
channel = "yellow"
rate = 1.0
starts = 2026-01-01
ends = 2026-12-31
owner = "hq.post"
"""


def test_splitting_is_seen_by_a_profile() -> None:
    lines = intake.read(SAMPLES).lines
    hits = Matcher(Book.from_toml(SPLIT), lines.schema).match(lines)
    assert hits.line.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("layout", ["array", "pretty", "lines", "one after the other", "mark", "gzip"])
def test_layouts(layout: str, tmp_path: Path) -> None:
    texts = [json.dumps(one, ensure_ascii=False) for one in TEN]
    content = {
        "array": lambda: json.dumps(TEN).encode(),
        "pretty": lambda: json.dumps(TEN, indent=2, ensure_ascii=False).encode(),
        "lines": lambda: "\r\n".join(["", *texts, ""]).encode(),
        "one after the other": lambda: "\n\n".join(json.dumps(one, indent=1) for one in TEN).encode(),
        "mark": lambda: "\n".join(texts).encode("utf-8-sig"),
        "gzip": lambda: gzip.compress("\n".join(texts).encode()),
    }[layout]()
    came = _read(tmp_path, content)
    assert_frame_equal(came.lines, intake.read(SAMPLES).lines)
    one = _read(tmp_path, json.dumps(TEN[2], indent=3).encode(), "one.json")
    assert one.lines["item_number"].to_list() == [1, 2]


def test_rows_are_lines_of_the_file(tmp_path: Path) -> None:
    bad = {**TEN[1], "category": "present"}
    came = _read(tmp_path, [TEN[0], "", bad])
    assert came.rejected["row"].to_list() == [3]
    pretty = json.dumps([TEN[0], bad], indent=1)
    came = _read(tmp_path, pretty)
    assert came.rejected["row"].to_list() == [pretty[: pretty.index(TEN[1]["item_id"])].count("\n")]


NEARLY: list[Any] = [
    *(None, True, -1, 0, 1.0, 1.5, 10**400, 1e15, 2e15, "", " ", "x", "US", "VND", "31", "gift", "392690", "1", "a b"),
    *("2026-03-02", "2026-3-2", "20260302", "IM1234567890", "2026-03-02T10:11:12Z", "amendment", "cancellation"),
    *("RR473124829GB", [], {}, [1], ["A1"], {"amount": 1, "currency": "EUR"}, "y" * 80, "z" * 5000),
]
POINTERS = [
    *(f"/{name}" for name in parcels.PARCEL["properties"]),
    *(f"/addressee/{name}" for name in parcels.PARCEL["$defs"]["party"]["properties"]),
    *(f"/pieces/0/{name}" for name in parcels.PARCEL["$defs"]["piece"]["properties"]),
    *("/declarant/name", "/declarant/identification", "/postage/amount", "/postage/currency"),
]
WHOLE = {**TEN[7], "declarant": {"name": "Post", "identification": "P1"}, "ioss": "IM2760000019", "version": 2}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(POINTERS), st.sampled_from(NEARLY) | st.just("gone")), max_size=3))
def test_the_check_agrees_with_jsonschema(changes: list[tuple[str, Any]]) -> None:
    parcel = WHOLE
    for pointer, value in changes:
        try:
            parcel = _with(parcel, pointer, value, gone=value == "gone")
        except (KeyError, IndexError, TypeError):
            continue
    found = checker()(parcel, Counter())
    errors = list(ORACLE.iter_errors(parcel))
    assert bool(found) == bool(errors), (found, errors)
    # jsonschema points at the object that lacks a key, the fault at the key.
    wrong = {"".join(f"/{part}" for part in error.absolute_path) for error in errors}
    assert {f.pointer.rpartition("/")[0] if f.code == "missing" else f.pointer for f in found} == wrong


@pytest.mark.parametrize("value", [None, 1, "x", [], ["item_id"], {}])
def test_what_is_no_parcel(value: Any) -> None:
    assert checker()(value, Counter())
    assert not ORACLE.is_valid(value)


FAULTY = [
    (_without(TEN[4], "/addressee/name"), "/addressee/name is missing (name, up to 1,000 characters)"),
    (
        _with(TEN[4], "/pieces/0/hs_code", "12"),
        "/pieces/0/hs_code is not written as expected (HS code, 6 to 12 digits)",
    ),
    (_with(TEN[4], "/pieces/0/hs_code", "779900"), "/pieces/0/hs_code is in an HS chapter that does not exist"),
    (
        _with(TEN[4], "/pieces/0/value", -5),
        "/pieces/0/value is out of range (value of all of them together, 0 or more)",
    ),
    (_with(TEN[4], "/pieces/0/quantity", "3"), "/pieces/0/quantity is of the wrong type (how many, 0 or more)"),
    (_with(TEN[2], "/pieces/1/currency", "USD"), "/pieces/1/currency is another currency than that of the first piece"),
    (_with(TEN[2], "/pieces/1/number", 1), "/pieces/1/number is the number of an earlier piece"),
    (_with(TEN[4], "/category", "33"), "/category is none of the known codes (a category of CN 23, as a word or"),
    (_with(TEN[4], "/lodged_on", "2026-02-30"), "/lodged_on is no day between 1950 and 2100 (day on which"),
    (_with(TEN[4], "/posted_on", "1900-01-01"), "/posted_on is no day between 1950 and 2100"),
    (_with(TEN[4], "/sent_at", "2026-03-02T25:00:00Z"), "/sent_at is no day between 1950 and 2100"),
    (_with(TEN[4], "/pieces", []), "/pieces has too few or too many entries"),
    (_with(TEN[4], "/office", "x" * 71), "/office is too long"),
    (_with(TEN[4], "/office", "a\0b"), "/office holds a character that cannot be kept"),
    (_without(TEN[4], "/lodged_on"), "/lodged_on is missing (day on which the data were lodged: 2026-01-31)"),
]


@pytest.mark.parametrize(("parcel", "said"), FAULTY, ids=[said[:30] for _, said in FAULTY])
def test_what_is_said_of_a_fault(parcel: dict[str, Any], said: str, tmp_path: Path) -> None:
    came = _read(tmp_path, [_parcel(1), parcel, _parcel(2)])
    assert came.lines["declaration_id"].n_unique() == 2
    (row,) = came.rejected.rows(named=True)
    assert (row["row"], row["reason"], row["field"]) == (2, "message", None)
    assert row["value"].startswith(f"parcel {parcel['item_id']}: {said}")


def test_a_wrong_check_digit_is_named(tmp_path: Path) -> None:
    came = _read(tmp_path, [_parcel(1), _parcel(2, item_id="RR473124828GB"), _parcel(3, item_id="not one")])
    assert came.rejected["value"].to_list() == [
        "parcel RR473124828GB: /item_id has a wrong check digit "
        "(number of the item after UPU S10: 2 letters, 9 digits, 2 letters)",
        "parcel ?: /item_id is not written as expected "
        "(number of the item after UPU S10: 2 letters, 9 digits, 2 letters)",
    ]


def test_the_day_of_receipt_stands_in_for_the_day_of_lodging(tmp_path: Path) -> None:
    came = _read(tmp_path, [_without(TEN[4], "/lodged_on")], received=date(2026, 5, 1))
    assert came.lines["lodged_on"].to_list() == [date(2026, 5, 1)]


def test_a_cancellation_needs_no_goods(tmp_path: Path) -> None:
    cancelled = {"item_id": TEN[3]["item_id"], "function": "cancellation", "version": 2}
    ORACLE.validate(cancelled)
    path = tmp_path / "p.json"
    path.write_text(json.dumps([cancelled]))
    source = intake.files.find(path, [("parcels", (".json",), detect)])[0]  # type: ignore[attr-defined]
    (raw,) = parcels.FORMAT.read(source, DAY)
    row = raw.table.row(0, named=True)
    assert (row["declaration_id"], row["message_function"], row["message_version"]) == (
        TEN[3]["item_id"],
        "cancellation",
        2,
    )
    assert row["hs_code"] is None
    assert row["linked_parcels"] is None


def test_what_nobody_reads_is_counted(tmp_path: Path) -> None:
    extra = _with(_with(TEN[4], "/licence", "A"), "/pieces/0/brand", "B")
    came = _read(tmp_path, [extra, _with(_parcel(1), "/pieces/0/brand", "C")])
    assert came.unread == {("parcels", "licence"): 1, ("parcels", "pieces[].brand"): 2}


@given(st.lists(st.sampled_from(sorted(FAULTS)), min_size=1, max_size=12), st.booleans())
def test_what_is_told_can_be_read_again(codes: list[str], known: bool) -> None:
    faults = [Fault(f"/pieces/{i}/hs_code", code, "HS code, 6 to 12 digits") for i, code in enumerate(codes)]
    text = told("RR473124829GB" if known else {"not": "a text"}, faults)
    assert len(text) <= LONGEST
    again = untold(text)
    assert again is not None
    item, found = again
    assert item == ("RR473124829GB" if known else "")
    assert found == [(f.pointer, f.code) for f in faults][: len(found)]
    assert len(found) == len(faults) or text.endswith(f"and {len(faults) - len(found)} more")


def test_every_pointer_says_what_is_expected() -> None:
    assert [pointer for pointer in POINTERS if not expected(pointer)] == []


@pytest.mark.parametrize(
    "text",
    [
        '{"declaration_id": "A", "item_id": "x", "pieces": 1}',
        '{"a": "\\"item_id\\": \\"pieces\\":"}',
        '{"a": {"item_id": 1, "pieces": 2}}',
        '[{"item_id": 1, "x": [{"pieces": 2}]}]',
        '[{"a": 1}]',
        "item_id,pieces",
        "[]",
        "{",
        "",
        '{"' * 20_000,
        '{"' + '\\"' * 30_000,
    ],
)
def test_other_json_is_no_parcel(text: str) -> None:
    assert detect(text.encode()) == ""


def test_a_cut_head_is_still_a_parcel() -> None:
    assert detect(json.dumps(TEN, indent=2).encode()[:1500]) == "parcels (JSON array)"
    assert detect(b"\xef\xbb\xbf  " + json.dumps(TEN[0]).encode()) == "parcels (JSON)"


def test_lines_of_intake_are_read_as_before(tmp_path: Path) -> None:
    line = {
        "declaration_id": "A",
        "lodged_on": "2026-01-01",
        "hs_code": "440799",
        "description": '"item_id": "pieces":',
    }
    came = _read(tmp_path, [line], "t.ndjson")
    assert came.lines["declaration_id"].to_list() == ["A"]
    assert "parcel_value" not in came.lines.columns
    with pytest.raises(InputError, match="this is a JSON array"):
        _read(tmp_path, json.dumps([line]))


PARTY = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Nguyễn Văn An", "O'Neil & Söhne", "王小明"]),
        "address": st.sampled_from(["12 Lê Lợi", "Hauptstr. 5\nHinterhaus", "世纪大道100号"]),
        "country": st.sampled_from(["VN", "DE", "CN"]),
    },
    optional={"city": st.just("Huế"), "postcode": st.just("530000"), "identification": st.just("079099000123")},
)
AMOUNTS = st.integers(0, 10**6) | st.floats(0, 1e9, allow_nan=False)
PIECES = st.fixed_dictionaries(
    {
        "description": st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
            str.strip
        ),
        "quantity": AMOUNTS,
        "net_mass_kg": AMOUNTS,
        "value": AMOUNTS,
        "currency": st.just("EUR"),
    },
    optional={
        "origin_country": st.just("CN"),
        "hs_code": st.sampled_from(["392690", "85171300", "0101210000", "", None]),
    },
)
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31)).map(date.isoformat)
PARCELS = st.fixed_dictionaries(
    {
        "item_id": st.integers(0, 99_999_999).map("{:08d}".format).map(lambda s: f"CX{s}{s10.check_digit(s)}CN"),
        "category": st.sampled_from(parcels.PARCEL["properties"]["category"]["enum"]),
        "sender": PARTY,
        "addressee": PARTY,
        "pieces": st.lists(PIECES, min_size=1, max_size=3),
        "lodged_on": DAYS,
    },
    optional={
        "function": st.sampled_from(["original", "amendment"]),
        "version": st.integers(1, 9),
        "sent_at": DAYS.map(lambda day: f"{max(day, '1950-01-02')}T05:06:07.25+07:00"),
        "message_id": st.just("M1"),
        "submitter": st.just("POST"),
        "declarant": st.just({"name": "Post", "identification": "P1"}),
        "gross_mass_kg": AMOUNTS,
        "postage": st.fixed_dictionaries({"amount": AMOUNTS, "currency": st.just("CNY")}),
        "ioss": st.just("IM2760000019"),
        "procedure": st.just("H7"),
        "office": st.just("02BC"),
        "carrier_id": st.just("C1"),
        "posted_on": DAYS,
        "arrived_on": DAYS,
        "documents": st.lists(st.sampled_from(["380", "N851"]), max_size=3),
    },
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(made=st.lists(PARCELS, min_size=1, max_size=4, unique_by=lambda one: one["item_id"]))
def test_read_written_and_read_again(made: list[dict[str, Any]], tmp_path: Path) -> None:
    came = _read(tmp_path, made)
    assert came.rejected.height == 0
    assert came.lines.height == sum(len(one["pieces"]) for one in made)
    (path,) = parcels.FORMAT.write(came.lines, tmp_path / "out")  # type: ignore[misc]
    for line in path.read_bytes().split(b"\n")[:-1]:
        ORACLE.validate(json.loads(line))
    assert_frame_equal(intake.read(path).lines, came.lines)


def test_nothing_to_write(tmp_path: Path) -> None:
    lines = pl.DataFrame(schema=LINE_SCHEMA)
    assert parcels.FORMAT.write(lines, tmp_path / "out") == []  # type: ignore[misc]
    assert not (tmp_path / "out").exists()
