"""How rare a word is among names: agreeing on "Nguyễn" says little, on "Kakorere" much."""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from types import MappingProxyType

__all__ = ["bearers", "rarity"]

# Shares are counted per so many names.
OF = 10_000
LEAST = 0.1


@cache
def bearers() -> MappingProxyType[str, float]:
    """Latin words and how many of 10,000 names bear each, in the population where it is most frequent.

    From `bearers.txt`, made by scripts/train_screening.py: words only, each borne by several, never a whole name.
    """
    text = resources.files(__package__).joinpath("bearers.txt").read_text(encoding="ascii")
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return MappingProxyType({word: float(share) for word, share in rows})


def rarity(share: float) -> float:
    """From 0.1 (everybody bears it) to 1 (nobody known does): the log of one in how many, as a part of its largest."""
    return max(LEAST, min(1.0, math.log(OF / (share + 0.5)) / math.log(2 * OF)))
