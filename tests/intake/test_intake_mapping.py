"""Each setting of a mapping file does what it says, and a wrong one is told with its place."""

from __future__ import annotations

import contextlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate import intake
from tidegate.errors import MappingError
from tidegate.trade import LINE_SCHEMA

SECTIONS = ("csv", "rename", "extra", "constants", "units", "codes", "dates", "split", "pad", "finding", "checks")
WORDS = (
    *("encoding", "delimiter", "decimal_comma", "thousands", "null", "hs_code", "quantity", "lodged_on", "column"),
    *("type", "values", "standard", "unknown", "by", "into", "illicit", "level", "delay_days", "tax_code", "currency"),
    *("origin_country", "note", "found_on"),
)
BASE = "declaration_id,lodged_on,hs_code"


def came(tmp_path: Path, text: str, mapping: str) -> intake.Intake:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return intake.read(path, intake.Mapping.parse(mapping))


def test_rename_constants_and_extra(tmp_path: Path) -> None:
    lines = came(
        tmp_path,
        "Số TK;Ngày;HS;Ghi chú;Điểm;Tiền\nA;2026-01-01;440799;x;3;\nB;2026-01-01;440799;;;USD\n",
        '[rename]\ndeclaration_id = "Số TK"\nlodged_on = "Ngày"\nhs_code = "HS"\ncurrency = "Tiền"\n'
        '[constants]\ncurrency = "VND"\nimporter_trusted = true\npackages = 3\n'
        '[extra]\nnote = "Ghi chú"\npoints = { column = "Điểm", type = "whole" }',
    ).lines
    assert lines.columns == [*LINE_SCHEMA, "note", "points"]
    assert lines.select("currency", "importer_trusted", "packages", "note", "points").rows() == [
        ("VND", True, 3, "x", 3),
        ("USD", True, 3, None, None),
    ]


def test_units_numbers_and_nulls(tmp_path: Path) -> None:
    text = f"{BASE};gross_mass_kg;duty_rate;customs_value\n".replace(",", ";")
    text += "A;2026-01-01;440799;1,5;0,08;1.234.567,5\nB;2026-01-01;440799;-;0;12\nC;2026-01-01;440799;1;0;1.23\n"
    got = came(
        tmp_path,
        text,
        '[csv]\ndecimal_comma = true\nthousands = "."\nnull = ["-"]\n'
        '[units]\ngross_mass_kg = "t"\nduty_rate = "fraction"\ncustoms_value = 1000',
    )
    assert got.lines.select("gross_mass_kg", "duty_rate", "customs_value").rows() == [
        (1500.0, 8.0, 1_234_567_500.0),
        (None, 0.0, 12_000.0),
    ]
    assert got.rejected.select("field", "value", "reason").rows() == [("customs_value", "1.23", "not_number")]


@pytest.mark.parametrize(
    ("sign", "written", "number"),
    [(",", "12,345.5", 12345.5), (" ", "1\u00a0234 567", 1234567.0), ("'", "1'000", 1000.0)],
)
def test_thousands(sign: str, written: str, number: float, tmp_path: Path) -> None:
    text = f'{BASE},customs_value\nA,2026-01-01,440799,"{written}"\n'
    assert came(tmp_path, text, f'[csv]\nthousands = "{sign}"').lines["customs_value"].to_list() == [number]


def test_codes(tmp_path: Path) -> None:
    text = f"{BASE},origin_country,transport_mode,preference,office\nA,2026-01-01,440799,Việt Nam,40,q,HN\n"
    text += "B,2026-01-01,440799,other,10,x,??\n"
    got = came(
        tmp_path,
        text,
        '[codes.origin_country]\nstandard = "name"\nunknown = "empty"\nvalues = { Trung-Quoc = "CN" }\n'
        '[codes.transport_mode]\nunknown = "flag"\nvalues = { 40 = "4" }\n'
        '[codes.preference]\nvalues = { q = "AK" }\n'
        '[codes.office]\nvalues = { HN = "01HN", "??" = "" }',
    )
    assert got.lines.select("origin_country", "transport_mode", "preference", "office", "flags").rows() == [
        ("VN", "4", "AK", "01HN", None),
        (None, "10", "x", None, "mode_unknown code_unknown"),
    ]


def test_codes_are_looked_up_as_the_file_has_them(tmp_path: Path) -> None:
    text = f"{BASE},origin_country,incoterm\nA,2026-01-01,Go xe,Vietnam,cif\n"
    mapping = '[codes.origin_country]\nunknown = "reject"\nvalues = { Vietnam = "vn" }\n'
    mapping += '[codes.hs_code]\nvalues = { "Go xe" = "4407.99" }'
    lines = came(tmp_path, text, mapping).lines
    assert lines.select("hs_code", "origin_country", "incoterm", "flags").rows() == [("440799", "VN", "CIF", None)]


