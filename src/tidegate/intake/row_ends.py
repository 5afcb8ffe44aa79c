"""Where rows end: line ends inside quotes are no ends, and a text without ends, or with little else, is no table.

What is counted is bytes, so that a hostile file is refused after one block of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import InputError
from tidegate.intake.files import Source

__all__ = ["BARREN", "LONGEST", "barren", "check", "first_end", "hollow", "place", "places", "unquoted", "windows"]

LONGEST = 1 << 23  # bytes of one row
BARREN = 100_000  # rows one after the other that are none
_SOME = 1 << 20  # bytes of text that are too few to tell
_SHORTEST = 4  # bytes that rows have on average, at the least: a date alone has eight
_QUOTE, _NEWLINE = ord('"'), ord("\n")
_WINDOW = 1 << 20  # bytes that are compared at once


def check(source: Source, text: bytes, row: int, hint: str) -> int:
    """Return how many line ends a text has. Raises InputError if LONGEST bytes follow the last, or all rows are empty.

    `row` is the line on which the text begins; `hint` says what may be wrong with one that does not end.
    """
    last = text.rfind(b"\n") + 1
    if len(text) - last > LONGEST:
        what = f"a row has no end within {LONGEST >> 20} MiB."
        raise InputError(what, where=f"{source.path}, {place(text[last : last + 40])}", hint=hint)
    ends = _count(text)
    if _hollow(text, ends):
        what = "a million characters and more are hardly anything but line ends: this is no table."
        raise InputError(what, where=f"{source.path}, from line {row:,} on", hint="Export the file again.")
    return ends


def hollow(text: bytes) -> bool:
    """Whether a text, if it is not short, is line ends and little else."""
    return _hollow(text, _count(text))


def _hollow(text: bytes, ends: int) -> bool:
    return len(text) >= _SOME and ends * _SHORTEST > len(text)


def _count(text: bytes) -> int:
    return sum(int(np.count_nonzero(part == _NEWLINE)) for _, part in windows(text))


def barren(source: Source, row: int, what: str) -> InputError:
    """The error for BARREN rows one after the other that are none, after the last of them; `what` they are not."""
    return InputError(
        f"{BARREN:,} rows one after the other are not {what}: the file is not read on.",
        where=f"{source.path}, about row {row:,}",
        hint="Look at the delimiter and the quotes there, or whether two files were put into one.",
    )


def place(row: bytes) -> str:
    """Where a row is that has no number."""
    return f"the row that begins with {row[:40].decode(errors='replace')!r}"


def first_end(text: bytes, inside: bool) -> int:
    """The place of the first line end that is not quoted, -1 if there is none; `inside`: the text begins quoted."""
    end = text.find(b"\n")
    if end < 0 or (text.count(b'"', 0, end) + inside) % 2 == 0:
        return end
    ends = unquoted(places(text, _NEWLINE), places(text, _QUOTE), inside)
    return int(ends[0]) if len(ends) else -1


def unquoted(ends: NDArray[np.int64], quotes: NDArray[np.int64], inside: bool = False) -> NDArray[np.int64]:
    """The line ends that are not between an opening and a closing quote; `inside`: the text begins quoted."""
    return ends[np.searchsorted(quotes, ends) % 2 == inside] if len(quotes) or inside else ends


def places(text: bytes, byte: int) -> NDArray[np.int64]:
    """Where a byte stands in a text."""
    if bytes((byte,)) not in text:
        return np.empty(0, dtype=np.int64)
    return np.concatenate([np.flatnonzero(part == byte) + begin for begin, part in windows(text)])


def windows(text: bytes, more: int = 0) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield (where it begins, the bytes of a part of the text), each with so many `more` of the next one.

    Arrays of a whole block would be fresh memory each, which takes longer than what is done with them.
    """
    characters = np.frombuffer(text, dtype=np.uint8)
    for begin in range(0, len(characters), _WINDOW):
        yield begin, characters[begin : begin + _WINDOW + more]
