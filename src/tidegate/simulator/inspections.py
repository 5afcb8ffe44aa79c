"""The past regime of inspections: what it opened, what it noticed, and when that was known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.simulator.book import running
from tidegate.simulator.declarations import HONEST, Batch
from tidegate.simulator.goods import GOODS
from tidegate.simulator.lanes import Ints
from tidegate.simulator.offences import SCHEME_INDEX, SCHEMES, WAVES
from tidegate.simulator.places import OFFICES
from tidegate.trade import FINDING_SCHEMA

__all__ = ["DRAW_RATE", "LONGEST_DELAY", "Regime", "notices"]

# Known probability of the random draw; it takes precedence, so that what it opened is a fair sample of all trade.
DRAW_RATE = 0.02
# Shares of an office's declarations that profiles and officers could have opened.
PROFILE_CAPACITY, OFFICER_CAPACITY = 0.06, 0.02
# Share of what the draw and officers open that is opened physically; the rest is a check of papers.
PHYSICAL = 0.5
LONGEST_DELAY = 10
# How long officers remember a name, in days.
MEMORY = 180
OFFENCES = [scheme.offence for scheme in SCHEMES]


def scheme_of(wave: Ints) -> Ints:
    """Return the scheme of each line's wave; opportunists under-value. Honest lines get -1."""
    schemes = np.array([plan.scheme for plan in WAVES])
    return np.where(wave >= 0, schemes[wave], np.where(wave == HONEST, -1, SCHEME_INDEX["undervaluation"]))


