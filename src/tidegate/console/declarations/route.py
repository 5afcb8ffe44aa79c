"""The route of a declaration on a map: from origin over dispatch and transit to where the goods are unloaded.

Outlines are Natural Earth's (world.json, made by scripts/world_outlines.py). What an administration wants drawn
besides stands in a GeoJSON file that TIDEGATE_MAP_OVERLAY names. The map names no country but those of the route.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tidegate.console.declarations.dossier import country, values
from tidegate.console.register.models import Line

__all__ = ["Leg", "Map", "Place", "Stop", "overlay", "route_of", "stops"]

LOG = logging.getLogger(__name__)
WIDTH, HEIGHT = 720.0, 360.0
ROUND = 360.0  # how far it is around
LEAST = 44.0  # degrees of longitude that are shown at least
MARGIN = 0.18  # of the width of the route that is left around it
MOST_FEATURES, MOST_POINTS = 2_000, 50_000  # of an overlay

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stop:
    """A country on the way; `what`: the parts that it has in the route."""

    code: str
    what: Sequence[Any]
    ports: Sequence[str] = ()

    @property
    def name(self) -> str:
        return country(self.code)


@dataclass(frozen=True, slots=True)
class Place:
    """A stop on the paper. `left`: its label stands to the left of it."""

    stop: Stop
    x: float
    y: float
    left: bool
    lower: bool


@dataclass(frozen=True, slots=True)
class Leg:
    """The path from one stop to the next, bent upwards so that there and back are told apart."""

    path: str


@dataclass(frozen=True, slots=True)
class Map:
    """`land`, `through`: paths of countries, those of the route apart; `overlay`: (path, name, x, y)."""

    land: Sequence[str]
    through: Sequence[str]
    legs: Sequence[Leg]
    places: Sequence[Place]
    overlay: Sequence[tuple[str, str, float, float]]
    width: float = WIDTH
    height: float = HEIGHT


def stops(lines: Sequence[Line]) -> list[Stop]:
    """The way of the goods: every origin, then dispatch, transit and unloading; a country that follows itself once."""
    ports = {name: values(lines, name) for name in ("loading_port", "unloading_port")}
    way: list[tuple[str, Any, Sequence[str]]] = []
    for field, what in (("origin_country", _("origin")), ("dispatch_country", _("dispatch"))):
        for code in values(lines, field):
            loaded = ports["loading_port"] if field == "dispatch_country" else []
            way.append((code, what, [port for port in loaded if port.startswith(code)]))
    way += [(code, _("transit"), ()) for code in values(lines, "transit_country")]
    for code in dict.fromkeys(port[:2] for port in ports["unloading_port"]):
        way.append((code, _("unloading"), [port for port in ports["unloading_port"] if port.startswith(code)]))
    told: list[Stop] = []
    for code, what, own in way:
        if told and told[-1].code == code:
            last = told[-1]
            told[-1] = Stop(code, [*last.what, what], [*last.ports, *(port for port in own if port not in last.ports)])
        else:
            told.append(Stop(code, [what], own))
    return told


def route_of(lines: Sequence[Line]) -> Map | None:
    """The map of the way of these lines; None where no country of it is known."""
    known = [stop for stop in stops(lines) if stop.code in _world()]
    if not known:
        return None
    way = _unwrapped([_world()[stop.code][0] for stop in known])
    frame = _Frame.around(way)
    through = {stop.code for stop in known}
    land, on_way = [], []
    for code, (_at, rings) in _world().items():
        path = "".join(frame.drawn(rings))
        if path:
            (on_way if code in through else land).append(path)
    origins = sum(1 for stop in known if stop.what[0] == known[0].what[0])
    placed = [frame.at(frame.turned(point)) for point in way]
    legs = [Leg(_bent(placed[i], placed[i + 1])) for i in range(max(origins - 1, 0), len(placed) - 1)]
    legs += [Leg(_bent(placed[i], placed[origins])) for i in range(origins - 1) if origins < len(placed)]
    legs = [leg for leg in legs if leg.path]
    places: dict[tuple[str, float], Place] = {}
    for stop, (x, y) in zip(known, placed, strict=True):
        key = (stop.code, round(x))
        if key in places:
            seen = places[key].stop
            stop = Stop(stop.code, [*seen.what, *stop.what], [*seen.ports, *stop.ports])
        lower = any(abs(other.y - y) < 30 and abs(other.x - x) < 140 and other.y <= y for other in places.values())
        places[key] = Place(stop, x, y, x > WIDTH * 0.72, lower)
    return Map(land, on_way, legs, list(places.values()), _overlaid(frame))


@cache
def _world() -> dict[str, tuple[Point, list[list[Point]]]]:
    told = json.loads((Path(__file__).parent / "world.json").read_text(encoding="ascii"))
    return {code: ((one["at"][0], one["at"][1]), [_ring(ring) for ring in one["rings"]]) for code, one in told.items()}


def _ring(packed: Sequence[int]) -> list[Point]:
    x = y = 0
    points = []
    for dx, dy in zip(packed[::2], packed[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x / 100, y / 100))
    return points


def _unwrapped(points: Sequence[Point]) -> list[Point]:
    """The points with each longitude moved around the world, so that every leg goes the shorter way."""
    way = [points[0]]
    for x, y in points[1:]:
        last = way[-1][0]
        way.append((x + ROUND * round((last - x) / ROUND), y))
    return way


def _up(latitude: float) -> float:
    """Miller's cylindrical projection, in degrees of the equator (Snyder, "Map Projections", 1987, p. 88)."""
    held = math.radians(max(-80.0, min(84.0, latitude)))
    return math.degrees(1.25 * math.log(math.tan(math.pi / 4 + 0.4 * held)))


