"""UN/EDIFACT syntax (ISO 9735): bytes become segments, one after the other, each with its number; and back.

This is a tokenizer of our own: docs/decisions/0005-edifact-syntax.md says why pydifact cannot stand here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

__all__ = ["CHARSETS", "LONGEST", "Fault", "Halt", "Scanner", "Segment", "Signs", "decoded", "latin", "text_of"]

LONGEST = 1 << 18  # bytes of one segment; real ones have up to 2,600, the longest text that intake takes up to 200,000
_BLOCK = 1 << 18  # bytes of a file that are read at once
_PEEK = 1 << 10  # bytes in which an interchange has to begin, line ends before it included
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAG = re.compile(r"[A-Z][A-Z0-9]{2}")
# Letters in these segments are words for people; a lost character elsewhere makes another code of a code.
_FREE_TEXT = frozenset({"FTX", "NAD", "CTA", "COM", "PCI", "IMD"})

# Data element 0001: the syntax identifier says which characters are meant. UNOX (ISO 2022 escapes) is not read.
CHARSETS: dict[str, str] = {
    "UNOA": "ascii", "UNOB": "ascii", "UNOC": "iso8859-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5",
    "UNOF": "iso8859-7", "UNOG": "iso8859-3", "UNOH": "iso8859-4", "UNOI": "iso8859-6", "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9", "UNOW": "utf-8", "UNOY": "utf-8",
}  # fmt: skip


class Fault(NamedTuple):
    """What is wrong: a code of data element 0085, the segment (1 = UNB) with element and component where known."""

    code: str
    segment: int
    what: str
    element: int = 0
    component: int = 0
    tag: str = ""
    reason: str = "message"  # or unsafe, where a limit was passed, or a closer one of tidegate.intake.reasons


class Segment(NamedTuple):
    """`elements[e][c - 1]` is component c of data element e, both counted from 1; `elements[0]` holds the tag.

    `repeated`: an element was repeated (syntax version 4); only its first occurrence is in `elements`.
    """

    number: int
    tag: str
    elements: list[list[str]]
    repeated: bool = False

    def part(self, element: int, component: int = 1) -> str:
        """A component without spaces around it, "" where there is none."""
        if element < len(self.elements) and component <= len(self.elements[element]):
            return self.elements[element][component - 1].strip()
        return ""


@dataclass(frozen=True, slots=True)
class Signs:
    """The service characters; "" where there is none. Repetition is only known from syntax version 4 on."""

    component: str = ":"
    data: str = "+"
    decimal: str = "."
    release: str = "?"
    repetition: str = ""
    terminator: str = "'"

    @classmethod
    def advised(cls, una: bytes) -> Signs | None:
        """The signs that the six bytes after UNA name; None if they cannot be service characters."""
        if len(una) != 6 or any(byte > 126 for byte in una):
            return None
        component, data, decimal, release, repetition, terminator = tuple(una.decode("ascii"))
        signs = cls(component, data, decimal, release.strip(" "), repetition.strip(" "), terminator)
        used = [sign for sign in (component, data, signs.release, signs.repetition, terminator) if sign]
        if len(set(used)) < len(used) or any(sign.isalnum() or sign == " " for sign in used):
            return None
        return signs


# Syntax level B of the first versions had separators that no text can hold: ISO 646 IS1, IS3 and IS4.
_LEVEL_B = Signs("\x1f", "\x1d", ".", "", "", "\x1c")


class Halt(NamedTuple):
    """Why no more is read: a code of data element 0085, what is wrong, and the reason as in Fault."""

    code: str
    what: str
    reason: str = "message"


class Scanner:
    """The segments of a file, each as it stands there, without its terminator and line ends.

    `signs` are those of the interchange that is being read; `done` the bytes read so far.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.signs = Signs()
        self.done = 0
        self._file = file
        self._data = b""
        self._at = 0
        self._sign, self._release = b"'", b"?"

    def __iter__(self) -> Iterator[bytes | Halt]:
        if not self._advice():
            yield Halt("20", "the six signs after UNA cannot be service characters")
            return
        while True:
            end = self._data.find(self._sign, self._at, self._at + LONGEST + 1)
            if end < 0 or self._data[end - 1 : end] == self._release:
                end = self._end()
            if end < 0:
                rest = self._data[self._at :].strip()
                if len(self._data) - self._at > LONGEST:
                    yield Halt("18", f"no end of the segment within {LONGEST:,} bytes", "unsafe")
                elif rest:
                    yield Halt("13", "the file ends inside the segment")
                return
            raw = self._data[self._at : end]
            self._at = end + 1
            if b"\n" in raw or b"\r" in raw:
                # Line ends stand between segments, and where a system wrapped its lines: they are no data.
                raw = raw.replace(b"\r", b"").replace(b"\n", b"")
            raw = raw.lstrip(b" \t")
            yield raw
            if raw.startswith(b"UNZ") and not self._advice():
                yield Halt("20", "the six signs after UNA cannot be service characters")
                return

    def _advice(self) -> bool:
        """Read UNA, or the separators that UNB itself shows, where an interchange may begin."""
        while len(self._data) - self._at < _PEEK and self._more():
            pass
        rest = self._data[self._at : self._at + _PEEK].removeprefix(b"\xef\xbb\xbf").lstrip()
        if rest.startswith(b"UNA"):
            if len(rest) < 9:
                return True  # cut off: the scan finds no end of it
            signs = Signs.advised(rest[3:9])
            if signs is None:
                return False
            self.signs = signs
            self._at = self._data.index(b"UNA", self._at) + 9
        elif rest.startswith(b"UNB"):
            self.signs = _LEVEL_B if rest[3:4] == b"\x1d" else Signs()
            self._at = self._data.index(b"UNB", self._at)
        self._sign, self._release = self.signs.terminator.encode(), self.signs.release.encode()
        return True

    def _end(self) -> int:
        """Where the terminator of the next segment stands, -1 if there is none within reach."""
        sign, release = self._sign, self._release
        start = self._at
        while True:
            end = self._data.find(sign, start, self._at + LONGEST + 1)
            if end < 0:
                if len(self._data) - self._at > LONGEST or not self._more():
                    return -1
                start = self._at
                continue
            back = end
            while release and back > self._at and self._data[back - 1 : back] == release:
                back -= 1
            if (end - back) % 2 == 0:
                return end
            start = end + 1

    def _more(self) -> bool:
        block = self._file.read(_BLOCK)
        self._data, self._at = self._data[self._at :] + block, 0
        self.done += len(block)
        return bool(block)


