"""Possible matches of the parties and things of a declaration with lists, each with what speaks for it and against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language

from tidegate.assessment.parties import GOODS, ROLES, Role, hold
from tidegate.console.deciding import engine_of, lines_of
from tidegate.console.register.models import Clearance, Declaration, InForce, User
from tidegate.screening import LEVELS, Match, Party, Screener
from tidegate.screening.disclosure import disclosed, known_to

__all__ = ["Possible", "matches"]


@dataclass(frozen=True, slots=True)
class Possible:
    """A possible match. `told`: a row of screening.DISCLOSED for this user; `known`: whether he may know the entry;
    `reasons`: (what it adds to the log-odds, in words); `items`: the lines that name it; `entry`,
    `clearing`: addresses of the entry, and of "not the same", where it may be known."""

    role: str
    declared: str
    items: Sequence[int]
    told: dict[str, Any]
    known: bool
    reasons: Sequence[tuple[float, str]]
    entry: str = ""
    clearing: str = ""


def matches(declaration: Declaration, user: User) -> list[Possible] | None:
    """What the lists in force say now, the likeliest first; None where there are no lists.

    Of an entry above this user's level only its list, owner and likeness are told.
    """
    held = InForce.objects.select_related("edition").filter(pk=1).first()
    screener = engine_of(held.edition).screener if held else None
    if screener is None:
        return None
    level = LEVELS[min(user.clearance, Clearance.RESTRICTED)]
    return _found(declaration, screener, level)


def _found(declaration: Declaration, screener: Screener, level: str) -> list[Possible]:
    table = lines_of([declaration])
    named: dict[tuple[Role, Party], list[int]] = {}
    for row in table.iter_rows(named=True):
        for role in ROLES:
            if (party := role.party(row)) != Party():
                named.setdefault((role, party), []).append(row["item_number"])
    found = [
        _possible(role, party, items, match, level)
        for (role, party), items in named.items()
        for match in screener.screen(party, declaration.lodged_on)
    ]
    found.sort(key=lambda one: -(one.told["probability"] or 0.0))
    return [*found, *_goods(declaration, screener)]


def _possible(role: Role, party: Party, items: list[int], match: Match, level: str) -> Possible:
    vietnamese = get_language() == "vi"
    known = known_to(match.entry, level)
    declared = party.name or " ".join(one.value for one in party.identifiers)
    reasons = [(one.weight, one.text_vi if vietnamese else one.text) for one in match.reasons] if known else []
    row = disclosed(match, level)
    whose = {"list": row["list"], "entry": row["entry"], "name": party.name, "address": party.address}
    if party.identifiers:
        whose |= {"number": party.identifiers[0].value, "type": party.identifiers[0].type}
    return Possible(
        role.label_vi if vietnamese else role.label,
        declared,
        items,
        row,
        known,
        reasons,
        f"{reverse('lists:entry', args=[row['list']])}?{urlencode({'number': row['entry']})}" if known else "",
        f"{reverse('lists:clear')}?{urlencode({name: text for name, text in whose.items() if text})}" if known else "",
    )


def _goods(declaration: Declaration, screener: Screener) -> list[Possible]:
    """Phrases of lists in the descriptions of goods, as an assessment tells them: withheld unless open to all."""
    vietnamese = get_language() == "vi"
    table = lines_of([declaration])
    held = hold(table, screener).matches
    role = GOODS.label_vi if vietnamese else GOODS.label
    items = table["item_number"].to_list()
    return [
        Possible(
            role,
            row["declared"],
            [items[row["line"]]],
            {"list": row["list"], "owner": row["owner"], "how": "same", "probability": None, "found_by": row["listed"]},
            row["listed"] is not None,
            (),
        )
        for row in held.iter_rows(named=True)
        if row["field"] == GOODS.field
    ]
