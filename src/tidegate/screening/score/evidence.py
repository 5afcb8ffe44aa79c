"""What is known besides the name: birth, country, sex, kind, identifiers; each adds its weight to the log-odds.

A weight is the logarithm of how much likelier the outcome is for the same person than for another (Fellegi and Sunter,
1969), rounded, and nearer to 0 than the files at hand would have it: lists err about births and countries. What is not
known weighs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.screening.entry import NAMED, Entry, Kind, Party

__all__ = ["EVIDENCE", "UNKNOWN", "Evidence", "Known", "births", "limited", "weigh"]

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One outcome: the weight it adds to the log-odds, and its sentence; `subject` is what it is about."""

    name: str
    subject: str
    weight: float
    text: str
    text_vi: str


EVIDENCE = (
    Evidence("same day", "born", 6.0, "birth date agrees", "ngày sinh trùng khớp"),
    Evidence(
        "day and month swapped",
        "born",
        4.0,
        "birth date agrees, day and month swapped",
        "ngày sinh trùng nếu đảo ngày tháng",
    ),
    Evidence(
        "same day, year near",
        "born",
        3.0,
        "day and month of birth agree, the year is near",
        "trùng ngày tháng sinh, năm lệch ít",
    ),
    Evidence("same year", "born", 2.5, "birth year agrees", "năm sinh trùng khớp"),
    Evidence(
        "same year, other day", "born", 0.7, "birth year agrees, the day differs", "năm sinh trùng, ngày sinh khác"
    ),
    Evidence("year near", "born", 0.5, "birth year is off by one", "năm sinh lệch một năm"),
    Evidence("other year", "born", -3.0, "birth year differs", "năm sinh khác"),
    Evidence("same country", "country", 1.2, "country agrees", "quốc gia trùng khớp"),
    Evidence("other country", "country", -1.3, "country differs", "quốc gia khác"),
    Evidence("same sex", "sex", 0.2, "sex agrees", "giới tính trùng khớp"),
    Evidence("other sex", "sex", -2.0, "sex differs", "giới tính khác"),
    Evidence("other kind", "kind", -3.0, "one is a person, the other is not", "một bên là cá nhân, bên kia không phải"),
    Evidence("same identifier", "identifier", 8.0, "an identifier agrees", "số định danh trùng khớp"),
)

UNKNOWN = -1
CODES = {evidence.name: number for number, evidence in enumerate(EVIDENCE)}
WEIGHTS = np.array([evidence.weight for evidence in EVIDENCE] + [0.0])
SUBJECTS = tuple(dict.fromkeys(evidence.subject for evidence in EVIDENCE))
SEXES = {"m": 1, "f": 2}
# Years further apart than this were not meant to be the same.
NEAR_YEARS = 1
# With the same day and month, the year may have one wrong digit.
NEAR_YEARS_SAME_DAY = 10


