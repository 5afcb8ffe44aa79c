"""Parties against entries: what must rank above what, what must not matter, and hostile input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.errors import ModelError
from tidegate.screening import Entry, Identifier, Kind, Party
from tidegate.screening.score import Model, Scorer

SCORER = Scorer()
# Made-up words of several scripts and lengths.
LATIN = "kettle", "copperpot", "brassworth", "zorblat", "quimby", "al", "bin", "x", "7", "tran", "hung"
MARKED = "nguyễn", "văn", "hùng", "hưng", "thị", "lan", "loan"
WORDS = st.sampled_from([*LATIN, *MARKED, "محمد", "кастрюля", "茶壺"])
NAMES = st.lists(WORDS, min_size=0, max_size=6).map(" ".join)


def chance(a: str, b: str | tuple[str, ...], kind: Kind = Kind.PERSON, **known: object) -> float:
    """The probability that a party named `a` is an entry named `b`; `known` of the party, `entry_...` of the entry."""
    of_entry = {key.removeprefix("entry_"): value for key, value in known.items() if key.startswith("entry_")}
    of_party = {key: value for key, value in known.items() if not key.startswith("entry_")}
    names = (b,) if isinstance(b, str) else b
    return SCORER.one(Party(a, kind, **of_party), Entry("made-up", "1", kind, names, **of_entry))  # type: ignore[arg-type]


# Each row: a listed name, another way to write it, and somebody else's name that looks like it.
ROWS = [
    ("Nguyễn Văn Hùng", "NGUYEN VAN HUNG", "Nguyễn Văn Hưng"),
    ("Nguyễn Văn Hùng", "Nguyeenx Vawn Hungf", "Nguyễn Văn Dũng"),
    ("Trần Thị Thanh Loan", "Loan Tran Thi Thanh", "Trần Thị Thanh Lan"),
    ("Lê Quốc Trường", "LeQuocTruong", "Lê Quốc Trọng"),
    ("Phạm Minh Phúc", "Pham M. Phuc", "Phạm Minh Phước"),
    ("Kettleby Copperpot", "Copperpot, Ketleby", "Brassworth Copperpot"),
    ("Mohammad Zorblatti", "محمد زوربلاتي", "محمد كوبربوت"),
    ("Mohammad Zorblatti", "Muhamed Zorblaty", "Mohammad Quimbani"),
    ("Катерина Кастрюлькина", "Katerina Kastryulkina", "Катерина Чайникова"),
]


@pytest.mark.parametrize(("listed", "same", "other"), ROWS)
def test_another_spelling_ranks_above_another_name(listed: str, same: str, other: str) -> None:
    assert chance(same, listed) > 0.5
    assert chance(same, listed) > chance(other, listed) + 0.2


def test_companies_are_told_apart_by_their_own_name_and_not_by_their_form() -> None:
    listed = "Công ty TNHH Thương mại Thành Đạt Zorblat"
    assert chance("THANH DAT ZORBLAT THUONG MAI CO., LTD", listed, Kind.COMPANY) > 0.5
    assert chance("Công ty TNHH Thương mại Thành Đạt Quimby", listed, Kind.COMPANY) < 0.5


def test_what_is_omitted_is_not_contradicted() -> None:
    listed = "Kettleby Brassworth Copperpot"
    assert chance("Kettleby Copperpot", listed) > chance("Kettleby Quimbani Copperpot", listed)


def test_marks_left_out_do_not_contradict() -> None:
    assert chance("Nguyen Van Hung", "Nguyễn Văn Hưng") > chance("Nguyễn Văn Hùng", "Nguyễn Văn Hưng") + 0.5


def test_a_rare_word_in_common_says_more_than_a_frequent_one() -> None:
    assert chance("Zorblat Zorblatti", "Zorblat Zorblatti") > chance("Nguyễn Văn", "Nguyễn Văn")


def test_birth_country_and_sex_move_the_score_their_way() -> None:
    entry = {"entry_born": ("1975-03-12",), "entry_countries": ("VN",), "entry_sex": "m"}
    names = ("Nguyen Van Hung", "Nguyễn Văn Hùng")
    unknown = chance(*names, **entry)
    order = ["1975-03-12", "1975-12-03", "1976-03-12", "1975", "1975-08-01", "1976", "", "1950"]
    scores = [chance(*names, born=born, **entry) for born in order]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
    assert chance(*names, countries=("VN",), **entry) > unknown > chance(*names, countries=("FR",), **entry)
    assert chance(*names, sex="m", **entry) > unknown > chance(*names, sex="f", **entry)


def test_of_several_birth_dates_the_best_counts() -> None:
    names = ("Nguyen Van Hung", "Nguyễn Văn Hùng")
    assert chance(*names, born="1975", entry_born=("1950", "1975")) == chance(*names, born="1975", entry_born=("1975",))


def test_an_identifier_in_common_outweighs_a_birth_year_that_differs() -> None:
    number = (Identifier("passport", "ZZ0000001", "VN"),)
    names = ("Nguyen Van Hung", "Nguyễn Văn Hùng")
    apart = {"born": "1950", "entry_born": ("1975",)}
    assert (
        chance(*names, identifiers=number, entry_identifiers=number, **apart) > chance(*names) > chance(*names, **apart)
    )


def test_of_an_entrys_names_the_closest_counts_and_is_told() -> None:
    listed = SCORER.listed([Entry("made-up", "1", Kind.PERSON, ("Quimby Teapotson", "Zorblat Copperpot"))])
    scored = SCORER.score(SCORER.parties([Party("Copperpot Zorblat", Kind.PERSON)]), listed, [0], [0])
    assert scored.name.tolist() == [1]
    assert scored.probability[0] == chance("Copperpot Zorblat", "Zorblat Copperpot")


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES)
def test_the_two_sides_can_be_exchanged(a: str, b: str) -> None:
    # Words that are equally close may be aligned either way; then the two may differ by little.
    assert chance(a, b) == pytest.approx(chance(b, a), abs=0.15)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=5), st.lists(NAMES, min_size=1, max_size=5))
def test_many_at_once_score_as_one_by_one(parties: list[str], entries: list[str]) -> None:
    left = SCORER.parties([Party(name, Kind.PERSON) for name in parties])
    right = SCORER.listed([Entry("made-up", str(row), Kind.PERSON, (name,)) for row, name in enumerate(entries)])
    i, j = np.divmod(np.arange(len(parties) * len(entries)), len(entries))
    found = SCORER.score(left, right, i, j).probability
    assert found == pytest.approx([chance(parties[a], entries[b]) for a, b in zip(i, j, strict=True)], abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_has_a_probability(a: str, b: str) -> None:
    assert 0.0 <= chance(a, b) <= 1.0


@pytest.mark.parametrize("text", ["", " ", "!?", "\u200f\u200e", "\x00"])
def test_a_name_without_words_is_nobodys(text: str) -> None:
    assert chance(text, "Zorblat Copperpot") == 0.0
    assert chance("Zorblat Copperpot", text) == 0.0
    assert chance("Zorblat Copperpot", ()) == 0.0


@pytest.mark.parametrize("born", ["x", "19x5", "1975-", "-", "9" * 400, "1975-99-99-1", "٣"])
def test_a_birth_that_cannot_be_read_is_at_most_a_year(born: str) -> None:
    found = chance("Zorblat Copperpot", "Zorblat Copperpot", born=born, entry_born=("1975",))
    assert 0.0 <= found <= 1.0


def test_a_name_of_a_million_letters_is_scored_like_its_beginning() -> None:
    long = "Zorblat " * 125_000
    assert chance(long, "Zorblat Copperpot") == chance(long[:8000], "Zorblat Copperpot")


def test_nothing_to_score_gives_nothing() -> None:
    scored = SCORER.score(SCORER.parties([]), SCORER.listed([]), [], [])
    assert len(scored.probability) == 0


def test_the_model_comes_back_from_its_text() -> None:
    text = Model.shipped().write()
    assert Model.read(text, "again").write() == text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("", "x", "cannot be read"),
        ('"make": 1', '"make": 9', "other features"),
        ('"words the same"', '"words unlike"', "other features"),
        ('"slope"', '"hill"', "cannot be read"),
        ('"line": [', '"line": [\n  1.0,', "lacks numbers"),
        ("leaf_value=", "leaf_value=9", "damaged"),
    ],
)
def test_a_damaged_model_is_refused(old: str, new: str, message: str) -> None:
    text = Model.shipped().write()
    assert old in text
    with pytest.raises(ModelError, match=message):
        Model.read(text.replace(old, new, 1) if old else new, "model.json")
