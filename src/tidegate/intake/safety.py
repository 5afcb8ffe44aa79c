"""XML from strangers: one message after the other out of a file of any size, with limits, and without a DTD.

Every XML format reads through `messages`. A message that is not well-formed costs itself: the reading goes on at the
next start tag of a message, under the same ancestors, or at the next XML declaration. What libxml2 limits by itself
(depth 256, texts of 10 MB) stays so limited; a DOCTYPE is refused before the parser sees it. Every limit counts bytes
or signs that were read, so that a hostile file is given up after a part of it, however long it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from lxml import etree

from tidegate.intake.documents import STEP, TAG, Documents, after_prolog, root, times
from tidegate.intake.files import Source
from tidegate.intake.xml_run import DOCTYPE, LIMITS, PROLOG, Broken, Run

__all__ = ["FAULTS", "LARGEST", "MARKS", "Fault", "Found", "messages", "root"]

LARGEST = 1 << 26  # bytes of one message, or between two
MARKS = 1_500_000  # "<", "/>", "=" and "&" of one message: start and end tags, attributes, characters by name
UNMARKED = 10_000_000  # bytes without a ">": one text, tag or comment
FAR, FAR_MARKS = 1 << 24, 500_000  # bytes, and "<", in which the message after a broken one has to begin
FAULTS = 1_000  # broken or empty messages that follow one another
_FIRST = 1 << 12  # bytes that a parser is given at first, when the one before it has failed
# libxml2 counts the lines of elements up to 65,535; a parser that has seen this much gives way to a new one as soon as
# no message is open.
_LINES, _KEPT = 20_000, 1 << 22

_ENCODING = re.compile(rb"\s*<\?xml[^<>]*\sencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]*)")
_AFTER_ROOT = 5  # number of the error of libxml2 (xmlerror.h) about content after the root's end

_LONG_PROLOG = "its first element does not begin within 64 KiB"
_UNMARKED = "a text, tag or comment of it is longer than 10 MB"
_STOPPED = "the rest of the file is not read"


class Fault(NamedTuple):
    """What is wrong with a message, on which line; `reason` is `message`, or `unsafe` where a limit was passed."""

    what: str
    line: int
    reason: str = "message"


class Found(NamedTuple):
    """A message (or, where it is None, the fault instead), the line where it begins, and bytes of the file so far."""

    element: etree._Element | None
    line: int
    fault: Fault | None
    done: int

    def line_of(self, part: etree._Element) -> int:
        """The line of the file where a part of the message begins; past 65,535 lines in a message it stands still."""
        first = self.element.sourceline if self.element is not None else None
        return self.line + (part.sourceline or 0) - (first or 0)


def messages(source: Source, names: Collection[str]) -> Iterator[Found]:
    """Yield each outermost element whose local name is one of `names`, or what is wrong where one should be.

    The element is emptied when the next one is asked for: read it at once, and keep no reference to it. Comments and
    processing instructions are left out. A document without such an element is one fault. Past LARGEST, MARKS or
    FAULTS the rest of the file is not read, and the fault says so. Raises InputError as `encoding.blocks` does.
    """
    text, row = Documents(source), 0
    while text.next_document():
        for found in _Document(text, names, "utf-8" if source.encoding.startswith("utf-16") else None).messages():
            empty = found.element is not None and not len(found.element) and not found.element.text
            row = row + 1 if empty or found.fault is not None else 0
            if row == FAULTS:
                what = f"the last of {FAULTS} broken or empty messages in a row; {_STOPPED}"
                found = found._replace(element=None, fault=Fault(what, found.line, "unsafe"))
            yield found
            if found.fault is not None and found.fault.what.endswith(_STOPPED):
                return


class _Document:
    """Reads the messages of one document, with as many parsers as it takes."""

    def __init__(self, text: Documents, names: Collection[str], encoding: str | None) -> None:
        self.text, self.encoding = text, encoding
        self._lost = False  # looked so far for the next message that the rest of the file is given up
        self._tags, self._names = [f"{{*}}{name}" for name in names], " or ".join(names)
        either = "|".join(re.escape(name) for name in names)
        self._start = re.compile(rf"<!--|<!\[CDATA\[|<(?:[^\s<>/:&=\"']{{1,100}}:)?(?:{either})(?=[\s/>])".encode())

    def messages(self) -> Iterator[Found]:
        """Yield what the document holds; nothing if it is blank."""
        data, nothing = self.text.data, True
        if wrong := self._prolog():
            yield self._fault(wrong, self.text.line, unsafe=wrong in (DOCTYPE, _LONG_PROLOG))
        if wrong or not data.strip():
            return
        run = Run(self._tags, self.encoding, b"", 0, self.text.line)
        if self.encoding is None and (declared := _ENCODING.match(data)):
            # For the parsers after the first, which do not see the declaration.
            self.encoding = declared[1].decode()
        since, marks, unmarked, kept, lines, step = 0, 0, 0, _KEPT, _LINES, STEP
        while True:
            if run.fed == len(data):
                self.text.more()
            piece = bytes(data[run.fed : run.fed + step])
            step = min(2 * step, STEP)
            error = run.feed(piece)
            since, marks = since + len(piece), marks + times(piece, b"<=&") + piece.count(b"/>")
            unmarked = len(piece) - piece.rfind(b">") if b">" in piece else unmarked + len(piece)
            for element, line in run.complete():
                nothing, since, marks = False, 0, 0
                yield Found(element, line, None, self.text.done)
            if unmarked > UNMARKED:
                run.wrong, unmarked = _UNMARKED, 0
            if since > LARGEST or marks > MARKS:
                what = f"the message is larger than any real one; {_STOPPED}"
                yield self._fault(what, run.line + run.lines, unsafe=True)
                return
            broken = bool(run.wrong) or error is not None
            if not broken and not piece:
                if nothing:
                    yield self._fault(f"there is no {self._names} in it", self.text.line)
                return
            if not broken and (run.message is not None or (run.lines < lines and run.fed - run.at < kept)):
                continue
            where = self._next_start(run)
            if error is not None and where is not None and self._within(run, error, where):
                run.starts += 1
                where = self._next_start(run)
            if broken and not self._follows(run, error, where):
                nothing = False
                yield self._broken(run, error)
            if where is not None:
                run, kept, lines, step = self._resumed(run, where), _KEPT, _LINES, _FIRST
            elif broken:
                return
            else:
                # Nothing to go on with yet: twice as much before the next look, for nothing is to be seen many times.
                kept, lines, self._lost = 2 * kept, 2 * lines, False

    def _prolog(self) -> str:
        """Read on to the first start tag; say what is wrong if what stands before it is unsafe, or all there is."""
        data = self.text.data
        while True:
            start = after_prolog(data)
            if data.startswith(b"<!DOCTYPE", start):
                return DOCTYPE
            if TAG.match(data, start):
                return ""
            if len(data) > PROLOG:
                return _LONG_PROLOG
            if not self.text.more():
                return "it has no element" if data.strip() else ""

    def _next_start(self, run: Run) -> int | None:
        """The place of the first start tag of a message that a parser has not seen, outside comments and CDATA."""
        data = self.text.data
        at, unseen, until = run.at, max(run.starts, run.least), b""
        further, marks = len(data) - run.fed, 0
        while True:
            while True:
                if until:
                    end = data.find(until, at)
                    if end < 0:
                        at = max(at, len(data) - len(until))
                        break
                    at, until = end + len(until), b""
                found = self._start.search(data, at)
                if found is None:
                    at = max(at, len(data) - 256)
                    break
                at = found.end()
                if found[0] in (b"<!--", b"<![CDATA["):
                    until = b"-->" if found[0] == b"<!--" else b"]]>"
                elif not unseen:
                    return found.start()
                else:
                    unseen -= 1
            self._lost = further > FAR or marks > FAR_MARKS
            held = len(data)
            if self._lost or not self.text.more():
                return None
            further, marks = further + len(data) - held, marks + data.count(b"<", held)

    def _resumed(self, run: Run, where: int) -> Run:
        """A new parser at the start tag of a message, under the tags that the one before was under."""
        data = self.text.data
        line = run.line + data.count(b"\n", run.at, where)
        if where > _KEPT:
            del data[:where]
            where = 0
        resumed = Run(self._tags, self.encoding, run.around(), where, line)
        resumed.least = 1
        return resumed

    def _within(self, run: Run, error: Broken, where: int) -> bool:
        """Whether the error lies in the start tag at a place, or after: a parser would break on it again."""
        if run.message is not None or error.code == _AFTER_ROOT:
            return False
        before = self.text.data[run.at : where]
        column = len(before) - before.rfind(b"\n") + (0 if b"\n" in before else len(run.opening))
        return bool((before.count(b"\n") + 1, column) <= error.position)

    def _follows(self, run: Run, error: Broken | None, where: int | None) -> bool:
        """Whether the error is only that one root follows another: several messages in a file, one after the other."""
        if run.wrong or error is None or error.code != _AFTER_ROOT or where is None:
            return False
        return bytes(self.text.data[max(0, where - 64) : where]).rstrip().endswith(b">")

    def _broken(self, run: Run, error: Broken | None) -> Found:
        line = run.line + ((run.message.sourceline or 1) - 1 if run.message is not None else 0)
        if run.wrong or error is None:
            return self._fault(run.wrong, line, unsafe=run.wrong in (DOCTYPE, _UNMARKED))
        # The parser counts from where it began, and says so in its own words too.
        at = run.line + error.position[0] - 1
        what = re.sub(r",? (try|use) XML_PARSE_HUGE|\s*, line \d+, column \d+$", "", error.what)
        what = re.sub(r"\bline (\d+)", lambda number: f"line {run.line + int(number[1]) - 1}", what)
        unsafe = error.code in LIMITS
        return self._fault(
            f"{what[:1].lower()}{what[1:]} (line {at})", line if run.message is not None else at, unsafe=unsafe
        )

    def _fault(self, what: str, line: int, *, unsafe: bool = False) -> Found:
        what = f"{what}; {_STOPPED}" if self._lost else what
        return Found(None, line, Fault(what, line, "unsafe" if unsafe else "message"), self.text.done)
