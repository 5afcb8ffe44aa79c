"""What is found by its number: normal forms, check digits, what is near and what is not; one by one as in columns."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import imo

from tidegate.screening import Entry, Identifier, Kind
from tidegate.screening.exact import DIFFERENCES, FORMS, ExactIndex, compare, difference
from tidegate.screening.exact.checks import imo_valid, vin_valid
from tidegate.screening.exact.forms import normal, normal_one
from tidegate.screening.exact.near import neighbours
from tidegate.screening.lists.mapping import IDENTIFIERS


def listed(*identifiers: Identifier) -> ExactIndex:
    return ExactIndex(
        [Entry("made up", str(n), Kind.DOCUMENT, identifiers=(one,)) for n, one in enumerate(identifiers)]
    )


def held(declared: Identifier, *against: Identifier) -> list[tuple[str, str]]:
    return [(hit.how, hit.difference) for hit in listed(*against).exact([declared])]


def test_every_type_of_number_has_a_form_and_labels() -> None:
    assert set(FORMS) == set(IDENTIFIERS)
    assert all(form.label and form.label_vi for form in FORMS.values())
    assert all(english and vietnamese for english, vietnamese in DIFFERENCES.values())


# The container is the example of ISO 6346, the VIN the one that is written about most; the ship was scrapped.
SAME = [
    ("container", "CSQU3054383", "csqu 305438-3"),
    ("container", "CSQU3054383", "CSQU3O54383"),
    ("container", "CSIU3054381", "CS1U 305438 1"),
    ("imo", "9074729", "IMO 9074729"),
    ("imo", "9074729", "IMO No. 9O74729"),
    ("mmsi", "572000000", "MMSI: 572 000 000"),
    ("call_sign", "XYZ12", "xyz-12"),
    ("vin", "1M8GDM9AXKP042788", "1m8gdm9axkpo42788"),
    ("vin", "1M8GDM9AXKP042788", "IM8GDM9AXKP042788"),
    ("plate", "29A-123.45", "29a 12345"),
    ("plate", "29LĐ-123.45", "29lđ12345"),
    ("plate", "ZZ-QQQ", "zzqqq"),
    ("passport", "ZZ 000 0001", "zz0000001"),
    ("passport", "ZZ0000001", "ＺＺ０００００01"),
    ("identity_card", "001-080-000001", "001080000001"),
    ("tax", "9900000016", "990 000 001-6"),
    ("phone", "+84 90 123 4567", "0084901234567"),
    ("phone", "+84 (0)90 123 4567", "0901234567"),
    ("phone", "090.123.4567", "+84 901 234 567"),
    ("email", "Qwert@Example.org", " qwert@example.ORG "),
    ("email", "qwert@example.org", "mailto:qwert@example.org"),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_ways_of_writing_do_not_matter(kind: str, one: str, other: str) -> None:
    assert held(Identifier(kind, other), Identifier(kind, one)) == [("same", "")]
    assert held(Identifier(kind, one), Identifier(kind, other)) == [("same", "")]


NEAR = [
    # A wrong check digit on one side: the other number is what was meant.
    ("container", "CSQU3054383", "CSQU3054388", "one_character"),
    ("container", "CSQU3054383", "CSQU3504383", "transposed"),
    ("container", "CSQU3054383", "CSKU3054383", "one_character"),
    ("imo", "9074729", "9074728", "one_character"),
    ("imo", "9074729", "9704729", "transposed"),
    ("vin", "1M8GDM9AXKP042788", "1M8GDM9AXKP042789", "one_character"),
    ("vin", "WZZZZZ8K9BA000012", "WZZZZZ8K9BA000021", "transposed"),
    ("mmsi", "572000120", "572000210", "transposed"),
    ("passport", "ZZ0000012", "ZZ0000021", "transposed"),
    ("passport", "ZZ0000012", "ZZOOOO012", "look_alike"),
    ("tax", "9900000016", "9900000061", "transposed"),
    ("tax", "9900000016", "9900000017", "one_character"),
    ("tax", "9900000016", "9900000016-001", "branch"),
    ("tax", "9900000016-002", "9900000016-001", "branch"),
]


@pytest.mark.parametrize(("kind", "one", "other", "slip"), NEAR)
def test_one_slip_is_near(kind: str, one: str, other: str, slip: str) -> None:
    assert held(Identifier(kind, other), Identifier(kind, one)) == [("near", slip)]
    assert held(Identifier(kind, one), Identifier(kind, other)) == [("near", slip)]


APART = [
    # Two right check digits are two things.
    ("container", "CSQU3054383", "CSQU3054362"),
    ("imo", "9074729", "9074731"),
    # One other character is somebody else's number, where no check digit says that it is wrong.
    ("passport", "ZZ0000012", "ZZ0000013"),
    ("plate", "29A-123.45", "29A-123.46"),
    ("mmsi", "572000120", "572000121"),
    ("vin", "WZZZZZ8K9BA000012", "WZZZZZ8K9BA000013"),
    # Two wrong check digits say nothing of which was meant.
    ("container", "CSQU3054380", "CSQU3054381"),
    # Two slips, or too short for one.
    ("passport", "ZZ0000012", "ZZ0000210"),
    ("passport", "Z0012", "Z0021"),
    ("phone", "+84901234567", "+84901234576"),
    ("email", "qwert@example.org", "qwret@example.org"),
    # What is no number of the type.
    ("imo", "12345", "12345"),
    ("mmsi", "MMSI", "MMSI"),
    ("vin", "1M8GDM9AXKP04278", "1M8GDM9AXKP04278"),
    ("passport", "-", "-"),
    ("passport", "none", "none"),
    ("phone", "113", "113"),
    ("email", "@", "@"),
    ("ghost", "1234567", "1234567"),
]


@pytest.mark.parametrize(("kind", "one", "other"), APART)
def test_what_is_neither_same_nor_near(kind: str, one: str, other: str) -> None:
    assert held(Identifier(kind, other), Identifier(kind, one)) == []


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (("passport", "ZZ0000001", "VN"), ("passport", "ZZ0000001", "LA"), []),
        (("passport", "ZZ0000001", "VN"), ("passport", "ZZ0000001", ""), [("same", "")]),
        (("passport", "ZZ0000012", "VN"), ("passport", "ZZ0000021", "LA"), []),
        (("passport", "1234", ""), ("passport", "1234", ""), []),
        (("passport", "1234", "VN"), ("passport", "1234", "VN"), [("same", "")]),
        (("passport", "ZZ0000001", ""), ("identity_card", "ZZ0000001", ""), []),
        (("passport", "ZZ0000001", ""), ("other", "ZZ0000001", ""), [("same", "")]),
        (("other", "ZZ0000001", ""), ("tax", "ZZ0000001", ""), [("same", "")]),
        (("other", "ZZ0000012", ""), ("tax", "ZZ0000021", ""), []),
        # Vietnam took the personal number for the tax code of persons in 2025.
        (("tax", "001080000001", "VN"), ("identity_card", "001080000001", "VN"), [("same", "")]),
        (("phone", "0901234567", "VN"), ("phone", "+84901234567", ""), [("same", "")]),
        (("phone", "0901234567", "VN"), ("phone", "+66901234567", "TH"), []),
        (("phone", "0901234567", ""), ("phone", "0901234567", ""), [("same", "")]),
    ],
)
def test_who_gave_a_number_and_what_it_is_count(
    one: tuple[str, str, str], other: tuple[str, str, str], found: list[tuple[str, str]]
) -> None:
    assert held(Identifier(*one), Identifier(*other)) == found


@pytest.mark.parametrize(("kind", "one", "other", "slip"), [*((*way, "") for way in SAME), *NEAR])
def test_two_parties_are_compared_by_the_same_rule(kind: str, one: str, other: str, slip: str) -> None:
    declared, against = Identifier(kind, one), Identifier(kind, other)
    assert list(compare([declared], [against])) == [(declared, against, "near" if slip else "same", slip)]


def test_parties_of_one_name_may_differ_by_one_character_of_a_document() -> None:
    declared, against = Identifier("passport", "ZZ0000012"), Identifier("passport", "ZZ0000013")
    assert list(compare([declared], [against])) == []
    assert list(compare([declared], [against], by_name=True)) == [(declared, against, "near", "one_character")]
    one, other = Identifier("container", "CSQU3054383"), Identifier("container", "CSQU3054362")
    assert list(compare([one], [other, Identifier("ghost", "1")], by_name=True)) == []
    phone, next_one = Identifier("phone", "+84901234567"), Identifier("phone", "+84901234568")
    assert list(compare([phone], [next_one], by_name=True)) == []


def test_the_same_come_before_the_near_and_every_entry_is_named() -> None:
    index = listed(Identifier("container", "CSQU3054388"), Identifier("container", "CSQU3054383"))
    hits = index.exact([Identifier("container", "csqu 305 4383")])
    assert [(hit.entry.source_id, hit.how) for hit in hits] == [("1", "same"), ("0", "near")]
    assert hits[0].identifier.value == "csqu 305 4383"
    assert hits[0].listed == Identifier("container", "CSQU3054383")


@given(st.integers(0, 9_999_999))
def test_imo_numbers_are_checked_as_stdnum_checks_them(number: int) -> None:
    text = f"{number:07}"
    assert imo_valid(pl.Series([text, "IMO" + text, None])).to_list() == [imo.is_valid(text), False, None]


def test_vins_are_checked_where_their_makers_write_check_digits() -> None:
    vins = [
        "1M8GDM9AXKP042788",
        "11111111111111111",
        "1M8GDM9A1KP042788",
        "WZZZZZ8K9BA000012",
        "1M8GDM9AXKP04278",
        None,
    ]
    assert vin_valid(pl.Series(vins)).to_list() == [True, True, False, False, False, None]


@given(st.text("0123456789ABOI", min_size=1, max_size=9), st.sampled_from(["transposed", "one_character"]))
def test_neighbours_are_what_differs_by_that_slip(number: str, slip: str) -> None:
    around = set(neighbours(number, slip)) - {number}
    if len(number) < 6:
        assert {difference(number, other) for other in around} <= {""}
    else:
        assert {difference(number, other) for other in around} <= {slip, "look_alike"}
    assert all(difference(number, other) == difference(other, number) for other in around)


def both_ways(index: ExactIndex, kind: str, declared: list[Identifier]) -> tuple[list[object], list[object]]:
    """What a column finds, and what is found one by one."""
    values = pl.Series([one.value for one in declared], dtype=pl.String)
    found = index.find(values, kind, pl.Series([one.country or None for one in declared], dtype=pl.String))
    one_by_one = sorted(
        (row, int(hit.entry.source_id), 0, hit.how, hit.difference)
        for row, one in enumerate(declared)
        for hit in index.exact([one])
    )
    return list(found.rows()), list(one_by_one)


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_a_column_finds_what_the_tables_say(kind: str) -> None:
    numbers = [(one, other) for name, one, other, *_ in [*SAME, *NEAR, *APART] if name == kind]
    index = listed(*(Identifier(kind, one) for one, _ in numbers))
    declared = [Identifier(kind, other) for _, other in numbers]
    column, one_by_one = both_ways(index, kind, declared)
    assert column == one_by_one
    near = {(one, other, slip) for name, one, other, slip in NEAR if name == kind}
    told = {(numbers[place][0], numbers[row][1], slip) for row, place, _, how, slip in column if how == "near"}  # type: ignore[misc]
    assert near <= told


SEEDS = {
    "container": "CSQU3054383",
    "imo": "9074729",
    "mmsi": "572000120",
    "vin": "1M8GDM9AXKP042788",
    "passport": "ZZ0O11012",
    "tax": "9900000016",
    "phone": "+84901234567",
    "other": "ZZ0O11012",
}


def around(number: str) -> list[str]:
    """A number and those one slip away, without most of the letters."""
    one_off = [number[:place] + sign + number[place + 1 :] for place in range(len(number)) for sign in "01OZ"]
    near = [*neighbours(number, "transposed"), *neighbours(number, "look_alike")]
    return [number, number, number + "001", number + "002", number[1:], "0" + number[3:], *near, *one_off]


@st.composite
def two_sides(draw: st.DrawFn) -> tuple[str, list[Identifier], list[Identifier]]:
    kind = draw(st.sampled_from(sorted(SEEDS)))
    numbers = around(SEEDS[kind])
    sides = [
        [
            Identifier(kind, number, draw(st.sampled_from(["", "", "VN", "LA"])))
            for number in draw(st.lists(st.sampled_from(numbers), min_size=1, max_size=12))
        ]
        for _ in range(2)
    ]
    others = [Identifier(other, SEEDS[kind]) for other in draw(st.lists(st.sampled_from(sorted(FORMS)), max_size=3))]
    return kind, sides[0] + others, sides[1]


@settings(max_examples=80, deadline=None)
@given(two_sides())
def test_a_column_finds_what_is_found_one_by_one(sides: tuple[str, list[Identifier], list[Identifier]]) -> None:
    kind, against, declared = sides
    index = listed(*against)
    column, one_by_one = both_ways(index, kind, declared)
    assert column == one_by_one
    same = index.find(pl.Series([one.value for one in declared]), kind, near=False)
    assert set(same["how"]) <= {"same"}


@settings(max_examples=100, deadline=None)
@given(value=st.text(max_size=25), kind=st.sampled_from(sorted(FORMS)))
def test_any_text_may_be_declared_and_listed(value: str, kind: str) -> None:
    hits = held(Identifier(kind, value), Identifier(kind, value))
    assert hits in ([], [("same", "")])


@given(st.sampled_from(SAME), st.sampled_from(["", " ", "-", "."]), st.integers(1, 8))
def test_a_listed_number_finds_itself_however_it_is_cut(way: tuple[str, str, str], between: str, step: int) -> None:
    kind, number, _ = way
    if kind in ("email", "phone"):
        between = ""
    bare = "".join(letter for letter in number if letter.isalnum()) if between else number
    cut = between.join(bare[place : place + step] for place in range(0, len(bare), step))
    assert held(Identifier(kind, cut), Identifier(kind, number)) == [("same", "")]


def test_nothing_declared_and_nothing_listed_is_nothing_found() -> None:
    empty = ExactIndex([])
    assert empty.exact([Identifier("container", "CSQU3054383")]) == []
    assert empty.find(pl.Series(["CSQU3054383", None]), "container").is_empty()
    assert listed(Identifier("imo", "9074729")).find(pl.Series([None, ""], dtype=pl.String), "imo").is_empty()


@given(
    st.lists(
        st.one_of(
            st.text("ABCIJMNOQUXZ019 .-/abiou٣é", max_size=20),
            st.from_regex(r"[A-Z]{3}[UJZ][0-9OI]{7}", fullmatch=True),
            st.from_regex(r"(IMO ?)?[0-9]{7}", fullmatch=True),
            st.from_regex(r"[0-9]{10}(-?[0-9]{3})?", fullmatch=True),
            st.sampled_from(
                ["0100109106", "0100109106-000", "0100109106-012", "IMO 9074729", "MSCU1234566", "x" * 80 + "1"]
            ),
        ),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(sorted(FORMS)),
)
@settings(max_examples=400, deadline=None)
def test_one_number_has_the_normal_form_of_a_column(values: list[str], kind: str) -> None:
    told = pl.DataFrame({"value": values, "country": [""] * len(values)})
    column = normal(told, kind).select("value", "valid").rows()
    for value, known in zip(values, column, strict=True):
        assert normal_one(value, kind) in (None, (known[0], known[0] is not None and known[1]))
