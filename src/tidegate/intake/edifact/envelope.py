"""Envelopes: segments become messages; every reference and count of UNB/UNZ, UNG/UNE and UNH/UNT is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO

from tidegate.intake.edifact.moments import of_envelope
from tidegate.intake.edifact.syntax import CHARSETS, Fault, Halt, Scanner, Segment, Signs, decoded

__all__ = ["LARGEST", "MOST", "Interchange", "Message", "Refusal", "walk"]

LARGEST = 1 << 26  # bytes of one message, or of an interchange that was refused; a plan of 24,000 boxes has 5 million
FAULTS = 10_000  # refusals one after the other, without a whole message
MOST = 500_000  # segments of the same: that plan has 170,000
_STRAY = 1 << 18  # bytes that belong to nothing
_SERVICE = frozenset({b"UNA", b"UNB", b"UNG", b"UNH", b"UNT", b"UNE", b"UNZ"})


@dataclass(slots=True)
class Interchange:
    """What UNB says, and how many messages and groups came. `sent_at` is None where it is no date."""

    reference: str = ""
    charset: str = "ascii"
    syntax: tuple[str, str] = ("UNOA", "1")
    sender: list[str] = field(default_factory=list)
    recipient: list[str] = field(default_factory=list)
    sent_at: datetime | None = None
    signs: Signs = field(default_factory=Signs)
    messages: int = 0
    groups: int = 0
    grouped: int = 0  # messages of the group that is open


@dataclass(slots=True)
class Message:
    """A message whose envelope is whole. `first` is the number of its UNH; `raws` are its segments as they stand."""

    interchange: Interchange
    reference: str
    kind: str
    version: str
    identifier: list[str]  # S009, as it was sent
    first: int
    raws: list[bytes]

    @property
    def name(self) -> str:
        """The sender's reference: of the interchange, and of the message within it."""
        return f"{self.interchange.reference}/{self.reference}"

    def segments(self) -> Iterator[Segment | Fault]:
        """The segments in order, UNH and UNT included; a Fault in place of one that cannot be taken apart."""
        signs, charset = self.interchange.signs, self.interchange.charset
        for number, raw in enumerate(self.raws, self.first):
            yield decoded(raw, number, signs, charset)


@dataclass(slots=True)
class Refusal:
    """What is wrong with a message (`reference`, `identifier`, and `first`, the number of its UNH) or, without a
    message, with the interchange. `interchange` is None before any UNB."""

    fault: Fault
    interchange: Interchange | None = None
    reference: str = ""
    identifier: list[str] = field(default_factory=list)
    first: int = 0

    def told(self) -> str:
        """One sentence: where, and what."""
        of_message = f"message {self.reference[:35]}, " if self.reference else ""
        of_part = f", element {self.fault.element}" if self.fault.element else ""
        of_part += f", component {self.fault.component}" if self.fault.component else ""
        of_whole = f" of interchange {self.interchange.reference[:14]}" if self.interchange else ""
        return f"{of_message}segment {self.fault.segment}{of_whole}{of_part}: {self.fault.what}."[:200]


def walk(file: BinaryIO) -> Iterator[tuple[Interchange | Message | Refusal, int]]:
    """Yield (what came, bytes read so far): each Interchange when it begins, each whole Message, each Refusal.

    A message with a fault costs itself. After a segment without an end, LARGEST bytes or MOST segments without an end
    of a message, or FAULTS refusals in a row no more is read: nothing that follows could be trusted.
    """
    scanner = Scanner(file)
    walker = _Walker()
    refused = 0
    for raw in scanner:
        walker.number += 1
        if isinstance(raw, Halt):
            walker.tag = ""
            yield walker.refusal(*raw), scanner.done
            return
        if not walker.holds(raw):
            for came in walker.take(raw, scanner.signs):
                refused = refused + 1 if isinstance(came, Refusal) else 0 if isinstance(came, Message) else refused
                yield came, scanner.done
            if refused >= FAULTS:
                what = f"the last of {refused:,} refusals without a message between; the rest is not read"
                yield walker.refusal("18", what, "unsafe"), scanner.done
                return
        if walker.endless():
            limit = f"{LARGEST:,} bytes and {MOST:,} segments" if walker.framed else f"{_STRAY:,} bytes"
            yield walker.refusal("18", f"no end within {limit}; the rest is not read", "unsafe"), scanner.done
            return
    if walker.interchange is not None:
        missing = "UNT and UNZ" if walker.raws or walker.broken else "UNZ"
        walker.tag = missing[:3]
        yield walker.refusal("13", f"the file ends after it without {missing}"), scanner.done
    elif not walker.some:
        walker.number = 1
        yield walker.refusal("13", "there is no UNB"), scanner.done


