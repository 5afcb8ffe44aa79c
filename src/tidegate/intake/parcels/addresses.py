"""Addresses: house, flat, street and place told apart, in the ways in which people write them, and compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from tidegate.intake.parcels.spelling import plain, slip

__all__ = ["Address", "address", "contradict", "same_address"]

# What a number is of, by the word before it: English, Vietnamese without accents, some French, German and Russian.
_BEFORE: dict[str, str] = {
    word: kind
    for kind, words in {
        "house": "so sn no nr num number house nha_so so_nha номер дом д",
        "unit": "apt apartment unit flat suite ste room rm phong can_ho ch appt appartement wohnung кв квартира",
        "block": "block blk toa toa_nha lo thap tower building bldg khu корп корпус",
        "floor": "floor fl tang lau etage stock",
        "alley": "ngo hem kiet alley lane",
        "lane": "ngach",
        "street": "duong pho d duong_so",
        "group": "to to_dan_pho kp khu_pho ap thon doi xom",
        "ward": "p phuong ward xa x",
        "district": "q quan district dist huyen h",
        "box": "box po_box pobox",
    }.items()
    for word in words.split()
}
# The same by the sign after it: Chinese, Japanese, Korean.
_AFTER = {
    sign: kind
    for kind, signs in {
        "house": "号號",
        "unit": "室호",
        "floor": "楼樓层層층",
        "block": "栋棟幢座동",
        "alley": "弄巷",
    }.items()
    for sign in signs
}
# Words that say nothing about which place it is.
_SAYS_NOTHING = (
    "st street str strasse rd road ave avenue av blvd boulevard ln dr drive ct court pl place sq square way hwy "
    "rue calle ul ulitsa ул улица chung_cu cc cu_xa tp thanh_pho tt thi_tran tx thi_xa tinh province city state "
    "county town vn vietnam viet_nam the"
)
_EMPTY = frozenset(_SAYS_NOTHING.split())
# Two words (or three) that are one; and a city by its several names, for which an address may also have none.
_PHRASES = {phrase.replace("_", " "): phrase for phrase in (*_BEFORE, *_EMPTY) if "_" in phrase}
_CITIES = {
    **dict.fromkeys(("ho chi minh", "tp hcm", "tphcm", "hcmc", "hcm", "sai gon", "saigon"), "hcm"),
    **dict.fromkeys(("ha noi", "hanoi"), "hanoi"),
    **dict.fromkeys(("da nang", "danang"), "danang"),
    **dict.fromkeys(("hai phong", "haiphong"), "haiphong"),
    **dict.fromkeys(("can tho", "cantho"), "cantho"),
}
_CITY = re.compile(rf"\b({'|'.join(sorted(_CITIES, key=len, reverse=True))})\b")
_PHRASE = re.compile(rf"\b({'|'.join(sorted(_PHRASES, key=len, reverse=True))})\b")
_MONTH = re.compile(r"\b(\d{1,2}) thang (\d{1,2})\b")  # streets named after a day: 3 Tháng 2, 3/2
_TOKEN = re.compile(
    r"(\d++(?:[ \-/]?[a-c](?![^\W\d_]))?(?:(?:\s?/\s?|-)\d++[a-c]?(?![^\W\d_]))*+)"
    rf"(?:st|nd|rd|th)?\s?([{''.join(_AFTER)}]?)"
    r"|([^\W\d]+)"
)
_STREET = re.compile(r"(?<=\w{3})str(?:asse)?$")  # Hauptstraße, Hauptstr.
_POSTCODE = 5  # digits from which a number that nothing is said about is no house

_MOST_WORDS = 24  # of streets and places

# Of these, an address may say less than another one; all others must agree.
_OPTIONAL = ("ward", "district", "floor", "group", "city")


class Address(NamedTuple):
    """`fixed` must agree between two spellings of one address: house with its alleys, flat, block, numbered street, and
    numbers of which nothing is said; `loose` must not contradict. `words` name streets and places, in order."""

    fixed: tuple[tuple[str, str], ...]
    loose: tuple[tuple[str, str], ...]
    words: tuple[str, ...]

    @property
    def told(self) -> bool:
        """Whether it says enough for two to be compared."""
        return self._numbered or (bool(self.words) and (bool(self.fixed) or len(self.words) > 1))

    @property
    def _numbered(self) -> bool:
        """Whether it is a house in a street that has a number for a name."""
        return {"house", "street"} <= {kind for kind, _ in self.fixed}


def address(text: str) -> Address:
    """Take an address apart. What stands above the street (region, country, postcode) may be there or not."""
    line = _MONTH.sub(r"\1/\2", _PHRASE.sub(lambda match: _PHRASES[match[1]], plain(text)))
    found: dict[str, str] = {}
    for city in _CITY.findall(line):
        found.setdefault("city", _CITIES[city])
    numbers: list[str] = []
    words: list[str] = []
    label = ""
    for number, after, word in _TOKEN.findall(_CITY.sub(" ", line)):
        if number:
            kind = _AFTER.get(after, label)
            if kind and kind not in found:
                found[kind] = _number(number)
            else:
                numbers.append(_number(number))
            label = ""
        elif label == "block" and len(word) == 1:
            found.setdefault("block", word)
            label = ""
        else:
            label = _BEFORE.get(word, "")
            if not label and word not in _EMPTY:
                words.append(_STREET.sub("", word))
    if "house" not in found:
        first = next((number for number in numbers if not _is_postcode(number)), None)
        if first is not None:
            numbers.remove(first)
            found["house"] = first
    parts = [found.pop(kind, "") for kind in ("alley", "lane", "house")]
    if house := "/".join(part for part in parts if part):
        found["house"] = house
    found.update({f"number {i}": n for i, n in enumerate(sorted(n for n in numbers if not _is_postcode(n)))})
    fixed = tuple(sorted((kind, value) for kind, value in found.items() if kind not in _OPTIONAL))
    return Address(fixed, tuple(sorted((k, v) for k, v in found.items() if k in _OPTIONAL)), tuple(words[:_MOST_WORDS]))


def same_address(one: Address, other: Address, times: Mapping[str, int]) -> bool:
    """Whether two addresses are one: nothing contradicts, and the words of one are those of the other, or some of them.

    Where there is no house number, all words must be there. At most two words may have a slip.
    """
    if one.fixed != other.fixed or contradict(one, other) or not (one.told and other.told):
        return False
    if one.words == other.words:
        return True
    if len(one.words) > len(other.words):
        one, other = other, one
    rest = Counter(other.words)
    left = []
    for word in one.words:
        if rest[word]:
            rest[word] -= 1
        else:
            left.append(word)
    spare = list(rest.elements())
    if not one.fixed and len(spare) != len(left):
        return False
    if len(left) <= 2 and all(any(slip(word, near, times) for near in spare) for word in left):
        return len(one.words) > len(left) or len(other.words) == 1 or (one._numbered and not one.words)
    return "".join(one.words) == "".join(other.words)


def contradict(one: Address, other: Address) -> bool:
    """Whether two addresses name different wards, districts, floors or cities."""
    if one.loose == other.loose:
        return False
    loose = dict(other.loose)
    return any(loose.get(kind, value) != value for kind, value in one.loose)


def _number(text: str) -> str:
    """12 A, 12-A and 012a are 12a; 12-34 is 12/34 (with spaces, a hyphen is a comma)."""
    parts = re.findall(r"\d+|[a-c]", text)
    joined = ""
    for part in parts:
        joined += part if part.isalpha() else f"/{part.lstrip('0') or '0'}"
    return joined[1:]


def _is_postcode(number: str) -> bool:
    return number.isdigit() and len(number) >= _POSTCODE
