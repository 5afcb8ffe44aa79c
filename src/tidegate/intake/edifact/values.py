"""How values stand in segments: texts cut to lengths, days, masses with units, codes; read and written in one place.

A kind is a pair of functions. Reading gets the segment and where the value begins, and gives text ("" for nothing);
writing gives the components to put there, as {(element, component): text}. Elements and components count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tidegate.intake.edifact.syntax import Segment

__all__ = ["FUNCTIONS", "KINDS", "Kind", "cut", "joined"]

Written = dict[tuple[int, int], str]

# Data element 1225, message function; the first code of each is the one that is written.
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "original": ("9", "6", "7", "47"),
    "amendment": ("5", "2", "4", "20", "33", "36"),
    "cancellation": ("1", "3", "17"),
}
_FUNCTION = {code: name for name, codes in FUNCTIONS.items() for code in codes}

# Recommendation 20, and the two-letter codes that older messages have: kilograms in each.
_KILOGRAMS = {"KGM": 1.0, "KG": 1.0, "TNE": 1000.0, "T": 1000.0, "GRM": 0.001, "LBR": 0.45359237, "LB": 0.45359237}
_DIGITS = re.compile(r"[0-9]+")
_NUMBER = re.compile(r"[+-]?[0-9]*[.,]?[0-9]+|[+-]?[0-9]+[.,]")
_LOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")


@dataclass(frozen=True, slots=True)
class Kind:
    """`also`: the further places that a value takes, relative to its own (element, component)."""

    meaning: str
    read: Callable[[Segment, int, int], str]
    write: Callable[[str, int, int], Written]
    also: tuple[tuple[int, int], ...] = ()


def cut(text: str, width: int, parts: int) -> list[str]:
    """Cut a text into parts of at most `width`; the last takes what is left, even if that is longer than it may be.

    No part ends with a space: a full part runs on in the next, after a shorter one stands a space (see `joined`).
    """
    found: list[str] = []
    while len(text) > width and len(found) < parts - 1:
        piece = text[:width].rstrip(" ")
        if not piece:
            break
        found.append(piece)
        text = text[len(piece) + (len(piece) < width) :]
    return [*found, text]


def joined(parts: list[str], width: int) -> str:
    """The text of parts that `cut` made, or another system: a part of full width runs on in the next."""
    text = ""
    for part in parts:
        if part:
            text += part if len(part) >= width else part + " "
    return text.strip()


def _number(text: str) -> str:
    """ISO 9735 lets both comma and point stand before decimals."""
    return text.replace(",", ".", 1) if _NUMBER.fullmatch(text) else text


def _text(segment: Segment, element: int, component: int) -> str:
    return segment.part(element, component)


def _plain(value: str, element: int, component: int) -> Written:
    return {(element, component): value}


def _long(width: int, parts: int) -> Kind:
    def read(segment: Segment, element: int, component: int) -> str:
        if element >= len(segment.elements):
            return ""
        return joined(segment.elements[element][component - 1 : component - 1 + parts], width)

    def write(value: str, element: int, component: int) -> Written:
        return {(element, component + i): part for i, part in enumerate(cut(value, width, parts))}

    return Kind(f"{parts} x {width} characters", read, write, tuple((0, i) for i in range(1, parts)))


_STREET = _long(35, 4)


def _address(segment: Segment, element: int, component: int) -> str:
    """Street, and then city, region, postcode and country, where a sender keeps them apart."""
    rest = (segment.part(element + i) for i in range(1, 5))
    return ", ".join(part for part in (_STREET.read(segment, element, component), *rest) if part)


def _day(segment: Segment, element: int, component: int) -> str:
    """A date by its format code (2379) as 2026-01-31; what is no date stays as it is, for intake to refuse."""
    text, form = segment.part(element, component), segment.part(element, component + 1)
    if form.startswith("4"):  # 401 to 406: a time without a day
        return ""
    digits = _DIGITS.match(text)
    days = digits.group() if digits else ""
    short = form in ("101", "201", "301") or (not form and len(days) in (6, 10))
    if short and len(days) >= 6:
        return f"20{days[:2]}-{days[2:4]}-{days[4:6]}"
    return f"{days[:4]}-{days[4:6]}-{days[6:8]}" if len(days) >= 8 else text


def _of_day(value: str, element: int, component: int) -> Written:
    return {(element, component): value.replace("-", ""), (element, component + 1): "102"}


def _mass(segment: Segment, element: int, component: int) -> str:
    """In kilograms; with a unit that is no mass, or not known, it says both, and intake refuses it."""
    unit, text = segment.part(element, component - 1).upper(), _number(segment.part(element, component))
    factor = _KILOGRAMS.get(unit or "KGM")
    if not text or factor == 1.0:
        return text
    if factor is None or not _NUMBER.fullmatch(text):
        return f"{text} {unit}"
    return repr(float(f"{float(text) * factor:.9g}"))


def _of_mass(value: str, element: int, component: int) -> Written:
    return {(element, component - 1): "KGM", (element, component): value}


def _amount(segment: Segment, element: int, component: int) -> str:
    return _number(segment.part(element, component))


def _country(segment: Segment, element: int, component: int) -> str:
    """The country itself, or that of a UN/LOCODE."""
    text = segment.part(element, component)
    return text[:2] if _LOCODE.fullmatch(text.upper()) else text


def _function(segment: Segment, element: int, component: int) -> str:
    code = segment.part(element, component)
    return _FUNCTION.get(code, code)


def _of_function(value: str, element: int, component: int) -> Written:
    return {(element, component): FUNCTIONS.get(value, (value,))[0]}


def _other_than_one(segment: Segment, element: int, component: int) -> str:
    text = segment.part(element, component)
    return "" if text == "1" else text


KINDS: dict[str, Kind] = {
    "text": Kind("as it stands", _text, _plain),
    "number": Kind("number; comma or point before decimals", _amount, _plain),
    "name": _long(35, 5),
    "words": _long(512, 5),
    "address": Kind("street of 4 x 35, then city, region, postcode, country", _address, _STREET.write,
                    (*_STREET.also, (1, 0), (2, 0), (3, 0), (4, 0))),
    "day": Kind("day, by its format code", _day, _of_day, ((0, 1),)),
    "mass": Kind("kg, converted from its unit", _mass, _of_mass, ((0, -1),)),
    "country": Kind("country, also that of a UN/LOCODE", _country, _plain),
    "function": Kind("9 original, 5 amendment, 1 cancellation", _function, _of_function),
    "list": Kind("one segment for each", _text, _plain),
    "bill": Kind("text; 1 means none, as bay plans have it", _other_than_one, _plain),
}  # fmt: skip
