"""The book, lists and policy that come with the trade: the engine's own rooms can read them."""

from __future__ import annotations

import tomllib
from datetime import date

import polars as pl

from tidegate.profiles import Book, Matcher, WatchLists
from tidegate.selection import Policy
from tidegate.simulator.book import BOOK, running
from tidegate.simulator.places import OFFICES

KEYS = {
    *("id", "title", "title_vi", "when", "channel", "rate", "starts", "ends", "owner", "level"),
    *("instruction", "instruction_vi"),
}


def test_book_is_complete_toml(year) -> None:
    profiles = tomllib.loads((year.folder / "book.toml").read_text(encoding="utf-8"))["profile"]
    assert len(profiles) >= 60
    assert len({profile["id"] for profile in profiles}) == len(profiles)
    for profile in profiles:
        assert set(profile) == KEYS
        assert profile["channel"] in ("yellow", "red", "blue")
        assert 0 < profile["rate"] <= 1
        assert profile["starts"] < profile["ends"]
        assert profile["level"] in ("national", *(office.code for office in OFFICES))
    first = date(2025, 1, 1)
    assert sum(profile["ends"] < first for profile in profiles) >= 3, "stale profiles"
    assert sum(profile["starts"] <= first <= profile["ends"] for profile in profiles) >= 45


def test_engine_reads_book_lists_and_policy(year) -> None:
    book = Book.load(year.folder / "book.toml")
    lists = WatchLists.load(year.folder / "lists")
    assert len(book) == len(BOOK)
    plain = {"vn-watch", "vn-watch-addresses", "vn-watch-suppliers", "vn-watch-containers"}
    assert set(lists) == {*plain, "partner-notices"}
    assert all(len(lists[name]) for name in lists)
    policy = Policy.load(year.folder / "policy.toml")
    assert set(policy.office) <= {office.code for office in OFFICES}


def test_lists_name_people_of_the_trade(year) -> None:
    lists = WatchLists.load(year.folder / "lists")
    for name, field in (("vn-watch", "importer_id"), ("vn-watch-suppliers", "exporter_id")):
        values = [entry.value for entry in lists[name]]
        assert year.lines[field].is_in(values).any()


def test_past_regime_runs_profiles_as_the_engine_does(year) -> None:
    """The same condition, through Polars here and through the matcher: the same lines."""
    lines = year.lines.filter(pl.col("lodged_on") == date(2025, 7, 1))
    plain = {profile.id: condition for profile, condition in running()}
    assert 45 <= len(plain) < len(BOOK)
    book = Book([p for p in Book.load(year.folder / "book.toml").profiles if p.id in plain])
    matcher = Matcher(book, lines.schema)
    hits = matcher.match(lines)
    ids = [profile.id for profile in matcher.profiles]
    found: dict[str, list[int]] = {name: [] for name in ids}
    for line, profile in zip(hits.line.tolist(), hits.profile.tolist(), strict=True):
        found[ids[profile]].append(line)
    terms = {profile.id: profile for profile in book.profiles}
    for name, condition in plain.items():
        profile = terms[name]
        own = lines.select(
            (condition.fill_null(False) & pl.lit(profile.starts <= date(2025, 7, 1) <= profile.ends))
            & (pl.lit(profile.level == "national") | (pl.col("office") == profile.level))
        ).to_series()
        assert own.arg_true().to_list() == sorted(found[name]), name


def test_some_profiles_are_good_and_some_useless(year) -> None:
    lines = year.lines.join(year.truth, on=["declaration_id", "item_number"], maintain_order="left")
    base = lines["illicit"].mean()
    lift = {}
    for profile, condition in running():
        hits = lines.filter(condition)
        lift[profile.id] = (hits.height, hits["illicit"].mean() / base if hits.height else 0.0)
    assert sum(count == 0 for count, _ in lift.values()) >= 3
    assert sum(count > 20 and ratio > 4 for count, ratio in lift.values()) >= 5
    assert sum(count > 20 and ratio < 1 for count, ratio in lift.values()) >= 3