def test_a_renamed_column_is_not_the_field_of_its_name(tmp_path: Path) -> None:
    mapping = '[rename]\nimporter_id = "office"\n[extra]\nother = "currency"'
    lines = came(tmp_path, f"{BASE},office,currency\nA,2026-01-01,440799,x,USD\n", mapping).lines
    assert lines.select("importer_id", "office", "other", "currency").rows() == [("x", None, "USD", None)]


def test_codes_of_a_number_may_mean_nothing(tmp_path: Path) -> None:
    text = f"{BASE},duty_rate\nA,2026-01-01,440799,K1\nB,2026-01-01,440799,none\nC,2026-01-01,440799,5\n"
    got = came(tmp_path, text, '[codes.duty_rate]\nvalues = { K1 = 12.5, none = "" }')
    assert got.lines["duty_rate"].to_list() == [12.5, None, 5.0]


def test_dates(tmp_path: Path) -> None:
    text = f"{BASE},importer_registered_on\nA,31/01/2026,440799,20200131\nB,5.2.2026,440799,20200131\n"
    got = came(tmp_path, text, '[dates]\nall = "%Y%m%d"\nlodged_on = ["%d/%m/%Y", "%d.%m.%Y"]').lines
    assert got["lodged_on"].to_list() == [date(2026, 1, 31), date(2026, 2, 5)]
    assert got["importer_registered_on"].to_list() == [date(2020, 1, 31)] * 2


@pytest.mark.parametrize("written", ["2026-01-31", "20260131", "2026-01-31T10:20:30", "2026-01-31 10:20:30"])
def test_dates_without_a_setting(written: str, tmp_path: Path) -> None:
    assert came(tmp_path, f"{BASE}\nA,{written},440799\n", "").lines["lodged_on"].to_list() == [date(2026, 1, 31)]


def test_split_and_pad(tmp_path: Path) -> None:
    text = f"{BASE},route\nA,2026-01-01,80450,CNSHA/x/VNSGN\nB,2026-01-01,440799,CNSHA\n"
    got = came(tmp_path, text, '[split.route]\nby = "/"\ninto = ["loading_port", "", "gate"]\n[pad]\nhs_code = 6').lines
    assert got.select("hs_code", "loading_port", "gate").rows() == [
        ("080450", "CNSHA", "VNSGN"),
        ("440799", "CNSHA", None),
    ]
    assert "route" not in got.columns


def test_values_of_typed_files(tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "declaration_id": [1, 2],
            "lodged_on": pl.Series(["2026-01-01 10:00", "2026-01-02 23:59"]).str.to_datetime(),
            "hs_code": [80450.0, 440799.0],
            "net_mass_kg": [float("nan"), 2.0],
            "container_ids": [["CSQU3054383", "CSQU3054383"], None],
            "importer_trusted": [True, None],
            "nested": [{"a": 1}, {"a": 2}],
        },
        strict=False,
    ).write_parquet(tmp_path / "t.parquet")
    lines = intake.read(tmp_path / "t.parquet", intake.Mapping.parse("[pad]\nhs_code = 6")).lines
    assert lines.select("declaration_id", "lodged_on", "hs_code", "net_mass_kg", "container_ids").rows() == [
        ("1", date(2026, 1, 1), "080450", None, "CSQU3054383 CSQU3054383"),
        ("2", date(2026, 1, 2), "440799", 2.0, None),
    ]
    assert lines["nested"].to_list() == [{"a": 1}, {"a": 2}]


