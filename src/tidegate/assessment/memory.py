"""Memory of parties: trade repeats its parties, so what the lists say of one is kept by whoever decides all day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.assessment.parties import GOODS, MATCH, ROLES, Held, Role, fields, told_goods, told_parties
from tidegate.profiles import screened
from tidegate.screening import MATCHES, Party, Screener

__all__ = ["PartyMemory", "Recalled"]

MOST = 200_000  # parties and descriptions that are kept; then it begins anew

_Key = tuple[Any, ...]  # number of a role, and what its columns say
_Row = tuple[Any, ...]  # MATCH without `line`, then until, cleared_from, cleared_until
_Told = tuple[bool, tuple[_Row, ...]]  # whether it names somebody, and what the lists say of it
_TRANSPORT = "transport_mode"  # says nothing by itself


class Recalled:
    """What the lists say of lines: `matches` as `Held.matches`, as tuples; `given`: by field, whether each line names
    somebody there; `sure`: the lines with a match that selects, by field and list."""

    def __init__(self, matches: list[_Row], given: Mapping[str, NDArray[np.bool_]], lists: Sequence[str]) -> None:
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
        named = {field: given.tolist() for field, given in self._given.items()}
        for line in range(count):
            row: dict[str, bool | None] = {}
            for field, given in named.items():
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
        columns = []
        for field, given in self._given.items():
            blank = pl.select(pl.when(pl.lit(pl.Series(given))).then(False)).to_series()
            for name in self._lists:
                lines = self.sure.get((field, name))
                flags = blank.clone().scatter(sorted(lines), True) if lines else blank
                columns.append(flags.alias(screened(field, name)))
        return Held(pl.DataFrame(self.matches, MATCH, orient="row"), pl.DataFrame(columns))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who or what lines name in one role: the keys of some, among them all distinct ones, each the number of the role
    and what its `columns` say; and the place of each line's among them (intp[n])."""

    role: Role
    columns: Sequence[str]
    keys: Sequence[_Key]
    of: NDArray[np.intp]

    def said(self, key: _Key) -> dict[str, Any]:
        return dict(zip(self.columns, key[1:], strict=True))


class PartyMemory:
    """Holds lines against the lists of a screener as `hold` does, and looks at each party once. Several may use it."""

    def __init__(self, screener: Screener) -> None:
        self.screener = screener
        self._known: dict[_Key, _Told] = {}

    def hold(self, lines: Sequence[Mapping[str, Any]]) -> Recalled:
        """Hold every party of a few lines (line table, by name) against the lists."""
        each = np.arange(len(lines))
        return self._recalled(
            [
                _Asked(role, columns, [(number, *(line[name] for name in columns)) for line in lines], each)
                for number, role, columns in _told(lines[0] if lines else ())
            ],
            [line["lodged_on"] for line in lines],
        )

    def hold_table(self, table: pl.DataFrame) -> Recalled:
        """The same for many lines."""
        asked = [_distinct(role, number, table.select(columns)) for number, role, columns in _told(table.columns)]
        return self._recalled(asked, table["lodged_on"].to_list())

    def _recalled(self, asked: Sequence[_Asked], days: Sequence[date]) -> Recalled:
        if len(self._known) > MOST:
            self._known = {}
        known = self._known  # the same to the end, though others may begin anew meanwhile
        given = {field: np.zeros(len(days), np.bool_) for field in fields()}
        self._learn(known, asked)
        found: dict[int, list[_Row]] = {}
        for one in asked:
            told = [known[key] for key in one.keys]
            if not told:
                continue
            given[one.role.field] |= np.array([named for named, _ in told])[one.of]
            listed = np.array([bool(rows) for _, rows in told])[one.of]
            for line in np.flatnonzero(listed).tolist():
                mine = [(line, *row[:-3]) for row in told[one.of[line]][1] if _counts(days[line], row)]
                if mine:
                    found.setdefault(line, []).extend(mine)
        ranked = [row for line in sorted(found) for row in sorted(found[line], key=lambda row: -(row[6] or 0.0))]
        return Recalled(ranked, given, tuple(self.screener.lists.by_name))

    def _learn(self, known: dict[_Key, _Told], asked: Sequence[_Asked]) -> None:
        """Look at what was not seen before, all roles together: many parties cost little more than one."""
        new = {key: one for one in asked for key in one.keys if key not in known}
        if not new:
            return
        goods = [key for key, one in new.items() if one.role is GOODS]
        parties = {key: one.role.party(one.said(key)) for key, one in new.items() if one.role is not GOODS}
        named = [key for key, party in parties.items() if party != Party()]
        told: dict[_Key, list[_Row]] = {key: [] for key in new}
        held = [parties[key] for key in named]
        matches = self.screener.matches(held) if held else MATCHES.to_frame()
        for one in asked if matches.height else ():
            mine = matches.filter(pl.col("party").is_in([at for at, key in enumerate(named) if new[key] is one]))
            for at, *said in told_parties(mine, held, one.role, self.screener).rows():
                told[named[at]].append(tuple(said))
        if goods:
            table = pl.DataFrame({"description": [key[1] for key in goods]}, {"description": pl.String})
            for at, *said in told_goods(table, self.screener).rows():
                told[goods[at]].append(tuple(said))
        # Remembered only when all of it is known: what fails half-way is looked at again.
        there = {*named, *(key for key in goods if key[1] is not None)}
        known.update((key, (key in there, tuple(rows))) for key, rows in told.items())


def _told(there: Container[str]) -> list[tuple[int, Role, list[str]]]:
    """Number and columns of each role in which lines with these columns can name somebody; goods last."""
    asked = [
        (number, role, columns)
        for number, role in enumerate(ROLES)
        if set(columns := [name for name in role.columns if name in there]) - {_TRANSPORT}
    ]
    return [*asked, (-1, GOODS, ["description"])]


def _distinct(role: Role, number: int, table: pl.DataFrame) -> _Asked:
    """Who the rows of a table name, each once."""
    alike = table.with_row_index("\0row").group_by(table.columns, maintain_order=True).agg(pl.col("\0row"))
    rows = alike["\0row"]
    of = np.empty(table.height, np.intp)
    of[rows.explode().to_numpy()] = np.repeat(np.arange(alike.height), rows.list.len().to_numpy())
    return _Asked(role, table.columns, [(number, *row) for row in alike.drop("\0row").iter_rows()], of)


def _counts(day: date, row: _Row) -> bool:
    """Whether a match counts on a day, as `screening.counts` says of a table."""
    until, cleared_from, cleared_until = row[-3:]
    if until is not None and day > until:
        return False
    return not (cleared_from is not None and cleared_until is not None and cleared_from <= day <= cleared_until)
