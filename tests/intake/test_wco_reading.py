"""Made-up messages of every shape are read; broken, odd and hostile ones cost themselves only."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_wco import CLOSE, OPEN, RECEIVED, answers, declaration, item, message, put, refusals, table, unread

from tidegate import intake
from tidegate.intake.wco import FORMAT
from tidegate.intake.wco.lines import moment
from tidegate.intake.wco.notes import notes, unnoted


def test_a_declaration_becomes_lines(tmp_path: Path) -> None:
    row = table(put(tmp_path / "a.xml", message())).row(0, named=True)
    expected = {
        "declaration_id": "LRN-1", "message_id": "LRN-1", "message_function": "original", "item_number": "1",
        "hs_code": "4602191000", "description": "straw & hay", "gross_mass_kg": "1500.0", "net_mass_kg": "1400",
        "procedure": "4071", "additional_procedures": "000", "customs_value": "250.75", "currency": "EUR",
        "value_basis": "invoice", "lodged_on": "2026-01-01", "model_version": "3.6", "message_format": "wco",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert row["origin_country"] is None
    assert row["quantity"] is None


@pytest.mark.parametrize(
    "text",
    [
        message(),
        message().replace("md:", "").replace(' xmlns="urn:wco:datamodel:WCO:DEC-DMS:2"', ""),
        declaration(),
        message().replace("DEC-DMS:2", "DEC:9").replace(">3.6<", ">4.1<"),
        f"<batch><header/>{message()}</batch>",
    ],
    ids=["namespaces", "none", "bare", "another version", "wrapped"],
)
def test_namespaces_versions_and_wrappers_make_no_difference(text: str, tmp_path: Path) -> None:
    found = table(put(tmp_path / "a.xml", text))
    assert found["hs_code"].to_list() == ["4602191000"]
    assert unread(tmp_path / "a.xml") == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_gzip(encoding: str, tmp_path: Path) -> None:
    text = message(declaration().replace("straw", "tăm tre"))
    assert table(put(tmp_path / "a.xml", text, encoding))["description"].to_list() == [
        "tăm tre & hay".replace("&amp;", "&")
    ]
    packed = tmp_path / "b.xml.gz"
    packed.write_bytes(gzip.compress(text.encode(encoding)))
    assert table(packed)["description"].to_list() == ["tăm tre & hay"]


def test_a_broken_message_costs_itself_only(tmp_path: Path) -> None:
    parts = [message(declaration(f"LRN-{number}")) for number in range(5)]
    parts[2] = parts[2].replace("</Commodity>", "</Comodity>")
    path = put(tmp_path / "a.xml", "<batch>\n" + "\n".join(parts) + "\n</batch>")
    assert table(path)["declaration_id"].to_list() == ["LRN-0", "LRN-1", "LRN-3", "LRN-4"]
    ((_, what, reason),) = refusals(path)
    assert reason == "message"
    assert "Comodity" in what


def test_the_row_of_a_line_is_where_its_item_begins(tmp_path: Path) -> None:
    path = put(tmp_path / "a.xml", message(declaration(items=item(1) + "\n" + item(2))))
    rows = table(path)["\0row"].to_list()
    text = path.read_text().splitlines()
    assert [("<GovernmentAgencyGoodsItem>" in text[row - 1]) for row in rows] == [True, True]


def test_what_the_header_says_holds_for_every_item_unless_the_item_says_otherwise(tmp_path: Path) -> None:
    shipment = (
        "<Consignee><Name>Head Ltd</Name><Address><CountryCode>JP</CountryCode></Address></Consignee>"
        "<Destination><CountryCode>JP</CountryCode></Destination><ExportCountry><ID>GB</ID></ExportCountry>"
    )
    own = "<Consignee><Name>Item Ltd</Name></Consignee><ExportCountry><ID>FR</ID></ExportCountry>"
    found = table(put(tmp_path / "a.xml", message(declaration(shipment=shipment, items=item(1) + item(2, own)))))
    names = ["consignee_name", "consignee_country", "destination_country", "dispatch_country"]
    assert found.select(names).rows() == [("Head Ltd", "JP", "JP", "GB"), ("Item Ltd", None, "JP", "FR")]


def test_totals_of_the_header_are_not_shared_out(tmp_path: Path) -> None:
    head = '<InvoiceAmount currencyID="USD">900</InvoiceAmount><TotalGrossMassMeasure>77</TotalGrossMassMeasure>'
    bare = item().replace('<InvoiceLine><ItemChargeAmount currencyID="EUR">250.75</ItemChargeAmount></InvoiceLine>', "")
    bare = bare.replace('<GrossMassMeasure unitCode="TNE">1.5</GrossMassMeasure>', "")
    row = table(put(tmp_path / "a.xml", message(declaration(head=head, items=bare)))).row(0, named=True)
    assert (row["invoice_amount"], row["invoice_currency"], row["total_gross_mass_kg"]) == ("900", "USD", "77")
    assert (row["customs_value"], row["currency"], row["gross_mass_kg"]) == (None, None, None)


@pytest.mark.parametrize(
    ("elements", "value", "basis"),
    [
        ('<CustomsValueAmount currencyID="VND">9</CustomsValueAmount>'
         "<StatisticalValueAmount>8</StatisticalValueAmount>",
         ("9", "VND"), "customs"),
        ('<StatisticalValueAmount currencyID="GBP">8</StatisticalValueAmount>', ("8", "GBP"), "statistical"),
        ("", ("250.75", "EUR"), "invoice"),
    ],
)  # fmt: skip
def test_a_value_says_what_it_was_taken_from(elements: str, value: tuple[str, str], basis: str, tmp_path: Path) -> None:
    row = table(put(tmp_path / "a.xml", message(declaration(items=item(more=elements))))).row(0, named=True)
    assert ((row["customs_value"], row["currency"]), row["value_basis"]) == (value, basis)


def test_a_unit_that_nobody_knows_leaves_the_mass_empty_and_is_counted(tmp_path: Path) -> None:
    path = put(tmp_path / "a.xml", message().replace('unitCode="TNE"', 'unitCode="XXX"'))
    assert table(path)["gross_mass_kg"].to_list() == [None]
    assert [name.rpartition("/")[2] for name in unread(path)] == ["GrossMassMeasure@unitCode=XXX"]


def test_elements_and_attributes_that_nobody_reads_are_counted(tmp_path: Path) -> None:
    code = '<ValuationAdjustment><AdditionCode mood="x">1</AdditionCode></ValuationAdjustment>'
    more = f"<Odd><Inner>1</Inner><Inner>2</Inner></Odd>{code}"
    path = put(tmp_path / "a.xml", message(declaration(items=item(more=more))))
    base = "Declaration/GoodsShipment/GovernmentAgencyGoodsItem"
    assert unread(path) == {f"{base}/Odd/Inner": 2, f"{base}/ValuationAdjustment/AdditionCode@mood": 1}


def test_the_day_is_that_of_acceptance_then_of_issue_then_of_receipt(tmp_path: Path) -> None:
    day = "<{0}><p1:DateTimeString formatCode='304'>{1}</p1:DateTimeString></{0}>"
    accepted, issued = (
        day.format("AcceptanceDateTime", "20250131235900+01"),
        day.format("IssueDateTime", "20250201010203Z"),
    )
    for head, lodged in [(accepted + issued, "2025-01-31"), (issued, "2025-02-01"), ("", "2026-01-01")]:
        assert table(put(tmp_path / "a.xml", message(declaration(head=head))))["lodged_on"].to_list() == [lodged]
    assert table(tmp_path / "a.xml", date.min)["lodged_on"].to_list() == [None]


def test_an_envelope_says_who_sent_and_when(tmp_path: Path) -> None:
    sender = "<originatingPartyID>GB1</originatingPartyID><odd>1</odd>"
    common = f"<requestCommon><receiptDate>2025-09-15T15:07:19+01:00</receiptDate>{sender}</requestCommon>"
    text = f"<submitDeclarationRequest>{common}<requestDetail>{message()}</requestDetail></submitDeclarationRequest>"
    row = table(put(tmp_path / "a.xml", text)).row(0, named=True)
    assert (row["message_sender"], row["message_sent_at"]) == ("GB1", "2025-09-15T15:07:19+01:00")
    assert unread(tmp_path / "a.xml") == {"requestCommon/odd": 1}


def test_a_cancellation_is_one_row_and_an_answer_with_its_reason(tmp_path: Path) -> None:
    body = (
        "<Declaration><FunctionCode>13</FunctionCode><FunctionalReferenceID>R</FunctionalReferenceID><ID>MRN</ID>"
        "<TypeCode>INV</TypeCode><AdditionalInformation><StatementDescription>twice</StatementDescription><Pointer>"
        "<DocumentSectionCode>42A</DocumentSectionCode></Pointer><Pointer><SequenceNumeric>1</SequenceNumeric>"
        "<DocumentSectionCode>06A</DocumentSectionCode></Pointer></AdditionalInformation>"
        "<Amendment><ChangeReasonCode>1</ChangeReasonCode></Amendment></Declaration>"
    )
    path = put(tmp_path / "a.xml", message(body))
    names = ["declaration_id", "message_id", "message_function", "item_number"]
    assert table(path).select(names).rows() == [("MRN", "R", "cancellation", None)]
    first = answers(path).row(0, named=True)
    assert (first["kind"], first["declaration_id"], first["reason"], first["text"]) == (
        "cancelled",
        "MRN",
        "1",
        "twice",
    )
    originals = put(
        tmp_path / "b.xml", message(declaration("X", head="<ID>MRN</ID>").replace("<TypeCode>IMA</TypeCode>", ""))
    )
    assert table(originals)["declaration_id"].to_list() == ["MRN"]


def test_an_amendment_that_points_is_no_new_version_of_the_lines(tmp_path: Path) -> None:
    section = "<SequenceNumeric>1</SequenceNumeric><DocumentSectionCode>42A</DocumentSectionCode>"
    pointer = f"<Pointer>{section}<TagID>146</TagID></Pointer>"
    head = f"<Amendment><ChangeReasonCode>28</ChangeReasonCode>{pointer}</Amendment>"
    body = declaration(head="<ID>M</ID>" + head).replace(">9<", ">13<").replace("IMA", "COR")
    path = put(tmp_path / "a.xml", message(body))
    assert table(path).height == 0
    found = answers(path)
    assert found["pointer"][0] == "Declaration[1]/TotalPackageQuantity"
    assert "hs_code=4602191000" in found["text"][1]
    whole = put(tmp_path / "b.xml", message(body.replace(pointer, "")))
    assert table(whole)["message_function"].to_list() == ["amendment"]


HOSTILE = {
    "external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + message().replace("straw", "&e;"),
    "laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + message().replace("straw", "&b;"),
    "undeclared entity": message().replace("straw", "&nobody;"),
    "too deep": OPEN + "<Declaration>" + "<a>" * 5000 + "</a>" * 5000 + "</Declaration>" + CLOSE,
    "no end": OPEN + "<Declaration><FunctionCode>9</FunctionCode>",
    "no body": OPEN + CLOSE,
    "no item": message("<Declaration><FunctionCode>9</FunctionCode><ID>1</ID></Declaration>"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_and_empty_messages_are_refused_with_a_reason(text: str, tmp_path: Path) -> None:
    path = put(tmp_path / "a.xml", text)
    found = refusals(path)
    assert found
    assert all(reason in ("message", "unsafe") and what for _, what, reason in found)
    assert table(path).height == 0


@pytest.mark.parametrize(
    "head",
    [b"", b"a,b\n1,2", b"<ASYCUDA><SAD/></ASYCUDA>", b"<html><Response>x</Response></html>", b"UNB+UNOA", b"\xff"],
)
def test_what_is_no_message_of_the_model_is_left_to_others(head: bytes) -> None:
    assert FORMAT.detect(head) == ""


def test_intake_reads_it_from_a_folder(tmp_path: Path) -> None:
    put(tmp_path / "a.xml", message(declaration(items=item(1) + item(2))))
    came = intake.read(tmp_path, received=RECEIVED)
    assert came.counts["kept"] == 2
    assert came.lines["gross_mass_kg"].to_list() == [1500.0, 1500.0]


def test_a_class_a_hundred_thousand_times_is_rejected_and_soon(tmp_path: Path) -> None:
    many = "<AdditionalDocument><CategoryCode>N</CategoryCode><TypeCode>935</TypeCode></AdditionalDocument>" * 100_000
    path = put(tmp_path / "a.xml", message(declaration(items=item(1) + item(2, many))))
    came = intake.read(path, received=RECEIVED)
    assert came.counts["kept"] == 1
    assert came.rejected["reason"].to_list() == ["too_long"]


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_messages_are_read_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    raw = bytearray(f"<batch>{message()}{message(declaration('LRN-2'))}</batch>".encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        kind = data.draw(st.sampled_from(["put", "cut", "twice"]))
        if kind == "put":
            raw[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 40))]
        else:
            raw[at:at] = raw[max(0, at - 30) : at]
    path = tmp_path / "m.xml"
    path.write_bytes(bytes(raw) or b"x")
    if FORMAT.detect(path.read_bytes()):
        assert table(path).height + answers(path).height + len(refusals(path)) > 0


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from("abc"),
            st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8),
            min_size=1,
        ),
        max_size=4,
    )
)
def test_notes_give_back_what_was_noted(occurrences: list[dict[str, str]]) -> None:
    parts = ("a", "b", "c")
    assert unnoted("; ".join(notes(one, parts) for one in occurrences), parts) == occurrences


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("20230526205510+01", "2023-05-26T20:55:10+01:00"), ("20230526205510Z", "2023-05-26T20:55:10Z"),
        ("20230526", "2023-05-26"), ("202305262055", "2023-05-26T20:55:00"),
        ("2023-05-26T20:55:10Z", "2023-05-26T20:55:10Z"), ("soon", "soon"), ("", ""),
    ],
)  # fmt: skip
def test_moments(text: str, iso: str) -> None:
    assert moment(text) == iso


def test_a_blank_code_leaves_its_place_to_the_next(tmp_path: Path) -> None:
    blank = "<Classification><ID> </ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification>"
    said = item().replace("<Classification>", f"{blank}<Classification>", 1)
    found = table(put(tmp_path / "in.xml", message(declaration(items=said))))
    assert found["hs_code"].to_list() == ["4602191000"]
