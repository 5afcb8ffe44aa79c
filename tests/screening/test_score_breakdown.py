"""A score taken apart: sentences that add up to it, in both languages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.screening import Entry, Kind, Party
from tidegate.screening.score import VERDICT, Breakdown, Scorer, explain, explain_all

SCORER = Scorer()


def told(a: str, b: str, kind: Kind = Kind.PERSON, born: str = "", listed_born: tuple[str, ...] = ()) -> Breakdown:
    return explain(SCORER, Party(a, kind, born=born), Entry("made-up", "1", kind, (b,), born=listed_born))


@pytest.mark.parametrize(
    ("a", "b", "text", "text_vi"),
    [
        (
            "Nguyễn Văn Hùng",
            "Nguyễn Văn Hưng",
            "given name differs by its marks: Hùng / Hưng",
            "tên khác dấu: Hùng / Hưng",
        ),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Kiên", "Hùng / Kiên", "Hùng / Kiên"),
        ("Trần Văn Lan", "Trần Văn Loan", "given name spelt otherwise: Lan / Loan", "tên viết khác: Lan / Loan"),
        (
            "Zorblat Copperpot",
            "Zorblat Copperpot Kettle",
            "agrees: Zorblat, Copperpot",
            "trùng khớp: Zorblat, Copperpot",
        ),
    ],
)
def test_the_words_at_issue_are_named(a: str, b: str, text: str, text_vi: str) -> None:
    reasons = told(a, b).reasons
    assert any(text in reason.text for reason in reasons)
    assert any(text_vi in reason.text_vi for reason in reasons)


def test_the_birth_year_is_named_with_its_weight() -> None:
    reasons = told("Nguyen Van Hung", "Nguyễn Văn Hùng", born="1975", listed_born=("1975-03-12",)).reasons
    year = next(reason for reason in reasons if reason.text == "birth year agrees")
    assert year.text_vi == "năm sinh trùng khớp"
    assert year.weight > 0


def test_the_verdict_is_never_more_than_possible() -> None:
    assert (
        told("Zorblat Copperpot", "Zorblat Copperpot").verdict
        == VERDICT
        == "possible match, to be confirmed with the owner"
    )


def test_a_name_without_words_has_a_breakdown_too() -> None:
    assert told("", "Zorblat").probability == 0.0


WORDS = "kettle", "copperpot", "zorblat", "quimby", "nguyễn", "văn", "hùng", "hưng", "lan", "loan", "محمد", "k", "7"
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES, st.sampled_from(["", "1975", "1980-01-02"]))
def test_the_reasons_add_up_to_the_score(a: str, b: str, born: str) -> None:
    found = told(a, b, born=born, listed_born=("1975",))
    odds = found.start + sum(reason.weight for reason in found.reasons)
    assert found.probability == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-6)
    weights = [abs(reason.weight) for reason in found.reasons]
    assert weights == sorted(weights, reverse=True)
    assert all(reason.text and reason.text_vi for reason in found.reasons)


def test_several_taken_apart_at_once_are_as_each_by_itself() -> None:
    party = Party("Zorblat Copperpot", Kind.PERSON, born="1975")
    names = (("Copperpot, Zorblat",), ("…",), ("Zorblat Copperpot Kettle Of Somewhere", "Z. Copperpot"), ("Quux",))
    entries = [Entry("made-up", str(n), Kind.PERSON, each, born=("1975-03-12",)) for n, each in enumerate(names)]
    for one, alone in zip(
        explain_all(SCORER, party, entries), (explain(SCORER, party, e) for e in entries), strict=True
    ):
        assert (one.name, [r.text for r in one.reasons]) == (alone.name, [r.text for r in alone.reasons])
        assert one.probability == pytest.approx(alone.probability)
        assert [r.weight for r in one.reasons] == pytest.approx([r.weight for r in alone.reasons])
    assert explain_all(SCORER, party, []) == []
