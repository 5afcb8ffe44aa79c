"""The trade is lifelike: heavy tails, seasons, valid numbers, newcomers, prices that depend on heading and origin."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from stdnum import imo, iso6346
from stdnum.vn import mst

from tidegate.simulator.goods import GOODS
from tidegate.simulator.names import FORMS, renamed
from tidegate.simulator.numbers import containers, ships, tax_codes
from tidegate.simulator.places import COUNTRIES, COUNTRY_INDEX, OFFICES
from tidegate.simulator.seasons import TET, lines_by_day
from tidegate.trade import countries, hs


@given(st.integers(0, 2**32))
def test_numbers_have_valid_check_digits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    taken: set[str] = set()
    codes = tax_codes(["01", "03", "80"] * 4, taken, rng)
    assert all(mst.is_valid(code) for code in codes)
    assert len(taken) == 12
    assert all(iso6346.is_valid(number) for number in containers(12, rng))
    assert all(imo.is_valid(number) for number in ships(12, rng))


def test_every_number_in_the_lines_is_valid(year) -> None:
    lines = year.lines
    assert [code for code in lines["importer_id"].unique() if not mst.is_valid(code)] == []
    assert [code for code in lines["declarant_id"].unique() if not mst.is_valid(code)] == []
    boxes = lines["container_ids"].drop_nulls().str.split(" ").explode().unique()
    assert len(boxes) > 1_000
    assert [box for box in boxes if not iso6346.is_valid(box)] == []


def test_goods_are_of_the_2022_nomenclature_and_places_exist() -> None:
    assert len(GOODS) >= 150
    assert len({good.hs6 for good in GOODS}) == len(GOODS)
    assert [good.hs6 for good in GOODS if not hs.known(pl.Series([good.hs6])).all()] == []
    for good in GOODS:
        assert sum(share for _, share in good.origins) == 100, good.hs6
        assert all(code in COUNTRY_INDEX for code, _ in good.origins), good.hs6
        assert good.usd_kg > 0 < good.package_kg
    assert countries.known(pl.Series([country.code for country in COUNTRIES])).all()
    assert len({office.code for office in OFFICES}) == len(OFFICES)


def test_volumes_are_heavy_tailed(year) -> None:
    volumes = year.lines["importer_id"].value_counts(sort=True)["count"]
    assert volumes.head(len(volumes) // 10).sum() / volumes.sum() > 0.4
    assert volumes.median() <= 25
    assert volumes.max() / volumes.sum() < 0.15


def test_importers_enter_and_leave_through_the_year(year) -> None:
    spans = year.lines.group_by("importer_id").agg(
        first=pl.col("lodged_on").min(), last=pl.col("lodged_on").max(), lines=pl.len()
    )
    busy = spans.filter(pl.col("lines") >= 10)
    assert (busy["first"] > date(2025, 6, 1)).mean() > 0.03
    assert (busy["last"] < date(2025, 10, 1)).mean() > 0.02
    ages = year.lines.select((pl.col("lodged_on") - pl.col("importer_registered_on")).dt.total_days().min()).item()
    assert ages >= 0


def test_tet_and_sundays_are_quiet(year) -> None:
    daily = year.lines.group_by("lodged_on").len().sort("lodged_on")
    tet = daily.filter(pl.col("lodged_on").is_between(date(2025, 1, 28), date(2025, 2, 3)))["len"].sum()
    rush = daily.filter(pl.col("lodged_on").is_between(date(2025, 1, 13), date(2025, 1, 19)))["len"].sum()
    assert tet < 0.3 * rush
    weekday = daily.group_by(pl.col("lodged_on").dt.weekday()).agg(pl.col("len").mean()).sort("lodged_on")["len"]
    assert weekday[6] < 0.35 * weekday[1]
    food = year.lines.with_columns(month=pl.col("lodged_on").dt.month(), fresh=pl.col("hs_code").str.starts_with("08"))
    share = food.group_by("month").agg(pl.col("fresh").mean()).sort("month")["fresh"]
    assert share[0] > share[3:10].mean()


def test_tet_dates_are_between_january_21_and_february_20() -> None:
    assert [day.year for day in TET] == list(range(2015, 2036))
    assert all((1, 21) <= (day.month, day.day) <= (2, 20) for day in TET)


@given(st.integers(1, 10**7), st.integers(1, 800))
def test_days_share_out_every_line(lines: int, days: int) -> None:
    counts = lines_by_day(lines, date(2024, 1, 1), days)
    assert counts.sum() == lines
    assert counts.min() >= 0
    assert len(counts) == days


def test_prices_depend_on_heading_and_origin(year) -> None:
    honest = year.lines.join(year.truth.filter(~pl.col("illicit")), on=["declaration_id", "item_number"])
    honest = honest.with_columns(
        price=(pl.col("customs_value") / pl.col("net_mass_kg")).log(), hs6=pl.col("hs_code").str.slice(0, 6)
    )
    table = {good.hs6: np.log(good.usd_kg) for good in GOODS}
    medians = honest.group_by("hs6").agg(pl.col("price").median(), pl.len()).filter(pl.col("len") > 60)
    gap = medians["price"] - medians["hs6"].replace_strict(table)
    assert gap.abs().max() < 0.7
    within = honest.select(pl.col("price").std().over("hs6", "origin_country").mean()).item()
    assert 0.25 < within < 0.8
    level = honest.with_columns(gap=pl.col("price") - pl.col("hs6").replace_strict(table)).group_by("origin_country")
    means = dict(level.agg(pl.col("gap").mean()).iter_rows())
    assert means["CN"] < means["JP"]


def test_duty_follows_tariff_preference_and_procedure(year) -> None:
    lines = year.lines
    assert (lines.filter(pl.col("procedure").is_in(["E11", "E21", "E31"]))["duty_rate"] == 0).all()
    small = lines.filter((pl.col("transport_mode") == "5") & (pl.col("customs_value") <= 40))
    assert len(small) > 100
    assert (small["duty_rate"] == 0).all()
    mfn = {good.hs6: good.mfn for good in GOODS}
    full = lines["hs_code"].str.slice(0, 6).replace_strict(mfn, return_dtype=pl.Float64)
    assert (lines["duty_rate"] <= full + 0.05).all()
    claimed = lines.filter(pl.col("preference") != "B01")
    assert 0.1 < claimed.height / lines.height < 0.6
    assert claimed["documents"].str.contains("861").mean() > 0.95


def test_names_are_written_in_three_languages(year) -> None:
    assert year.lines["importer_name"].str.starts_with("Công ty").mean() > 0.5
    assert year.lines["importer_name"].str.contains("Vietnam").any()
    assert year.lines["exporter_name"].str.contains("有限公司").any()


@given(st.sampled_from(FORMS), st.integers(1, 999), st.integers(1, 40))
def test_a_reborn_company_keeps_the_core_of_its_name(form: str, number: int, generation: int) -> None:
    name = f"{form} Sóng Xanh Bến Mơ {number}"
    assert "Sóng Xanh Bến Mơ" in renamed(name, generation)
    assert renamed(name, generation) != renamed(name, generation + 1)
    assert renamed(renamed(name, generation), generation + 1).count("Công ty") == 1
