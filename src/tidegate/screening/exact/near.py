"""Numbers that differ by one slip of a pen: what the slip was, and all numbers one slip away."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from tidegate.screening.exact.forms import Form

__all__ = ["DIFFERENCES", "ENTERPRISE", "SHORTEST", "difference", "joined", "neighbours", "slips"]

SHORTEST = 6  # characters of a number that near hits are offered for
# What a slip was -> in English and Vietnamese.
DIFFERENCES: dict[str, tuple[str, str]] = {
    "transposed": ("two neighbouring characters have changed places", "hai ký tự liền nhau bị đảo chỗ"),
    "one_character": ("one character differs", "khác một ký tự"),
    "look_alike": ("letters that look like digits (O and 0, I and 1)", "chữ giống số (O và 0, I và 1)"),
    "branch": ("another unit of the same enterprise", "đơn vị khác của cùng doanh nghiệp"),
}
_LOOKS = str.maketrans("OI", "01")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Of a Vietnamese tax code: the enterprise's own ten digits, before the three of a unit.
ENTERPRISE = 10


def slips(form: Form) -> list[str]:
    """The slips that are looked for in numbers of a type."""
    known = {"transposed": form.transposed, "one_character": form.one_character, "look_alike": form.look_alike}
    return [name for name, looked_for in known.items() if looked_for]


def difference(one: str, other: str) -> str:
    """Return the slip between two numbers in normal form, a key of DIFFERENCES; "" where it is none, or several."""
    if one == other or len(one) != len(other) or len(one) < SHORTEST:
        return ""
    if one.translate(_LOOKS) == other.translate(_LOOKS):
        return "look_alike"
    places = [place for place in range(len(one)) if one[place] != other[place]]
    if len(places) == 1:
        return "one_character"
    first, last = places[0], places[-1]
    swapped = last == first + 1 and one[first] == other[last] and one[last] == other[first]
    return "transposed" if swapped else ""


def neighbours(number: str, slip: str) -> Iterator[str]:
    """Yield all numbers that are one slip of a kind away (for "look_alike", what they have in common)."""
    if slip == "look_alike":
        yield number.translate(_LOOKS)
    elif slip == "transposed":
        for place in range(len(number) - 1):
            yield number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    else:
        for place in range(len(number)):
            for character in _ALPHABET:
                yield number[:place] + character + number[place + 1 :]


def joined(declared: pl.DataFrame, listed: pl.DataFrame, slip: str) -> Iterator[pl.DataFrame]:
    """Yield pairs of declared and listed numbers that one slip may lie between, place by place.

    Both have a column `value`; the pairs have the columns of both, those of `listed` with "_right".
    """
    value = pl.col("value")
    if slip == "look_alike":
        yield _pairs(declared, listed, value.str.replace_many(["O", "I"], ["0", "1"]), both=True)
        return
    longest = declared["value"].str.len_chars().max() or 0
    assert isinstance(longest, int)
    for place in range(longest):
        before, at, behind = value.str.slice(0, place), value.str.slice(place, 1), value.str.slice(place + 1)
        if slip == "one_character":
            yield _pairs(declared, listed, before + "?" + behind, both=True)
        else:
            swapped = before + behind.str.slice(0, 1) + at + behind.str.slice(1)
            yield _pairs(declared, listed, swapped, both=False)


def _pairs(declared: pl.DataFrame, listed: pl.DataFrame, slipped: pl.Expr, *, both: bool) -> pl.DataFrame:
    left = declared.with_columns(slipped.alias("slipped"))
    right = listed.with_columns((slipped if both else pl.col("value")).alias("slipped"))
    return left.join(right, on="slipped").filter(pl.col("value") != pl.col("value_right"))
