"""Memory of parties: trade repeats its parties, so what the lists say of one is kept by whoever decides all day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from tidegate.assessment.parties import GOODS, MATCH, ROLES, Held, Role, fields, told_goods, told_parties
from tidegate.profiles import screened
from tidegate.screening import MATCHES, Party, Screener

__all__ = ["PartyMemory", "Recalled"]

MOST = 200_000  # parties and descriptions that are kept; then it begins anew

_Row = tuple[Any, ...]  # MATCH without `line`, then until, cleared_from, cleared_until
_TRANSPORT = "transport_mode"  # says nothing by itself


class Recalled:
    """What the lists say of a few lines: `matches` as `Held.matches`, as tuples; `given`: by field, whether each line
    names somebody there; `sure`: the lines with a match that selects, by field and list."""

    def __init__(self, matches: list[_Row], given: dict[str, list[bool]], lists: Sequence[str]) -> None:
        self.matches, self._given, self._lists = matches, given, lists
        self.sure: dict[tuple[str, str], set[int]] = {}
        for match in matches:
            if match[6] is not None:  # its probability
                self.sure.setdefault((match[1], match[2]), set()).add(match[0])

    def flags(self) -> list[dict[str, bool | None]]:
        """The flags that on_list(...) looks at, a dict each line."""
        count = len(self._given[GOODS.field])
        names = {field: [screened(field, name) for name in self._lists] for field in self._given}
        rows: list[dict[str, bool | None]] = []
        for line in range(count):
            row: dict[str, bool | None] = {}
            for field, given in self._given.items():
                row.update(dict.fromkeys(names[field], False if given[line] else None))
            rows.append(row)
        for (field, name), lines in self.sure.items():
            for line in lines:
                rows[line][screened(field, name)] = True
        return rows

    def apart(self, starts: Sequence[int]) -> list[list[_Row]]:
        """The matches by the declaration that their line is of: one begins at each of `starts` but the last, where they
        end. Lines are counted from the first of its declaration."""
        found: list[list[_Row]] = [[] for _ in starts[1:]]
        for match in self.matches:
            at = bisect_right(starts, match[0]) - 1
            found[at].append((match[0] - starts[at], *match[1:]))
        return found

    def held(self) -> Held:
        """The same as tables."""
        matches = pl.DataFrame(self.matches, MATCH, orient="row")
        columns = []
        for field, given in self._given.items():
            known = np.array(given, dtype=np.bool_)
            nothing = pl.DataFrame({"given": known, "hit": np.zeros(len(known), dtype=np.bool_)})
            blank = nothing.select(pl.when("given").then("hit")).to_series()
            for name in self._lists:
                lines = self.sure.get((field, name))
                if lines is None:
                    columns.append(blank.alias(screened(field, name)))
                    continue
                hit = np.zeros(len(known), dtype=np.bool_)
                hit[sorted(lines)] = True
                table = nothing.with_columns(pl.Series("hit", hit))
                columns.append(table.select(pl.when("given").then("hit")).to_series().alias(screened(field, name)))
        return Held(matches, pl.DataFrame(columns))


class PartyMemory:
    """Holds lines against the lists of a screener as `hold` does, and looks at each party once."""

    def __init__(self, screener: Screener) -> None:
        self.screener = screener
        self._known: dict[Hashable, tuple[_Row, ...]] = {}
        self._named: dict[Hashable, bool] = {}

    def hold(self, lines: Sequence[Mapping[str, Any]]) -> Recalled:
        """Hold every party of every line (line table, by name) against the lists."""
        if len(self._known) > MOST:
            self._known, self._named = {}, {}
        given = {field: [False] * len(lines) for field in fields()}
        asked: list[list[Hashable]] = []
        roles: list[Role] = []
        for number, role in enumerate(ROLES):
            columns = [name for name in role.columns if lines and name in lines[0]]
            if set(columns) - {_TRANSPORT}:
                asked.append([(number, *(line[name] for name in columns)) for line in lines])
                roles.append(role)
        self._learn(roles, asked, lines)
        for role, keys in zip(roles, asked, strict=True):
            of_field = given[role.field]
            for line, key in enumerate(keys):
                of_field[line] |= self._named[key]
        texts: list[Hashable] = [(-1, line["description"]) for line in lines]
        self._learn_goods(texts)
        asked.append(texts)
        given[GOODS.field] = [line["description"] is not None for line in lines]
        found: list[_Row] = []
        for at, day in enumerate(line["lodged_on"] for line in lines):
            mine = [(at, *row[:-3]) for keys in asked for row in self._known[keys[at]] if _counts(day, row)]
            found += sorted(mine, key=lambda row: -(row[6] or 0.0))
        return Recalled(found, given, tuple(self.screener.lists.by_name))

    def _learn(
        self, roles: Sequence[Role], asked: Sequence[Sequence[Hashable]], lines: Sequence[Mapping[str, Any]]
    ) -> None:
        """Look at the parties of all roles that were not seen before, together: they cost little more than one."""
        new: dict[Hashable, tuple[Role, Party]] = {}
        for role, keys in zip(roles, asked, strict=True):
            for key, line in zip(keys, lines, strict=True):
                if key not in self._known and key not in new:
                    new[key] = role, role.party(line)
        named = [key for key, (_role, party) in new.items() if party != Party()]
        parties = [new[key][1] for key in named]
        told: dict[Hashable, list[_Row]] = {key: [] for key in new}
        matches = self.screener.matches(parties) if parties else MATCHES.to_frame()
        for role in roles if matches.height else ():
            mine = matches.filter(pl.col("party").is_in([at for at, key in enumerate(named) if new[key][0] is role]))
            for row in told_parties(mine, parties, role, self.screener).rows():
                told[named[row[0]]].append(row[1:])
        # Remembered only when all of it is known: what fails half-way is looked at again.
        for key, (_role, party) in new.items():
            self._named[key] = party != Party()
            self._known[key] = tuple(told[key])

    def _learn_goods(self, keys: Sequence[Hashable]) -> None:
        new = list(dict.fromkeys(key for key in keys if key not in self._known))
        if not new:
            return
        told: list[list[_Row]] = [[] for _ in new]
        table = pl.DataFrame({"description": [key[1] for key in new]}, {"description": pl.String})  # type: ignore[index]
        for row in told_goods(table, self.screener).rows():
            told[row[0]].append(row[1:])
        self._known.update((key, tuple(rows)) for key, rows in zip(new, told, strict=True))


def _counts(day: date, row: _Row) -> bool:
    """Whether a match counts on a day, as `screening.counts` says of a table."""
    until, cleared_from, cleared_until = row[-3:]
    if until is not None and day > until:
        return False
    return not (cleared_from is not None and cleared_until is not None and cleared_from <= day <= cleared_until)
