"""Blanks at the edges of fields: whether a block of delimited text has any, told by its bytes before it is parsed."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

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
    chunk: bytes,
    characters: NDArray[np.uint8],
    delimiting: NDArray[np.bool_],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    quotes: NDArray[np.int64],
) -> bool:
    """Whether no field begins or ends with a blank; at worst it says no, and texts are stripped for nothing.

    `delimiting` says of each of the `characters` whether it is the delimiter; `starts`, `ends` (of the line end) and
    `quotes` are places in the chunk.
    """
    if any(rare in chunk and blank.search(chunk) for rare, blank in _WIDE_BLANKS):
        return False
    delimiter = characters[delimiting.argmax()] if len(chunk) else 0
    blank = characters == _BLANKS[0]
    for byte in _BLANKS[1:]:
        if byte in chunk and byte != delimiter:
            blank |= characters == byte
    if blank[starts].any() or blank[ends - 1].any():
        return False
    inside = characters[np.concatenate((quotes[::2] + 1, quotes[1::2] - 1))]
    # Between quotes, a delimiter is a letter, and a tab a blank again.
    if np.isin(inside, [*_BLANKS, _NEWLINE]).any():
        return False
    beside = np.flatnonzero((blank[1:] & delimiting[:-1]) | (blank[:-1] & delimiting[1:]))
    return not len(beside) or (len(quotes) > 0 and bool((np.searchsorted(quotes, beside) % 2).all()))
