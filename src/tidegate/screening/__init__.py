"""Screening: every party against every list, in any script, with a reason."""

from __future__ import annotations

from tidegate.screening.cleared import Clearance, Cleared, identities
from tidegate.screening.entry import EXACT, LEVELS, NAMED, Entry, Identifier, Kind, Party
from tidegate.screening.exact import ExactHit, ExactIndex, Phrases
from tidegate.screening.kept import Held as HeldList
from tidegate.screening.kept import keep, kept
from tidegate.screening.loading import Lists, NamedList, list_files, load, read_folder
from tidegate.screening.screener import MATCHES, WITHHELD, Match, Screener, counts
from tidegate.screening.shelf import Renewal, Shelf, State

__all__ = [
    "EXACT",
    "LEVELS",
    "MATCHES",
    "NAMED",
    "WITHHELD",
    "Clearance",
    "Cleared",
    "Entry",
    "ExactHit",
    "ExactIndex",
    "HeldList",
    "Identifier",
    "Kind",
    "Lists",
    "Match",
    "NamedList",
    "Party",
    "Phrases",
    "Renewal",
    "Screener",
    "Shelf",
    "State",
    "counts",
    "identities",
    "keep",
    "kept",
    "list_files",
    "load",
    "read_folder",
]
