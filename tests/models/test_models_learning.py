"""Learning: what a model finds out, what it refuses, and that it does not cheat."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit, logit

from tidegate.errors import ModelError
from tidegate.models import Model, measure, precision_at, regression
from tidegate.models.copies import Memory, folds_of, groups, strength
from tidegate.models.rates import Rates
from tidegate.models.training import learn

START = date(2026, 1, 1)


def trade(n: int, seed: int, heads: int = 30) -> tuple[pl.DataFrame, NDArray[np.bool_], NDArray[np.float64]]:
    """n invented lines, what was found, and the true probability."""
    rng = np.random.default_rng(seed)
    heading = rng.integers(0, heads, n)
    origin = rng.integers(0, 8, n)
    price = rng.lognormal(1.0, 1.0, n)
    truth = expit(-2.5 + rng.normal(0, 1.2, heads)[heading] + 1.0 * (origin == 3) - 1.2 * np.log(price))
    day = np.sort(rng.integers(0, 200, n))
    table = pl.DataFrame(
        {
            "declaration_id": [f"D{i}" for i in range(n)],
            "item_number": np.ones(n, np.int32),
            "lodged_on": [START + timedelta(days=int(d)) for d in day],
            "hs_code": [f"{4000 + h}{h % 3}0" for h in heading],
            "origin_country": [f"X{o}" for o in origin],
            "importer_id": [f"M{i}" for i in rng.integers(0, n // 5, n)],
            "net_mass_kg": np.round(rng.lognormal(5, 2, n), 2),
            "price_z": price,
            "importer_trusted": rng.random(n) < 0.2,
        }
    )
    return table, rng.random(n) < truth, truth


@pytest.fixture(scope="module")
def learned() -> tuple[Model, pl.DataFrame, NDArray[np.bool_], NDArray[np.float64]]:
    table, illicit, truth = trade(6000, 1)
    past = slice(0, 4000)
    model = Model.train(table[past], illicit[past], table["lodged_on"][past], members=3, evaluate=False)
    return model, table[4000:], illicit[4000:], truth[4000:]


def test_scores_are_near_the_true_probabilities(learned) -> None:
    model, table, illicit, truth = learned
    scores = model.score(table)
    assert np.corrcoef(logit(scores), logit(truth))[0, 1] > 0.9
    assert abs(scores.mean() - illicit.mean()) < 0.02
    for band in measure(scores, illicit)["calibration"]:
        # Wilson's interval holds each band in 95 of 100; a quarter of its width is left for ten looks at once.
        slack = 0.25 * (band["high"] - band["low"])
        assert band["low"] - slack <= band["expected"] <= band["high"] + slack


def test_it_finds_more_than_any_single_field(learned) -> None:
    model, table, illicit, truth = learned
    assert precision_at(model.score(table), illicit, 0.05) > 0.85 * precision_at(truth, illicit, 0.05)


def test_the_top_is_not_tied(learned) -> None:
    model, table, _, _ = learned
    scores = np.sort(model.score(table))[::-1]
    assert len(np.unique(scores[:100])) == 100


def test_members_that_disagree_are_uncertain(learned) -> None:
    model, table, _, _ = learned
    scores, spread = model.judge(table)
    assert (spread >= 0).all()
    assert (spread < 0.5).all()
    assert spread.max() > 3 * np.median(spread)
    assert (model.uncertainty(table) == spread).all()
    assert (model.score(table) == scores).all()


def test_same_seed_same_model_another_seed_another() -> None:
    table, illicit, _ = trade(600, 2)
    first, again, other = (Model.train(table, illicit, table["lodged_on"], seed=s, members=2) for s in (3, 3, 4))
    assert first.version == again.version != other.version
    assert (first.score(table) == again.score(table)).all()
    assert first.card.json() == again.card.json()


def test_labels_that_are_noise_on_copies_stay_noise() -> None:
    """Each record occurs five times with one random label: who sees a copy on both sides thinks it has learned."""
    rng = np.random.default_rng(5)
    records, copies = 300, 5
    which = np.repeat(np.arange(records), copies)
    table = pl.DataFrame(
        {
            "hs_code": [f"{100000 + 37 * r}" for r in which],
            "origin_country": [f"X{r % 7}" for r in which],
            "net_mass_kg": which * 1.5 + 1,
            "importer_id": [f"M{i}" for i in rng.integers(0, 200, len(which))],
        }
    )
    illicit = (rng.random(records) < 0.3)[which]
    ensemble = learn(table, illicit, np.ones(len(which)), seed=0, members=5).ensemble
    assert ensemble.memory is not None
    assert ensemble.memory.strength < 0.1
    # The memory itself knows each record it has seen, and nothing of others.
    seen = expit(ensemble.judge(table)[0])
    assert seen[illicit].min() > 0.9 > 0.1 > seen[~illicit].max()
    fresh = expit(ensemble.judge(table.with_columns(pl.col("net_mass_kg") + 0.25))[0])
    # What stands apart from the memory has learned that there is nothing to learn.
    assert fresh.min() > 0.1
    assert fresh.max() < 0.6


def test_repeats_that_do_not_share_a_label_are_not_remembered() -> None:
    rng = np.random.default_rng(6)
    which = rng.integers(0, 100, 2000)
    table = pl.DataFrame({"hs_code": [f"{100000 + r % 9}" for r in which], "net_mass_kg": which * 1.0})
    ensemble = learn(table, rng.random(2000) < 0.2, np.ones(2000), seed=0, members=3).ensemble
    assert ensemble.memory is None


@pytest.mark.parametrize("unsaid", ["hs_code", "net_mass_kg"])
def test_lines_that_do_not_say_what_they_are_are_no_copies(unsaid: str) -> None:
    """Records repeat with their label; those without a code, or without a mass, are one group and no record."""
    rng = np.random.default_rng(8)
    which = np.repeat(np.arange(200), 5)
    bare = which % 4 == 3
    table = pl.DataFrame(
        {
            # The last codes of all are those without a mass: their numbers lie beyond those of the records.
            "hs_code": [f"{'99' if b else '10'}{1000 + r}" for r, b in zip(which, bare, strict=True)],
            "net_mass_kg": which % 3 + 1.0,
        }
    ).with_columns(pl.when(~pl.Series(bare)).then(unsaid).alias(unsaid))
    ensemble = learn(table, (rng.random(200) < 0.4)[which], np.ones(len(which)), seed=0, members=3).ensemble
    assert ensemble.memory is not None
    _, inputs = next(ensemble.chunks(table))
    assert ensemble.memory.knows(inputs.record).tolist() == (~bare).tolist()
    assert np.isfinite(ensemble.judge(table)[0]).all()


def test_lines_of_one_declaration_are_no_witness_for_each_other() -> None:
    """A finding on the whole declaration labels all its lines alike; that is no agreement between copies."""
    rng = np.random.default_rng(7)
    declaration = np.repeat(np.arange(400), 4)
    record = declaration % 150
    illicit = (rng.random(400) < 0.3)[declaration]
    s, gain = strength(np.full(1600, illicit.mean()), record, declaration, illicit, np.ones(1600))
    assert s > 1
    assert gain < 5


@given(st.integers(0, 10_000), st.integers(2, 6))
@settings(max_examples=40, deadline=None)
def test_folds_never_part_a_record_or_a_declaration(seed: int, folds: int) -> None:
    rng = np.random.default_rng(seed)
    n = 400
    records, declarations = rng.integers(-1, 1500, n), np.sort(rng.integers(0, 300, n))
    grouped = groups(records, declarations)
    fold = folds_of(grouped, rng.random(n) < 0.3, folds, seed)
    for record in np.unique(records[records >= 0]):
        assert len(np.unique(fold[records == record])) == 1
    for declaration in np.unique(declarations):
        assert len(np.unique(fold[declarations == declaration])) == 1


def test_where_everything_hangs_together_records_stay_whole() -> None:
    rng = np.random.default_rng(0)
    records = rng.integers(0, 50, 400)
    grouped = groups(records, rng.integers(0, 50, 400))
    assert np.bincount(grouped).max() < 0.2 * 400
    assert all(len(np.unique(grouped[records == record])) == 1 for record in range(50))


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_a_rate_out_of_fold_does_not_move_with_its_own_label(seed: int) -> None:
    """Flip every label of a fold: what the rows of that fold are told stays the same, bit for bit."""
    from tidegate.models.training import _features

    rng = np.random.default_rng(seed)
    n = 120
    rows = [rng.integers(0, 10, n), rng.integers(0, 4, n), rng.integers(0, 30, n)]
    sizes, parents = [10, 4, 30], ((), (), (0, 1))
    illicit, folds = rng.random(n) < 0.4, rng.integers(0, 3, n)
    weights = rng.random(n) + 0.1
    flipped = np.where(folds == 1, ~illicit, illicit)
    before = _features([], rows, sizes, parents, illicit, weights, folds)
    after = _features([], rows, sizes, parents, flipped, weights, folds)
    assert (before[folds == 1] == after[folds == 1]).all()
    assert (before[folds != 1] != after[folds != 1]).any()


def test_rates_lean_on_coarser_rates() -> None:
    coarse, fine = np.repeat([0, 1], 100), np.concatenate([np.zeros(99), [1], np.full(100, 2)]).astype(np.int64)
    illicit = np.concatenate([np.ones(100), np.zeros(100)])
    rates = Rates.fit([coarse, fine], [2, 3], ((), (0,)), illicit, np.ones(200))
    told = rates.encode([np.array([0, 1, 0]), np.array([1, 2, -1])], 3)
    # One row of its own hardly moves fine 1 from coarse 0; a fine code never seen is told the coarse rate.
    assert told[2][0] == pytest.approx(told[0][0], abs=0.4)
    assert told[2][2] == told[0][2]
    assert told[3].tolist() == [1.0, 100.0, 0.0]


@given(st.floats(-8, 8), st.floats(-8, 8), st.integers(0, 2), st.floats(0.01, 100))
@settings(max_examples=200, deadline=None)
def test_memory_keeps_the_order_and_listens(low: float, high: float, record: int, s: float) -> None:
    memory = Memory(s, np.array([0.0, 3.0, 4.0]), np.array([0.0, 3.0, 0.0]))
    low, high = sorted((low, high))
    before, after = memory.add(np.array([low, high]), np.array([record, record]))
    assert before <= after
    alone = memory.add(np.array([low]), np.array([-1]))
    assert alone[0] == low
    assert {0: before == low, 1: before > low, 2: before < low}[record]


def test_the_regression_is_the_minimum() -> None:
    """The gradient vanishes there, which an independent solver is not needed to see."""
    rng = np.random.default_rng(8)
    rows, sizes = [rng.integers(0, 6, 500), rng.integers(0, 4, 500)], [6, 4]
    matrix = regression.design(rows, sizes)
    illicit, weights = rng.random(500) < expit(rows[0] - 4.0), rng.random(500)
    solved = regression.fit(matrix, illicit, weights, 0.5)
    found, constant = solved[:-1], solved[-1]
    off = weights * (expit(matrix @ found + constant) - illicit)
    assert np.abs(matrix.T @ off + found / 0.5).max() < 0.05
    assert abs(off.sum()) < 0.05
    tables, mean = regression.split(found, sizes, rows, weights)
    assert np.allclose(constant + mean + tables[0][rows[0]] + tables[1][rows[1]], matrix @ found + constant)


def test_precision_breaks_ties_by_chance_and_opens_at_least_one() -> None:
    illicit = np.arange(1000) < 300
    flat = np.zeros(1000)
    assert precision_at(flat, illicit, 0.1) == pytest.approx(0.3, abs=0.12)
    assert precision_at(flat, illicit, 0.1) != 1.0
    assert precision_at(illicit * 1.0, illicit, 0.0001) == 1.0


def test_the_card_is_measured_on_the_last_part_of_time() -> None:
    table, illicit, _ = trade(2000, 9)
    revenue = np.where(illicit, 100.0, 0.0)
    model = Model.train(table, illicit, table["lodged_on"], revenue=revenue, members=2)
    evaluation = model.card.data["evaluation"]
    assert evaluation["from"] > str(START + timedelta(days=140))
    assert evaluation["all"]["lines"] == (table["lodged_on"].cast(pl.String) >= evaluation["from"]).sum()
    top = evaluation["all"]["top"]
    assert [row["share"] for row in top] == [0.01, 0.05, 0.1]
    assert all(row["revenue_caught"] == pytest.approx(row["recall"]) for row in top)
    assert evaluation["all"]["auc"] > 0.7
    assert {row["feature"] for row in model.card.data["importance"][:3]} & {"price_z", "hs4"}


def test_progress_runs_from_start_to_end() -> None:
    table, illicit, _ = trade(400, 10)
    told: list[tuple[str, float]] = []
    Model.train(table, illicit, table["lodged_on"], members=2, progress=lambda step, share: told.append((step, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert told[-1] == ("done", 1.0)


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        (np.arange(40) < 20, "40 labelled line(s), at least 50 are needed"),
        (np.zeros(100, bool), "0 of 100 labelled lines are illicit"),
        (np.ones(100, bool), "100 of 100 labelled lines are illicit"),
        (np.arange(100) < 3, "at least 5 of each kind are needed"),
    ],
)
def test_it_refuses_too_few_labels(labels: NDArray[np.bool_], says: str) -> None:
    table, _, _ = trade(len(labels), 11)
    with pytest.raises(ModelError) as refused:
        Model.train(table, labels, table["lodged_on"])
    assert says in str(refused.value)
    assert refused.value.hint


def test_it_refuses_finds_from_a_single_declaration() -> None:
    table, _, _ = trade(200, 12)
    table = table.with_columns(
        declaration_id=pl.when(pl.int_range(200) < 20).then(pl.lit("D")).otherwise("declaration_id")
    )
    with pytest.raises(ModelError, match="stem from one declaration"):
        Model.train(table, np.arange(200) < 20, table["lodged_on"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"illicit": np.zeros(3, bool)}, "illicit: (3,) values for 200 lines"),
        ({"illicit": np.zeros(200)}, "labels must be true or false"),
        ({"days": [START]}, "days: (1,) values for 200 lines"),
        ({"weights": np.full(200, -1.0)}, "weights must be finite, none negative"),
        ({"features": ["hs_cod"]}, "column(s) to learn from not in the table: hs_cod"),
        ({"features": []}, "no column to learn from"),
    ],
)
def test_it_refuses_what_does_not_fit(change: dict[str, object], says: str) -> None:
    table, illicit, _ = trade(200, 13)
    given_ = {"illicit": illicit, "days": table["lodged_on"], **change}
    with pytest.raises(ModelError) as refused:
        Model.train(table, **given_)  # type: ignore[arg-type]
    assert says in str(refused.value)


def test_rare_finds_and_few_labels_still_train() -> None:
    table, _, _ = trade(3000, 14)
    rare = np.zeros(3000, bool)
    rare[::500] = True
    scores = Model.train(table, rare, table["lodged_on"]).score(table)
    assert scores.min() > 0
    assert scores.max() < 1
    assert scores.mean() < 0.05
    few, illicit, _ = trade(60, 15)
    assert Model.train(few, illicit, few["lodged_on"]).card.data["evaluation"] is None


def test_numbers_alone_or_texts_alone_are_enough() -> None:
    table, illicit, truth = trade(1500, 17)
    numbers = table.select(
        "price_z", unknown=pl.Series([np.nan, np.inf] * 750), net_mass_kg=0.0, customs_value="price_z"
    )
    for narrow in (numbers, table.select("hs_code")):
        model = Model.train(narrow, illicit, table["lodged_on"], members=2)
        assert np.corrcoef(logit(model.score(narrow)), logit(truth))[0, 1] > 0.4
        assert len(model.contributions(narrow[:3])) == 3


def test_weights_move_the_rate() -> None:
    table, illicit, _ = trade(1500, 16)
    plain = Model.train(table, illicit, table["lodged_on"], members=2, evaluate=False).score(table)
    heavy = np.where(illicit, 0.2, 1.0)
    lighter = Model.train(table, illicit, table["lodged_on"], members=2, evaluate=False, weights=heavy).score(table)
    assert lighter.mean() < 0.5 * plain.mean()
