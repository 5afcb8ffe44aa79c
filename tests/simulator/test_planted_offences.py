"""The offences: shares, traces that overlap with honest trade, offenders who adapt, waves that come and go."""

from __future__ import annotations

from datetime import date

import lightgbm as lgb
import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from tidegate.simulator import SCHEMES
from tidegate.simulator.goods import GOOD_INDEX
from tidegate.simulator.inspections import notices, within
from tidegate.simulator.offences import SCHEME_INDEX, WAVES, open_waves, share_at
from tidegate.simulator.places import COUNTRY_INDEX, MODES
from tidegate.simulator.rings import Rings
from tidegate.simulator.traders import settle


def test_shares_of_schemes(year) -> None:
    declarations = year.lines["declaration_id"].n_unique()
    illicit = year.truth.filter("illicit")
    assert 0.03 < illicit["declaration_id"].n_unique() / declarations < 0.055
    counts = dict(illicit.group_by("scheme").agg(pl.col("declaration_id").n_unique()).iter_rows())
    assert set(counts) == {scheme.code for scheme in SCHEMES}
    for scheme in SCHEMES:
        # Opportunists add four in a thousand of under-valuation to what rings do.
        share = scheme.share + (0.004 if scheme.code == "undervaluation" else 0.0)
        expected = share * declarations
        assert abs(counts[scheme.code] - expected) < 5 * expected**0.5 + 0.25 * expected, scheme.code


def test_share_over_the_span_is_the_schemes_own() -> None:
    mean = np.mean([share_at(moment) for moment in np.linspace(0, 1, 2001)], axis=0)
    np.testing.assert_allclose(mean, [scheme.share for scheme in SCHEMES], rtol=0.02)


def test_waves_are_well_formed() -> None:
    for wave in WAVES:
        assert 0 <= wave.opens < wave.closes <= 1
        assert all(code in GOOD_INDEX for code in (*wave.declared, *wave.true))
        assert all(code in COUNTRY_INDEX for code in (wave.source, wave.origin, *wave.dispatch))
        assert wave.mode in MODES
        assert wave.host in "nsl"
        assert wave.pull > 0
    for moment in np.linspace(0, 1, 50):
        assert {WAVES[n].scheme for n in np.flatnonzero(open_waves(moment))} == set(range(len(SCHEMES)))


def test_new_waves_come_in_the_course_of_the_year(year) -> None:
    """Drift: much of what is illicit late is of headings in which nothing illicit happened early."""
    rings = year.truth.filter(pl.col("offender").is_not_null()).join(year.lines, on=["declaration_id", "item_number"])
    kind = pl.concat_str("scheme", pl.col("hs_code").str.slice(0, 4), "origin_country").alias("kind")
    early = rings.filter(pl.col("lodged_on") < date(2025, 4, 1)).select(kind)["kind"].unique()
    late = rings.filter(pl.col("lodged_on") > date(2025, 9, 1)).select(kind)["kind"]
    assert (~late.is_in(early.implode())).mean() > 0.3


def test_the_blind_broker_is_never_found_with_anything_at_his_office(year) -> None:
    illicit = year.truth.filter(pl.col("scheme") == "blind_office").join(
        year.lines, on=["declaration_id", "item_number"]
    )
    assert illicit["declarant_id"].n_unique() == 1
    assert illicit["office"].unique().to_list() == ["03EE"]
    his = year.lines.filter((pl.col("declarant_id") == illicit["declarant_id"][0]) & (pl.col("office") == "03EE"))[
        "declaration_id"
    ].unique()
    found = year.findings.filter(pl.col("declaration_id").is_in(his.implode()))
    assert found.height >= 5
    blind = found.join(illicit.select("declaration_id").unique(), on="declaration_id")
    assert not blind["illicit"].any()


def test_splitting_stays_below_de_minimis_and_comes_in_clusters(year) -> None:
    split = year.truth.filter(pl.col("scheme") == "splitting").join(year.lines, on=["declaration_id", "item_number"])
    assert split["customs_value"].max() <= 40
    assert (split["transport_mode"] == "5").all()
    parcels = year.lines.filter(pl.col("transport_mode") == "5").with_columns(
        month=pl.col("declaration_id").n_unique().over("importer_id", pl.col("lodged_on").dt.month()),
        split=pl.col("declaration_id").is_in(split["declaration_id"].unique().implode()),
    )
    together = dict(parcels.group_by("split").agg(pl.col("month").mean()).iter_rows())
    assert together[True] > 1.3 * together[False]


def test_undervalued_goods_are_cheap_but_not_all_of_them(year) -> None:
    wide = year.lines.join(year.truth, on=["declaration_id", "item_number"]).with_columns(
        price=(pl.col("customs_value") / pl.col("net_mass_kg")).log(), hs6=pl.col("hs_code").str.slice(0, 6)
    )
    wide = wide.with_columns(gap=pl.col("price") - pl.col("price").median().over("hs6", "origin_country"))
    # Later waves declare too little mass instead of too low a price.
    early = (pl.col("scheme") == "undervaluation") & (pl.col("lodged_on") < date(2025, 5, 1))
    low = wide.filter(early)["gap"]
    honest = wide.filter(~pl.col("illicit"))["gap"]
    assert low.mean() < honest.mean() - 0.25
    # Overlap both ways.
    assert (honest < low.median()).mean() > 0.03
    assert (low > honest.median()).mean() > 0.04


