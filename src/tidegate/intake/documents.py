"""The XML documents of a file, one after the other, as bytes; what stands before a first element; the one parser.

The parser takes no DTD from outside, resolves no entity, knows no network and keeps to the limits of libxml2.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress

import numpy as np
from lxml import etree

from tidegate.intake.encoding import blocks
from tidegate.intake.files import Source

__all__ = ["STEP", "TAG", "Documents", "after_prolog", "parser", "root", "times"]

STEP = 1 << 14  # bytes that are taken up at once
_SHORT = 1 << 11  # bytes that are counted sooner than looked at as an array
TAG = re.compile(rb"<[^\s!?/<>\0]")

_MARK, _DOCUMENT = b"\xef\xbb\xbf", b"<?xml"
_DOCTYPE_NAME = re.compile(rb"<!DOCTYPE\s+(?:[\w.-]+:)?([\w.-]+)")


class Documents:
    """The bytes of a file: `data` is what is held of the present document, which begins on the line `line`."""

    def __init__(self, source: Source) -> None:
        self._blocks = blocks(source)
        self._block, self._at, self._stop = b"", 0, 0
        self._boundary, self._ended = True, False
        self._lines = 1
        self.data = bytearray()
        self.line, self.done = 1, 0

    def next_document(self) -> bool:
        """Go to the next XML declaration, at first to the beginning of the file; False at its end."""
        while self.more():
            self.data.clear()
        self.data.clear()
        self.line, there = self._lines, self._boundary
        self._look(4)
        return there

    def more(self) -> bool:
        """Hold some more bytes of the document; False if there are none."""
        while self._at == self._stop:
            if self._boundary or self._ended:
                return False
            block, self.done = next(self._blocks, (b"", self.done))
            self._block, self._at, self._ended = self._block[self._at :] + block, 0, not block
            self._look(0)
        piece = self._block[self._at : min(self._stop, self._at + STEP)]
        self._at += len(piece)
        self._lines += times(piece, b"\n")
        self.data += piece
        return True

    def _look(self, skipped: int) -> None:
        """Find where the document ends, past its own declaration. One may straddle blocks, so the last bytes wait."""
        block, at = self._block, self._at + skipped
        while (found := block.find(_DOCUMENT, at)) >= 0 and not block[found + 5 : found + 6].isspace():
            at = found + 5
        self._boundary = found >= 0
        if self._boundary:
            marked = found - len(_MARK) >= self._at and block.startswith(_MARK, found - len(_MARK))
            self._stop = found - len(_MARK) if marked else found
        else:
            self._stop = len(block) if self._ended else max(self._at, len(block) - len(_MARK + _DOCUMENT))


def root(head: bytes) -> str:
    """The first element's name in the first bytes of a file, as {namespace}name; "" where there is none to be seen.

    With a DOCTYPE it is the name that this gives, so that a format knows its own, and `messages` refuses it.
    """
    for mark, encoding in (
        (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
    ):  # fmt: skip
        if head.startswith(mark):
            head = head.decode(encoding, errors="replace").encode()
            break
    start = after_prolog(head)
    if named := _DOCTYPE_NAME.match(head, start):
        return named[1].decode(errors="replace")
    if not TAG.match(head, start):
        return ""
    reader = parser(("start",))
    with suppress(etree.XMLSyntaxError):
        # It does not begin with fewer than four bytes.
        reader.feed(head[start:] + b"\n\n\n")
    return next((str(element.tag) for _, element in reader.read_events()), "")


def parser(events: tuple[str, ...], tags: Collection[str] = (), encoding: str | None = None) -> etree.XMLPullParser:
    """A parser for bytes from strangers, fed by hand; a known `encoding` overrides what the document says of itself."""
    safe = {
        "tag": tuple(tags) or None,
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
        "huge_tree": False,
        "recover": False,
        "remove_comments": True,
        "remove_pis": True,
    }
    try:
        return etree.XMLPullParser(events, encoding=encoding, **safe)
    except LookupError:
        return etree.XMLPullParser(events, **safe)


def after_prolog(text: bytes | bytearray) -> int:
    """The place of the first thing that is no byte order mark, blank, processing instruction or comment."""
    at = 3 if text.startswith(_MARK) else 0
    while True:
        while text[at : at + 1].isspace():
            at += 1
        if text.startswith(b"<?", at):
            end = text.find(b"?>", at) + 2
        elif text.startswith(b"<!--", at):
            end = text.find(b"-->", at + 4) + 3
        else:
            return at
        if end < 4:
            return at
        at = end


def times(text: bytes, signs: bytes) -> int:
    """How often any of some one-byte signs stands in a text; in a long one several times as fast as bytes.count."""
    if len(text) < _SHORT:
        return sum(map(text.count, signs))
    characters = np.frombuffer(text, dtype=np.uint8)
    return sum(int(np.count_nonzero(characters == sign)) for sign in signs)
