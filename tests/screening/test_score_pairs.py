"""Pairs with labels right by construction, folds that keep their people apart, and what scores are worth on them."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.errors import InputError
from tidegate.screening import Kind
from tidegate.screening.names.vietnamese import plain
from tidegate.screening.score.evaluation import best_threshold, evaluate, read_pairs, tied
from tidegate.screening.score.folds import folds, owners
from tidegate.screening.score.learning import cross_validate, learn, matrix
from tidegate.screening.score.pairs import Pair, companies, people, telex, typo

SHARED = Path(__file__).resolve().parents[2] / "../shared/data/lists"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data/lists is not here: NOT tested")


def pair(a: str, b: str, same: bool, of: str = "made up") -> Pair:
    return Pair(of, Kind.PERSON, a, b, same)


def test_the_same_seed_makes_the_same_pairs() -> None:
    assert list(people(5, seed=7)) == list(people(5, seed=7)) != list(people(5, seed=8))


@pytest.mark.parametrize("seed", range(5))
def test_other_people_have_other_letters_or_other_marks_that_are_written(seed: int) -> None:
    for one in people(50, seed):
        if not one.same and one.how == "other marks":
            assert one.a != one.b
            assert plain(one.a) == plain(one.b)
            assert plain(one.a) != one.a
        elif not one.same:
            assert plain(one.a).lower() != plain(one.b).lower()


def test_companies_that_are_others_differ_in_their_own_name() -> None:
    for one in companies(50, seed=3):
        if not one.same:
            assert plain(one.a) != plain(one.b)


def test_telex_is_what_one_types() -> None:
    assert telex("Đỗ Thị Hường") == "DDoox Thij Huwowngf"


@settings(max_examples=100, deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8), st.integers(0, 999))
def test_a_slip_is_one_letter_more_less_or_other(word: str, seed: int) -> None:
    slipped = typo(word, Random(seed))
    assert abs(len(slipped) - len(word)) <= 1
    assert slipped


def test_nobody_is_learned_from_who_is_tested() -> None:
    pairs = [pair(f"a{n % 9}", f"b{n % 7}", n % 3 == 0) for n in range(60)] + list(people(10, seed=1))
    of = owners(pairs)
    tested_once = np.zeros(len(pairs), int)
    for learned, tested in folds(pairs, 5):
        tested_once[tested] += 1
        seen = {owner for place in tested for owner in of[place]}
        assert not any(seen.intersection(of[place]) for place in learned)
    assert tested_once.tolist() == [1] * len(pairs)


def test_names_that_are_the_same_have_one_owner() -> None:
    of = owners(
        [pair("Kettle", "Copperpot", True), pair("COPPERPOT", "Zorblat", True), pair("Kettle", "Quimby", False)]
    )
    assert of[0][0] == of[0][1] == of[1][0] == of[1][1] == of[2][0] != of[2][1]


def test_the_table_counts_as_one_would_by_hand() -> None:
    pairs = [pair("a", "b", True), pair("a", "c", True), pair("a", "d", False), pair("a", "e", False)]
    row = evaluate(pairs, np.array([0.9, 0.4, 0.6, 0.1])).row(0, named=True)
    assert (row["pairs"], row["same"]) == (4, 2)
    assert (row["precision"], row["recall"], row["f1"]) == (0.5, 0.5, 0.5)
    assert row["average_precision"] == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert row["calibration_error"] == pytest.approx((0.1 + 0.6 + 0.6 + 0.1) / 4)


def test_each_script_has_its_row() -> None:
    table = evaluate([pair("محمد", "Mohammad", True), pair("Zorblat", "Quimby", False)], np.array([0.9, 0.1]))
    assert table["script"].to_list() == ["all", "arabic", "latin"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=1, max_size=30))
def test_no_other_threshold_has_a_greater_f1(rows: list[tuple[bool, int]]) -> None:
    same, scores = np.array([row[0] for row in rows]), np.array([row[1] / 6 for row in rows])

    def f1(threshold: float) -> float:
        called = scores >= threshold
        return float(2 * (same & called).sum() / max(called.sum() + same.sum(), 1))

    assert f1(best_threshold(same, scores)) == max(f1(threshold) for threshold in (*scores, 2.0))


def test_ties_are_counted_among_the_highest() -> None:
    assert tied(np.array([0.9, 0.9, 0.8, 0.1, 0.1]), 3) == pytest.approx(2 / 3)
    assert tied(np.array([]), 10) == 0.0


FILES = [
    ("a.csv", b"name1,name2,is_match\nKettle,Kettel,true\nKettle,Quimby,false\n"),
    ("a.tsv", b"set\tschema\ta\tb\ty\tcat\nmade\tPerson\tKettle\tKettel\t1\t\nmade\tPerson\tKettle\tQuimby\t0\t\n"),
]


@pytest.mark.parametrize(("name", "content"), FILES)
def test_both_shapes_of_file_are_read(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert [(one.a, one.b, one.same) for one in read_pairs(tmp_path / name)] == [
        ("Kettle", "Kettel", True),
        ("Kettle", "Quimby", False),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read"),
        (b"\xff\xfe\x00n\x00", "cannot be read|no columns"),
        (b"name1,name2\nKettle,Quimby\n", "no columns"),
        (b"name1,name2,is_match\nKettle,Quimby,perhaps\n", "row 2, is_match.*'perhaps'"),
        (b"name1,name2,is_match\nKettle,Quimby,true,9\n", "cannot be read"),
    ],
)
def test_a_file_that_holds_no_pairs_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "pairs.csv").write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_pairs(tmp_path / "pairs.csv")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_pairs(tmp_path / "none.csv")


def test_learning_finds_what_was_put_in_and_does_so_again() -> None:
    pairs = list(people(60, seed=5))
    inputs = matrix(pairs, {"nguyen": 3840.0})
    study = cross_validate(pairs, inputs, {})
    row = evaluate(pairs, study.scores).row(0, named=True)
    assert row["average_precision"] > 0.8
    again = [learn(pairs, inputs, {}, study, 0.5).write() for _ in range(2)]
    assert again[0] == again[1]


@needs_data
def test_the_shared_pairs_are_all_read() -> None:
    assert len(read_pairs(SHARED / "name_pairs.csv")) == 826
    assert len(read_pairs(SHARED / "pairs_un.tsv")) == 7285
