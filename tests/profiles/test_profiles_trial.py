"""What is said of a book on history, and the remarks on a book that can be read but may not be meant."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tidegate.profiles import TRIAL_SCHEMA, Book, Entry, Profile, WatchLists, check, try_book
from tidegate.profiles.trial import interval
from tidegate.trade import FINDING_SCHEMA, LINE_SCHEMA, conform

DAY = dt.date(2026, 3, 1)


def profile(number: str, when: str, **changes: object) -> Profile:
    fields = {
        "channel": "red",
        "rate": 1.0,
        "starts": dt.date(2026, 1, 1),
        "ends": dt.date(2026, 12, 31),
        "owner": "hq",
    }
    return Profile(number, f"title of {number}", when, **{**fields, **changes})  # type: ignore[arg-type]


@pytest.fixture
def lines() -> pl.DataFrame:
    return conform(
        pl.DataFrame(
            {
                "declaration_id": ["D1", "D1", "D2", "D3", "D4"],
                "item_number": [1, 2, 1, 1, 1],
                "lodged_on": [DAY, DAY, DAY, DAY + dt.timedelta(1), DAY + dt.timedelta(1)],
                "office": ["01", "01", "02", "01", "01"],
                "hs_code": ["440310", "640399", "440320", "440310", "870323"],
                "importer_id": ["A", "A", "B", "C", "C"],
                "importer_trusted": [True, True, False, False, False],
            }
        )
    )


def test_hits_overlap_and_findings_are_counted(lines: pl.DataFrame) -> None:
    book = Book(
        [
            profile("WOOD", "hs_code LIKE '44%'"),
            profile("TEN", "hs_code = '440310'"),
            profile("NO", "hs_code = '999999'"),
        ]
    )
    findings = pl.DataFrame(
        [
            ("D1", 2, DAY, True),  # on a line that WOOD does not hit
            ("D1", 1, DAY, False),
            ("D2", None, DAY, True),  # on the whole declaration
        ],
        schema=["declaration_id", "item_number", "found_on", "illicit"],
        orient="row",
    )  # fmt: skip
    tried = try_book(book, lines, conform_findings(findings))
    assert tried.schema == TRIAL_SCHEMA
    wood, ten, none = tried.to_dicts()
    assert (wood["lines"], wood["declarations"], wood["per_day"]) == (3, 3, 1.5)
    assert wood["by_office"] == [{"office": "01", "declarations": 2}, {"office": "02", "declarations": 1}]
    assert wood["covered"] == pytest.approx(2 / 3)
    assert (wood["trusted"], wood["opened"], wood["found"], wood["hit_rate"]) == (1, 2, 1, 0.5)
    assert (ten["covered"], ten["opened"], ten["found"], ten["hit_rate"]) == (1.0, 1, 0, 0.0)
    assert (none["lines"], none["covered"], none["by_office"], none["opened"], none["hit_rate"]) == (
        0,
        None,
        [],
        0,
        None,
    )


def conform_findings(findings: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in FINDING_SCHEMA.items() if name not in findings.columns]
    return findings.with_columns(absent)


def test_without_findings_nothing_is_claimed(lines: pl.DataFrame) -> None:
    [row] = try_book(Book([profile("WOOD", "hs_code LIKE '44%'")]), lines).to_dicts()
    assert (row["lines"], row["opened"], row["found"], row["hit_rate"]) == (3, None, None, None)


def test_an_empty_book_gives_an_empty_table(lines: pl.DataFrame) -> None:
    assert try_book(Book([]), lines).schema == TRIAL_SCHEMA


def test_the_interval_is_wilsons() -> None:
    # Newcombe 1998, table I: 81 of 263 and 0 of 20 with the score method.
    assert interval(81, 263) == pytest.approx((0.3080, 0.2553, 0.3662), abs=5e-5)
    assert interval(0, 20) == pytest.approx((0.0, 0.0, 0.1611), abs=5e-5)
    assert interval(0, 0) == (None, None, None)


def test_remarks_name_what_is_probably_not_meant() -> None:
    lists = WatchLists({"old": (Entry("1", expires=dt.date(2026, 1, 31)),), "empty": ()})
    book = Book(
        [
            profile("REFUSED", "hs_cod = '1'"),
            profile("ENDED", "hs_code LIKE '44%'", ends=dt.date(2026, 2, 1)),
            profile("ENDS-SOON", "hs_code LIKE '44%'", ends=dt.date(2026, 3, 20)),
            profile("LATER", "hs_code LIKE '44%'", starts=dt.date(2026, 6, 1)),
            profile("NEVER", "customs_value > 10 AND customs_value < 5"),
            profile("NEVER-2", "hs_code = '440310' AND hs_code IN ('640399', '640391')"),
            profile("DOTS", "hs_code LIKE '44.03%'"),
            profile("SHORT", "hs_code = '4403'"),
            profile("COUNTRY", "origin_country IN ('VN', 'Lao')"),
            profile("CAPITALS", "lower(description) LIKE '%Wood%'"),
            profile("OLD-LIST", "on_list(importer_id, 'old')"),
            profile("EMPTY-LIST", "on_list(importer_id, 'empty')"),
            profile("FINE", "hs_code LIKE '4403%' AND origin_country = 'CM'"),
        ]
    )
    remarks = {one.profile: one for one in check(book, LINE_SCHEMA, lists, today=DAY)}
    said = {name: (one.severity, one.text) for name, one in remarks.items()}
    assert said.pop("REFUSED")[0] == "error"
    assert said == {
        "ENDED": ("warning", "ended on 2026-02-01; it never fires."),
        "ENDS-SOON": ("warning", "ends on 2026-03-20; renew it or let it go."),
        "LATER": ("warning", "starts only on 2026-06-01."),
        "NEVER": ("warning", "no line can ever fit the condition."),
        "NEVER-2": ("warning", "no line can ever fit the condition."),
        "DOTS": ("warning", "hs_code holds digits only; '44.03' never fits."),
        "SHORT": ("warning", "hs_code has 6 to 12 digits; '4403' never fits. Write hs_code LIKE '4403%'."),
        "COUNTRY": ("warning", "origin_country holds two capital letters (ISO 3166); 'Lao' never fits."),
        "CAPITALS": ("warning", "lower(...) never fits '%Wood%': it has capital letters."),
        "OLD-LIST": ("warning", "every entry of the list old has expired."),
        "EMPTY-LIST": ("warning", "the list empty is empty."),
    }
    assert all(one.text_vi for one in remarks.values())
