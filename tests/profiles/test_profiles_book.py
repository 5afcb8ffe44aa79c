"""Books and watch lists: what is wrong is said all at once, with file, profile and key; versions follow content."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import BookError, InputError, ListError
from tidegate.profiles import Book, Entry, Matcher, Profile, RefusedBookError, WatchLists
from tidegate.trade import LINE_SCHEMA

GOOD = """
[[profile]]
id = "VN-1"
title = "Logs"
when = "hs_code LIKE '4403%'"
channel = "red"
rate = 1.0
starts = 2026-01-01
ends = 2026-12-31
owner = "hq"
"""


def changed(key: str, value: str | None) -> str:
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{key} =")]
    return "\n".join(lines if value is None else [*lines, f"{key} = {value}"])


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("ends", None, "ends is missing. A profile that nobody renews ends; give it a last day."),
        ("ends", '"2026-12-31"', "ends is not a date, as 2026-12-31 without quotes."),
        ("ends", "2026-12-31T00:00:00", "ends is not a date, as 2026-12-31 without quotes."),
        ("ends", "2025-12-31", "ends (2025-12-31) lies before starts (2026-01-01)."),
        ("rate", "0.0", "rate is 0.0; it must be above 0 and at most 1. It is a share of the hits"),
        ("rate", "1.5", "rate is 1.5; it must be above 0 and at most 1."),
        ("rate", "nan", "rate is nan; it must be above 0 and at most 1."),
        ("rate", '"all"', "rate is not a number."),
        ("rate", "true", "rate is not a number."),
        ("channel", '"green"', "there is no channel 'green'. Channels of a profile are yellow, red, blue"),
        ("channel", '"Red"', "there is no channel 'Red'."),
        ("owner", '""', "owner is empty."),
        ("title", "3", "title is not a text."),
        ("levle", '"01"', "there is no key levle. Did you mean level?"),
        ("level", '" "', 'level is empty. Write "national" or the code of an office.'),
        ("restricted", '"yes"', "restricted is not true or false."),
    ],
)
def test_wrong_data_is_named_with_profile_and_key(key: str, value: str | None, message: str) -> None:
    with pytest.raises(RefusedBookError) as refused:
        Book.from_toml(changed(key, value), source="book.toml")
    [refusal] = refused.value.refusals
    assert str(refusal).startswith(f"book.toml: profile 1 (VN-1): {message}")


def test_everything_wrong_is_said_at_once() -> None:
    text = changed("rate", "2") + changed("channel", '"pink"') + GOOD + GOOD.replace("VN-1", "VN-2")
    with pytest.raises(RefusedBookError) as refused:
        Book.from_toml(text, source="book.toml")
    assert str(refused.value).startswith("2 things to put right:\n- book.toml: profile 1 (VN-1): rate is 2;")
    assert "\n- book.toml: profile 2 (VN-1): there is no channel 'pink'." in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[profile]\n", "book.toml: not TOML:"),
        ("[profile]\nid = 'a'", "book.toml: unknown part 'profile'. A book is a list of [[profile]] tables"),
        ("title = 'x'", "book.toml: unknown part 'title'."),
        ("profile = [1]", "1 thing to put right:\n- book.toml: profile 1: not a table."),
        ("x = " + "[" * 5_000, "book.toml: "),
    ],
)
def test_what_is_no_book_is_refused(text: str, message: str) -> None:
    with pytest.raises(BookError) as refused:
        Book.from_toml(text, source="book.toml")
    assert str(refused.value).startswith(message)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"nothing\.toml: there is no such book"):
        Book.load(tmp_path / "nothing.toml")
    (tmp_path / "latin.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(BookError, match=r"latin\.toml: not UTF-8 text"):
        Book.load(tmp_path / "latin.toml")
    (tmp_path / "good.toml").write_text("\ufeff" + GOOD, encoding="utf-8")
    assert len(Book.load(tmp_path / "good.toml")) == 1


def test_two_versions_of_one_id_may_follow_but_not_overlap() -> None:
    later = GOOD.replace("2026-01-01", "2027-01-01").replace("2026-12-31", "2027-12-31")
    assert len(Book.from_toml(GOOD + later)) == 2
    overlapping = later.replace("2027-01-01", "2026-12-31")
    message = "VN-1: two versions of one id are in force at once, from 2026-12-31 to 2026-12-31."
    with pytest.raises(RefusedBookError, match=message):
        Book.from_toml(GOOD + overlapping)
    with pytest.raises(RefusedBookError, match=message):
        Book.join([Book.from_toml(GOOD), Book.from_toml(overlapping)])
    inside = GOOD.replace("2026-12-31", "2030-12-31") + GOOD.replace("2026-01-01", "2027-02-01").replace(
        "2026-12-31", "2027-03-01"
    )
    with pytest.raises(RefusedBookError, match="2027-02-01 to 2027-03-01"):
        Book.from_toml(inside + later.replace("2027", "2031"))


def test_the_version_follows_what_the_profiles_say() -> None:
    second = GOOD.replace("VN-1", "VN-2")
    version = Book.from_toml(GOOD + second).version
    assert len(version) == 64
    assert Book.from_toml("# a comment\n" + second + GOOD.replace("rate = 1.0", "rate = 1")).version == version
    assert Book.from_toml(GOOD + second + 'instruction_vi = "Soi chiếu."').version != version
    # Books that were kept before there was `instruction_vi` have the version that they had.
    assert Book.from_toml(GOOD).version == "ce50115bea59d239386eca1cc58f635ffec162d85aa0cc3027e2e6f8fb875d3a"
    for old, new in [("4403", "4404"), ("1.0", "0.5"), ("hq", "hq2"), ("2026-12-31", "2026-12-30"), ("Logs", "logs")]:
        assert Book.from_toml(GOOD.replace(old, new) + second).version != version


@given(st.permutations(["VN-1", "VN-2", "VN-3"]))
def test_the_order_of_profiles_does_not_matter_to_the_version(names: list[str]) -> None:
    text = "".join(GOOD.replace("VN-1", name) for name in names)
    assert (
        Book.from_toml(text).version
        == Book.from_toml("".join(GOOD.replace("VN-1", f"VN-{n}") for n in (1, 2, 3))).version
    )


def test_conditions_are_all_refused_at_once() -> None:
    book = Book.from_toml(GOOD.replace("hs_code", "hs_cod") + GOOD.replace("VN-1", "VN-2").replace("LIKE", "ILIKE"))
    with pytest.raises(RefusedBookError) as refused:
        Matcher(book, LINE_SCHEMA)
    first, second = refused.value.refusals
    assert str(first).startswith("profile VN-1: when 1:1: there is no field hs_cod. Did you mean hs_code?")
    assert str(second).startswith("profile VN-2: when 1:9: ILIKE is not let in.")


# Watch lists


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,kind\nA,x\n", "there is no column value. Columns are value, kind, owner, reason, expires."),
        ("value,colour\nA,x\n", "unknown column 'colour'."),
        ("value,kind\nA,x,y\n", "row 2: the row does not have 2 cells."),
        ("value,kind\nA\n", "row 2: the row does not have 2 cells."),
        ("value,kind\n ,x\n", "row 2: value is empty."),
        (
            "value,expires\nA,2026-01-01\nB,31/12/2026\n",
            "row 3: expires: '31/12/2026' is not a date. Write 2026-12-31.",
        ),
        ('value\n"A\n', "not CSV:"),
        ("", "there is no column value."),
    ],
)
def test_a_malformed_list_is_refused_with_its_row(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "vn-watch.csv").write_text(content, encoding="utf-8")
    with pytest.raises(ListError) as refused:
        WatchLists.load(tmp_path)
    assert "vn-watch.csv: " in str(refused.value)
    assert message in str(refused.value)


def test_lists_are_read_from_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="there is no such folder"):
        WatchLists.load(tmp_path / "nowhere")
    (tmp_path / "b.csv").write_text("\ufeffvalue,owner,expires\nA,hq,2026-01-31\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text("value\nX\nY\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a list", encoding="utf-8")
    lists = WatchLists.load(tmp_path)
    assert list(lists) == ["a", "b"]
    assert lists["b"] == (Entry("A", owner="hq", expires=dt.date(2026, 1, 31)),)
    version = lists.version
    (tmp_path / "a.csv").write_text("value\nY\nX\n", encoding="utf-8")
    assert WatchLists.load(tmp_path).version == version
    (tmp_path / "a.csv").write_text("value\nY\nZ\n", encoding="utf-8")
    assert WatchLists.load(tmp_path).version != version


# Matching


def lines(**columns: object) -> pl.DataFrame:
    return pl.DataFrame({"lodged_on": [dt.date(2026, 6, 1)], "hs_code": ["440310"], "office": ["01"], **columns})


def hit(profile: Profile, table: pl.DataFrame, lists: WatchLists | None = None) -> list[int]:
    matcher = Matcher([profile], table.schema, lists)
    found = matcher.match(table, few=0).line.tolist()
    assert matcher.match(table).line.tolist() == found
    assert matcher.match_one(table).line.tolist() == found
    assert matcher.match_one(table.to_dicts()).line.tolist() == found
    return found


def profile(when: str = "hs_code LIKE '44%'", level: str = "national") -> Profile:
    return Profile("P", "t", when, "red", 1.0, dt.date(2026, 1, 1), dt.date(2026, 12, 31), "hq", level)


@pytest.mark.parametrize(
    ("day", "fires"), [("2025-12-31", False), ("2026-01-01", True), ("2026-12-31", True), ("2027-01-01", False)]
)
def test_a_profile_fires_within_its_term_alone(day: str, fires: bool) -> None:
    assert hit(profile(), lines(lodged_on=[dt.date.fromisoformat(day)])) == ([0] if fires else [])


def test_a_level_is_one_office() -> None:
    assert hit(profile(level="01"), lines()) == [0]
    assert hit(profile(level="02"), lines()) == []
    assert hit(profile(level="01"), lines(office=pl.Series([None], dtype=pl.String))) == []


def test_an_entry_of_a_list_matches_until_it_expires() -> None:
    lists = WatchLists({"watch": (Entry("A", expires=dt.date(2026, 6, 1)), Entry("B", expires=dt.date(2026, 5, 31)))})
    table = pl.concat([lines(importer_id=["A"]), lines(importer_id=["B"]), lines(importer_id=["C"])])
    assert hit(profile("on_list(importer_id, 'watch')"), table, lists) == [0]
    assert hit(profile("NOT on_list(importer_id, 'watch')"), table, lists) == [1, 2]


def test_one_of_several_containers_is_enough() -> None:
    lists = WatchLists({"boxes": (Entry("MSKU1"),)})
    table = pl.concat([lines(container_ids=[boxes]) for boxes in ("MSKU1", "MSKU2 MSKU1", "MSKU11", "")])
    assert hit(profile("on_list(container_ids, 'boxes')"), table, lists) == [0, 1]


def test_a_table_that_does_not_fit_is_refused() -> None:
    matcher = Matcher([profile()], lines().schema)
    with pytest.raises(InputError, match="the profiles need column hs_code"):
        matcher.match(lines().drop("hs_code"))
    with pytest.raises(InputError, match="the profiles take it for a text"):
        matcher.match(lines(hs_code=[440310]))
    with pytest.raises(InputError, match="line 1: the profiles need hs_code"):
        matcher.match_one([{"lodged_on": dt.date(2026, 6, 1)}])
    with pytest.raises(InputError, match="line 1: hs_code is 4403, not a text"):
        matcher.match_one([{"lodged_on": dt.date(2026, 6, 1), "hs_code": 4403}])


def test_no_lines_and_no_profiles_give_no_hits() -> None:
    assert len(Matcher([profile()], lines().schema).match(lines().clear())) == 0
    assert len(Matcher([profile()], lines().schema).match_one([])) == 0
    assert len(Matcher([], lines().schema).match(lines())) == 0
    assert len(Matcher([], lines().schema).match_one(lines())) == 0


def test_extra_columns_of_other_types_can_be_used_where_they_have_a_kind() -> None:
    table = lines(
        grade=pl.Series(["A"], dtype=pl.Categorical), weight=pl.Series([3], dtype=pl.UInt8), moment=[dt.time(1)]
    )
    assert hit(profile("grade = 'A' AND weight = 3"), table) == [0]
    with pytest.raises(RefusedBookError, match="there is no field moment"):
        Matcher([profile("moment > 3")], table.schema)
