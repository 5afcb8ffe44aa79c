"""Laws that hold for every policy and every set of cases."""

from __future__ import annotations

import itertools
import math
from datetime import timedelta
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from selection_cases import DAY, case, policies, some, table, tables

from tidegate.errors import DecisionError, PolicyError
from tidegate.selection import CHANNELS, SOURCES, Capacity, DayKeys, Exemption, Policy, Rules, clear, decide
from tidegate.selection.claims import checked, claims
from tidegate.selection.terms import MODEL, UNIT, locate, parts

KEYS = DayKeys.demo(1)


def chances_of(cases: pl.DataFrame, policy: Policy) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Checked cases, their cell numbers, and the parts int64[4, 3, n] of their probabilities."""
    terms, cases = clear(cases, policy), checked(cases)
    cell = locate(cases, terms.cells)
    return cases, cell, parts(claims(cases, cell, policy), terms)


@settings(deadline=None)
@given(tables(), policies(), st.integers(0, 3))
def test_probabilities_and_capacities(cases: pl.DataFrame, policy: Policy, seed: int) -> None:
    out = decide(cases, policy, DayKeys.demo(seed))
    assert out.height == cases.height
    _, cell, share = chances_of(cases, policy)
    chance = share.sum(axis=0)
    assert share.min(initial=0) >= 0
    assert chance.max(initial=0) <= UNIT
    assert (out["probability"] > 0).all(), "nothing is zero unless it is exempt"
    assert (out["probability"] >= out["floor"] - 1e-15).all()
    assert (out["probability"] <= 1).all()
    parts_of_it = out.select(pl.sum_horizontal(f"p_{c}" for c in CHANNELS).alias("by_channel"))["by_channel"]
    assert (parts_of_it - out["probability"]).abs().max() in (None, *[pytest.approx(0, abs=1e-12)])
    by_source = out.select(pl.sum_horizontal(f"p_{s.name}" for s in SOURCES).alias("by_source"))["by_source"]
    assert np.allclose(by_source, out["probability"], rtol=0, atol=1e-12)
    for number in np.unique(cell):
        mine = cell == number
        for c, name in enumerate(CHANNELS):
            most = policy.default.capacity[name].of(int(mine.sum()))
            expected = Fraction(int(chance[c, mine].sum()), UNIT)
            tolerated = most * (1 + policy.tolerance) if name == policy.default.random_channel else most
            assert expected <= tolerated, "the expected number stays within the capacity, to the last bit"
            got = int((out["channel"].to_numpy()[mine] == name).sum())
            assert got <= math.ceil(tolerated), "and the number itself is that, rounded up at most"


@settings(deadline=None)
@given(tables(), policies(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(cases: pl.DataFrame, policy: Policy, chance: object) -> None:
    rows = list(range(cases.height))
    chance.shuffle(rows)  # type: ignore[attr-defined]
    assert_frame_equal(
        decide(cases[rows], policy, KEYS).sort("declaration_id"),
        decide(cases, policy, KEYS).sort("declaration_id"),
        check_exact=True,
    )


def test_same_inputs_same_bits_and_no_cell_feels_another() -> None:
    cases = some(3000, days=3, offices=3)
    out = decide(cases, Policy(), KEYS)
    assert_frame_equal(out, decide(cases, Policy(), KEYS), check_exact=True)
    assert_frame_equal(out, decide(cases, Policy(), KEYS, terms=clear(cases, Policy())), check_exact=True)
    one = (pl.col("office") == "O1") & (pl.col("lodged_on") == DAY + timedelta(days=1))
    assert_frame_equal(out.filter(one), decide(cases.filter(one), Policy(), KEYS), check_exact=True)


@settings(deadline=None)
@given(tables(), policies())
def test_a_higher_score_never_gets_less_from_the_model(cases: pl.DataFrame, policy: Policy) -> None:
    cases, cell, share = chances_of(cases, policy)
    score, trusted = cases["score"].to_numpy(), cases["trusted"].to_numpy()
    for number in np.unique(cell):
        for c in range(3):
            before = share[:MODEL, c].sum(axis=0) + share[3, c]
            most = np.where(trusted, int(policy.default.trusted_factor * UNIT), UNIT)
            open_ = (cell == number) & (most > before) & (share[:, :c].sum(axis=0).max(axis=0, initial=0) < UNIT)
            granted = share[MODEL, c] / np.maximum(most - before, 1)
            rows = np.flatnonzero(open_ & ~np.isnan(score))
            rows = rows[np.argsort(score[rows], kind="stable")]
            for low, high in itertools.pairwise(rows):
                if score[low] < score[high]:
                    assert granted[low] <= granted[high] + 1e-6
                    assert granted[low] == 0 or granted[high] == 1


def test_what_the_budget_goes_to_first() -> None:
    """A capacity of 3, three firm demands and others: firm ones first, then the model; the floor is never touched."""
    rules = Rules(
        random_rate=0.05,
        exploration_share=0.0,
        capacity={"red": Capacity(3), "yellow": Capacity(0), "blue": Capacity(0)},
        model={"red": 0.0},
    )
    rows = [case(f"firm{n}", demand_red=1.0, score=0.01) for n in range(2)]
    rows += [case(f"soft{n}", demand_red=0.5, score=0.9 - n / 10) for n in range(2)]
    rows += [case(f"plain{n}", score=0.99) for n in range(6)]
    out = decide(table(*rows), Policy(default=rules), KEYS)
    p = dict(zip(out["declaration_id"], out["p_red"], strict=True))
    assert p["firm0"] == p["firm1"] == 1
    assert p["soft0"] == pytest.approx(0.5)  # 3 - 2 - 8 * 0.05 = 0.6 are left: 0.45 for the first,
    assert p["soft1"] == pytest.approx(0.05 + 0.15)  # and what remains for the second,
    assert p["plain0"] == pytest.approx(0.05)  # so that the model has nothing, whatever the score
    assert out["p_red"].sum() == pytest.approx(3)
    # With half a declaration more, the rest of the demands is met and those of equal score share what is left.
    more = Policy(default=Rules(**{**fields_of(rules), "capacity": {**rules.capacity, "red": Capacity(4)}}))
    out = decide(table(*rows), more, KEYS)
    p = dict(zip(out["declaration_id"], out["p_red"], strict=True))
    assert p["soft1"] == pytest.approx(0.5)
    assert {round(p[f"plain{n}"], 6) for n in range(6)} == {round(0.05 + (4 - 2 - 1 - 0.3) / 6, 6)}
    assert set(out.filter(pl.col("declaration_id").str.starts_with("plain"))["targeted_by"]) == {"model"}


def fields_of(rules: Rules) -> dict[str, object]:
    return {name: getattr(rules, name) for name in Rules.__slots__}


def test_exploration_goes_by_uncertainty_to_the_untargeted_only() -> None:
    rules = Rules(
        exploration_share=0.5, capacity={"red": Capacity(1), "yellow": Capacity(0), "blue": Capacity(0)}, model={}
    )
    rows = [case(f"D{n}", uncertainty=0.1 * n, score=0.1) for n in range(10)] + [
        case("hit", demand_red=0.2, uncertainty=9.0)
    ]
    out = decide(table(*rows), Policy(default=rules), KEYS)
    given = dict(zip(out["declaration_id"], out["p_exploration"], strict=True))
    assert given["hit"] == 0
    assert given["D8"] == pytest.approx(2 * given["D4"], rel=1e-3)
    assert given["D0"] > 0, "even where the model is sure, a little"
    assert sum(given.values()) == pytest.approx(0.5, abs=1e-6)
    assert out.filter(declaration_id="D9")["targeted_by"].item() == "exploration"


def test_the_reserve_for_exploration_is_kept_from_profiles_and_model() -> None:
    tight = {"red": Capacity(10), "yellow": Capacity(0), "blue": Capacity(0)}
    policy = Policy(default=Rules(exploration_share=0.2, capacity=tight, model={"red": 0.0}))
    scored = decide(table(*(case(f"D{n}", score=n / 200, uncertainty=0.5) for n in range(100))), policy, KEYS)
    assert scored.select("p_draw", "p_model", "p_exploration").sum().row(0) == pytest.approx((1, 7, 2), abs=1e-5)
    rows = [case(f"D{n}", score=0.1, demand_red=1.0 * (n < 50)) for n in range(100)]
    demanded = decide(table(*rows), policy, KEYS)
    assert demanded.select("p_draw", "p_profile", "p_exploration").sum().row(0) == pytest.approx((1, 7, 2), abs=1e-5)


def test_a_score_at_the_threshold_of_a_channel_is_in() -> None:
    wide = dict.fromkeys(("red", "yellow", "blue"), Capacity(share=1.0))
    policy = Policy(default=Rules(exploration_share=0.0, capacity=wide, model={"red": 0.5, "yellow": 0.25}))
    scores = [0.5, 0.49, 0.25, 0.24, None]
    out = decide(table(*(case(f"D{n}", score=score) for n, score in enumerate(scores))), policy, KEYS)
    assert out["p_red"].to_list() == pytest.approx([1, 0.01, 0.01, 0.01, 0.01])
    assert out["p_yellow"].to_list() == pytest.approx([0, 0.99, 0.99, 0, 0])
    assert out["p_blue"].to_list() == [0] * 5


def test_trusted_traders() -> None:
    """Demands below 1 and the model count a quarter; a firm demand and the random draw count in full."""
    wide = {"red": Capacity(share=1.0), "yellow": Capacity(0), "blue": Capacity(0)}
    policy = Policy(default=Rules(trusted_factor=0.25, exploration_share=0.0, capacity=wide, model={"red": 0.5}))
    wants = {"soft": {"demand_red": 0.8}, "firm": {"demand_red": 1.0}, "scored": {"score": 0.9}, "plain": {}}
    rows = [case(f"{k}-{t}", trusted=t, **w) for k, w in wants.items() for t in (False, True)]
    out = decide(table(*rows), policy, KEYS)
    p = {i: round(v, 6) for i, v in zip(out["declaration_id"], out["probability"], strict=True)}
    assert p == {
        "soft-False": 0.8,
        "soft-True": 0.2,
        "firm-False": 1,
        "firm-True": 1,
        "scored-False": 1,
        "scored-True": 0.25,
        "plain-False": 0.01,
        "plain-True": 0.01,
    }


def test_an_exemption_is_the_only_zero_and_ends() -> None:
    item = Exemption(reason="test", expires=DAY, trusted=True, procedure="A41")
    policy = Policy(exempt=(item,))
    rows = [
        case("exempt", trusted=True),
        case("other procedure", trusted=True),
        case("not trusted"),
        case("later", trusted=True, lodged_on=DAY + timedelta(days=1)),
        case("demanded", trusted=True, demand_red=1.0),
    ]
    cases = table(*rows).with_columns(procedure=pl.Series(["A41", "A11", "A41", "A41", "A41"]))
    p = decide(cases, policy, KEYS)
    assert dict(zip(p["declaration_id"], p["probability"] > 0, strict=True)) == {
        "exempt": False,
        "other procedure": True,
        "not trusted": True,
        "later": True,
        "demanded": True,
    }
    assert p.filter(declaration_id="demanded")["floor"].item() == 0
    with pytest.raises(DecisionError, match="exempts procedure A41, but the cases have no procedure"):
        decide(cases.drop("procedure"), policy, KEYS)


def test_an_exempt_office_with_no_capacity_until_the_exemption_ends() -> None:
    closed = Rules(capacity={"red": Capacity(0), "yellow": Capacity(0), "blue": Capacity(0)})
    policy = Policy(office={"X": closed}, exempt=(Exemption(reason="closed for works", expires=DAY, office="X"),))
    assert decide(table(case(office="X", demand_red=1.0)), policy, KEYS)["channel"].to_list() == ["green"]
    late = table(case(office="X", lodged_on=DAY + timedelta(days=1)))
    with pytest.raises(PolicyError, match=r"office X, 2026-03-03: no room is left .* renew an \[\[exempt\]\]"):
        decide(late, policy, KEYS)


def test_the_draw_alone_may_pass_the_capacity_by_the_tolerance_and_no_more() -> None:
    rows = [case(f"D{n}") for n in range(100)]
    for tolerance, floor in ((0.0, 0.02), (0.5, 0.03), (9.0, 0.1)):
        rules = Rules(random_rate=0.1, capacity={"red": Capacity(2), "yellow": Capacity(0), "blue": Capacity(0)})
        out = decide(table(*rows), Policy(default=rules, tolerance=tolerance), KEYS)
        assert out["floor"].to_list() == pytest.approx([floor] * 100)
        assert (out["channel"] == "red").sum() in (math.floor(floor * 100 - 1e-6), round(floor * 100))


def test_more_capacity_than_volume_opens_everything() -> None:
    rules = Rules(capacity={"red": Capacity(1000), "yellow": Capacity(0), "blue": Capacity(0)})
    out = decide(table(*(case(f"D{n}", score=n / 20) for n in range(20))), Policy(default=rules), KEYS)
    assert out["channel"].to_list() == ["red"] * 20
    assert out["probability"].to_list() == [1.0] * 20
    assert not out["drawn"].any()


def test_without_model_without_book_without_rows() -> None:
    plain = table(*(case(f"D{n}") for n in range(1000)))
    out = decide(plain, Policy(), KEYS)
    assert out["probability"].to_list() == pytest.approx([0.015] * 1000, abs=1e-6)  # 1% drawn, 10% of 5% explored
    assert (out["channel"] == "red").sum() in (14, 15)
    assert out["drawn"].sum() == (out["channel"] != "green").sum()
    one = decide(table(case()), Policy(), KEYS)
    assert one["probability"].item() == pytest.approx(0.015)
    none = decide(table(), Policy(), KEYS)
    assert none.height == 0
    assert none.schema == out.schema


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([case("twice"), case("twice")], r"declaration twice: 1 declaration id\(s\) stand twice"),
        ([case("D", score=float("nan"))], "declaration D: score must lie between 0 and 1, not nan"),
        ([case("D", score=1.5)], "score must lie between 0 and 1, not 1.5"),
        ([case("D", uncertainty=float("inf"))], "uncertainty must be finite and not below 0, not inf"),
        ([case("D", demand_blue=-0.1)], "demand_blue must lie between 0 and 1, not -0.1"),
        ([case("D", lodged_on=None)], "lodged_on is missing in 1 case"),
    ],
)
def test_cases_that_cannot_be_used(rows: list[dict[str, object]], said: str) -> None:
    with pytest.raises(DecisionError, match=said):
        decide(table(*rows), Policy(), KEYS)


def test_missing_and_mistyped_columns() -> None:
    with pytest.raises(DecisionError, match=r"column\(s\) missing: office, score"):
        decide(some(3).drop("office", "score"), Policy(), KEYS)
    with pytest.raises(DecisionError, match="another type"):
        decide(some(3).with_columns(score=pl.lit("high")), Policy(), KEYS)


@settings(max_examples=30, deadline=None)
@given(tables(), policies())
def test_extra_columns_pass_through_and_null_offices_are_a_cell(cases: pl.DataFrame, policy: Policy) -> None:
    out = decide(cases.with_row_index("line"), policy, KEYS)
    assert out["line"].to_list() == list(range(cases.height))
    assert out["office"].to_list() == cases["office"].to_list()
