"""The screener: parties held against all lists at once, by name and by number; what comes out are possible matches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from tidegate.screening.candidates import Candidates
from tidegate.screening.cleared import Cleared, folded
from tidegate.screening.entry import Entry, Kind, Party
from tidegate.screening.exact import DIFFERENCES, FORMS, ExactIndex, Phrases
from tidegate.screening.loading import Lists
from tidegate.screening.score import Reason, Scorer, explain

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
_FOUND = pl.Schema({name: MATCHES[name] for name in ("party", "entry", "probability", "how")})
_TYPES: Any = dict(_FOUND)
SPOKEN = (Kind.PERSON, Kind.COMPANY, Kind.VESSEL)  # kinds that are found by their name
TOP = 12  # candidates of a name that are scored
BATCH = 20_000  # parties that are scored together

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
    """Lists made ready. Use one in each thread: the scorer's vocabulary grows.

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
        self.lists = lists
        self.entries = lists.entries
        self.cleared = cleared or Cleared()
        self.scorer = scorer or Scorer()
        self.threshold = self.scorer.threshold if threshold is None else threshold
        self._spoken = np.array(
            [i for i, entry in enumerate(self.entries) if entry.kind in SPOKEN and entry.names], dtype=np.int64
        )
        named = [self.entries[i] for i in self._spoken.tolist()]
        self._candidates = Candidates([entry.names for entry in named])
        self._listed = self.scorer.listed(named)

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
                found.setdefault(folded(address), []).append(place)
        return found

    @cached_property
    def _numbers(self) -> ExactIndex:
        return ExactIndex(self.entries)

    def matches(self, parties: Sequence[Party]) -> pl.DataFrame:
        """Return MATCHES, sorted by party and entry; equal parties are looked at once. `counts` says on which days."""
        once: dict[Party, int] = {}
        of = np.array([once.setdefault(party, len(once)) for party in parties], dtype=np.uint32)
        distinct = list(once)
        parts = [_FOUND.to_frame()]
        for start in range(0, len(distinct), BATCH):
            batch = distinct[start : start + BATCH]
            found = pl.concat([self._by_name(batch), self._by_number(batch), self._by_address(batch)])
            parts.append(found.with_columns((pl.col("party") + start).cast(pl.UInt32)))
        # The same number says more than the name, and the name more than a number that is near.
        rank = pl.col("how").replace_strict({"same": 0, "name": 1, "near": 2}, return_dtype=pl.Int8)
        found = pl.concat(parts).sort("party", "entry", rank).unique(["party", "entry"], keep="first")
        rows = pl.DataFrame({"row": np.arange(len(of), dtype=np.uint32), "party": of})
        found = rows.join(self._terms(found, distinct), on="party").drop("party").rename({"row": "party"})
        return found.select(*MATCHES).sort("party", "entry")

    def screen(self, party: Party, day: date) -> list[Match]:
        """The possible matches of one party on a day, the likeliest first, with their reasons."""
        found = self.matches([party]).filter(counts(pl.lit(day)))
        ranked = found.sort("probability", descending=True, nulls_last=True, maintain_order=True)
        return [self.told(party, row["entry"], row["how"]) for row in ranked.iter_rows(named=True)]

    def _terms(self, found: pl.DataFrame, parties: Sequence[Party]) -> pl.DataFrame:
        """Matches with the days on which they count."""
        pairs = found.select("party", "entry").rows()
        clearances = [self.cleared.of(parties[party], self.entries[entry]) for party, entry in pairs]
        return found.with_columns(
            pl.Series("until", [self.entries[entry].expires for _, entry in pairs], pl.Date),
            pl.Series("cleared_from", [one and one.decided_on for one in clearances], pl.Date),
            pl.Series("cleared_until", [one and one.expires for one in clearances], pl.Date),
        )

    def told(self, party: Party, place: int, how: str) -> Match:
        """One of the matches of a party, with its reasons: the entry at a place, found as `how` says."""
        entry = self.entries[place]
        if how == "name":
            found = explain(self.scorer, party, entry)
            return Match(entry, found.probability, how, found.name, found.reasons)
        if entry.kind in (Kind.ADDRESS, Kind.PHRASE):
            (text, text_vi) = SAME[entry.kind]
            return Match(entry, 1.0, how, entry.names[0], (Reason(0.0, text, text_vi),))
        hits = [hit for hit in self._numbers.exact(party.identifiers) if hit.entry is entry and hit.how == how]
        said = [_number(hit.identifier.value, hit.listed.value, hit.how, hit.difference) for hit in hits]
        listed = hits[0].listed.value if hits else ""
        reasons = tuple(Reason(0.0, text, text_vi) for text, text_vi in said)
        return Match(entry, 1.0 if how == "same" else None, how, listed, reasons)

    def _by_name(self, parties: Sequence[Party]) -> pl.DataFrame:
        """Matches by name among distinct parties."""
        places = [i for i, party in enumerate(parties) if party.name]
        if not places or not len(self._spoken):
            return _FOUND.to_frame()
        ready = self.scorer.parties([parties[i] for i in places])
        offsets, entries, _ = self._candidates.find([parties[i].name for i in places], TOP)
        party = np.repeat(np.arange(len(places)), np.diff(offsets))
        chance = self.scorer.score(ready, self._listed, party, entries).probability
        likely = np.flatnonzero(chance >= self.threshold)
        found = {
            "party": np.array(places)[party[likely]],
            "entry": self._spoken[entries[likely]],
            "probability": chance[likely],
            "how": ["name"] * len(likely),
        }
        return pl.DataFrame(found).cast(_TYPES)

    def _by_number(self, parties: Sequence[Party]) -> pl.DataFrame:
        """Matches by number among distinct parties: of several numbers of a party, the surest counts."""
        if len(parties) == 1:
            # For one party a table costs more than the work on it.
            hits = [(0, self._place[id(hit.entry)], hit.how) for hit in self._numbers.exact(parties[0].identifiers)]
            return _sure(pl.DataFrame(hits, {"party": pl.UInt32, "entry": pl.UInt32, "how": pl.String}, orient="row"))
        rows = [(i, one.type, one.value, one.country) for i, party in enumerate(parties) for one in party.identifiers]
        schema = {"party": pl.UInt32, "type": pl.String, "value": pl.String, "country": pl.String}
        found = [_FOUND.to_frame()]
        for (kind,), declared in pl.DataFrame(rows, schema, orient="row").group_by("type", maintain_order=True):
            if str(kind) in FORMS:
                table = self._numbers.find(declared["value"], str(kind), declared["country"])
                whose = declared["party"].gather(table["row"])
                found.append(_sure(table.select(whose.alias("party"), "entry", "how")))
        return pl.concat(found)

    def _by_address(self, parties: Sequence[Party]) -> pl.DataFrame:
        """Matches by the words of an address, in any order."""
        hits = [
            (row, place, "same")
            for row, party in enumerate(parties if self._addresses else ())
            if party.address
            for place in self._addresses.get(folded(party.address), ())
        ]
        return _sure(pl.DataFrame(hits, {"party": pl.UInt32, "entry": pl.UInt32, "how": pl.String}, orient="row"))


def counts(day: pl.Expr) -> pl.Expr:
    """Whether a row of MATCHES counts on a day: the entry is in force, and nobody has said "not the same"."""
    over = (day > pl.col("until")).fill_null(False)
    return ~over & ~day.is_between(pl.col("cleared_from"), pl.col("cleared_until")).fill_null(False)


def _sure(hits: pl.DataFrame) -> pl.DataFrame:
    """Hits by number with their probability."""
    sure = pl.when(pl.col("how") == "same").then(1.0).alias("probability")
    return hits.with_columns(sure).cast(_TYPES).select(*_FOUND)


def _number(declared: str, listed: str, how: str, difference: str) -> tuple[str, str]:
    """What is said of a number that was found."""
    if how == "same":
        return f"the same number: {listed}", f"trùng số: {listed}"
    slip, slip_vi = DIFFERENCES[difference]
    return f"near: {declared} / {listed} ({slip})", f"gần giống: {declared} / {listed} ({slip_vi})"
