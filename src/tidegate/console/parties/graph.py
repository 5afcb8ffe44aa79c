"""The network of a party as a drawing: it in the middle, those it shares declarations with around it, by role.

The layout is a list of rows at both sides of the party, bent to a ring, so that names never lie on one another and the
same data always gives the same drawing. Further out stand importers that share a bill, an address, a container or a
means of transport with it without being named together: the only second step that is shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tidegate.console.parties.kinds import KIND_OF, Kind
from tidegate.console.parties.known import Known, Partner
from tidegate.console.register.models import User

__all__ = ["Edge", "Node", "Picture", "Shared", "draw", "shared"]

AROUND = 5  # of each role, in the ring
FOLLOWED = ("bill", "address", "container", "transport")  # the roles that are `second`, the most telling first
THINGS = 6  # shared things that are followed
EACH = 200  # of their latest declarations that are looked at
BEYOND = 3  # others that are shown of each thing
WIDTH, ROW, MIDDLE = 1200, 26, 600
BEND, REACH = 90, 200  # how far the ring bends, and how far from the middle it is at its ends
OUTER = 470
LETTERS = 26
SIDES = (
    {"exporter", "carrier", "transport", "document"},
    {"importer", "declarant", "container", "bill", "parcels", "address"},
)


@dataclass(frozen=True, slots=True)
class Shared:
    """Another importer that shares a thing (`by`) with the party."""

    by: Partner
    key: str
    name: str
    declarations: int


@dataclass(frozen=True, slots=True)
class Node:
    """`anchor`: of its text; `label`: shortened, `title`: whole."""

    kind: Kind
    key: str
    x: float
    y: float
    radius: float
    anchor: str
    text_x: float
    label: str
    title: str
    declarations: int


@dataclass(frozen=True, slots=True)
class Edge:
    path: str
    width: float


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    middle: tuple[float, float]
    nodes: list[Node]
    edges: list[Edge]
    heads: list[tuple[float, float, str, Any]]  # x, y, anchor, what stands below


def shared(one: Known, around: Sequence[tuple[Kind, int, list[Partner]]], user: User) -> list[Shared]:
    """Importers that share the addresses, containers and means of transport of this party, but no declaration."""
    things = [partner for kind, _, found in around if kind.second for partner in found]
    things.sort(key=lambda thing: (FOLLOWED.index(thing.kind.role), -thing.declarations, thing.key))
    direct = {partner.key for kind, _, found in around if kind.role == "importer" for partner in found}
    found: list[Shared] = []
    for thing in things[:THINGS]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT o.key, max(o.name), count(*) FROM (SELECT declaration_id FROM register_subject"
                " WHERE role = %s AND key = %s AND (%s::text[] IS NULL OR office = ANY(%s::text[]))"
                f" ORDER BY lodged_on DESC LIMIT {EACH}) AS s JOIN register_subject o"
                " ON o.declaration_id = s.declaration_id AND o.role = 'importer'"
                " GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 20",
                [thing.kind.role, thing.key, user.office_codes, user.office_codes],
            )
            others = [row for row in cursor.fetchall() if row[0] != one.key and row[0] not in direct]
        found.extend(Shared(thing, *row) for row in others[:BEYOND])
    return found


def draw(one: Known, around: Sequence[tuple[Kind, int, list[Partner]]], beyond: Sequence[Shared]) -> Picture:
    """Place everything. `around`: as known.partners gives it; `beyond`: as `shared` gives it."""
    sides = [[(kind, found[:AROUND]) for kind, _, found in around if kind.role in side] for side in SIDES]
    rows = [sum(len(found) + 1.6 for _, found in side) for side in sides]
    height = int(max(260.0, *(count * ROW + 50 for count in rows)))
    most = max((partner.declarations for _, _, found in around for partner in found), default=1)
    nodes: list[Node] = []
    edges: list[Edge] = []
    heads: list[tuple[float, float, str, Any]] = []
    place: dict[tuple[str, str], Node] = {}
    centre = height / 2
    for sign, anchor, side, count in ((-1, "end", sides[0], rows[0]), (1, "start", sides[1], rows[1])):
        y = centre - count * ROW / 2
        for kind, found in side:
            y += ROW * 1.1
            heads.append((MIDDLE + sign * (_reach(y, centre) + 12), y, anchor, kind.several))
            for partner in found:
                y += ROW
                x = MIDDLE + sign * _reach(y, centre)
                node = _node(partner.kind, partner.key, partner.name, partner.declarations, x, y, sign, anchor, most)
                place[(kind.role, partner.key)] = node
                nodes.append(node)
                bend = MIDDLE + sign * 70
                path = f"M{MIDDLE} {centre:.1f} C{bend} {y:.1f} {bend} {y:.1f} {x:.1f} {y:.1f}"
                edges.append(Edge(path, 1 + 5 * math.sqrt(partner.declarations / most)))
            y += ROW * 0.5
    _outer(beyond, place, nodes, edges, height)
    return Picture(WIDTH, height, (MIDDLE, centre), nodes, edges, heads)


def _outer(
    beyond: Sequence[Shared], place: dict[tuple[str, str], Node], nodes: list[Node], edges: list[Edge], height: int
) -> None:
    """Those that share a thing, further out at its side, as near to it as there is room."""
    for sign, anchor in ((-1, "end"), (1, "start")):
        mine = [
            (place[(one.by.kind.role, one.by.key)], one) for one in beyond if (one.by.kind.role, one.by.key) in place
        ]
        mine = sorted(
            ((thing, one) for thing, one in mine if (thing.x > MIDDLE) == (sign > 0)), key=lambda pair: pair[0].y
        )
        free = 20.0
        for left, (thing, one) in zip(range(len(mine), 0, -1), mine, strict=True):
            y = min(max(free, thing.y), height - 12 - (left - 1) * ROW)
            free = y + ROW
            node = _node(
                KIND_OF["importer"], one.key, one.name, one.declarations, MIDDLE + sign * OUTER, y, sign, anchor, 0
            )
            nodes.append(node)
            start = thing.x + sign * (14 + 7.2 * len(thing.label))
            half = (start + node.x) / 2
            edges.append(
                Edge(f"M{start:.1f} {thing.y:.1f} C{half:.1f} {thing.y:.1f} {half:.1f} {y:.1f} {node.x:.1f} {y:.1f}", 1)
            )


def _reach(y: float, centre: float) -> float:
    """How far from the middle the ring is at this height."""
    part = min(1.0, abs(y - centre) / max(centre, 1.0))
    return REACH - BEND * (1 - math.sqrt(1 - part * part))


def _node(kind: Kind, key: str, name: str, count: int, x: float, y: float, sign: int, anchor: str, most: int) -> Node:
    title = name or key
    letters = LETTERS if most else LETTERS - 10  # less room outside
    label = title if len(title) <= letters else f"{title[: letters - 9].rstrip()}…{title[-8:]}"
    radius = 3 + 4 * math.sqrt(count / most) if most else 3.0
    return Node(kind, key, x, y, radius, anchor, x + sign * 12, label, title, count)
