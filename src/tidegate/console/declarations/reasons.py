"""Reason rows: what speaks for opening, the value against its usual range, the weight, and where it comes from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tidegate.console.declarations.doors import door
from tidegate.console.declarations.places import field_of, is_number, label
from tidegate.console.register.models import Clearance, Decision, Edition, User
from tidegate.console.templatetags.look import share

__all__ = ["Row", "Span", "figure", "rows", "withheld"]

SOURCES = {
    "profile": gettext_lazy("profile"),
    "list": gettext_lazy("list"),
    "model": gettext_lazy("model"),
    "draw": gettext_lazy("draw"),
    "data": gettext_lazy("data"),
}
WIDTH, EDGE = 96.0, 6.0  # of the small bar, in its own units


@dataclass(frozen=True, slots=True)
class Span:
    """The small bar: where the usual range (10th to 90th percentile) and the value lie, in units of its width."""

    low: float
    high: float
    at: float
    said: str

    @property
    def width(self) -> float:
        """Length of the usual range."""
        return round(max(self.high - self.low, 1.0), 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One reason. `cell`: the field that it marks ("": none); `link`: the rule, list or card behind it ("": none);
    `restricted`: whether this user may know only that it is there."""

    number: int
    source: str
    said: str
    code: str
    item_number: int | None
    cell: str
    field: str
    value: str
    usual: str
    span: Span | None
    weight: str
    link: str
    instruction: str
    restricted: bool

    @property
    def source_label(self) -> Any:
        """The source in the reader's language."""
        return SOURCES.get(self.source, self.source)


def rows(decision: Decision, user: User) -> list[Row]:
    """The reasons of a decision as this user may see them, in their order."""
    book = profiles_of(decision.edition)
    model = decision.edition.model if decision.edition else ""
    return [_row(number, reason, book, model, user) for number, reason in enumerate(decision.reasons, 1)]


def profiles_of(edition: Edition | None) -> Mapping[str, Mapping[str, Any]]:
    """The profiles of an edition by id, as written in its book."""
    return _profiles(edition.pk, edition.book) if edition else {}


@lru_cache(maxsize=4)
def _profiles(pk: int, book: str) -> Mapping[str, Mapping[str, Any]]:
    return {one["id"]: one for one in tomllib.loads(book).get("profile", ())}


def withheld(profile: Mapping[str, Any], user: User) -> bool:
    """Whether a profile is restricted and this user may not know what it says."""
    return bool(profile.get("restricted")) and user.clearance < Clearance.RESTRICTED


def _row(number: int, reason: Mapping[str, Any], book: Mapping[str, Mapping[str, Any]], model: str, user: User) -> Row:
    source, code, field = reason["source"], reason["code"] or "", reason["field"] or ""
    profile = book.get(code, {}) if source in ("profile", "list") else {}
    hidden = withheld(profile, user)
    vietnamese = get_language() == "vi"
    said = str((reason.get("text_vi") if vietnamese else None) or reason["text"])
    if profile.get("restricted") and not hidden:
        said = str((profile.get("title_vi") if vietnamese else None) or profile["title"])
    texts = [str(profile.get(name) or "") for name in ("instruction", "instruction_vi")]
    value = "" if hidden else reason["value"] or ""
    usual = "" if hidden or source == "list" else reason["usual"] or ""
    return Row(
        number=number,
        source=source,
        said=said,
        code=code.partition("/")[0],
        item_number=None if hidden else reason["item_number"],
        cell="" if hidden else field_of(field),
        field="" if hidden or not field else label(field),
        value=figure(value, field),
        usual=" – ".join(figure(part, field) for part in usual.split(" to ")) if usual else "",
        span=_span(value, usual),
        weight="" if hidden else _weight(source, reason["weight"], code),
        link="" if hidden else _link(source, code, bool(profile), model, user),
        instruction="" if hidden else texts[vietnamese] or texts[not vietnamese],
        restricted=bool(profile.get("restricted")) or "/withheld-" in code,
    )


def figure(value: str, field: str = "") -> str:
    """A value as text, written as the reader's language writes numbers where it is one."""
    if not value or not is_number(field):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    digits = 0 if number == int(number) or abs(number) >= 1000 else 3 if abs(number) < 1 else 2
    return str(number_format(round(number, digits), digits, force_grouping=True))


def _span(value: str, usual: str) -> Span | None:
    try:
        at = float(value)
        low, high = (float(part) for part in usual.split(" to "))
    except ValueError:
        return None
    least, most = min(at, low), max(at, high)
    if most <= least:
        return None
    scale = (WIDTH - 2 * EDGE) / (most - least)
    placed = (round(EDGE + (one - least) * scale, 1) for one in (low, high, at))
    where = _("below the usual") if at < low else _("above the usual") if at > high else _("within the usual")
    return Span(next(placed), next(placed), next(placed), where)


def _weight(source: str, weight: float | None, code: str) -> str:
    """What a weight means depends on its source."""
    if weight is None or source == "data":
        return ""
    if source == "list":
        return _("%(share)s alike") % {"share": share(weight, 1)} if "/" in code and weight else _share_of_hits(weight)
    if source == "profile":
        return _share_of_hits(weight)
    if source == "draw" or code == "score":
        return _("chance %(share)s") % {"share": share(weight, 1)}
    return _("%(weight)s log-odds") % {"weight": f"{'+' if weight >= 0 else '−'}{_two(abs(weight))}"}


def _share_of_hits(weight: float) -> str:
    return _("opens %(share)s of its hits") % {"share": share(weight, 0)} if weight else ""


def _two(number: float) -> str:
    return str(number_format(round(number, 2), 2))


def _link(source: str, code: str, is_profile: bool, model: str, user: User) -> str:
    """What stands behind a reason, where this user may open it."""
    if is_profile:
        return door("profiles:named", code) if user.may("see_profiles") else ""
    permission, address = {
        "list": ("see_lists", door("lists:one", code.partition("/")[0])),
        "model": ("see_models", door("models:card", model) if model else ""),
        "draw": ("see_control", door("control:draw")),
        "data": ("see_quality", door("quality:index")),
    }.get(source, ("", ""))
    return address if permission and user.may(permission) else ""
