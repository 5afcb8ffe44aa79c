"""The list of indicators, the sentences that explain them, and their page in the docs."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from lifelike_lines import line_table

from tidegate.errors import InputError
from tidegate.indicators import INDICATORS, Counters, Settings, compute, explain

REQUIRED = {
    *("importer_lines_30d", "importer_lines_365d", "importer_days_seen", "importer_age_days"),
    *("importer_hit_rate_365d", "declarant_hit_rate_365d"),
    *("importer_new_hs4", "importer_new_supplier", "importer_new_route"),
    *("unit_price_z_hs6_origin_180d", "unit_price_ratio_hs6_origin_180d"),
    *("origin_differs_dispatch", "duty_at_stake", "mass_per_package_kg", "sender_error_rate_30d"),
}
ROW = {
    "declaration_id": "TK1",
    "item_number": 1,
    "lodged_on": date(2025, 6, 1),
    "hs_code": "64039900",
    "origin_country": "IT",
    "dispatch_country": "SG",
    "importer_id": "0101",
    "exporter_name": "ACME",
    "loading_port": "SGSIN",
}


def test_names_are_unique_and_the_promised_ones_are_there() -> None:
    names = [indicator.name for indicator in INDICATORS]
    assert len(names) == len(set(names)) >= 40
    assert set(names) >= REQUIRED
    assert len({need.key for indicator in INDICATORS for need in indicator.needs}) >= 12


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.name)
def test_each_speaks_both_languages(indicator: object) -> None:
    name, flag = indicator.name, indicator.dtype == pl.Boolean  # type: ignore[attr-defined]
    for text in ("label", "label_vi", "sentence", "sentence_vi", "missing", "missing_vi"):
        assert getattr(indicator, text), text
    assert bool(indicator.otherwise) == bool(indicator.otherwise_vi) == flag  # type: ignore[attr-defined]
    assert bool(indicator.unit) != flag  # type: ignore[attr-defined]
    for value in (True, False) if flag else (0.0, 1234.5, None):
        for lang in ("en", "vi"):
            text = explain(name, {**ROW, name: value}, lang)
            assert "{" not in text
            assert "{" not in explain(name, {name: value}, lang)


def test_columns_are_the_indicators_with_their_types() -> None:
    table = compute(line_table([ROW]), Counters())
    assert table.schema == {indicator.name: indicator.dtype for indicator in INDICATORS}


def test_sentences_are_filled_as_an_officer_reads_them() -> None:
    name = "unit_price_ratio_hs6_origin_180d"
    row = {
        **ROW,
        name: 0.31,
        "importer_lines_365d": 12345.0,
        "importer_new_route": True,
        "importer_hit_rate_365d": 0.1234,
    }
    assert explain(name, row) == "unit price is 0.31 of the median of 640399 from IT over 180 days"
    assert explain(name, row, "vi") == "đơn giá bằng 0,31 lần trung vị của phân nhóm 640399 xuất xứ IT trong 180 ngày"
    assert explain("importer_lines_365d", row) == "importer 0101: 12,345 lines in the 365 days before"
    assert explain("importer_lines_365d", row, "vi") == "người nhập khẩu 0101: 12.345 dòng hàng trong 365 ngày trước đó"
    assert explain("importer_new_route", row) == "first time: importer 0101 by the route SG - SGSIN"
    assert explain("importer_hit_rate_365d", row, "vi").startswith("người nhập khẩu 0101: 12,3% số dòng hàng")
    assert explain("unit_price", {**row, "unit_price": None}).startswith("cannot be computed (value not known")


def test_one_is_no_plural() -> None:
    for indicator in INDICATORS:
        one, two = (explain(indicator.name, {**ROW, indicator.name: value}) for value in (1.0, 2.0))
        if indicator.unit in ("lines", "declarations", "days", "digits", "novelties"):
            assert not re.search(r"\b1 (known |different )?(lines|declarations|days|zeros|prices)\b", one), one
            assert one.replace(" 1 ", " 2 ", 1) != two, one
    assert explain("declaration_lines", {**ROW, "declaration_lines": 1.0}) == "the declaration has 1 line"
    assert explain("declaration_lines", {**ROW, "declaration_lines": 2.0}) == "the declaration has 2 lines"
    assert explain("declaration_lines", {**ROW, "declaration_lines": 1.0}, "vi") == "tờ khai có 1 dòng hàng"


def test_what_cannot_be_explained_is_said() -> None:
    with pytest.raises(InputError, match="Did you mean importer_lines_30d"):
        explain("importer_line_30d", ROW)
    with pytest.raises(InputError, match="Ask for en or vi"):
        explain("unit_price", ROW, "fr")


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_settings_that_make_no_sense_are_refused(value: float) -> None:
    with pytest.raises(InputError, match="de_minimis VND is"):
        Settings(de_minimis={"VND": value})
    with pytest.raises(InputError, match="least_spread is"):
        Settings(least_spread=value)


def test_a_value_is_compared_with_the_duty_free_value_of_its_own_currency_only() -> None:
    rows = [
        {**ROW, "declaration_id": f"TK{code}", "customs_value": 30.0, "currency": code}
        for code in ("USD", "VND", "EUR", None)
    ]
    table = compute(line_table(rows), Counters())
    assert table.get_column("de_minimis_gap").to_list() == [0.25, 1 - 3e-5, None, None]
    assert table.get_column("importer_de_minimis_week").to_list() == [0.75, 3e-5, None, None]


def test_every_indicator_stands_in_the_docs_word_for_word() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "indicators.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))
    for indicator in INDICATORS:
        flag = " (whole declaration)" if indicator.whole_declaration else ""
        expected = f"{indicator.unit or 'yes or no'} | {indicator.sentence}{flag} | {indicator.missing}"
        assert rows.get(indicator.name) == expected, indicator.name