WRONG = [
    ("[rename", "mapping: is not TOML"),
    ("[renam]", "there is no section or setting 'renam'. Did you mean rename?"),
    ('[rename]\nhs_cod = "HS"', "mapping [rename]: there is no field 'hs_cod' of a line. Did you mean hs_code?"),
    ('[rename]\ncolour = "HS"', "An extra column gets its name in [extra]."),
    ("[rename]\nhs_code = 5", "mapping [rename] hs_code: must be a text, between quotes."),
    ('rename = "x"', "mapping [rename]: must be a section of settings."),
    ('[csv]\nencoding = "utf-9"', "mapping [csv] encoding: there is no encoding 'utf-9'."),
    ('[csv]\nseparator = ";"', "there is no setting 'separator'"),
    ('[csv]\ndelimiter = "ab"', "mapping [csv] delimiter: must be one plain character"),
    ('[csv]\ndecimal_comma = "yes"', "must be true or false"),
    ('[csv]\nthousands = "."', "is also the sign before the decimals"),
    ('[csv]\nnull = "-"', "must be a list of texts"),
    ('[units]\ngross_mass_kg = "stone"', "there is no unit 'stone' for a field in kg. Known here are t, g, lb."),
    ('[units]\nquantity = "t"', "Give a number to multiply with."),
    ("[units]\ngross_mass_kg = 0", "must be greater than zero"),
    ("[units]\nhs_code = 2", "mapping [units]: hs_code is not a field of numbers."),
    ("[codes.office]", "mapping [codes.office]: has no values."),
    ('[codes.office]\nunknown = "drop"\nvalues = {a = "b"}', "must be one of keep, flag, empty, reject"),
    ('[codes.office]\nstandard = "alpha-3"', "there is no standard 'alpha-3' for office"),
    ('[codes.origin_country]\nstandard = "fips"', "It is one of alpha-3, numeric, name, and for countries only."),
    ('[dates]\nhs_code = "%Y"', "hs_code is not a field of dates"),
    ('[dates]\nlodged_on = "day"', "'day' is not a date format."),
    ("[dates]\nlodged_on = []", "must be a format, or a list of formats"),
    ('[split.x]\ninto = ["office", "note"]', "mapping [split.x]: needs `by`"),
    ('[split.x]\nby = "/"\ninto = ["office"]', "needs `into`, a list of two names or more"),
    ('[split.x]\nby = "/"\ninto = ["office", "Not So"]', "'Not So' cannot be the name of an extra column"),
    (
        '[rename]\noffice = "a"\n[split.x]\nby = "/"\ninto = ["office", ""]',
        "office comes from [rename] and from [split.x]",
    ),
    ("[pad]\nhs_code = 0", "must be a width from 1 to 40"),
    ('[extra]\noffice = "x"', "office is a field of a line, not an extra column. Put it into [rename]."),
    ('[extra]\na = { type = "colour" }', "there is no type 'colour'"),
    ("[extra]\na = { type = {} }", "mapping [extra.a] type: must be a text, between quotes."),
    ("[units]\nquantity = []", "Give a number to multiply with."),
    ("[constants]\noffice = []", "must be one value"),
    ('[finding]\noffence = "x"', "mapping [finding]: needs `illicit`"),
    ('[finding]\nillicit = "x"\nlevel = "file"', "must be line or declaration"),
    ('[finding]\nillicit = "x"\ndelay_days = -1', "must be a whole number of days"),
    ('[finding]\nillicit = "x"\ndelay_days = 1\nfound_on = "y"', "exclude each other"),
    ('[checks]\ntax_code = "FR"', 'is "VN" or left out'),
    ('[checks]\ncurrency = "DONG"', "'DONG' is not a currency code"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_setting_is_told(text: str, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        intake.Mapping.parse(text)
    assert message in str(caught.value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 50) | st.floats() | st.text("a,;%Y\0é", max_size=4) | st.dates(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=2),
    max_leaves=3,
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SECTIONS), st.sampled_from(WORDS), st.sampled_from(["", *WORDS]), VALUES)
def test_no_value_in_any_place_breaks_it(section: str, key: str, within: str, value: Any) -> None:
    """A value of any type where another one is meant gives an error of our own, never another one."""
    written = _toml({within: value} if within else value)
    with contextlib.suppress(MappingError):
        intake.Mapping.parse(f'[{section}]\n"{key}" = {written}\n')


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_toml(one)}' for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return "[]" if value is None else json.dumps(value).replace("Infinity", "inf").replace("NaN", "nan")


def test_a_mapping_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"nowhere\.toml: cannot be read: No such file"):
        intake.Mapping.load(tmp_path / "nowhere.toml")
    (tmp_path / "m.toml").write_bytes(b'title = "\xe9"')
    with pytest.raises(MappingError, match="is not UTF-8 text"):
        intake.Mapping.load(tmp_path / "m.toml")
    (tmp_path / "m.toml").write_text("[pad]\nhs_code = 0")
    with pytest.raises(MappingError, match=r"m\.toml \[pad\] hs_code: must be"):
        intake.Mapping.load(tmp_path / "m.toml")


MISFITS = [
    ('[rename]\noffice = "Offise"', "[rename] office: t.csv has no column 'Offise'. Did you mean Office?"),
    ('[extra]\nnote = "Remark"', "[extra] note: t.csv has no column 'Remark'."),
    ('[finding]\nillicit = "Fraud"', "[finding] illicit: t.csv has no column 'Fraud'."),
    ('[split.Route]\nby = "/"\ninto = ["office", ""]', "[split.Route]: t.csv has no column 'Route'."),
    ('[rename]\nhs_code = "Office"', "hs_code comes from the column 'Office', but t.csv has a column 'hs_code' too."),
]


@pytest.mark.parametrize(("mapping", "message"), MISFITS)
def test_a_mapping_that_does_not_fit_the_file(mapping: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(MappingError) as caught:
        came(tmp_path, f"{BASE},Office\nA,2026-01-01,440799,x\n", mapping)
    assert message in str(caught.value).replace(f"{tmp_path}/", "")


def test_a_nested_column_cannot_be_a_field(tmp_path: Path) -> None:
    pl.DataFrame({"declaration_id": ["A"], "lodged_on": [date(2026, 1, 1)], "hs_code": [{"a": 1}]}).write_parquet(
        tmp_path / "t.parquet"
    )
    with pytest.raises(MappingError, match="the column 'hs_code' holds Struct"):
        intake.read(tmp_path / "t.parquet")
