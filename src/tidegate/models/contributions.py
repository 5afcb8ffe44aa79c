"""Contributions: what moved a line's score, in words that an officer understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.models.ensemble import COPIES, Ensemble
from tidegate.models.keys import MISSING, Part
from tidegate.trade import LINE_FIELDS

__all__ = ["Contribution", "Seen", "Sentences", "Speaker", "Usual", "contributions"]

# Given a field or indicator and the line it is on, its sentence in English and Vietnamese, or None.
Sentences = Callable[[str, Mapping[str, object]], tuple[str, str] | None]
# The 10th and 90th percentile of each number among the lines learned from.
Usual = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one field or combination adds to a line's log-odds, against the usual line.

    `usual`: the 10th and 90th percentile among the lines learned from, where the value is a number.
    """

    feature: str
    value: str | float | None
    weight: float
    text: str
    text_vi: str
    usual: tuple[float, float] | None = None


FIELDS = {field.name: field for field in LINE_FIELDS}
# Names, in both languages and with unit, of what is derived from fields.
DERIVED: dict[str, tuple[str, str, str]] = {
    "hs2": ("HS chapter", "Chương HS", ""),
    "hs4": ("HS heading", "Nhóm HS", ""),
    "hs6": ("HS subheading", "Phân nhóm HS", ""),
    "value_per_kg": ("Value per kg", "Trị giá trên mỗi kg", ""),
    "value_per_unit": ("Value per unit", "Trị giá trên mỗi đơn vị", ""),
    "kg_per_package": ("Mass per package", "Trọng lượng mỗi kiện", "kg"),
}


def label(name: str) -> tuple[str, str, str]:
    """(English, Vietnamese, unit) of a column, a part of it or a ratio; an unknown column keeps its own name."""
    if name in DERIVED:
        return DERIVED[name]
    if name not in FIELDS:
        return name.replace("_", " "), name.replace("_", " "), ""
    unit = FIELDS[name].unit
    return FIELDS[name].label, FIELDS[name].label_vi, unit if unit in ("kg", "%") else ""


def spoken(number: float) -> tuple[str, str]:
    """A number as English and Vietnamese write it, to three significant digits or whole."""
    text = f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
    return text, text.translate(str.maketrans(",.", ".,"))


def contributions(
    speaker: Speaker,
    table: pl.DataFrame,
    top: int | None,
    sentences: Sentences | None,
    raising: bool = False,
) -> list[list[Contribution]]:
    """For each row its `top` contributions (all when None), largest weight first whatever its sign; with `raising`
    only those above 0.
    """
    told: list[list[Contribution]] = []
    for start, inputs in speaker.ensemble.chunks(table):
        if inputs.height:
            weights = speaker.ensemble.attribute(inputs)
            lines = table.slice(start, inputs.height).iter_rows(named=True)
            told += [
                speaker.tell(weights[row], inputs, row, line, top, sentences, raising) for row, line in enumerate(lines)
            ]
    return told


class Seen(Protocol):
    """What was read of some lines: values by name, the row of each key, the number of the record."""

    @property
    def values(self) -> Mapping[str, Any]: ...
    @property
    def rows(self) -> Sequence[Any] | NDArray[Any]: ...
    @property
    def record(self) -> NDArray[np.int64]: ...


class Speaker:
    """Puts the contributions of a model into words."""

    def __init__(self, ensemble: Ensemble, usual: Usual) -> None:
        self.ensemble, self.usual = ensemble, usual
        self.parts = {part.title: part for part in ensemble.parts}
        self.keys = ensemble.spoken
        self.dates = {column.name for column in ensemble.columns if column.kind == "date"}
        self.flags = {column.name for column in ensemble.columns if column.kind == "flag"}

    def tell(
        self,
        weights: NDArray[np.float64],
        seen: Seen,
        row: int,
        line: Mapping[str, object],
        top: int | None,
        sentences: Sentences | None,
        raising: bool,
    ) -> list[Contribution]:
        """The contributions to row `row` of what was `seen`, whose weights (float64[speakers]) and fields are given."""
        order = np.argsort(-(weights if raising else np.abs(weights)), kind="stable")[:top].tolist()
        speech = _Speech(self, seen, row, line, sentences)
        names = self.ensemble.speakers
        return [speech.say(names[at], float(weights[at])) for at in order if not raising or weights[at] > 0]


