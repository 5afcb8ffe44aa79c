"""DuckDB is the oracle: on generated conditions and lines the matcher agrees on every row, batch and single."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator

import duckdb
import polars as pl
import pytest

from tidegate.profiles import Entry, Hits, Matcher, Profile, WatchLists

TEXTS = ["", "a", "A", "ab", "abc", "ABC", "b%c", "b_c", "it's", "4403", "440310", "44", "gỗ lim", "GỖ LIM", "木材",
         "İ", "ΑΣ", "ß", "e\u0301", "é", "😀", "\U0010ffff", "a\nb", "x y", "\\", "a\\b", " ", "--", "NULL",
         "ab ab", "ﬀ", "zzz"]  # fmt: skip
CODES = ["C1", "C2", "C3", "", "C1 C2", "C2  C3", "C3 C1", " C1", "C4"]
NUMBERS = [0.0, -0.0, 1.0, -1.0, 2.5, 0.1, 3.0, 1e308, -1e308, 1.7e-308, 5e-324, float("inf"), float("-inf"),
           float("nan"), 1e15, 9007199254740993.0, 100.0, 7.0]  # fmt: skip
DAYS = [dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 6, 30), dt.date(1969, 12, 31), dt.date(1, 1, 1)]
AGE = "(lodged_on - importer_registered_on)"
OFFICES = ["01", "02", "02CI", ""]
SCHEMA = {
    "lodged_on": pl.Date, "office": pl.String, "hs_code": pl.String, "description": pl.String,
    "importer_id": pl.String, "container_ids": pl.String, "customs_value": pl.Float64, "net_mass_kg": pl.Float64,
    "packages": pl.Int32, "importer_registered_on": pl.Date, "importer_trusted": pl.Boolean, "novel": pl.Boolean,
}  # fmt: skip
TEXT_COLUMNS = ["hs_code", "description", "importer_id", "container_ids", "office"]
NUMBER_COLUMNS = ["customs_value", "net_mass_kg", "packages"]
LISTS = WatchLists(
    {
        "watch": (
            Entry("4403"),
            Entry("it's", expires=dt.date(2026, 1, 1)),
            Entry("a", expires=dt.date(2025, 12, 31)),
            Entry("a", expires=dt.date(2026, 1, 1)),
            Entry(""),
        ),
        "boxes": (Entry("C1", expires=dt.date(2026, 6, 29)), Entry("C3")),
        "empty": (),
    }
)


def _lines(chance: random.Random, count: int) -> pl.DataFrame:
    def some(values: list, absent: float = 0.15) -> list:
        return [None if chance.random() < absent else chance.choice(values) for _ in range(count)]

    return pl.DataFrame(
        {
            "lodged_on": some(DAYS[:3], 0),
            "office": some(OFFICES),
            "hs_code": some(TEXTS),
            "description": some(TEXTS),
            "importer_id": some(TEXTS),
            "container_ids": some(CODES),
            "customs_value": some(NUMBERS),
            "net_mass_kg": some(NUMBERS),
            "packages": some([0, 1, 2, 3, 10, -5, 2**31 - 1]),
            "importer_registered_on": some(DAYS),
            "importer_trusted": some([True, False]),
            "novel": some([True, False]),
        },
        schema=SCHEMA,
    )


REGEXES = [
    *("^44", "a|b", "[a-c]+$", "^.$", "\\d{2,}", "\\w", "\\s", "\\bab\\b", "^[^a]", "(?:ab ?){2}", "", "a.b", "\\D"),
    *("[\\d_]", "\\.", "ỗ", "^$", "[-a]", "x*", "(a)(b)?c", "[^\\w]", "木", "a+?b", "[%&]"),
]


class _Writer:
    """Writes random conditions twice: as an officer would, and as plain SQL for DuckDB.

    The two differ in on_list, and where DuckDB has whole numbers: all numbers of the language are doubles.
    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def text(self) -> str:
        return "'" + self.chance.choice(TEXTS).replace("'", "''") + "'"

    def number(self) -> str:
        return self.chance.choice(["0", "1", "-1", "2.5", "0.1", "3", "1e308", "-1e308", "100", "7", "-0.0", "5e-324"])

    def double(self) -> str:
        return self.chance.choice(["0e0", "1e0", "-1e0", "2.5e0", "1e-1", "3e0", "1e308"])

    def day(self) -> str:
        day = self.chance.choice(DAYS[:4]).isoformat()
        return self.chance.choice([f"DATE '{day}'", f"'{day}'"])

    def pattern(self) -> str:
        parts = ["%", "_", "a", "b", "4", "44", "ab", "c", "é", "ỗ", "%%", "", "😀", "\\", " "]
        return "'" + "".join(self.chance.choice(parts) for _ in range(self.chance.randint(0, 4))) + "'"

    def regex(self) -> str:
        return f"'{self.chance.choice(REGEXES)}'"

    def text_value(self, depth: int = 0) -> str:
        column = self.chance.choice(TEXT_COLUMNS)
        match self.chance.randint(0, 7 if depth < 2 else 3):
            case 4:
                return f"lower({self.text_value(depth + 1)})"
            case 5:
                return f"substr({self.text_value(depth + 1)}, {self.chance.randint(1, 3)}, {self.chance.randint(0, 4)})"
            case 6:
                return f"substr({self.text_value(depth + 1)}, {self.chance.randint(1, 3)})"
            case 7:
                return f"coalesce({self.text_value(depth + 1)}, {self.chance.choice([self.text(), column])})"
        return column

    def number_value(self, depth: int = 0) -> str:
        match self.chance.randint(0, 9 if depth < 3 else 3):
            case 4 | 5:
                sign = self.chance.choice("+-*/")
                return f"({self.number_value(depth + 1)} {sign} {self.number_value(depth + 1)})"
            case 6:
                return f"{self.number_value(depth + 1)} {self.chance.choice('+-*/')} {self.double()}"
            case 7:
                return self.chance.choice(["abs({0})", "-({0})", "coalesce({0}, 1e0)"]).format(
                    self.number_value(depth + 1)
                )
            case 8:
                return f"length({self.text_value()})"
            case 9:
                return AGE
        return self.chance.choice(NUMBER_COLUMNS)

    def leaf(self) -> tuple[str, str]:
        sign = self.chance.choice(["=", "<>", "!=", "<", "<=", ">", ">="])
        negation = self.chance.choice(["", "NOT "])
        match self.chance.randint(0, 19):
            case 0 | 1:
                both = f"{self.text_value()} {sign} {self.text()}"
            case 2:
                texts = ", ".join(self.text() for _ in range(self.chance.randint(1, 6)))
                both = f"{self.text_value()} {negation}IN ({texts})"
            case 3 | 4:
                both = f"{self.text_value()} {negation}LIKE {self.pattern()}"
            case 5:
                pattern = self.chance.choice(["'%b!%c%'", "'a!_%'", "'b!_c'", "'!!%'", "'%!%%'"])
                both = f"{self.text_value()} {negation}LIKE {pattern} ESCAPE '!'"
            case 6:
                both = f"{negation}regexp_matches({self.text_value()}, {self.regex()})"
            case 7:
                both = f"{negation}starts_with({self.text_value()}, {self.chance.choice([self.text(), 'importer_id'])})"
            case 8:
                both = f"{self.text_value()} {sign} {self.text_value()}"
            case 9 | 10:
                both = f"{self.number_value()} {sign} {self.number()}"
            case 11:
                both = f"{self.chance.choice(NUMBER_COLUMNS)} {sign} {self.number()}"
            case 12:
                both = f"{self.number_value()} {sign} {self.number_value()}"
            case 13:
                both = f"{self.number_value()} {negation}BETWEEN {self.number()} AND {self.number()}"
            case 14:
                both = f"{self.number_value()} {negation}IN ({', '.join(self.number() for _ in range(3))})"
            case 15:
                value = self.chance.choice([*SCHEMA, self.number_value(), self.text_value()])
                both = f"{value} IS {negation}NULL"
            case 16:
                column = self.chance.choice(
                    ["lodged_on", "importer_registered_on", "coalesce(importer_registered_on, lodged_on)"]
                )
                both = self.chance.choice([
                    f"{column} {sign} {self.day()}",
                    f"{column} {negation}BETWEEN {self.day()} AND {self.day()}",
                    f"{column} {negation}IN ({self.day()}, {self.day()})",
                    f"{column} {sign} lodged_on",
                ])  # fmt: skip
            case 17:
                both = self.chance.choice([
                    "importer_trusted", "NOT importer_trusted", "importer_trusted = FALSE", "importer_trusted <> TRUE",
                    "coalesce(importer_trusted, FALSE)", "importer_trusted = novel", "importer_trusted <> novel",
                ])  # fmt: skip
            case 18:
                both = f"{self.text()} {sign} {self.text_value()}"
            case _:
                return self.listed(negation)
        return both, both.replace("length(", "double_length(").replace(AGE, f"CAST({AGE} AS DOUBLE)")

    def listed(self, negation: str) -> tuple[str, str]:
        column, name = self.chance.choice(
            [("importer_id", "watch"), ("hs_code", "watch"), ("container_ids", "boxes"), ("importer_id", "empty")]
        )
        days = LISTS[name]
        several = column == "container_ids"

        def entry(one: Entry) -> str:
            value = one.value.replace("'", "''")
            held = f"list_contains(string_split({column}, ' '), '{value}')" if several else f"{column} = '{value}'"
            return f"({held} AND lodged_on <= DATE '{one.expires or dt.date.max}')"

        plain = " OR ".join([*map(entry, days), f"(CASE WHEN {column} IS NULL THEN NULL ELSE FALSE END)"])
        return f"{negation}on_list({column}, '{name}')", f"{negation}({plain})"

    def condition(self, depth: int = 0) -> tuple[str, str]:
        kind = self.chance.randint(0, 9) if depth < 3 else 0
        if kind < 4:
            return self.leaf()
        parts = [self.condition(depth + 1) for _ in range(self.chance.randint(2, 3))]
        if kind == 9:
            ours, theirs = parts[0]
            return f"NOT ({ours})", f"NOT ({theirs})"
        link = " AND " if kind < 7 else " OR "
        # Brackets only round the other link, and not always round AND: precedence is tested too.
        bracket = "({})" if link == " AND " or self.chance.random() < 0.5 else "{}"
        ours, theirs = (link.join(bracket.format(part[side]) for part in parts) for side in (0, 1))
        return ours, theirs


