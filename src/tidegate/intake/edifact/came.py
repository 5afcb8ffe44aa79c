"""What one message gave: lines, bills, answers, what is refused of it, and what nobody read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tidegate.errors import InputError
from tidegate.intake.edifact.envelope import Message
from tidegate.intake.edifact.syntax import Fault, Segment

__all__ = ["Came", "DamagedError", "moment", "sound"]

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
    """The segments between UNH and UNT. Raises DamagedError at one that cannot be taken apart."""
    for segment in message.segments():
        if isinstance(segment, Fault):
            raise DamagedError(segment)
        if segment.tag not in ("UNH", "UNT"):
            yield segment


def moment(text: str) -> datetime | None:
    """CCYYMMDD, with HHMM or HHMMSS behind it where they are given; None for anything else."""
    for length, form in ((14, "%Y%m%d%H%M%S"), (12, "%Y%m%d%H%M"), (8, "%Y%m%d")):
        if len(text) == length and text.isascii() and text.isdigit():
            try:
                return datetime.strptime(text, form)  # noqa: DTZ007 -- messages name no zone; UTC is meant
            except ValueError:
                return None
    return None
