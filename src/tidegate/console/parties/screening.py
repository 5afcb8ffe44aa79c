"""A party held against the lists in force, now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from tidegate.console.clock import today
from tidegate.console.deciding import engine_of
from tidegate.console.parties.kinds import Kind
from tidegate.console.register.models import Clearance, InForce, User
from tidegate.screening import LEVELS, Identifier, Party
from tidegate.screening.disclosure import disclosed, known_to

__all__ = ["Possible", "screened"]


@dataclass(frozen=True, slots=True)
class Possible:
    """`told`: a row of screening.DISCLOSED for this user; `known`: whether he may know the entry."""

    told: dict[str, Any]
    known: bool
    reasons: list[str]


def screened(kind: Kind, key: str, names: list[str], user: User) -> list[Possible] | None:
    """What the lists say of a party under each of its names, the likeliest first; None where there are no lists."""
    held = InForce.objects.select_related("edition").filter(pk=1).first()
    screener = engine_of(held.edition).screener if held else None
    if screener is None:
        return None
    level = LEVELS[min(user.clearance, Clearance.RESTRICTED)]
    numbers = (Identifier(kind.number, key, "VN" if kind.number == "tax" else ""),) if kind.number else ()
    if kind.role == "address":
        parties = [Party(address=name) for name in names]
    else:
        parties = [Party(name, identifiers=numbers) for name in names or ([""] if numbers else [])]
    best: dict[int, Any] = {}
    for party in parties:
        for match in screener.screen(party, today()):
            before = best.setdefault(id(match.entry), match)
            if (match.probability or 0.0) > (before.probability or 0.0):
                best[id(match.entry)] = match
    vietnamese = get_language() == "vi"
    ranked = sorted(best.values(), key=lambda one: (one.probability is None, -(one.probability or 0.0)))
    return [
        Possible(
            disclosed(one, level),
            known_to(one.entry, level),
            [why.text_vi if vietnamese else why.text for why in one.reasons] if known_to(one.entry, level) else [],
        )
        for one in ranked
    ]
