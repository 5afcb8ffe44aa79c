"""Who trades: importers with heavy-tailed volumes, brokers, suppliers, and the lanes between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.simulator import names
from tidegate.simulator.goods import GOODS, SECTORS
from tidegate.simulator.numbers import tax_codes
from tidegate.simulator.places import CARRIERS, COUNTRIES, COUNTRY_INDEX, MODES, OFFICES, PORT_INDEX, PROVINCES

__all__ = ["FOREVER", "INCOTERMS", "PROCEDURES", "Traders", "settle"]

FOREVER = 1_000_000
Ints = NDArray[np.integer[Any]]
Records = NDArray[np.void]

PROCEDURES = ("A11", "A12", "A41", "E11", "E21", "E31", "G11", "C11", "H11")
INCOTERMS = ("CIF", "FOB", "CFR", "EXW", "DAP", "FCA")
INCOTERM_SHARES = np.cumsum([0.35, 0.30, 0.12, 0.08, 0.08, 0.07])
# Shares of PROCEDURES where goods feed a factory, and where they are sold.
FACTORY = np.cumsum([0.12, 0.45, 0.0, 0.12, 0.08, 0.20, 0.02, 0.01, 0.0])
SHOP = np.cumsum([0.74, 0.15, 0.06, 0.0, 0.0, 0.01, 0.02, 0.02, 0.0])
FACTORY_SECTORS = ("electronics", "machinery", "textile", "footwear", "steel", "metal", "plastics", "chemicals", "paper")
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


class Map:
    """Look-up tables of the goods and places, made once from their lists."""

    def __init__(self) -> None:
        goods, countries = len(GOODS), len(COUNTRIES)
        self.available = np.array([[mode in country.ports for mode in MODES] for country in COUNTRIES])
        # Usual modes of a good, the third-most usual last; where a country lacks one, what it has.
        self.modes = np.zeros((goods, countries, 3), dtype=np.int8)
        for place, good in enumerate(GOODS):
            for country in range(countries):
                own = [MODES.index(mode) for mode in good.modes if self.available[country, MODES.index(mode)]]
                own = own or [int(np.argmax(self.available[country, :4]))]
                self.modes[place, country] = (own * 3)[:3]
        self.loading = np.full((countries, len(MODES), 5), -1, dtype=np.int16)
        self.loadings = np.ones((countries, len(MODES)), dtype=np.int64)
        for place, country in enumerate(COUNTRIES):
            for mode, ports in country.ports.items():
                self.loadings[place, MODES.index(mode)] = len(ports)
                self.loading[place, MODES.index(mode), : len(ports)] = [PORT_INDEX[port] for port in ports]
        self.offices = np.zeros((len(REGIONS), len(MODES), len(OFFICES)))
        for row, region in enumerate(REGIONS):
            for column, mode in enumerate(MODES):
                shares = np.array(
                    [o.weight * (1.0 if o.region == region else 0.08) if mode in o.modes else 0.0 for o in OFFICES]
                )
                self.offices[row, column] = np.cumsum(shares / shares.sum())
        self.express = np.array([office.modes == "45" for office in OFFICES])
        self.unloading = np.array([[PORT_INDEX[o.ports[-1 if mode == "4" else 0]] for mode in MODES] for o in OFFICES])
        # Goods that a supplier of a good from a country would also sell.
        self.beside = np.zeros((goods, countries, 8), dtype=np.int16)
        origins = [{code for code, _ in good.origins} for good in GOODS]
        sectors = [[i for i, other in enumerate(GOODS) if other.sector == name] for name in SECTORS]
        for place, good in enumerate(GOODS):
            for country, partner in enumerate(COUNTRIES):
                near = [i for i in sectors[SECTORS.index(good.sector)] if i != place and partner.code in origins[i]]
                self.beside[place, country] = np.resize(np.roll([place, *near], -(place % 5)), 8)


MAP = Map()


class Growing:
    """A record array with room to spare, so that adding one row does not copy them all."""

    def __init__(self, dtype: np.dtype[np.void]) -> None:
        self.rows, self.count = np.zeros(64, dtype), 0

    def view(self) -> Records:
        """Return the rows in use."""
        return self.rows[: self.count]

    def extend(self, rows: Records) -> Ints:
        """Add rows; return their indexes."""
        first, self.count = self.count, self.count + len(rows)
        if self.count > len(self.rows):
            self.rows = np.concatenate([self.rows[:first], np.zeros(self.count * 3 // 2 - first, self.rows.dtype)])
        self.rows[first : self.count] = rows
        return np.arange(first, self.count)


@dataclass
class Traders:
    """Everybody who trades. Records grow during the year: nobody is ever removed, only ended."""

    importer_rows: Growing = field(default_factory=lambda: Growing(IMPORTER))
    lane_rows: Growing = field(default_factory=lambda: Growing(LANE))
    tax_codes: set[str] = field(default_factory=set)
    importer_texts: dict[str, list[Any]] = field(
        default_factory=lambda: {
            "importer_id": [],
            "importer_name": [],
            "importer_address": [],
            "importer_registered_on": [],
            "importer_trusted": [],
        }
    )
    supplier_country: list[int] = field(default_factory=list)
    supplier_texts: dict[str, list[str]] = field(default_factory=lambda: {"exporter_id": [], "exporter_name": []})
    broker_texts: dict[str, list[str]] = field(default_factory=lambda: {"declarant_id": [], "declarant_name": []})

    @property
    def importers(self) -> Records:
        """All importers so far, a view."""
        return self.importer_rows.view()

    @property
    def lanes(self) -> Records:
        """All lanes so far, a view."""
        return self.lane_rows.view()

    def enlist(self, rows: Records, texts: dict[str, list[Any]]) -> Ints:
        """Add importers; return their indexes."""
        for name, values in texts.items():
            self.importer_texts[name].extend(values)
        return self.importer_rows.extend(rows)

    def open(self, rows: Records) -> Ints:
        """Add lanes; return their indexes."""
        return self.lane_rows.extend(rows)

    def add_suppliers(self, countries: list[int], rng: np.random.Generator) -> int:
        """Add one supplier for each country; return the index of the first."""
        first = len(self.supplier_country)
        codes = [COUNTRIES[country].code for country in countries]
        self.supplier_country.extend(countries)
        self.supplier_texts["exporter_id"].extend(f"{code}{first + n:07d}" for n, code in enumerate(codes))
        self.supplier_texts["exporter_name"].extend(names.suppliers(codes, rng))
        return first

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Return the texts of importers, suppliers and brokers as tables, one row an index."""
        return (
            pl.DataFrame(self.importer_texts, schema_overrides={"importer_registered_on": pl.Date}),
            pl.DataFrame(self.supplier_texts),
            pl.DataFrame(self.broker_texts),
        )


