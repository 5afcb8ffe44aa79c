"""Who gets opened: the policy, the draw with its known probabilities, and its verification."""

from tidegate.selection.claims import CASE_SCHEMA
from tidegate.selection.clearing import clear
from tidegate.selection.decision import OUTCOME, decide, reconsider
from tidegate.selection.keys import DayKeys, Keys, RevealedKeys
from tidegate.selection.policy import CHANNELS, Capacity, Channel, Exemption, Policy, Rules
from tidegate.selection.sources import SOURCES, Source
from tidegate.selection.terms import Terms

__all__ = [
    "CASE_SCHEMA",
    "CHANNELS",
    "OUTCOME",
    "SOURCES",
    "Capacity",
    "Channel",
    "DayKeys",
    "Exemption",
    "Keys",
    "Policy",
    "RevealedKeys",
    "Rules",
    "Source",
    "Terms",
    "clear",
    "decide",
    "reconsider",
]
