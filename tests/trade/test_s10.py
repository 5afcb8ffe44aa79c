"""Item numbers of the post: the example of the standard, and laws of the check digit."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.trade import countries, s10

SERIALS = st.integers(0, 99_999_999).map("{:08d}".format)


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("RR473124829GB", True),  # the example that S10 itself gives
        ("RR473124828GB", False),
        ("rr473124829gb", False),
        ("RR473124829", False),
        ("RR473124829GB ", False),
        ("RR473124829GB\n", False),
        ("R1473124829GB", False),
        ("RR47312482９GB", False),
        ("", False),
        (None, None),
    ],
)
def test_valid(number: str | None, verdict: bool | None) -> None:
    assert s10.valid(pl.Series([number], dtype=pl.String)).to_list() == [verdict]


@given(SERIALS, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_shows(serial: str, place: int, shift: int) -> None:
    """All weights are prime to 11; only the folding of 10 to 0 and of 11 to 5 lets some slip through."""
    other = serial[:place] + str((int(serial[place]) + shift) % 10) + serial[place + 1 :]
    digit = s10.check_digit(serial)
    rest = [sum(w * int(c) for w, c in zip((8, 6, 4, 2, 3, 5, 9, 7), one, strict=True)) % 11 for one in (serial, other)]
    assert rest[0] != rest[1]
    number = pl.Series([f"CX{serial}{digit}VN", f"CX{other}{digit}VN"])
    assert s10.valid(number).to_list() == [True, s10.check_digit(other) == digit]
    if not {0, 1, 6} & set(rest):
        assert not s10.valid(number)[1]


@given(st.lists(st.none() | st.text(max_size=14) | SERIALS.map(lambda serial: f"EE{serial}0CN"), max_size=20))
def test_a_column_agrees_with_one_at_a_time(numbers: list[str | None]) -> None:
    column = pl.Series("n", numbers, dtype=pl.String)
    for number, verdict, formed in zip(numbers, s10.valid(column), s10.known_form(column), strict=True):
        if number is None:
            assert verdict is None
        else:
            assert verdict == (formed and len(number) == 13 and s10.check_digit(number[2:10]) == int(number[10]))


def test_what_the_letters_say() -> None:
    numbers = pl.Series("item", ["EE473124829VN", "HH473124829CN", "ZZ473124829DE", "nothing", None])
    assert s10.country(numbers).to_list() == ["VN", "CN", "DE", None, None]
    assert s10.service(numbers).to_list() == ["express mail (EMS)", "e-commerce parcel", None, None, None]
    assert s10.service(numbers, "vi").to_list()[0] == "chuyển phát nhanh EMS"
    assert countries.known(s10.country(numbers)).to_list() == [True, True, True, None, None]
    assert s10.service(numbers).name == "item"


@pytest.mark.parametrize("serial", ["1234567", "12345678a", "１２３４５６７８", "1234567x"])
def test_no_serial(serial: str) -> None:
    with pytest.raises(ValueError, match="eight digits"):
        s10.check_digit(serial)
