"""A book against a whole table: the way of the batch.

The rows are laid out in the order of one column at a time. An atom on that column then is a slice, or
a few; each conjunction is entered by its most selective atom and narrowed by the codes of the other
columns, read in the same layout one after the other. What needs computation comes last, on the few rows left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from tidegate.profiles import columnwise
from tidegate.profiles.conjunctions import fixed_ranges
from tidegate.profiles.encoding import EncodedColumn, inside, ordering
from tidegate.profiles.hits import Hits
from tidegate.profiles.program import Program
from tidegate.profiles.ranges import Codes, Ranges
from tidegate.profiles.syntax import And, Column, Condition, Kind, OnList, Value, columns_of
from tidegate.profiles.textcodes import indexable, pattern_ranges, text_ranges

__all__ = ["match_table"]

Rows = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

# So many conjunctions must ask for a column before its codes are made; before that, Polars reads it as it is.
WORTH_CODES = {Kind.TEXT: 16, Kind.NUMBER: 4, Kind.DATE: 4, Kind.FLAG: 4}
# A check that so many conjunctions share is computed once, for all rows.
WORTH_ALL_ROWS = 64
# Putting the rows in order of a number costs as much as reading the column this many times.
WORTH_SORTING = 30
# A text pattern that only a few conjunctions ask for waits until other atoms have left this share of the rows.
WORTH_WAITING = 0.05
FEW = 8


def match_table(program: Program, table: pl.DataFrame) -> Hits:
    """All hits of a program on a table that has its columns (see Hits for the order)."""
    return _Batch(program, table).match()


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a conjunction asks of rows: `atoms` from the most selective on, then checks (shared, and to be computed)."""

    profile: int
    atoms: list[int]
    shared: list[Condition]
    computed: list[Condition]


