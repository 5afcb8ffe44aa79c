"""Codes and check digits: hand-made samples, and python-stdnum as the oracle."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso6346
from stdnum.vn import mst

from tidegate.trade import containers, countries, currencies, hs, taxcode, transport

LETTERS = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
NEARLY_CONTAINERS = st.tuples(
    st.text(LETTERS, min_size=3, max_size=3), st.sampled_from("UJZX"), st.integers(0, 9_999_999)
).map(lambda parts: f"{parts[0]}{parts[1]}{parts[2]:07d}")
NEARLY_TAX_CODES = st.one_of(
    st.integers(0, 9_999_999_999).map("{:010d}".format),
    st.integers(0, 99).map("{:02d}0000000".format).map(lambda stem: stem + "5"),
    st.tuples(st.integers(0, 999_999_999).map("{:09d}".format), st.sampled_from(["", "-001", "000", "1", " 002"])).map(
        lambda parts: f"{parts[0]}{taxcode.check_digit(parts[0]) or 0}{parts[1]}"
    ),
    st.text(max_size=14),
)


@given(st.lists(NEARLY_CONTAINERS | st.none() | st.text(max_size=12), max_size=30))
def test_container_numbers_agree_with_stdnum(numbers: list[str | None]) -> None:
    verdicts = containers.valid(pl.Series(numbers, dtype=pl.String)).to_list()
    for number, verdict in zip(numbers, verdicts, strict=True):
        if number is None:
            assert verdict is None
        elif verdict:
            assert iso6346.is_valid(number)
        else:
            # stdnum cleans spaces and case first, which is intake's work here.
            assert iso6346.compact(number) != number or not iso6346.is_valid(number) or number[3] not in "UJZ"


@pytest.mark.parametrize(
    ("number", "verdict"),
    [("CSQU3054383", True), ("CSQU3054384", False), ("CSQ3054383", False), ("csqu3054383", False)],
)
def test_the_container_of_the_standard(number: str, verdict: bool) -> None:
    assert containers.valid(pl.Series([number])).to_list() == [verdict]


@given(st.lists(NEARLY_TAX_CODES | st.none(), max_size=30))
def test_tax_codes_agree_with_stdnum(codes: list[str | None]) -> None:
    verdicts = taxcode.valid(pl.Series(codes, dtype=pl.String)).to_list()
    for code, verdict in zip(codes, verdicts, strict=True):
        if code is None:
            assert verdict is None
        elif code.isascii():
            assert verdict == (mst.is_valid(code) and code == code.strip())


def test_generated_tax_codes_are_found_valid() -> None:
    stems = [f"{number:09d}" for number in range(100_000_100, 100_000_500)]
    whole = [f"{stem}{digit}" for stem in stems if (digit := taxcode.check_digit(stem)) is not None]
    assert len(whole) > 300
    assert taxcode.valid(pl.Series(whole)).all()
    wrong = [code[:9] + str((int(code[9]) + 1) % 10) for code in whole]
    assert not taxcode.valid(pl.Series(wrong)).any()


def test_hs_codes_of_the_edition() -> None:
    assert hs.known(pl.Series(["851713", "85171300", "851712", "0101", None])).to_list() == [
        True,
        True,
        False,
        False,
        None,
    ]
    assert hs.codes().len() == 5613
    assert "77" not in hs.CHAPTERS
    assert len(hs.CHAPTERS) == 98


def test_hs_text_falls_back_to_the_heading_and_the_chapter() -> None:
    assert "smartphones" in (hs.text("8517130000") or "")
    assert (hs.text("851799") or "").startswith("Telephone sets")
    assert hs.text("856600") == hs.chapter("85")
    assert hs.text("770000") is None


def test_countries_and_their_names() -> None:
    assert countries.known(pl.Series(["VN", "XK", "ZZ", "vn", None])).to_list() == [True, True, False, False, None]
    assert (countries.name("VN", "vi"), countries.name("DE", "vi"), countries.name("DE")) == (
        "Việt Nam",
        "Đức",
        "Germany",
    )
    assert countries.name("ZY") == "ZY"


@pytest.mark.parametrize(
    ("standard", "written"),
    [("alpha-3", "VNM"), ("numeric", "704"), ("name", "VIỆT NAM"), ("name", "VIETNAM"), ("name", "VIET NAM")],
)
def test_other_ways_to_write_a_country(standard: str, written: str) -> None:
    assert countries.translation(standard)[written] == "VN"


def test_an_unknown_way_to_write_a_country() -> None:
    with pytest.raises(ValueError, match="alpha-3"):
        countries.translation("fips")


def test_currencies() -> None:
    assert currencies.known(pl.Series(["VND", "KRW", "XXY", None])).to_list() == [True, True, False, None]
    assert (currencies.name("VND", "vi"), currencies.decimals("VND"), currencies.decimals("USD")) == (
        "Đồng Việt Nam",
        0,
        2,
    )


def test_modes_are_named_in_both_languages() -> None:
    assert transport.MODES.keys() == transport.MODES_VI.keys()
    assert len(transport.INCOTERMS) == 16
