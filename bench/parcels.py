"""How fast parcels come in, linked and without, against json with jsonschema on the same parcels.

    python bench/parcels.py [--parcels 100000]

The parcels are made up here, with a fixed seed: 1 to 3 pieces each, and one addressee in ten gets several in a day.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl

from tidegate import intake
from tidegate.intake.parcels import PARCEL, link
from tidegate.trade import s10

FAMILY = "Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
MIDDLE = "Văn Văn Thị Thị Minh Ngọc Thanh Quốc Hữu Đức Kim Xuân Hoài Bảo Gia Anh"
GIVEN = "An Bình Châu Dũng Giang Hà Hải Hiếu Hoa Hùng Huy Hương Khánh Lan Linh Long Mai Nam Nga Phong Quân Trang"
SYLLABLES = "Lê Lợi Trần Phú Hùng Vương Lý Thường Kiệt Điện Biên Phủ Nguyễn Trãi Võ Tần Quang Trung Bà Triệu Ngô Quyền"
WORDS = ["Đường ", "Đ. ", ""]


def parcels(count: int) -> list[str]:
    """Made-up parcels of a day, as lines of JSON."""
    chance = random.Random(1)
    streets = [" ".join(chance.choices(SYLLABLES.split(), k=chance.choice([2, 2, 3]))) for _ in range(3_000)]
    made: list[str] = []
    while len(made) < count:
        who = " ".join(chance.choice(words.split()) for words in (FAMILY, MIDDLE, GIVEN))
        where = (chance.randint(1, 400), chance.choice(streets), chance.randint(1, 20), chance.randint(1, 12))
        for _ in range(chance.choice([1] * 9 + [3])):
            made.append(json.dumps(_parcel(len(made), who, where, chance), ensure_ascii=False))
    return made[:count]


def _parcel(i: int, who: str, where: tuple[int, str, int, int], chance: random.Random) -> dict[str, Any]:
    house, street, ward, district = where
    piece = {"description": "Phone case, silicone", "quantity": 2, "net_mass_kg": 0.1, "value": 12.5, "currency": "USD"}
    return {
        "item_id": f"CX{i:08d}{s10.check_digit(f'{i:08d}')}CN",
        "category": "sale_of_goods",
        "sender": {"name": "Made-up Trading", "address": "88 Nanshan Road", "city": "Shenzhen", "country": "CN"},
        "addressee": {
            "name": chance.choice([who, who.upper()]),
            "address": f"{house} {chance.choice(WORDS)}{street}, Phường {ward}, Quận {district}",
            "city": "TP. Hồ Chí Minh",
            "country": "VN",
        },
        "pieces": [{**piece, "hs_code": "392690", "origin_country": "CN"}] * chance.randint(1, 3),
        "postage": {"amount": 5.5, "currency": "USD"},
        "lodged_on": "2026-03-02",
    }


def main() -> None:
    """Print one line a case."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--parcels", type=int, default=100_000)
    count = options.parse_args().parcels
    print(f"{platform.machine()}, Python {platform.python_version()}, Polars {pl.__version__}")
    print(f"{'case':<40}{'parcels':>9}{'seconds':>9}{'CPU s':>8}{'parcels/s':>11}{'per CPU s':>11}")
    with tempfile.TemporaryDirectory() as folder:
        path, texts = Path(folder) / "parcels.ndjson", parcels(count)
        path.write_text("\n".join(texts), encoding="utf-8")
        with _timed("read, checked and linked", count):
            came = intake.read(path, received=date(2026, 3, 2))
        if came.rejected.height:
            raise SystemExit(f"parcels were rejected: {came.rejected.row(0)}")
        with _timed("linked once more", count):
            linked = link(came.lines)
        few = texts[: min(count, 5_000)]
        validator = jsonschema.Draft202012Validator(PARCEL)
        with _timed("json and jsonschema, valid or not", len(few)):
            for text in few:
                validator.is_valid(json.loads(text))
    several = linked.filter(pl.col("linked_parcels") > 1).height
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{came.lines.height:,} lines, {several:,} of them of linked parcels; peak {peak:,.0f} MB")


class _timed:  # noqa: N801
    def __init__(self, title: str, count: int) -> None:
        self.title, self.count = title, count

    def __enter__(self) -> None:
        self.begun, self.used = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        seconds, used = time.perf_counter() - self.begun, time.process_time() - self.used
        rates = f"{self.count / seconds:>11,.0f}{self.count / used:>11,.0f}"
        print(f"{self.title:<40}{self.count:>9,}{seconds:>9.2f}{used:>8.2f}{rates}")


if __name__ == "__main__":
    main()
