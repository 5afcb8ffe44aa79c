"""What declarants and others wrote, made fit to be shown: one line, without marks that hide or turn text."""

from __future__ import annotations

import unicodedata

__all__ = ["plain"]

# Joiners shape letters of honest scripts; every other mark of format hides something or turns what stands beside it.
JOINERS = "\u200c\u200d"


def plain(text: object, limit: int) -> str:
    """Return `text` on one line, without control and direction marks, cut at `limit` characters; None becomes ''."""
    if text is None:
        return ""
    kept = "".join(map(_shown, str(text)))
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return character if character in JOINERS else ""
    return " " if category[0] == "C" or category in ("Zl", "Zp") else character
