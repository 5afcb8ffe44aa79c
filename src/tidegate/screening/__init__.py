"""Screening: every party against every list, in any script, with a reason."""

from __future__ import annotations

from tidegate.screening.entry import EXACT, LEVELS, NAMED, Entry, Identifier, Kind, Party

__all__ = ["EXACT", "LEVELS", "NAMED", "Entry", "Identifier", "Kind", "Party"]
