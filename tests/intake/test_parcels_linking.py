"""Parcels that belong together, and those that only look like it; figures on a generated day whose truth is known."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.intake.parcels.linking import LINKS, belonging, link
from tidegate.intake.parcels.spelling import plain

DAY = date(2026, 3, 2)

_FAMILY = "Nguyễn|Nguyễn|Nguyễn|Nguyễn|Trần|Trần|Lê|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý"
FAMILY = _FAMILY.split("|")
_MIDDLE = "Văn|Văn|Thị|Thị|Minh|Ngọc|Thanh|Quốc|Hữu|Đức|Kim|Xuân|Hoài|Bảo|Gia|Anh"
MIDDLE = _MIDDLE.split("|")
_GIVEN = (
    "An|Anh|Bình|Châu|Dũng|Dung|Đạt|Giang|Hà|Hải|Hạnh|Hiếu|Hoa|Hòa|Hùng|Huy|Hương|Khánh|Lan|Linh|"
    "Loan|Long|Mai|Minh|Nam|Nga|Ngân|Nhung|Oanh|Phong|Phương|Phượng|Quân|Quang|Sơn|Tâm|Thảo|Thắng|"
    "Thanh|Thủy|Trang|Trinh|Trung|Tuấn|Tú|Uyên|Vân|Việt|Vy|Yến"
)
GIVEN = _GIVEN.split("|")
_STREETS = (
    "Lê Lợi|Lê Lai|Nguyễn Huệ|Trần Phú|Hùng Vương|Lý Thường Kiệt|Hai Bà Trưng|Điện Biên Phủ|"
    "Cách Mạng Tháng Tám|Nguyễn Trãi|Nguyễn Du|Võ Văn Tần|Phan Chu Trinh|Quang Trung|Bà Triệu|"
    "Pasteur|Nguyễn Thị Minh Khai|Tô Hiến Thành|Ngô Quyền|Đinh Tiên Hoàng|3 Tháng 2|Phạm Ngũ Lão|"
    "Bùi Viện|Hoàng Diệu|Trường Chinh|Âu Cơ|Lạc Long Quân"
)
STREETS = _STREETS.split("|")
_WARDS = "Bến Nghé|Bến Thành|Đa Kao|Tân Định|Cầu Kho|Phạm Ngũ Lão|Hàng Bạc|Tràng Tiền|Khâm Thiên|Vĩnh Ninh|4|7|8|12"
WARDS = _WARDS.split("|")
# Brothers and sisters whose names are one letter apart, once the accents are gone.
NEAR = {
    "Trang": "Trung", "Thanh": "Khanh", "Hương": "Phương", "Phương": "Phượng", "Dũng": "Dung", "Hoa": "Hòa",
    "Lan": "Loan", "Quân": "Quang", "Huy": "Duy", "Hùng": "Hưng", "Long": "Phong", "Nga": "Ngân", "Thảo": "Thao",
}  # fmt: skip


class _Writer:
    """Writes names and addresses of one truth in many ways."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def often(self, probability: float) -> bool:
        return self.chance.random() < probability

    def slipped(self, text: str, probability: float) -> str:
        """The text with one wrong, missing, doubled or swapped letter in one of its longer words, now and then."""
        words = text.split(" ")
        long = [i for i, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
        if not long or not self.often(probability):
            return text
        i = self.chance.choice(long)
        word, at = words[i], self.chance.randrange(1, len(words[i]) - 1)
        words[i] = self.chance.choice(
            [
                word[:at] + self.chance.choice("qwxz") + word[at + 1 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
        return " ".join(words)

    def cased(self, text: str) -> str:
        text = text if self.often(0.5) else _bare(text)
        return self.chance.choice([text, text, text.upper(), text.lower()])

    def person(self, words: tuple[str, ...]) -> str:
        words = words if self.often(0.75) else (*words[1:], words[0])
        text = self.slipped(" ".join(words), 0.08)
        return self.cased(self.chance.choice(["", "", "", "", "Mr ", "Ms. ", "Bà "]) + text)

    def place(self, where: tuple[str, str, str, str, str]) -> str:
        unit, house, street, ward, district = where
        say = self.chance.choice
        parts = []
        if unit:
            parts.append(f"{say(['Căn hộ ', 'Apt ', 'Apt. ', 'CH '])}{unit}")
        number = house if self.often(0.7) else say([f"Số {house}", f"số nhà {house}", f"No. {house}"])
        label = say(["Đường ", "Đ. ", "đường ", "Đ."]) if street[0].isdigit() else say(["", "", "Đường ", "Đ. ", "Đ."])
        after = "" if label or self.often(0.8) else say([" St", " St.", " Street"])
        parts.append(f"{number}{say([' ', ' ', ', '])}{label}{self.slipped(street, 0.05)}{after}")
        if self.often(0.85):
            unnamed = "Ward " if ward[0].isdigit() else ""
            parts.append(f"{say(['Phường ', 'P. ', 'P.', unnamed])}{ward}")
        if self.often(0.9):
            parts.append(f"{say(['Quận ', 'Q.', 'Q. ', 'Q', 'District ', 'Dist. '])}{district}")
        if self.often(0.8):
            parts.append(say(["TP. Hồ Chí Minh", "TP HCM", "TPHCM", "HCMC", "Ho Chi Minh City", "Sài Gòn"]))
        if self.often(0.2):
            parts.append(say(["Việt Nam", "Vietnam", "VN", "700000"]))
        return self.cased(say([", ", ", ", ",", " - "]).join(parts))


def _bare(text: str) -> str:
    return "".join(c if c.isascii() else plain(c).upper() if c.isupper() else plain(c) for c in text)


def _made_up(count: int, seed: int) -> tuple[pl.DataFrame, list[int]]:
    """A day of about `count` parcels, and to whom each goes; a fifth of the addressees get several.

    Half of all live in blocks of flats, two to a flat, with namesakes next door; streets and names come again.
    """
    writer = _Writer(seed)
    pick = writer.chance.choice
    rows, truth, people = [], [], 0
    while len(rows) < count:
        house = str(pick(range(1, 300))) + pick(["", "", "", "", "A", "B", "/7", "/12"])
        where = (pick(STREETS), pick(WARDS), str(pick(range(1, 13))))
        flats = [f"{floor}{door:02d}" for floor in range(2, 12) for door in range(1, 9)]
        units = writer.chance.sample(flats, 4) if writer.often(0.4) else [""]
        family = (pick(FAMILY), pick(MIDDLE), pick(GIVEN))
        living = []
        for unit in units:
            namesake = family if writer.often(0.3) else (pick(FAMILY), pick(MIDDLE), pick(GIVEN))
            living.append((unit, namesake))
            if writer.often(0.5):
                near = NEAR.get(namesake[2], pick(GIVEN))
                living.append((unit, (namesake[0], namesake[1] if writer.often(0.3) else pick(MIDDLE), near)))
        # Two members of a household whose names differ by accents only could not be told apart by anybody.
        told = {(unit, *sorted(map(plain, who))): (unit, who) for unit, who in living}
        for unit, who in told.values():
            people += 1
            for _ in range(pick([1, 1, 1, 1, 2, 3, 4])):
                rows.append((writer.person(who), writer.place((unit, house, *where))))
                truth.append(people)
    frame = pl.DataFrame(rows, schema=["importer_name", "importer_address"], orient="row")
    return frame.with_columns(pl.lit(DAY).alias("day"), pl.lit(None, pl.String).alias("importer_id")), truth


def _figures(truth: list[int], found: list[int]) -> tuple[float, float, float]:
    """Precision and recall over pairs of parcels, and the share of addressees whose parcels are exactly one group."""
    both = sum(n * (n - 1) for n in Counter(zip(truth, found, strict=True)).values())
    linked = sum(n * (n - 1) for n in Counter(found).values())
    real = sum(n * (n - 1) for n in Counter(truth).values())
    groups: dict[int, set[int]] = {}
    others: dict[int, set[int]] = {}
    for a, b in zip(truth, found, strict=True):
        groups.setdefault(a, set()).add(b)
        others.setdefault(b, set()).add(a)
    whole = sum(len(g) == 1 and len(others[next(iter(g))]) == 1 for g in groups.values())
    return both / max(linked, 1), both / real, whole / len(groups)


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_on_a_made_up_day(seed: int) -> None:
    parcels, truth = _made_up(6_000, seed)
    precision, recall, whole = _figures(truth, belonging(parcels).to_list())
    print(f"seed {seed}: precision {precision:.4f}, recall {recall:.4f}, whole addressees {whole:.4f}")
    plainly = parcels.select(pl.struct("importer_name", "importer_address").hash()).to_series().to_list()
    assert _figures(truth, plainly)[1] < 0.1, "the day is too easy"
    assert precision > 0.99
    assert recall > 0.9


LINES = {
    "declaration_id": pl.String, "item_number": pl.Int32, "lodged_on": pl.Date, "importer_id": pl.String,
    "importer_name": pl.String, "importer_address": pl.String, "customs_value": pl.Float64, "currency": pl.String,
}  # fmt: skip


def _lines(*rows: dict[str, object]) -> pl.DataFrame:
    usual = {
        "item_number": 1, "lodged_on": DAY, "importer_name": "Nguyễn Văn An", "importer_address": "12 Lê Lợi, Huế",
        "customs_value": 100.0, "currency": "EUR",
    }  # fmt: skip
    return pl.DataFrame([{"declaration_id": f"P{i}", **usual, **row} for i, row in enumerate(rows)], schema=LINES)


def test_what_is_added_up() -> None:
    lines = _lines({}, {"item_number": 1}, {"declaration_id": "P1", "item_number": 2, "customs_value": 20.0})
    linked = link(lines)
    assert linked.schema == pl.Schema(LINKS)
    assert linked.rows() == [(2, 220.0, True, "P0")] * 3
    assert link(lines, {"EUR": 300.0})["linked_under_threshold"].to_list() == [False] * 3
    assert link(lines, {"VND": 300.0})["linked_under_threshold"].to_list() == [None] * 3
    # A parcel over the threshold hides nothing; the one beside it does.
    assert link(_lines({"customs_value": 151.0}, {}))["linked_under_threshold"].to_list() == [False, True]


def test_what_does_not_belong_together() -> None:
    lines = _lines(
        {},
        {"lodged_on": DAY + timedelta(1)},
        {"importer_address": None},
        {"importer_address": None},
        {"importer_name": None},
        {"importer_name": "---"},
        {"importer_name": "---"},
    )
    assert link(lines)["linked_parcels"].to_list() == [1] * 7
    assert link(lines)["linked_to"].to_list() == [None] * 7


def test_the_day_of_arrival_counts_before_that_of_lodging() -> None:
    lines = _lines({}, {"lodged_on": DAY + timedelta(1)}).with_columns(pl.lit(DAY).alias("arrived_on"))
    assert link(lines)["linked_parcels"].to_list() == [2, 2]


def test_other_currencies_count_as_parcels_but_not_as_value() -> None:
    lines = _lines({}, {"currency": "VND", "customs_value": 900_000.0}, {})
    assert link(lines).rows() == [(3, 200.0, True, "P0"), (3, 900_000.0, False, "P0"), (3, 200.0, True, "P0")]


def test_cancelled_parcels_and_other_declarations_stay_out() -> None:
    lines = _lines({}, {}, {}, {}).with_columns(
        pl.Series("message_format", ["parcels", "parcels", "wco", "parcels"]),
        pl.Series("message_function", ["original", "cancellation", None, None]),
    )
    assert link(lines)["linked_parcels"].to_list() == [2, None, None, 2]


def test_identities() -> None:
    same = {"importer_id": "079 099 000 123"}
    assert link(_lines(same, {"importer_name": "Somebody Else", **same}))["linked_parcels"].to_list() == [2, 2]
    assert link(_lines(same, {"importer_address": "5 Trần Phú, Huế", **same}))["linked_parcels"].to_list() == [2, 2]
    other = {"importer_id": "079099000124"}
    slipped = {"importer_name": "Nguyễxn Văn An"}
    assert link(_lines({}, slipped))["linked_parcels"].to_list() == [2, 2]
    assert link(_lines(same, {**slipped, **other}))["linked_parcels"].to_list() == [1, 1]
    none = {"importer_id": "000000000"}
    assert link(_lines(none, {"importer_name": "Somebody Else", **none}))["linked_parcels"].to_list() == [1, 1]


def test_the_last_of_an_item_that_comes_twice_counts() -> None:
    lines = _lines({}, {"declaration_id": "P0", "customs_value": 30.0}, {})
    assert link(lines)["linked_value"].to_list() == [130.0] * 3


def test_no_lines() -> None:
    assert link(_lines({}).clear()).schema == pl.Schema(LINKS)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(seed: int, chance: random.Random) -> None:
    parcels, _ = _made_up(60, seed)
    places = list(range(parcels.height))
    chance.shuffle(places)
    before = belonging(parcels).gather(places).to_list()
    after = belonging(parcels[places]).to_list()
    # The numbers of the groups may differ, who is in them may not.
    assert len(set(zip(before, after, strict=True))) == len(set(before)) == len(set(after))


def test_a_warehouse_with_many_addressees() -> None:
    """One block of thousands: namesakes with a slip are found there too, and nobody else."""
    chance = random.Random(3)
    people = sorted({" ".join(map(chance.choice, (FAMILY, MIDDLE, GIVEN))) for _ in range(1_500)})
    rows = [{"importer_name": who, "importer_address": "Kho 5, 12 Lê Lợi, Huế"} for who in people]
    twice = [row for row in rows if len(row["importer_name"].split()[0]) >= 5][:50]
    rows += [{**row, "importer_name": row["importer_name"].replace("N", "Nq", 1)} for row in twice]
    linked = link(_lines(*rows))["linked_parcels"].to_list()
    assert sum(count > 1 for count in linked[len(people) :]) >= 40
    assert sum(count > 1 for count in linked[: len(people)]) <= 250