@dataclass(frozen=True, slots=True)
class _Frame:
    """The stretch of the world that is shown: west edge and north edge (projected), and paper units a degree."""

    west: float
    north: float
    scale: float

    @classmethod
    def around(cls, way: Sequence[Point]) -> _Frame:
        xs, ys = [x for x, _ in way], [_up(y) for _, y in way]
        ratio = WIDTH / HEIGHT
        wide = max(LEAST, (max(xs) - min(xs)) * (1 + 2 * MARGIN), (max(ys) - min(ys)) * (1 + 3 * MARGIN) * ratio)
        wide = min(wide, ROUND)
        middle_x, middle_y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
        return cls(middle_x - wide / 2, middle_y + wide / ratio / 2, WIDTH / wide)

    def turned(self, point: Point) -> Point:
        """The point, moved around the world into the frame: a way may go around it more than once."""
        return point[0] - ROUND * math.floor((point[0] - self.west) / ROUND), point[1]

    def at(self, point: Point) -> Point:
        """A place on the paper."""
        return round((point[0] - self.west) * self.scale, 1), round((self.north - _up(point[1])) * self.scale, 1)

    def drawn(self, rings: Iterable[Sequence[Point]], closed: bool = True) -> Iterator[str]:
        """The paths of rings that are to be seen, at each turn of the world."""
        east = self.west + WIDTH / self.scale
        for ring in rings:
            xs = [x for x, _ in ring]
            for turn in (-ROUND, 0.0, ROUND):
                if max(xs) + turn < self.west or min(xs) + turn > east:
                    continue
                points = [self.at((x + turn, y)) for x, y in ring]
                heights = [y for _, y in points]
                if max(heights) < 0 or min(heights) > HEIGHT:
                    continue
                yield _path(points) + ("Z" if closed else "")


def _path(points: Sequence[Point]) -> str:
    """Whole tenths, one after another; points that fall together on the paper once."""
    told, last = [], (math.inf, math.inf)
    for x, y in points:
        if abs(x - last[0]) + abs(y - last[1]) >= 0.8:
            told.append(f"{x:g} {y:g}")
            last = (x, y)
    return "M" + "L".join(told)


