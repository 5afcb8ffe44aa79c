"""Who trades: importers with heavy-tailed volumes, brokers and suppliers, and how they settle at the start."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.simulator import names
from tidegate.simulator.goods import GOODS, SECTORS
from tidegate.simulator.lanes import HUBS, IMPORTER, LANE, Atlas, Ints, Records
from tidegate.simulator.numbers import tax_codes
from tidegate.simulator.places import COUNTRIES, PROVINCES, open_offices

__all__ = ["FOREVER", "Traders", "found", "settle"]

FOREVER = 1_000_000


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
    atlas: Atlas = field(default_factory=Atlas)
    # The texts as tables, and the numbers of importers and suppliers for which they were made.
    tables: tuple[tuple[int, int], tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]] | None = None
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
        size = len(self.importer_texts["importer_id"]), len(self.supplier_country)
        if self.tables is None or self.tables[0] != size:
            importers = pl.DataFrame(self.importer_texts, schema_overrides={"importer_registered_on": pl.Date})
            self.tables = size, (importers, pl.DataFrame(self.supplier_texts), pl.DataFrame(self.broker_texts))
        return self.tables[1]


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
            None if p else start + timedelta(days=days)
            for days, p in zip((starts - before).tolist(), private.tolist(), strict=True)
        ],
        "importer_trusted": rows["trusted"].tolist(),
    }
    return rows, texts


def province_shares() -> NDArray[np.float64]:
    """Return how many importers sit in each province: the two cities hold half."""
    shares = np.array([4.0 if name in ("Hà Nội", "TP Hồ Chí Minh") else 1.0 for name, _, _ in PROVINCES])
    return np.asarray(shares / shares.sum())


def settle(lines: int, days: int, start: date, rng: np.random.Generator) -> Traders:
    """Return the traders of a trade of this size: numbers grow with it, and volumes follow a Pareto tail."""
    declarations = lines / 3.2
    count = int(np.clip(declarations * 0.055, 40, 150_000))
    traders = Traders(atlas=Atlas(open_offices(declarations / days)))
    tail = np.minimum((1 - rng.random(count)) ** (-1 / 1.12), count * 0.05)
    shares = np.array([sum(good.weight for good in GOODS if good.sector == name) for name in SECTORS])
    shares[-1] = shares.sum() * 0.3
    sectors = rng.choice(len(SECTORS), count, p=shares / shares.sum())
    parcel = sectors == SECTORS.index("parcel")
    weights = np.where(parcel, np.minimum(tail, 2.5) * 0.5, tail)
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
    good = traders.atlas.first_goods(rows["sector"][importer], rng)
    origin = traders.atlas.origin(good, rng)
    via_hub = (rng.random(len(importer)) < 0.10) & ~parcel[importer]
    dispatch = np.where(via_hub, HUBS[rng.integers(0, len(HUBS), len(importer))], origin)
    lanes = traders.atlas.route(traders.importers[importer], importer, good, origin, dispatch, rng)
    share = rng.gamma(0.8, 1.0, len(importer)) + 0.02
    lanes["weight"] = weights[importer] * share / np.bincount(importer, share)[importer]
    late = rng.random(len(importer)) < 0.25
    late[np.flatnonzero(np.diff(importer, prepend=-1))] = False
    lanes["start"] = np.where(late, rng.integers(0, max(days, 2), len(importer)), lanes["start"])
    lanes["start"] = np.maximum(lanes["start"], rows["start"][importer])
    lanes["supplier"] = match_suppliers(traders, dispatch, rng)
    traders.open(lanes)
    return traders


def match_suppliers(traders: Traders, dispatch: Ints, rng: np.random.Generator) -> Ints:
    """Add suppliers for these lanes, a few large ones in each country, and return the supplier of each lane."""
    lanes = np.bincount(dispatch, minlength=len(COUNTRIES))
    pools = np.where(lanes > 0, np.maximum(lanes * 0.7, 2), 0).astype(np.int64)
    first = traders.add_suppliers(np.repeat(np.arange(len(COUNTRIES)), pools).tolist(), rng)
    offset = first + np.cumsum(pools) - pools
    return offset[dispatch] + (pools[dispatch] * rng.random(len(dispatch)) ** 1.8).astype(np.int64)
