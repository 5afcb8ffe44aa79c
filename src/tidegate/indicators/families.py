"""Families of indicators: volumes, hit rates, novelty, shares and prices, each made from a key.

A formula that several indicators share stands by itself and works on numbers of any shape [..., lines], so
that all of them can be computed at once.
"""

from __future__ import annotations

import numpy as np

from tidegate.indicators.batch import Batch, Floats
from tidegate.indicators.indicator import FLAG, NUMBER, Indicator
from tidegate.indicators.keys import KEYS
from tidegate.indicators.needs import Quartile, Since, Sum
from tidegate.indicators.prices import STEPS, price_ratio
from tidegate.indicators.settings import Settings

__all__ = ["age", "as_it_is", "hit_rate", "idle", "novelty", "price_ratio_to", "price_z", "share", "volume"]

# Interquartile range to standard deviation of a normal distribution (ISO 13528:2022, normalised IQR).
NIQR = 0.7413

# measure: unit, label, label_vi, words, words_vi
_VOLUMES = {
    "lines": ("lines", "lines", "số dòng hàng", "{value} {line/lines}", "{value} dòng hàng"),
    "declarations": (
        "declarations",
        "declarations",
        "số tờ khai",
        "{value} {declaration/declarations}",
        "{value} tờ khai",
    ),
    "value": ("currency", "customs value", "trị giá hải quan", "customs value of {value}", "trị giá hải quan {value}"),
    "mass_kg": ("kg", "net mass", "trọng lượng tịnh", "net mass of {value} kg", "trọng lượng tịnh {value} kg"),
    "opened": (
        "lines",
        "lines opened",
        "số dòng hàng đã kiểm tra",
        "{value} {line/lines} opened",
        "{value} dòng hàng đã kiểm tra",
    ),
    "found": (
        "lines",
        "unlawful lines",
        "số dòng hàng vi phạm",
        "{value} {line/lines} found unlawful",
        "{value} dòng hàng vi phạm",
    ),
    "prices": (
        "lines",
        "known prices",
        "số đơn giá đã biết",
        "{value} known {price/prices}",
        "{value} đơn giá đã biết",
    ),
}