def _bent(start: Point, end: Point) -> str:
    (ax, ay), (bx, by) = start, end
    far = math.hypot(bx - ax, by - ay)
    if far < 1:
        return ""
    up_x, up_y = (by - ay) / far, (ax - bx) / far
    lift = 0.3 * far * (-1 if up_y > 0 else 1)
    return f"M{ax:g} {ay:g}Q{(ax + bx) / 2 + lift * up_x:.1f} {(ay + by) / 2 + lift * up_y:.1f} {bx:g} {by:g}"


def _overlaid(frame: _Frame) -> list[tuple[str, str, float, float]]:
    told = []
    for rings, closed, name in overlay():
        path = "".join(frame.drawn(rings, closed))
        if path:
            x, y = frame.at(rings[0][0])
            told.append((path, name if 0 <= x <= WIDTH and 0 <= y <= HEIGHT else "", x, y))
    return told


def overlay() -> Sequence[tuple[list[list[Point]], bool, str]]:
    """What the administration wants drawn: (rings or lines, whether closed, name). Broken files are told to the log
    once, and left out."""
    path = getattr(settings, "MAP_OVERLAY", "")
    try:
        return _overlay(path, Path(path).stat().st_mtime) if path else ()
    except OSError as error:
        return _broken(path, error.strerror or "cannot be read")


@lru_cache(maxsize=2)
def _overlay(path: str, _written: float) -> Sequence[tuple[list[list[Point]], bool, str]]:
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        features = told["features"] if told["type"] == "FeatureCollection" else [told]
        if len(features) > MOST_FEATURES:
            raise ValueError(f"more than {MOST_FEATURES} features")
        found = [shape for feature in features for shape in _shapes(feature)]
        if sum(len(ring) for rings, _closed, _name in found for ring in rings) > MOST_POINTS:
            raise ValueError(f"more than {MOST_POINTS} points")
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        return _broken(path, f"{type(error).__name__}: {error}")
    return found


@lru_cache(maxsize=8)
def _broken(path: str, why: str) -> tuple[()]:
    LOG.error("TIDEGATE_MAP_OVERLAY %s is left out: %s. It has to be a GeoJSON file (RFC 7946).", path, why)
    return ()


def _shapes(feature: Any) -> Iterator[tuple[list[list[Point]], bool, str]]:
    geometry = feature["geometry"] if feature["type"] == "Feature" else feature
    name = str((feature.get("properties") or {}).get("name") or "")
    kind, held = geometry["type"], geometry.get("coordinates")
    if kind == "GeometryCollection":
        for one in geometry["geometries"]:
            yield from _shapes({"type": "Feature", "geometry": one, "properties": {"name": name}})
        return
    if kind in ("Point", "MultiPoint"):
        parts = [([_cross(one)], True) for one in ([held] if kind == "Point" else held)]
    elif kind in ("LineString", "MultiLineString"):
        parts = [([held] if kind == "LineString" else held, False)]
    elif kind in ("Polygon", "MultiPolygon"):
        parts = [(polygon, True) for polygon in ([held] if kind == "Polygon" else held)]
    else:
        raise ValueError(f"there is no geometry {kind!r}")
    for rings, closed in parts:
        yield [[_sound(point) for point in ring] for ring in rings if ring], closed, name


def _cross(point: Sequence[float]) -> list[Sequence[float]]:
    """A point as a small square, so that all is drawn alike."""
    x, y = point[0], point[1]
    return [(x - 0.2, y - 0.2), (x + 0.2, y - 0.2), (x + 0.2, y + 0.2), (x - 0.2, y + 0.2)]


def _sound(point: Sequence[float]) -> Point:
    x, y = float(point[0]), float(point[1])
    if not (math.isfinite(x) and math.isfinite(y) and abs(x) <= ROUND and abs(y) <= 90):
        raise ValueError(f"{x}, {y} is no longitude and latitude")
    return x, y
