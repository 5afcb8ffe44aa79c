"""Lists of other authorities: one module of one shape a source."""

from __future__ import annotations

from tidegate.screening.lists.faults import FAULTS, Fault
from tidegate.screening.lists.known import BY_NAME, SOURCES
from tidegate.screening.lists.source import Heading, Loaded, Source

__all__ = ["BY_NAME", "FAULTS", "SOURCES", "Fault", "Heading", "Loaded", "Source"]
