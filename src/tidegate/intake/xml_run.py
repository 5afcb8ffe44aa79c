"""One parser over a part of an XML document: what messages it completed, what is wrong, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from lxml import etree

from tidegate.intake.documents import parser, times

__all__ = ["DOCTYPE", "LIMITS", "PROLOG", "Broken", "Run"]

PROLOG = 1 << 16  # bytes before the first start tag, and of the start tags around a message
# Errors of libxml2 by number (xmlerror.h) that are about entities and limits.
LIMITS = {26, 27, 28, 29, 89, 110, 114}
DOCTYPE = "it has a DOCTYPE, which can name entities and other files: no message needs one"


class Broken(NamedTuple):
    """An error of libxml2: its number and text, and (line, column) from where the parser began."""

    code: int
    what: str
    position: tuple[int, int]


class Run:
    """One parser, from the place `at` of the data on, which is on the line `line`."""

    def __init__(self, tags: list[str], encoding: str | None, opening: bytes, at: int, line: int) -> None:
        self.parser = parser(("start", "end"), tags, encoding)
        self.at = self.fed = at
        self.line, self.lines = line, 0
        self.starts = 0  # start tags of messages that the parser has seen
        self.least = 0  # those that it begins with, seen or not
        self.message: etree._Element | None = None  # the one that is open
        self.latest: etree._Element | None = None
        self.wrong = ""
        self.opening = opening if len(opening) <= PROLOG else b""
        if self.opening:
            self.parser.feed(self.opening)

    def feed(self, piece: bytes) -> Broken | None:
        """Give the parser more; nothing means the end of the document. Return what is wrong, if anything is."""
        self.fed += len(piece)
        self.lines += times(piece, b"\n")
        try:
            if piece:
                self.parser.feed(piece)
            else:
                self.parser.close()
        except etree.XMLSyntaxError as error:
            return self._undeclared() or Broken(error.code, error.msg or "", error.position)
        return self._undeclared()

    def _undeclared(self) -> Broken | None:
        """An entity that nobody declared: the parser stops there, says nothing, and would begin anew if fed."""
        last = self.parser.feed_error_log.last_error
        return Broken(last.type, last.message, (last.line, last.column)) if last and last.type in LIMITS else None

    def complete(self) -> Iterator[tuple[etree._Element, int]]:
        """Yield the messages that are complete, each with its line; memory is freed behind them."""
        for event, element in self.parser.read_events():
            if event == "start":
                if self.message is None:
                    if self.latest is None and element.getroottree().docinfo.internalDTD is not None:
                        self.wrong = DOCTYPE
                        return
                    self.message = self.latest = element
                elif element.tag == self.message.tag:
                    self.wrong = f"{str(element.tag).rpartition('}')[2][:100]} is not closed before the next one begins"
                    return
                self.starts += 1
            elif element is self.message and element is not None:
                self.message = None
                yield element, self.line + (element.sourceline or 1) - 1
                element.clear(keep_tail=True)
                for node in (element, *element.iterancestors()):
                    while (before := node.getprevious()) is not None and (parent := node.getparent()) is not None:
                        parent.remove(before)

    def around(self) -> bytes:
        """The start tags around the latest message."""
        if self.latest is None:
            return self.opening
        innermost = None
        for node in [*self.latest.iterancestors()][::-1]:
            attributes = {str(name): str(value) for name, value in node.attrib.items()}
            # libxml2 reads names that nobody may write, such as ":MetaData": what follows does without them.
            with suppress(ValueError):
                if innermost is None:
                    innermost = etree.Element(node.tag, attributes, nsmap=node.nsmap)
                else:
                    innermost = etree.SubElement(innermost, node.tag, attributes, nsmap=node.nsmap)
        if innermost is None:
            return b""
        innermost.append(etree.Comment(""))
        text = bytes(etree.tostring(innermost.getroottree()))
        return text[: text.index(b"<!---->")]