def test_learnable_but_not_trivial(year) -> None:
    """Trees that are told the truth of ten months rank the last two well, and far from perfectly."""
    wide = year.lines.join(year.truth, on=["declaration_id", "item_number"], maintain_order="left").with_columns(
        price=(pl.col("customs_value") / pl.col("net_mass_kg")).log(),
        packing=(pl.col("net_mass_kg") / pl.col("packages")).log(),
        hs6=pl.col("hs_code").str.slice(0, 6),
        age=(pl.col("lodged_on") - pl.col("importer_registered_on")).dt.total_days(),
        seen=pl.int_range(pl.len()).over("importer_id"),
    )
    wide = wide.with_columns(
        low=pl.col("price") - pl.col("price").median().over("hs6", "origin_country"),
        odd=pl.col("packing") - pl.col("packing").median().over("hs6"),
    )
    codes = ("hs6", "origin_country", "dispatch_country", "office", "transport_mode", "procedure")
    table = wide.select(
        *(pl.col(name).rank("dense") for name in codes),
        *(pl.col(name).cast(pl.Float64) for name in ("low", "odd", "age", "seen", "duty_rate", "customs_value")),
    ).to_numpy()
    late = (wide["lodged_on"] >= date(2025, 11, 1)).to_numpy()
    labels = wide["illicit"].to_numpy()
    data = lgb.Dataset(table[~late], labels[~late], categorical_feature=list(range(len(codes))))
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "num_leaves": 15, "seed": 1}
    scores = lgb.train(settings, data, 60).predict(table[late])
    area = roc_auc_score(labels[late], scores)
    assert 0.75 < area < 0.95


@pytest.fixture
def rings() -> Rings:
    rng = np.random.default_rng(5)
    traders = settle(20_000, 365, date(2025, 1, 1), rng)
    return Rings(traders, 6_000, 365, date(2025, 1, 1), rng)


def test_every_caught_offender_changes_something(rings: Rings) -> None:
    traders = rings.traders
    kinds: dict[str, int] = {}
    for day in range(20, 360, 20):
        for number, ring in enumerate(rings.all):
            if ring.starts > day or ring.quiet_until > day:
                continue
            before, scheme, wave = traders.lanes[ring.lane].copy(), ring.scheme, ring.wave
            told = len(ring.moves)
            rings.caught([number], [day])
            rings.turn(day)
            for _, why in ring.moves[told : told + 1]:
                kinds[why] = kinds.get(why, 0) + 1
                after = traders.lanes[ring.lane]
                assert ring.quiet_until > day
                assert (
                    traders.lanes["end"][np.flatnonzero(traders.lanes["importer"] == before["importer"])].min() <= day
                )
                if why == "company":
                    assert after["importer"] != before["importer"]
                    assert (after["supplier"], after["broker"]) == (before["supplier"], before["broker"])
                elif why == "heading":
                    assert ring.scheme == scheme
                    assert (
                        ring.wave != wave
                        or sum(open_waves(rings.moment(day))[n] > 0 for n, w in enumerate(WAVES) if w.scheme == scheme)
                        <= 1
                    )
                elif why == "scheme":
                    assert {"undervaluation", "misclassification", "counterfeit"} >= {SCHEMES[ring.scheme].code}
                else:
                    assert ring.wave == wave
                    assert after.tobytes() != before.tobytes()
    assert set(kinds) == {"route", "heading", "company", "scheme"}


def test_a_phoenix_rises_at_the_same_address(rings: Rings) -> None:
    texts, lanes = rings.traders.importer_texts, rings.traders.lanes
    number, ring = next(
        (n, r) for n, r in enumerate(rings.all) if r.scheme == SCHEME_INDEX["phoenix"] and r.starts == 0
    )
    dead = int(lanes[ring.lane]["importer"])
    rings.caught([number], [30])
    rings.turn(29)
    assert int(rings.traders.lanes[ring.lane]["importer"]) == dead
    rings.turn(35)
    born = int(rings.traders.lanes[ring.lane]["importer"])
    assert born != dead
    assert texts["importer_address"][born] == texts["importer_address"][dead]
    assert texts["importer_id"][born] != texts["importer_id"][dead]
    assert texts["importer_name"][born] != texts["importer_name"][dead]
    assert date(2025, 1, 15) < texts["importer_registered_on"][born] < date(2025, 2, 5)
    assert (rings.traders.lanes["end"][rings.traders.lanes["importer"] == dead] <= 35).all()
    assert ring.quiet_until > 35


def test_reborn_companies_share_addresses_in_the_lines(year) -> None:
    phoenix = year.truth.filter(pl.col("scheme") == "phoenix").join(year.lines, on=["declaration_id", "item_number"])
    homes = phoenix.group_by("importer_address").agg(pl.col("importer_id").n_unique(), pl.col("exporter_id").n_unique())
    assert homes["importer_id"].max() >= 2


def test_inspections_notice_by_scheme_and_kind() -> None:
    wildlife, blind = SCHEME_INDEX["wildlife"], SCHEME_INDEX["blind_office"]
    scheme = np.array([wildlife, wildlife, blind, -1])
    physical = np.array([True, False, True, True])
    assert notices(scheme, physical, np.full(4, 0.3)).tolist() == [True, False, False, False]
    assert notices(scheme, physical, np.full(4, 0.71)).tolist() == [False] * 4


def test_capacity_holds_in_each_office() -> None:
    rng = np.random.default_rng(0)
    office = rng.integers(0, 4, 1_000)
    order = rng.random(1_000)
    taken = within(np.ones(1_000, dtype=bool), office, order, 0.1, rng)
    for place in range(4):
        mine, chosen = np.flatnonzero(office == place), taken[office[taken] == place]
        assert len(chosen) in (len(mine) // 10, len(mine) // 10 + 1)
        assert order[chosen].min() >= np.sort(order[mine])[-len(chosen)]
