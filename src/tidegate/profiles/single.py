"""A book against one declaration, or some hundreds: the same program, entered from the other side.

What a batch asks of all rows for each atom is asked here of all atoms for each row: the values of a
line look up the atoms that are TRUE of them (texts in tables of values and prefixes, numbers by one
comparison with every bound at once). The conjunctions whose most selective atom is TRUE are narrowed
by their next atoms, and what is left is computed line by line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tidegate.profiles import columnwise, rowwise
from tidegate.profiles.columnwise import SEVERAL_CODES
from tidegate.profiles.conjunctions import Atom, fixed_ranges
from tidegate.profiles.encoding import fixed_codes
from tidegate.profiles.hits import Hits
from tidegate.profiles.program import Program
from tidegate.profiles.ranges import code_of
from tidegate.profiles.syntax import (
    Column,
    Comparison,
    Condition,
    IsNull,
    Kind,
    Literal,
    Membership,
    Not,
    OnList,
    Or,
    StartsWith,
    Value,
    columns_of,
)
from tidegate.profiles.textcodes import plainly
from tidegate.profiles.watchlists import WatchLists

__all__ = ["Single"]

Numbers = npt.NDArray[np.intp]


AT_A_TIME = 2_048  # rows of a table


class Single:
    """Matches a few rows at a time, and tables that are small beside the book."""

    def __init__(self, program: Program) -> None:
        self.program = program
        atoms = program.atoms
        # One more atom, always TRUE, fills the matrix of conjunctions.
        self.always = len(atoms)
        self.texts: dict[str, _Texts] = {}
        measured: dict[Value, list[int]] = defaultdict(list)
        later: dict[int, Condition] = {}
        rarity = np.ones(len(atoms) + 1)
        for number, atom in enumerate(atoms):
            if atom.source.kind is not Kind.TEXT:
                measured[atom.source].append(number)
                rarity[number] = 0.5
                continue
            assert isinstance(atom.source, Column)
            texts = self.texts.setdefault(atom.source.name, _Texts())
            if not texts.add(number, atom.condition, program.lists):
                later[number] = atom.condition
        for texts in self.texts.values():
            texts.finish(rarity)
        self.measured = _Measured(measured, program)
        self._arrange(later, rarity)

    def _arrange(self, later: Mapping[int, Condition], rarity: npt.NDArray[np.float64]) -> None:
        """Conjunctions as rows of a matrix of atoms, the rarest first; checks as functions of a row."""
        program = self.program
        functions = {
            condition: rowwise.condition(condition, program.lists) for condition in (*later.values(), *program.checks)
        }
        direct: list[list[int]] = []
        self.checks: list[tuple[rowwise.Truth, ...]] = []
        for conjunction in program.conjunctions:
            direct.append(
                sorted((atom for atom in conjunction.atoms if atom not in later), key=lambda one: rarity[one])
            )
            conditions = [later[atom] for atom in conjunction.atoms if atom in later]
            conditions.extend(program.checks[check] for check in conjunction.checks)
            self.checks.append(tuple(functions[condition] for condition in conditions))
        width = max((len(row) for row in direct), default=0) or 1
        self.matrix = np.full((width, len(direct)), self.always, np.int32)
        for number, row in enumerate(direct):
            self.matrix[: len(row), number] = row
        # The conjunctions by the atom that they are entered by, and where those of each atom begin.
        self.entered = np.argsort(self.matrix[0], kind="stable")
        self.begin = np.searchsorted(self.matrix[0][self.entered], np.arange(self.always + 2))
        self.has_checks = np.array([bool(checks) for checks in self.checks], np.bool_)
        asked = (*later.values(), *(program.checks[check] for one in program.conjunctions for check in one.checks))
        self.checked = sorted(set().union(*map(columns_of, asked)))
        self.profile_of = np.array([conjunction.profile for conjunction in program.conjunctions], np.int64)

    def match(self, rows: Sequence[Mapping[str, Any]]) -> Hits:
        """All hits on rows of plain Python values, in the kinds of the program's columns."""
        truth = self._untold(len(rows))
        for number, row in enumerate(rows):
            for name, texts in self.texts.items():
                texts.look_up(row[name], truth[number])
        codes = [[code_of(read(row), kind) for read, kind in self.measured.read] for row in rows]
        self.measured.look_up(np.array(codes, np.uint64).reshape(len(rows), len(self.measured.sources)), truth)
        line, conjunction = self._true(truth, rows)
        return Hits.sorted(line, self.profile_of[conjunction])

    def match_table(self, table: pl.DataFrame) -> Hits:
        """The same for a table that has the program's columns; what stands in several of its rows is looked up once."""
        lines, conjunctions = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for start in range(0, table.height, AT_A_TIME):
            part = table[start : start + AT_A_TIME]
            truth = self._untold(part.height)
            for name, texts in self.texts.items():
                texts.look_up_all(part[name].to_list(), truth)
            self.measured.look_up(self.measured.codes(part), truth)
            line, conjunction = self._true(truth, self._asked_by_checks(part))
            lines.append(line + start)
            conjunctions.append(conjunction)
        return Hits.sorted(np.concatenate(lines), self.profile_of[np.concatenate(conjunctions)])

    def _untold(self, count: int) -> npt.NDArray[np.bool_]:
        truth = np.zeros((count, self.always + 1), np.bool_)
        truth[:, self.always] = True
        return truth

    def _asked_by_checks(self, table: pl.DataFrame) -> list[dict[str, Any]]:
        numbers = [name for name in self.checked if self.program.columns[name] is Kind.NUMBER]
        columns = table.select(self.checked).with_columns(pl.col(numbers).cast(pl.Float64))
        return columns.rows(named=True) if self.checked else [{}] * table.height

    def _true(
        self, truth: npt.NDArray[np.bool_], rows: Sequence[Mapping[str, Any]]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Row and conjunction wherever all atoms and checks are TRUE."""
        line, conjunction = self._enter(truth)
        for atoms in self.matrix[1:]:
            left = truth[line, atoms[conjunction]]
            line, conjunction = line[left], conjunction[left]
        fits = ~self.has_checks[conjunction]
        known: dict[tuple[int, int], bool | None] = {}
        asked = np.flatnonzero(~fits)
        for place, number, which in zip(asked.tolist(), line[asked].tolist(), conjunction[asked].tolist(), strict=True):
            for check in self.checks[which]:
                key = (number, id(check))
                if key not in known:
                    known[key] = check(rows[number])
                if not known[key]:
                    break
            else:
                fits[place] = True
        return line[fits], conjunction[fits]

    def _enter(self, truth: npt.NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
        """Line and conjunction wherever the atom that it is entered by is TRUE."""
        line, atom = _places(truth)
        end = self.begin[atom + 1]
        count = end - self.begin[atom]
        place = np.repeat(end - np.cumsum(count), count) + np.arange(count.sum())
        return np.repeat(line, count), self.entered[place]


def _places(truth: npt.NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Row and column of every TRUE, as np.nonzero but several times faster."""
    rows, columns = np.divmod(np.flatnonzero(truth), max(1, truth.shape[1]))
    return rows, columns


class _Texts:
    """The atoms of one text column: which are TRUE of a value."""

    def __init__(self) -> None:
        self.equal: dict[str, list[int]] = defaultdict(list)
        self.prefixes: dict[str, list[int]] = defaultdict(list)
        self.several: dict[str, list[int]] = defaultdict(list)
        self.inside: dict[int, bool] = {}
        self.of_null: list[int] = []
        self.of_any: list[int] = []

    def add(self, number: int, condition: Condition, lists: WatchLists) -> bool:
        """Take an atom in; False when it has to be computed from the value."""
        match condition:
            case IsNull(Column()):
                self.of_null.append(number)
                return True
            case Not(IsNull(Column())):
                self.of_any.append(number)
                return True
            case OnList(text, name, True) if text.name in SEVERAL_CODES:
                for code in lists.until(name):
                    self.several[code].append(number)
                return True
        named = _named(condition, lists)
        if named is None:
            return False
        positive, equals, prefixes = named
        if not positive:
            self.of_any.append(number)
        self.inside[number] = positive
        for value in equals:
            self.equal[value].append(number)
        for value in prefixes:
            self.prefixes[value].append(number)
        return True

    def finish(self, rarity: npt.NDArray[np.float64]) -> None:
        """Turn lists into arrays, and say how rarely each atom is TRUE, judged by the values that the book names."""
        shares: dict[int, float] = defaultdict(float)
        for table in (self.equal, self.prefixes, self.several):
            for numbers in table.values():
                for number in numbers:
                    shares[number] += 1 / len(table)
        for number, share in shares.items():
            rarity[number] = share if self.inside.get(number, True) else 0.9
        self._equal = {text: self._marked(numbers) for text, numbers in self.equal.items()}
        self._prefixes = {text: self._marked(numbers) for text, numbers in self.prefixes.items()}
        self._several = {text: np.array(numbers) for text, numbers in self.several.items()}
        self._lengths = sorted({len(text) for text in self.prefixes})
        told = (*self.equal.values(), *self.prefixes.values(), *self.several.values(), self.of_null, self.of_any)
        self._own = np.array(sorted(set().union(*told)), np.intp)
        self._null = np.array(self.of_null, np.intp)
        self._any = np.array(self.of_any, np.intp)

    def _marked(self, numbers: list[int]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        return np.array(numbers), np.array([self.inside[number] for number in numbers])

    def look_up(self, value: str | None, truth: npt.NDArray[np.bool_]) -> None:
        """Mark the atoms that are TRUE of a value."""
        if value is None:
            truth[self._null] = True
            return
        truth[self._any] = True
        found = self._equal.get(value)
        if found is not None:
            truth[found[0]] = found[1]
        for length in self._lengths:
            found = self._prefixes.get(value[:length]) if length <= len(value) else None
            if found is not None:
                truth[found[0]] = found[1]
        if self._several:
            for code in value.split(" "):
                numbers = self._several.get(code)
                if numbers is not None:
                    truth[numbers] = True

    def look_up_all(self, values: Sequence[str | None], truth: npt.NDArray[np.bool_]) -> None:
        """The same for the value of each row."""
        if not len(self._own):
            return
        places: dict[str | None, int] = {}
        of = [places.setdefault(value, len(places)) for value in values]
        told = np.zeros((len(places), truth.shape[1]), np.bool_)
        for value, row in zip(places, told, strict=True):
            self.look_up(value, row)
        truth[:, self._own] = told[:, self._own][of]


def _named(condition: Condition, lists: WatchLists) -> tuple[bool, list[str], list[str]] | None:
    """The values and prefixes that an atom names, and whether it is TRUE of them or of all others."""
    condition = plainly(condition)
    match condition:
        case Comparison("=", Column(), Literal(str(text))):
            return True, [text], []
        case Comparison("<>", Column(), Literal(str(text))):
            return False, [text], []
        case Membership(Column(), items):
            return True, [str(item) for item in items], []
        case StartsWith(Column(), Literal(str(prefix))):
            return True, [], [prefix]
        case OnList(text, name, True) if text.name not in SEVERAL_CODES:
            return True, list(lists.until(name)), []
        case Or(parts):
            named = [_named(part, lists) for part in parts]
            if all(one is not None and one[0] for one in named):
                equals = [text for one in named if one for text in one[1]]
                return True, equals, [text for one in named if one for text in one[2]]
        case Not(inner) if not isinstance(inner, IsNull):
            named_inner = _named(inner, lists)
            if named_inner is not None and named_inner[0]:
                return False, named_inner[1], named_inner[2]
    return None


class _Measured:
    """The atoms on numbers, dates and flags: every bound of every atom compared at once."""

    def __init__(self, measured: Mapping[Value, list[int]], program: Program) -> None:
        self.sources = list(measured)
        self.read = [(rowwise.value(source), source.kind) for source in measured]
        bounds: list[tuple[int, int, int, int]] = []
        for place, numbers in enumerate(measured.values()):
            for number in numbers:
                atom: Atom = program.atoms[number]
                bounds.extend((place, number, low, high - 1) for low, high in fixed_ranges(atom.condition))
        place_of, number_of, lows, lasts = zip(*bounds, strict=True) if bounds else ((), (), (), ())
        self.place = np.array(place_of, np.intp)
        self.number = np.array(number_of, np.intp)
        self.low = np.array(lows, np.uint64)
        self.last = np.array(lasts, np.uint64)

    def codes(self, table: pl.DataFrame) -> npt.NDArray[np.uint64]:
        """What stands in the rows of a table, by source."""
        found = np.empty((table.height, len(self.sources)), np.uint64)
        for place, source in enumerate(self.sources):
            values = table.select(columnwise.value(source).alias("")).to_series()
            found[:, place] = fixed_codes(values, source.kind)
        return found

    def look_up(self, codes: npt.NDArray[np.uint64], truth: npt.NDArray[np.bool_]) -> None:
        """Mark the atoms that are TRUE of each row, from its codes by source."""
        if not len(self.place) or not len(codes):
            return
        seen = codes[:, self.place]
        line, bound = _places((self.low <= seen) & (seen <= self.last))
        truth[line, self.number[bound]] = True
