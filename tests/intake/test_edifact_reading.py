"""What is read from each type of message, row by row; what nobody reads is counted; every cut is refused."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import pytest
from edifact_samples import DECLARATION, EVERY, OWN, SHARED, message, read_bytes, read_path, whole

from tidegate import intake
from tidegate.intake.edifact import FORMAT
from tidegate.intake.edifact.envelope import Refusal, walk
from tidegate.intake.raw import ROW

shared = pytest.mark.skipif(not SHARED.is_dir(), reason="not in ../shared/data/edifact: NOT tested")


@pytest.mark.parametrize("path", EVERY)
def test_every_sample_is_detected_and_read_without_a_fault(path: Path) -> None:
    content = path.read_bytes()
    assert FORMAT.detect(content).startswith("UN/EDIFACT ")
    raw = read_path(path)
    assert raw.refused.height == 0
    assert raw.bills is not None
    assert raw.answers is not None
    assert raw.table.height + raw.bills.height + raw.answers.height > 0 or "CUSREP" in FORMAT.detect(content)


@pytest.mark.parametrize("path", EVERY)
def test_every_cut_of_every_sample_is_refused_with_its_segment(path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    ends = [at for at, byte in enumerate(content) if byte == ord("'") and content[at - 1 : at] != b"?"]
    una = content.startswith(b"UNA")
    for length in range(len(content.rstrip())):
        [refusal] = [came for came, _ in walk(io.BytesIO(content[:length])) if isinstance(came, Refusal)]
        ended = sum(end < length for end in ends) - una
        # The segment that was cut; between two, either the last whole one or the one that should follow.
        assert max(1, ended) <= refusal.fault.segment <= max(1, ended + 1), length
        assert f"segment {refusal.fault.segment}" in refusal.told()
        if length % 11 == 0:
            refused = read_bytes(content[:length], tmp_path).refused
            assert refused.select(ROW, "value", "reason").rows() == [
                (refusal.fault.segment, refusal.told(), "message")
            ], length


def test_a_declaration() -> None:
    raw = read_path(OWN / "cusdec.edi")
    first, second, cancelled = raw.table.to_dicts()
    assert {name: value for name, value in first.items() if value is not None} == {
        ROW: 17, "declaration_id": "MADE-UP-26-0001", "item_number": "1", "lodged_on": "2026-01-05", "office": "02CI",
        "procedure": "A11", "importer_id": "0100109106", "importer_name": "Công ty TNHH Ví Dụ",
        "importer_address": "12 Phố Ví Dụ, Hà Nội", "exporter_name": "MADE-UP EXPORTS CO., LTD",
        "declarant_id": "0200000001", "declarant_name": "Đại lý Ví Dụ", "carrier_id": "MADU", "hs_code": "84713020",
        "description": "Portable computers, 14 in, new", "origin_country": "CN", "dispatch_country": "CN",
        "loading_port": "CNSHA", "unloading_port": "VNHPH", "transport_mode": "1", "transport_id": "9000003",
        "container_ids": "MADU1000014", "packages": "20", "package_type": "CT", "quantity": "200",
        "quantity_unit": "NIU", "gross_mass_kg": "420", "net_mass_kg": "380.5", "customs_value": "30000",
        "currency": "USD", "incoterm": "CIF", "duty_rate": "0", "documents": "380 705",
        "message_format": "edifact", "message_id": "MADEUP0001/1", "message_sender": "MADEUPBROKER",
        "message_function": "original", "message_version": 1, "message_sent_at": datetime(2026, 1, 5, 8, 12),  # noqa: DTZ001
        "declaration_type": "929", "voyage": "612E", "vessel_name": "MADE UP STAR",
    }  # fmt: skip
    assert (second["procedure"], second["preference"], second["gross_mass_kg"]) == ("E21", "B05", "61.5")
    assert second["description"] == "Power adapters 5V: 2A+"
    assert (cancelled["declaration_id"], cancelled["message_function"], cancelled["hs_code"]) == (
        "MADE-UP-26-0000",
        "cancellation",
        None,
    )
    assert raw.unread == {"CUSDEC/declaration/MOA+39 1.2": 1}


def test_a_day_comes_from_the_message_then_from_the_envelope_then_from_the_receipt(tmp_path: Path) -> None:
    without = DECLARATION.replace("DTM+154:20260103:102\n", "")
    undated = whole(message(without)).replace("260105:0812", "")
    days = [
        read_bytes(text.encode(), tmp_path, received).table["lodged_on"].item()
        for text, received in (
            (whole(message(DECLARATION)), date(2026, 1, 9)),
            (whole(message(without)), date(2026, 1, 9)),
            (undated, date(2026, 1, 9)),
            (undated, date.min),
        )
    ]
    assert days == ["2026-01-03", "2026-01-05", "2026-01-09", None]


@pytest.mark.parametrize(
    ("segment", "field", "value"),
    [
        ("DTM+154:260103:101", "lodged_on", "2026-01-03"),
        ("DTM+154:202601031212:203", "lodged_on", "2026-01-03"),
        ("DTM+154:20269999:102", "lodged_on", "2026-99-99"),
        ("MEA+AAE+G+TNE:1,5", "gross_mass_kg", "1500.0"),
        ("MEA+WT++LBR:10", "gross_mass_kg", "4.5359237"),
        ("MEA+WT+AAD+MTR:10", "gross_mass_kg", "10 MTR"),
        ("MOA+63:7,50:EUR", "customs_value", "7.50"),
        ("LOC+27+VNHPH", "origin_country", "VN"),
        ("RFF+HS:8471302000", "hs_code", "84713020"),
        ("NAD+IM++COMPANY LTD:12 STREET:TOWN", "importer_name", None),
        ("PAC+3++CT:67:95", "package_type", None),
        ("CST+1+I::95", "hs_code", "84713020"),
    ],
)
def test_values(segment: str, field: str, value: str | None, tmp_path: Path) -> None:
    header, item = DECLARATION.split("\nUNS+D\n")
    header = header.replace("DTM+154:20260103:102\n", "").replace("\nDTM+154:20260103:102", "")
    item = item.replace("MOA+40:300:USD\n", "")
    header, item = (f"{header}\n{segment}", item) if segment[:3] in ("DTM", "NAD") else (
        header, item.replace("UNS+S", f"{segment}\nUNS+S") if segment[:3] != "CST" else item)  # fmt: skip
    raw = read_bytes(whole(message(f"{header}\nUNS+D\n{item}")).encode(), tmp_path)
    assert raw.table[field].to_list()[0] == value


def test_functions_and_versions(tmp_path: Path) -> None:
    for code, name in (
        ("9", "original"),
        ("5", "amendment"),
        ("4", "amendment"),
        ("1", "cancellation"),
        ("", "original"),
    ):
        raw = read_bytes(whole(message(DECLARATION.replace("D1:2+9", f"D1:2+{code}"))).encode(), tmp_path)
        assert raw.table.select("message_function", "message_version").row(0) == (name, 2)
    raw = read_bytes(whole(message(DECLARATION.replace("D1:2+9", "D1:second+9"))).encode(), tmp_path)
    assert raw.table["message_version"].to_list() == [None]
    assert raw.unread["CUSDEC/declaration/BGM 2.2 (no whole number)"] == 1


def test_a_declaration_that_counts_its_items_wrongly_or_has_none_is_refused(tmp_path: Path) -> None:
    counted = read_bytes(whole(message(DECLARATION + "\nCNT+5:2")).encode(), tmp_path)
    empty = read_bytes(whole(message("BGM+929+D1+9\nUNS+D\nUNS+S")).encode(), tmp_path)
    assert [(raw.table.height, raw.refused[ROW].to_list()) for raw in (counted, empty)] == [(0, [10]), (0, [2])]
    assert "CNT counts '2' goods items, there are 1" in counted.refused["value"].item()


def test_an_unknown_type_of_message_is_refused_by_name(tmp_path: Path) -> None:
    raw = read_bytes(whole(message("BGM+1", "PAXLST:D:05B:UN"), message(DECLARATION, reference="2")).encode(), tmp_path)
    assert raw.table.height == 1
    assert "'PAXLST' is not a message type that is read" in raw.refused["value"].item()


def test_a_manifest() -> None:
    bills = read_path(OWN / "cuscar.edi").bills
    assert bills is not None
    assert bills.select("bill_id", "master_bill_id", "container_id", "seals", "packages", "gross_mass_kg").rows() == [
        ("MADU0001", None, "MADU1000014", "MU0001 MU0002", 25, 481.5),
        ("MADU0002", "MADU9999", "MADU1000014", "MU0001 MU0002", 100, 2500.0),
        ("MADU0002", "MADU9999", "MADU1000020", "MU0003", 200, 5000.0),
    ]
    assert bills.select("manifest_id", "arrived_on", "office", "carrier_id", "transport_mode", "transport_id", "voyage",
                        "loading_port", "unloading_port").unique().rows() == [
        ("MADEUP-612E-VNHPH", date(2026, 1, 5), "02CI", "MADU", "1", "9000003", "612E", "CNSHA", "VNHPH")
    ]  # fmt: skip


def test_masses_of_a_bill_add_up(tmp_path: Path) -> None:
    body = """BGM+85+M1