class _Batch:
    """Columns are named by their place in `program.sources`, atoms by theirs in `program.atoms`."""

    def __init__(self, program: Program, table: pl.DataFrame) -> None:
        self.program = program
        self.table = table
        self.height = table.height
        self.source_of = program.source_of
        self._columns: dict[Value, EncodedColumn] = {}
        self._ranges: dict[int, Ranges] = {}
        self._counts: dict[int, int] = {}
        self._truths: dict[Condition, Truths] = {}

    def match(self) -> Hits:
        entries = list(self._planned())
        sortable = self._worth_sorting(entries)
        led: defaultdict[int | None, list[tuple[int | None, _Entry]]] = defaultdict(list)
        for entry in entries:
            lead = next((atom for atom in entry.atoms if self.source_of[atom] in sortable), None)
            led[None if lead is None else self.source_of[lead]].append((lead, entry))
        lines: list[Rows] = []
        profiles: list[tuple[int, int]] = []
        for source, group in led.items():
            layout = _Layout(self, source, sum(self.count(lead) for lead, _ in group if lead is not None))
            for lead, entry in group:
                rows = self._fitting(entry, lead, layout)
                if len(rows):
                    lines.append(rows)
                    profiles.append((entry.profile, len(rows)))
        if not lines:
            return Hits(np.empty(0, np.int64), np.empty(0, np.int32))
        which, counts = np.array(profiles).T
        return Hits.sorted(np.concatenate(lines), np.repeat(which, counts))

    # Columns and atoms

    def column(self, source: int) -> EncodedColumn:
        return self._encoded(self.program.sources[source])

    def _encoded(self, source: Value) -> EncodedColumn:
        column = self._columns.get(source)
        if column is None:
            column = self._columns[source] = EncodedColumn(self.table, source)
        return column

    def ranges(self, number: int) -> Ranges:
        ranges = self._ranges.get(number)
        if ranges is None:
            atom = self.program.atoms[number]
            if atom.source.kind is Kind.TEXT:
                ranges = text_ranges(atom, self._encoded(atom.source), self.program.lists)
            else:
                ranges = fixed_ranges(atom.condition)
            self._ranges[number] = ranges
        return ranges

    def count(self, atom: int) -> int:
        count = self._counts.get(atom)
        if count is None:
            count = self._counts[atom] = self.column(self.source_of[atom]).count(self.ranges(atom))
        return count

    # Planning

    def _planned(self) -> Iterator[_Entry]:
        """An entry for every conjunction that can be TRUE somewhere."""
        program = self.program
        uses = Counter(atom for conjunction in program.conjunctions for atom in conjunction.atoms)
        coded = self._worth_codes(uses)
        patterns = {number for number, atom in enumerate(program.atoms) if number in coded and not indexable(atom)}
        self._look_through({atom for atom in patterns if uses[atom] > FEW})
        check_uses = Counter(check for conjunction in program.conjunctions for check in conjunction.checks)
        for conjunction in program.conjunctions:
            ready = [atom for atom in conjunction.atoms if atom in coded and self._is_ready(atom, patterns)]
            if min((self.count(atom) for atom in ready), default=self.height) > WORTH_WAITING * self.height:
                ready = [atom for atom in conjunction.atoms if atom in coded]
            if any(not self.ranges(atom) for atom in ready):
                continue
            waiting = [atom for atom in conjunction.atoms if atom not in ready]
            entry = _Entry(conjunction.profile, sorted(ready, key=self.count), [], [])
            entry.computed.extend(program.atoms[atom].condition for atom in waiting)
            for number in conjunction.checks:
                check = program.checks[number]
                shared = isinstance(check, OnList) or check_uses[number] >= WORTH_ALL_ROWS
                (entry.shared if shared else entry.computed).append(check)
            yield entry

    def _worth_codes(self, uses: Counter[int]) -> set[int]:
        """The atoms on columns that enough conjunctions ask for; makes the codes of these columns."""
        asked: Counter[int] = Counter()
        for atom, count in uses.items():
            asked[self.source_of[atom]] += count
        worth = {source for source, count in asked.items() if count >= WORTH_CODES[self.program.sources[source].kind]}
        sources = [self.program.sources[source] for source in sorted(worth)]
        # Polars and NumPy let go of the interpreter while they work, so two columns are made at a time.
        with ThreadPoolExecutor(max_workers=2) as pool:
            self._columns.update(zip(sources, pool.map(partial(EncodedColumn, self.table), sources), strict=True))
        return {atom for atom in uses if self.source_of[atom] in worth}

    def _is_ready(self, atom: int, patterns: set[int]) -> bool:
        return atom not in patterns or atom in self._ranges

    def _look_through(self, patterns: set[int]) -> None:
        """Find the codes of many text patterns at once, a pass over each dictionary for all of them."""
        by_source: defaultdict[int, list[int]] = defaultdict(list)
        for atom in sorted(patterns):
            by_source[self.source_of[atom]].append(atom)
        for source, atoms in by_source.items():
            column = self.program.sources[source]
            assert isinstance(column, Column)
            conditions = [self.program.atoms[atom].condition for atom in atoms]
            found = pattern_ranges(conditions, column.name, self._encoded(column), self.program.lists)
            self._ranges.update(zip(atoms, found, strict=True))

    def _worth_sorting(self, entries: list[_Entry]) -> set[int]:
        """The columns in whose order it pays to lay out the rows: texts, and others that spare enough reading."""
        texts = {place for place, source in enumerate(self.program.sources) if source.kind is Kind.TEXT}
        spared: Counter[int] = Counter()
        for entry in entries:
            least = min(
                (self.count(atom) for atom in entry.atoms if self.source_of[atom] in texts), default=self.height
            )
            for atom in entry.atoms:
                count = self.count(atom)
                if count >= least:
                    break
                spared[self.source_of[atom]] += least - count
        return texts | {source for source, rows in spared.items() if rows > WORTH_SORTING * self.height}

    # Matching

    def _fitting(self, entry: _Entry, lead: int | None, layout: _Layout) -> Rows:
        """The rows of the table on which a conjunction is TRUE."""
        places: slice | Rows = slice(0, self.height) if lead is None else layout.entered(self.ranges(lead))
        for atom in entry.atoms:
            if atom == lead:
                continue
            source = self.source_of[atom]
            fits = inside(layout.codes(source, places), self.ranges(atom), self.column(source).top)
            places = np.flatnonzero(fits) + places.start if isinstance(places, slice) else places[fits]
            if not len(places):
                return places
        rows = layout.rows(places)
        for check in entry.shared:
            rows = rows[self._truth(check)[rows]]
        if entry.computed and len(rows):
            whole = entry.computed[0] if len(entry.computed) == 1 else And(tuple(entry.computed))
            table = self.table.select(sorted(columns_of(whole)))
            # Rows as they stand, and all of them, need not be gathered.
            gathered = table if layout.column is None and len(rows) == self.height else table[rows]
            rows = rows[self._evaluated(whole, gathered)]
        return rows

    def _truth(self, check: Condition) -> Truths:
        """Whether a check is TRUE, for all rows."""
        truth = self._truths.get(check)
        if truth is None:
            truth = self._on_list(check) if isinstance(check, OnList) else self._evaluated(check, self.table)
            self._truths[check] = truth
        return truth

    def _on_list(self, check: OnList) -> Truths:
        """Whether each row is on the list on its day, by way of the last day of each text of the dictionary."""
        column = self._encoded(check.text)
        assert column.dictionary is not None
        days = columnwise.until(check.text, check.name, self.program.lists).alias("last")
        texts = column.dictionary.alias(check.text.name).to_frame()
        last = EncodedColumn(texts.select(days), Column("last", Kind.DATE)).codes[column.codes]
        return (last > 0) & (last >= self._encoded(Column("lodged_on", Kind.DATE)).codes)

    def _evaluated(self, check: Condition, table: pl.DataFrame) -> Truths:
        truth: Truths = (
            table.select(columnwise.condition(check, self.program.lists).fill_null(False)).to_series().to_numpy()
        )
        return truth


class _Layout:
    """The rows in the order of one column (None: as they stand), and codes read in that order."""

    def __init__(self, batch: _Batch, source: int | None, rows: int) -> None:
        self.batch = batch
        self.column = None if source is None else batch.column(source)
        # Copying a column into this order pays when most of it will be read anyway.
        self.heavy = rows > batch.height // 2
        self.laid: dict[int, Codes] = {}
        if self.column is not None:
            self.order = ordering(self.column.codes)
            self.ordered = self.column.codes[self.order] if self.column.dictionary is None else self.column.codes

    def entered(self, ranges: Ranges) -> slice | Rows:
        """The places, in this order, of the rows that fit the leading atom."""
        assert self.column is not None
        slices = [one for one in self.column.slices(ranges, self.ordered) if one[0] < one[1]]
        if len(slices) == 1:
            return slice(*slices[0])
        return np.concatenate([np.arange(*one) for one in slices]) if slices else np.empty(0, np.int64)

    def codes(self, source: int, places: slice | Rows) -> Codes:
        codes = self.batch.column(source).codes
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
