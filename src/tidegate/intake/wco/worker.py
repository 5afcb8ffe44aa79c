"""The second process: it is given messages as bytes, and gives back what they say. See `sharing` for the other side.

A frame is a length of 4 bytes and then a value as Python marshals it: fast, and data only. Down come lists of jobs, up
goes first an empty frame ("ready"), then a frame of Plain for each list. The end of the input is the end.
"""

from __future__ import annotations

import marshal
import signal
import sys
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from lxml import etree

from tidegate.intake.wco.gathering import Gathered, Plain
from tidegate.intake.wco.rules import Row

__all__ = ["LENGTH", "LINED", "Job", "framed", "gathered", "main"]

LENGTH = 4  # bytes of a frame's length
# Elements whose lines are told: bytes that were written anew have other lines than the file.
LINED = ("{*}MetaData", "{*}Declaration", "{*}GovernmentAgencyGoodsItem")

# A message: its bytes, the lines of its LINED in their order, what is around it, what is odd there.
# Or what is wrong where one should be: line, what, reason.
Job = tuple[bytes, list[int], Row, list[str]] | tuple[int, str, str]

# What it reads was well-formed and within every limit when the first process wrote it: those of libxml2 would only
# count its escapes once more, and what is odd about namespaces was tolerated.
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=True, remove_comments=True
)


def gathered(jobs: list[Job], received: date) -> Plain:
    """What messages say that were put into bytes."""
    desk = Gathered(received)
    for job in jobs:
        if len(job) == 3:
            desk.fault(*job)
            continue
        data, lines, around, odd = job
        root = etree.fromstring(data, _PARSER)
        # The elements are held on to, so that each stays the key that it is.
        desk.message(root, dict(zip(root.iter(*LINED), lines, strict=True)).__getitem__, around, odd)
    return desk.plain()


def framed(value: list[Job] | Plain) -> bytes:
    """A value as it goes through the pipe."""
    data = marshal.dumps(value)
    return len(data).to_bytes(LENGTH, "big") + data


def main(received: str) -> None:
    """Answer frames on standard output as they come on standard input, until there are no more."""
    # Ctrl-C is for the first process, which ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    day, into = date.fromisoformat(received), sys.stdout.buffer
    _put(into, (0).to_bytes(LENGTH, "big"))
    for frame in _frames(sys.stdin.buffer):
        _put(into, framed(gathered(marshal.loads(frame), day)))


def _frames(come: BinaryIO) -> Iterator[bytes]:
    while len(length := come.read(LENGTH)) == LENGTH:
        size = int.from_bytes(length, "big")
        if len(frame := come.read(size)) < size:
            return  # the first process is gone
        yield frame


def _put(into: BinaryIO, frame: bytes) -> None:
    into.write(frame)
    into.flush()
