"""What one message gave: lines, bills, answers, what is refused of it, and what nobody read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tidegate.errors import InputError
from tidegate.intake.edifact.envelope import Message
from tidegate.intake.edifact.syntax import Fault, Segment

__all__ = ["LARGEST_TABLE", "MOST_ROWS", "Came", "DamagedError", "sound"]

# A message of a few megabytes can ask for a million rows, or have one long text stand in each of them.
MOST_ROWS = 250_000  # of one message: a manifest has 9,999 consignments, the largest vessels carry 24,000 containers
LARGEST_TABLE = 1 << 28  # characters of all rows of one message together
_OPENERS = frozenset({"CNI", "GID", "SGP", "EQD", "CST", "ERC", "UCI", "UCM", "UCS", "UCD"})

Row = dict[str, Any]


class DamagedError(InputError):
    """A message that cannot be used; `fault` says why and where."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.what, where=f"segment {fault.segment}", hint="Ask the sender to send it again.")


@dataclass(slots=True)
class Came:
    """`lines` have their segment under ROW; `refused` are (segment, field, value, reason)."""

    lines: list[Row] = field(default_factory=list)
    bills: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    refused: list[tuple[int, str, str, str]] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)


def sound(message: Message) -> Iterator[Segment]:
    """The segments between UNH and UNT. Raises DamagedError at one that cannot be taken apart, or past MOST_ROWS."""
    rows = 0
    for segment in message.segments():
        if isinstance(segment, Fault):
            raise DamagedError(segment)
        if segment.tag in _OPENERS or (segment.tag == "LOC" and segment.part(1) == "147"):
            rows += 1
            if rows > MOST_ROWS:
                raise DamagedError(Fault("35", segment.number, f"more than {MOST_ROWS:,} rows", reason="unsafe"))
        if segment.tag not in ("UNH", "UNT"):
            yield segment
