"""Contributions: what moved a line's score, in words that an officer understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from tidegate.models.ensemble import COPIES, Ensemble, Inputs
from tidegate.models.keys import MISSING, Part
from tidegate.trade import LINE_FIELDS

__all__ = ["Contribution", "Sentences", "Usual", "contributions", "speak"]

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
    ensemble: Ensemble,
    table: pl.DataFrame,
    top: int | None,
    usual: Usual,
    sentences: Sentences | None,
    raising: bool = False,
) -> list[list[Contribution]]:
    """For each row its `top` contributions (all when None), largest weight first whatever its sign; with `raising`
    only those above 0.
    """
    told: list[list[Contribution]] = []
    for start, inputs in ensemble.chunks(table):
        if inputs.height:
            piece = table.slice(start, inputs.height)
            told += speak(ensemble, piece, inputs, top, usual, sentences, raising)
    return told


def speak(
    ensemble: Ensemble,
    table: pl.DataFrame,
    inputs: Inputs,
    top: int | None,
    usual: Usual,
    sentences: Sentences | None,
    raising: bool,
) -> list[list[Contribution]]:
    """As `contributions`, of lines that were read before."""
    matrix, names = ensemble.attribute(inputs), ensemble.speakers
    order = np.argsort(-(matrix if raising else np.abs(matrix)), axis=1, kind="stable")[:, :top]
    speaker = _Speaker(ensemble, table, inputs, usual, sentences)
    told: list[list[Contribution]] = []
    for row in range(inputs.height):
        speaker.turn_to(row)
        chosen = [at for at in order[row] if not raising or matrix[row, at] > 0]
        told.append([speaker.say(names[at], row, float(matrix[row, at])) for at in chosen])
    return told


class _Speaker:
    """Finds value and sentence of a contribution in one chunk of lines."""

    def __init__(
        self, ensemble: Ensemble, table: pl.DataFrame, inputs: Inputs, usual: Usual, sentences: Sentences | None
    ) -> None:
        self.ensemble, self.table, self.inputs = ensemble, table, inputs
        self.usual, self.sentences = usual, sentences
        self.values = inputs.values
        self.parts = {part.title: part for part in ensemble.parts}
        self.keys = ensemble.spoken
        self.dates = {column.name for column in ensemble.columns if column.kind == "date"}
        self.flags = {column.name for column in ensemble.columns if column.kind == "flag"}

    def turn_to(self, row: int) -> None:
        """Take up a row: its line is looked up once for all of its sentences."""
        self.line = self.table.row(row, named=True) if self.sentences else {}

    def say(self, name: str, row: int, weight: float) -> Contribution:
        """The contribution of `name` to row `row`, which was turned to."""
        value: str | float | None
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
        memory, record = self.ensemble.memory, int(self.inputs.record[row])
        if memory is None or record < 0:
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
        number = self.inputs.rows[at][row]
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