def found(
    count: int,
    sectors: Ints,
    weights: NDArray[np.float64],
    starts: Ints,
    start: date,
    taken: set[str],
    rng: np.random.Generator,
) -> tuple[Records, dict[str, list[Any]]]:
    """Return `count` importers who begin to trade on `starts` (days from `start`; 0: long before)."""
    rows = np.zeros(count, IMPORTER)
    rows["weight"], rows["sector"], rows["start"] = weights, sectors, starts
    leaves = rng.random(count) < 0.12
    rows["end"] = np.where(leaves, starts + rng.integers(40, 400, count), FOREVER)
    rows["province"] = rng.choice(len(PROVINCES), count, p=province_shares())
    rows["price"] = rng.normal(0, 0.12, count)
    rows["bulk"] = rng.normal(0, 0.5, count)
    before = np.where(starts > 0, rng.integers(10, 400, count), rng.integers(60, 7000, count))
    private = sectors == SECTORS.index("parcel")
    provinces = [PROVINCES[province] for province in rows["province"].tolist()]
    prefixes = ["80" if p else place[2] for p, place in zip(private.tolist(), provinces, strict=True)]
    companies, people = names.importers(count, rng), names.buyers(count, rng)
    large = weights >= np.quantile(weights, 0.97) if count > 30 else np.zeros(count, bool)
    rows["trusted"] = large & ~private & (before > 700) & (rng.random(count) < 0.6)
    texts: dict[str, list[Any]] = {
        "importer_id": tax_codes(prefixes, taken, rng),
        "importer_name": [b if p else a for a, b, p in zip(companies, people, private.tolist(), strict=True)],
        "importer_address": names.addresses(rows["province"].tolist(), rng),
        "importer_registered_on": [
            None if p else start + timedelta(days=days) for days, p in zip((starts - before).tolist(), private.tolist(), strict=True)
        ],
        "importer_trusted": rows["trusted"].tolist(),
    }
    return rows, texts


