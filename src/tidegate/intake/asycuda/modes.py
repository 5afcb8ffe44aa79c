"""Modes of transport: UN/ECE Recommendation 19 has one digit, and a second one for the kind of vehicle."""

from __future__ import annotations

__all__ = ["mode"]


def mode(code: str | None) -> str | None:
    """The mode: of two digits the first (31 is road); any other code as it is."""
    return code[0] if code and len(code) == 2 and code.isdecimal() and code[0] != "0" else code
