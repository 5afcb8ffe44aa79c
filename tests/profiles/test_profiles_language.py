"""What a user sees when a condition is refused: what, where in the text, and the nearest form that is let in."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import ProfileError
from tidegate.profiles.language import kinds, parse
from tidegate.profiles.patterns import PatternRefusedError, regular
from tidegate.trade import LINE_SCHEMA

COLUMNS = kinds(LINE_SCHEMA)
LISTS = {"vn-watch": ()}

# condition, place, what, hint
REFUSED = [
    ("", "1:1", "the condition is empty.", "Write what must be true of a line"),
    ("hs_code LIKE '44%' AND description ILIKE '%a%'", "1:36", "ILIKE is not let in.", "lower(x) LIKE"),
    ("hs_code == '4403'", "1:9", "== is not let in.", "Write one =."),
    ('hs_code = "4403"', "1:11", '"4403" in double quotes is a name.', "Texts stand in single quotes: '4403'."),
    ("hs_code = 4403", "1:1", "text is compared with a number.", "hs_code is text: write '4403'."),
    ("customs_value > '10'", "1:1", "a number is compared with text.", "customs_value is a number: write 10 without"),
    ("hs_cod = '4403'", "1:1", "there is no field hs_cod.", "Did you mean hs_code?"),
    ("upper(hs_code) = 'A'", "1:1", "upper() is not let in.", "lower(x)"),
    ("md5(hs_code) = 'A'", "1:1", "md5() is not let in.", "There are abs, coalesce,"),
    ("left(hs_code, 2) = '44'", "1:1", "left() is not let in.", "substr(x, 1, n)"),
    ("packages::text = '3'", "1:9", ":: is not let in.", "Types are fixed"),
    ("CAST(packages AS text) = '3'", "1:1", "CAST() is not let in.", "Types are fixed"),
    ("importer_id IN (SELECT value FROM bad)", "1:17", "SELECT is not let in.", "on_list"),
    ("CASE WHEN hs_code = '4' THEN 1 END = 1", "1:1", "CASE is not let in.", "(a AND b) OR"),
    ("hs_code = '44' || '03'", "1:16", "|| is not let in.", "OR"),
    ("packages % 10 = 0", "1:10", "% is not let in.", "Remainders"),
    ("hs_code = '4403", "1:11", "a text that ' opens is not closed.", "written twice"),
    ("(hs_code = '4403'", "1:12", "expecting ) after this.", ""),
    ("hs_code = '4403')", "1:17", "this cannot be read here.", ""),
    ("hs_code =", "1:9", "something is missing here.", ""),
    ("hs_code = '4403' office", "1:18", "office cannot stand here.", "AND or OR"),
    ("hs_code", "1:1", "this is text, not a condition.", "Compare it"),
    ("hs_code = NULL", "1:1", "nothing equals NULL.", "hs_code IS NULL"),
    ("hs_code IN ()", "1:1", "IN () is an empty set and never true.", ""),
    ("hs_code IN ('1', NULL)", "1:1", "NULL inside IN makes it unknown.", "OR x IS NULL"),
    ("hs_code IN ('1', 2)", "1:18", "text is compared with a number.", "write '2'"),
    ("hs_code IN (office)", "1:13", "IN takes constants only.", "="),
    ("lodged_on > '2026-02-30'", "1:13", "'2026-02-30' is not a date.", "'2026-01-31'"),
    ("lodged_on > 20260101", "1:1", "a date is compared with a number.", "DATE '2026-01-31'"),
    ("lodged_on + 1 > '2026-01-01'", "1:1", "+ needs numbers; this is a date.", "subtracted"),
    ("importer_trusted > TRUE", "1:1", "flags have no order.", "flag = TRUE"),
    ("importer_trusted IS TRUE", "1:1", "IS is let in only with NULL.", "flag = TRUE"),
    ("1 = 1", "1:1", "this looks at no field.", "'single quotes'"),
    ("hs_code LIKE office", "1:14", "LIKE needs a text in single quotes.", ""),
    ("hs_code LIKE 'a!' ESCAPE '!'", "1:14", "the pattern ends with its escape character.", "twice"),
    ("hs_code LIKE 'a' ESCAPE 'xy'", "1:25", "ESCAPE takes one character.", "ESCAPE '!'"),
    ("substr(hs_code, 0, 2) = '44'", "1:1", "substr counts from 1.", "substr(hs_code, 1, 4)"),
    ("substr(hs_code, packages) = '4'", "1:17", "substr takes whole numbers.", "substr(hs_code, 1, 4)"),
    ("lower(packages) = '3'", "1:7", "this is a number, not text.", "lower works on texts."),
    ("coalesce(packages, 'x') = 3", "1:1", "coalesce takes values of one kind.", "number"),
    ("regexp_matches(description, '(?i)a')", "1:30", "regexp_matches: only plain groups", "docs"),
    ("regexp_matches(description, 'a', 'i')", "1:34", "options are not let in.", "lower(x)"),
    ("regexp_matches(description, '(a')", "1:30", "regexp_matches: not a regular expression", ""),
    ("regexp_matches(description, 'a**')", "1:32", "regexp_matches: * has nothing to repeat", ""),
    ("on_list(importer_id, 'vn-wach')", "1:22", "there is no list vn-wach.", "Did you mean vn-watch?"),
    ("on_list(customs_value, 'vn-watch')", "1:1", "lists hold texts; customs_value is a number.", ""),
    ("on_list('a', 'vn-watch')", "1:1", "on_list takes a field and a list.", ""),
    ("customs_value > 1e999", "1:17", "the number is too large.", "1.8e308"),
    ("lines.hs_code = '4403'", "1:6", ". is not let in.", "alone"),
    ("hs_code = '1'; DROP TABLE lines", "1:14", "; is not let in.", "One condition"),
    ("current_date > lodged_on", "1:1", "current_date is not let in.", "starts and ends"),
    ("hs_code = ?", "1:11", "? is not let in.", "the value itself"),
    ("hs_code\n  LIKE '44%' AND\n  foo > 3", "3:3", "there is no field foo.", "docs"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "what", "hint"), REFUSED)
def test_a_refusal_says_what_where_and_what_instead(text: str, place: str, what: str, hint: str) -> None:
    with pytest.raises(ProfileError) as refusal:
        parse(text, COLUMNS, LISTS)
    assert refusal.value.where == place
    assert refusal.value.what.startswith(what)
    assert hint in refusal.value.hint


def test_the_message_shows_the_place_with_a_caret() -> None:
    with pytest.raises(ProfileError) as refusal:
        parse("hs_code LIKE '44%' AND description ILIKE '%ivory%'", COLUMNS)
    assert str(refusal.value) == (
        "1:36: ILIKE is not let in. Write lower(x) LIKE 'text in small letters'.\n"
        "    hs_code LIKE '44%' AND description ILIKE '%ivory%'\n"
        "                                       ^^^^^"
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("hs_code = '" + "4" * 1_000_000 + "'", "the condition has 1,000,012 characters"),
        ("(" * 10_000 + "hs_code = '1'" + ")" * 10_000, "brackets are nested more than 40 deep."),
        ("NOT " * 10_000 + "hs_code = '1'", "the condition is nested too deeply."),
        ("NOT " * 60 + "hs_code = '1'", "this is nested more than 40 deep."),
        ("packages > " + "- " * 10_000 + "1", "the condition is nested too deeply."),
        ("packages > 1" + " + packages" * 1_000, "this is nested more than 40 deep."),
        (
            "lower(" * 30 + "hs_code" + ")" * 30 + " = 'a' AND " + "abs(" * 41 + "packages" + ")" * 41 + " > 1",
            "brackets",
        ),
    ],
)
def test_what_is_too_large_or_too_deep_is_refused_at_once(text: str, what: str) -> None:
    started = time.process_time()
    with pytest.raises(ProfileError) as refusal:
        parse(text, COLUMNS)
    assert refusal.value.what.startswith(what)
    assert len(str(refusal.value)) < 500
    assert time.process_time() - started < 2


def test_long_chains_and_lists_are_fine() -> None:
    parse(" AND ".join(["hs_code <> '1'"] * 3_000), COLUMNS)
    parse(f"importer_id IN ({', '.join(repr(str(n)) for n in range(8_000))})", COLUMNS)


@pytest.mark.parametrize(
    "text",
    [
        "hs_code LIKE '4403%' AND origin_country IN ('CM','CG','CD') AND dispatch_country <> origin_country",
        "HS_CODE = '440310' and Procedure = 'A11'",
        "procedure = 'A11'",
        "importer_trusted AND NOT \"office\" = '01'",
        "lodged_on - importer_registered_on < 90",
        "lodged_on >= '2026-01-01' AND lodged_on < DATE '2026-07-01'",
        "customs_value / net_mass_kg < 0.5 * 2 AND -customs_value < abs(duty_rate)",
        "NOT on_list(importer_id, 'vn-watch') -- a comment",
        "description LIKE '100!%%' ESCAPE '!'",
    ],
)
def test_what_officers_write_is_let_in(text: str) -> None:
    parse(text, COLUMNS, LISTS)


def refused_or_read(text: str) -> None:
    """Nothing but a ProfileError may come out, whatever goes in."""
    with contextlib.suppress(ProfileError):
        parse(text, COLUMNS, LISTS)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    refused_or_read(text)


WORDS = [
    *(
        "hs_code",
        "customs_value",
        "importer_trusted",
        "lodged_on",
        "'44%'",
        "1",
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "=",
        "LIKE",
    ),
    *("IN", ",", "BETWEEN", "IS", "NULL", "TRUE", "lower", "substr", "-", "/", "<", "DATE", "'2026-01-01'", "ESCAPE"),
    *("on_list", "'vn-watch'", "coalesce", "starts_with"),
]


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_any_row_of_words_is_read_or_refused(words: list[str]) -> None:
    refused_or_read(" ".join(words))


@pytest.mark.parametrize(
    ("pattern", "cleared"),
    [
        (r"\d{2}", "[0-9]{2}"),
        (r"[\w&&x]", r"[0-9A-Za-z_\&\&x]"),
        (r"(a|b)?\.", r"(?:a|b)?\."),
        (r"\bab\b", r"(?-u:\b)ab(?-u:\b)"),
        ("a]}", r"a\]\}"),
    ],
)
def test_regular_expressions_are_spelled_for_all_engines(pattern: str, cleared: str) -> None:
    assert regular(pattern) == cleared


@pytest.mark.parametrize(
    "pattern", ["(?=a)", r"\1", r"\pL", "[[:alpha:]]", "a{1,5000}", "+", "[a", r"\Q", "(?P<x>a)", "^*"]
)
def test_what_engines_read_differently_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefusedError):
        regular(pattern)