def _profiles(writer: _Writer, count: int) -> tuple[list[Profile], list[str]]:
    profiles, theirs = [], []
    for number in range(count):
        when, plain = writer.condition()
        starts, ends = writer.chance.choice(
            [(dt.date(2025, 1, 1), dt.date(2027, 1, 1)), (dt.date(2026, 1, 1), dt.date(2026, 6, 29))]
        )
        level = writer.chance.choice(["national", "national", "02CI"])
        profiles.append(Profile(f"P{number}", "t", when, "red", 1.0, starts, ends, "hq", level))
        office = "" if level == "national" else " AND office = '02CI'"
        theirs.append(f"({plain}) AND lodged_on BETWEEN DATE '{starts}' AND DATE '{ends}'{office}")
    return profiles, theirs


def _oracle(lines: pl.DataFrame, conditions: list[str]) -> set[tuple[int, int]]:
    types = {pl.String: "VARCHAR", pl.Date: "DATE", pl.Boolean: "BOOLEAN"}
    columns = ", ".join(f"{name} {types.get(kind, 'DOUBLE')}" for name, kind in SCHEMA.items())
    with duckdb.connect() as database:
        database.execute("CREATE MACRO double_length(text) AS CAST(length(text) AS DOUBLE)")
        database.execute(f"CREATE TABLE lines (row_number INTEGER, {columns})")
        marks = ", ".join("?" * (len(SCHEMA) + 1))
        database.executemany(f"INSERT INTO lines VALUES ({marks})", [(n, *row) for n, row in enumerate(lines.rows())])
        truths = ", ".join(f"(({condition}) IS TRUE)" for condition in conditions)
        rows = database.execute(f"SELECT {truths} FROM lines ORDER BY row_number").fetchall()
    return {(line, profile) for line, row in enumerate(rows) for profile, truth in enumerate(row) if truth}


