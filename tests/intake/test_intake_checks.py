"""Each reason to reject a row and each flag has a row that shows it; the lists and the rows are the same."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tidegate import intake

GOOD = {
    "declaration_id": "D1",
    "item_number": "1",
    "lodged_on": "2026-01-31",
    "importer_id": "0100233488",
    "importer_name": "Công ty Mẫu",
    "importer_registered_on": "2020-01-01",
    "importer_trusted": "no",
    "hs_code": "440799",
    "origin_country": "VN",
    "dispatch_country": "VN",
    "transit_country": "SG",
    "loading_port": "SGSIN",
    "unloading_port": "VNSGN",
    "transport_mode": "1",
    "container_ids": "CSQU3054383",
    "packages": "10",
    "gross_mass_kg": "5",
    "net_mass_kg": "4",
    "customs_value": "100",
    "currency": "VND",
    "incoterm": "CIF",
    "preference": "A",
}

MAPPING = """
[codes.preference]
unknown = "reject"
values = { A = "A", B = "B" }
[codes.incoterm]
unknown = "flag"
values = { CIF = "CIF", XXX = "XXX" }
[checks]
tax_code = "VN"
currency = "VND"
"""

# What to write instead of the good value; the field; the code.
REJECTED = [
    ("declaration_id", "", "missing"),
    ("declaration_id", "1.0123E+11", "mangled"),
    ("declaration_id", "1,01E+11", "mangled"),
    ("item_number", "", "missing"),
    ("item_number", "0", "below_one"),
    ("item_number", "1.5", "not_whole"),
    ("item_number", "3000000000", "not_whole"),
    ("lodged_on", "31/01/2026", "not_date"),
    ("lodged_on", "2026-02-30", "not_date"),
    ("lodged_on", "1026-01-31", "impossible_date"),
    ("lodged_on", "2926-01-31", "impossible_date"),
    ("importer_trusted", "perhaps", "not_flag"),
    ("importer_name", "x" * 32_768, "too_long"),
    ("hs_code", "44079A", "hs_digits"),
    ("hs_code", "44079", "hs_length"),
    ("hs_code", "4407990000000", "hs_length"),
    ("hs_code", "777777", "hs_chapter"),
    ("hs_code", "001234", "hs_chapter"),
    ("packages", "many", "not_whole"),
    ("packages", "-1", "negative"),
    ("gross_mass_kg", "1,5", "not_number"),
    ("gross_mass_kg", "1.5 kg", "not_number"),
    ("net_mass_kg", "-4", "negative"),
    ("customs_value", "-0.01", "negative"),
    ("customs_value", "inf", "not_number"),
    ("preference", "C", "unknown_code"),
]

FLAGGED = [
    ("hs_code", "", "hs_missing"),
    ("hs_code", "990101", "hs_not_in_edition"),
    ("hs_code", "851712", "hs_not_in_edition"),
    ("origin_country", "ZZ", "origin_unknown"),
    ("dispatch_country", "Vietnam", "dispatch_unknown"),
    ("transit_country", "SGP", "transit_unknown"),
    ("currency", "XXY", "currency_unknown currency_other"),
    ("currency", "USD", "currency_other"),
    ("container_ids", "CSQU3054384", "container_digit"),
    ("container_ids", "CSQU3054383 CSQX1", "container_form"),
    ("container_ids", "BULK CSQU3054384", "container_form container_digit"),
    ("loading_port", "SINGAPORE", "loading_port_form"),
    ("unloading_port", "VN-SG", "unloading_port_form"),
    ("transport_mode", "10", "mode_unknown"),
    ("incoterm", "XXX", "incoterm_unknown"),
    ("incoterm", "YYY", "incoterm_unknown code_unknown"),
    ("net_mass_kg", "5.01", "net_over_gross"),
    ("net_mass_kg", "0", "mass_zero"),
    ("customs_value", "", "value_missing"),
    ("customs_value", "0.00", "value_zero"),
    ("packages", "2.6", "packages_rounded"),
    ("importer_registered_on", "2026-02-01", "before_registration"),
    ("importer_id", "0100233480", "tax_code_digit"),
    ("message_sent_at", "31/01/2026", "message_time"),
    ("importer_name", "C\ufffdng ty", "text_damaged"),
]

# Good in other ways of writing: value, and what it becomes.
TIDIED = [
    ("hs_code", "4407.99", "440799"),
    ("hs_code", "4407 99 10", "44079910"),
    ("origin_country", " vn ", "VN"),
    ("container_ids", "csqu3054383", "CSQU3054383"),
    ("container_ids", "CSQU3054383;  CSQU3054383", "CSQU3054383 CSQU3054383"),
    ("item_number", "1.0", 1),
    ("customs_value", "1e3", 1000.0),
    ("gross_mass_kg", "NaN", None),
    ("importer_trusted", "CÓ", True),
    ("importer_name", "  ", None),
]


def _read(tmp_path: Path, field: str, value: str) -> intake.Intake:
    """One row with this value, and a good one, so that there is something to keep."""
    rows = [GOOD | {field: value}, GOOD | {"declaration_id": "D2"}]
    pl.DataFrame(rows).write_csv(tmp_path / "t.csv")
    return intake.read(tmp_path / "t.csv", intake.Mapping.parse(MAPPING))


@pytest.mark.parametrize(("field", "value", "code"), REJECTED)
def test_a_row_is_rejected(field: str, value: str, code: str, tmp_path: Path) -> None:
    came = _read(tmp_path, field, value)
    assert came.counts == {"read": 2, "kept": 1, "rejected": 1, "flagged": 0}
    assert came.rejected.rows() == [(str(tmp_path / "t.csv"), 2, field, value[:200] or None, code)]


@pytest.mark.parametrize(("field", "value", "codes"), FLAGGED)
def test_a_row_is_flagged(field: str, value: str, codes: str, tmp_path: Path) -> None:
    came = _read(tmp_path, field, value)
    assert came.counts == {"read": 2, "kept": 2, "rejected": 0, "flagged": 1}
    assert came.lines["flags"].to_list() == [codes, None]


@pytest.mark.parametrize(("field", "value", "becomes"), TIDIED)
def test_a_value_is_tidied(field: str, value: str, becomes: object, tmp_path: Path) -> None:
    came = _read(tmp_path, field, value)
    assert came.lines[field].to_list()[0] == becomes
    assert came.flagged == 0


def test_the_good_row_is_good(tmp_path: Path) -> None:
    assert _read(tmp_path, "declaration_id", "D9").counts == {"read": 2, "kept": 2, "rejected": 0, "flagged": 0}


def test_all_codes_are_shown() -> None:
    shown_elsewhere = {"columns", "header", "json", "nul", "repeated", "contradicts", "above_one", "message", "unsafe"}
    assert {code for _, _, code in REJECTED} | shown_elsewhere == {entry.code for entry in intake.REJECTIONS}
    of_versions = {"amendment_not_applied"}  # see test_intake_amendments.py
    assert {code for *_, codes in FLAGGED for code in codes.split()} | of_versions == {e.code for e in intake.FLAGS}


def test_rows_that_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "declaration_id,lodged_on,hs_code\nA,2026-01-01,440799\n\nB,2026-01-01\nC,2026-01-01,440799,9\n"
        "declaration_id,lodged_on,hs_code\nD\0,2026-01-01,440799\nE,2026-01-01,440799\n"
    )
    came = intake.read(path)
    assert came.lines["declaration_id"].to_list() == ["A", "E"]
    assert came.rejected.select("row", "value", "reason").rows() == [
        (4, "B,2026-01-01", "columns"),
        (5, "C,2026-01-01,440799,9", "columns"),
        (6, "declaration_id,lodged_on,hs_code", "header"),
        (7, "D\0,2026-01-01,440799", "nul"),
    ]


def test_lines_that_are_no_json_objects(tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    good = '{"declaration_id": "%s", "lodged_on": "2026-01-01", "hs_code": 440799}'
    path.write_text("\n".join([good % "A", "[1]", '{"declaration_id": ', good % "B", "", '{"hs_code": "x\\u0000"}']))
    came = intake.read(path)
    assert came.lines.select("declaration_id", "hs_code").rows() == [("A", "440799"), ("B", "440799")]
    assert came.rejected.select("row", "field", "reason").rows() == [
        (2, None, "json"),
        (3, None, "json"),
        (6, "declaration_id", "missing"),
    ]


def test_what_a_code_says() -> None:
    assert intake.reason("net_over_gross") == "the net mass is greater than the gross mass"
    assert intake.reason("net_over_gross", "vi") == "trọng lượng tịnh lớn hơn trọng lượng cả bì"
    for entry in (*intake.REJECTIONS, *intake.FLAGS):
        assert entry.text
        assert entry.text_vi != entry.text
