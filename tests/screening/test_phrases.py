"""Phrases in descriptions of goods."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.screening import Entry, Kind
from tidegate.screening.exact import Phrases


def found(description: str | None, *phrases: str) -> list[str]:
    entries = [Entry("made up", str(n), Kind.PHRASE, names=(phrase,)) for n, phrase in enumerate(phrases)]
    return Phrases(entries).find(pl.Series([description], dtype=pl.String))["phrase"].to_list()


@pytest.mark.parametrize(
    ("description", "phrase", "hit"),
    [
        ("Ivory, TUSK; carved", "ivory tusk", True),
        ("ivory tusks", "ivory tusk", False),
        ("tusk of ivory", "ivory tusk", False),
        ("ivory and tusk", "ivory tusk", False),
        ("tượng NGÀ-VOI chạm khắc", "ngà voi", True),
        ("tuong nga voi", "ngà voi", True),
        ("tượng ngà voi", "nga voi", True),
        ("bán ghế gỗ", "bàn ghế", False),
        ("đồ gỗ", "do go", True),
        ("do go", "đồ gỗ", True),
        ("đỗ gỗ", "đồ gỗ", False),
        ("sừng tê giác (nga\u0300)", "ngà", True),
        ("制品象牙製", "象牙", True),
        ("ของงาช้างเก่า", "งาช้าง", True),
        ("ＩＶＯＲＹ", "ivory", True),
        ("", "ivory", False),
        (None, "ivory", False),
        ("!!!", "!!!", False),
    ],
)
def test_words_stand_in_a_row(description: str | None, phrase: str, hit: bool) -> None:
    assert found(description, phrase) == ([phrase] if hit else [])


def test_phrases_may_overlap_and_lie_in_one_another() -> None:
    assert found("raw ivory tusk piece", "ivory", "ivory tusk", "tusk piece", "raw") == [
        *("ivory", "ivory tusk", "tusk piece", "raw"),
    ]


def test_other_entries_are_left_out_and_places_stay() -> None:
    entries = [
        Entry("made up", "0", Kind.PERSON, names=("ivory",)),
        Entry("made up", "1", Kind.PHRASE, names=("ivory", "tusk")),
        Entry("made up", "2", Kind.PHRASE, names=("tusk",)),
    ]
    hits = Phrases(entries).find(pl.Series(["tusk", "wood", None, "ivory tusk"]))
    assert hits.rows() == [(0, 1, "tusk"), (0, 2, "tusk"), (3, 1, "ivory"), (3, 1, "tusk"), (3, 2, "tusk")]
    assert Phrases([]).find(pl.Series(["ivory"])).is_empty()


WORDS = st.lists(st.sampled_from(["ab", "abc", "b", "c1", "x"]), min_size=1, max_size=4).map(" ".join)


@settings(max_examples=80, deadline=None)
@given(phrases=st.lists(WORDS, min_size=1, max_size=5, unique=True), descriptions=st.lists(WORDS, max_size=6))
def test_a_regular_expression_finds_the_same(phrases: list[str], descriptions: list[str]) -> None:
    entries = [Entry("made up", str(n), Kind.PHRASE, names=(phrase,)) for n, phrase in enumerate(phrases)]
    hits = Phrases(entries).find(pl.Series(descriptions, dtype=pl.String))
    assert hits.select("row", "entry").rows() == [
        (row, place)
        for row, description in enumerate(descriptions)
        for place, phrase in enumerate(phrases)
        if re.search(rf"\b{phrase}\b", description)
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.text(max_size=10))
def test_any_text_may_be_a_description_or_a_phrase(description: str, phrase: str) -> None:
    assert found(description, phrase) in ([], [phrase])
    if any(letter.isalnum() for letter in phrase):
        assert found(f"{phrase}", phrase) == [phrase]
