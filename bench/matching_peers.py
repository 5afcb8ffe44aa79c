"""The same profiles in the language of each engine, and each engine's hits on the same lines.

Every peer is a class with `compile(profiles)`, outside the clock, and `hits(lines)`, inside it: a set of
(row, profile) pairs would be slow to build, so it returns the two columns as arrays. Engines that go row
by row are given Python dictionaries made beforehand.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
from matching_trade import Clause, Trade, Written

from tidegate.profiles import Entry, Matcher, Profile, WatchLists

Pairs = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def sql(clause: Clause) -> str:
    """A clause as an officer writes it."""
    field, value = clause.field, clause.value
    match clause.kind:
        case "prefix":
            return f"{field} LIKE '{value}%'"
        case "in":
            return f"{field} IN ({', '.join(map(_quoted, value))})"
        case "equal":
            return f"{field} = {_quoted(value)}"
        case "differs":
            return f"{field} <> {value}"
        case "less":
            return f"{field} < {value!r}"
        case "more":
            return f"{field} > {value!r}"
        case "word":
            return f"lower({field}) LIKE {_quoted(f'%{value}%')}"
        case "listed":
            return f"on_list({field}, '{value}')"
        case "ratio_less":
            return f"{field} / {value[0]} < {value[1]!r}"
        case "younger":
            return f"lodged_on - {field} < {value}"
        case "flag":
            return f"{field} = {value}"
    raise ValueError(clause.kind)


class Tidegate:
    name = "Tidegate"

    def __init__(self, trade: Trade) -> None:
        self.schema = trade.lines.schema
        self.lists = WatchLists(
            {name: tuple(Entry(value, expires=day) for value, day in values) for name, values in trade.lists.items()}
        )

    def compile(self, profiles: list[Written]) -> None:
        book = [
            Profile(
                one.id, one.id, " AND ".join(map(sql, one.clauses)), "red", 1.0, one.starts, one.ends, "hq", one.level
            )
            for one in profiles
        ]
        self.matcher = Matcher(book, self.schema, self.lists)

    def hits(self, lines: pl.DataFrame) -> Pairs:
        hits = self.matcher.match(lines)
        return hits.line, hits.profile


class Polars:
    """Each profile one Boolean expression over all rows, a hundred to a query so that Polars can share work."""

    name = "Polars"

    def __init__(self, trade: Trade) -> None:
        self.lists = trade.lists

    def compile(self, profiles: list[Written]) -> None:
        self.expressions = []
        for one in profiles:
            parts = [self._clause(clause) for clause in one.clauses]
            parts.append(pl.col("lodged_on").is_between(one.starts, one.ends))
            if one.level != "national":
                parts.append(pl.col("office") == one.level)
            self.expressions.append(pl.all_horizontal(parts).fill_null(False))

    def _clause(self, clause: Clause) -> pl.Expr:
        field, value = pl.col(clause.field), clause.value
        match clause.kind:
            case "prefix":
                return field.str.starts_with(value)
            case "in":
                return field.is_in(list(value))
            case "equal":
                return field == value
            case "differs":
                return field != pl.col(value)
            case "less":
                return field < value
            case "more":
                return field > value
            case "word":
                return field.str.to_lowercase().str.contains(value, literal=True)
            case "listed":
                last = {code: day or dt.date.max for code, day in self.lists[value]}
                return field.replace_strict(last, default=None, return_dtype=pl.Date) >= pl.col("lodged_on")
            case "ratio_less":
                return field / pl.col(value[0]) < value[1]
            case "younger":
                return (pl.col("lodged_on") - field).dt.total_days() < value
            case "flag":
                return field == value
        raise ValueError(clause.kind)

    def hits(self, lines: pl.DataFrame) -> Pairs:
        rows, which = [], []
        for start in range(0, len(self.expressions), 100):
            part = self.expressions[start : start + 100]
            truths = lines.select(one.alias(str(place)) for place, one in enumerate(part))
            for place, truth in enumerate(truths):
                found = truth.arg_true().to_numpy()
                rows.append(found)
                which.append(np.full(len(found), start + place))
        return np.concatenate(rows), np.concatenate(which)


class DuckDB:
    """Each profile one query; the lines are in a table of DuckDB's own before the clock starts."""

    name = "DuckDB"

    def __init__(self, trade: Trade) -> None:
        self.lists = trade.lists
        self.loaded: pl.DataFrame | None = None

    def compile(self, profiles: list[Written]) -> None:
        self.queries = []
        for one in profiles:
            parts = [self._listed(clause) if clause.kind == "listed" else sql(clause) for clause in one.clauses]
            parts.append(f"lodged_on BETWEEN DATE '{one.starts}' AND DATE '{one.ends}'")
            if one.level != "national":
                parts.append(f"office = '{one.level}'")
            self.queries.append(f"SELECT row_number FROM lines WHERE {' AND '.join(parts)}")

    def _listed(self, clause: Clause) -> str:
        by_day: dict[dt.date, list[str]] = {}
        for value, day in self.lists[clause.value]:
            by_day.setdefault(day or dt.date.max, []).append(value)
        parts = [
            f"{clause.field} IN ({', '.join(map(_quoted, values))}) AND lodged_on <= DATE '{day}'"
            for day, values in by_day.items()
        ]
        return f"({' OR '.join(f'({part})' for part in parts)})"

    def load(self, lines: pl.DataFrame) -> None:
        self.database = duckdb.connect()
        self.database.execute(f"SET threads = {os.environ.get('POLARS_MAX_THREADS', os.cpu_count())}")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "lines.parquet"
            lines.with_row_index("row_number").write_parquet(file)
            self.database.execute(f"CREATE TABLE lines AS SELECT * FROM '{file}'")

    def hits(self, lines: pl.DataFrame) -> Pairs:
        rows, which = [], []
        for place, query in enumerate(self.queries):
            found = self.database.execute(query).fetchnumpy()["row_number"]
            rows.append(found)
            which.append(np.full(len(found), place))
        return np.concatenate(rows), np.concatenate(which)


