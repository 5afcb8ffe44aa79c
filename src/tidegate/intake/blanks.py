"""Blanks at the edges of fields: whether a block of delimited text has any, told by its bytes before it is parsed."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from tidegate.intake.row_ends import windows

__all__ = ["trimmed"]

# What counts as a blank at the edge of a text: in ASCII, and beyond it by the byte in UTF-8 that is rarest elsewhere,
# which is looked for first: an expression for all of them at once takes a hundred times as long.
_BLANKS = b" \t\v\f\r"
_WIDE_BLANKS = (
    (b"\xc2", re.compile(rb"\xc2[\x85\xa0]")),
    (b"\x9a", re.compile(rb"\xe1\x9a\x80")),
    (b"\xe2", re.compile(rb"\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f")),
    (b"\xe3", re.compile(rb"\xe3\x80\x80")),
)
_NEWLINE = ord("\n")


def trimmed(
    text: bytes, delimiter: str, starts: NDArray[np.int64], ends: NDArray[np.int64], quotes: NDArray[np.int64]
) -> bool:
    """Whether no field begins or ends with a blank; at worst it says no, and texts are stripped for nothing.

    `starts`, `ends` (of the line end) and `quotes` are places in the text.
    """
    if any(rare in text and blank.search(text) for rare, blank in _WIDE_BLANKS):
        return False
    characters = np.frombuffer(text, dtype=np.uint8)
    blanks = [byte for byte in _BLANKS if byte in text and byte != ord(delimiter)]
    if _any(characters[starts], blanks) or _any(characters[ends - 1], blanks):
        return False
    inside = characters[np.concatenate((quotes[::2] + 1, quotes[1::2] - 1))]
    # Between quotes, a delimiter is a letter, and a tab a blank again.
    if _any(inside, [*_BLANKS, _NEWLINE]):
        return False
    for begin, part in windows(text, more=1):
        delimiting, blank = part == ord(delimiter), np.zeros(len(part), dtype=np.bool_)
        for byte in blanks:
            blank |= part == byte
        beside = np.flatnonzero((blank[1:] & delimiting[:-1]) | (blank[:-1] & delimiting[1:])) + begin
        if len(beside) and not (np.searchsorted(quotes, beside) % 2).all():
            return False
    return True


def _any(characters: NDArray[np.uint8], of: list[int]) -> bool:
    return any((characters == byte).any() for byte in of)
