"""Memory of parties: trade repeats its parties, so what the lists say of one is kept by whoever decides all day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import or_
from typing import Any

import polars as pl

from tidegate.assessment.parties import GOODS, MATCH, ROLES, Held, Role, fields, told_goods, told_parties
from tidegate.profiles import screened
from tidegate.screening import MATCHES, Party, Screener

__all__ = ["PartyMemory", "Recalled"]

MOST = 200_000  # parties and descriptions that are kept; then it begins anew

_Row = tuple[Any, ...]  # MATCH without `line`, then until, cleared_from, cleared_until
_TRANSPORT = "transport_mode"  # says nothing by itself


class Recalled:
    """What the lists say of lines: `matches` as `Held.matches`, as tuples; `given`: by field, whether each line names
    somebody there; `sure`: the lines with a match that selects, by field and list."""

    def __init__(self, matches: list[_Row], given: Mapping[str, Sequence[bool]], lists: Sequence[str]) -> None:
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
        columns = []
        for field, given in self._given.items():
            blank = pl.Series([False if known else None for known in given], dtype=pl.Boolean)
            for name in self._lists:
                lines = self.sure.get((field, name))
                flags = blank.clone().scatter(sorted(lines), True) if lines else blank
                columns.append(flags.alias(screened(field, name)))
        return Held(pl.DataFrame(self.matches, MATCH, orient="row"), pl.DataFrame(columns))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who or what lines name in one role: what each distinct one is known by, a row that says it, and the place of each
    line's among them (None: a line each)."""

    role: Role
    keys: Sequence[Hashable]
    rows: Sequence[Mapping[str, Any]]
    of: Sequence[int] | None = None

    def by_line(self, of_key: Sequence[bool]) -> Sequence[bool]:
        return of_key if self.of is None else [of_key[place] for place in self.of]


class PartyMemory:
    """Holds lines against the lists of a screener as `hold` does, and looks at each party once."""

    def __init__(self, screener: Screener) -> None:
        self.screener = screener
        self._known: dict[Hashable, tuple[_Row, ...]] = {}
        self._named: dict[Hashable, bool] = {}

    def hold(self, lines: Sequence[Mapping[str, Any]]) -> Recalled:
        """Hold every party of a few lines (line table, by name) against the lists."""
        asked = []
        for number, role in enumerate(ROLES):
            if columns := _told(role, lines[0] if lines else ()):
                keys = [(number, *(line[name] for name in columns)) for line in lines]
                asked.append(_Asked(role, keys, lines))
        goods = _Asked(GOODS, [(-1, line["description"]) for line in lines], lines)
        return self._recalled(asked, goods, [line["lodged_on"] for line in lines])

    def hold_table(self, table: pl.DataFrame) -> Recalled:
        """The same for many lines."""
        asked = []
        for number, role in enumerate(ROLES):
            if columns := _told(role, table.columns):
                asked.append(_distinct(role, number, table.select(columns)))
        goods = _distinct(GOODS, -1, table.select("description"))
        return self._recalled(asked, goods, table["lodged_on"].to_list())

    def _recalled(self, asked: Sequence[_Asked], goods: _Asked, days: Sequence[date]) -> Recalled:
        if len(self._known) > MOST:
            self._known, self._named = {}, {}
        given: dict[str, Sequence[bool]] = {field: [False] * len(days) for field in fields()}
        self._learn(asked)
        self._learn_goods(goods.keys)
        for one in asked:
            named = one.by_line([self._named[key] for key in one.keys])
            given[one.role.field] = [*map(or_, given[one.role.field], named)]
        given[GOODS.field] = goods.by_line([row["description"] is not None for row in goods.rows])
        found: dict[int, list[_Row]] = {}
        for one in (*asked, goods):
            listed = {place: rows for place, key in enumerate(one.keys) if (rows := self._known[key])}
            if not listed:
                continue
            for line, place in enumerate(range(len(one.keys)) if one.of is None else one.of):
                mine = [(line, *row[:-3]) for row in listed.get(place, ()) if _counts(days[line], row)]
                if mine:
                    found.setdefault(line, []).extend(mine)
        ranked = [row for line in sorted(found) for row in sorted(found[line], key=lambda row: -(row[6] or 0.0))]
        return Recalled(ranked, given, tuple(self.screener.lists.by_name))

    def _learn(self, asked: Sequence[_Asked]) -> None:
        """Look at the parties of all roles that were not seen before, together: they cost little more than one."""
        new: dict[Hashable, tuple[Role, Party]] = {}
        for one in asked:
            for key, row in zip(one.keys, one.rows, strict=True):
                if key not in self._known and key not in new:
                    new[key] = one.role, one.role.party(row)
        named = [key for key, (_role, party) in new.items() if party != Party()]
        parties = [new[key][1] for key in named]
        told: dict[Hashable, list[_Row]] = {key: [] for key in new}
        matches = self.screener.matches(parties) if parties else MATCHES.to_frame()
        for role in [one.role for one in asked] if matches.height else ():
            mine = matches.filter(pl.col("party").is_in([at for at, key in enumerate(named) if new[key][0] is role]))
            for at, *said in told_parties(mine, parties, role, self.screener).rows():
                told[named[at]].append(tuple(said))
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


def _told(role: Role, there: Container[str]) -> list[str]:
    """The columns that say who it is, where some of them do."""
    columns = [name for name in role.columns if name in there]
    return columns if set(columns) - {_TRANSPORT} else []


def _distinct(role: Role, number: int, table: pl.DataFrame) -> _Asked:
    """Who the rows of a table name, each once."""
    keys = table.unique(maintain_order=True)
    of = table.join(
        keys.with_row_index("\0place"), on=table.columns, how="left", nulls_equal=True, maintain_order="left"
    )
    names, rows = keys.columns, keys.rows()
    named = [dict(zip(names, row, strict=True)) for row in rows]
    return _Asked(role, [(number, *row) for row in rows], named, of["\0place"].to_list())


def _counts(day: date, row: _Row) -> bool:
    """Whether a match counts on a day, as `screening.counts` says of a table."""
    until, cleared_from, cleared_until = row[-3:]
    if until is not None and day > until:
        return False
    return not (cleared_from is not None and cleared_until is not None and cleared_from <= day <= cleared_until)
