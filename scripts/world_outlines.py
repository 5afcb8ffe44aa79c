"""Outlines of countries for the map of a declaration's route, from Natural Earth (public domain).

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/world_outlines.py package/countries-50m.json

writes src/tidegate/console/declarations/world.json: by ISO 3166-1 alpha-2 code ("" for land that has none there) a
point inside (`at`, longitude and latitude) and the rings of its outline, each a list of longitudes and latitudes in
hundredths of a degree, the first absolute, the others as differences. Borders are shared, as arcs are simplified.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pycountry

Point = tuple[float, float]
OUT = Path(__file__).parent.parent / "src" / "tidegate" / "console" / "declarations" / "world.json"
TOLERANCE = 0.14  # degrees that a border may move
SMALLEST = 0.08  # square degrees below which an island is left out, unless it is all there is of a country
GRID = 40  # points each way among which the innermost is sought
LEFT_OUT = {"AQ"}  # nothing is shipped from there


def main(source: Path) -> None:
    """Write the outlines."""
    atlas = json.loads(source.read_text())
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    exact = [absolute(arc, (sx, sy), (tx, ty)) for arc in atlas["arcs"]]
    arcs = [simplified(arc) for arc in exact]
    numeric = {country.numeric: country.alpha_2 for country in pycountry.countries}
    told: dict[str, dict[str, Any]] = {}
    for shape in atlas["objects"]["countries"]["geometries"]:
        code = numeric.get(str(shape.get("id", "")).zfill(3), "")
        if code in LEFT_OUT:
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = [ring for ring in (joined(polygon[0], arcs) for polygon in polygons) if len(ring) > 3]
        rings.sort(key=area, reverse=True)
        kept = [ring for place, ring in enumerate(rings) if not place or area(ring) >= SMALLEST]
        if not kept:  # so small that nothing is left of it: as it is
            kept = [max((joined(polygon[0], exact) for polygon in polygons), key=area)]
        held = told.setdefault(code, {"at": innermost(kept[0]), "rings": []})
        held["rings"] += [packed(ring) for ring in kept]
    OUT.write_text(json.dumps(dict(sorted(told.items())), separators=(",", ":")) + "\n", encoding="ascii")
    print(f"{OUT.name}: {len(told)} countries, {OUT.stat().st_size:,} bytes")


def absolute(arc: Sequence[Sequence[int]], scale: Point, move: Point) -> list[Point]:
    """An arc of a topology as longitudes and latitudes."""
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * scale[0] + move[0], y * scale[1] + move[1]))
    return points


def simplified(points: list[Point]) -> list[Point]:
    """Douglas and Peucker, without recursion; ends stay, and a ring keeps a point that is far from its ends."""
    keep = {0, len(points) - 1}
    todo = [(0, len(points) - 1)]
    while todo:
        first, last = todo.pop()
        if last - first < 2:
            continue
        far = max(range(first + 1, last), key=lambda i: distance(points[i], points[first], points[last]))
        if distance(points[far], points[first], points[last]) > TOLERANCE:
            keep.add(far)
            todo += [(first, far), (far, last)]
    kept = [points[i] for i in sorted(keep)]
    return kept if len(kept) > 2 or points[0] != points[-1] else [*points[:: max(1, len(points) // 4)], points[-1]]


def distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a stretch."""
    (px, py), (ax, ay), (bx, by) = point, start, end
    dx, dy = bx - ax, by - ay
    share = 0.0 if dx == dy == 0 else max(0.0, min(1.0, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)))
    return math.hypot(px - ax - share * dx, py - ay - share * dy)


def joined(numbers: Sequence[int], arcs: Sequence[list[Point]]) -> list[Point]:
    """The ring that arcs make; a number below zero is an arc taken backwards."""
    ring: list[Point] = []
    for number in numbers:
        part = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += part[1 if ring else 0 :]
    return ring


def area(ring: Sequence[Point]) -> float:
    """In square degrees."""
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2


def innermost(ring: Sequence[Point]) -> list[float]:
    """Of the points of a grid within the ring the one that is farthest from its border."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    edges = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    best, reach = (sum(xs) / len(xs), sum(ys) / len(ys)), -1.0
    for i in range(1, GRID):
        for j in range(1, GRID):
            point = (min(xs) + (max(xs) - min(xs)) * i / GRID, min(ys) + (max(ys) - min(ys)) * j / GRID)
            if within(point, edges) and (far := min(distance(point, a, b) for a, b in edges)) > reach:
                best, reach = point, far
    return [round(best[0], 2), round(best[1], 2)]


def within(point: Point, edges: Sequence[tuple[Point, Point]]) -> bool:
    """Whether a ray from the point crosses the border an odd number of times."""
    px, py = point
    crossed = 0
    for (ax, ay), (bx, by) in edges:
        if (ay > py) != (by > py) and px < ax + (py - ay) * (bx - ax) / (by - ay):
            crossed += 1
    return crossed % 2 == 1


def packed(ring: Sequence[Point]) -> list[int]:
    """Hundredths of a degree, the first absolute, the others as differences."""
    whole = [(round(100 * x), round(100 * y)) for x, y in ring]
    told = [*whole[0]]
    for (ax, ay), (bx, by) in pairwise(whole):
        if (ax, ay) != (bx, by):
            told += [bx - ax, by - ay]
    return told


if __name__ == "__main__":
    main(Path(sys.argv[1]))
