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


class _Fields(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"


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
    fields = _Fields({key: str(field) for key, field in row.items() if field is not None})
    code = fields.get("hs_code", "")
    fields["hs4"], fields["hs6"] = code[:4] or "?", code[:6] or "?"
    fields["exporter"] = fields.get("exporter_name") or fields["exporter_id"]
    way = ("dispatch_country", "transit_country", "loading_port", "unloading_port")
    fields["route"] = " - ".join(fields[step] for step in way if step in fields) or "?"
    fields["passage"] = " - ".join(fields[step] for step in way[:2] if step in fields) or "?"
    fields["value"] = _written(float(value), indicator.unit, vietnamese)
    return sentence.format_map(fields)


def _written(value: float, unit: str, vietnamese: bool) -> str:
    if unit == "share":
        text = f"{100 * value:,.1f}%"
    elif unit in _WHOLE or abs(value) >= 1000:
        text = f"{value:,.0f}"
    else:
        text = f"{value:,.2f}"
    # Vietnamese writes 1.234,5 for 1,234.5.
    return text.translate(str.maketrans(",.", ".,")) if vietnamese else text