def records(lines: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows for the engines that take one at a time, made before the clock starts.

    In their favour: days are numbers, descriptions already in small letters, and what Drools' rule format
    cannot compute (a difference, a quotient) is a field already.
    """
    epoch = dt.date(1970, 1, 1)
    return lines.with_columns(
        (pl.col("lodged_on") - epoch).dt.total_days(),
        (pl.col("importer_registered_on") - epoch).dt.total_days(),
        pl.col("description").str.to_lowercase(),
        (pl.col("lodged_on") - pl.col("importer_registered_on")).dt.total_days().alias("age_days"),
        (pl.col("customs_value") / pl.col("net_mass_kg")).alias("unit_value"),
        (pl.col("origin_country") != pl.col("dispatch_country")).alias("diverted"),
    ).to_dicts()


def _day(day: dt.date | None) -> int:
    return ((day or dt.date.max) - dt.date(1970, 1, 1)).days


def _text(value: object) -> str:
    """A constant in zen's expression language, which knows no escapes."""
    return json.dumps(value, ensure_ascii=False)


class Zen:
    """zen-engine: a JDM decision table with hit policy collect, a row a profile, a column a field; line by line."""

    name = "zen-engine"

    def __init__(self, trade: Trade) -> None:
        self.lists = trade.lists
        self.fields = [*trade.lines.columns]

    def compile(self, profiles: list[Written]) -> None:
        import zen

        inputs = [{"id": name, "name": name, "field": name} for name in self.fields]
        inputs += [{"id": f"free{place}", "name": f"free{place}"} for place in range(3)]
        rules = []
        for place, one in enumerate(profiles):
            row = dict.fromkeys((each["id"] for each in inputs), "")
            row["_id"] = one.id
            row["hit"] = str(place)
            row["lodged_on"] = f"[{_day(one.starts)}..{_day(one.ends)}]"
            free = []
            for clause in one.clauses:
                cell = self._cell(clause)
                if cell is None or row[clause.field]:
                    free.append(self._expression(clause))
                else:
                    row[clause.field] = cell
            if one.level != "national":
                row["office"] = _text(one.level)
            for place, expression in enumerate(free):
                row[f"free{place}"] = expression
            rules.append(row)
        table = {
            "hitPolicy": "collect",
            "inputs": inputs,
            "outputs": [{"id": "hit", "name": "hit", "field": "hit"}],
            "rules": rules,
        }
        at = {"x": 0, "y": 0}
        decision = {
            "contentType": "application/vnd.gorules.decision",
            "nodes": [
                {"id": "in", "type": "inputNode", "name": "in", "position": at},
                {"id": "table", "type": "decisionTableNode", "name": "table", "position": at, "content": table},
                {"id": "out", "type": "outputNode", "name": "out", "position": at},
            ],
            "edges": [
                {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
                {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
            ],
        }  # fmt: skip
        self.engine = zen.ZenEngine()
        self.decision = self.engine.create_decision(json.dumps(decision))

    def _cell(self, clause: Clause) -> str | None:
        match clause.kind:
            case "prefix":
                return f"startsWith($, {_text(clause.value)})"
            case "in":
                return ", ".join(_text(value) for value in clause.value)
            case "equal":
                return _text(clause.value)
            case "less":
                return f"< {clause.value!r}"
            case "more":
                return f"> {clause.value!r}"
            case "word":
                return f"contains($, {_text(clause.value)})"
            case "flag":
                return str(clause.value).lower()
        return None

    def _expression(self, clause: Clause) -> str:
        field, value = clause.field, clause.value
        match clause.kind:
            case "differs":
                return f"{field} != null and {value} != null and {field} != {value}"
            case "ratio_less":
                return f"{field} / {value[0]} < {value[1]!r}"
            case "younger":
                return f"{field} != null and lodged_on - {field} < {value}"
            case "listed":
                by_day: dict[int, list[str]] = {}
                for code, day in self.lists[value]:
                    by_day.setdefault(_day(day), []).append(code)
                parts = [f"(lodged_on <= {day} and {field} in {_text(codes)})" for day, codes in by_day.items()]
                return " or ".join(parts)
            case "less" | "more":
                return f"{field} != null and {field} {'<' if clause.kind == 'less' else '>'} {value!r}"
            case "prefix":
                return f"startsWith({field}, {_text(value)})"
        raise ValueError(clause.kind)

    def hits(self, rows: list[dict[str, Any]]) -> Pairs:
        line: list[int] = []
        which: list[int] = []
        for number, row in enumerate(rows):
            found = self.decision.evaluate(row)["result"] or []
            line.extend([number] * len(found))
            which.extend(int(each["hit"]) for each in found)
        return np.array(line, np.int64), np.array(which, np.int64)


class Drools:
    """Drools through drools-jpy: rules as the JSON conditions of its rule format, line by line as events."""

    name = "Drools"

    def __init__(self, trade: Trade) -> None:
        self.lists = trade.lists

    def compile(self, profiles: list[Written]) -> None:
        os.environ.setdefault("DROOLS_JPY_JVM_MAXMEM", "4G")
        os.environ.setdefault("JAVA_HOME", java_home() or "")
        os.environ.setdefault("DROOLS_JPY_JVM_LOG", "defaultLogLevel=error")
        from drools.rule import Rule
        from drools.ruleset import Ruleset

        rules = [{"Rule": {"name": str(place), "condition": {"AllCondition": [self._condition(one)]}, "enabled": True,
                           "actions": [{"Action": {"action": "none", "action_args": {}}}]}}
                 for place, one in enumerate(profiles)]  # fmt: skip
        book = {"name": "book", "hosts": ["all"], "sources": [], "match_multiple_rules": True, "rules": rules}
        self.found: list[int] = []
        self.session = Ruleset(name="book", serialized_ruleset=json.dumps(book))
        for place in range(len(profiles)):
            self.session.add_rule(Rule(str(place), lambda _, place=place: self.found.append(place)))

    def _condition(self, one: Written) -> dict[str, Any]:
        parts = [_asked("GreaterThanOrEqualTo", "lodged_on", {"Integer": _day(one.starts)}),
                 _asked("LessThanOrEqualTo", "lodged_on", {"Integer": _day(one.ends)}),
                 *(self._clause(clause) for clause in one.clauses)]  # fmt: skip
        if one.level != "national":
            parts.append(_asked("Equals", "office", {"String": one.level}))
        return _joined("And", parts)

    def _clause(self, clause: Clause) -> dict[str, Any]:
        field, value = clause.field, clause.value
        match clause.kind:
            case "prefix":
                return _searched(field, "match", value)
            case "word":
                return _searched(field, "search", value)
            case "in":
                return _asked("ItemInList", field, [{"String": one} for one in value])
            case "equal":
                return _asked("Equals", field, {"String": value})
            case "differs":
                return _asked("Equals", "diverted", {"Boolean": True})
            case "less":
                return _asked("LessThan", field, {"Float": value})
            case "more":
                return _asked("GreaterThan", field, {"Float": value})
            case "ratio_less":
                return _asked("LessThan", "unit_value", {"Float": value[1]})
            case "younger":
                return _asked("LessThan", "age_days", {"Integer": value})
            case "flag":
                return _asked("Equals", field, {"Boolean": value})
            case "listed":
                by_day: dict[int, list[str]] = {}
                for code, day in self.lists[value]:
                    by_day.setdefault(_day(day), []).append(code)
                return _joined("Or", [
                    _joined("And", [_asked("LessThanOrEqualTo", "lodged_on", {"Integer": day}),
                                    _asked("ItemInList", field, [{"String": one} for one in codes])])
                    for day, codes in by_day.items()])  # fmt: skip
        raise ValueError(clause.kind)

    def hits(self, rows: list[dict[str, Any]]) -> Pairs:
        line: list[int] = []
        which: list[int] = []
        for number, row in enumerate(rows):
            self.found.clear()
            self.session.assert_event(json.dumps({name: value for name, value in row.items() if value is not None}))
            line.extend([number] * len(self.found))
            which.extend(self.found)
        return np.array(line, np.int64), np.array(which, np.int64)


def java_home() -> str | None:
    """Where Java is, or None; Drools needs 17 or later."""
    java = shutil.which("java")
    return os.environ.get("JAVA_HOME") or (java and str(Path(java).resolve().parent.parent))


def _asked(name: str, field: str, right: Any) -> dict[str, Any]:
    return {f"{name}Expression": {"lhs": {"Event": field}, "rhs": right}}


def _searched(field: str, kind: str, text: str) -> dict[str, Any]:
    return _asked("SearchMatches", field, {"SearchType": {"kind": {"String": kind}, "pattern": {"String": text}}})


def _joined(link: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Parts joined two by two, the tree kept flat: Drools' reader recurses."""
    while len(parts) > 1:
        parts = [{f"{link}Expression": {"lhs": parts[place], "rhs": parts[place + 1]}} if place + 1 < len(parts)
                 else parts[place] for place in range(0, len(parts), 2)]  # fmt: skip
    return parts[0]


PEERS = {"tidegate": Tidegate, "polars": Polars, "duckdb": DuckDB, "zen": Zen, "drools": Drools}
ROW_BY_ROW = ("zen", "drools")