def _pairs(hits: Hits) -> set[tuple[int, int]]:
    return set(zip(hits.line.tolist(), hits.profile.tolist(), strict=True))


def _declarations(chance: random.Random, lines: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    start = 0
    while start < lines.height:
        size = chance.randint(1, 9)
        yield start, lines.slice(start, size)
        start += size


def _explain(wrong: set[tuple[int, int]], profiles: list[Profile], lines: pl.DataFrame) -> str:
    return "".join(f"\n{profiles[p].when}\n  on {lines.row(n, named=True)}" for n, p in sorted(wrong)[:5])


@pytest.mark.parametrize("seed", range(8))
def test_the_matcher_agrees_with_duckdb(seed: int) -> None:
    """8 x 250 conditions on 8 x 300 lines: 600,000 answers, each from four sides."""
    writer = _Writer(seed)
    lines = _lines(writer.chance, 300)
    profiles, theirs = _profiles(writer, 250)
    truth = _oracle(lines, theirs)
    assert 0.02 < len(truth) / (300 * 250) < 0.9  # neither side may win by saying always or never
    matcher = Matcher(profiles, SCHEMA, LISTS)
    for few in (0, lines.height):
        hits = matcher.match(lines, few)
        batch = _pairs(hits)
        assert batch == truth, _explain(batch ^ truth, profiles, lines)
        assert hits.line.tolist() == sorted(hits.line.tolist())
        assert len(batch) == len(hits)
    # A small book is matched without codes of columns that few conditions ask for.
    small = _pairs(Matcher(profiles[:9], SCHEMA, LISTS).match(lines, few=0))
    assert small == {pair for pair in truth if pair[1] < 9}
    single = {
        (start + line, profile)
        for start, part in _declarations(writer.chance, lines)
        for line, profile in _pairs(matcher.match_one(part))
    }
    assert single == truth, _explain(single ^ truth, profiles, lines)


ODD_ARITHMETIC = [
    ("x / 1e308 = -1", [-1e308]),  # by the reciprocal: -0.99...
    ("1 / (x + 0) > 5", [-0.0]),  # -0 + 0 is 0
    ("x / 3 = 1.1", [3.3000000000000003]),
    ("x - 0 <= 0 AND 0 - x >= 0", [0.0, -0.0]),
    ("x * 0 = 0", [float("inf"), 1.0]),
    ("x / x <> 1", [0.0, float("nan"), 2.0]),
    ("1 / -x > 5", [0.0]),
    ("x = x", [float("nan")]),
    ("x > 1e308 * 10", [float("nan"), float("inf")]),
]


@pytest.mark.parametrize(("condition", "numbers"), ODD_ARITHMETIC)
def test_odd_arithmetic_is_ieee(condition: str, numbers: list[float]) -> None:
    lines = _lines(random.Random(1), len(numbers)).with_columns(pl.Series("customs_value", numbers))
    when = condition.replace("x", "customs_value")
    truth = _oracle(lines, [re.sub(r"\b(\d+)\b(?!\.|e)", r"\1e0", when.replace("1e308", "1.0e308"))])
    matcher = Matcher([Profile("P", "t", when, "red", 1.0, DAYS[0], dt.date(2027, 1, 1), "hq")], SCHEMA)
    assert _pairs(matcher.match(lines)) == _pairs(matcher.match(lines, few=0)) == truth
    assert _pairs(matcher.match_one(lines)) == truth


def test_a_wrong_matcher_would_be_noticed() -> None:
    """The oracle is independent: what it answers depends on the SQL alone."""
    writer = _Writer(99)
    lines = _lines(writer.chance, 50)
    assert _oracle(lines, ["customs_value > 1"]) != _oracle(lines, ["customs_value >= 0"])
    assert _oracle(lines, ["hs_code LIKE '44%'"]) == {
        (n, 0) for n, code in enumerate(lines["hs_code"]) if code is not None and code.startswith("44")
    }