def province_shares() -> NDArray[np.float64]:
    """Return how many importers sit in each province: the two cities hold half."""
    shares = np.array([4.0 if name in ("Hà Nội", "TP Hồ Chí Minh") else 1.0 for name, _, _ in PROVINCES])
    return shares / shares.sum()


def route(
    traders: Traders,
    importer: Ints,
    good: Ints,
    origin: Ints,
    dispatch: Ints,
    rng: np.random.Generator,
    *,
    mode: Ints | None = None,
) -> Records:
    """Return lanes for these importers, first goods, origins and places of dispatch; supplier and weight are left open."""
    count = len(importer)
    rows = np.zeros(count, LANE)
    who = traders.importers[importer]
    rows["importer"], rows["origin"], rows["dispatch"], rows["broker"] = importer, origin, dispatch, who["broker"]
    rows["sector"] = who["sector"]
    parcel = who["sector"] == SECTORS.index("parcel")
    usual = np.searchsorted([0.76, 0.93], rng.random(count), side="right")
    chosen = MAP.modes[good, dispatch, usual] if mode is None else mode
    post = MODES.index("5")
    chosen = np.where(parcel & MAP.available[dispatch, post], post, chosen)
    rows["mode"] = chosen
    ports = (rng.random(count) * MAP.loadings[dispatch, chosen]).astype(np.int64)
    rows["loading"] = MAP.loading[dispatch, chosen, ports]
    region = np.array([REGIONS.index(region) for _, region, _ in PROVINCES])[who["province"]]
    land = {"CN": "N", "LA": "C", "TH": "C", "KH": "S"}
    for code, letter in land.items():
        region = np.where((chosen == MODES.index("3")) & (dispatch == COUNTRY_INDEX[code]), REGIONS.index(letter), region)
    rows["office"] = (rng.random(count)[:, None] > MAP.offices[region, chosen]).sum(axis=1).clip(0, len(OFFICES) - 1)
    rows["unloading"] = MAP.unloading[rows["office"], chosen]
    carriers = np.array([len(CARRIERS[mode]) for mode in MODES])
    rows["carrier"] = (rng.random(count) * carriers[chosen]).astype(np.int64)
    rows["incoterm"] = np.searchsorted(INCOTERM_SHARES, rng.random(count), side="right").clip(0, len(INCOTERMS) - 1)
    factory = np.isin(who["sector"], [SECTORS.index(name) for name in FACTORY_SECTORS])
    u = rng.random(count)
    kinds = np.where(factory, np.searchsorted(FACTORY, u, side="right"), np.searchsorted(SHOP, u, side="right"))
    rows["procedure"] = np.where(parcel, PROCEDURES.index("H11"), kinds.clip(0, len(PROCEDURES) - 2))
    rows["claims"] = (rng.random(count) < 0.55) & ~parcel
    far = rng.random(count) < np.where(MAP.available[dispatch, MODES.index("3")], 0.02, 0.22)
    hub = HUBS[rng.integers(0, len(HUBS), count)]
    rows["transit"] = np.where(far & (chosen == 0) & (hub != dispatch), hub, -1)
    width = 1 + (rng.random((count, 1)) ** 1.5 * GOODS_A_LANE).astype(np.int64)
    rows["goods"] = MAP.beside[good[:, None], origin[:, None], np.arange(GOODS_A_LANE) % width + 1]
    rows["goods"][:, 0] = good
    # One lane in twenty-five is honestly cheap: job lots, second quality, prices between related firms.
    rows["price"] = who["price"] + rng.normal(0, 0.17, count) - 0.55 * (rng.random(count) < 0.04)
    rows["bulk"] = who["bulk"] + rng.normal(0, 0.5, count)
    rows["more"] = np.where(parcel, 0.3, rng.gamma(1.4, 1.9, count))
    rows["rounds"] = rng.beta(0.5, 3.0, count)
    rows["start"], rows["end"] = who["start"], who["end"]
    return rows


