"""A book against a whole table: the way of the batch.

The rows are laid out in the order of one column at a time. An atom on that column then is a slice, or
a few; each conjunction is entered by its most selective atom and narrowed by the codes of the other
columns, read in the same layout one after the other. What needs computation comes last, on the few rows left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tidegate.profiles import columnwise
from tidegate.profiles.conjunctions import Atom, fixed_ranges
from tidegate.profiles.encoding import EncodedColumn, inside
from tidegate.profiles.hits import Hits
from tidegate.profiles.program import Program
from tidegate.profiles.ranges import Codes, Ranges
from tidegate.profiles.syntax import And, Column, Condition, Kind, OnList, Value, columns_of
from tidegate.profiles.textcodes import indexable, text_ranges

__all__ = ["match_table"]

Rows = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

# A check that many conjunctions share is worth computing once for all rows.
WORTH_ALL_ROWS = 64
# Putting the rows in order of a number costs as much as reading the column this many times.
WORTH_SORTING = 50
# A text pattern waits until other atoms have narrowed the rows to this share, if they do.
WORTH_WAITING = 0.05


def match_table(program: Program, table: pl.DataFrame) -> Hits:
    """All hits of a program on a table that has its columns (see Hits for the order)."""
    return _Batch(program, table).match()


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a conjunction asks of rows: `atoms` from the most selective on, then `checks` that need computation."""

    profile: int
    atoms: list[int]
    checks: list[Condition]


class _Batch:
    def __init__(self, program: Program, table: pl.DataFrame) -> None:
        self.program = program
        self.table = table
        self.height = table.height
        self.columns: dict[Value, EncodedColumn] = {}
        self.ranges: dict[int, Ranges] = {}
        self.counts: dict[int, int] = {}
        self.truths: dict[Condition, Truths] = {}
        uses = Counter(check for conjunction in program.conjunctions for check in conjunction.checks)
        self.shared = {program.checks[check] for check, count in uses.items() if count >= WORTH_ALL_ROWS}

    def match(self) -> Hits:
        entries = list(self._planned())
        sortable = self._worth_sorting(entries)
        by_lead: defaultdict[Value | None, list[tuple[int | None, _Entry]]] = defaultdict(list)
        for entry in entries:
            lead = next((atom for atom in entry.atoms if self._source(atom) in sortable), None)
            by_lead[None if lead is None else self._source(lead)].append((lead, entry))
        lines: list[Rows] = []
        profiles: list[tuple[int, int]] = []
        for source, led in by_lead.items():
            layout = _Layout(self, source, sum(self._count(lead) for lead, _ in led if lead is not None))
            for lead, entry in led:
                rows = self._fitting(entry, lead, layout)
                if len(rows):
                    lines.append(rows)
                    profiles.append((entry.profile, len(rows)))
        if not lines:
            return Hits(np.empty(0, np.int64), np.empty(0, np.int32))
        which, counts = np.array(profiles).T
        return Hits.sorted(np.concatenate(lines), np.repeat(which, counts))

    # Planning

    def _planned(self) -> Iterator[_Entry]:
        """An entry for every conjunction that can be TRUE somewhere."""
        for conjunction in self.program.conjunctions:
            atoms = [atom for atom in conjunction.atoms if indexable(self.program.atoms[atom])]
            waiting = [atom for atom in conjunction.atoms if not indexable(self.program.atoms[atom])]
            if min((self._count(atom) for atom in atoms), default=self.height) > WORTH_WAITING * self.height:
                atoms, waiting = atoms + waiting, []
            if any(not self._ranges(atom) for atom in atoms):
                continue
            checks = [self.program.atoms[atom].condition for atom in waiting]
            checks.extend(self.program.checks[check] for check in conjunction.checks)
            yield _Entry(conjunction.profile, sorted(atoms, key=self._count), checks)

    def _worth_sorting(self, entries: list[_Entry]) -> set[Value]:
        """The columns in whose order it pays to lay out the rows: texts, and others that spare enough reading."""
        texts: set[Value] = set()
        spared: Counter[Value] = Counter()
        for entry in entries:
            least = self.height
            for atom in entry.atoms:
                source = self._source(atom)
                if source.kind is Kind.TEXT:
                    texts.add(source)
                    least = min(least, self._count(atom))
            for atom in entry.atoms:
                spared[self._source(atom)] += max(0, least - self._count(atom))
        return texts | {source for source, rows in spared.items() if rows > WORTH_SORTING * self.height}

    def _source(self, atom: int) -> Value:
        return self.program.atoms[atom].source

    def _column(self, source: Value) -> EncodedColumn:
        column = self.columns.get(source)
        if column is None:
            column = self.columns[source] = EncodedColumn(self.table, source)
        return column

    def _ranges(self, number: int) -> Ranges:
        ranges = self.ranges.get(number)
        if ranges is None:
            atom: Atom = self.program.atoms[number]
            if atom.source.kind is Kind.TEXT:
                ranges = text_ranges(atom, self._column(atom.source), self.program.lists)
            else:
                ranges = fixed_ranges(atom.condition)
            self.ranges[number] = ranges
        return ranges

    def _count(self, atom: int) -> int:
        count = self.counts.get(atom)
        if count is None:
            count = self.counts[atom] = self._column(self._source(atom)).count(self._ranges(atom))
        return count

    # Matching

    def _fitting(self, entry: _Entry, lead: int | None, layout: _Layout) -> Rows:
        """The rows of the table on which a conjunction is TRUE."""
        places: slice | Rows = slice(0, self.height) if lead is None else layout.entered(self._ranges(lead))
        for atom in entry.atoms:
            if atom == lead:
                continue
            source = self._source(atom)
            fits = inside(layout.codes(source, places), self._ranges(atom), self._column(source).top)
            places = np.flatnonzero(fits) + places.start if isinstance(places, slice) else places[fits]
            if not len(places):
                return places
        rows = layout.rows(places)
        computed: list[Condition] = []
        for check in entry.checks:
            if not self._is_shared(check):
                computed.append(check)
            elif len(rows):
                rows = rows[self._truth(check)[rows]]
        if len(rows) and computed:
            rows = rows[self._computed(computed, rows)]
        return rows

    def _is_shared(self, check: Condition) -> bool:
        return check in self.shared or isinstance(check, OnList)

    def _truth(self, check: Condition) -> Truths:
        truth = self.truths.get(check)
        if truth is None:
            if isinstance(check, OnList):
                truth = self._on_list(check)
            else:
                found = self.table.select(columnwise.condition(check, self.program.lists).fill_null(False))
                truth = found.to_series().to_numpy()
            self.truths[check] = truth
        return truth

    def _on_list(self, check: OnList) -> Truths:
        """Whether each row is on the list on its day, by way of the last day of each text of the dictionary."""
        column = self._column(check.text)
        assert column.dictionary is not None
        names = column.dictionary.alias(check.text.name).to_frame()
        last = EncodedColumn(names.select(columnwise.until(check.text, check.name, self.program.lists).alias("last")),
                             Column("last", Kind.DATE)).codes  # fmt: skip
        listed = last[column.codes]
        return (listed > 0) & (listed >= self._column(Column("lodged_on", Kind.DATE)).codes)

    def _computed(self, checks: Sequence[Condition], rows: Rows) -> Truths:
        needed = sorted({name for check in checks for name in columns_of(check)})
        part = self.table.select(needed)[rows]
        whole = checks[0] if len(checks) == 1 else And(tuple(checks))
        return part.select(columnwise.condition(whole, self.program.lists).fill_null(False)).to_series().to_numpy()


