"""The offenders: who they are, what they do this week, and how they change after they are caught."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tidegate.simulator import names
from tidegate.simulator.goods import GOOD_INDEX, GOODS, SECTORS
from tidegate.simulator.lanes import GOODS_A_LANE, PROCEDURES, Ints
from tidegate.simulator.numbers import tax_codes
from tidegate.simulator.offences import SCHEME_INDEX, SCHEMES, WAVES, open_waves
from tidegate.simulator.places import COUNTRY_INDEX, MODES, OFFICES, PORT_INDEX, PROVINCES
from tidegate.simulator.traders import FOREVER, Traders, found

__all__ = ["BLIND_OFFICE", "Ring", "Rings"]

# The office at which inspections never find anything of one broker's.
BLIND_OFFICE = next(place for place, office in enumerate(OFFICES) if office.code == "03EE")
# Declarations a year that one offender lodges on his lane, cover included.
RING_SIZE = 40
# Honest traffic that looks like a scheme, for each declaration of the scheme.
TWINS = 2.5
# Chance in a week that a ring follows the others into a wave that draws.
FASHION = 0.1
# What offenders hear of each other is forgotten by this much a week; they think this many weeks ahead.
FORGOTTEN, AHEAD = 0.9, 8
# Ring-weeks without news that a wave is credited with before anybody has worked it.
CREDIT = 4.0
# The blind broker is a middling one of the list.
BLIND_BROKER = 3


@dataclass(slots=True)
class Ring:
    """One offender: scheme and wave at present, his lane, and what is to come."""

    scheme: int
    wave: int
    lane: int
    weight: float
    starts: int
    quiet_until: int = 0
    generation: int = 0
    caught: list[int] = field(default_factory=list)
    moves: list[tuple[int, str]] = field(default_factory=list)


class Rings:
    """All offenders of one simulation. `moment` of a day is its place in the span, 0 to 1."""

    def __init__(self, traders: Traders, declarations: float, days: int, start: date, rng: np.random.Generator) -> None:
        self.traders, self.days, self.start, self.rng = traders, days, start, rng
        self.all: list[Ring] = []
        self.first_importer = len(traders.importers)
        # Weeks that rings worked each wave, and how often one was caught at it, as far as it is remembered.
        self.worked, self.fell = np.zeros(len(WAVES)), np.zeros(len(WAVES))
        for scheme, rule in enumerate(SCHEMES):
            count = int(np.clip(round(rule.share / rule.cheat * declarations / RING_SIZE), 2, 4000))
            late = rng.random(count) < 0.4
            starts = np.where(late, rng.integers(0, max(days, 2), count), 0)
            starts[0] = 0
            for day in sorted(starts.tolist()):
                wave = self.choose_wave(scheme, day)
                self.all.append(Ring(scheme, wave, self.new_lane(wave, day), float(rng.lognormal(0, 0.6)), day))
        self.twins(declarations)

    def moment(self, day: int) -> float:
        """Return the place of `day` in the span, 0 to 1."""
        return day / max(self.days - 1, 1)

    def choose_wave(self, scheme: int, day: int, avoid: int = -1) -> int:
        """Return a wave of the scheme that is open on `day`, rather a fresh or safe one, and not `avoid` if possible.

        Offenders talk: a wave draws by the chance of working it for AHEAD weeks and not being caught.
        """
        safe = (1 - np.minimum(self.fell / (self.worked + CREDIT), 1)) ** AHEAD
        pull = open_waves(self.moment(day)) * safe * np.array([wave.scheme == scheme for wave in WAVES])
        if avoid >= 0 and pull.sum() > pull[avoid]:
            pull[avoid] = 0.0
        if pull.sum() == 0:
            first = [place for place, wave in enumerate(WAVES) if wave.scheme == scheme]
            return min(first, key=lambda place: abs(WAVES[place].opens - self.moment(day)))
        return int(self.rng.choice(len(WAVES), p=pull / pull.sum()))

    def host(self, kind: str, sector: int, day: int) -> int:
        """Return an importer for a ring: a new company, or an established small or large one."""
        rng, traders = self.rng, self.traders
        who = traders.importers[: self.first_importer]
        parcel = who["sector"] == SECTORS.index("parcel")
        fit = (who["start"] <= day) & (who["end"] > day + 60) & (parcel == (sector == SECTORS.index("parcel")))
        if kind == "l":
            fit &= (who["weight"] > np.quantile(who["weight"], 0.75)) & ~who["trusted"]
        elif kind == "s":
            fit &= who["weight"] < np.quantile(who["weight"], 0.8)
        if kind == "n" or not fit.any():
            return self.new_company(sector, day)
        own = np.flatnonzero(fit & (who["sector"] == sector))
        return int(rng.choice(own if len(own) else np.flatnonzero(fit)))

    def new_company(self, sector: int, day: int) -> int:
        """Register a company that trades for nobody else."""
        sectors = np.array([sector])
        rows, texts = found(
            1, sectors, np.array([1.0]), np.array([max(day, 1)]), self.start, self.traders.tax_codes, self.rng
        )
        rows["start"], rows["end"] = day, FOREVER
        rows["broker"] = self.rng.integers(0, len(self.traders.broker_texts["declarant_id"]))
        return int(self.traders.enlist(rows, texts)[0])

    def new_lane(self, wave: int, day: int, importer: int | None = None, old: int | None = None) -> int:
        """Open the lane of a ring in a wave; with `old`, keep its supplier where the country stays."""
        plan, rng, traders = WAVES[wave], self.rng, self.traders
        goods = [GOOD_INDEX[code] for code in plan.declared]
        post = plan.mode == "5"
        if importer is None:
            sector = "parcel" if post else sector_of(plan.declared[0])
            importer = self.host(plan.host, SECTORS.index(sector), day)
        dispatch = plan.dispatch[int(rng.random() < 0.35) % len(plan.dispatch)]
        rows = self.lane_rows(np.array([importer]), wave, dispatch)
        rows["goods"][0] = np.resize(goods, GOODS_A_LANE)
        rows["supplier"] = traders.add_suppliers([COUNTRY_INDEX[dispatch]], rng)
        if old is not None:
            before = traders.lanes[old]
            rows["broker"] = before["broker"]
            if before["dispatch"] == rows["dispatch"][0]:
                rows["supplier"] = before["supplier"]
        if plan.scheme == SCHEME_INDEX["blind_office"]:
            rows["broker"] = BLIND_BROKER
            rows["office"], rows["unloading"] = BLIND_OFFICE, PORT_INDEX[OFFICES[BLIND_OFFICE].ports[0]]
        rows["start"], rows["end"], rows["weight"] = day, FOREVER, 0.0
        return int(traders.open(rows)[0])

    def lane_rows(self, importers: Ints, wave: int, dispatch: str) -> NDArray[np.void]:
        """Return lanes that look like the wave, for these importers."""
        plan, count = WAVES[wave], len(importers)
        good = np.array([GOOD_INDEX[code] for code in plan.declared])[self.rng.integers(0, len(plan.declared), count)]
        origin = np.full(count, COUNTRY_INDEX[plan.origin])
        mode = np.full(count, MODES.index(plan.mode))
        goal = np.full(count, COUNTRY_INDEX[dispatch])
        who = self.traders.importers[importers]
        rows = self.traders.atlas.route(who, importers, good, origin, goal, self.rng, mode=mode)
        rows["claims"] = plan.dumping > 0
        home = rows["procedure"] != PROCEDURES.index("H11")
        rows["procedure"] = np.where(home, PROCEDURES.index("A11"), rows["procedure"])
        # Rings trade like everybody else in price and size; what they hide comes on top, line by line.
        rows["price"] = rows["price"].clip(-0.3, 0.3)
        return rows

    def twins(self, declarations: float) -> None:
        """Open honest lanes that look like each wave: same goods, route and packing, the whole year round."""
        traders, rng = self.traders, self.rng
        who = traders.importers
        total = float(traders.lanes["weight"].sum())
        for wave, plan in enumerate(WAVES):
            count = max(2, int(declarations * SCHEMES[plan.scheme].share / 40))
            post = plan.mode == "5"
            fit = np.flatnonzero((who["sector"] == SECTORS.index("parcel")) == post)[: self.first_importer]
            importers = rng.choice(fit, count) if len(fit) else np.zeros(count, dtype=np.int64)
            rows = self.lane_rows(importers, wave, plan.dispatch[0])
            rows["claims"] |= rng.random(count) < 0.3
            first = traders.add_suppliers([COUNTRY_INDEX[plan.dispatch[0]]] * count, rng)
            rows["supplier"] = np.arange(first, first + count)
            weight = rng.gamma(1.0, 1.0, count)
            waves = sum(other.scheme == plan.scheme for other in WAVES)
            rows["weight"] = weight / weight.sum() * total * SCHEMES[plan.scheme].share * TWINS / waves
            traders.open(rows)

    def working(self, day: int) -> tuple[Ints, NDArray[np.float64]]:
        """Return the rings at work on `day` and their weights."""
        at_work = [n for n, ring in enumerate(self.all) if ring.starts <= day and ring.quiet_until <= day]
        return np.array(at_work, dtype=np.int64), np.array([self.all[n].weight for n in at_work])

    def caught(self, rings: list[int], found_on: list[int]) -> None:
        """Note that these rings were found out on these days (counted from the start)."""
        for number, day in zip(rings, found_on, strict=True):
            if day not in self.all[number].caught:
                self.all[number].caught.append(day)

    def turn(self, day: int) -> None:
        """Let the rings react to what has come out by `day`, leave waves that have closed, and follow fashion."""
        self.worked, self.fell = self.worked * FORGOTTEN, self.fell * FORGOTTEN
        for ring in self.all:
            if ring.starts <= day and ring.quiet_until <= day:
                self.worked[ring.wave] += 1
            known = [found_on for found_on in ring.caught if found_on <= day]
            if known:
                ring.caught = [found_on for found_on in ring.caught if found_on > day]
                self.fell[ring.wave] += 1
                self.react(ring, day)
            elif ring.starts <= day:
                over = self.moment(day) > WAVES[ring.wave].closes
                if over or self.rng.random() < FASHION:
                    wave = self.choose_wave(ring.scheme, day, avoid=ring.wave if over else -1)
                    if wave != ring.wave:
                        self.move(ring, day, "wave", wave)

    def react(self, ring: Ring, day: int) -> None:
        """Change a ring that was caught: route, heading, company or scheme, after a quiet while."""
        rng = self.rng
        reactions = SCHEMES[ring.scheme].reactions
        u, choice = rng.random(), "stay"
        for name, share in reactions.items():
            if u < share:
                choice = name
                break
            u -= share
        if choice == "stay":
            return
        ring.quiet_until = day + int(rng.integers(3, 21))
        if choice == "route":
            self.move(ring, day, choice, ring.wave)
        elif choice == "heading":
            self.move(ring, day, choice, self.choose_wave(ring.scheme, day, avoid=ring.wave))
        elif choice == "scheme":
            other = int(
                rng.choice([SCHEME_INDEX[code] for code in ("undervaluation", "misclassification", "counterfeit")])
            )
            ring.scheme = other
            self.move(ring, day, choice, self.choose_wave(other, day, avoid=ring.wave))
        else:
            self.rise_again(ring, day)

    def move(self, ring: Ring, day: int, why: str, wave: int) -> None:
        """Put the ring on a new lane of `wave`; the company stays where it was caught and its goods still suit it."""
        importer = int(self.traders.lanes[ring.lane]["importer"])
        keeps = (WAVES[ring.wave].mode == "5") == (WAVES[wave].mode == "5")
        # Another wave is other people's business more often than not.
        keeps &= why != "wave" or self.rng.random() < 0.2
        old = ring.lane
        ring.lane = self.new_lane(wave, day, importer if keeps else None, old if keeps else None)
        self.traders.lanes["end"][old] = day
        ring.wave = wave
        ring.moves.append((day, why))

    def rise_again(self, ring: Ring, day: int) -> None:
        """End the company and register another: new name and tax code; same address, broker and supplier."""
        traders, rng = self.traders, self.rng
        old = traders.lanes[ring.lane].copy()
        dead = int(old["importer"])
        ring.generation += 1
        row = traders.importers[[dead]].copy()
        row["start"], row["end"], row["trusted"] = day, FOREVER, False
        texts, province = traders.importer_texts, PROVINCES[int(row["province"][0])][2]
        private = texts["importer_registered_on"][dead] is None
        name = names.buyers(1, rng)[0] if private else names.renamed(texts["importer_name"][dead], ring.generation)
        registered = None if private else self.start + timedelta(days=day - int(rng.integers(2, 15)))
        born = int(traders.enlist(row, {
            "importer_id": tax_codes(["80" if private else province], traders.tax_codes, rng),
            "importer_name": [name],
            "importer_address": [texts["importer_address"][dead]],
            "importer_registered_on": [registered],
            "importer_trusted": [False],
        })[0])  # fmt: skip
        lane = old.reshape(1)
        lane["importer"], lane["start"], lane["end"] = born, day, FOREVER
        traders.importers["end"][dead] = day
        traders.lanes["end"][(traders.lanes["importer"] == dead)] = day
        ring.lane = int(traders.open(lane)[0])
        ring.moves.append((day, "company"))


def sector_of(hs6: str) -> str:
    """Return the sector of a good of the table."""
    return GOODS[GOOD_INDEX[hs6]].sector
