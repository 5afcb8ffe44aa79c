"""Shadow: profiles that fire beside the decisions and have no part in them. Their hits are recorded afterwards."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction

from tidegate.assessment import Engine, hold
from tidegate.assessment.engine import with_indicators
from tidegate.console.deciding import engine_of, lines_of
from tidegate.console.profiles.history import in_force
from tidegate.console.profiles.models import ProfileVersion, ShadowHit, State
from tidegate.console.register.models import Declaration
from tidegate.console.register.settled import settled
from tidegate.errors import TidegateError
from tidegate.indicators import Counters
from tidegate.profiles import Matcher

__all__ = ["follow"]

PART = 2_000  # declarations at once


def follow() -> int:
    """Match the versions in shadow with what came in since the last time; returns the number of hits recorded."""
    edition, upto = in_force(), settled(Declaration)
    recorded = 0
    for version in ProfileVersion.objects.filter(state=State.SHADOW):
        if edition is None:
            break
        engine = engine_of(edition)
        try:
            while (new := _part(version, upto, engine)) is not None:
                recorded += new
        except TidegateError:
            continue  # its list may be gone: it stays where it is, and the page says how far it came
    return recorded


def _part(version: ProfileVersion, upto: int, engine: Engine) -> int | None:
    """Hits among the next declarations; None where there are none left."""
    new = Declaration.objects.filter(pk__gt=version.shadow_upto, pk__lte=upto).order_by("pk")
    keys = list(new.values_list("pk", flat=True)[:PART])
    if not keys:
        return None
    asked = new.filter(pk__lte=keys[-1], current=True, lodged_on__range=(version.starts, version.ends))
    declarations = {one.number: one for one in asked}
    hits = _hits(version, list(declarations.values()), engine) if declarations else {}
    with transaction.atomic():
        made = ShadowHit.objects.bulk_create(
            (
                ShadowHit(
                    version=version,
                    declaration=declarations[number],
                    lodged_on=declarations[number].lodged_on,
                    office=declarations[number].office,
                    items=items,
                )
                for number, items in hits.items()
            ),
            ignore_conflicts=True,
        )
        version.shadow_upto = keys[-1]
        version.save(update_fields=["shadow_upto"])
    return len(made)


def _hits(version: ProfileVersion, declarations: list[Declaration], engine: Engine) -> dict[str, list[int]]:
    """Goods items on which it fires, by number of the declaration."""
    lines = lines_of(declarations)
    known = Path(settings.DATA) / "known" / "counters"
    table = with_indicators(lines, Counters.load(known) if known.exists() else Counters())
    if engine.screener is not None:
        table = table.hstack(hold(table, engine.screener).flags)
    found: dict[str, list[int]] = {}
    for line in Matcher([version.in_book()], table.schema, engine.lists).match(table).line:
        number, item = table.row(int(line), named=False)[:2]
        found.setdefault(number, []).append(item)
    return found
