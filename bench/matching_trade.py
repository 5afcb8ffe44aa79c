"""Lifelike lines and profiles for the matching benchmark: heavy tails, and conditions as officers write them.

A profile is kept as clauses, so that every peer gets it in its own language (matching_peers.py).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

FIRST = dt.date(2026, 1, 1)
GOODS = [
    *("gỗ tròn", "gỗ xẻ", "ivory", "scrap", "used", "battery", "toner", "resin", "frozen"),
    *("shell", "herbal", "hair", "ceramic", "steel coil", "footwear", "cosmetic", "vape", "drone"),
    *("phone", "charcoal", "coral", "leather", "tyre", "sugar", "cigar", "bearing", "valve"),
    *("pump", "motor", "lamp", "toy", "bag", "watch", "perfume", "vải dệt", "nhựa"),
    *("thép", "linh kiện"),
]
MAKES = [
    *("new", "grade A", "for garments", "model X", "set of parts", "industrial"),
    *("hàng mới 100%", "không nhãn hiệu", "type B", "OEM"),
]
PROCEDURES = [
    *("A11", "A12", "A21", "A31", "A41", "A42", "E11", "E13", "E21", "E31", "G11", "H11"),
]
INDICATORS = [
    *("price_ratio_180", "mass_per_package_z", "importer_hit_rate"),
    *("broker_share", "days_since_last", "supplier_age_days"),
]
LISTS = {"vn-watch": ("importer_id", 400), "shell-firms": ("exporter_id", 900), "boxes": ("container_ids", 300)}


@dataclass(frozen=True, slots=True)
class Clause:
    """One test of a field; matching_peers.sql shows the kinds there are."""

    kind: str
    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class Written:
    """A profile as clauses joined with AND, with its term and level."""

    id: str
    clauses: tuple[Clause, ...]
    starts: dt.date
    ends: dt.date
    level: str


class Trade:
    """`lines` and the catalogues they were drawn from."""

    def __init__(self, lines: int, seed: int = 1) -> None:
        self.chance = np.random.default_rng(seed)
        self.hs = self._hs_codes(6_000)
        self.importers = np.array(
            [f"0{number:09d}" for number in self.chance.permutation(90_000)[:60_000] + 100_000_000]
        )
        self.exporters = np.array([f"X{number:07d}" for number in range(120_000)])
        self.brokers = np.array([f"B{number:05d}" for number in range(3_000)])
        letters = [chr(65 + first) + chr(65 + second) for first in range(26) for second in range(26)]
        self.countries = np.array(letters)[self.chance.permutation(676)[:110]]
        self.offices = np.array([f"{number:02d}{kind}" for number in range(1, 21) for kind in ("CI", "CC")])
        self.ports = np.array([f"{country}{tail}" for country in self.countries for tail in ("AAA", "BBB", "CCC")])
        self.lines = self._lines(lines)
        self.lists = self._lists()

    def _hs_codes(self, count: int) -> np.ndarray[Any, Any]:
        headings = [f"{chapter:02d}{heading:02d}" for chapter in range(1, 98) for heading in range(1, 16)]
        chosen = self.chance.choice(headings, count)
        return np.array(sorted({f"{heading}{self.chance.integers(0, 10_000):04d}" for heading in chosen}))

    def _heavy(self, catalogue: np.ndarray[Any, Any], count: int, steepness: float = 1.0) -> np.ndarray[Any, Any]:
        """Draws with the frequency of rank r falling as 1 / (r + 5) ** steepness."""
        weight = 1 / (np.arange(len(catalogue)) + 5.0) ** steepness
        order = self.chance.permutation(len(catalogue))
        return catalogue[order[self.chance.choice(len(catalogue), count, p=weight / weight.sum())]]

    def _some(self, values: Any, absent: float) -> pl.Series:
        keep = self.chance.random(len(values)) >= absent
        return pl.select(pl.when(pl.Series(keep)).then(pl.Series(values))).to_series()

    def _lines(self, count: int) -> pl.DataFrame:
        chance = self.chance
        origin = self._heavy(self.countries, count, 1.1)
        dispatch = np.where(chance.random(count) < 0.85, origin, self._heavy(self.countries, count, 1.1))
        mass = np.exp(chance.normal(6, 2, count)).round(1) + 0.1
        value = (mass * np.exp(chance.normal(1.5, 1.2, count))).round(2)
        nouns, makes = np.array(GOODS), np.array(MAKES)
        description = pl.DataFrame(
            {"noun": nouns[chance.integers(0, len(GOODS), count)], "make": makes[chance.integers(0, len(MAKES), count)],
             "number": (chance.pareto(0.7, count) * 10).clip(0, 1e6).astype(np.int64)}
        ).select(pl.format("{} {} no. {}", pl.col("noun").str.to_titlecase(), "make", "number"))  # fmt: skip
        boxes = np.array([f"MSKU{number:07d}" for number in range(200_000)])
        days = (np.datetime64(FIRST) + chance.integers(0, 365, count)).astype("datetime64[D]")
        return pl.DataFrame(
            {
                "declaration_id": pl.Series(np.arange(count) // 3).cast(pl.String),
                "lodged_on": days,
                "office": self._heavy(self.offices, count),
                "procedure": self._heavy(np.array(PROCEDURES), count),
                "importer_id": self._heavy(self.importers, count, 0.9),
                "importer_registered_on": self._some(days - chance.integers(1, 6000, count), 0.05),
                "importer_trusted": chance.random(count) < 0.08,
                "exporter_id": self._some(self._heavy(self.exporters, count, 0.9), 0.05),
                "declarant_id": self._heavy(self.brokers, count, 0.9),
                "hs_code": self._heavy(self.hs, count, 0.8),
                "description": self._some(description.to_series(), 0.01),
                "origin_country": self._some(origin, 0.02),
                "dispatch_country": self._some(dispatch, 0.02),
                "loading_port": self._heavy(self.ports, count, 1.0),
                "transport_mode": self._heavy(np.array(["1", "4", "3", "2", "5"]), count, 2.0),
                "container_ids": self._some(boxes[chance.integers(0, len(boxes), count)], 0.45),
                "packages": (np.exp(chance.normal(3, 1.5, count)) + 1).astype(np.int32),
                "net_mass_kg": mass,
                "customs_value": value,
                "duty_rate": chance.choice([0.0, 5.0, 8.0, 12.0, 20.0, 30.0], count),
                "preference": self._some(self._heavy(np.array(["B01", "B03", "B04", "B05", "B09", "B61"]), count), 0.1),
                **{name: self._some(np.exp(chance.normal(0, 1, count)), 0.1) for name in INDICATORS},
            }
        )  # fmt: skip

    def _lists(self) -> dict[str, list[tuple[str, dt.date | None]]]:
        """Values of each list with the last day on which they count."""
        lists = {}
        for name, (field, size) in LISTS.items():
            values = self.lines[field].drop_nulls().unique().sort().sample(size, seed=7).to_list()
            ends = [
                None if self.chance.random() < 0.5 else FIRST + dt.timedelta(int(self.chance.integers(0, 400)))
                for _ in values
            ]
            lists[name] = list(zip(values, ends, strict=True))
        return lists

    # Profiles

    def profiles(self, count: int, seed: int = 2) -> list[Written]:
        """`count` profiles of fourteen patterns; half aim at what is common in the trade, half at what is rare."""
        self.chance = np.random.default_rng(seed)
        aimed_at = ("hs_code", "importer_id", "exporter_id", "declarant_id", "loading_port", "origin_country")
        common = {name: self.lines[name].drop_nulls().sample(5_000, seed=3).to_numpy() for name in aimed_at}
        return [self._profile(number, common) for number in range(count)]

    def _profile(self, number: int, common: dict[str, Any]) -> Written:
        chance = self.chance

        def pick(catalogue: np.ndarray[Any, Any], field: str, often: float = 0.5) -> str:
            return str(chance.choice(common[field] if chance.random() < often else catalogue))

        def hs(*digits: int) -> Clause:
            return Clause("prefix", "hs_code", pick(self.hs, "hs_code")[: int(chance.choice(digits))])

        def origins() -> Clause:
            names = dict.fromkeys(pick(self.countries, "origin_country", 0.3) for _ in range(chance.integers(1, 6)))
            return Clause("in", "origin_country", tuple(names))

        def worth(low: float = 8.0) -> Clause:
            return Clause("more", "customs_value", float(round(np.exp(chance.normal(low, 1.5)), -2)))

        def importers() -> Clause:
            return Clause(
                "in",
                "importer_id",
                tuple(dict.fromkeys(pick(self.importers, "importer_id", 0.2) for _ in range(chance.integers(1, 8)))),
            )

        def cheap() -> Clause:
            return Clause("less", "price_ratio_180", float(round(chance.uniform(0.1, 0.6), 2)))

        def a_kilogram() -> Clause:
            return Clause(
                "ratio_less", "customs_value", ("net_mass_kg", float(round(np.exp(chance.normal(0, 0.7)), 2)))
            )

        def young() -> Clause:
            return Clause("younger", "importer_registered_on", int(chance.choice([30, 60, 90, 180])))

        def unknown() -> tuple[Clause, Clause]:
            return Clause("flag", "importer_trusted", False), Clause("equal", "preference", "B04")

        def indicator() -> Clause:
            name = str(chance.choice(INDICATORS))
            low = chance.random() < 0.5
            return Clause(
                "less" if low else "more", name, float(round(np.exp(chance.normal(-1.2 if low else 1.2, 0.4)), 2))
            )

        patterns: list[tuple[float, Any]] = [
            (0.24, lambda: (hs(4, 6, 8), origins())),
            (0.14, lambda: (importers(),)),
            (0.06, lambda: (importers(), hs(2, 4))),
            (0.07, lambda: (Clause("equal", "exporter_id", pick(self.exporters, "exporter_id", 0.2)), hs(2, 4))),
            (0.10, lambda: (hs(4, 6), worth(), indicator())),
            (0.11, lambda: (hs(6, 8), cheap(), worth(7))),
            (0.06, lambda: (Clause("word", "description", str(chance.choice(GOODS))), hs(2, 4))),
            (0.02, lambda: (Clause("word", "description", str(chance.choice(GOODS))), origins(), indicator())),
            (0.03, lambda: (self._listed(), indicator())),
            (0.06, lambda: (Clause("equal", "loading_port", pick(self.ports, "loading_port")),
                            Clause("differs", "origin_country", "dispatch_country"), hs(2, 4))),
            (0.04, lambda: (Clause("equal", "declarant_id", pick(self.brokers, "declarant_id")), indicator())),
            (0.03, lambda: (young(), hs(4, 6), worth(9))),
            (0.03, lambda: (a_kilogram(), hs(4, 6))),
            (0.01, lambda: (*unknown(), hs(4, 6), origins())),
        ]  # fmt: skip
        weights = np.array([weight for weight, _ in patterns])
        clauses = patterns[chance.choice(len(patterns), p=weights / weights.sum())][1]()
        starts, ends = FIRST, dt.date(2026, 12, 31)
        fate = chance.random()
        if fate < 0.2:
            starts = FIRST + dt.timedelta(int(chance.integers(0, 300)))
            ends = starts + dt.timedelta(int(chance.integers(30, 200)))
        elif fate < 0.25:
            starts, ends = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
        level = str(chance.choice(self.offices)) if chance.random() < 0.25 else "national"
        return Written(f"P{number:05d}", clauses, starts, ends, level)

    def _listed(self) -> Clause:
        name = str(self.chance.choice(list(LISTS)))
        return Clause("listed", LISTS[name][0], name)
