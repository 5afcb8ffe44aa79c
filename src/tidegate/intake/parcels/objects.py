"""JSON objects out of a file of any size: one a line, in an array, or in a row; a broken one costs itself."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from tidegate.intake.encoding import blocks
from tidegate.intake.files import Source
from tidegate.intake.parcels.detection import one_a_line
from tidegate.intake.parcels.faults import Fault, told
from tidegate.intake.parcels.schema import PARCEL
from tidegate.intake.row_ends import hollow

__all__ = ["GIVE_UP", "LONGEST", "Batch", "objects"]

LONGEST = 1 << 22  # characters of one parcel
GIVE_UP = 1 << 24  # bytes without the end of a parcel
BATCH = 5_000  # parcels that are given out together
ROOM = 1 << 24  # characters of these, about
_STEP = 1 << 14
_REST = "the rest of the file is not read."
_NOT_READ = f"16 MiB: {_REST}"
_BUDGET = 1 << 24  # characters of broken parcels that are searched again for whole ones inside

_NAMED = 512  # characters in which the number of a broken parcel is looked for
_DEEP = 1 << 15  # characters that might have been read in the time that it takes to find out that it is too deep

# Only a whole parcel begins with one of its own keys, so reading can go on there after a broken one.
_START = re.compile(r"\{\s*+\"(?:" + "|".join(PARCEL["properties"]) + r")\"\s*+:")
_BETWEEN = re.compile(r"[\s,\[\]]*+")
_ITEM = re.compile(r'"item_id"\s{0,20}:\s{0,20}"([A-Z0-9]{1,20})"')


@dataclass(slots=True)
class Batch:
    """Whole values with the line where each begins; (line, what is wrong, reason) for the others; bytes so far."""

    found: list[tuple[int, Any]] = field(default_factory=list)
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    done: int = 0
    size: int = 0  # characters

    @property
    def full(self) -> bool:
        """Whether it is to be given out."""
        return len(self.found) + len(self.refused) >= BATCH or self.size >= ROOM


def objects(source: Source) -> Iterator[Batch]:
    """Yield the parcels of a file in batches, as json.loads makes them (NaN and repeated keys are faults).

    Where a parcel has no end within GIVE_UP, the rest is not read: one refused row says so. Raises InputError for a
    packed file that is damaged, or swells as no real one does.
    """
    first = next(pieces := blocks(source), (b"", 0))
    read = _by_line if one_a_line(first[0][: 1 << 16]) else _by_value
    return read(chain([first], pieces))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


def _fault(text: str, row: int, error: Exception) -> tuple[int, str, str]:
    """The refused row for what cannot be parsed; names the item where its number can be made out."""
    match = _ITEM.search(text, 0, _NAMED)
    if isinstance(error, RecursionError):
        return row, told(match and match[1], [Fault("", "json", "nested too deep")]), "unsafe"
    why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    return row, told(match and match[1], [Fault("", "json", why[:80])]), "message"


def _too_long(row: int) -> tuple[int, str, str]:
    return row, told(None, [Fault("", "too_long", f"at most {LONGEST >> 20} MiB")]), "unsafe"


def _by_line(pieces: Iterator[tuple[bytes, int]]) -> Iterator[Batch]:
    """One parcel a line."""
    row, rest, skipped, done = 1, b"", 0, 0
    for block, done in pieces:
        if hollow(block):
            yield Batch([], [(row, f"parcel ?: hardly anything but line ends follows; {_REST}", "unsafe")], done)
            return
        if skipped:
            # The line that is too long goes on; only its end matters.
            end = block.find(b"\n") + 1
            skipped += end or len(block)
            block = block[end:] if end else b""
            row, skipped = (row + 1, 0) if end else (row, skipped)
        text = rest + block
        cut = text.rfind(b"\n") + 1
        whole, rest = text[:cut], text[cut:]
        for lines, start in _some_lines(whole, row):
            yield _parsed(lines, start, done)
        row += whole.count(b"\n")
        if len(rest) > LONGEST:
            yield Batch([], [_too_long(row)], done)
            rest, skipped = b"", len(rest)
        if skipped > GIVE_UP:
            yield Batch([], [(row, f"parcel ?: a line has no end within {_NOT_READ}", "unsafe")], done)
            return
    if rest.strip():
        yield _parsed([rest], row, done)


def _some_lines(whole: bytes, row: int) -> Iterator[tuple[list[bytes], int]]:
    lines = whole.split(b"\n")[:-1]
    for place in range(0, len(lines), BATCH):
        yield lines[place : place + BATCH], row + place


def _parsed(lines: list[bytes], row: int, done: int) -> Batch:
    batch = Batch(done=done)
    for number, line in enumerate(lines, row):
        if len(line) > LONGEST:
            batch.refused.append(_too_long(number))
            continue
        try:
            text = line.decode().strip()
        except UnicodeDecodeError:
            text = line.decode(errors="replace")
            match = _ITEM.search(text, 0, _NAMED)
            batch.refused.append((number, told(match and match[1], [Fault("", "character", "UTF-8")]), "message"))
            continue
        if text:
            try:
                batch.found.append((number, _DECODER.decode(text)))
            except (ValueError, RecursionError) as error:
                batch.refused.append(_fault(text, number, error))
    return batch


def _by_value(pieces: Iterator[tuple[bytes, int]]) -> Iterator[Batch]:
    """Objects that follow one another, in an array or not, over as many lines as they like."""
    text, row, budget, wanted, lost, batch = "", 1, _BUDGET, 0, 0, Batch()
    coming: list[str] = []
    size = 0  # of what is coming
    for more, done, last in _steps(pieces):
        coming.append(more)
        size += len(more)
        if not last and len(text) + size <= wanted:
            # Joined once there is enough: a long parcel would be copied again with every step.
            continue
        text, at, batch.done = "".join((text, *coming)), 0, done
        coming, size = [], 0
        while last or len(text) - at > wanted:
            if lost:
                start = _START.search(text, at)
                # What begins a parcel may be cut in two.
                here = start.start() if start else len(text) if last else max(at, len(text) - 200)
                lost = 0 if start else lost + here - at
            else:
                here = _ended(_BETWEEN.match(text, at))
            row += text.count("\n", at, here)
            at = here
            if at == len(text) or lost:
                break
            try:
                value, here = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                if not last and len(text) - at < LONGEST and _cut_off(error, text):
                    # Twice as much before the next try, so that a long parcel is not read over and over.
                    wanted = 2 * (len(text) - at)
                    break
                batch.refused.append(_fault(text[at : at + _NAMED], row, error))
                reached = error.pos if isinstance(error, json.JSONDecodeError) else at + 1000
                # Whole parcels may stand inside a broken one; but no hostile file may have itself read over and over.
                budget -= reached - at if isinstance(error, json.JSONDecodeError) else _DEEP
                here = min(len(text), max(at + 1, reached if budget < 0 else 0))
                lost = 1
            else:
                batch.found.append((row, value))
            row += text.count("\n", at, here)
            batch.size += here - at
            at, wanted = here, 0
            if batch.full:
                yield batch
                batch = Batch(done=done)
        text = text[at:]
        if lost > GIVE_UP:
            batch.refused.append((row, f"parcel ?: no parcel begins within {_NOT_READ}", "unsafe"))
            break
    yield batch


def _steps(pieces: Iterator[tuple[bytes, int]]) -> Iterator[tuple[str, int, bool]]:
    """The text of a file in short steps, and whether it ends there: json takes as long to tell a fault as the text is.

    Bytes that are no UTF-8 become halves of surrogates, which are found where the parcel is looked at.
    """
    decoder, done = codecs.getincrementaldecoder("utf-8")("surrogateescape"), 0
    for block, done in pieces:
        for place in range(0, len(block), _STEP):
            yield decoder.decode(block[place : place + _STEP]), done, False
    yield decoder.decode(b"", final=True), done, True


def _ended(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _cut_off(error: Exception, text: str) -> bool:
    """Whether a value may only be broken because the text ends there."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated") or error.pos >= len(text) - 16
