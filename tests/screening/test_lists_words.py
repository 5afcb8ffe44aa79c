"""Days and countries as lists write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.screening.lists import days, places
from tidegate.screening.lists.record import clean
from tidegate.trade import countries


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1975", ("1975",)),
        ("1975-03", ("1975-03",)),
        ("1975/3/2", ("1975-03-02",)),
        ("1975-00-00", ("1975",)),
        ("2 Mar 1975", ("1975-03-02",)),
        ("02 March 1975", ("1975-03-02",)),
        ("Sept. 1975", ("1975-09",)),
        ("02/03/1975", ("1975-03-02",)),
        ("03/1975", ("1975-03",)),
        ("1975-03-02T10:11:12.000Z", ("1975-03-02",)),
        ("circa 1951", ("1950", "1951", "1952")),
        ("Approximately 10 Dec 1951", ("1950", "1951", "1952")),
        ("1950 to 1952", ("1950", "1951", "1952")),
        ("circa 1979-1982", ("1979", "1980", "1981", "1982")),
        ("01 Jan 1960 to 31 Dec 1961", ("1960", "1961")),
        ("1952 to 1950", ()),
        ("1900 to 1990", ()),
        ("1975-13", ()),
        ("31 Feb 1975", ()),
        ("0975", ()),
        ("12", ()),
        ("unknown", ()),
        ("", ()),
    ],
)
def test_births_in_all_their_shapes(text: str, found: tuple[str, ...]) -> None:
    assert days.possibilities(text) == found


def test_which_part_stands_first_is_told() -> None:
    assert days.day("03/04/1975", "day") == date(1975, 4, 3)
    assert days.day("03/04/1975", "month") == date(1975, 3, 4)
    assert days.day("1975-04") is None


@given(st.dates(date(1850, 1, 1), date(2100, 12, 31)))
def test_a_day_comes_back_in_every_way_of_writing(day: date) -> None:
    ways = (f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"{day:%d %b %Y}", f"{day:%d/%m/%Y}", f"{day:%Y-%m-%dT%H:%M:%S}Z")
    assert {days.possibilities(way) for way in ways} == {(day.isoformat(),)}
    assert {days.day(way) for way in ways} == {day}


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = days.possibilities(text)
    assert len(found) <= days.WIDEST + 1
    assert (days.day(text) is None) or len(found) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("VN", "VN"),
        ("vn", "VN"),
        ("VNM", "VN"),
        ("Việt Nam", "VN"),
        ("viet nam", "VN"),
        ("Iran (Islamic Republic of)", "IR"),
        ("Korea, North", "KP"),
        ("Republic of Korea", "KR"),
        ("Congo, Democratic Republic of the", "CD"),
        ("Congo", "CG"),
        ("Côte d’Ivoire", "CI"),
        ("Burma.", "MM"),
        ("SUHH", ""),
        ("", ""),
        ("Ruritania", None),
        ("QQ", None),
        ("NGA", "NG"),
        ("Nga", "RU"),
    ],
)
def test_countries_in_all_their_spellings(text: str, code: str | None) -> None:
    assert places.code(text) == code


def test_every_country_is_known_by_its_code_and_by_its_names() -> None:
    for code in countries.codes():
        assert places.code(code) == code
        assert {places.code(countries.name(code, language)) for language in ("en", "vi")} == {code}


def test_spellings_are_of_countries_and_none_is_needless() -> None:
    assert set(places.SPELLINGS.values()) <= set(countries.codes())


@given(st.text(max_size=40))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    clean(text).encode()
