"""Made-up names: companies in Vietnamese, English and Chinese, private buyers, addresses."""

from __future__ import annotations

import numpy as np

from tidegate.simulator.places import PROVINCES

__all__ = ["addresses", "brokers", "buyers", "importers", "renamed", "suppliers"]

# Poetic pairs that no register would be full of: a reader sees at once that they are invented.
FIRST = ("Sóng", "Bến", "Mây", "Gió", "Trăng", "Đèn", "Cầu", "Suối", "Thuyền", "Vịnh", "Rạng", "Sương", "Bờ", "Lá")
SECOND = ("Xanh", "Bạc", "Lặng", "Mơ", "Biếc", "Xa", "Vọng", "Tím", "Ngân", "Hồng", "Trầm", "Sớm", "Khơi", "Ngọc")
FORMS = (
    "Công ty TNHH Thương mại",
    "Công ty TNHH Sản xuất",
    "Công ty TNHH Xuất nhập khẩu",
    "Công ty Cổ phần",
    "Công ty TNHH MTV",
    "Công ty Cổ phần Thương mại và Dịch vụ",
)
TRADES = ("Tideway", "Moonharbour", "Fogbank", "Saltreed", "Driftlight", "Ebbstone", "Gullcrest", "Brinehall")
KINDS = ("Trading", "Industries", "Supply", "Materials", "Export", "Manufacturing", "Global", "Works")
PINYIN = (("Chaoxi", "潮汐"), ("Mengyu", "梦屿"), ("Yunfan", "云帆"), ("Haiwu", "海雾"), ("Yuegang", "月港"))
PINYIN_TAIL = (("Dengta", "灯塔"), ("Qingsha", "青沙"), ("Baiou", "白鸥"), ("Xingchuan", "星川"), ("Luhua", "芦花"))
LINES = (
    ("Electronics", "电子"),
    ("Trading", "贸易"),
    ("Industrial", "实业"),
    ("Textile", "纺织"),
    ("Hardware", "五金"),
)
ENDINGS = {
    "CN": "Co., Ltd",
    "HK": "Limited",
    "TW": "Co., Ltd",
    "JP": "K.K.",
    "KR": "Co., Ltd",
    "DE": "GmbH",
    "US": "LLC",
}


def pick(count: int, words: tuple[str, ...], rng: np.random.Generator) -> list[str]:
    """Return `count` of the words, drawn evenly."""
    return [words[place] for place in rng.integers(0, len(words), count).tolist()]


def pairs(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` invented two-word names."""
    return [f"{a} {b}" for a, b in zip(pick(count, FIRST, rng), pick(count, SECOND, rng), strict=True)]


def importers(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` company names in Vietnamese; some trade under an English one."""
    english = rng.random(count) < 0.15
    numbers = rng.integers(1, 1000, count).tolist()
    forms, heads, tails = pick(count, FORMS, rng), pairs(count, rng), pairs(count, rng)
    trades, kinds = pick(count, TRADES, rng), pick(count, KINDS, rng)
    return [
        f"{trade} {kind} Vietnam {number} Co., Ltd" if foreign else f"{form} {head} {tail} {number}"
        for foreign, form, head, tail, trade, kind, number in zip(
            english.tolist(), forms, heads, tails, trades, kinds, numbers, strict=True
        )
    ]


def renamed(name: str, generation: int) -> str:
    """Return the name under which a company that was caught comes back: another form, a similar core."""
    core = name
    for form in sorted(FORMS, key=len, reverse=True):
        core = core.removeprefix(form + " ")
    core = core.rsplit(" ", 1)[0] if core.rsplit(" ", 1)[-1].isdigit() else core
    return f"{FORMS[generation % len(FORMS)]} {core} {generation + 1}"


def buyers(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` private buyers of parcels, numbered: nobody's name."""
    return [f"Cá nhân mua lẻ số {number}" for number in rng.integers(10_000, 100_000, count).tolist()]


def brokers(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` names of customs brokers."""
    return [f"Đại lý hải quan {pair} {n}" for n, pair in enumerate(pairs(count, rng), start=1)]


def suppliers(countries: list[str], rng: np.random.Generator) -> list[str]:
    """Return one supplier's name for each country; those of Chinese-speaking places partly in characters."""
    count = len(countries)
    heads, tails, lines = (rng.integers(0, 5, count).tolist() for _ in range(3))
    script = rng.random(count).tolist()
    numbers = rng.integers(1, 1000, count).tolist()
    trades, kinds = pick(count, TRADES, rng), pick(count, KINDS, rng)
    names = []
    for place, country in enumerate(countries):
        head, tail, line = PINYIN[heads[place]], PINYIN_TAIL[tails[place]], LINES[lines[place]]
        if country in ("CN", "TW", "HK") and script[place] < 0.4:
            names.append(f"{head[1]}{tail[1]}{numbers[place]}{line[1]}有限公司")
        elif country in ("CN", "TW", "HK"):
            names.append(f"{head[0]} {tail[0]} {numbers[place]} {line[0]} {ENDINGS[country]}")
        else:
            names.append(f"{trades[place]} {kinds[place]} {numbers[place]} {ENDINGS.get(country, 'Ltd')}")
    return names


def addresses(provinces: list[int], rng: np.random.Generator) -> list[str]:
    """Return one address for each province (an index into PROVINCES)."""
    count = len(provinces)
    houses = rng.integers(1, 400, count).tolist()
    lots = rng.integers(1, 90, count).tolist()
    estate = (rng.random(count) < 0.3).tolist()
    streets = pairs(count, rng)
    return [
        f"Lô {lot}, KCN {street}, {PROVINCES[province][0]}"
        if inside
        else f"Số {house} đường {street}, {PROVINCES[province][0]}"
        for house, lot, inside, street, province in zip(houses, lots, estate, streets, provinces, strict=True)
    ]
