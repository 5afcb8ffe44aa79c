"""What profiles did in the last ninety days: declarations hit, opened, and with something found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q

from tidegate.console.profiles.history import window
from tidegate.console.profiles.models import ProfileVersion, ShadowHit
from tidegate.console.register.models import User

__all__ = ["Figures", "of_decisions", "of_shadow"]

SQL = """
SELECT hit, count(DISTINCT d.declaration_id),
       count(DISTINCT d.declaration_id) FILTER (WHERE f.illicit IS NOT NULL),
       count(DISTINCT d.declaration_id) FILTER (WHERE f.illicit)
FROM register_decision d
CROSS JOIN LATERAL unnest(d.hits) AS hit
LEFT JOIN (SELECT declaration_id, bool_or(illicit) AS illicit FROM register_finding GROUP BY declaration_id) f
       ON f.declaration_id = d.declaration_id
WHERE d.officer_id IS NULL AND d.lodged_on >= %s AND (%s OR d.office = ANY(%s))
GROUP BY hit
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Declarations: hit, opened among them, and with something unlawful found."""

    hits: int = 0
    opened: int = 0
    found: int = 0


def of_decisions(offices: Sequence[str] | None) -> dict[str, Figures]:
    """By profile, in the offices that a user sees (None: all)."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, [window()[0], offices is None, list(offices or ())])
        return {name: Figures(hits, opened, found) for name, hits, opened, found in cursor.fetchall()}


def of_shadow(versions: Sequence[ProfileVersion], user: User) -> dict[int, Figures]:
    """By version in shadow, since it was put there."""
    counted = (
        ShadowHit.objects.visible_to(user)
        .filter(version__in=versions)
        .values("version")
        .annotate(
            hits=Count("declaration", distinct=True),
            opened=Count("declaration", distinct=True, filter=Q(declaration__findings__isnull=False)),
            found=Count("declaration", distinct=True, filter=Q(declaration__findings__illicit=True)),
        )
    )
    return {row["version"]: Figures(row["hits"], row["opened"], row["found"]) for row in counted}
