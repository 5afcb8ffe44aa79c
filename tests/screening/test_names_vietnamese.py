"""Vietnamese syllables and their typing; people who do not exist."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.screening.names import analyse
from tidegate.screening.names.vietnamese import FAMILIES, MARKED, TONES, is_syllable, plain, tone_of, toned
from tidegate.screening.names.vietnamese_people import FAMILY_SHARES, people
from tidegate.screening.names.vietnamese_typing import read_typed, telex, vni

# "quoăn" is "quăn" in today's spelling, and Telex cannot tell the horn of "quơn", which hardly anybody writes.
SYLLABLES = sorted(base for base in MARKED if base == "quơ" or not base.startswith(("quo", "quơ")))
PEOPLE = [name for name, _ in people(500, 3)]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SYLLABLES), st.sampled_from(["", *TONES]))
def test_every_syllable_comes_back_from_telex_and_vni(base: str, tone: str) -> None:
    syllable = toned(base, tone)
    if not is_syllable(syllable):
        return
    for typed in (telex(syllable), vni(syllable)):
        assert typed == syllable or read_typed(typed) == syllable


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PEOPLE))
def test_names_typed_in_telex_and_vni_come_back(name: str) -> None:
    for typed in (telex(name.lower()), vni(name.lower()), telex(name.lower()).upper()):
        # "Lee Kim Lan" may be Telex, or the name of somebody whose family is Lee: it stays as it is.
        if typed.lower().replace("lee", "le") == plain(name).lower():
            continue
        words = analyse(typed).words
        assert [word.latin for word in words] == plain(name).lower().split()
        if typed != plain(name).lower():
            assert [tone_of(word.written) for word in words] == [tone_of(word) for word in name.lower().split()]


@pytest.mark.parametrize(
    ("syllable", "parts"),
    [("hòa", ("hoa", "huyen")), ("hoà", ("hoa", "huyen")), ("quý", ("quy", "sac")), ("an", ("an", ""))],
)
def test_tone_is_taken_off_wherever_it_stands(syllable: str, parts: tuple[str, str]) -> None:
    assert tone_of(syllable) == parts


@pytest.mark.parametrize("word", ["kettle", "hunng", "tôc̀", "wang", "zung", "hắcc", "ọcc"])
def test_what_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize("word", ["kettle", "w", "x" * 1000, "1", "", "hung", "ấm"])
def test_what_is_not_typed_is_not_read(word: str) -> None:
    assert read_typed(word) == ""


def test_people_bear_names_as_often_as_in_viet_nam() -> None:
    assert people(50, 3) == people(50, 3)
    assert people(50, 3) != people(50, 4)
    crowd = people(20_000, 5)
    nguyen = sum(name.startswith("Nguyễn ") for name, _ in crowd) / len(crowd)
    assert abs(nguyen - FAMILY_SHARES["nguyễn"] / 100) < 0.02
    assert {sex for _, sex in crowd} == {"f", "m"}
    assert {name.split()[0].lower() for name, _ in crowd} <= set(FAMILIES)
