"""Screening: every party against every list, in any script, with a reason."""

from __future__ import annotations

from tidegate.screening.entry import EXACT, LEVELS, NAMED, Entry, Identifier, Kind, Party
from tidegate.screening.exact import ExactHit, ExactIndex, Phrases
from tidegate.screening.loading import Lists, NamedList, load
from tidegate.screening.shelf import Renewal, Shelf, State

__all__ = [
    "EXACT",
    "LEVELS",
    "NAMED",
    "Entry",
    "ExactHit",
    "ExactIndex",
    "Identifier",
    "Kind",
    "Lists",
    "NamedList",
    "Party",
    "Phrases",
    "Renewal",
    "Shelf",
    "State",
    "load",
]
