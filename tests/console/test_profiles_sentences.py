"""Sentences and SQL say the same: rows become a condition, and a condition rows only where nothing is lost."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.console.catalogues import compile_all
from tidegate.console.profiles.operators import BY_CODE, OPERATORS, of_kind
from tidegate.console.profiles.sentences import Row, Wording, fault, sql_of, typed, values_of, wording_of
from tidegate.console.profiles.vocabulary import FIELDS, KINDS, SCHEMA, sentences
from tidegate.profiles import Matcher, Profile, WatchLists
from tidegate.profiles.language import parse
from tidegate.profiles.syntax import Kind
from tidegate.trade import LINE_SCHEMA, conform

LISTS = ("vn-watch", "partners")
TEXT = st.text(
    st.one_of(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), st.sampled_from(" ,'\"%_!\\")),
    min_size=1,
    max_size=8,
).filter(lambda text: text == text.strip() and text)
NUMBER = st.one_of(st.integers(-(10**9), 10**9).map(str), st.decimals(-1000, 1000, places=3).map(str))
DATE = st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31)).map(str)
VALUES = {Kind.TEXT: TEXT, Kind.NUMBER: NUMBER, Kind.DATE: DATE, Kind.FLAG: st.just("")}


@st.composite
def rows(draw: st.DrawFn) -> Row:
    field = draw(st.sampled_from(sorted(KINDS)))
    operator = draw(st.sampled_from(of_kind(KINDS[field])))
    one = VALUES[KINDS[field]]
    if operator.of == "list":
        one = st.sampled_from(LISTS)
    elif operator.of == "field":
        one = st.sampled_from([name for name, kind in KINDS.items() if kind is KINDS[field]])
    count = draw(st.integers(1, 4)) if operator.takes < 0 else operator.takes
    return Row(field, operator.code, tuple(draw(one) for _ in range(count)))


WORDINGS = st.builds(
    Wording,
    st.sampled_from(["all", "any"]),
    st.lists(st.lists(rows(), min_size=1, max_size=3).map(tuple), min_size=1, max_size=4).map(tuple),
)


@given(WORDINGS)
@settings(max_examples=400, deadline=None)
def test_what_rows_say_comes_back_as_rows_that_say_the_same(wording: Wording) -> None:
    assert not any(fault(row, KINDS) for block in wording.blocks for row in block)
    sql = sql_of(wording, KINDS)
    tree = parse(sql, KINDS, LISTS)
    back = wording_of(sql, KINDS, LISTS)
    if back is None:  # a small letter of a capital may be several characters, or a value hold what no box can
        assert any(row.operator in ("tells", "one_of", "none_of") for block in wording.blocks for row in block)
        return
    assert parse(sql_of(back, KINDS), KINDS, LISTS) == tree
    assert wording_of(sql_of(back, KINDS), KINDS, LISTS) == back
    assert all(line for block in sentences(back) for line in block)


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_several_values_fit_in_one_box(values: list[str]) -> None:
    assert list(values_of(typed(values), -1)) == values


def _hits(sql: str, table: pl.DataFrame) -> list[int]:
    day = dt.date(2020, 1, 1)
    profile = Profile("P", "t", sql, "red", 1.0, day, dt.date(2030, 1, 1), "o")
    return list(Matcher([profile], table.schema, WatchLists({})).match(table).line)


LINES = st.lists(
    st.fixed_dictionaries(
        {
            "hs_code": st.sampled_from([None, "440310", "440710", "94036"]),
            "origin_country": st.sampled_from([None, "CM", "CG", "VN"]),
            "dispatch_country": st.sampled_from([None, "CM", "SG"]),
            "description": st.sampled_from([None, "Gỗ tròn 50%", "gỗ_xẻ", "LOGS"]),
            "customs_value": st.sampled_from([None, 0.0, 10.5, 1000.0]),
            "importer_trusted": st.sampled_from([None, True, False]),
        }
    ),
    min_size=1,
    max_size=8,
)
SAID = st.sampled_from(
    [
        (Row("hs_code", "starts", ("4403",)), lambda r: _t(r["hs_code"], lambda v: v.startswith("4403"))),
        (Row("hs_code", "starts_not", ("44",)), lambda r: _t(r["hs_code"], lambda v: not v.startswith("44"))),
        (Row("origin_country", "one_of", ("CM", "CG")), lambda r: _t(r["origin_country"], lambda v: v in ("CM", "CG"))),
        (Row("origin_country", "none_of", ("VN",)), lambda r: _t(r["origin_country"], lambda v: v != "VN")),
        (Row("description", "contains", ("50%",)), lambda r: _t(r["description"], lambda v: "50%" in v)),
        (Row("description", "contains", ("_",)), lambda r: _t(r["description"], lambda v: "_" in v)),
        (Row("description", "tells", ("Logs",)), lambda r: _t(r["description"], lambda v: "logs" in v.lower())),
        (Row("description", "ends", ("%",)), lambda r: _t(r["description"], lambda v: v.endswith("%"))),
        (
            Row("customs_value", "between", ("10", "999.5")),
            lambda r: _t(r["customs_value"], lambda v: 10 <= v <= 999.5),
        ),
        (Row("customs_value", "ge", ("1000",)), lambda r: _t(r["customs_value"], lambda v: v >= 1000)),
        (Row("importer_trusted", "no"), lambda r: _t(r["importer_trusted"], lambda v: not v)),
        (Row("hs_code", "empty"), lambda r: r["hs_code"] is None),
        (Row("hs_code", "given"), lambda r: r["hs_code"] is not None),
        (
            Row("dispatch_country", "differs", ("origin_country",)),
            lambda r: _t(r["dispatch_country"], lambda v: _t(r["origin_country"], lambda o: v != o)),
        ),
    ]
)


def _t(value: object, says: object) -> bool:
    return value is not None and says(value)  # type: ignore[operator]


@given(LINES, st.sampled_from(["all", "any"]), st.lists(st.lists(SAID, min_size=1, max_size=3), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_a_sentence_fires_where_it_is_true(lines: list[dict[str, object]], join: str, said: list[list[tuple]]) -> None:
    """The matcher, asked by the SQL of the rows, against the rows read as a person reads them."""
    table = conform(
        pl.DataFrame(
            [
                {"declaration_id": "D", "item_number": at, "lodged_on": dt.date(2025, 1, 1), **line}
                for at, line in enumerate(lines)
            ],
            schema={name: LINE_SCHEMA[name] for name in ("declaration_id", "item_number", "lodged_on", *lines[0])},
        )
    )
    wording = Wording(join, tuple(tuple(row for row, _ in block) for block in said))
    outer, inner = (all, any) if join == "all" else (any, all)
    true = [at for at, line in enumerate(lines) if outer(inner(says(line) for _, says in block) for block in said)]
    assert _hits(sql_of(wording, KINDS), table) == true


@pytest.mark.parametrize(
    "sql",
    [
        "customs_value / net_mass_kg < 9",
        "substr(hs_code, 1, 4) = '4403'",
        "NOT (hs_code LIKE '44%' AND origin_country = 'CM')",
        "hs_code LIKE '44%' AND (origin_country = 'CM' OR (origin_country = 'CG' AND office = '03CC'))",
        "hs_code LIKE '44_3%'",
        "coalesce(origin_country, '') <> 'VN'",
        "origin_country = ''",
    ],
)
def test_what_rows_cannot_say_stays_sql(sql: str) -> None:
    assert wording_of(sql, KINDS) is None


def test_the_example_of_the_screen() -> None:
    wording = wording_of("hs_code LIKE '4403%' AND origin_country IN ('CM', 'CG', 'CD')", KINDS)
    assert wording is not None
    assert sentences(wording) == [["HS code starts with 4403"], ["Origin is one of CM, CG or CD"]]


def test_faults_are_told_beside_the_row() -> None:
    assert fault(Row("", ""), KINDS) == "Choose a field."
    assert fault(Row("nothing", "is", ("x",)), KINDS) == "There is no field nothing."
    assert fault(Row("hs_code", "lt", ("4",)), KINDS) == "Choose how it is compared."
    assert fault(Row("hs_code", "is"), KINDS) == "Give a value."
    assert fault(Row("customs_value", "lt", ("nan",)), KINDS) == "nan is no number: write 1234.5."
    assert fault(Row("customs_value", "between", ("1",)), KINDS) == "Give the lower and the upper value."
    assert fault(Row("lodged_on", "after", ("soon",)), KINDS) == "soon is no date: write 2026-01-31."
    assert fault(Row("hs_code", "differs", ("packages",)), KINDS) == "Choose a field of the same kind."


def test_each_operator_has_a_code_of_its_own() -> None:
    assert len(BY_CODE) == len(OPERATORS)
    assert set(KINDS) <= set(SCHEMA)


def test_every_field_has_its_meaning_in_vietnamese() -> None:
    compile_all()
    with translation.override("vi"):
        assert [one.name for one in FIELDS if gettext(one.meaning) == one.meaning] == []