def births(texts: Sequence[str]) -> Numbers:
    """(n, 3) year, month, day of "1975", "1975-03" or "1975-03-12", 0 for what is not given or cannot be read."""
    found = np.zeros((len(texts), 3), np.int64)
    for row, text in enumerate(texts):
        parts = text.split("-")[:3]
        numbers = [int(part) if part.isascii() and part.isdigit() and len(part) <= 4 else 0 for part in parts]
        if numbers and numbers[0]:
            found[row, : len(numbers)] = numbers
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of n parties or entries besides names. `born`: (n, most dates of one, 3); `countries`: (n, most)
    numbers of countries, 0 for none; `sex`: 0 unknown, 1 m, 2 f; `kind`: 0 unknown, 1 person, 2 anything else that is
    named; `identifiers`: sets of type and value."""

    born: Numbers
    countries: Numbers
    sex: Numbers
    kind: Numbers
    identifiers: tuple[frozenset[tuple[str, str]], ...]

    @classmethod
    def of(cls, things: Sequence[Party | Entry], countries: dict[str, int]) -> Known:
        """What is known of each; `countries` numbers the countries and grows."""
        born: list[Sequence[str]] = [
            thing.born if isinstance(thing, Entry) else ((thing.born,) if thing.born else ()) for thing in things
        ]
        dates = np.zeros((len(things), max(map(len, born), default=0) or 1, 3), np.int64)
        places = np.zeros((len(things), max((len(thing.countries) for thing in things), default=0) or 1), np.int64)
        for row, thing in enumerate(things):
            if born[row]:
                dates[row, : len(born[row])] = births(born[row])
            for column, code in enumerate(thing.countries):
                places[row, column] = countries.setdefault(code.upper(), len(countries) + 1)
        sex = np.array([SEXES.get(thing.sex, 0) for thing in things], np.int64)
        kind = np.array([_kind(thing.kind) for thing in things], np.int64)
        numbers = tuple(frozenset((one.type, one.value) for one in thing.identifiers) for thing in things)
        return cls(dates, places, sex, kind, numbers)


def _kind(kind: Kind | None) -> int:
    return 0 if kind not in NAMED else 1 if kind is Kind.PERSON else 2


def weigh(
    left: Known, right: Known, i: NDArray[np.integer], j: NDArray[np.integer]
) -> tuple[Numbers, NDArray[np.float64]]:
    """Outcomes, (n, SUBJECTS) numbers in EVIDENCE or UNKNOWN, and the log-odds they add up to, (n,)."""
    outcomes = np.full((len(i), len(SUBJECTS)), UNKNOWN, np.int64)
    outcomes[:, 0] = _born(left.born[i], right.born[j])
    a, b = left.countries[i], right.countries[j]
    shared = ((a[:, :, None] == b[:, None, :]) & (a[:, :, None] > 0)).any((1, 2))
    both = (a > 0).any(1) & (b > 0).any(1)
    outcomes[both, 1] = np.where(shared, CODES["same country"], CODES["other country"])[both]
    both = (left.sex[i] > 0) & (right.sex[j] > 0)
    outcomes[both, 2] = np.where(left.sex[i] == right.sex[j], CODES["same sex"], CODES["other sex"])[both]
    apart = (left.kind[i] > 0) & (right.kind[j] > 0) & (left.kind[i] != right.kind[j])
    outcomes[apart, 3] = CODES["other kind"]
    if any(left.identifiers):
        same = [bool(left.identifiers[x] & right.identifiers[y]) for x, y in zip(i, j, strict=True)]
        outcomes[np.array(same, bool), 4] = CODES["same identifier"]
    return outcomes, WEIGHTS[outcomes].sum(1)


def limited(odds: NDArray[np.float64], outcomes: Numbers, evidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """What evidence adds to the log-odds of names, (n,): it confirms a name, but does not take its place.

    People who share a birth date and a country are many: for names with log-odds of -3 and less nothing speaks for the
    same any more, but an identifier.
    """
    identified = outcomes[:, SUBJECTS.index("identifier")] == CODES["same identifier"]
    return np.where(identified, evidence, np.minimum(evidence, np.maximum(odds + TRUST, 0.0)))


# How far below even odds names may be for what else agrees to count.
TRUST = 3.0


def _born(a: Numbers, b: Numbers) -> Numbers:
    """The best outcome among all dates of one, (n, dates, 3), and of the other."""
    a, b = a[:, :, None, :], b[:, None, :, :]
    known = (a[..., 0] > 0) & (b[..., 0] > 0)
    apart = np.abs(a[..., 0] - b[..., 0])
    full = (a[..., 2] > 0) & (b[..., 2] > 0)
    day = full & (a[..., 1] == b[..., 1]) & (a[..., 2] == b[..., 2])
    turned = full & (a[..., 1] == b[..., 2]) & (a[..., 2] == b[..., 1])
    months = (a[..., 1] > 0) & (b[..., 1] > 0) & (a[..., 1] != b[..., 1])
    cases = (
        (known & (apart == 0) & day, "same day"),
        (known & (apart == 0) & turned, "day and month swapped"),
        (known & (apart > 0) & (apart <= NEAR_YEARS_SAME_DAY) & day, "same day, year near"),
        (known & (apart == 0) & ~full & ~months, "same year"),
        (known & (apart == 0), "same year, other day"),
        (known & (apart <= NEAR_YEARS), "year near"),
        (known, "other year"),
    )
    found = np.full(len(a), UNKNOWN, np.int64)
    for case, name in cases:
        found[(found == UNKNOWN) & case.any((1, 2))] = CODES[name]
    return found
