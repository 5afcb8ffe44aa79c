"""A SAD of ASYCUDA World becomes lines, whatever profile it is of."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tidegate import intake
from tidegate.errors import InputError
from tidegate.intake.asycuda import SAD_FORMAT
from tidegate.intake.asycuda.sad import SAD_COLUMNS, detect
from tidegate.intake.files import Source
from tidegate.intake.raw import ROW, Raw

SAMPLES = Path(__file__).resolve().parents[2] / "examples" / "messages" / "asycuda"
EXPORT, OTHER = SAMPLES / "sad-export.xml", SAMPLES / "sad-other-profile.xml"

ITEM = "<Item><Tarification><HScode><Commodity_code>84713000</Commodity_code></HScode></Tarification>{}</Item>"
REGISTERED = (
    "<Identification><Office_segment><Customs_clearance_office_code>XZPRT</Customs_clearance_office_code>"
    "</Office_segment><Registration>{}</Registration></Identification>"
)


def sad(*parts: str, items: str = ITEM.format("")) -> str:
    return f"<ASYCUDA>{''.join(parts)}{items}</ASYCUDA>"


def pieces(tmp_path: Path, text: str | bytes, received: date = date(2026, 1, 2)) -> list[Raw]:
    path = tmp_path / "a.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    source = Source(path, "asycuda", path.stat().st_size, encoding="utf-16" if text[:2] == b"\xff\xfe" else "")
    return list(SAD_FORMAT.read(source, received))


def rows(tmp_path: Path, text: str | bytes, received: date = date(2026, 1, 2)) -> list[dict[str, Any]]:
    return pl.concat([piece.table for piece in pieces(tmp_path, text, received)]).to_dicts()


def row(tmp_path: Path, *parts: str, items: str = ITEM.format("")) -> dict[str, Any]:
    (only,) = rows(tmp_path, sad(*parts, items=items))
    return only


def test_an_export_becomes_lines_with_their_types() -> None:
    came = intake.read(EXPORT)
    assert came.counts == {"read": 2, "kept": 2, "rejected": 0, "flagged": 0}
    first, second = came.lines.to_dicts()
    assert first["declaration_id"] == second["declaration_id"] == "XZPRT-2026-C-8879"
    assert [first["item_number"], second["item_number"]] == [1, 2]
    # fmt: off
    wanted = {
        "lodged_on": date(2026, 3, 9), "office": "XZPRT", "procedure": "4000-000", "importer_id": "0100109106",
        "importer_name": "Công ty TNHH Gỗ Ví Dụ", "importer_address": "12 Đường Mẫu, Hải Phòng",
        "exporter_id": None, "exporter_name": "SAPELE WOOD EXPORT SA", "declarant_id": "DL029",
        "declarant_name": "Example Brokers", "hs_code": "4403490000", "description": "Sapelli logs, 12 pieces",
        "origin_country": "CM", "dispatch_country": "CM", "loading_port": "CMDLA", "transport_mode": "1",
        "transport_id": "9074729", "container_ids": "MSKU1234565", "packages": 12, "package_type": "LG",
        "quantity": 38.5, "quantity_unit": "MTQ", "gross_mass_kg": 24500.0, "net_mass_kg": 24500.0,
        "customs_value": 1.7e9, "currency": "VND", "incoterm": "CIF", "duty_rate": 2.0, "preference": None,
        "documents": "380 861", "message_format": "asycuda", "message_id": "2026-IMP-0457",
        "message_sender": "DL029", "message_function": "original", "message_version": None, "bill_id": "EXBL0001",
        "manifest_id": "2026/118", "invoice_amount": 68000.0, "invoice_currency": "USD", "exchange_rate": 25000.0,
        "document_references": "380 NR. 134/X; 861 CO-77", "duty_code": "DD", "duty_rate_written": "0.02",
    }
    # fmt: on
    assert {name: first[name] for name in wanted} == wanted
    assert (second["container_ids"], second["duty_rate"], second["documents"]) == ("CSQU3054383", 0.0, None)


def test_another_profile_has_other_names_and_nesting() -> None:
    (line,) = intake.read(OTHER).lines.to_dicts()
    # fmt: off
    wanted = {
        "declaration_id": "D77-2026-A-12", "lodged_on": date(2026, 3, 14), "office": "XYAIR", "hs_code": "85044090",
        "description": "Phone chargers", "quantity": 1200.0, "quantity_unit": "NMB", "gross_mass_kg": 210.5,
        "incoterm": "FOB", "container_ids": "CSQU3054383", "documents": "IV05 AWB1", "bill_id": "999-12345675",
        "transport_id": "EX 691", "transport_mode": "4", "invoice_amount": 6480.0, "customs_value": None,
    }
    # fmt: on
    assert {name: line[name] for name in wanted} == wanted
    assert "value_missing" in line["flags"]


def test_every_piece_has_the_columns_of_the_format(tmp_path: Path) -> None:
    for text in (sad(), "<ASYCUDA/>", "<ASYCUDA>"):
        for piece in pieces(tmp_path, text):
            assert piece.table.columns == [*SAD_COLUMNS, ROW]


def test_what_nobody_reads_is_counted(tmp_path: Path) -> None:
    (piece,) = pieces(tmp_path, sad("<Property><Sad_flow>I</Sad_flow><Selected_page>1</Selected_page></Property>"))
    assert dict(piece.unread) == {"ASYCUDA/Property/Selected_page": 1}
    twice = ITEM.format("<Packages><Number_of_packages>1</Number_of_packages></Packages>" * 2)
    (piece,) = pieces(tmp_path, sad(items=twice))
    assert dict(piece.unread) == {"ASYCUDA/Item/Packages/Number_of_packages": 1}


@pytest.mark.parametrize(
    ("registration", "number"),
    [
        ("<Serial_number>C</Serial_number><Number>8879</Number><Date>11/19/25</Date>", "XZPRT-2025-C-8879"),
        ("<Serial_number>C</Serial_number><Number>8879</Number>", "XZPRT-C-8879"),
        ("<Serial_number><null/></Serial_number><Number>26AL11000012</Number><Date/>", "26AL11000012"),
        ("<Serial_number>C</Serial_number><Number/>", None),
    ],
)
def test_a_declaration_is_known_by_its_registration(tmp_path: Path, registration: str, number: str | None) -> None:
    assert row(tmp_path, REGISTERED.format(registration))["declaration_id"] == number


def test_a_sad_without_registration_is_known_by_its_reference(tmp_path: Path) -> None:
    declarant = "<Declarant><Declarant_code>D7</Declarant_code><Reference>{}</Reference></Declarant>"
    assert row(tmp_path, declarant.format("<Number>A1</Number>"))["declaration_id"] == "D7-A1"
    assert row(tmp_path, declarant.format("<Year>2026</Year>"))["declaration_id"] is None
    with pytest.raises(InputError, match="a required field is empty"):
        intake.read(tmp_path / "a.xml", received=date(2026, 1, 2))


@pytest.mark.parametrize(
    ("written", "other", "day"),
    [
        ("11/19/25", "", "2025-11-19"),
        ("19/11/2025", "", "2025-11-19"),
        ("2025-11-19", "", "2025-11-19"),
        ("2025-11-19T10:20:30", "", "2025-11-19"),
        ("20251119", "", "2025-11-19"),
        ("3/9/26", "", "2026-03-09"),
        ("3/9/2026", "", "2026-09-03"),
        ("3/9/26", "28/2/26", "2026-09-03"),
        ("3/9/2026", "2/28/2026", "2026-03-09"),
        ("03.09.26", "", "2026-03-09"),
        ("11/19/69", "", "2069-11-19"),
        ("11/19/70", "", "1970-11-19"),
        ("31/31/26", "", "31/31/26"),
        ("2/30/26", "", "2/30/26"),
        ("soon", "", "soon"),
    ],
)
def test_days_are_understood_as_the_message_writes_them(tmp_path: Path, written: str, other: str, day: str) -> None:
    document = ITEM.format(
        f"<Attached_documents><Attached_document_date>{other}</Attached_document_date></Attached_documents>"
    )
    made = row(tmp_path, REGISTERED.format(f"<Number>1</Number><Date>{written}</Date>"), items=document)
    assert made["lodged_on"] == day


def test_the_day_of_receipt_stands_where_there_is_no_other(tmp_path: Path) -> None:
    assert rows(tmp_path, sad())[0]["lodged_on"] == "2026-01-02"
    assert rows(tmp_path, sad(), date.min)[0]["lodged_on"] is None


def tax(code: str, base: object, rate: object, amount: object) -> str:
    return (
        f"<Taxation_line><Duty_tax_code>{code}</Duty_tax_code><Duty_tax_Base>{base}</Duty_tax_Base>"
        f"<Duty_tax_rate>{rate}</Duty_tax_rate><Duty_tax_amount>{amount}</Duty_tax_amount></Taxation_line>"
    )


@pytest.mark.parametrize(
    ("taxes", "rate"),
    [
        (tax("DD", 1000, 0.2, 200), 20.0),
        (tax("DD", 1000, 20, 200), 20.0),
        (tax("DD", 1000, "1.5", 1500), 150.0),
        (tax("DD", 1000, "1.5", 15), 1.5),
        (tax("DD", 2215263, "0.2", 443053), 20.0),
        (tax("DD", 130, "0.05", 7), 5.0),  # rounded to a whole unit
        (tax("DD", 12, "0.05", 1), None),  # so small that both could be meant
        (tax("DD", 1000, 0, 0), 0.0),
        (tax("DD", 1000, 0.2, 0), None),  # exempt: nothing shows what 0.2 is
        (tax("DD", 1000, 0.2, 0) + tax("VAT", 1000, 0.1, 100), 20.0),
        (tax("DD", 1000, 5, 0) + tax("VAT", 1000, 10, 100), 5.0),
        (tax("DD", 1000, 0.2, 0) + tax("VAT", 1000, 0.1, 100) + tax("X", 1000, 20, 200), None),
        (tax("<null/>", "", "", "") + tax("DD", 1000, 0.2, 200), 20.0),
        (tax("DD", "many", "some", "all"), None),
        (tax("DD", "1e999999999", "9" * 70, "1e-999999999"), None),
    ],
)
def test_base_and_amount_show_what_a_rate_means(tmp_path: Path, taxes: str, rate: float | None) -> None:
    made = row(tmp_path, items=ITEM.format(f"<Taxation>{taxes}</Taxation>"))["duty_rate"]
    assert (None if made is None else float(made)) == rate


@pytest.mark.parametrize(
    ("valuation", "currency"),
    [
        (["JMD 1"], "JMD"),
        (["USD 25000", "VND 1.0"], "VND"),
        (["USD 160"], None),
        (["USD 1", "BSD 1"], None),
        (["USD 1", "USD 0.99"], None),
        (["USD 0", "USD 1"], "USD"),
    ],
)
def test_the_national_currency_has_the_rate_one(tmp_path: Path, valuation: list[str], currency: str | None) -> None:
    costs = ("Gs_Invoice", "Gs_insurance")
    text = "".join(
        f"<{cost}><Currency_code>{one.split()[0]}</Currency_code><Currency_rate>{one.split()[1]}</Currency_rate></{cost}>"
        for cost, one in zip(costs, valuation, strict=False)
    )
    assert row(tmp_path, f"<Valuation>{text}</Valuation>")["currency"] == currency


def test_containers_go_to_the_items_that_they_name(tmp_path: Path) -> None:
    box = "<Container><Item_Number>{}</Item_Number><Container_identity>{}</Container_identity></Container>"
    boxes = box.format(1, "AAAU1111111") + box.format("<null/>", "BBBU2222222") + box.format(2, "AAAU1111111")
    items = ITEM.format("") * 2 + ITEM.format(box.format("", "CCCU3333333"))
    made = rows(tmp_path, sad(boxes, items=items))
    assert [each["container_ids"] for each in made] == [
        "AAAU1111111 BBBU2222222",
        "BBBU2222222 AAAU1111111",
        "CCCU3333333 BBBU2222222",
    ]


@pytest.mark.parametrize(
    ("identification", "function"),
    [
        ("", "original"),
        ("<Version>1</Version>", "original"),
        ("<Version>2</Version>", "amendment"),
        ("<Version>second</Version>", "original"),
        ("<Status>Rectified</Status>", "amendment"),
        ("<Status>CANCELLED</Status><Version>3</Version>", "cancellation"),
        ("<Status>STORED</Status>", "original"),
    ],
)
def test_versions_and_states_say_what_a_message_does(tmp_path: Path, identification: str, function: str) -> None:
    assert row(tmp_path, f"<Identification>{identification}</Identification>")["message_function"] == function


def test_a_cancellation_needs_no_goods(tmp_path: Path) -> None:
    registration = "<Registration><Number>7</Number></Registration><Status>CANCELLED</Status>"
    text = sad(f"<Identification>{registration}</Identification>", items="")
    (made,) = rows(tmp_path, text)
    assert (made["declaration_id"], made["message_function"], made["hs_code"]) == ("7", "cancellation", None)


def test_a_sad_without_goods_is_refused(tmp_path: Path) -> None:
    (piece,) = pieces(tmp_path, "\n" + sad(items=""))
    assert piece.refused.rows() == [
        (2, None, "the SAD has no Item: export it again with its goods items", "message"),
    ]


def test_a_broken_sad_costs_itself(tmp_path: Path) -> None:
    good = sad(REGISTERED.format("<Number>{}</Number>"))
    broken = good.format(2).replace("</Registration>", "")
    text = "\n".join(["<export>", good.format(1), broken, good.format(3), "</export>"])
    (piece,) = pieces(tmp_path, text)
    assert piece.table["declaration_id"].to_list() == ["1", "3"]
    assert piece.table[ROW].to_list() == [2, 4]
    assert [(line, reason) for line, _, _, reason in piece.refused.rows()] == [(3, "message")]


def test_rows_point_to_the_line_where_the_item_begins(tmp_path: Path) -> None:
    text = "\n" + sad("\n\n", items=f"{ITEM.format('')}\n\n{ITEM.format('')}")
    assert [made[ROW] for made in rows(tmp_path, text)] == [4, 6]


def test_utf_16_and_namespaces_are_no_matter(tmp_path: Path) -> None:
    text = sad(REGISTERED.format("<Number>Số 1</Number>"))
    named = text.replace("<ASYCUDA>", '<a:ASYCUDA xmlns:a="urn:x">').replace("</ASYCUDA>", "</a:ASYCUDA>")
    marked = f'<?xml version="1.0" encoding="UTF-16"?>{named}'
    assert rows(tmp_path, marked.encode("utf-16"))[0]["declaration_id"] == "Số 1"


def test_detection_says_that_the_form_is_unverified() -> None:
    assert detect(EXPORT.read_bytes()) == "ASYCUDA World SAD (unverified against UNCTAD's own schema)"
    assert detect(b"<export><x/><ASYCUDA><Item/>") == detect(b"<a:ASYCUDA xmlns:a='u'/>") == detect(EXPORT.read_bytes())
    assert detect(b"<Awmds><General_segment/></Awmds>") == detect(b"a,b\n1,2\n") == detect(b"") == ""


@pytest.mark.parametrize(
    ("name", "party", "address"),
    [
        ("Gỗ Ví Dụ\n  12 Đường Mẫu\n\n Hải Phòng ", "Gỗ Ví Dụ", "12 Đường Mẫu, Hải Phòng"),
        ("A LTD,\nUNIT 1,\r\nCHINA,", "A LTD,", "UNIT 1, CHINA,"),
        ("\n A LTD \n", "A LTD", None),
        ("<null/>", None, None),
    ],
)
def test_the_first_line_of_a_party_is_its_name(
    tmp_path: Path, name: str, party: str | None, address: str | None
) -> None:
    made = row(tmp_path, f"<Traders><Consignee><Consignee_name>{name}</Consignee_name></Consignee></Traders>")
    assert (made["importer_name"], made["importer_address"]) == (party, address)
