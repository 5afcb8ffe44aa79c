"""The words and codes that lines point to: wordings of goods, documents, containers, ships, each list made once."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.simulator.goods import GOODS
from tidegate.simulator.lanes import INCOTERMS, PROCEDURES, Ints
from tidegate.simulator.numbers import containers, ships
from tidegate.simulator.places import CARRIERS, COUNTRIES, MODES, OFFICES, PORTS

__all__ = ["Texts"]

PERMITS = ("produce", "meat", "seafood", "grain", "timber", "pharma", "food")
VAGUE = ("Hàng hóa các loại", "Phụ kiện và hàng khác")


class Texts:
    """The words and codes that lines point to, each list made once."""

    WORDINGS = 10

    def __init__(self, lines: int, rng: np.random.Generator) -> None:
        self.offices = pl.Series([office.code for office in OFFICES])
        self.procedures, self.incoterms = pl.Series(PROCEDURES), pl.Series(INCOTERMS)
        # The last entry answers for "none".
        self.countries = pl.Series([*(country.code for country in COUNTRIES), None])
        self.ports = pl.Series([*PORTS, None])
        self.modes = pl.Series(list(MODES))
        self.carriers = pl.Series([code for mode in MODES for code in CARRIERS[mode]])
        sizes = np.array([len(CARRIERS[mode]) for mode in MODES])
        self.carrier_start = np.cumsum(sizes) - sizes
        # Two national endings a good: the usual one and "other".
        self.codes = pl.Series([good.hs6 + ending for good in GOODS for ending in ("10", "90")])
        self.units, self.packages = pl.Series([g.unit for g in GOODS]), pl.Series([g.package for g in GOODS])
        self.preferences = pl.Series([*(country.preference for country in COUNTRIES), "B01"])
        self.permits = np.array([good.sector in PERMITS for good in GOODS]).astype(np.int64)
        # UN/EDIFACT 1001: invoice, packing list, transport document by mode, certificate of origin, import permit.
        self.documents = pl.Series(
            [
                " ".join(
                    filter(
                        None,
                        ("380", "271" if mode != "5" else "", paper, "861" if claims else "", "911" if permit else ""),
                    )
                )
                for mode, paper in zip(MODES, ("705", "720", "730", "740", "750"), strict=True)
                for claims in (False, True)
                for permit in (False, True)
            ]
        )
        self.wordings = pl.Series([text for good in GOODS for text in self.words(good.vi, good.en)] + list(VAGUE))
        self.containers = pl.Series(containers(int(np.clip(lines // 4, 200, 200_000)), rng))
        fleets = [ships(400, rng), [f"RAIL{n:03d}" for n in range(40)]]
        fleets.append([f"{n % 99 + 1:02d}H{n * 37 % 90_000 + 10_000}" for n in range(900)])
        fleets.append([f"{code}{n:03d}" for code in CARRIERS["4"] for n in range(100, 140)])
        fleets.append([f"POST{n:03d}" for n in range(60)])
        self.vehicles = pl.Series([name for fleet in fleets for name in fleet])
        self.fleet = np.array([len(fleet) for fleet in fleets])
        self.fleet_start = np.cumsum(self.fleet) - self.fleet

    @staticmethod
    def words(vi: str, en: str) -> list[str]:
        """Return the ways in which one good is worded."""
        return [
            vi, f"{vi}, mới 100%", f"{vi} - {en}", en, f"{en}, new", f"{vi}, hàng mới 100%", f"{vi} (không nhãn hiệu)",
            f"{vi}, dùng cho sản xuất", f"{en} / {vi}", f"{vi}, quy cách theo hợp đồng",
        ]  # fmt: skip

    def wording(self, good: Ints, choice: Ints, vague: NDArray[np.bool_]) -> pl.Series:
        """Return how each good is described; vaguely where `vague` says so."""
        precise = good * Texts.WORDINGS + choice
        return self.wordings.gather(np.where(vague, len(GOODS) * Texts.WORDINGS + choice % len(VAGUE), precise))

    def vehicle(self, mode: Ints, carrier: Ints, day: Ints, rng: np.random.Generator) -> pl.Series:
        """Return ship, train, truck, flight or mail run: a carrier's own ones, that change with the days."""
        turn = carrier.astype(np.int64) * 41 + day // 3 * 7 + rng.integers(0, 5, len(mode))
        return self.vehicles.gather(self.fleet_start[mode] + turn % self.fleet[mode])

    def boxes(self, count: Ints, rng: np.random.Generator) -> pl.Series:
        """Return `count` (0 to 4) container numbers for each declaration, joined by spaces; null for none."""
        drawn = rng.integers(0, len(self.containers), (4, len(count)))
        four = pl.DataFrame({str(n): self.containers.gather(drawn[n]) for n in range(4)}).with_columns(count=count)
        kept = [pl.when(pl.col("count") > n).then(pl.col(str(n))) for n in range(4)]
        joined = pl.when(pl.col("count") > 0).then(pl.concat_str(kept, separator=" ", ignore_nulls=True))
        return four.select(joined.alias("boxes"))["boxes"]