def _within(label: str) -> str:
    """A label within a sentence: its first letter small, unless it begins with an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _unknown(key: str) -> tuple[str, str]:
    return f"not known: {_within(KEYS[key].label)}", f"không rõ: {_within(KEYS[key].label_vi)}"


def as_it_is(_lines: Batch, _settings: Settings, answer: Floats) -> Floats:
    return answer


def _smoothed(
    _: Batch, settings: Settings, opened: Floats, found: Floats, all_opened: Floats, all_found: Floats
) -> Floats:
    weight = settings.prior_openings
    return (found + weight * (all_found / all_opened)) / (opened + weight)


def _never(_lines: Batch, _settings: Settings, seen: Floats) -> Floats:
    return np.where(np.isnan(seen), np.nan, seen == 0)


def _part(_lines: Batch, _settings: Settings, lines: Floats, all_lines: Floats) -> Floats:
    return lines / all_lines


def _since(_lines: Batch, _settings: Settings, first: Floats, seen: Floats) -> Floats:
    return np.where(seen == 0, 0.0, first)


def _price(lines: Batch) -> Floats:
    return np.where(lines.price > 0, lines.price, np.nan)


def _z(lines: Batch, settings: Settings, low: Floats, median: Floats, high: Floats) -> Floats:
    spread = np.maximum((high - low) * NIQR / STEPS, settings.least_spread)
    return (_price(lines) - median) / STEPS / spread


def _ratio(lines: Batch, _: Settings, median: Floats) -> Floats:
    return price_ratio(_price(lines), median)


def volume(key: str, measure: str, days: int) -> Indicator:
    """Sum of a measure over the days before."""
    unit, label, label_vi, words, words_vi = _VOLUMES[measure]
    of, missing = KEYS[key], _unknown(key)
    return Indicator(
        name=f"{key}_{measure}_{days}d",
        dtype=NUMBER,
        unit=unit,
        label=f"{of.label}: {label}, {days} days",
        label_vi=f"{of.label_vi}: {label_vi}, {days} ngày",
        sentence=f"{of.noun}: {words} in the {days} days before",
        sentence_vi=f"{of.noun_vi}: {words_vi} trong {days} ngày trước đó",
        missing=missing[0],
        missing_vi=missing[1],
        needs=(Sum(measure, key, days),),
        formula=as_it_is,
    )


def hit_rate(key: str, days: int = 365) -> Indicator:
    """Share of opened lines that were unlawful, drawn toward the overall rate known that day.

    (found + m * overall) / (opened + m), m = Settings.prior_openings: the posterior mean of a beta prior whose
    mean is estimated from all trade (empirical Bayes; Casella, "An introduction to empirical Bayes data
    analysis", The American Statistician 39, 1985).
    """
    of, missing = KEYS[key], _unknown(key)

    return Indicator(
        name=f"{key}_hit_rate_{days}d",
        dtype=NUMBER,
        unit="share",
        label=f"{of.label}: hit rate, {days} days",
        label_vi=f"{of.label_vi}: tỷ lệ phát hiện vi phạm, {days} ngày",
        sentence=f"{of.noun}: {{value}} of opened lines unlawful over {days} days (smoothed)",
        sentence_vi=f"{of.noun_vi}: {{value}} số dòng hàng đã kiểm tra có vi phạm trong {days} ngày (đã làm trơn)",
        missing=f"{missing[0]}; or nothing at all was opened in {days} days",
        missing_vi=f"{missing[1]}; hoặc không có lô hàng nào được kiểm tra trong {days} ngày",
        needs=(
            Sum("opened", key, days),
            Sum("found", key, days),
            Sum("opened", "overall", days),
            Sum("found", "overall", days),
        ),
        formula=_smoothed,
    )


def novelty(name: str, key: str) -> Indicator:
    """Whether a key was never seen before the line's day."""
    of, missing = KEYS[key], _unknown(key)
    return Indicator(
        name=name,
        dtype=FLAG,
        unit="",
        label=f"{of.label}: first time",
        label_vi=f"{of.label_vi}: lần đầu",
        sentence=f"first time: {of.noun}",
        sentence_vi=f"lần đầu tiên: {of.noun_vi}",
        missing=missing[0],
        missing_vi=missing[1],
        needs=(Sum("lines", key),),
        formula=_never,
        otherwise=f"seen before: {of.noun}",
        otherwise_vi=f"đã từng có: {of.noun_vi}",
    )


def share(name: str, part: str, whole: str, days: int = 365) -> Indicator:
    """Lines of a key as a share of the lines of a wider one."""
    of, among, missing = KEYS[part], KEYS[whole], _unknown(part)
    return Indicator(
        name=f"{name}_{days}d",
        dtype=NUMBER,
        unit="share",
        label=f"{of.label}: share of {_within(among.label)}, {days} days",
        label_vi=f"{of.label_vi}: tỷ trọng trong {_within(among.label_vi)}, {days} ngày",
        sentence=f"{of.noun}: {{value}} of the lines of {among.noun} over {days} days",
        sentence_vi=f"{of.noun_vi}: chiếm {{value}} số dòng hàng của {among.noun_vi} trong {days} ngày",
        missing=f"{missing[0]}; or no line of the {_within(among.label)} in {days} days",
        missing_vi=f"{missing[1]}; hoặc không có dòng hàng nào của {_within(among.label_vi)} trong {days} ngày",
        needs=(Sum("lines", part, days), Sum("lines", whole, days)),
        formula=_part,
    )


def age(key: str) -> Indicator:
    """Days since a key was first seen; 0 when it is new."""
    of, missing = KEYS[key], _unknown(key)
    return Indicator(
        name=f"{key}_first_seen_days",
        dtype=NUMBER,
        unit="days",
        label=f"{of.label}: days since first seen",
        label_vi=f"{of.label_vi}: số ngày kể từ lần đầu",
        sentence=f"{of.noun}: first seen {{value}} {{day/days}} before",
        sentence_vi=f"{of.noun_vi}: xuất hiện lần đầu cách đây {{value}} ngày",
        missing=missing[0],
        missing_vi=missing[1],
        needs=(Since("first", key), Sum("lines", key)),
        formula=_since,
    )


def idle(key: str) -> Indicator:
    """Days since a key was last seen."""
    of, missing = KEYS[key], _unknown(key)
    return Indicator(
        name=f"{key}_last_seen_days",
        dtype=NUMBER,
        unit="days",
        label=f"{of.label}: days since last seen",
        label_vi=f"{of.label_vi}: số ngày kể từ lần gần nhất",
        sentence=f"{of.noun}: last seen {{value}} {{day/days}} before",
        sentence_vi=f"{of.noun_vi}: xuất hiện lần gần nhất cách đây {{value}} ngày",
        missing=f"{missing[0]}; or never seen before",
        missing_vi=f"{missing[1]}; hoặc chưa từng xuất hiện",
        needs=(Since("last", key),),
        formula=as_it_is,
    )


def _price_missing(key: str, days: int) -> tuple[str, str]:
    missing = _unknown(key)
    return (
        f"value or net mass not above 0; {missing[0]}; or too few prices in {days} days (setting least_prices)",
        "trị giá hoặc trọng lượng tịnh không lớn hơn 0; "
        f"{missing[1]}; hoặc quá ít đơn giá trong {days} ngày (tham số least_prices)",
    )


def price_z(key: str, days: int) -> Indicator:
    """Robust z of the log of value per kg: distance from the median in normalised interquartile ranges."""
    of, missing = KEYS[key], _price_missing(key, days)

    return Indicator(
        name=f"unit_price_z_{key}_{days}d",
        dtype=NUMBER,
        unit="standard deviations",
        label=f"Unit price, robust z: {_within(of.label)}, {days} days",
        label_vi=f"Đơn giá, độ lệch chuẩn hóa: {_within(of.label_vi)}, {days} ngày",
        sentence=f"unit price lies {{value}} standard deviations from the median of {of.noun} over {days} days",
        sentence_vi=f"đơn giá lệch {{value}} độ lệch chuẩn so với trung vị của {of.noun_vi} trong {days} ngày",
        missing=missing[0],
        missing_vi=missing[1],
        needs=(Quartile(1, key, days), Quartile(2, key, days), Quartile(3, key, days)),
        formula=_z,
    )


def price_ratio_to(key: str, days: int) -> Indicator:
    """Value per kg over the median of the window."""
    of, missing = KEYS[key], _price_missing(key, days)

    return Indicator(
        name=f"unit_price_ratio_{key}_{days}d",
        dtype=NUMBER,
        unit="ratio",
        label=f"Unit price over median: {_within(of.label)}, {days} days",
        label_vi=f"Đơn giá so với trung vị: {_within(of.label_vi)}, {days} ngày",
        sentence=f"unit price is {{value}} of the median of {of.noun} over {days} days",
        sentence_vi=f"đơn giá bằng {{value}} lần trung vị của {of.noun_vi} trong {days} ngày",
        missing=missing[0],
        missing_vi=missing[1],
        needs=(Quartile(2, key, days),),
        formula=_ratio,
    )