def notices(scheme: Ints, physical: NDArray[np.bool_], u: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether an inspection notices an offence of `scheme` (-1: none), given its own number `u` in [0, 1)."""
    papers = np.array([*(rule.papers for rule in SCHEMES), 0.0])
    opened = np.array([*(rule.opened for rule in SCHEMES), 0.0])
    return u < np.where(physical, opened[scheme], papers[scheme])


@dataclass(frozen=True, slots=True)
class Opened:
    """Declarations that were opened (indexes into the batch), why (index into REASONS), and whether physically."""

    declaration: Ints
    reason: Ints
    physical: NDArray[np.bool_]


REASONS = ("draw", "profile", "officer")


class Regime:
    """Profiles imitated simply, officers' choice, and a random draw; remembers which importers were caught."""

    def __init__(self, start: date) -> None:
        self.start = start
        self.profiles = running()
        self.usual = {good.hs6: np.log(good.usd_kg) for good in GOODS}
        self.remembered: dict[int, int] = {}

    def inspect(self, batch: Batch, rng: np.random.Generator) -> tuple[pl.DataFrame, list[int], list[int]]:
        """Return the findings of a batch, and the rings that were caught with the days (from the start) it came out."""
        opened = self.choose(batch, rng)
        scheme = scheme_of(batch.wave)
        picked = np.full(len(batch.day), -1)
        picked[opened.declaration] = np.arange(len(opened.declaration))
        row = picked[batch.declaration]
        line = np.flatnonzero(row >= 0)
        row = row[line]
        seen = notices(scheme[line], opened.physical[row], rng.random(len(opened.declaration))[row])
        guilty = np.zeros(len(opened.declaration), dtype=bool)
        np.logical_or.at(guilty, row, seen)
        delay = np.minimum(rng.geometric(0.35, len(opened.declaration)) - 1, LONGEST_DELAY)
        found = batch.day[opened.declaration] + delay

        # Where nothing is found, one row for the declaration; otherwise each of its lines has its own.
        first = np.r_[True, row[1:] != row[:-1]] if len(row) else np.zeros(0, dtype=bool)
        keep = guilty[row] | first
        line, row, seen = line[keep], row[keep], seen[keep]
        index = batch.declaration[line]
        names = pl.Series([*OFFENCES, None])
        epoch = (self.start - date(1970, 1, 1)).days
        frame = pl.DataFrame(
            {
                "declaration_id": pl.Series(batch.number[index]).cast(pl.String),
                "item_number": pl.Series(np.where(guilty[row], line - batch.first[index] + 1, np.nan)).fill_nan(None),
                "found_on": pl.Series((found[row] + epoch).astype(np.int32)),
                "illicit": seen,
                "offence": names.gather(np.where(seen, scheme[line], len(OFFENCES))),
                "revenue": np.where(seen, batch.revenue[line], 0.0),
                "selected_by": pl.Series(REASONS).gather(opened.reason[row]),
                "probability": pl.Series(np.where(opened.reason[row] == 0, DRAW_RATE, np.nan)).fill_nan(None),
            }
        ).cast(pl.Schema(FINDING_SCHEMA))
        caught = np.flatnonzero(guilty)
        for importer, day in zip(
            batch.importer[opened.declaration[caught]].tolist(), found[caught].tolist(), strict=True
        ):
            self.remembered[importer] = max(day, self.remembered.get(importer, 0))
        rings = batch.ring[opened.declaration[caught]]
        return frame, rings[rings >= 0].tolist(), found[caught][rings >= 0].tolist()

    def choose(self, batch: Batch, rng: np.random.Generator) -> Opened:
        """Return what is opened: the draw first, then profiles, then what officers pick, within capacity by office."""
        count = len(batch.day)
        reason = np.where(rng.random(count) < DRAW_RATE, 0, -1)
        physical = rng.random(count) < PHYSICAL
        rate, red = self.hits(batch)
        wants = (rng.random(count) < rate) & (reason < 0)
        taken = within(wants, batch.office, rate + rng.random(count), PROFILE_CAPACITY, rng)
        reason[taken], physical[taken] = 1, red[taken]
        free = reason < 0
        taken = within(free, batch.office, self.suspicion(batch, rng), OFFICER_CAPACITY, rng)
        reason[taken] = 2
        declaration = np.flatnonzero(reason >= 0)
        return Opened(declaration, reason[declaration], physical[declaration])

    def hits(self, batch: Batch) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return for each declaration the largest rate among the profiles it hits (0: none) and whether one is red."""
        rate, red = np.zeros(len(batch.day)), np.zeros(len(batch.day), dtype=bool)
        matched = batch.lines.select(
            condition.fill_null(False).alias(str(n)) for n, (_, condition) in enumerate(self.profiles)
        )
        offices = {office.code: place for place, office in enumerate(OFFICES)}
        for n, (profile, _) in enumerate(self.profiles):
            rows = np.unique(batch.declaration[matched[str(n)].arg_true().to_numpy()])
            rows = rows[(profile.starts <= batch.day[rows]) & (batch.day[rows] <= profile.ends)]
            if profile.level != "national":
                rows = rows[batch.office[rows] == offices[profile.level]]
            rate[rows] = np.maximum(rate[rows], profile.rate)
            red[rows] |= profile.channel == "red"
        return rate, red

    def suspicion(self, batch: Batch, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return an officer's feeling for each declaration: known names, young companies, odd prices, much chance."""
        first = batch.lines[batch.first]
        usual = first["hs_code"].str.slice(0, 6).replace_strict(self.usual, return_dtype=pl.Float64).to_numpy()
        told = np.log(first["customs_value"].to_numpy() / first["net_mass_kg"].to_numpy())
        young = (first["lodged_on"] - first["importer_registered_on"]).dt.total_days().fill_null(9999).to_numpy() < 365
        known = np.array(list(self.remembered), dtype=np.int64)
        since = np.array(list(self.remembered.values()), dtype=np.int64)
        today = int(batch.day[0])
        named = np.isin(batch.importer, known[(since <= today) & (since > today - MEMORY)])
        trusted = first["importer_trusted"].to_numpy()
        feeling = 2.2 * named + 0.7 * young + 0.8 * np.clip(usual - told, 0, 2) - 1.0 * trusted
        return np.asarray(feeling + rng.gumbel(size=len(batch.day)))


def within(
    wants: NDArray[np.bool_], office: Ints, order: NDArray[np.float64], share: float, rng: np.random.Generator
) -> Ints:
    """Return the declarations that fit an office's capacity, a share of what it received, the highest `order` first."""
    received = np.bincount(office, minlength=len(OFFICES)) * share
    capacity = np.floor(received + rng.random(len(received))).astype(np.int64)
    rows = np.flatnonzero(wants)
    rows = rows[np.lexsort((-order[rows], office[rows]))]
    counts = np.bincount(office[rows], minlength=len(OFFICES))
    place = np.arange(len(rows)) - (np.cumsum(counts) - counts)[office[rows]]
    return rows[place < capacity[office[rows]]]
