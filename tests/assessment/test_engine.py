"""The engine: one decision a declaration, with reasons that stand on real lines and fields."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tidegate.assessment import Desk, Engine
from tidegate.errors import InputError
from tidegate.indicators import Counters
from tidegate.profiles import Book, Profile
from tidegate.selection import DayKeys, Policy, clear
from tidegate.trade import conform


def lines(rows: list[dict[str, object]]) -> pl.DataFrame:
    filled = [
        {"declaration_id": "D1", "item_number": 1, "lodged_on": date(2026, 3, 2), "hs_code": "440399"} | row
        for row in rows
    ]
    return conform(pl.DataFrame(filled))


def profile(when: str, **changes: object) -> Profile:
    data = {
        "id": "P1", "title": "Logs", "title_vi": "Gỗ tròn", "when": when, "channel": "red", "rate": 1.0,
        "starts": date(2026, 1, 1), "ends": date(2026, 12, 31), "owner": "hq",
    }  # fmt: skip
    return Profile(**{**data, **changes})  # type: ignore[arg-type]


def test_one_decision_for_each_declaration(trade):
    decisions = trade.assessment.decisions
    assert decisions["declaration_id"].to_list() == trade.lines["declaration_id"].unique(maintain_order=True).to_list()
    assert decisions["line_count"].sum() == trade.lines.height == trade.assessment.lines.height
    assert {"green", "yellow", "red"} <= set(decisions["channel"]) <= {"green", "yellow", "red", "blue"}
    assert decisions["probability"].is_between(0, 1).all()
    assert decisions.filter(pl.col("channel") != "green")["probability"].min() > 0


def test_declared_columns_come_through_untouched(trade):
    assert_frame_equal(trade.assessment.lines.select(trade.lines.columns), trade.lines)


def test_everything_selected_has_a_reason_on_a_real_line_and_field(trade):
    selected = trade.assessment.decisions.filter(pl.col("channel") != "green")
    assert (selected["reasons"].list.len() > 0).all()
    told = selected.select("declaration_id", "reasons").explode("reasons").unnest("reasons")
    assert told["text"].null_count() == told["text_vi"].null_count() == 0
    placed = told.filter(pl.col("item_number").is_not_null()).join(
        trade.lines.select("declaration_id", "item_number"), on=["declaration_id", "item_number"], how="anti"
    )
    assert placed.height == 0
    fields = set(told.filter(pl.col("source").is_in(["profile", "list"]))["field"].drop_nulls())
    assert fields <= set(trade.assessment.lines.columns)


def test_hits_of_a_declaration_are_those_of_its_lines(trade):
    of_lines = (
        trade.assessment.lines.select("declaration_id", "hits")
        .explode("hits")
        .drop_nulls()
        .unique()
        .sort("declaration_id", "hits")
    )
    of_decisions = (
        trade.assessment.decisions.select("declaration_id", "hits")
        .explode("hits")
        .drop_nulls()
        .sort("declaration_id", "hits")
    )
    assert_frame_equal(of_lines, of_decisions)


def test_score_of_a_declaration_is_that_of_its_most_suspicious_line(trade):
    highest = trade.assessment.lines.group_by("declaration_id", maintain_order=True).agg(pl.col("score").max())
    assert_frame_equal(highest, trade.assessment.decisions.select("declaration_id", "score"))


def test_nothing_depends_on_a_second_run(trade):
    again = trade.engine.assess(trade.lines, trade.counters)
    assert_frame_equal(again.decisions, trade.assessment.decisions)
    assert_frame_equal(again.lines, trade.assessment.lines)


def test_works_without_book_model_or_lists():
    engine = Engine(policy=Policy(), keys=DayKeys.demo(1))
    result = engine.assess(lines([{}, {"item_number": 2}, {"declaration_id": "D2"}]), Counters())
    assert result.decisions["score"].null_count() == 2
    assert result.decisions["probability"].min() > 0
    assert result.lines.height == 3


def test_a_profile_alone_selects_says_why_and_what_without_it():
    book = Book([profile("hs_code LIKE '4403%' AND gross_mass_kg > 100")])
    engine = Engine(policy=Policy.parse("[default.capacity]\nred = 1"), keys=DayKeys.demo(0), book=book)
    table = lines([{"item_number": 1, "gross_mass_kg": 5.0}, {"item_number": 2, "gross_mass_kg": 500.0}])
    decision = engine.assess(table, Counters()).decisions.row(0, named=True)
    assert decision["hits"] == ["P1"]
    assert (decision["channel"], decision["targeted_by"]) == ("red", "profile")
    reason = decision["reasons"][0]
    assert (reason["source"], reason["code"], reason["item_number"], reason["field"]) == ("profile", "P1", 2, "hs_code")
    assert (reason["value"], reason["text"], reason["text_vi"]) == ("440399", "Logs", "Gỗ tròn")
    for told in (decision, Desk(engine, Counters()).decide(table)):
        assert told["counterfactual"] == "without P1: green"
        assert told["counterfactual_vi"] == "nếu không có P1: luồng xanh"


def test_a_restricted_profile_fires_without_saying_what_it_looks_for():
    book = Book([profile("hs_code LIKE '4403%'", title="Secret", title_vi="Mật", restricted=True)])
    engine = Engine(policy=Policy.parse("[default.capacity]\nred = 1"), keys=DayKeys.demo(0), book=book)
    reason = engine.assess(lines([{}]), Counters()).decisions.row(0, named=True)["reasons"][0]
    assert (reason["code"], reason["field"], reason["value"]) == ("P1", None, None)
    assert (reason["text"], reason["text_vi"]) == ("a restricted profile", "một hồ sơ rủi ro hạn chế phổ biến")
    alone = Desk(engine, Counters()).decide(lines([{}]))["reasons"][0]
    assert alone == reason


def test_a_profile_of_another_year_is_silent():
    book = Book([profile("hs_code LIKE '4403%'", starts=date(2025, 1, 1), ends=date(2025, 12, 31))])
    decision = Engine(policy=Policy(), keys=DayKeys.demo(1), book=book).assess(lines([{}]), Counters()).decisions
    assert decision["hits"].to_list() == [[]]


@pytest.mark.parametrize("field", ["lodged_on", "office"])
def test_lines_that_disagree_on_their_declaration_are_refused(field):
    other = {"lodged_on": date(2026, 3, 3), "office": "02CI"}[field]
    table = lines([{"office": "01AB"}, {"office": "01AB", "item_number": 2, field: other}])
    engine = Engine(policy=Policy(), keys=DayKeys.demo(1))
    for decide in (Desk(engine, Counters()).decide, lambda table: engine.assess(table, Counters())):
        with pytest.raises(InputError, match=r"declaration D1: lines of one declaration disagree on its (day|office)"):
            decide(table)


@pytest.mark.parametrize("name", ["score", "importer_lines_30d"])
def test_a_column_with_a_taken_name_is_refused(name):
    table = lines([{}]).with_columns(pl.lit(1.0).alias(name))
    engine = Engine(policy=Policy(), keys=DayKeys.demo(1))
    for decide in (Desk(engine, Counters()).decide, lambda table: engine.assess(table, Counters())):
        with pytest.raises(InputError, match=f"gives itself: {name}"):
            decide(table)


def test_flags_of_intake_become_reasons():
    result = Engine(policy=Policy(), keys=DayKeys.demo(1)).assess(lines([{"flags": "net_over_gross"}]), Counters())
    reasons = result.decisions["reasons"].to_list()[0]
    assert [(r["source"], r["code"]) for r in reasons if r["source"] == "data"] == [("data", "net_over_gross")]


@pytest.mark.parametrize("without_code", [0, 3])
def test_the_desk_says_the_same_as_the_batch(trade, without_code):
    """Hits, score and the reasons of profiles, model and data; only the draw may differ.

    One line in `without_code` has no commodity code; its flags are those of intake and one that is not.
    """
    certain = Policy.parse('[default]\nrandom_rate = 1.0\n[default.capacity]\nred = "100%"\n')
    engine = replace(trade.engine, policy=certain)
    some = trade.lines.filter(
        pl.col("declaration_id").is_in(trade.assessment.decisions["declaration_id"].head(150).implode())
    )
    if without_code:
        bare = pl.int_range(pl.len()) % without_code == 0
        some = some.with_columns(
            hs_code=pl.when(~bare).then("hs_code"),
            flags=pl.when(bare).then(pl.lit("hs_missing of_another_system")).otherwise("flags"),
        )
        no_code = profile("hs_code IS NULL", id="NO-CODE", starts=date(2025, 1, 1))
        engine = replace(engine, book=Book([*trade.engine.book.profiles, no_code]))
    batch = engine.assess(some, trade.counters).decisions
    told = batch.select(pl.col("reasons").explode().struct["code"]).to_series().to_list()
    assert {"NO-CODE", "hs_missing"} <= set(told) or not without_code
    desk = Desk(engine, trade.counters)
    for row in batch.iter_rows(named=True):
        alone = desk.decide(some.filter(pl.col("declaration_id") == row["declaration_id"]))
        for name in (
            "hits",
            "score",
            "uncertainty",
            "trusted",
            "line_count",
            "customs_value",
            "duty_at_stake",
            "demand_red",
            "demand_yellow",
            "demand_blue",
            "book_version",
            "ticket",
        ):
            assert alone[name] == row[name], name
        assert [r for r in alone["reasons"] if r["source"] != "draw"] == [
            r for r in row["reasons"] if r["source"] != "draw"
        ]


def test_the_desk_says_what_would_have_been_otherwise(trade):
    """The same reason taken away as in the batch: the source, or the profile that asks most."""
    cases = trade.assessment.decisions
    desk = Desk(trade.engine, trade.counters, clear(cases, trade.engine.policy))
    said = set()
    for part in trade.lines.partition_by("declaration_id", maintain_order=True)[:1200]:
        alone = desk.decide(part)
        text, text_vi = alone["counterfactual"], alone["counterfactual_vi"]
        if alone["channel"] == "green":
            assert text is text_vi is None
            continue
        name, channel = text.removeprefix("without ").split(": ")
        by = alone["targeted_by"]
        sources = {"model": "the model", "exploration": "exploration", "draw": "the random draw"}
        assert name == (alone["reasons"][0]["code"] if by == "profile" else sources[by])
        assert channel in ("green", "yellow", "red", "blue")
        assert text_vi.startswith("nếu không có ")
        said.add((by, channel))
    assert {("profile", "green"), ("model", "green"), ("draw", "green")} <= said


def test_the_desk_takes_one_declaration():
    desk = Desk(Engine(policy=Policy(), keys=DayKeys.demo(1)), Counters())
    with pytest.raises(InputError, match="one at a time"):
        desk.decide(lines([{}, {"declaration_id": "D2"}]))
