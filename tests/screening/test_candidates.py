"""Candidates: every listed name finds itself, however it is written; batch is single; nothing is dropped."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.screening.candidates import Candidates
from tidegate.screening.names.vietnamese import plain
from tidegate.screening.names.vietnamese_people import people
from tidegate.screening.names.vietnamese_typing import telex, vni

# Made up of things, so that nobody bears them; with a crowd of Vietnamese people who do not exist.
LISTED = [
    ["Teapot Kettle", "чайник кеттл"],
    ["Abd al-Rahim al-Ibriq", "عبدالرحيم الابريق"],
    ["王小瓶"],
    ["Kim Jeong Sol", "김정솔"],
    ["Công ty TNHH Ấm Trà Xanh"],
    ["Teekanne GmbH & Co. KG"],
    ["Spoonbread"],
    ["Jasper Quillon Teaspoon"],
]
CROWD = [[name] for name, _ in people(3000, 1)]
INDEX = Candidates([*LISTED, *CROWD])


def found(query: str, top: int = 50) -> list[int]:
    return [entry for entry, _ in INDEX.find_one(query, top)]


@pytest.mark.parametrize(
    ("query", "entry"),
    [
        ("kettle teapot", 0),
        ("Kettel Teapot", 0),
        ("TeapotKettle", 0),
        ("T. Kettle", 0),
        ("Чайник Кеттл", 0),
        ("Abdurrahim Al Ebrik", 1),
        ("عبد الرحيم ابريق", 1),
        ("Wang Xiao Ping", 2),
        ("Hsiaoping Wang", 2),
        ("KIM Jong-sol", 3),
        ("Gim Jeongsol", 3),
        ("AM TRA XANH CO., LTD", 4),
        ("Teekane", 5),
        ("SPOONBRAED", 6),
        ("Spoon Bread", 6),
        ("Jasper Q. Teaspoon", 7),
        ("J Q Teaspoon", 7),
        ("Teaspoon, Jasper", 7),
        ("Xspoonbrexd", 6),  # two slips: only trigrams are left
    ],
)
def test_a_name_is_found_however_it_is_written(query: str, entry: int) -> None:
    assert entry in found(query, 5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(LISTED) + len(CROWD) - 1))
def test_every_listed_name_finds_itself(entry: int) -> None:
    for name in [*LISTED, *CROWD][entry]:
        score = dict(INDEX.find_one(name))[entry]
        assert score == max(score for _, score in INDEX.find_one(name))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_order_case_marks_and_typing_do_not_matter(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(CROWD) - 1))
    name = CROWD[at][0]
    words = data.draw(st.permutations(name.split()))
    for query in (" ".join(words), name.upper(), plain(name), unicodedata.normalize("NFD", name), telex(name.lower()),
                  vni(name.lower())):  # fmt: skip
        assert len(LISTED) + at in found(query)


def test_entries_of_one_name_come_together() -> None:
    crowd = Candidates([["Nguyễn Văn Ấm"]] * 200 + [["Trần Thị Chén"]])
    offsets, entries, scores = crowd.find(["nguyen van am"], top=1)
    assert offsets.tolist() == [0, 200]
    assert sorted(entries.tolist()) == list(range(200))
    assert len(set(scores.tolist())) == 1


def test_a_word_that_everybody_bears_is_still_looked_up() -> None:
    index = Candidates([[f"Teapot {letter}{other}ttle"] for letter in "bcdfg" for other in "aeiou"] * 40 + [["Teapot"]])
    assert index.find_one("Teapot", 1)[0][0] == 1000


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([names[0] for names in [*LISTED, *CROWD[:200]]]) | st.text(max_size=20), max_size=8))
def test_batch_is_single(queries: list[str]) -> None:
    offsets, entries, scores = INDEX.find(queries)
    assert len(offsets) == len(queries) + 1
    for at, query in enumerate(queries):
        got = list(zip(entries[offsets[at] : offsets[at + 1]].tolist(), scores[offsets[at] : offsets[at + 1]].tolist(),
                       strict=True))  # fmt: skip
        alone = INDEX.find_one(query)
        assert [entry for entry, _ in got] == [entry for entry, _ in alone]
        assert np.allclose([score for _, score in got], [score for _, score in alone], rtol=1e-5)


@pytest.mark.parametrize("query", ["", " ", "...", "\u202e", "\ud800", "k" * 1_000_000, "ấ " * 300_000, "a b c " * 200])
def test_hostile_queries_are_answered(query: str) -> None:
    offsets, entries, _ = INDEX.find([query])
    assert offsets[-1] == len(entries)


def test_a_batch_of_hostile_queries_is_worked_on_in_portions() -> None:
    queries = [" ".join(f"{letter}{other}" for letter in "abdhklmn" for other in "aeiouy") for _ in range(40)]
    offsets, entries, _ = INDEX.find(queries * 30)
    assert len(offsets) == 1201
    assert np.array_equal(entries[: offsets[1]], entries[offsets[-2] :])


def test_names_of_initials_and_joined_words_are_found_from_either_side() -> None:
    index = Candidates([["T.P.K. Company"], ["Tea Pot Company"], ["Teapot Works"], ["TPK Works"], *CROWD[:50]])
    assert {entry for entry, _ in index.find_one("TPK Company")} >= {0, 3}
    assert {entry for entry, _ in index.find_one("Teapot")} >= {1, 2}
    assert {entry for entry, _ in index.find_one("Tea Pot Works")} >= {1, 2}


@pytest.mark.parametrize("listed", [[], [[]], [[""]], [["", "..."]]])
def test_a_list_without_names_has_no_candidates(listed: list[list[str]]) -> None:
    index = Candidates(listed)
    assert index.find_one("Teapot") == []
    assert index.find([])[0].tolist() == [0]


def test_top_is_kept_and_the_best_come_first() -> None:
    offsets, _, scores = INDEX.find(["Nguyễn Thị Lan", "Teapot Kettle"], top=7)
    for first, last in pairwise(offsets):
        assert (np.diff(scores[first:last]) <= 0).all()
        assert len(np.unique(scores[first:last])) <= 7
