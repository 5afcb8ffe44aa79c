"""Scores parties against entries of lists: the probability that both are the same, by name and what else is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.screening.entry import Entry, Kind, Party
from tidegate.screening.names import analyse
from tidegate.screening.score.evidence import Known, limited, weigh
from tidegate.screening.score.features import features, hold
from tidegate.screening.score.model import Model, probability
from tidegate.screening.score.rarity import bearers
from tidegate.screening.score.words import Bags, Vocabulary

__all__ = ["Listed", "Pairs", "Parties", "Scored", "Scorer"]

Rows = NDArray[np.integer]
Floats = NDArray[np.float64]

# So many pairs of names are held against each other at a time: memory stays small, and most words repeat.
BATCH = 32_768


@dataclass(frozen=True, slots=True)
class Parties:
    """Parties made ready: one name each, the same name taken apart once. `name`: (n,) rows of `bags`."""

    bags: Bags
    name: Rows
    company: Rows
    known: Known


@dataclass(frozen=True, slots=True)
class Listed:
    """Entries made ready. Entry e has the names `starts[e]` to `starts[e + 1]`, rows of `bags`."""

    bags: Bags
    starts: Rows
    company: Rows
    known: Known

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names held against each other: `left` and `right` are rows of the bags, of the `which`-th of (party, entry), of
    whose names it is the `offset`-th."""

    party: Rows
    entry: Rows
    which: Rows
    offset: Rows
    left: Rows
    right: Rows
    company: Rows


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of n (party, entry): `probability`; `name`: which name of the entry is closest, -1 where none is left;
    `odds`: the log-odds of the names alone; `evidence`: what else is known added to them; `pair`: its row of Pairs;
    `outcomes` and `whole`: what else is known, by subject (evidence.py), and what it adds where nothing limits it."""

    probability: Floats
    name: Rows
    odds: Floats
    evidence: Floats
    pair: Rows
    outcomes: Rows
    whole: Floats


class Scorer:
    """Holds a model and the words seen. Use one in each thread: its vocabulary grows."""

    def __init__(self, model: Model | None = None, table: Mapping[str, float] | None = None) -> None:
        self.model = model or Model.shipped()
        self.words = Vocabulary(bearers() if table is None else table)
        self._countries: dict[str, int] = {}

    @property
    def threshold(self) -> float:
        """The probability from which on a hit is shown, unless the user says otherwise."""
        return self.model.threshold

    def parties(self, parties: Sequence[Party]) -> Parties:
        """Parties made ready to be scored."""
        rows: dict[tuple[str, Kind | None], int] = {}
        name = np.array([rows.setdefault((party.name, party.kind), len(rows)) for party in parties], np.int64)
        bags = self.words.bags([analyse(text, kind) for text, kind in rows])
        company = np.array([_company(party.kind) for party in parties], np.int64)
        return Parties(bags, name, company, Known.of(parties, self._countries))

    def listed(self, entries: Sequence[Entry]) -> Listed:
        """Entries of lists made ready to be scored against."""
        names = [analyse(text, entry.kind) for entry in entries for text in entry.names]
        starts = np.cumsum([0, *(len(entry.names) for entry in entries)], dtype=np.int64)
        company = np.array([_company(entry.kind) for entry in entries], np.int64)
        return Listed(self.words.bags(names), starts, company, Known.of(entries, self._countries))

    def score(self, parties: Parties, listed: Listed, party: Rows, entry: Rows) -> Scored:
        """Score party[k] against entry[k] for every k, rows of `parties` and of `listed`.

        Of an entry's names the closest counts. A name without a word, on either side, has no chance: 0.
        """
        pairs = self.pairs(parties, listed, party, entry)
        odds = self.odds(parties.bags, listed.bags, pairs.left, pairs.right, pairs.company)
        return self.judged(parties, listed, pairs, odds)

    def pairs(self, parties: Parties, listed: Listed, party: Rows, entry: Rows) -> Pairs:
        """The pairs of names, each with a word in it, of party[k] and entry[k]."""
        party, entry = np.asarray(party, np.int64), np.asarray(entry, np.int64)
        counts = listed.starts[entry + 1] - listed.starts[entry]
        which = np.repeat(np.arange(len(entry)), counts)
        offset = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        left, right = parties.name[party[which]], listed.starts[entry][which] + offset
        worded = (parties.bags.counts[left] > 0) & (listed.bags.counts[right] > 0)
        which, offset, left, right = which[worded], offset[worded], left[worded], right[worded]
        company = np.maximum(parties.company[party[which]], listed.company[entry[which]])
        return Pairs(party, entry, which, offset, left, right, company)

    def judged(self, parties: Parties, listed: Listed, pairs: Pairs, odds: Floats) -> Scored:
        """What the log-odds of pairs of names come to, with what else is known of the parties and the entries."""
        party, entry, which = pairs.party, pairs.entry, pairs.which
        best, pair = np.full(len(entry), -np.inf), np.full(len(entry), -1, np.int64)
        np.maximum.at(best, which, odds)
        closest = np.flatnonzero(odds == best[which])
        # Of equally close names the first is told.
        pair[which[closest][::-1]] = closest[::-1]
        name = np.full(len(entry), -1, np.int64)
        name[pair >= 0] = pairs.offset[pair[pair >= 0]]
        outcomes, whole = weigh(parties.known, listed.known, party, entry)
        evidence = limited(best, outcomes, whole)
        chance = np.where(name >= 0, probability(best + evidence), 0.0)
        return Scored(chance, name, best, evidence, pair, outcomes, whole)

    def odds(self, left: Bags, right: Bags, i: Rows, j: Rows, company: Rows) -> Floats:
        """Log-odds that name i[k] of `left` and name j[k] of `right` name the same, of names alone."""
        found = np.zeros(len(i))
        # Names of like length side by side: what is padded stays small.
        order = np.lexsort((right.counts[j], left.counts[i]))
        for start in range(0, len(i), BATCH):
            rows = order[start : start + BATCH]
            held = hold(self.words.facts, left, right, i[rows], j[rows], company[rows])
            found[rows] = self.model.odds(features(held))
        return found

    def one(self, party: Party, entry: Entry) -> float:
        """The probability that a party and an entry are the same."""
        scored = self.score(self.parties([party]), self.listed([entry]), np.zeros(1, int), np.zeros(1, int))
        return float(scored.probability[0])


def _company(kind: Kind | None) -> int:
    return int(kind not in (None, Kind.PERSON))
