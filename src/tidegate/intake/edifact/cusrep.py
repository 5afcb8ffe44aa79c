"""CUSREP, the report of a means of transport: understood as a message, but it has neither lines nor bills.

A voyage without cargo has no table here. What the message says is counted as unread, path by path, so that it is seen.
"""

from __future__ import annotations

from tidegate.intake.edifact.came import Came, sound
from tidegate.intake.edifact.envelope import Message
from tidegate.intake.edifact.places import Places

__all__ = ["PLACES", "read"]

PLACES = Places("CUSREP", ())


def read(message: Message) -> Came:
    """Count what the message says. Raises DamagedError."""
    came = Came()
    for segment in sound(message):
        PLACES.take("report", segment, {}, came.unread)
    return came
