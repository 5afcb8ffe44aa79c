"""A lifelike trade whose truth is known: declarations, what a past regime found, and what it missed."""

from tidegate.simulator.declarations import Batch
from tidegate.simulator.offences import SCHEMES, Scheme
from tidegate.simulator.officers import open_selected
from tidegate.simulator.simulation import TRUTH_SCHEMA, Simulation, simulate

__all__ = ["SCHEMES", "TRUTH_SCHEMA", "Batch", "Scheme", "Simulation", "open_selected", "simulate"]
