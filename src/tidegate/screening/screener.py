"""The screener: parties held against all lists at once, by name and by number; what comes out are possible matches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain
from threading import RLock

import numpy as np
import polars as pl

from tidegate.screening.candidates import Candidates
from tidegate.screening.cleared import Cleared, sorted_words
from tidegate.screening.entry import Entry, Kind, Party
from tidegate.screening.exact import DIFFERENCES, FORMS, ExactIndex, Phrases, learn
from tidegate.screening.loading import Lists
from tidegate.screening.score import Breakdown, Reason, Scorer, explain_all

__all__ = ["MATCHES", "WITHHELD", "Match", "Screener", "counts"]

# Row of the party; place of the entry among those of the lists; how likely both are the same (1.0 where a number is the
# same, null where it is only near); "name", "same" or "near"; the last day on which the entry counts (null: for good);
# the days between which an officer's "not the same" holds (null: nobody said so).
MATCHES = pl.Schema(
    {
        "party": pl.UInt32,
        "entry": pl.UInt32,
        "probability": pl.Float64,
        "how": pl.String,
        "until": pl.Date,
        "cleared_from": pl.Date,
        "cleared_until": pl.Date,
    }
)
# Of two ways in which an entry was found the first counts: the same number says more than the name, and the name more
# than a number that is near.
SUREST = ("same", "name", "near")
# A match before its terms: place of the party, place of the entry, probability, how.
Found = tuple[int, int, float | None, str]
SPOKEN = (Kind.PERSON, Kind.COMPANY, Kind.VESSEL)  # kinds that are found by their name
TOP = 16  # candidates of a name that are scored: names of entries, not entries
# Candidates that score less are not scored: a quarter of those of other people, one in 500 that would be a match.
LEAST = 0.25
# Nor are those that score less than this share of the best of a name: on the UN list that lost none of 1,366 listed.
NEAR_BEST = 0.7
BATCH = 20_000  # parties that are scored together
FEW = 500  # parties whose numbers are sooner looked up one by one than as a table

# What is said of words that are the same.
SAME = {
    Kind.ADDRESS: ("the same words in the address", "trùng các từ trong địa chỉ"),
    Kind.PHRASE: ("the words stand in the description of the goods", "cụm từ có trong mô tả hàng hóa"),
}
# All that is said of an entry that not everybody may know.
WITHHELD = ("an entry of restricted access", "một bản ghi hạn chế tiếp cận")


@dataclass(frozen=True, slots=True)
class Match:
    """A possible match of one party, to be confirmed with the owner of the entry.

    `listed`: the name or number of the entry that it was found by; `reasons`: what speaks for it and against it.
    """

    entry: Entry
    probability: float | None
    how: str
    listed: str
    reasons: tuple[Reason, ...]

    @property
    def open(self) -> bool:
        """Whether anybody who sees the match may know the entry."""
        return self.entry.level == "open"


class Screener:
    """Lists made ready, for any number of threads, one of which is served at a time: the scorer's vocabulary grows.

    `cleared`: what officers found to be not the same. `threshold`: the probability from which on a name is a match.
    """

    def __init__(
        self,
        lists: Lists,
        cleared: Cleared | None = None,
        *,
        scorer: Scorer | None = None,
        threshold: float | None = None,
    ) -> None:
        self._turn = RLock()
        self.lists = lists
        self.entries = lists.entries
        self.cleared = cleared or Cleared()
        self.scorer = scorer or Scorer()
        self.threshold = self.scorer.threshold if threshold is None else threshold
        # Each name by itself: only the names that could be meant are scored, not all that their entries bear.
        spoken = [
            (place, replace(entry, names=(name,)))
            for place, entry in enumerate(self.entries)
            if entry.kind in SPOKEN
            for name in entry.names
        ]
        self._entry = np.array([place for place, _ in spoken], dtype=np.int64)
        self._candidates = Candidates([entry.names for _, entry in spoken])
        self._listed = self.scorer.listed([entry for _, entry in spoken])

    @cached_property
    def _place(self) -> dict[int, int]:
        return {id(entry): place for place, entry in enumerate(self.entries)}

    @cached_property
    def phrases(self) -> Phrases:
        """The phrases of the lists, to be looked for in descriptions of goods."""
        return Phrases(self.entries)

    @cached_property
    def _addresses(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, entry in enumerate(self.entries):
            for address in entry.names if entry.kind is Kind.ADDRESS else ():
                found.setdefault(sorted_words(address), []).append(place)
        return found

    @cached_property
    def _numbers(self) -> ExactIndex:
        return ExactIndex(self.entries)

    def matches(self, parties: Sequence[Party]) -> pl.DataFrame:
        """Return MATCHES, sorted by party and entry; equal parties are looked at once. `counts` says on which days."""
        once: dict[Party, int] = {}
        of = np.array([once.setdefault(party, len(once)) for party in parties], dtype=np.uint32)
        distinct = list(once)
        with self._turn:
            rows = [
                (start + party, entry, chance, how, *self._terms(distinct[start + party], entry, how))
                for start in range(0, len(distinct), BATCH)
                for party, entry, chance, how in self._found(distinct[start : start + BATCH])
            ]
        found = pl.DataFrame(rows, MATCHES, orient="row")
        of_rows = pl.DataFrame({"row": np.arange(len(of), dtype=np.uint32), "party": of})
        found = of_rows.join(found, on="party").drop("party").rename({"row": "party"})
        return found.select(*MATCHES).sort("party", "entry")

    def screen(self, party: Party, day: date) -> list[Match]:
        """The possible matches of one party on a day, the likeliest first, with their reasons."""
        with self._turn:
            found = [one for one in self._found([party]) if _counts(day, *self._terms(party, one[1], one[3]))]
            found.sort(key=lambda one: (one[2] is None, -(one[2] or 0.0)))
            return self.tell(party, [(entry, how) for _, entry, _, how in found])

    def _found(self, parties: Sequence[Party]) -> list[Found]:
        """Matches of distinct parties, sorted by party and entry, each by what says most."""
        surest: dict[tuple[int, int], Found] = {}
        for one in chain(self._by_number(parties), self._by_address(parties), self._by_name(parties)):
            before = surest.setdefault(one[:2], one)
            if _says(one) < _says(before):
                surest[one[:2]] = one
        return [one for _, one in sorted(surest.items())]

    def _terms(self, party: Party, place: int, how: str) -> tuple[date | None, date | None, date | None]:
        """The last day on which an entry counts, and the days between which the party is cleared of it."""
        entry = self.entries[place]
        cleared = self.cleared.of(party, entry, how)
        return entry.expires, cleared.decided_on if cleared else None, cleared.expires if cleared else None

    def told(self, party: Party, place: int, how: str) -> Match:
        """One of the matches of a party, with its reasons: the entry at a place, found as `how` says."""
        return self.tell(party, [(place, how)])[0]

    def tell(self, party: Party, found: Sequence[tuple[int, str]]) -> list[Match]:
        """Several matches of a party (place of the entry, how it was found), with their reasons."""
        by_name = [place for place, how in found if how == "name"]
        with self._turn:
            apart = explain_all(self.scorer, party, [self.entries[place] for place in by_name]) if by_name else []
            told = dict(zip(by_name, apart, strict=True))
            return [self._match(party, place, how, told.get(place)) for place, how in found]

    def _match(self, party: Party, place: int, how: str, apart: Breakdown | None) -> Match:
        """A match with its reasons: of a name, its score taken apart."""
        entry = self.entries[place]
        if apart is not None:
            return Match(entry, apart.probability, how, apart.name, apart.reasons)
        if entry.kind in (Kind.ADDRESS, Kind.PHRASE):
            (text, text_vi) = SAME[entry.kind]
            return Match(entry, 1.0, how, entry.names[0], (Reason(0.0, text, text_vi),))
        hits = [hit for hit in self._numbers.exact(party.identifiers) if hit.entry is entry and hit.how == how]
        said = [_number(hit.identifier.value, hit.listed.value, hit.how, hit.difference) for hit in hits]
        listed = hits[0].listed.value if hits else ""
        reasons = tuple(Reason(0.0, text, text_vi) for text, text_vi in said)
        return Match(entry, 1.0 if how == "same" else None, how, listed, reasons)

    def _by_name(self, parties: Sequence[Party]) -> Iterator[Found]:
        """Matches by name among distinct parties: one a name of an entry."""
        places = [i for i, party in enumerate(parties) if party.name]
        if not places or not len(self._entry):
            return
        ready = self.scorer.parties([parties[i] for i in places])
        offsets, names, cheap = self._candidates.find([parties[i].name for i in places], TOP)
        party = np.repeat(places, np.diff(offsets))
        row = np.repeat(np.arange(len(places)), np.diff(offsets))
        best = np.zeros(len(places))
        np.maximum.at(best, row, cheap)
        near = (cheap >= LEAST) & (cheap >= NEAR_BEST * best[row])
        party, row, names = (column[near] for column in (party, row, names))
        chance = self.scorer.score(ready, self._listed, row, names).probability
        likely = np.flatnonzero(chance >= self.threshold)
        columns = (party[likely], self._entry[names[likely]], chance[likely])
        for of, entry, probability in zip(*(column.tolist() for column in columns), strict=True):
            yield of, entry, probability, "name"

    def _by_number(self, parties: Sequence[Party]) -> Iterator[Found]:
        """Matches by number among distinct parties: one a number."""
        if len(parties) <= FEW:
            # For a few parties a table costs more than the work on it.
            learn(chain.from_iterable(party.identifiers for party in parties))
            for row, party in enumerate(parties):
                for hit in self._numbers.exact(party.identifiers):
                    yield _sure(row, self._place[id(hit.entry)], hit.how)
            return
        rows = [(i, one.type, one.value, one.country) for i, party in enumerate(parties) for one in party.identifiers]
        schema = {"party": pl.UInt32, "type": pl.String, "value": pl.String, "country": pl.String}
        for (kind,), declared in pl.DataFrame(rows, schema, orient="row").group_by("type", maintain_order=True):
            if str(kind) in FORMS:
                table = self._numbers.find(declared["value"], str(kind), declared["country"])
                whose = declared["party"].gather(table["row"]).to_list()
                for party, entry, how in zip(whose, table["entry"].to_list(), table["how"].to_list(), strict=True):
                    yield _sure(party, entry, how)

    def _by_address(self, parties: Sequence[Party]) -> Iterator[Found]:
        """Matches by the words of an address, in any order."""
        for row, party in enumerate(parties if self._addresses else ()):
            for place in self._addresses.get(sorted_words(party.address), ()) if party.address else ():
                yield _sure(row, place, "same")


def counts(day: pl.Expr) -> pl.Expr:
    """Whether a row of MATCHES counts on a day: the entry is in force, and nobody has said "not the same"."""
    over = (day > pl.col("until")).fill_null(False)
    return ~over & ~day.is_between(pl.col("cleared_from"), pl.col("cleared_until")).fill_null(False)


def _counts(day: date, until: date | None, cleared_from: date | None, cleared_until: date | None) -> bool:
    """The same of one match."""
    over = until is not None and day > until
    return not over and not (
        cleared_from is not None and cleared_until is not None and cleared_from <= day <= cleared_until
    )


def _says(one: Found) -> tuple[int, float]:
    """How much the way says in which an entry was found: the least says most."""
    return SUREST.index(one[3]), -(one[2] or 0.0)


def _sure(party: int, entry: int, how: str) -> Found:
    """A match by number."""
    return party, entry, 1.0 if how == "same" else None, how


def _number(declared: str, listed: str, how: str, difference: str) -> tuple[str, str]:
    """What is said of a number that was found."""
    if how == "same":
        return f"the same number: {listed}", f"trùng số: {listed}"
    slip, slip_vi = DIFFERENCES[difference]
    return f"near: {declared} / {listed} ({slip})", f"gần giống: {declared} / {listed} ({slip_vi})"