class _Layout:
    """The rows in the order of one column (None: as they stand), and codes read in that order."""

    def __init__(self, batch: _Batch, source: Value | None, rows: int) -> None:
        self.batch = batch
        # Copying a column into this order pays when most of it will be read anyway.
        self.heavy = source is not None and rows > batch.height // 2
        self.laid: dict[Value, Codes] = {}
        self.column = None if source is None else batch._column(source)
        if self.column is not None:
            self.order = np.argsort(self.column.codes, kind="stable")
            self.ordered = self.column.codes[self.order] if self.column.dictionary is None else self.column.codes

    def entered(self, ranges: Ranges) -> slice | Rows:
        """The places, in this order, of the rows that fit the leading atom."""
        assert self.column is not None
        slices = [one for one in self.column.slices(ranges, self.ordered) if one[0] < one[1]]
        if len(slices) == 1:
            return slice(*slices[0])
        return np.concatenate([np.arange(*one) for one in slices]) if slices else np.empty(0, np.int64)

    def codes(self, source: Value, places: slice | Rows) -> Codes:
        codes = self.batch._column(source).codes
        if self.column is None:
            return codes[places]
        if not self.heavy:
            return codes[self.order[places]]
        laid = self.laid.get(source)
        if laid is None:
            laid = self.laid[source] = codes[self.order]
        return laid[places]

    def rows(self, places: slice | Rows) -> Rows:
        if self.column is None:
            return np.arange(self.batch.height)[places]
        return self.order[places]