class _Speech:
    """Finds value and sentence of each contribution to one line."""

    def __init__(
        self, speaker: Speaker, seen: Seen, row: int, line: Mapping[str, object], sentences: Sentences | None
    ) -> None:
        self.ensemble, self.parts, self.keys = speaker.ensemble, speaker.parts, speaker.keys
        self.usual, self.dates, self.flags = speaker.usual, speaker.dates, speaker.flags
        self.seen, self.values, self.row = seen, seen.values, row
        self.line, self.sentences = line, sentences

    def say(self, name: str, weight: float) -> Contribution:
        """The contribution of `name`."""
        value: str | float | None
        row = self.row
        own = self.sentences(name, self.line) if self.sentences else None
        number = name in self.usual and name not in self.dates and name not in self.flags
        usual = self.usual[name] if number else None
        if own and name in self.usual:
            told = float(self.values[name][row])
            return Contribution(name, None if np.isnan(told) else told, weight, *own, usual)
        if name == COPIES:
            value, english, vietnamese = self._copies(row)
        elif name in self.keys:
            value, english, vietnamese = self._key(name, row)
        else:
            value, english, vietnamese = self._number(name, row)
        return Contribution(name, value, weight, *(own or (english, vietnamese)), usual)

    def _copies(self, row: int) -> tuple[str | None, str, str]:
        memory, record = self.ensemble.memory, self.seen.record[row]
        if memory is None or not memory.knows(record):
            return (
                None,
                "No earlier record of the same goods, way, tariff and mass was opened",
                ("Chưa kiểm tra hồ sơ nào trùng mặt hàng, tuyến, thuế và trọng lượng"),
            )
        n, k = int(memory.opened[record]), int(memory.found[record])
        return (
            f"{k}/{n}",
            f"Same goods, way, tariff and mass as earlier records: found in {k} of {n} opened",
            f"Trùng mặt hàng, tuyến, thuế và trọng lượng với hồ sơ trước: phát hiện vi phạm {k}/{n} lần kiểm tra",
        )

    def _key(self, name: str, row: int) -> tuple[str | None, str, str]:
        at, key = self.keys[name]
        said = [self._part(self.parts[title], row) for title in key.parts]
        number = self.seen.rows[at][row]
        n, k = int(self.ensemble.opened[at][number]), int(self.ensemble.found[at][number])
        value = None if all(v is None for v, _, _ in said) else " × ".join(v or "–" for v, _, _ in said)
        english = ", ".join(e for _, e, _ in said)
        vietnamese = ", ".join(v for _, _, v in said)
        if not n:
            return value, f"{english}: never opened before", f"{vietnamese}: chưa từng được kiểm tra"
        return (
            value,
            f"{english}: found in {spoken(k)[0]} of {spoken(n)[0]} opened",
            f"{vietnamese}: phát hiện vi phạm {spoken(k)[1]}/{spoken(n)[1]} dòng hàng đã kiểm tra",
        )

    def _part(self, part: Part, row: int) -> tuple[str | None, str, str]:
        english, vietnamese, unit = label(part.title)
        space = f" {unit}" if unit and unit != "%" else unit
        if part.view == "text":
            text = self.values[part.column][row]
            value = None if text is None else text[: part.head or None]
            if value is None:
                return None, f"{english} not given", f"{vietnamese}: không khai"
            return value, f"{english} {value}", f"{vietnamese} {value}"
        number = self.values[part.column][row]
        if part.codes({part.column: np.array([number])})[0] == MISSING:
            return None, f"{english} not given", f"{vietnamese}: không khai"
        if part.view == "value":
            said = spoken(number)
            return said[0], f"{english} {said[0]}{space}", f"{vietnamese} {said[1]}{space}"
        above = int(np.searchsorted(part.edges, number, side="right"))
        low = spoken(part.edges[above - 1]) if above else None
        high = spoken(part.edges[above]) if above < len(part.edges) else None
        if low and high:
            return (
                f"{low[0]} to {high[0]}",
                f"{english} {low[0]} to {high[0]}{space}",
                f"{vietnamese} từ {low[1]} đến {high[1]}{space}",
            )
        if high:
            return f"< {high[0]}", f"{english} below {high[0]}{space}", f"{vietnamese} dưới {high[1]}{space}"
        if low:
            return f"≥ {low[0]}", f"{english} {low[0]}{space} or more", f"{vietnamese} từ {low[1]}{space} trở lên"
        return None, english, vietnamese

    def _number(self, name: str, row: int) -> tuple[float | None, str, str]:
        english, vietnamese, unit = label(name)
        number = float(self.values[name][row])
        if np.isnan(number):
            return None, f"{english} not given", f"{vietnamese}: không có"
        if name in self.flags:
            return number, f"{english}: {'yes' if number else 'no'}", f"{vietnamese}: {'có' if number else 'không'}"
        space = f" {unit}" if unit and unit != "%" else unit
        said, (low, high) = spoken(number), (spoken(bound) for bound in self.usual.get(name, (number, number)))
        if name in self.dates:
            return (
                number,
                f"{english}: {said[0]} days before the declaration (usual {low[0]} to {high[0]})",
                f"{vietnamese}: {said[1]} ngày trước khi đăng ký tờ khai (thường từ {low[1]} đến {high[1]})",
            )
        return (
            number,
            f"{english} {said[0]}{space} (usual {low[0]} to {high[0]})",
            f"{vietnamese} {said[1]}{space} (thường từ {low[1]} đến {high[1]})",
        )
