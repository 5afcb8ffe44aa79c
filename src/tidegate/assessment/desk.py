"""The desk: one declaration at a time, decided within milliseconds, with the reasons that the batch would give."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.assessment.cases import CHANNELS, Declarations, number_declarations, standing, torn
from tidegate.assessment.counterfactual import WITHOUT, said
from tidegate.assessment.engine import TOLD, Engine, joined_schema, leading_line, sentences, with_indicators
from tidegate.assessment.memory import PartyMemory
from tidegate.assessment.parties import MATCH, Held, screened_schema
from tidegate.assessment.reasons import AT_MOST, BY_LOT, RANKED, looked_at, match_reasons, span, titles, written
from tidegate.errors import InputError
from tidegate.indicators import Counters, compute_rows
from tidegate.intake import FLAGS
from tidegate.models import Contribution
from tidegate.models.look import Look
from tidegate.profiles import Hits, Matcher
from tidegate.selection import Desk as Lots
from tidegate.selection import Tally, Terms
from tidegate.selection.claims import check, checked

__all__ = ["Desk", "Seen"]

FLAG_TEXTS = {flag.code: flag for flag in FLAGS}
FEW = 1_000  # lines that are sooner decided as plain values than as a table
Row: TypeAlias = dict[str, Any]
HEAD = (
    *("declaration_id", "lodged_on", "office", "procedure", "importer_id", "importer_name", "currency"),
    *("line_count", "customs_value", "duty_at_stake"),
)
REASON = ("source", "code", "item_number", "field", "text", "text_vi", "weight", "value", "usual")


@dataclass(frozen=True, slots=True)
class Seen:
    """Declarations before they are decided. `heads`: HEAD of each; `decide`, which is called once, returns the rows."""

    heads: Sequence[Row]
    decide: Callable[[], list[Row]]


class Desk:
    """Decides declarations as they are lodged.

    The same indicators, hits, scores and reasons as in a batch; only the draw differs, since the desk cannot see
    the rest of the day (docs/selection.md). For five lines a table costs more than the work on it, so of a few
    lines everything is plain Python values by name. `terms` are those of past days; `tallies` are all of its state.
    `memory` is that of another desk, taken over where it is of the same lists.
    """

    def __init__(
        self,
        engine: Engine,
        counters: Counters,
        terms: Terms | None = None,
        tallies: dict[tuple[date, str | None], Tally] | None = None,
        memory: PartyMemory | None = None,
    ) -> None:
        self.engine = engine
        self.counters = counters
        # The matcher of the last lines, which the next will most likely fit as well.
        self._schema: tuple[list[str], list[pl.DataType]] | None = None
        self._matcher: Matcher | None = None
        self._lots = Lots(engine.policy, engine.keys, terms, tallies)
        self.memory = memory if memory and memory.screener is engine.screener else None
        if engine.screener and self.memory is None:
            self.memory = PartyMemory(engine.screener)
        self._seeing = threading.Lock()

    def decide(self, lines: pl.DataFrame) -> dict[str, Any]:
        """Decide for the lines (line table) of one declaration; returns a row as in decisions.parquet.

        Its counterfactual holds fixed what was left of the capacities when it came, besides its points and the terms.
        Raises InputError when the lines are not of one declaration, and the errors of the rooms below.
        """
        one_declaration(lines.rows(named=True))
        return self.see(lines).decide()[0]

    def decide_many(self, lines: pl.DataFrame) -> list[dict[str, Any]]:
        """Decide for the lines of several declarations: to the bit what `decide` gives for one after the other, in the
        order of their first lines.

        Raises as `decide`; then nothing is counted.
        """
        return self.see(lines).decide()

    def see(self, lines: pl.DataFrame) -> Seen:
        """Work out all that does not depend on what others got, for several declarations; what is returned decides as
        `decide_many`. Several threads may see at a time, but only one decide. Raises as `decide`."""
        with self._seeing:
            if lines.height > FEW:
                return self._table(lines)
            by_number: dict[str, list[Row]] = {}
            for line in lines.rows(named=True):
                by_number.setdefault(line["declaration_id"], []).append(line)
            for declared in by_number.values():
                one_declaration(declared)
            return self._few(self._matcher_for(lines), [*by_number.values()])

    def _table(self, lines: pl.DataFrame) -> Seen:
        """See many declarations as a table."""
        table = with_indicators(lines, self.counters)
        declarations = number_declarations(table)
        matcher = self._matcher_for(lines)
        held = self.memory.hold_table(lines).held() if self.memory else None
        hits = matcher.match(table.hstack(held.flags) if held else table)
        score, doubt = self.engine.model.judge(table) if self.engine.model else (None, None)
        cases = self.engine.cases(declarations, hits, matcher, score, doubt)
        checked(cases)  # here, so that nothing is counted where one of them cannot be used
        lead = leading_line(declarations, score)
        heads = declarations.frame.select(HEAD).rows(named=True)
        return Seen(heads, lambda: self._drawn(table, declarations, heads, matcher, held, hits, cases, lead))

    def _drawn(
        self,
        table: pl.DataFrame,
        declarations: Declarations,
        heads: Sequence[Row],
        matcher: Matcher,
        held: Held | None,
        hits: Hits,
        cases: pl.DataFrame,
        lead: NDArray[np.int64],
    ) -> list[dict[str, Any]]:
        of_line, line_hits = declarations.of_line, hits.profile.astype(np.int64)
        fired: list[set[int]] = [set() for _ in range(cases.height)]
        for declaration, profile in zip(of_line[hits.line].tolist(), line_hits.tolist(), strict=True):
            fired[declaration].add(profile)
        asked = cases.rows(named=True)
        made = self._lots.decide_many(asked)
        otherwise = [
            self._otherwise(at, case, one, ranked(profiles, matcher), matcher)
            for at, (case, one, profiles) in enumerate(zip(asked, made, fired, strict=True))
        ]
        told: dict[int, list[Contribution]] = {}
        opened = np.array([one["channel"] != "green" for one in made], dtype=np.bool_)
        if self.engine.model and opened.any():
            rows = lead[opened]
            found = self.engine.model.contributions(table[rows], TOLD, sentences, raising=True)
            told = dict(zip(rows.tolist(), found, strict=True))
        why = self.engine.reasons(table, declarations, hits, matcher, held, decided_table(made), lead, told)
        return [
            {
                **head,
                **one,
                "hits": [matcher.profiles[profile].id for profile in sorted(profiles)],
                "reasons": reasons,
                "counterfactual": text,
                "counterfactual_vi": text_vi,
                **self.engine.versions,
            }
            for head, one, profiles, reasons, (text, text_vi) in zip(
                heads, made, fired, why.to_list(), otherwise, strict=True
            )
        ]

    def _few(self, matcher: Matcher, declarations: Sequence[Sequence[Row]]) -> Seen:
        """See a few declarations, the lines of each together, as plain values."""
        declared = [line for lines in declarations for line in lines]
        rows = [row | told for row, told in zip(declared, compute_rows(declared, self.counters), strict=True)]
        held = self.memory.hold(declared) if self.memory else None
        flags = held.flags() if held else [{} for _ in rows]
        hits = matcher.match_one([row | on for row, on in zip(rows, flags, strict=True)])
        look = self.engine.model.look(rows) if self.engine.model else None
        starts = np.cumsum([0, *map(len, declarations)]).tolist()
        cuts = np.searchsorted(hits.line, starts).tolist()
        listed = [[] for _ in declarations] if held is None else held.apart(starts)
        seen = []
        for at, matches in enumerate(listed):
            span = slice(cuts[at], cuts[at + 1])
            own = Hits(hits.line[span] - starts[at], hits.profile[span])
            seen.append(_Declared(rows[starts[at] : starts[at + 1]], own, matches, look, starts[at]))
        cases = [one.case(matcher) for one in seen]
        for case in cases:
            check(case)  # all of them, before one is counted

        def decide() -> list[Row]:
            made = self._lots.decide_many(cases)
            return [
                {**head, **self._one(at, one, case, decided, matcher)}
                for at, (head, one, case, decided) in enumerate(zip(heads, seen, cases, made, strict=True))
            ]

        heads = [one.head for one in seen]
        return Seen(heads, decide)

    def _one(
        self, at: int, seen: _Declared, case: Mapping[str, Any], decided: Mapping[str, Any], matcher: Matcher
    ) -> dict[str, Any]:
        profiles = ranked(seen.fired, matcher)
        told: list[Contribution] = []
        if seen.look and decided["channel"] != "green":
            told = seen.look.contributions(seen.start + seen.lead, TOLD, sentences, raising=True)
        otherwise, otherwise_vi = self._otherwise(at, case, decided, profiles, matcher)
        return {
            **decided,
            "hits": [matcher.profiles[profile].id for profile in seen.fired],
            "reasons": self._reasons(seen, profiles, matcher, told, decided),
            "counterfactual": otherwise,
            "counterfactual_vi": otherwise_vi,
            **self.engine.versions,
        }

    def _otherwise(
        self, at: int, case: Mapping[str, Any], decided: Mapping[str, Any], ranked: Sequence[int], matcher: Matcher
    ) -> tuple[str, str] | tuple[None, None]:
        """What would have become of it without the profile that asks most, or the source that gave most.

        `at`: its place among those decided together."""
        if decided["channel"] == "green":
            return None, None
        source = decided["targeted_by"]
        if source == "profile":
            name = matcher.profiles[ranked[0]].id
            return said(name, name, self._lots.reconsider({**case, **demand(ranked[1:], matcher)}, at=at))
        return said(*WITHOUT[source], self._lots.reconsider(case, source, at))

    def _matcher_for(self, lines: pl.DataFrame) -> Matcher:
        schema = (lines.columns, lines.dtypes)
        if self._matcher is None or schema != self._schema:
            self._matcher = self.engine.matcher(joined_schema(lines.schema) | screened_schema(self.engine.screener))
            self._schema = schema
        return self._matcher

    def _reasons(
        self,
        seen: _Declared,
        ranked: Sequence[int],
        matcher: Matcher,
        told: list[Contribution],
        decided: Mapping[str, Any],
    ) -> list[dict[str, Any]]:
        lines, lead = seen.rows, seen.lead
        items = [row["item_number"] for row in lines]
        first: dict[int, int] = {}
        for line, profile in zip(seen.hits.line.tolist(), seen.hits.profile.tolist(), strict=True):
            first.setdefault(profile, line)
        profiles, places = matcher.profiles, matcher.places
        rows: list[tuple[Any, ...]] = []
        for number in ranked[:AT_MOST]:
            profile, place, line = profiles[number], places[number], first[number]
            field = looked_at(profile, place)
            value = lines[line][field] if field else None
            source = "list" if place.lists else "profile"
            title, title_vi = titles(profile)
            rows.append((source, profile.id, items[line], field, title, title_vi, profile.rate, written(value), None))
        if seen.matches:
            of_line = np.zeros(len(items), dtype=np.int64)
            table = pl.DataFrame(seen.matches, MATCH, orient="row")
            rows += match_reasons(pl.Series(items, dtype=pl.Int32), of_line, table).drop("declaration").rows()
        by = decided["targeted_by"] if decided["channel"] != "green" else None
        if by == "model":
            score = str(round(decided["score"], 3))
            english, vietnamese = RANKED[0].format(score), RANKED[1].format(score.replace(".", ","))
            rows.append(("model", "score", None, "score", english, vietnamese, decided["p_model"], score, None))
        rows += [
            ("model", c.feature, items[lead], c.feature, c.text, c.text_vi, c.weight, written(c.value), span(c.usual))
            for c in told
        ]
        if by in BY_LOT:
            chance = decided["probability"]
            percent = str(round(chance * 100, 2))
            english, vietnamese = BY_LOT[by][0].format(percent), BY_LOT[by][1].format(percent.replace(".", ","))
            rows.append(("draw", by, None, None, english, vietnamese, chance, None, None))
        odd: dict[str, int] = {}
        for line, flags in enumerate(row["flags"] for row in lines):
            for code in (flags or "").split():
                odd.setdefault(code, line)
        for code, line in odd.items():
            # As in the batch, nothing is said of a flag that came with the lines from elsewhere.
            if flag := FLAG_TEXTS.get(code):
                rows.append(("data", code, items[line], None, flag.text, flag.text_vi, 0.0, None, None))
        return [dict(zip(REASON, row, strict=True)) for row in rows[:AT_MOST]]


@dataclass(frozen=True, slots=True)
class _Declared:
    """What is known of one declaration before anything is decided: its `rows` with their indicators, their `hits`, the
    `matches` with lists (MATCH), both with lines counted from its first. In `look`, that is the line `start`."""

    rows: Sequence[Row]
    hits: Hits
    matches: Sequence[tuple[Any, ...]]
    look: Look | None
    start: int

    @property
    def fired(self) -> list[int]:
        """Profiles, in the order of the book."""
        return sorted(set(self.hits.profile.tolist()))

    @property
    def lead(self) -> int:
        """The most suspicious line."""
        return int(self._of(self.look.score).argmax()) if self.look else 0

    @property
    def head(self) -> Row:
        sums = {name: total(row[name] for row in self.rows) for name in ("customs_value", "duty_at_stake")}
        first = self.rows[0]
        return {name: first.get(name) for name in HEAD} | {"line_count": len(self.rows)} | sums

    def case(self, matcher: Matcher) -> dict[str, Any]:
        """What the lots are asked about."""
        first = self.rows[0]
        return {
            **{name: first.get(name) for name in ("declaration_id", "lodged_on", "office", "procedure")},
            "trusted": bool(first["importer_trusted"]),
            "score": float(self._of(self.look.score).max()) if self.look else None,
            "uncertainty": float(self._of(self.look.uncertainty).max()) if self.look else None,
            **demand(self.fired, matcher),
        }

    def _of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values[self.start : self.start + len(self.rows)]


def decided_table(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """What the reasons look at of decisions."""
    types = {"channel": pl.String, "targeted_by": pl.String}
    names = ("channel", "targeted_by", "score", "p_model", "probability")
    return pl.DataFrame(
        {name: pl.Series([row[name] for row in rows], dtype=types.get(name, pl.Float64)) for name in names}
    )


def demand(fired: Iterable[int], matcher: Matcher) -> dict[str, float]:
    """demand_red, demand_yellow and demand_blue: the largest rate among the profiles that fired, else 0."""
    most = dict.fromkeys((f"demand_{channel}" for channel in CHANNELS), 0.0)
    for number in fired:
        profile = matcher.profiles[number]
        most[f"demand_{profile.channel}"] = max(most[f"demand_{profile.channel}"], profile.rate)
    return most


def ranked(fired: Iterable[int], matcher: Matcher) -> list[int]:
    """Profiles that fired, the one that asks most first."""
    return sorted(fired, key=lambda profile: (standing(matcher.profiles[profile]), profile))


def one_declaration(lines: Sequence[Mapping[str, Any]]) -> None:
    """Raises InputError for lines of none or of several declarations, and where they disagree on its day or office."""
    numbers = {line["declaration_id"] for line in lines}
    if len(numbers) != 1:
        raise InputError(f"{len(numbers)} declarations.", hint="The desk decides one at a time.")
    for name, what in (("lodged_on", "day"), ("office", "office")):
        if len({line[name] for line in lines}) > 1:
            raise torn(what, 1, lines[0]["declaration_id"])


def total(values: Iterable[float | None]) -> float:
    """The sum in the order of the lines, to the bit as the batch adds up."""
    added = 0.0
    for value in values:
        added += value or 0.0
    return added
