"""Outcomes: what counts as opened, pending, opened by hand; what is refused."""

from datetime import date

import polars as pl
import pytest

from tidegate.errors import DecisionError, EstimateError, InputError
from tidegate.yardstick import fraud_rate, measure, missed, outcomes


def decisions(**columns: list[object]) -> pl.DataFrame:
    base: dict[str, list[object]] = {
        "declaration_id": ["A", "B", "C", "D"],
        "lodged_on": [date(2026, 3, 1)] * 4,
        "office": ["01"] * 4,
        "channel": ["red", "yellow", "green", "red"],
        "probability": [1.0, 0.5, 0.1, 0.5],
        "targeted_by": ["profile", "model", "draw", "draw"],
        "hits": [["P"], [], [], []],
    }
    return pl.DataFrame({**base, **columns}, schema_overrides={"hits": pl.List(pl.String)})


def findings(*rows: tuple[str, bool, float | None, str, float | None]) -> pl.DataFrame:
    names = ["declaration_id", "illicit", "revenue", "selected_by", "probability"]
    types = [pl.String, pl.Boolean, pl.Float64, pl.String, pl.Float64]
    return pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row").with_columns(
        pl.lit(date(2026, 3, 5)).alias("found_on")
    )


KNOWN = findings(("A", False, 0.0, "profile", 1.0), ("A", True, 70.0, "profile", 1.0), ("B", False, None, "model", 0.5))


def test_findings_of_one_declaration_are_taken_together() -> None:
    row = outcomes(decisions(), KNOWN).row(0, named=True)
    assert row["opened"]
    assert row["illicit"]
    assert row["revenue"] == 70.0


def test_selected_without_a_finding_is_pending_and_not_selected_is_not() -> None:
    table = outcomes(decisions(), KNOWN)
    assert table["selected"].to_list() == [True, True, False, True]
    assert table["opened"].to_list() == [True, True, False, False]
    assert table["illicit"].to_list() == [True, False, None, None]
    assert fraud_rate(table)["pending"][0] == 1


def test_what_officers_chose_is_apart() -> None:
    hand = findings(("C", True, 5.0, "officer", None), ("D", True, 9.0, "draw", None), ("B", True, 1.0, "officer", 0.5))
    table = outcomes(decisions(), pl.concat([KNOWN, hand]))
    assert table["officer"].to_list() == [False, True, True, True]
    assert table["illicit"].to_list() == [True, False, None, None]
    assert table["officer_revenue"].to_list() == [0.0, 1.0, 5.0, 9.0]


def test_a_finding_of_what_was_not_selected_is_an_officers_even_with_a_probability() -> None:
    table = outcomes(decisions(), pl.concat([KNOWN, findings(("C", True, 5.0, "draw", 0.1))]))
    assert table["officer"][2]
    assert not table["opened"][2]


def test_as_of_leaves_out_what_was_not_known_yet() -> None:
    with pytest.raises(EstimateError):
        fraud_rate(outcomes(decisions(), KNOWN, as_of=date(2026, 3, 4)))
    assert fraud_rate(outcomes(decisions(), KNOWN, as_of=date(2026, 3, 5)))["opened"][0] == 2


def test_channels_choose_what_counts_as_opened() -> None:
    parts = {"p_red": [0.6, 0.2, 0.1, 0.5], "p_yellow": [0.4, 0.3, 0.0, 0.0], "p_blue": [0.0] * 4}
    table = outcomes(decisions(**parts), KNOWN, channels=["red"])  # type: ignore[arg-type]
    assert table["selected"].to_list() == [True, False, False, True]
    assert table["probability"].to_list() == [0.6, 0.2, 0.1, 0.5]
    assert table["officer"].to_list() == [False, True, False, False]
    with pytest.raises(InputError, match="p_red"):
        outcomes(decisions(), KNOWN, channels=["red"])
    with pytest.raises(EstimateError, match="purple"):
        outcomes(decisions(), KNOWN, channels=["purple"])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"probability": [1.0, 0.5, None, 0.5]}, "decision C: 1 decision.* not between 0 and 1"),
        ({"probability": [1.0, 1.5, 0.1, 0.5]}, "decision B"),
        ({"probability": [0.0, 0.5, 0.1, 0.5]}, "decision A: .*selected although"),
        ({"declaration_id": ["A", "B", "C", "A"]}, "decision A: one declaration has two"),
    ],
)
def test_decisions_that_contradict_themselves_are_refused(columns: dict[str, list[object]], message: str) -> None:
    with pytest.raises(DecisionError, match=message):
        outcomes(decisions(**columns), KNOWN)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match=r"decisions: column\(s\) missing: probability"):
        outcomes(decisions().drop("probability"), KNOWN)


def test_no_known_finding_is_an_error_that_says_what_to_do() -> None:
    hand = findings(("C", True, 5.0, "officer", None))
    with pytest.raises(EstimateError, match=r"none of 4 declarations .*1 were opened by hand.*selected_by"):
        measure(decisions(), hand)
    with pytest.raises(EstimateError):
        missed(outcomes(decisions(), hand))
