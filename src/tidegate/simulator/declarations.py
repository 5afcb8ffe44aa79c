"""Declarations of one stretch of days: drawn lane by lane, written line by line, with the truth beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.simulator.goods import GOOD_INDEX, GOODS
from tidegate.simulator.lanes import GOODS_A_LANE, PROCEDURES, Ints
from tidegate.simulator.offences import OPPORTUNISTS, SCHEME_INDEX, SCHEMES, WAVES, share_at
from tidegate.simulator.places import COUNTRIES, COUNTRY_INDEX, MODES
from tidegate.simulator.rings import Rings
from tidegate.simulator.seasons import sector_weights
from tidegate.simulator.texts import Texts
from tidegate.simulator.traders import Traders
from tidegate.trade import LINE_SCHEMA

__all__ = ["DE_MINIMIS", "HONEST", "OPPORTUNIST", "Batch", "Clerk"]

Floats = NDArray[np.floating[Any]]

# What a line's `wave` holds where no ring is behind it.
HONEST, OPPORTUNIST = -1, -2
# Value below which a parcel pays no duty, in the currency of the table (USD).
DE_MINIMIS = 40.0
VAT = 0.10
MOST_LINES = 20
# First number of an import declaration, and the step between two (the last digit counts amendments).
FIRST_NUMBER, NUMBER_STEP = 105_000_000_000, 10
EXEMPT = [PROCEDURES.index(code) for code in ("E11", "E21", "E31", "G11", "C11")]
# Price level (log) below which a lane counts as cheap.
CHEAP = -0.4
POST, SEA, RAIL = MODES.index("5"), MODES.index("1"), MODES.index("2")
# Median net mass of a line by mode (kg), for goods of 8 USD/kg; a parcel is worth 38 USD in the median instead.
MASS = np.log([2600.0, 4000.0, 1700.0, 75.0, 1.0])
PARCEL_VALUE = np.log(38.0)
# Goods that fill holds and yards.
BULK = {"VO": 40.0, "VL": 40.0, "CL": 12.0, "BE": 6.0, "PX": 3.0, "BL": 5.0}


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines of one stretch and what is true of them.

    Per line: `declaration` (index into the per-declaration arrays), `wave` (index into WAVES, HONEST or OPPORTUNIST),
    `revenue`. Per declaration: `day`, `office`, `importer`, `ring` (-1: none), `number`, `first` (line).
    """

    lines: pl.DataFrame
    declaration: Ints
    wave: Ints
    revenue: Floats
    day: Ints
    office: Ints
    importer: Ints
    ring: Ints
    number: Ints
    first: Ints

    @property
    def illicit(self) -> NDArray[np.bool_]:
        """Whether each line is, in truth."""
        return np.asarray(self.wave != HONEST)


def column(name: str) -> NDArray[Any]:
    """Return one attribute of every good."""
    return np.array([getattr(good, name) for good in GOODS])


def padded(rows: list[list[int]]) -> tuple[Ints, Ints]:
    """Return ragged lists as a rectangle (short rows repeat) and their lengths."""
    width = max(map(len, rows))
    return np.array([np.resize(row or [-1], width) for row in rows]), np.array([max(len(row), 1) for row in rows])


# What a wave shifts in what is declared, as a mean of logarithms.
SHIFTS = ("price", "mass", "packing")