def decoded(raw: bytes, number: int, signs: Signs, charset: str) -> Segment | Fault:
    """Take one segment apart; a Fault where it is none, or holds bytes that its charset does not have.

    In free text such a byte becomes the sign for a lost character instead, which intake flags.
    """
    if _CONTROL.search(raw) and signs.data >= " ":
        return Fault("21", number, "a control character", tag=raw[:3].decode("ascii", "replace"))
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError:
        text = raw.decode(charset, "replace")
        if text[:3] not in _FREE_TEXT:
            return Fault("21", number, f"a byte that is not {charset}", tag=text[:3])
    segment = _apart(text, number, signs)
    if not _TAG.fullmatch(segment.tag):
        return Fault("12", number, f"{segment.tag[:10]!r} is no segment tag")
    return segment


def _apart(text: str, number: int, signs: Signs) -> Segment:
    release, repeated = signs.release, False
    if not signs.repetition and (not release or release not in text):
        elements = [element.split(signs.component) for element in text.split(signs.data)]
        return Segment(number, elements[0][0], elements)
    elements = []
    for element in _cut(text, signs.data, release):
        if signs.repetition and signs.repetition in element:
            first, *more = _cut(element, signs.repetition, release)
            element, repeated = first, repeated or bool(more)
        parts = _cut(element, signs.component, release)
        elements.append([_plain(part, release) for part in parts])
    return Segment(number, elements[0][0], elements, repeated)


def _cut(text: str, sign: str, release: str) -> list[str]:
    """Split at a sign, but not where it is released; the release characters stay."""
    pieces = text.split(sign)
    if not release or release not in text:
        return pieces
    cut: list[str] = []
    waiting: list[str] = []
    for piece in pieces:
        waiting.append(piece)
        if (len(piece) - len(piece.rstrip(release))) % 2 == 0:
            cut.append(sign.join(waiting))
            waiting = []
    return cut + ([sign.join(waiting)] if waiting else [])


def _plain(part: str, release: str) -> str:
    """A component without its release characters."""
    if not release or release not in part:
        return part
    return release.join(piece.replace(release, "") for piece in part.split(release * 2))


def text_of(elements: Sequence[Sequence[str]], signs: Signs) -> str:
    """One segment as text with its terminator: signs released, nothing empty at any end, line ends made spaces."""
    special = [sign for sign in (signs.component, signs.data, signs.repetition, signs.terminator) if sign]

    def released(part: str) -> str:
        part = re.sub(r"[\x00-\x1f\x7f]", " ", part).replace(signs.release, signs.release * 2)
        for sign in special:
            part = part.replace(sign, signs.release + sign)
        return part

    written = [signs.component.join(released(part) for part in _ended(parts)) for parts in elements]
    return signs.data.join(_ended(written)) + signs.terminator


def _ended(parts: Sequence[str]) -> Sequence[str]:
    """What is left without the empty ones at the end."""
    count = len(parts)
    while count > 1 and not parts[count - 1]:
        count -= 1
    return parts[:count]


def latin(text: str) -> bool:
    """Whether a text can be written as UNOC (ISO 8859-1); otherwise it takes UNOW (UTF-8)."""
    try:
        text.encode("iso8859-1")
    except UnicodeEncodeError:
        return False
    return True
