"""An indicator of one line as a sentence, in English or Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from tidegate.errors import InputError
from tidegate.indicators.catalogue import INDICATORS

__all__ = ["explain"]

_BY_NAME = {indicator.name: indicator for indicator in INDICATORS}
_WHOLE = {"lines", "declarations", "days", "digits", "novelties"}


WAY = ("dispatch_country", "transit_country", "loading_port", "unloading_port")


class _Fields:
    """What a sentence may name, looked up when it does: most sentences name two of a hundred fields.

    {line/lines} is the first word where the value is 1, else the second: English needs both, Vietnamese one.
    """

    def __init__(self, row: Mapping[str, Any], value: str) -> None:
        self.row = row
        self.value = value

    def __getitem__(self, name: str) -> str:
        one, slash, many = name.partition("/")
        if slash:
            return one if self.value == "1" else many
        match name:
            case "value":
                return self.value
            case "hs4" | "hs6":
                return self._field("hs_code")[: int(name[2])] or "?"
            case "exporter":
                return self._field("exporter_name") or self._field("exporter_id") or "?"
            case "sender":
                return self._field("message_sender") or self._field("declarant_id") or "?"
            case "route" | "passage":
                steps = WAY if name == "route" else WAY[:2]
                return " - ".join(filter(None, map(self._field, steps))) or "?"
        return self._field(name) or "?"

    def _field(self, name: str) -> str:
        value = self.row.get(name)
        return "" if value is None else str(value)


def explain(name: str, row: Mapping[str, Any], lang: str = "en") -> str:
    """The sentence of indicator `name` for one line: `row` holds the line's fields and its indicators.

    Raises InputError for a name that is no indicator, or a language other than "en" and "vi".
    """
    if name not in _BY_NAME:
        near = get_close_matches(name, _BY_NAME, 1)
        raise InputError(f"there is no indicator {name!r}.", hint=f"Did you mean {near[0]}?" if near else "")
    if lang not in ("en", "vi"):
        raise InputError(f"there are no sentences in {lang!r}.", hint="Ask for en or vi.")
    indicator, vietnamese = _BY_NAME[name], lang == "vi"
    value = row.get(name)
    if value is None:
        reason = indicator.missing_vi if vietnamese else indicator.missing
        return f"không tính được ({reason})" if vietnamese else f"cannot be computed ({reason})"
    sentence = indicator.sentence_vi if vietnamese else indicator.sentence
    if value is False:
        sentence = indicator.otherwise_vi if vietnamese else indicator.otherwise
    return sentence.format_map(_Fields(row, _written(float(value), indicator.unit, vietnamese)))


def _written(value: float, unit: str, vietnamese: bool) -> str:
    if unit == "share":
        text = f"{100 * value:,.1f}%"
    elif unit in _WHOLE or abs(value) >= 1000:
        text = f"{value:,.0f}"
    else:
        text = f"{value:,.2f}"
    # Vietnamese writes 1.234,5 for 1,234.5.
    return text.translate(str.maketrans(",.", ".,")) if vietnamese else text