class Clerk:
    """Writes declarations. Holds the look-up tables and the state that only numbers need; all chance is passed in."""

    def __init__(self, traders: Traders, rings: Rings, lines: int, start: date, rng: np.random.Generator) -> None:
        self.traders, self.rings, self.start = traders, rings, start
        self.numbered = 0
        self.log_price = np.log(column("usd_kg"))
        self.spread, self.mfn = column("spread"), column("mfn")
        self.unit_kg, self.package_kg = column("unit_kg"), column("package_kg")
        self.pieces = np.isin(column("unit"), ["H87", "NPR"])
        self.bulk = np.log([BULK.get(good.package, 1.0) for good in GOODS])
        self.loose = np.isin(column("package"), ["VO", "VL", "VN"])
        self.level = rng.normal(0, 0.12, (len(GOODS), len(COUNTRIES))) + np.array([c.price for c in COUNTRIES])
        self.phase = rng.random(len(GOODS)) * 2 * np.pi
        self.left = np.array([country.left for country in COUNTRIES])
        self.declared, self.declared_count = padded([[GOOD_INDEX[code] for code in wave.declared] for wave in WAVES])
        self.true, self.true_count = padded([[GOOD_INDEX[code] for code in wave.true] for wave in WAVES])
        self.source = np.array([COUNTRY_INDEX[wave.source] for wave in WAVES])
        self.scheme = np.array([wave.scheme for wave in WAVES])
        self.shift = {name: np.array([getattr(wave, name) for wave in WAVES]) for name in SHIFTS}
        self.vague = np.array([wave.vague for wave in WAVES])
        self.dumping = np.array([wave.dumping for wave in WAVES])
        self.seizure = np.array([SCHEMES[wave.scheme].seizure for wave in WAVES])
        self.texts = Texts(lines, rng)

    def write(self, days: list[tuple[int, int]], rng: np.random.Generator) -> Batch:
        """Return a batch for (day, lines) pairs, at least one line in all; numbers run on from the last batch."""
        quota = np.array([lines for _, lines in days])
        lane, ring, illicit, size = self.pick(days[0][0], int(quota.sum()), rng)
        first = np.cumsum(size) - size
        day = np.array([day for day, _ in days])[np.searchsorted(np.cumsum(quota), first, side="right")]
        number = FIRST_NUMBER + NUMBER_STEP * (self.numbered + np.arange(len(lane)))
        self.numbered += len(lane)
        declaration = np.repeat(np.arange(len(lane)), size)
        item = np.arange(len(declaration)) - first[declaration] + 1
        columns, wave, revenue = self.fill(lane, ring, illicit, day, declaration, item, rng)
        record = self.traders.lanes[lane]
        lines = self.table(lane, day, number, first, declaration, columns, rng)
        return Batch(lines, declaration, wave, revenue, day, record["office"], record["importer"], ring, number, first)

    def pick(self, day: int, total: int, rng: np.random.Generator) -> tuple[Ints, Ints, NDArray[np.bool_], Ints]:
        """Return lane, ring (-1: none), whether illicit, and size of declarations that hold `total` lines."""
        lanes = self.traders.lanes
        seasonal = sector_weights(self.start + timedelta(days=day))[lanes["sector"]]
        weights = np.where((lanes["start"] <= day) & (lanes["end"] > day), lanes["weight"] * seasonal, 0.0)
        ends = np.cumsum(weights)
        workers, worth = self.rings.working(day)
        kinds = np.array([self.rings.all[n].scheme for n in workers], dtype=np.int64)
        cheat = np.array([scheme.cheat for scheme in SCHEMES])
        parts = np.cumsum(share_at(self.rings.moment(day)) / cheat)
        picked: list[tuple[Ints, Ints, NDArray[np.bool_], Ints]] = []
        have = 0
        while have < total:
            count = (total - have) // 2 + 16
            kind = np.searchsorted(parts, rng.random(count), side="right")
            lane = np.searchsorted(ends, rng.random(count) * ends[-1], side="right")
            ring = np.full(count, -1)
            for scheme in range(len(SCHEMES)):
                mine, own = np.flatnonzero(kind == scheme), np.flatnonzero(kinds == scheme)
                if not len(mine) or not len(own):
                    continue
                if scheme == SCHEME_INDEX["splitting"]:
                    # Parts of one order come together: a quarter of the rings has its turn for four weeks.
                    turn = day // 28 + rng.integers(0, max(len(own) // 4, 1), len(mine))
                    ring[mine] = workers[own[turn % len(own)]]
                else:
                    share = np.cumsum(worth[own])
                    ring[mine] = workers[own[np.searchsorted(share, rng.random(len(mine)) * share[-1], side="right")]]
            routed = np.array([r.lane for r in self.rings.all])
            lane = np.where(ring >= 0, routed[ring], lane)
            illicit = (ring >= 0) & (rng.random(count) < cheat[np.minimum(kind, len(SCHEMES) - 1)])
            more = lanes["more"][lane]
            size = np.minimum(rng.geometric(1 / (1 + more)), MOST_LINES)
            picked.append((lane, ring, illicit, size))
            have += int(size.sum())
        lane, ring, illicit, size = (np.concatenate(parts) for parts in zip(*picked, strict=True))
        last = int(np.searchsorted(np.cumsum(size), total))
        lane, ring, illicit, size = lane[: last + 1], ring[: last + 1], illicit[: last + 1], size[: last + 1].copy()
        size[last] -= int(size.sum()) - total
        return lane, ring, illicit, size

    def fill(
        self,
        lane: Ints,
        ring: Ints,
        illicit: NDArray[np.bool_],
        day: Ints,
        declaration: Ints,
        item: Ints,
        rng: np.random.Generator,
    ) -> tuple[dict[str, NDArray[Any]], Ints, Floats]:
        """Return the columns that differ from line to line, the wave of each line and the revenue at stake.

        The revenue is duty, anti-dumping duty and VAT on what is true, less those declared; for prohibited goods
        the value of the seizure.
        """
        count = len(declaration)
        lanes = self.traders.lanes
        mine = lane[declaration]
        origin, mode = lanes["origin"][mine].astype(np.int64), lanes["mode"][mine]
        place = (rng.random(count) ** 1.6 * GOODS_A_LANE).astype(np.int64)
        good = lanes["goods"][mine, place].astype(np.int64)

        waves = np.array([r.wave for r in self.rings.all])
        at = np.where(illicit, waves[ring], HONEST)[declaration]
        further = np.array([scheme.lines for scheme in SCHEMES])[self.scheme[at]]
        wave = np.where((item == 1) | (rng.random(count) < further), at, HONEST)
        chance = np.where(lanes["price"] < CHEAP, *OPPORTUNISTS)[lane]
        once = (ring < 0) & (rng.random(len(lane)) < chance)
        wave = np.where(once[declaration] & (mode != POST), OPPORTUNIST, wave)
        bad = np.flatnonzero(wave >= 0)
        form = wave[bad]
        good[bad] = self.declared[form, (rng.random(len(bad)) * self.declared_count[form]).astype(np.int64)]
        true, source = good.copy(), origin.copy()
        inside = self.true[form, (rng.random(len(bad)) * self.true_count[form]).astype(np.int64)]
        true[bad] = np.where(inside >= 0, inside, good[bad])
        source[bad] = self.source[form]

        z = rng.standard_normal((4, count), dtype=np.float32)
        drift = 0.05 * np.sin(self.phase[true] + day[declaration] * (2 * np.pi / 365))
        price = (
            self.log_price[true]
            + self.level[true, source]
            + drift
            + lanes["price"][mine]
            + 0.7 * self.spread[true] * z[0]
        )
        mass = (
            MASS[mode]
            + lanes["bulk"][mine]
            + self.bulk[true]
            - 0.35 * (self.log_price[true] - np.log(8.0))
            + 0.8 * z[1]
        )
        mass = np.where(mode == POST, PARCEL_VALUE + 0.9 * z[1] - price, np.minimum(mass, np.log(4e6)))
        # Honest buyers, too, fill an order up to what is free of duty.
        filled = np.flatnonzero((mode == POST) & (rng.random(count) < 0.15))
        mass[filled] = np.log(rng.uniform(0.6, 1.0, len(filled)) * DE_MINIMIS) - price[filled]
        mass = np.maximum(mass, np.log(0.02))
        # Whole cars and machines: whole numbers of them.
        whole = (self.unit_kg[true] >= 20) & self.pieces[true]
        units = np.maximum(np.rint(np.exp(mass) / self.unit_kg[true]), 1)
        mass = np.where(whole, np.log(units * self.unit_kg[true]) + 0.02 * z[2], mass)

        split = np.flatnonzero((wave >= 0) & (self.scheme[wave] == SCHEME_INDEX["splitting"]))
        mass[split] = np.log(rng.uniform(0.55, 0.998, len(split)) * DE_MINIMIS) - price[split]
        told_price, told_mass, packing = price.copy(), mass.copy(), 0.2 * z[3]
        jitter = rng.standard_normal((3, len(bad)))
        for told, name, noise in ((told_price, "price", 0.34), (told_mass, "mass", 0.2), (packing, "packing", 0.15)):
            shift = self.shift[name][form]
            told[bad] += np.where(shift != 0, shift + noise * jitter[SHIFTS.index(name)], 0.0)
        # Goods under another heading are told part of the way from what they are to what they are called.
        toward = rng.uniform(0.1, 0.9, len(bad))
        told_price[bad] += toward * (self.log_price[good[bad]] - self.log_price[true[bad]])
        log_package = np.log(self.package_kg)
        packing[bad] += toward * (log_package[good[bad]] - log_package[true[bad]])
        alone = np.flatnonzero(wave == OPPORTUNIST)
        told_price[alone] -= rng.uniform(0.2, 0.8, len(alone))

        net = np.maximum(np.round(np.exp(told_mass), 3), 0.001)
        value = np.maximum(np.round(np.exp(told_price) * net, 2), 0.01)
        rounds = rng.random(count) < lanes["rounds"][mine] + np.where((wave != HONEST) & (mode != POST), 0.12, 0.0)
        step = 10 ** np.floor(np.log10(np.maximum(value, 1.0)) - 1)
        value = np.where(rounds & (value > 200), np.rint(value / step) * step, value)
        tare = np.where(self.loose[good], 0.002, 0.03 + 0.09 * rng.random(count))
        packages = np.maximum(np.rint(net / (self.package_kg[true] * np.exp(packing))), 1)
        # Loose cargo is one item, however heavy.
        packages = np.where(self.loose[true] & ~whole, 1, np.where(mode == POST, 1, np.minimum(packages, 2e6)))
        quantity = np.round(net / self.unit_kg[good], 3)
        quantity = np.where(self.pieces[good], np.maximum(np.rint(quantity), 1), quantity)

        exempt = np.isin(lanes["procedure"], EXEMPT)[mine]
        claims = lanes["claims"][mine] & (self.left[origin] < 1) & ~exempt
        small = (mode == POST) & (value <= DE_MINIMIS)
        rate = np.round(self.mfn[good] * np.where(claims, self.left[origin], 1.0), 1)
        rate = np.where(exempt | small, 0.0, rate)

        revenue = np.zeros(count)
        due = np.flatnonzero(wave != HONEST)
        dumping, seized = np.zeros(count), np.zeros(count)
        dumping[bad], seized[bad] = self.dumping[form], self.seizure[form]
        worth = np.exp(price[due] + mass[due])
        owed = worth * ((1 + (self.mfn[true[due]] + dumping[due]) / 100) * (1 + VAT) - 1)
        paid = value[due] * ((1 + rate[due] / 100) * (1 + VAT) - 1) * ~small[due]
        revenue[due] = np.where(seized[due] > 0, seized[due] * np.exp(0.6 * z[2][due]), np.maximum(owed - paid, 0.5))

        vague = np.full(count, 0.04)
        vague[bad] += self.vague[form]
        columns = {
            "item": item,
            "good": good,
            "vague": rng.random(count) < vague,
            "wording": rng.integers(0, Texts.WORDINGS, count),
            "packages": packages.astype(np.int32),
            "quantity": quantity,
            "gross": np.round(net * (1 + tare), 3),
            "net": net,
            "value": np.round(value, 2),
            "rate": rate,
            "claims": claims,
            "loose": self.loose[good],
            "papers": rng.random(count) > 0.01 + 0.06 * (wave >= 0),
        }
        return columns, wave, np.round(revenue, 2)

    def table(
        self,
        lane: Ints,
        day: Ints,
        number: Ints,
        first: Ints,
        declaration: Ints,
        columns: dict[str, NDArray[Any]],
        rng: np.random.Generator,
    ) -> pl.DataFrame:
        """Return the lines as a table of LINE_SCHEMA."""
        record, texts = self.traders.lanes[lane], self.texts
        importers, suppliers, brokers = self.traders.frames()
        mode = record["mode"].astype(np.int64)
        gross = np.add.reduceat(columns["gross"], first)
        boxes = np.where(np.isin(mode, [SEA, RAIL]) & ~columns["loose"][first], np.ceil(gross / 22_000).clip(1, 4), 0)
        own = brokers[np.maximum(record["broker"], 0)]
        who = importers[record["importer"]]
        broker = pl.Series(record["broker"] >= 0)
        heads = pl.DataFrame(
            {
                "declaration_id": pl.Series(number).cast(pl.String),
                "lodged_on": pl.Series(day.astype(np.int32) + (self.start - date(1970, 1, 1)).days).cast(pl.Date),
                "office": texts.offices.gather(record["office"]),
                "procedure": texts.procedures.gather(record["procedure"]),
                **{name: who[name] for name in who.columns},
                "exporter_id": suppliers["exporter_id"].gather(record["supplier"]),
                "exporter_name": suppliers["exporter_name"].gather(record["supplier"]),
                "declarant_id": own["declarant_id"].zip_with(broker, who["importer_id"]),
                "declarant_name": own["declarant_name"].zip_with(broker, who["importer_name"]),
                "carrier_id": texts.carriers.gather(texts.carrier_start[mode] + record["carrier"]),
                "origin_country": texts.countries.gather(record["origin"]),
                "dispatch_country": texts.countries.gather(record["dispatch"]),
                "transit_country": texts.countries.gather(record["transit"] % len(texts.countries)),
                "loading_port": texts.ports.gather(record["loading"] % len(texts.ports)),
                "unloading_port": texts.ports.gather(record["unloading"]),
                "transport_mode": texts.modes.gather(mode),
                "transport_id": texts.vehicle(mode, record["carrier"], day, rng),
                "container_ids": texts.boxes(boxes.astype(np.int64), rng),
                "incoterm": texts.incoterms.gather(record["incoterm"]),
            }
        )
        good = columns["good"]
        origin, claims = record["origin"][declaration], columns["claims"].astype(np.int64)
        permit = texts.permits[good] * columns["papers"]
        lines = pl.DataFrame(
            {
                "item_number": columns["item"].astype(np.int32),
                "hs_code": texts.codes.gather(good * 2 + lane[declaration] % 2),
                "description": texts.wording(good, columns["wording"], columns["vague"]),
                "packages": columns["packages"],
                "package_type": texts.packages.gather(good),
                "quantity": columns["quantity"],
                "quantity_unit": texts.units.gather(good),
                "gross_mass_kg": columns["gross"],
                "net_mass_kg": columns["net"],
                "customs_value": columns["value"],
                "duty_rate": columns["rate"],
                "preference": texts.preferences.gather(np.where(claims > 0, origin, len(COUNTRIES))),
                "documents": texts.documents.gather(mode[declaration] * 4 + claims * columns["papers"] * 2 + permit),
            }
        )
        whole = heads.select(pl.all().gather(pl.Series(declaration))).hstack(lines)
        return whole.with_columns(currency=pl.lit("USD"), flags=pl.lit(None, pl.String)).select(*LINE_SCHEMA)
