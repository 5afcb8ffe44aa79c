"""Deciding: this process's engine, always of the edition in force, and what it keeps of what it decided."""

from tidegate.console.deciding.changing import change_edition
from tidegate.console.deciding.decider import decider, in_force
from tidegate.console.deciding.editions import activate, draw_keys, engine_of, make_edition
from tidegate.console.deciding.keeping import Kept, keep, lines_of
from tidegate.console.deciding.receiving import Receipt, Rejected, receive

__all__ = [
    "Kept",
    "Receipt",
    "Rejected",
    "activate",
    "change_edition",
    "decider",
    "draw_keys",
    "engine_of",
    "in_force",
    "keep",
    "lines_of",
    "make_edition",
    "receive",
]
