"""A lifelike trade whose truth is known: declarations, what a past regime found, and what it missed."""

from tidegate.simulator.offences import SCHEMES, Scheme
from tidegate.simulator.officers import open_selected
from tidegate.simulator.simulation import TRUTH_SCHEMA, simulate

__all__ = ["SCHEMES", "TRUTH_SCHEMA", "Scheme", "open_selected", "simulate"]
