"""Parties held against lists: by name and by number, equal parties once, terms and clearances day by day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tidegate.errors import ListError
from tidegate.screening import (
    Clearance,
    Cleared,
    Entry,
    Identifier,
    Kind,
    Lists,
    NamedList,
    Party,
    Screener,
    identities,
)
from tidegate.screening.lists.source import Loaded

DAY = date(2026, 3, 1)
ENTRIES = (
    Entry("made-up", "1", Kind.PERSON, ("Nguyễn Thử Nghiệm Hùng",), born=("1970-02-03",), countries=("VN",)),
    Entry("made-up", "2", Kind.COMPANY, ("Ficticia Samples Trading GmbH", "Ficticia Muster Handel"), countries=("DE",)),
    Entry(
        "made-up",
        "3",
        Kind.DOCUMENT,
        identifiers=(Identifier("passport", "XZ1234567", "VN"),),
        expires=date(2026, 2, 28),
    ),
    Entry("made-up", "4", Kind.CONTAINER, identifiers=(Identifier("container", "CSQU3054383"),)),
)


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener(Lists({"made-up": NamedList.of("made-up", "mapped", Loaded(ENTRIES, (), 0))}))


def test_one_party_and_many_find_the_same(screener: Screener) -> None:
    parties = [
        Party("NGUYEN THU NGHIEM HUNG", Kind.PERSON),
        Party("Sample, Quite Another"),
        Party("Ficticia Samples Trading Co., Ltd", Kind.COMPANY),
        Party(identifiers=(Identifier("container", "CSQU 305438-3"),)),
        Party("NGUYEN THU NGHIEM HUNG", Kind.PERSON),
        Party(""),
    ]
    found = screener.matches(parties)
    assert found.select("party", "entry", "how").rows() == [
        (0, 0, "name"),
        (2, 1, "name"),
        (3, 3, "same"),
        (4, 0, "name"),
    ]
    for row, party in enumerate(parties):
        alone = screener.screen(party, DAY)
        assert [one.entry.source_id for one in alone] == [
            screener.entries[entry].source_id for entry in found.filter(party=row)["entry"]
        ]
        for one in alone:
            assert one.reasons
            assert one.listed in (*one.entry.names, *(number.value for number in one.entry.identifiers))


def test_what_contradicts_counts(screener: Screener) -> None:
    alike, other = (
        screener.screen(Party("Nguyễn Thử Nghiệm Hùng", Kind.PERSON, born=born), DAY) for born in ("1970", "1999-09-09")
    )
    assert alike[0].probability is not None
    assert not other or alike[0].probability > (other[0].probability or 0)
    assert any(reason.text == "birth year agrees" and reason.text_vi for reason in alike[0].reasons)


def test_a_term_ends_and_a_near_number_is_marked(screener: Screener) -> None:
    holder = Party(identifiers=(Identifier("passport", "XZ1234567", "VN"),))
    assert [one.how for one in screener.screen(holder, date(2026, 2, 28))] == ["same"]
    assert screener.screen(holder, DAY) == []
    (near,) = screener.screen(Party(identifiers=(Identifier("container", "CSQU3054833"),)), DAY)
    assert (near.how, near.probability) == ("near", None)
    assert "changed places" in near.reasons[0].text


def test_not_the_same_is_remembered_of_a_party_and_not_of_a_name(tmp_path: Path) -> None:
    lists = Lists({"made-up": NamedList.of("made-up", "mapped", Loaded(ENTRIES, (), 0))})
    cleared_one = Party("Nguyen Thu Nghiem Hung", Kind.PERSON, identifiers=(Identifier("identity_card", "001 070"),))
    namesake = Party("Nguyen Thu Nghiem Hung", Kind.PERSON)
    clearance = Clearance(
        identities(cleared_one)[0], "made-up", "1", date(2026, 1, 1), date(2026, 6, 30), "officer 7", "other birth date"
    )
    path = tmp_path / "cleared.csv"
    Cleared([clearance]).save(path)
    again = Screener(lists, Cleared.load(path))
    assert identities(namesake) == []
    assert again.screen(cleared_one, DAY) == []
    assert len(again.screen(cleared_one, date(2025, 12, 31))) == 1
    assert len(again.screen(cleared_one, date(2026, 7, 1))) == 1
    assert len(again.screen(namesake, DAY)) == 1
    assert path.stat().st_mode & 0o077 == 0


def test_who_was_cleared_by_one_number_is_not_cleared_of_another() -> None:
    listed = Entry(
        "made-up", "5", Kind.PERSON, ("Nguyễn Thử Nghiệm Hùng",), (Identifier("passport", "XZ1234567", "VN"),)
    )
    lists = Lists({"made-up": NamedList.of("made-up", "mapped", Loaded((listed,), (), 0))})
    tax, passport = Identifier("tax", "0100000001", "VN"), Identifier("passport", "XZ1234567", "VN")
    clearance = Clearance("tax 0100000001 VN", "made-up", "5", date(2026, 1, 1), date(2026, 6, 30))
    screener = Screener(lists, Cleared([clearance]))
    assert screener.screen(Party("Nguyen Thu Nghiem Hung", identifiers=(tax,)), DAY) == []
    (found,) = screener.screen(Party("Nguyen Thu Nghiem Hung", identifiers=(tax, passport)), DAY)
    assert found.how == "same"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("party,list\nx,y\n", "source_id is missing"),
        ("party,list,source_id,decided_on,expires\na,b,c,2026-01-01,soon\n", "row 2: a day is not a date"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_damaged_memory_is_told(text: str | bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "cleared.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ListError, match=message):
        Cleared.load(path)
