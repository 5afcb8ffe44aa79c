"""What the channel would have been without one profile, or one source."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selection_cases import case, policies, some, table, tables

from tidegate.errors import DecisionError
from tidegate.selection import CHANNELS, SOURCES, Capacity, DayKeys, Policy, Rules, clear, decide, reconsider

KEYS = DayKeys.demo(3)
WIDE = {c: Capacity(share=1.0) for c in CHANNELS}


@settings(deadline=None)
@given(tables(), policies(), st.integers(0, 9))
def test_nothing_changed_nothing_changes(cases: pl.DataFrame, policy: Policy, seed: int) -> None:
    terms, out = clear(cases, policy), decide(cases, policy, DayKeys.demo(seed))
    assert reconsider(out, terms).to_list() == out["channel"].to_list()
    assert reconsider(out.reverse(), terms).to_list() == out["channel"].reverse().to_list()


def test_without_a_firm_demand_only_chance_is_left() -> None:
    rules = Rules(random_rate=0.2, exploration_share=0.0, capacity=WIDE, model={})
    policy = Policy(default=rules)
    cases = table(*(case(f"D{n}", demand_red=1.0, demand_yellow=1.0 * (n % 2)) for n in range(500)))
    terms, out = clear(cases, policy), decide(cases, policy, KEYS)
    assert set(out["channel"]) == {"red"}
    then = reconsider(out.with_columns(demand_red=pl.lit(0.0)), terms)
    red = (then == "red").to_numpy()
    assert (red == (out["point_red"] < 0.2 - 2**-32).to_numpy()).all(), "the same point, below what is left of it"
    assert 60 < red.sum() < 140
    rest = then.to_numpy()[~red]
    assert set(rest[cases["demand_yellow"].to_numpy()[~red] == 1]) == {"yellow"}, "the other demand still holds"
    assert set(rest[cases["demand_yellow"].to_numpy()[~red] == 0]) == {"green"}
    # Without chance, and with the demand, nothing changes.
    assert set(reconsider(out, terms.without("draw"))) == {"red"}


def test_a_profile_that_the_model_would_have_replaced() -> None:
    """Both a demand and the highest score: without the demand the model would have opened it all the same."""
    policy = Policy(default=Rules(exploration_share=0.0, capacity={**WIDE, "red": Capacity(3)}, model={"red": 0.0}))
    rows = [case("both", demand_red=1.0, score=0.9), case("book", demand_red=1.0, score=0.01)]
    cases = table(*rows, *(case(f"D{n}", score=n / 100) for n in range(50)))
    terms, out = clear(cases, policy), decide(cases, policy, DayKeys.demo(8))
    assert out["targeted_by"][:2].to_list() == ["profile", "profile"]
    assert reconsider(out, terms.without("profile"))[:2].to_list() == ["red", "green"]
    assert reconsider(out.with_columns(score=pl.lit(None, pl.Float64)), terms.without("profile"))[0] == "green"


@settings(deadline=None, max_examples=40)
@given(tables(), policies(), st.sampled_from([s.name for s in SOURCES]))
def test_without_a_source_it_has_no_part(cases: pl.DataFrame, policy: Policy, source: str) -> None:
    terms = clear(cases, policy)
    out = decide(cases, policy, KEYS)
    again = decide(cases, policy, KEYS, terms=terms.without(source))
    assert (again[f"p_{source}"] == 0).all()
    untouched = out[f"p_{source}"].to_numpy() == 0
    kept = reconsider(out, terms.without(source)).to_numpy() == out["channel"].to_numpy()
    # Exploration steps in for a profile or model only; a source without a part in a row leaves the row as it is.
    assert kept[untouched].all()


def test_a_part_of_the_decisions_is_enough_and_the_batch_is_not_touched() -> None:
    cases = some(2000, days=2, offices=3)
    terms, out = clear(cases, Policy()), decide(cases, Policy(), KEYS)
    red = out.filter(pl.col("channel") == "red")
    then = reconsider(red, terms.without("model"))
    whole = reconsider(out, terms.without("model")).filter(out["channel"] == "red")
    assert then.to_list() == whole.to_list()
    assert 0 < (then != "red").sum() < red.height


def test_what_cannot_be_reconsidered() -> None:
    cases = some(10)
    terms, out = clear(cases, Policy()), decide(cases, Policy(), KEYS)
    with pytest.raises(DecisionError, match=r"column\(s\) missing: point_red, point_yellow, point_blue"):
        reconsider(cases, terms)
    with pytest.raises(DecisionError, match="an office and day is not among the terms"):
        reconsider(out.with_columns(lodged_on=pl.lit(date(2030, 1, 1))), terms)
    with pytest.raises(DecisionError, match=r"'luck' is not a source\. Choose profile, model, exploration, draw"):
        terms.without("luck")


def test_every_source_has_its_words() -> None:
    assert [s.name for s in SOURCES] == ["profile", "model", "exploration", "draw"]
    for source in SOURCES:
        assert source.label
        assert source.label_vi
        assert "{share}" in source.sentence
        assert "{share}" in source.sentence_vi
