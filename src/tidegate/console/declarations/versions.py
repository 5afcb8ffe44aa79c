"""The versions of a declaration, and what each changed against the one before, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from tidegate.console.declarations.dossier import written
from tidegate.console.declarations.places import label
from tidegate.console.register.models import Declaration, Line, User

__all__ = ["Change", "Version", "changes", "versions"]

UNTOLD = ("message_id", "message_version", "message_function", "message_sent_at", "message_format")  # of the message


@dataclass(frozen=True, slots=True)
class Change:
    """`item`: the line; a line that came or went has no field."""

    item: int
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version with what it changed; the first changed nothing."""

    declaration: Declaration
    changes: Sequence[Change]


def versions(declaration: Declaration, user: User) -> list[Version]:
    """All versions of the number of a declaration, the latest first; [] where it is the only one."""
    every = list(Declaration.objects.visible_to(user).filter(number=declaration.number).order_by("version"))
    if len(every) < 2:
        return []
    lines: dict[int, dict[int, Mapping[str, Any]]] = {one.pk: {} for one in every}
    for line in Line.objects.filter(declaration__in=every):
        lines[line.declaration_id][line.item_number] = line.fields
    told = [Version(every[0], ())]
    for before, after in pairwise(every):
        told.append(Version(after, changes(lines[before.pk], lines[after.pk])))
    return told[::-1]


def changes(before: Mapping[int, Mapping[str, Any]], after: Mapping[int, Mapping[str, Any]]) -> list[Change]:
    """What differs between two versions, each a map from item number to fields, in the order of lines and fields."""
    found = []
    for item in sorted({*before, *after}):
        old, new = before.get(item), after.get(item)
        if old is None or new is None:
            what = new or old or {}
            text = f"{what.get('hs_code') or '–'} {what.get('description') or ''}".strip()
            gone, came = (text, "–") if new is None else ("–", text)
            found.append(Change(item, _("the whole line"), gone, came))
            continue
        found += [
            Change(item, label(name), written(name, old.get(name)), written(name, new.get(name)))
            for name in dict.fromkeys([*old, *new])
            if old.get(name) != new.get(name) and name not in UNTOLD
        ]
    return found
