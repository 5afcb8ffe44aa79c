"""What is written as ASYCUDA World XML and read again is the same, in every field that the form has a place for."""

from __future__ import annotations

import tempfile
import unicodedata
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tidegate import intake
from tidegate.errors import InputError
from tidegate.intake.asycuda import SAD_FORMAT, write_bills
from tidegate.intake.asycuda.sad_writing import NOWHERE, write
from tidegate.trade import BILL_SCHEMA, LINE_SCHEMA, MESSAGE_SCHEMA, conform

SAMPLES = Path(__file__).resolve().parents[2] / "examples" / "messages" / "asycuda"
SCHEMA = {**LINE_SCHEMA, **MESSAGE_SCHEMA}
KEPT = [name for name in SCHEMA if name not in NOWHERE and name != "message_format"]

# Texts of one line in any script, without spaces around them: that is how intake knows texts.
LETTERS = st.characters(
    exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp", "Zs"), exclude_characters="\ufffe\uffff"
)
WORD = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: unicodedata.normalize("NFC", text))
TEXT = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
CODE = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=2, max_size=6)
AMOUNT = st.floats(0.01, 1e12).map(lambda value: round(value, 2))
DAY = st.integers(0, 40_000).map(lambda days: date(1950, 1, 1) + timedelta(days))
PLAIN_ID = st.text("ABCDEFGHIJ0123456789/-.", min_size=1, max_size=20)


def perhaps(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


GENERAL: dict[str, st.SearchStrategy[Any]] = {
    "lodged_on": DAY,
    "office": perhaps(CODE),
    "importer_id": perhaps(CODE),
    "importer_name": perhaps(TEXT),
    "importer_address": perhaps(TEXT),
    "exporter_id": perhaps(CODE),
    "exporter_name": perhaps(TEXT),
    "declarant_id": perhaps(CODE),
    "declarant_name": perhaps(TEXT),
    "dispatch_country": perhaps(st.sampled_from(["VN", "CM", "CG"])),
    "loading_port": perhaps(st.sampled_from(["CMDLA", "VNHPH"])),
    "transport_mode": perhaps(st.sampled_from("123456789")),
    "transport_id": perhaps(TEXT),
    "message_id": perhaps(TEXT),
    "message_function": st.sampled_from(["original", "amendment"]),
    "message_version": perhaps(st.integers(1, 999)),
}
ITEM: dict[str, st.SearchStrategy[Any]] = {
    "procedure": perhaps(st.sampled_from(["4000-000", "IM4", "A11", "4000-00", "40-00-000"]) | CODE),
    "hs_code": perhaps(st.text("0123456789", min_size=4, max_size=10).map(lambda rest: "44" + rest)),
    "description": perhaps(TEXT),
    "origin_country": perhaps(st.sampled_from(["VN", "CM", "CG"])),
    "container_ids": perhaps(st.lists(CODE, min_size=1, max_size=3, unique=True).map(" ".join)),
    "packages": perhaps(st.integers(0, 1 << 30)),
    "package_type": perhaps(CODE),
    "quantity": perhaps(AMOUNT),
    "quantity_unit": perhaps(CODE),
    "gross_mass_kg": perhaps(AMOUNT),
    "net_mass_kg": perhaps(AMOUNT),
    "customs_value": AMOUNT,
    "currency": perhaps(st.sampled_from(["VND", "USD", "EUR"])),
    "incoterm": perhaps(st.sampled_from(["CIF", "FOB"])),
    "duty_rate": perhaps(st.floats(0, 900).map(lambda value: round(value, 3))),
    "preference": perhaps(CODE),
    "documents": perhaps(st.lists(CODE, min_size=1, max_size=3).map(" ".join)),
}


@st.composite
def declarations(draw: st.DrawFn) -> pl.DataFrame:
    """Lines of up to three declarations; a number may be one that ASYCUDA itself would give."""
    lines = []
    for number in draw(st.lists(PLAIN_ID, min_size=1, max_size=3, unique=True)):
        general = draw(st.fixed_dictionaries(GENERAL))
        if draw(st.booleans()) and general["office"]:
            number = f"{general['office']}-{general['lodged_on'].year}-C-{len(lines) + 1}"
        places = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=3)))
        items = [(place, draw(st.fixed_dictionaries(ITEM))) for place in places]
        lines += [{"declaration_id": number, "item_number": place, **general, **item} for place, item in items]
    return conform(pl.DataFrame(lines, schema_overrides={n: t for n, t in SCHEMA.items() if n in lines[0]}))


