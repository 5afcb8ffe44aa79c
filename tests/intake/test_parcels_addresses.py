"""Names and addresses that are one, and those that are two, in several scripts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.intake.parcels.addresses import address, same_address
from tidegate.intake.parcels.people import name, same_name
from tidegate.intake.parcels.spelling import plain, slip

SAME_NAMES = [
    ("Nguyễn Văn An", "AN NGUYEN VAN"),
    ("Nguyễn Văn An", "NguyenVanAn"),
    ("Nguyễn Văn An", "Nguyen V. An"),
    ("Nguyễn Văn An", "Nguyễn An"),
    ("Mr. Nguyễn Thị Trang", "nguyen thi tramg"),
    ("Đỗ Thị Ngọc Ánh", "Do Ngoc Anh"),
    ("Müller, Jürgen", "Jurgen MULLER"),
    ("Иван Фёдоров", "ФЕДОРОВ ИВАН"),
    ("王小明", "王 小明"),
    ("김철수", "김 철수"),
    ("مُحَمَّد علي", "محمد علي"),
]
OTHER_NAMES = [
    ("Nguyễn Văn An", "Trần Văn An"),
    ("Nguyễn Minh Anh", "Nguyễn Ngọc Anh"),
    ("Nguyễn Thị Lan", "Nguyễn Thị Loan"),
    ("Nguyễn Văn Hùng", "Nguyễn Văn Hoàng"),
    ("Nguyễn An", "Trần Thị An"),
    ("王小明", "王小红"),
    ("राम कुमार", "रमा कुमार"),
    ("An", "Anh"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_one_name(one: str, other: str) -> None:
    assert same_name(name(one), name(other), {})
    assert same_name(name(other), name(one), {})


@pytest.mark.parametrize(("one", "other"), OTHER_NAMES)
def test_two_names(one: str, other: str) -> None:
    assert not same_name(name(one), name(other), {})
    assert not same_name(name(other), name(one), {})


SAME_ADDRESSES = [
    ("12 Đường Lê Lợi, Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh", "12 Le Loi St., P. Ben Nghe, Q.1, HCMC"),
    ("12 Đường Lê Lợi, Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh", "Q1, Số 12 Lê Lợi"),
    ("34/12/5 Nguyễn Trãi, Hà Nội", "Số 5 ngách 12 ngõ 34 phố Nguyễn Trãi, Hanoi"),
    ("7 Hẻm 12 Trần Phú, Phường 4, Đà Lạt", "12/7 Tran Phu, P4, Da Lat"),
    ("12A Lê Lợi, Huế", "số nhà 12 a, Đ.Lê Lợi, Huế"),
    ("Apt 5B, 12 Main Street, Springfield 12345", "12 Main St, Flat 5b, Springfield"),
    ("12 Đường 3 Tháng 2, Quận 10", "12 đường 3/2, P.11, Q.10"),
    ("Hauptstraße 12, 47798 Krefeld", "Hauptstr. 12, Krefeld"),
    ("上海市浦东新区世纪大道100号5室", "上海市浦东新区世纪大道１００号５室"),
    ("ул. Ленина, д. 5, кв. 12, Москва", "Москва, улица Ленина 5 квартира 12"),
    ("Thôn Đông, xã Tân Lập, huyện Đan Phượng", "thon Dong, x. Tan Lap, h. Dan Phuong"),
    ("101 Ha Bà Trưng, Huế", "101 HABA TRUNG, HUE"),
]
OTHER_ADDRESSES = [
    ("12 Lê Lợi, Quận 1, TP HCM", "12 Lê Lai, Quận 1, TP HCM"),
    ("12 Lê Lợi, Quận 1", "12 Lê Lợi, Quận 3"),
    ("12 Lê Lợi, Huế", "12 Lê Lợi, Vũng Tàu"),
    ("12 Lê Lợi, Huế", "12A Lê Lợi, Huế"),
    ("12/34 Lê Lợi, Huế", "34/12 Lê Lợi, Huế"),
    ("Căn hộ 1205, 12 Lê Lợi", "Căn hộ 1206, 12 Lê Lợi"),
    ("Căn hộ 1205, 12 Lê Lợi", "12 Lê Lợi"),
    ("Tòa A, căn hộ 1205, 12 Lê Lợi", "Tòa B, căn hộ 1205, 12 Lê Lợi"),
    ("12 Đường số 7, Quận 2", "12 Đường số 8, Quận 2"),
    ("Thôn Đông, xã Tân Lập, huyện Đan Phượng", "Thôn Đông, xã Tân Lập"),
    ("上海市浦东新区世纪大道100号5室", "上海市浦东新区世纪大道100号6室"),
    ("12", "12"),
    ("", ""),
]


@pytest.mark.parametrize(("one", "other"), SAME_ADDRESSES)
def test_one_address(one: str, other: str) -> None:
    assert same_address(address(one), address(other), {}), (address(one), address(other))
    assert same_address(address(other), address(one), {})


@pytest.mark.parametrize(("one", "other"), OTHER_ADDRESSES)
def test_two_addresses(one: str, other: str) -> None:
    assert not same_address(address(one), address(other), {}), (address(one), address(other))
    assert not same_address(address(other), address(one), {})


def test_two_words_that_are_both_common_are_no_slip() -> None:
    assert slip("thanh", "khanh", {})
    assert slip("nguyen", "nguyne", {"nguyen": 40_000, "nguyne": 100})
    assert not slip("thanh", "khanh", {"thanh": 900, "khanh": 400})
    assert not slip("lan", "loan", {})


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_taken_apart(text: str) -> None:
    place, who = address(text), name(text)
    assert same_address(place, place, {}) == place.told
    assert all(who)
    assert same_name(who, who, {})
    assert plain(plain(text)) == plain(text) or not text.isascii()