def settle(lines: int, days: int, start: date, rng: np.random.Generator) -> Traders:
    """Return the traders of a trade of this size: numbers grow with it, and volumes follow a Pareto tail."""
    declarations = lines / 3.2
    count = int(np.clip(declarations * 0.055, 40, 150_000))
    traders = Traders()
    tail = np.minimum((1 - rng.random(count)) ** (-1 / 1.12), count * 0.05)
    shares = np.array([sum(good.weight for good in GOODS if good.sector == name) for name in SECTORS])
    shares[-1] = shares.sum() * 0.22
    sectors = rng.choice(len(SECTORS), count, p=shares / shares.sum())
    parcel = sectors == SECTORS.index("parcel")
    weights = np.where(parcel, np.minimum(tail, 12) * 0.35, tail)
    enters = rng.random(count) < 0.3
    starts = np.where(enters, rng.integers(0, max(days, 2), count), 0)
    # Who enters late begins small.
    weights = np.where(enters, np.minimum(weights, 6.0), weights)
    rows, texts = found(count, sectors, weights, starts, start, traders.tax_codes, rng)
    offices = max(6, count // 14)
    rows["broker"] = (offices * rng.random(count) ** 2.2).astype(np.int64)
    rows["broker"][(rng.random(count) < 0.15) & ~parcel] = -1
    rows["broker"][parcel] %= 4
    traders.enlist(rows, texts)
    traders.broker_texts["declarant_id"].extend(tax_codes(["03"] * offices, traders.tax_codes, rng))
    traders.broker_texts["declarant_name"].extend(names.brokers(offices, rng))

    lanes_each = 1 + rng.poisson(np.minimum(1.1 * np.sqrt(weights), 14))
    importer = np.repeat(np.arange(count), lanes_each)
    good = first_goods(rows["sector"][importer], rng)
    origin = origins(good, rng)
    via_hub = (rng.random(len(importer)) < 0.10) & ~parcel[importer]
    dispatch = np.where(via_hub, HUBS[rng.integers(0, len(HUBS), len(importer))], origin)
    lanes = route(traders, importer, good, origin, dispatch, rng)
    share = rng.gamma(0.8, 1.0, len(importer)) + 0.02
    lanes["weight"] = weights[importer] * share / np.bincount(importer, share)[importer]
    late = rng.random(len(importer)) < 0.25
    late[np.flatnonzero(np.diff(importer, prepend=-1))] = False
    lanes["start"] = np.where(late, rng.integers(0, max(days, 2), len(importer)), lanes["start"])
    lanes["start"] = np.maximum(lanes["start"], rows["start"][importer])
    lanes["supplier"] = match_suppliers(traders, dispatch, rng)
    traders.open(lanes)
    return traders


def first_goods(sectors: Ints, rng: np.random.Generator) -> Ints:
    """Return one good for each sector, by its weight in the trade; parcels hold any good that travels by post."""
    result = np.zeros(len(sectors), dtype=np.int64)
    u = rng.random(len(sectors))
    for place, name in enumerate(SECTORS):
        own = [i for i, good in enumerate(GOODS) if good.sector == name or (name == "parcel" and "5" in good.modes)]
        ends = np.cumsum([GOODS[i].weight for i in own])
        mine = sectors == place
        result[mine] = np.array(own)[np.searchsorted(ends / ends[-1], u[mine], side="right").clip(0, len(own) - 1)]
    return result


def origins(goods: Ints, rng: np.random.Generator) -> Ints:
    """Return one country of origin for each good, by the shares in its row."""
    width = max(len(good.origins) for good in GOODS)
    ends, codes = np.ones((len(GOODS), width)), np.zeros((len(GOODS), width), dtype=np.int64)
    for place, good in enumerate(GOODS):
        shares = np.array([share for _, share in good.origins])
        ends[place, : len(shares)] = np.cumsum(shares) / shares.sum()
        codes[place] = np.resize([COUNTRY_INDEX[code] for code, _ in good.origins], width)
    column = (rng.random(len(goods))[:, None] >= ends[goods]).sum(axis=1).clip(0, width - 1)
    return codes[goods, column]


def match_suppliers(traders: Traders, dispatch: Ints, rng: np.random.Generator) -> Ints:
    """Add suppliers for these lanes, a few large ones in each country, and return the supplier of each lane."""
    lanes = np.bincount(dispatch, minlength=len(COUNTRIES))
    pools = np.where(lanes > 0, np.maximum(lanes * 0.7, 2), 0).astype(np.int64)
    first = traders.add_suppliers(np.repeat(np.arange(len(COUNTRIES)), pools).tolist(), rng)
    offset = first + np.cumsum(pools) - pools
    return offset[dispatch] + (pools[dispatch] * rng.random(len(dispatch)) ** 1.8).astype(np.int64)
