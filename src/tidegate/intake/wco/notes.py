"""Notes: classes that come many times, in one column of text, and back.

Occurrences stand with "; " between two and their parts with ":" (N:935:INV-1), empty ones at the end left out. A
sign of these within a part is written as %3A, %3B or %25.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["notes", "unnoted"]

_ESCAPES = {"%": "%25", ":": "%3A", ";": "%3B"}
_ESCAPED = re.compile("[%:;]")


def notes(occurrence: Mapping[str, str], parts: tuple[str, ...]) -> str:
    """Return one occurrence as a note."""
    texts = [occurrence.get(part, "") for part in parts]
    note = ":".join(texts)
    if "%" in note or ";" in note or note.count(":") >= len(parts):
        note = ":".join(_ESCAPED.sub(lambda sign: _ESCAPES[sign[0]], text) for text in texts)
    return note.rstrip(":")


def unnoted(text: str, parts: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the occurrences that a column of notes holds; the inverse of `notes`, joined."""
    made = []
    for note in text.split(";"):
        found = {}
        for part, piece in zip(parts, note.strip().split(":"), strict=False):
            plain = piece.replace("%3B", ";").replace("%3A", ":").replace("%25", "%").strip()
            if plain:
                found[part] = plain
        if found:
            made.append(found)
    return made
