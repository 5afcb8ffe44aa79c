"""Deciding: this process's engine, always of the edition in force, and what it keeps of what it decided."""

from tidegate.console.deciding.changing import change_edition
from tidegate.console.deciding.decider import Decided, decider
from tidegate.console.deciding.editions import activate, draw_keys, engine_of, make_edition
from tidegate.console.deciding.keeping import Kept, keep, lines_of
from tidegate.console.deciding.receiving import Receipt, Rejected, receive

__all__ = [
    "Decided",
    "Kept",
    "Receipt",
    "Rejected",
    "activate",
    "change_edition",
    "decider",
    "draw_keys",
    "engine_of",
    "keep",
    "lines_of",
    "make_edition",
    "receive",
]
