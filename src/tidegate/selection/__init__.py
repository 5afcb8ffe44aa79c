"""Who gets opened: the policy, the draw with its known probabilities, and its verification."""

from tidegate.selection.claims import CASE_SCHEMA
from tidegate.selection.clearing import clear
from tidegate.selection.decision import OUTCOME, decide, reconsider
from tidegate.selection.desk import Desk, Tally
from tidegate.selection.keys import DayKeys, Keys, RevealedKeys
from tidegate.selection.policy import Policy
from tidegate.selection.rules import CHANNELS, Capacity, Channel, Exemption, Rules
from tidegate.selection.sources import SOURCES, Source
from tidegate.selection.terms import Terms
from tidegate.selection.verification import FAULTS, Fault, Verification, verify

__all__ = [
    "CASE_SCHEMA",
    "CHANNELS",
    "FAULTS",
    "OUTCOME",
    "SOURCES",
    "Capacity",
    "Channel",
    "DayKeys",
    "Desk",
    "Exemption",
    "Fault",
    "Keys",
    "Policy",
    "RevealedKeys",
    "Rules",
    "Source",
    "Tally",
    "Terms",
    "Verification",
    "clear",
    "decide",
    "reconsider",
    "verify",
]
