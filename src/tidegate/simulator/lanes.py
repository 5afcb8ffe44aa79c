"""Lanes: who brings what from where, through which port and office; the unit from which declarations are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.simulator.goods import GOODS, SECTORS
from tidegate.simulator.places import CARRIERS, COUNTRIES, COUNTRY_INDEX, MODES, OFFICES, PORT_INDEX, PROVINCES, Office

__all__ = ["GOODS_A_LANE", "HUBS", "IMPORTER", "INCOTERMS", "LANE", "PROCEDURES", "Atlas", "Ints", "Records"]

Ints = NDArray[np.integer[Any]]
Records = NDArray[np.void]

PROCEDURES = ("A11", "A12", "A41", "E11", "E21", "E31", "G11", "C11", "H11")
INCOTERMS = ("CIF", "FOB", "CFR", "EXW", "DAP", "FCA")
INCOTERM_SHARES = np.cumsum([0.35, 0.30, 0.12, 0.08, 0.08, 0.07])
# Shares of PROCEDURES where goods feed a factory, and where they are sold.
FACTORY = np.cumsum([0.12, 0.45, 0.0, 0.12, 0.08, 0.20, 0.02, 0.01, 0.0])
SHOP = np.cumsum([0.74, 0.15, 0.06, 0.0, 0.0, 0.01, 0.02, 0.02, 0.0])
FACTORY_SECTORS = (
    "electronics",
    "machinery",
    "textile",
    "footwear",
    "steel",
    "metal",
    "plastics",
    "chemicals",
    "paper",
)
# Countries through which goods of others are often dispatched.
HUBS = np.array([COUNTRY_INDEX[code] for code in ("SG", "HK", "CN", "MY", "JP", "US")])
REGIONS = "NCS"
# A lane lists this many goods; a good may stand twice.
GOODS_A_LANE = 6

IMPORTER = np.dtype(
    [
        ("weight", "f8"),
        ("start", "i4"),
        ("end", "i4"),
        ("sector", "i2"),
        ("province", "i2"),
        ("price", "f4"),
        ("bulk", "f4"),
        ("broker", "i4"),
        ("trusted", "?"),
    ]
)
LANE = np.dtype(
    [
        ("importer", "i4"),
        ("supplier", "i4"),
        ("broker", "i4"),
        ("office", "i2"),
        ("origin", "i2"),
        ("dispatch", "i2"),
        ("transit", "i2"),
        ("loading", "i2"),
        ("unloading", "i2"),
        ("mode", "i1"),
        ("carrier", "i2"),
        ("incoterm", "i1"),
        ("procedure", "i1"),
        ("claims", "?"),
        ("goods", "i2", (GOODS_A_LANE,)),
        ("price", "f4"),
        ("bulk", "f4"),
        ("more", "f4"),
        ("rounds", "f4"),
        ("weight", "f8"),
        ("start", "i4"),
        ("end", "i4"),
        ("sector", "i2"),
    ]
)


class Atlas:
    """Look-up tables of goods and places, made from their lists; knows which way goods usually take, and which of the
    offices are open.
    """

    def __init__(self, offices: Sequence[Office] = OFFICES) -> None:
        goods, countries = len(GOODS), len(COUNTRIES)
        self.available = np.array([[mode in country.ports for mode in MODES] for country in COUNTRIES])
        # Usual modes of a good, the third-most usual last; where a country lacks one, what it has.
        self.modes = np.zeros((goods, countries, 3), dtype=np.int8)
        for place, good in enumerate(GOODS):
            for country in range(countries):
                own = [MODES.index(mode) for mode in good.modes if self.available[country, MODES.index(mode)]]
                # What comes by sea comes over land, too, from a neighbour.
                land = [MODES.index(mode) for mode in "32" if mode not in good.modes and "1" in good.modes]
                own += [mode for mode in land if own and self.available[country, mode]]
                own = own or [int(np.argmax(self.available[country, :4]))]
                self.modes[place, country] = (own * 3)[:3]
        self.loading = np.full((countries, len(MODES), 5), -1, dtype=np.int16)
        self.loadings = np.ones((countries, len(MODES)), dtype=np.int64)
        for place, partner in enumerate(COUNTRIES):
            for mode, ports in partner.ports.items():
                self.loadings[place, MODES.index(mode)] = len(ports)
                self.loading[place, MODES.index(mode), : len(ports)] = [PORT_INDEX[port] for port in ports]
        self.offices = np.zeros((len(REGIONS), len(MODES), len(OFFICES)))
        for row, region in enumerate(REGIONS):
            for column, mode in enumerate(MODES):
                shares = np.array(
                    [
                        o.weight * (1.0 if o.region == region else 0.08) if mode in o.modes and o in offices else 0.0
                        for o in OFFICES
                    ]
                )
                self.offices[row, column] = np.cumsum(shares / shares.sum())
        self.unloading = np.array([[PORT_INDEX[o.ports[-1 if mode == "4" else 0]] for mode in MODES] for o in OFFICES])
        self.regions = np.array([REGIONS.index(region) for _, region, _ in PROVINCES])
        # Goods that a supplier of a good from a country would also sell.
        self.beside = np.zeros((goods, countries, 8), dtype=np.int16)
        origins = [{code for code, _ in good.origins} for good in GOODS]
        sectors = [[i for i, other in enumerate(GOODS) if other.sector == name] for name in SECTORS]
        for place, good in enumerate(GOODS):
            for country, partner in enumerate(COUNTRIES):
                near = [i for i in sectors[SECTORS.index(good.sector)] if i != place and partner.code in origins[i]]
                self.beside[place, country] = np.resize(np.roll([place, *near], -(place % 5)), 8)

    def route(
        self,
        who: Records,
        importer: Ints,
        good: Ints,
        origin: Ints,
        dispatch: Ints,
        rng: np.random.Generator,
        *,
        mode: Ints | None = None,
    ) -> Records:
        """Return lanes for importers (records `who`), first goods, origins, dispatch; supplier and weight stay open."""
        count = len(importer)
        rows = np.zeros(count, LANE)
        rows["importer"], rows["origin"], rows["dispatch"], rows["broker"] = importer, origin, dispatch, who["broker"]
        rows["sector"] = who["sector"]
        parcel = who["sector"] == SECTORS.index("parcel")
        usual = np.searchsorted([0.76, 0.93], rng.random(count), side="right")
        chosen = self.modes[good, dispatch, usual] if mode is None else mode
        post = MODES.index("5")
        chosen = np.where(parcel & self.available[dispatch, post], post, chosen)
        rows["mode"] = chosen
        ports = (rng.random(count) * self.loadings[dispatch, chosen]).astype(np.int64)
        rows["loading"] = self.loading[dispatch, chosen, ports]
        region = self.regions[who["province"]]
        land = {"CN": "N", "LA": "C", "TH": "C", "KH": "S"}
        for code, letter in land.items():
            region = np.where(
                (chosen == MODES.index("3")) & (dispatch == COUNTRY_INDEX[code]), REGIONS.index(letter), region
            )
        rows["office"] = (
            (rng.random(count)[:, None] > self.offices[region, chosen]).sum(axis=1).clip(0, len(OFFICES) - 1)
        )
        rows["unloading"] = self.unloading[rows["office"], chosen]
        carriers = np.array([len(CARRIERS[mode]) for mode in MODES])
        rows["carrier"] = (rng.random(count) * carriers[chosen]).astype(np.int64)
        rows["incoterm"] = np.searchsorted(INCOTERM_SHARES, rng.random(count), side="right").clip(0, len(INCOTERMS) - 1)
        factory = np.isin(who["sector"], [SECTORS.index(name) for name in FACTORY_SECTORS])
        u = rng.random(count)
        kinds = np.where(factory, np.searchsorted(FACTORY, u, side="right"), np.searchsorted(SHOP, u, side="right"))
        rows["procedure"] = np.where(parcel, PROCEDURES.index("H11"), kinds.clip(0, len(PROCEDURES) - 2))
        rows["claims"] = (rng.random(count) < 0.55) & ~parcel
        far = rng.random(count) < np.where(self.available[dispatch, MODES.index("3")], 0.02, 0.22)
        hub = HUBS[rng.integers(0, len(HUBS), count)]
        rows["transit"] = np.where(far & (chosen == 0) & (hub != dispatch), hub, -1)
        width = 1 + (rng.random((count, 1)) ** 1.5 * GOODS_A_LANE).astype(np.int64)
        rows["goods"] = self.beside[good[:, None], origin[:, None], np.arange(GOODS_A_LANE) % width + 1]
        rows["goods"][:, 0] = good
        # One lane in twenty-five is honestly cheap: job lots, second quality, prices between related firms.
        rows["price"] = who["price"] + rng.normal(0, 0.17, count) - 0.55 * (rng.random(count) < 0.04)
        rows["bulk"] = who["bulk"] + rng.normal(0, 0.5, count)
        rows["more"] = np.where(parcel, 0.3, rng.gamma(1.4, 1.9, count))
        rows["rounds"] = rng.beta(0.5, 3.0, count)
        rows["start"], rows["end"] = who["start"], who["end"]
        return rows

    def first_goods(self, sectors: Ints, rng: np.random.Generator) -> Ints:
        """Return one good for each sector, by its weight in the trade; parcels hold any good that travels by post."""
        result = np.zeros(len(sectors), dtype=np.int64)
        u = rng.random(len(sectors))
        for place, name in enumerate(SECTORS):
            own = [i for i, good in enumerate(GOODS) if good.sector == name or (name == "parcel" and "5" in good.modes)]
            ends = np.cumsum([GOODS[i].weight for i in own])
            mine = sectors == place
            result[mine] = np.array(own)[np.searchsorted(ends / ends[-1], u[mine], side="right").clip(0, len(own) - 1)]
        return result

    def origin(self, goods: Ints, rng: np.random.Generator) -> Ints:
        """Return one country of origin for each good, by the shares in its row."""
        width = max(len(good.origins) for good in GOODS)
        ends, codes = np.ones((len(GOODS), width)), np.zeros((len(GOODS), width), dtype=np.int64)
        for place, good in enumerate(GOODS):
            shares = np.array([share for _, share in good.origins])
            ends[place, : len(shares)] = np.cumsum(shares) / shares.sum()
            codes[place] = np.resize([COUNTRY_INDEX[code] for code, _ in good.origins], width)
        column = (rng.random(len(goods))[:, None] >= ends[goods]).sum(axis=1).clip(0, width - 1)
        return np.asarray(codes[goods, column])
