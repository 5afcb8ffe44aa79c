"""What the inspector is told: why the declaration was selected, and what each profile that fired asks to be done."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tidegate.assessment.reasons import RESTRICTED
from tidegate.console.register.models import Clearance, Decision, Declaration, Edition, User
from tidegate.profiles import Book, Profile

__all__ = ["Briefing", "Instruction", "briefing"]


@dataclass(frozen=True, slots=True)
class Instruction:
    """Of one profile that fired. `hidden`: this user may not know what it says."""

    profile: str
    title: str
    text: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Briefing:
    """`reasons`: those that no instruction tells of, as in Decision; `order`: the officer's act that led here."""

    instructions: list[Instruction]
    reasons: list[Mapping[str, Any]]
    order: Decision | None


def briefing(declaration: Declaration, user: User) -> Briefing:
    """What is told of this declaration to this user; what a restricted profile says only to those who may know it."""
    decisions = list(declaration.decisions.select_related("edition", "officer").order_by("-made_at", "-pk"))
    engine = next((one for one in decisions if one.officer_id is None), None)
    order = next((one for one in decisions if one.current and one.officer_id is not None), None)
    if engine is None:
        return Briefing([], [], order)
    told = [_instruction(name, _profile(engine.edition, name, engine.lodged_on), user) for name in engine.hits]
    return Briefing(told, [one for one in engine.reasons if one.get("code") not in engine.hits], order)


def _instruction(name: str, profile: Profile | None, user: User) -> Instruction:
    if profile is None:
        return Instruction(name, _("a profile that is not in the book any more"), "")
    if profile.restricted and user.clearance < Clearance.RESTRICTED:
        return Instruction(
            name, RESTRICTED[get_language() == "vi"], _("Ask your supervisor what to look for."), hidden=True
        )
    vietnamese = get_language() == "vi"
    title = (profile.title_vi if vietnamese else "") or profile.title
    texts = (profile.instruction, profile.instruction_vi)
    return Instruction(name, title, texts[vietnamese] or texts[not vietnamese])


def _profile(edition: Edition | None, name: str, day: date) -> Profile | None:
    versions = _book(edition.pk).get(name, ()) if edition else ()
    return next((one for one in versions if one.starts <= day <= one.ends), versions[-1] if versions else None)


@functools.lru_cache(maxsize=8)
def _book(edition: int) -> dict[str, list[Profile]]:
    """Profiles of an edition by id, each in all its versions. Editions never change."""
    text = Edition.objects.values_list("book", flat=True).get(pk=edition)
    found: dict[str, list[Profile]] = {}
    for profile in Book.from_toml(text).profiles if text.strip() else ():
        found.setdefault(profile.id, []).append(profile)
    return found