def again(lines: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """Written and read, in the order of the lines that were written."""
    came = intake.read(write(lines, folder))
    assert came.rejected.height == 0
    keys = ["declaration_id", "item_number"]
    return lines.select(keys).join(came.lines, on=keys, how="left", maintain_order="left")


@settings(max_examples=25, deadline=None)
@given(declarations())
def test_lines_come_back_as_they_were(lines: pl.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as folder:
        back = again(lines, Path(folder))
    for name in [name for name in KEPT if name in lines.columns]:
        assert back[name].to_list() == lines[name].to_list(), name


def test_the_samples_come_back_with_their_extra_columns(tmp_path: Path) -> None:
    for sample in ("sad-export.xml", "sad-other-profile.xml"):
        lines = intake.read(SAMPLES / sample).lines
        back = again(lines, tmp_path / sample)
        # Items are announced as they are written; 0.0 is written as 0.
        for name in set(lines.columns) - {*NOWHERE, "items_announced", "duty_rate_written"}:
            assert back[name].to_list() == lines[name].to_list(), name


def test_a_reference_of_the_declarant_is_not_written_as_a_registration(tmp_path: Path) -> None:
    (path,) = write(intake.read(SAMPLES / "sad-other-profile.xml").lines, tmp_path)
    root = etree.parse(path).getroot()
    for step in ("Serial_number", "Number", "Date"):
        assert root.find(f"Identification/Registration/{step}/null") is not None
    assert root.findtext("Property/Date_of_declaration") == "2026-03-14"


def test_nothing_but_what_a_sad_cannot_hold_is_left_out() -> None:
    assert set(NOWHERE) <= set(SCHEMA)
    assert set(KEPT) == {"declaration_id", "item_number", *GENERAL, *ITEM}


def test_what_repeats_in_an_item_comes_back(tmp_path: Path) -> None:
    made = {
        "documents": "380 861 380",
        "document_references": "380 NR 1; 380 NR 2",
        "quantity": 5.0,
        "quantity_unit": "MTQ",
        "other_quantities": "C62 12; KGM 40.5",
    }
    line = {"declaration_id": "A", "item_number": 1, "hs_code": "440799", "lodged_on": date(2026, 1, 2), **made}
    (back,) = again(conform(pl.DataFrame([line])), tmp_path).to_dicts()
    assert {name: back[name] for name in made} == made


def test_a_rate_without_a_value_is_kept_as_it_is_written(tmp_path: Path) -> None:
    lines = pl.DataFrame({"declaration_id": ["A"], "item_number": [1], "hs_code": ["440799"], "duty_rate": [7.5]})
    back = again(conform(lines.with_columns(lodged_on=date(2026, 1, 2))), tmp_path)
    assert (back["duty_rate"].to_list(), back["duty_rate_written"].to_list()) == ([None], ["0.075"])


def test_lines_that_one_sad_cannot_hold_are_refused(tmp_path: Path) -> None:
    lines = pl.DataFrame(
        {"declaration_id": ["A", "A"], "item_number": [1, 2], "hs_code": ["440799"] * 2, "office": ["X", None]}
    )
    with pytest.raises(InputError, match="the lines of declaration A differ in office, which a SAD has once"):
        write(conform(lines.with_columns(lodged_on=date(2026, 1, 2))), tmp_path)


def test_files_have_names_of_their_own_and_stay_in_the_folder(tmp_path: Path) -> None:
    numbers = ["../../A/1", "A 1", "a_1", "\u0000\n", "x" * 300]
    lines = pl.DataFrame({"declaration_id": numbers, "hs_code": "440799", "lodged_on": date(2026, 1, 2)})
    paths = write(conform(lines.with_columns(item_number=1)), tmp_path / "new")
    assert {path.parent for path in paths} == {tmp_path / "new"}
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(path.name for path in paths)
    assert [path.name for path in paths][1:3] == ["sad-A_1.xml", "sad-a_1-2.xml"]
    assert SAD_FORMAT.write is write


BILL = st.fixed_dictionaries(
    {
        "master_bill_id": perhaps(TEXT),
        "loading_port": perhaps(CODE),
        "unloading_port": perhaps(CODE),
        "consignor_name": perhaps(TEXT),
        "consignee_id": perhaps(CODE),
        "consignee_name": perhaps(TEXT),
        "package_type": perhaps(CODE),
        "description": perhaps(TEXT),
    }
)
CARGO = st.fixed_dictionaries(
    {
        "seals": perhaps(st.lists(CODE, min_size=1, max_size=5).map(" ".join)),
        "packages": perhaps(st.integers(0, 1 << 28)),
        "gross_mass_kg": perhaps(AMOUNT),
    }
)
MANIFEST = st.fixed_dictionaries(
    {
        "manifest_id": PLAIN_ID,
        "arrived_on": perhaps(DAY),
        "office": perhaps(CODE),
        "carrier_id": perhaps(CODE),
        "transport_mode": perhaps(st.sampled_from("123456789")),
        "transport_id": perhaps(TEXT | st.just("9074729")),
        "voyage": perhaps(CODE),
    }
)


@st.composite
def manifests(draw: st.DrawFn) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for ship in draw(st.lists(MANIFEST, min_size=1, max_size=2, unique_by=lambda ship: ship["manifest_id"])):
        for number in draw(st.lists(CODE, min_size=1, max_size=3, unique=True)):
            bill = {**ship, "bill_id": number, **draw(BILL), "message_format": "awmds"}
            boxes: list[str | None] = [*draw(st.lists(CODE, max_size=3))] or [None]
            rows += [{**bill, "container_id": box, **draw(CARGO)} for box in boxes]
    return pl.DataFrame([{name: row.get(name) for name in BILL_SCHEMA} for row in rows], schema=BILL_SCHEMA)


@settings(max_examples=25, deadline=None)
@given(manifests())
def test_bills_come_back_as_they_were(bills: pl.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as folder:
        came = intake.read(write_bills(bills, Path(folder)))
    assert came.rejected.height == 0
    assert came.bills.to_dicts() == bills.to_dicts()


def test_bills_that_one_manifest_cannot_hold_are_refused(tmp_path: Path) -> None:
    blank = dict.fromkeys(BILL_SCHEMA)
    two = [{**blank, "manifest_id": "M", "bill_id": "B", "container_id": box} for box in ("X", None)]
    with pytest.raises(InputError, match="bill B has several rows, and one without a container"):
        write_bills(pl.DataFrame(two, schema=BILL_SCHEMA), tmp_path)
    two = [{**blank, "manifest_id": "M", "bill_id": "B", "container_id": "X", "consignee_id": who} for who in "12"]
    with pytest.raises(InputError, match="the rows of bill B differ in consignee_id"):
        write_bills(pl.DataFrame(two, schema=BILL_SCHEMA), tmp_path)
    two = [{**blank, "manifest_id": "M", "bill_id": who, "voyage": who} for who in "12"]
    with pytest.raises(InputError, match="the rows of manifest M differ in voyage"):
        write_bills(pl.DataFrame(two, schema=BILL_SCHEMA), tmp_path)
