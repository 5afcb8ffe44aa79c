"""A cargo manifest of ASYCUDA World becomes bills: one row a bill and container."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tidegate import intake
from tidegate.intake.asycuda import MANIFEST_FORMAT
from tidegate.intake.asycuda.manifest import detect
from tidegate.intake.files import Source
from tidegate.intake.raw import Raw
from tidegate.trade import BILL_SCHEMA

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "messages" / "asycuda" / "manifest.xml"

GENERAL = (
    "<General_segment><General_segment_id><Customs_office_code>XZPRT</Customs_office_code>"
    "<Voyage_number>V1</Voyage_number>{}</General_segment_id>{}</General_segment>"
)
BILL = "<Bol_segment><Bol_id><Bol_reference>{}</Bol_reference></Bol_id>{}</Bol_segment>"
GOODS = "<Goods_segment><Number_of_packages>{}</Number_of_packages><Gross_mass>{}</Gross_mass>{}</Goods_segment>"


def box(number: str, more: str = "") -> str:
    return f"<ctn_segment><Ctn_reference>{number}</Ctn_reference>{more}</ctn_segment>"


def whole(tmp_path: Path, *segments: str) -> Raw:
    path = tmp_path / "m.xml"
    path.write_text(f"<Awmds>{''.join(segments)}</Awmds>", encoding="utf-8")
    (raw,) = MANIFEST_FORMAT.read(Source(path, "awmds", path.stat().st_size), date.min)
    return raw


def bills(tmp_path: Path, *segments: str) -> list[dict[str, Any]]:
    table = whole(tmp_path, *segments).bills
    assert table is not None
    assert table.schema == BILL_SCHEMA
    return table.to_dicts()


def test_a_groupage_container_stands_under_each_of_its_bills() -> None:
    came = intake.read(SAMPLE)
    assert came.counts == {"read": 0, "kept": 0, "rejected": 0, "flagged": 0}
    shown = came.bills.select("bill_id", "container_id", "packages", "gross_mass_kg").rows()
    assert shown == [
        ("EXBL0001", "MSKU1234565", 12, 24500.0),
        ("EXBL0001", "CSQU3054383", 400, 22000.0),
        ("EXBL0002", "TGHU1234565", 60, 7200.0),
        ("EXBL0003", "TGHU1234565", 30, 2500.0),
        ("EXBL0004", None, 1000, 30000.0),
    ]
    # fmt: off
    wanted = {
        "manifest_id": "XZPRT-EX106N-2026-02-11", "bill_id": "EXBL0003", "master_bill_id": "EXBL0009",
        "arrived_on": date(2026, 3, 8), "office": "XZPRT", "carrier_id": "EXL", "transport_mode": "1",
        "transport_id": "9074729", "voyage": "EX106N", "loading_port": "CMDLA", "unloading_port": "VNHPH",
        "consignor_name": "Shipper of EXBL0003", "consignee_id": None, "consignee_name": "Example Coffee",
        "container_id": "TGHU1234565", "seals": "SL12", "packages": 30, "package_type": "CT", "gross_mass_kg": 2500.0,
        "description": "COFFEE SAMPLES", "message_format": "awmds", "message_id": None, "message_sender": None,
        "message_version": None, "message_function": None, "message_sent_at": None,
    }
    # fmt: on
    assert came.bills.row(3, named=True) == wanted
    assert came.unread["awmds", "Awmds/Bol_segment/Goods_segment/Shipping_marks"] == 4


def test_the_mass_of_a_bill_is_shared_out_once(tmp_path: Path) -> None:
    def masses(*parts: str) -> list[float | None]:
        made = bills(tmp_path, GENERAL.format("", ""), BILL.format("B", "".join(parts)))
        return [each["gross_mass_kg"] for each in made]

    ship = GOODS.format(9, 900, "")
    assert masses(ship) == [900]
    assert masses(box("A"), ship) == [900]
    assert masses(box("A"), box("B"), ship) == [900, None]
    assert masses(box("A"), box("B", "<Goods_weight>300</Goods_weight>"), ship) == [None, 300]
    assert masses(box("A"), box("B", "<Gross_weight>300</Gross_weight>"), ship) == [None, 300]
    of = "<Container_item_references><Ctn_item_reference>{}</Ctn_item_reference></Container_item_references>"
    named = [GOODS.format(1, mass, of.format(number)) for mass, number in ((100, "B"), (50, "B"), (7, "A"))]
    assert masses(box("A"), box("B"), *named) == [7, 150]
    assert masses(box("A"), box("B")) == [None, None]
    assert masses() == [None]


def test_a_manifest_has_the_number_that_it_says(tmp_path: Path) -> None:
    def number(inside: str) -> str:
        return bills(tmp_path, GENERAL.format(inside, ""), BILL.format("B", ""))[0]["manifest_id"]

    assert number("<Import_Rotation>2026/118</Import_Rotation>") == "2026/118"
    assert number("<Date_of_departure>2026-02-11</Date_of_departure>") == "XZPRT-V1-2026-02-11"
    assert number("<Date_of_departure>2/21/26</Date_of_departure>") == "XZPRT-V1-2026-02-21"
    assert number("") == "XZPRT-V1"


def test_the_breakdown_of_a_master_bill_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "b.xml"
    carrier = "<Traders_segment><Carrier><Carrier_code>FF1</Carrier_code></Carrier></Traders_segment>"
    path.write_text(
        "<Awbolds><Master_bol><Customs_office_code>XZAIR</Customs_office_code><Voyage_number>EX1</Voyage_number>"
        "<Date_of_departure>2026-03-01</Date_of_departure><Reference_number>999-1</Reference_number></Master_bol>"
        + BILL.format("H1", carrier)
        + "</Awbolds>",
        encoding="utf-8",
    )
    (made,) = intake.read(path).bills.to_dicts()
    shown = (made["manifest_id"], made["master_bill_id"], made["bill_id"], made["carrier_id"])
    assert shown == ("XZAIR-EX1-2026-03-01", "999-1", "H1", "FF1")


def test_a_bill_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path) -> None:
    raw = whole(tmp_path, "\n", BILL.format("B", ""), GENERAL.format("", ""), "\n", BILL.format("C", ""))
    assert raw.refused.rows() == [
        (2, None, "the bill stands before any General_segment: whose manifest it is cannot be told", "message"),
    ]
    assert raw.bills is not None
    assert raw.bills["bill_id"].to_list() == ["C"]


@pytest.mark.parametrize(
    ("goods", "field", "value", "reason"),
    [
        (GOODS.format(1, "heavy", ""), "gross_mass_kg", "heavy", "not_number"),
        (GOODS.format(1, "NaN", ""), "gross_mass_kg", "NaN", "not_number"),
        (GOODS.format(1, -5, ""), "gross_mass_kg", "-5", "negative"),
        (GOODS.format("1.5", 5, ""), "packages", "1.5", "not_whole"),
        (GOODS.format(2147483647, 5, "") * 2, "packages", "4.29497e+09", "not_whole"),
    ],
)
def test_a_number_that_is_none_is_refused_and_the_bill_stays(
    tmp_path: Path, goods: str, field: str, value: str, reason: str
) -> None:
    raw = whole(tmp_path, GENERAL.format("", ""), BILL.format("B", goods))
    assert raw.refused.rows() == [(1, field, value, reason)]
    assert raw.bills is not None
    assert raw.bills[field].to_list() == [None]


def test_bills_that_are_missing_are_told(tmp_path: Path) -> None:
    totals = "<Totals_segment><Total_number_of_bols>3</Total_number_of_bols></Totals_segment>"
    raw = whole(tmp_path, GENERAL.format("", totals), BILL.format("B", ""), GENERAL.format("", ""))
    assert raw.refused["value"].to_list() == ["the manifest announces 3 bills and has 1: ask for it again"]


def test_a_manifest_that_nothing_tells_from_others_is_refused(tmp_path: Path) -> None:
    raw = whole(tmp_path, "<General_segment/>", BILL.format("B", ""))
    assert raw.refused["reason"].to_list() == ["message", "message"]
    assert raw.bills is not None
    assert raw.bills.height == 0


def test_a_broken_bill_costs_itself(tmp_path: Path) -> None:
    broken = BILL.format("B2", "").replace("</Bol_id>", "")
    raw = whole(tmp_path, GENERAL.format("", ""), BILL.format("B1", ""), broken, BILL.format("B3", ""))
    assert raw.bills is not None
    assert raw.bills["bill_id"].to_list() == ["B1", "B3"]
    assert raw.refused["reason"].to_list() == ["message"]


def test_detection_says_that_the_form_is_unverified() -> None:
    assert detect(SAMPLE.read_bytes()) == "ASYCUDA World cargo manifest (unverified against UNCTAD's own schema)"
    assert detect(b"<Awbolds/>") == "ASYCUDA World breakdown of a master bill (unverified against UNCTAD's own schema)"
    assert detect(b"<all><Awmds>") == detect(SAMPLE.read_bytes())
    assert detect(b"<ASYCUDA/>") == detect(b"") == ""


def test_a_manifest_and_a_sad_may_lie_in_one_folder() -> None:
    came = intake.read(SAMPLE.parent)
    assert (came.lines.height, came.bills.height) == (3, 5)
    assert set(came.lines["bill_id"]) & set(came.bills["bill_id"]) == {"EXBL0001"}
    assert came.lines.schema["cif_value"] == pl.Float64