class _Walker:
    """Where in which interchange and message the reading stands."""

    def __init__(self) -> None:
        self.number = 0
        self.tag = ""  # of the segment that is being read, where it is one of the frame
        self.some = False  # whether the file held anything
        self.bytes = self.segments = 0  # since the last begin or end of a message
        self.framed = False  # whether they come behind a UNB, be it a refused one
        self.interchange: Interchange | None = None
        self.raws: list[bytes] = []
        self.first = 0
        self.header: Segment | None = None
        self.group = ""
        self.broken = False  # what follows belongs to a message that was refused already
        self.stray = False  # what follows is outside of everything, and was refused already

    def holds(self, raw: bytes) -> bool:
        """Put a segment to the message that is open; False if it is of the frame, or of no message."""
        if self.header is None or self.broken or raw[:3] in _SERVICE:
            return False
        self.raws.append(raw)
        self.bytes += len(raw) + 1
        self.segments += 1
        return True

    def endless(self) -> bool:
        """Whether so much came without an end that no more is to be read."""
        if not self.framed:
            return self.bytes > _STRAY
        return self.bytes > LARGEST or self.segments > MOST

    def refusal(self, code: str, what: str, reason: str = "message", element: int = 0, component: int = 0) -> Refusal:
        """A refusal at the segment that is being read."""
        fault = Fault(code, self.number, what, element, component, self.tag, reason)
        if self.header is None or self.broken:
            return Refusal(fault, self.interchange)
        return Refusal(fault, self.interchange, self.header.part(1), self.header.elements[2][:5], self.first)

    def take(self, raw: bytes, signs: Signs) -> Iterator[Interchange | Message | Refusal]:
        self.bytes += len(raw) + 1
        self.segments += 1
        self.some = True
        tag = raw[:3]
        self.tag = tag.decode() if tag in _SERVICE else ""
        if tag not in _SERVICE or tag == b"UNA":
            if not self.broken and not self.stray:
                # One row for all that follows; it ends at the next service segment.
                self.stray = True
                what = "outside of a message" if self.interchange else "outside of an interchange: UNB is expected"
                shown = raw[:20].decode("ascii", "replace")
                yield self.refusal("33", f"{shown!r} stands {what}")
            return
        self.bytes, self.segments, self.framed = len(raw), 0, tag != b"UNZ" and (self.framed or tag == b"UNB")
        refused_before, self.stray = self.stray and self.interchange is None, False
        if tag == b"UNB":
            yield from self._begin(raw, signs)
            self.stray = self.interchange is None
            return
        if self.interchange is None:
            # An interchange whose UNB was refused is one row, whatever else it holds.
            self.stray = tag != b"UNZ"
            if refused_before:
                self.number = 0 if tag == b"UNZ" else self.number
                return
            yield self.refusal("33", f"{tag.decode()} stands outside of an interchange: UNB is expected")
            return
        segment = decoded(raw, self.number, self.interchange.signs, self.interchange.charset)
        if isinstance(segment, Fault):
            yield self.refusal(segment.code, segment.what)
            self.broken = self.broken or self.header is not None
        elif tag == b"UNH":
            yield from self._head(segment, raw)
        elif tag == b"UNT":
            yield from self._tail(segment, raw)
        elif tag == b"UNZ":
            yield from self._end(segment)
        else:
            yield from self._group(segment)

    def _begin(self, raw: bytes, signs: Signs) -> Iterator[Interchange | Refusal]:
        """UNB: 1 syntax identifier and version, 2 sender, 3 recipient, 4 date and time, 5 control reference."""
        if self.interchange is not None:
            yield self.refusal("13", "a new UNB comes before the UNZ")
        self.number, self.header, self.broken, self.raws = 1, None, False, []
        self.interchange, self.group = None, ""
        name = raw[4:8].decode("ascii", "replace")
        segment = decoded(raw, 1, signs, CHARSETS.get(name, "iso8859-1"))
        if isinstance(segment, Fault):
            yield self.refusal(segment.code, segment.what)
            return
        version = segment.part(1, 2)
        signs = replace(signs, repetition=(signs.repetition or "*") if version == "4" else "")
        segment_of = [segment.elements[i] if i < len(segment.elements) else [""] for i in range(6)]
        made = Interchange(segment.part(5), CHARSETS.get(name, ""), (name, version), segment_of[2], segment_of[3])
        made.sent_at, made.signs = of_envelope(segment.part(4), segment.part(4, 2)), signs
        for element, what in ((2, "sender"), (3, "recipient"), (5, "control reference")):
            if not segment.part(element):
                yield self.refusal("13", f"UNB names no {what}", element=element)
                return
        if not made.charset:
            yield self.refusal("2", f"the character set {name!r} is not one that is read", element=1, component=1)
            return
        if version not in ("1", "2", "3", "4"):
            yield self.refusal("2", f"the syntax version {version[:5]!r} is not 1 to 4", element=1, component=2)
            return
        self.interchange = made
        yield made

    def _head(self, segment: Segment, raw: bytes) -> Iterator[Refusal]:
        """UNH: 1 message reference, 2 type, version, release, agency, association's code."""
        if self.header is not None and not self.broken:
            yield self.refusal("13", "a new UNH comes before the UNT")
        assert self.interchange is not None
        self.interchange.messages += 1
        self.interchange.grouped += 1
        self.first, self.raws, self.broken = self.number, [raw], False
        whole = bool(segment.part(1) and segment.part(2))
        self.header = segment if len(segment.elements) > 2 else segment._replace(elements=[["UNH"], [""], [""]])
        if not whole:
            yield self.refusal("13", "UNH names no reference or no message type", element=1 if segment.part(2) else 2)
            self.broken = True

    def _tail(self, segment: Segment, raw: bytes) -> Iterator[Message | Refusal]:
        """UNT: 1 number of segments, UNH and UNT included, 2 the reference of UNH."""
        if self.header is None:
            yield self.refusal("33", "UNT stands without a UNH")
            return
        self.raws.append(raw)
        count = self.number - self.first + 1
        if not self.broken:
            if segment.part(2) != self.header.part(1):
                what = f"UNT has reference {segment.part(2)[:14]!r}, UNH {self.header.part(1)[:14]!r}"
                yield self.refusal("28", what, element=2)
            elif segment.part(1).lstrip("0") != str(count):
                yield self.refusal("29", f"UNT counts {segment.part(1)[:10]!r} segments, there are {count}", element=1)
            else:
                assert self.interchange is not None
                kind, version, release = (self.header.part(2, i) for i in (1, 2, 3))
                yield Message(
                    self.interchange,
                    self.header.part(1),
                    kind.upper(),
                    f"{version}.{release}" if release else version,
                    self.header.elements[2][:5],
                    self.first,
                    self.raws,
                )
        self.header, self.raws, self.broken = None, [], False

    def _group(self, segment: Segment) -> Iterator[Refusal]:
        """UNG: 5 group reference. UNE: 1 number of messages, 2 group reference."""
        assert self.interchange is not None
        if self.header is not None and not self.broken:
            yield self.refusal("13", f"{segment.tag} comes before the UNT")
        self.header, self.raws, self.broken = None, [], False
        if segment.tag == "UNG":
            self.interchange.groups += 1
            self.interchange.grouped, self.group = 0, segment.part(5)
        elif segment.part(2) != self.group:
            yield self.refusal("28", f"UNE has reference {segment.part(2)[:14]!r}, UNG {self.group[:14]!r}", element=2)
        elif segment.part(1).lstrip("0") != (str(self.interchange.grouped).lstrip("0")):
            what = f"UNE counts {segment.part(1)[:10]!r} messages, there are {self.interchange.grouped}"
            yield self.refusal("29", what, element=1)

    def _end(self, segment: Segment) -> Iterator[Refusal]:
        """UNZ: 1 number of messages (of groups, where there are groups), 2 the reference of UNB."""
        assert self.interchange is not None
        if self.header is not None and not self.broken:
            yield self.refusal("13", "UNZ comes before the UNT")
        self.header, self.raws, self.broken = None, [], False
        count, what = self.interchange.messages, "messages"
        if self.interchange.groups:
            count, what = self.interchange.groups, "groups"
        if segment.part(2) != self.interchange.reference:
            names = f"UNZ has reference {segment.part(2)[:14]!r}, UNB {self.interchange.reference[:14]!r}"
            yield self.refusal("28", names, element=2)
        elif segment.part(1).lstrip("0") != str(count).lstrip("0"):
            yield self.refusal("29", f"UNZ counts {segment.part(1)[:10]!r} {what}, there are {count}", element=1)
        elif not count:
            yield self.refusal("32", "the interchange holds no message")
        self.interchange, self.number = None, 0
