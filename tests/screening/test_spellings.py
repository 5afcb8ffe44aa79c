"""Keys of words, and which words of a list a word could be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from tidegate.screening.names.keys import key, skeleton, sound
from tidegate.screening.spellings import Spellings

WORDS = st.text(alphabet="abdhknou", min_size=1, max_size=6)


@pytest.mark.parametrize(
    "spellings",
    [
        "muhammad mohamed mohammed mehmet mohd",
        "aleksandr alexander alexandre",
        "khrushchev hruschev",
        "bin ibn ben",
        "yusupov iusupoff",
        "qadhafi gaddafi kadafi",
    ],
)
def test_spellings_of_one_name_have_one_key(spellings: str) -> None:
    assert len({key(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize("words", ["hung hong hang", "tran trang trinh", "teapot kettle", "li lo", "44 45", "911 912"])
def test_different_names_have_different_keys(words: str) -> None:
    assert len({key(word) for word in words.split()}) == len(words.split())


def test_korean_spellings_sound_the_same() -> None:
    assert len({sound(word) for word in ("jeong", "jung", "chong", "jong")}) == 1
    assert sound("kim") == sound("gim")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", max_size=30))
def test_keys_of_any_word_are_plain(word: str) -> None:
    for spelled in (key(word), skeleton(word), sound(word)):
        assert spelled.isascii()
        assert len(spelled) <= 2 * len(word) + 6


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=30), WORDS)
def test_words_one_slip_away_are_those_that_a_search_of_all_finds(listed: list[str], asked: str) -> None:
    spellings = Spellings([*listed, *listed])
    slips = spellings._slips([asked])[0]
    found = {spellings.words[at] for at in slips}
    near = {word for word in listed if OSA.distance(word, asked) == 1 and min(len(word), len(asked)) >= 2}
    assert near <= found
    assert all(OSA.distance(word, asked) == 1 for word in found)
    assert len(slips) == len(found)


def test_own_key_is_first_and_counts_whole() -> None:
    spellings = Spellings(["teapot", "teapots", "teepot"])
    keys = spellings.near(["teapot"])[0]
    assert next(iter(keys)) == spellings.keys[key("teapot")]
    assert keys[spellings.keys[key("teapot")]] == 1.0
    assert keys[spellings.keys[key("teapots")]] < 1.0


def test_joined_words_come_apart_and_parts_come_together() -> None:
    spellings = Spellings(["nguyen", "van", "hung", "teapot", "kha", "canh", "khac", "anh"])
    assert spellings.split("nguyenvan", alone=True) == ["nguyen", "van"]
    assert spellings.split("nguyenvanhung", alone=True) == ["nguyen", "van", "hung"]
    assert set(spellings.split("khacanh", alone=True)) == {"kha", "canh", "khac", "anh"}
    assert spellings.split("kettle", alone=True) == []
    assert spellings.with_joined(["tea", "pot"]) == ["tea", "pot", "teapot"]
    assert spellings.with_joined(["t", "ea", "pot"])[3:] == ["teapot"]


def test_a_list_without_words_reads_nothing() -> None:
    assert Spellings([]).near(["teapot"]) == [{}]