CNI+1
RFF+BM:B1
GID+1+10:CT
MEA+AAE+G+KGM:100
SGP+MADU1000014
SGP+MADU1000020
GID+2+5:CT
MEA+AAE+G+KGM:50
SGP+MADU1000020
CNI+2
RFF+BM:B2
MEA+AAE+G+KGM:70
GID+1+1:CT
SGP+MADU1000014
CNI+3
RFF+BM:B3"""
    bills = read_bytes(whole(message(body, "CUSCAR:D:99B:UN")).encode(), tmp_path).bills
    assert bills is not None
    assert bills.select("bill_id", "container_id", "packages", "gross_mass_kg").rows() == [
        ("B1", "MADU1000014", 10, 100.0),
        ("B1", "MADU1000020", 5, 50.0),
        ("B2", "MADU1000014", 1, 70.0),
        ("B3", None, None, None),
    ]


def test_a_consignment_message() -> None:
    bills = read_path(OWN / "iftmcs.edi").bills
    assert bills is not None
    assert bills.select("manifest_id", "bill_id", "container_id", "seals", "packages", "gross_mass_kg").rows() == [
        ("9000003 612E", "MADU0003", "MADU1000035", "MU0004", 10, 12000.0)
    ]


@pytest.mark.parametrize("name", ["baplie-3", "baplie-equipment-first"])
def test_both_orders_of_place_and_equipment(name: str) -> None:
    bills = read_path(OWN / f"{name}.edi").bills
    assert bills is not None
    assert bills.select("container_id", "loading_port", "unloading_port", "gross_mass_kg", "bill_id").rows() == [
        ("MADU1000014", "CNSHA", "VNHPH", 24100.0, None),
        ("MADU1000020", "CNSHA", "VNSGN", 18000.0, None),
    ]


def test_a_bay_plan_of_the_older_make() -> None:
    raw = read_path(OWN / "baplie-2.edi")
    assert raw.bills is not None
    assert raw.bills.select("container_id", "gross_mass_kg", "arrived_on", "carrier_id").rows() == [
        ("MADU1000014", 24000.0, date(2026, 1, 5), "MADU"),
        ("MADU1000020", 18250.0, date(2026, 1, 5), "MADU"),
    ]
    # RFF+BM:1 fills a mandatory segment; the verified mass counts more than the other one.
    assert raw.unread["BAPLIE/cell/RFF+BM 1.2"] == 2
    assert raw.unread["BAPLIE/cell/MEA+WT 3.2 (another counts)"] == 1


def test_further_equipment_in_one_place_is_a_row_of_its_own(tmp_path: Path) -> None:
    body = "BGM++P\nLOC+147+1\nMEA+WT++KGM:9\nLOC+9+CNSHA\nLOC+11+VNHPH\nEQD+CN+A\nEQD+CN+B\nLOC+147+2\nEQD+CN+C"
    bills = read_bytes(whole(message(body, "BAPLIE:D:95B:UN")).encode(), tmp_path).bills
    assert bills is not None
    assert bills.select("container_id", "unloading_port", "gross_mass_kg").rows() == [
        ("A", "VNHPH", 9.0),
        ("B", "VNHPH", None),
        ("C", None, None),
    ]


def test_a_number_of_a_bill_that_is_none_is_refused_and_the_bill_stays(tmp_path: Path) -> None:
    body = "BGM+85+M1\nDTM+132:99999999:102\nTDT+20+1\nCNI+1\nRFF+BM:B1\nGID+1+many\nMEA+AAE+G+KGM:-5"
    raw = read_bytes(whole(message(body, "CUSCAR:D:99B:UN")).encode(), tmp_path)
    assert raw.bills is not None
    assert raw.bills["bill_id"].to_list() == ["B1"]
    assert sorted(raw.refused.select("field", "reason").rows()) == [
        ("arrived_on", "not_date"), ("gross_mass_kg", "negative"), ("packages", "not_whole"),
    ]  # fmt: skip
    assert raw.refused[ROW].unique().to_list() == [6]


def test_a_report_of_a_vessel_has_no_rows_and_all_of_it_is_counted() -> None:
    raw = read_path(OWN / "cusrep.edi")
    assert raw.table.height + raw.refused.height == 0
    assert {path.split("/")[2] for path in raw.unread} == {"BGM+124", "DTM+132", "LOC+5", "LOC+8", "TDT+20"}


def test_answers() -> None:
    answers = read_path(OWN / "cusres.edi").answers
    assert answers is not None
    assert answers.select("declaration_id", "kind", "code", "pointer", "reason").rows() == [
        ("MADE-UP-26-0001", "rejected", "2", None, None),
        ("MADE-UP-26-0001", "rejected", "2", "2/hs_code/17", "hs_chapter"),
        ("MADE-UP-26-0001", "rejected", "2", "2/net_mass_kg/29", "13"),
    ]
    reports = read_path(OWN / "contrl.edi").answers
    assert reports is not None
    assert reports.select("reference", "kind", "pointer", "reason").rows() == [
        ("MADEUP0001", "accepted", None, None),
        ("MADEUP0001/1", "rejected", "tag UNT element 1", "29"),
        ("MADEUP0001/2", "rejected", None, None),
        ("MADEUP0001/2", "rejected", "segment 4", None),
        ("MADEUP0001/2", "rejected", "segment 4 element 2 component 1", "37"),
        ("MADEUP0001/3", "accepted", None, None),
    ]


@shared
def test_the_public_samples() -> None:
    line = read_path(SHARED / "CUSDEC_D99B_sample.edi").table.to_dicts()[0]
    names = ("hs_code", "origin_country", "gross_mass_kg", "customs_value", "currency", ROW)
    assert [line[name] for name in names] == [
        "03026200", "US", "10", "5000", "AUD", 19,
    ]  # fmt: skip
    plan = read_path(SHARED / "BAPLIE_D95B_sample.edi").bills
    assert plan is not None
    assert plan.select("container_id", "gross_mass_kg", "loading_port", "unloading_port", "transport_id").rows() == [
        ("OOLU4293959", 3833.0, "USLGB", "CNYTN", "VRIB3"),
        ("MOEU0710945", 3983.0, "USLGB", "CNXMN", "VRIB3"),
        ("OOLU8757889", 26000.0, "USLGB", "TWKHH", "VRIB3"),
    ]


def test_intake_reads_them_among_other_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("declaration_id,lodged_on,hs_code\nC1,2026-01-02,840310\n")
    for name in ("cusdec", "cuscar", "cusrep", "cusres"):
        (tmp_path / f"{name}.edi").write_bytes((OWN / f"{name}.edi").read_bytes())
    came = intake.read(tmp_path)
    assert came.counts["kept"] == 3
    assert came.bills.height == 3
    assert came.answers.height == 3
    assert ("edifact", "CUSREP/report/BGM+124") in came.unread
    row = came.lines.filter(declaration_id="MADE-UP-26-0001").to_dicts()[0]
    assert (row["gross_mass_kg"], row["packages"], row["flags"]) == (420.0, 20, None)


def test_several_interchanges_in_one_file(tmp_path: Path) -> None:
    names = ("cusdec", "baplie-3", "cuscar", "cusres")
    raw = read_bytes(b"".join((OWN / f"{name}.edi").read_bytes() for name in names), tmp_path)
    assert raw.bills is not None
    assert raw.answers is not None
    assert (raw.refused.height, raw.table.height, raw.bills.height, raw.answers.height) == (0, 3, 5, 3)
