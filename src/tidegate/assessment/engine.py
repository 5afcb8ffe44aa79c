"""The engine: all that decides, loaded and versioned; a table of lines goes in, decisions with reasons come out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.assessment import reasons
from tidegate.assessment.cases import Declarations, demands, number_declarations
from tidegate.assessment.counterfactual import counterfactuals
from tidegate.assessment.parties import MATCH, Held, hold, screened_schema
from tidegate.errors import InputError
from tidegate.indicators import INDICATORS, Counters, compute, explain
from tidegate.models import Contribution, Model
from tidegate.profiles import Book, Hits, Matcher, WatchLists
from tidegate.screening import Screener
from tidegate.selection import Keys, Policy, clear, decide

__all__ = ["Assessment", "Engine", "Stage"]

Stage: TypeAlias = Callable[[str], AbstractContextManager[Any]]
"""Told when a stage of the work begins; what it returns is held until the stage ends."""

INDICATOR_NAMES = frozenset(indicator.name for indicator in INDICATORS)
ADDED = ("score", "probability", "hits", "contributions")  # to the lines, besides indicators
TOLD = 4  # contributions told of a line
SHOWN = 100  # of the highest scores, told even of what stayed green: a report asks why


@dataclass(frozen=True, slots=True)
class Assessment:
    """`decisions`: one row a declaration; `lines`: one row a line; `matches`: one row for each party of a line and
    entry of a list that may be the same (docs/assessment.md lists the columns of each)."""

    decisions: pl.DataFrame
    lines: pl.DataFrame
    matches: pl.DataFrame


@dataclass(frozen=True)
class Engine:
    """All that decides. It works without a model or without a book: what is absent demands nothing."""

    policy: Policy
    keys: Keys
    book: Book = field(default_factory=lambda: Book([]))
    lists: WatchLists | None = None
    model: Model | None = None
    screener: Screener | None = None
    _matchers: dict[tuple[tuple[str, str], ...], Matcher] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def versions(self) -> dict[str, str | None]:
        """Content hashes of everything that has a say."""
        return {
            "book_version": self.book.version,
            "lists_version": self._lists_version(),
            "model_version": self.model.version if self.model else None,
            "policy_version": self.policy.version,
        }

    def _lists_version(self) -> str | None:
        held = self.screener
        said = [self.lists.version] if self.lists else []
        said += [held.lists.version, held.cleared.version, held.scorer.model.version] if held else []
        return hashlib.sha256(" ".join(said).encode()).hexdigest() if said else None

    @cached_property
    def named(self) -> frozenset[str]:
        """The words in the conditions of the book, and the columns of the model."""
        return words(self.book) | frozenset(self.model.columns if self.model else ())

    def matcher(self, schema: Mapping[str, Any]) -> Matcher:
        """The book, compiled for tables of this schema; kept, since compiling takes longer than matching."""
        key = tuple((name, str(dtype)) for name, dtype in schema.items())
        if key not in self._matchers:
            self._matchers[key] = Matcher(self.book, schema, self.lists)
        return self._matchers[key]

    def assess(self, lines: pl.DataFrame, counters: Counters, stage: Stage = nullcontext) -> Assessment:
        """Decide for every declaration of a batch of whole days.

        `lines` conform to the line table; `counters` know the history, and these lines too (windows end before
        each line's own day, so they cannot see themselves). Raises the errors of the rooms below.
        """
        with stage("Indicators"):
            table = with_indicators(lines, counters)
        with stage("Screening"):
            held = hold(table, self.screener) if self.screener else Held(MATCH.to_frame(), pl.DataFrame())
        with stage("Profiles"):
            matcher = self.matcher({**table.schema, **screened_schema(self.screener)})
            hits = matcher.match(table.hstack(held.flags))
        with stage("Model"):
            score, doubt = self.model.judge(table) if self.model else (None, None)
        with stage("Selection"):
            declarations = number_declarations(table)
            cases = self.cases(declarations, hits, matcher, score, doubt)
            terms = clear(cases, self.policy)
            decided = decide(cases, self.policy, self.keys, terms=terms)
        with stage("Reasons"):
            otherwise = counterfactuals(decided, terms, declarations, hits, matcher.profiles)
            lead = leading_line(declarations, score)
            told = self._contributions(table, decided, score, lead)
            why = self.reasons(table, declarations, hits, matcher, held, decided, lead, told)
            return Assessment(
                self._decisions(declarations, decided, hits, matcher, why, otherwise),
                self._lines(table, declarations, decided, hits, matcher, score, told),
                held.matches.with_columns(
                    table.select("declaration_id", "item_number")[held.matches["line"].to_numpy()]
                ).select("declaration_id", "item_number", *(name for name in MATCH if name != "line")),
            )

    def reasons(
        self,
        table: pl.DataFrame,
        declarations: Declarations,
        hits: Hits,
        matcher: Matcher,
        held: Held | None,
        decided: pl.DataFrame,
        lead: NDArray[np.int64],
        told: Mapping[int, list[Contribution]],
    ) -> pl.Series:
        """Why each declaration was decided as it was, by declaration: lists of REASON."""
        listed = held.matches if held is not None else MATCH.to_frame()
        return reasons.gather(
            decided.height,
            [
                reasons.profile_reasons(table, declarations, hits, matcher),
                reasons.match_reasons(table["item_number"], declarations.of_line, listed),
                reasons.score_reasons(decided),
                reasons.model_reasons(table, lead, told),
                reasons.draw_reasons(decided),
                reasons.data_reasons(table, declarations),
            ],
        )

    def cases(
        self,
        declarations: Declarations,
        hits: Hits,
        matcher: Matcher,
        score: NDArray[np.float64] | None,
        doubt: NDArray[np.float64] | None,
    ) -> pl.DataFrame:
        """One row a declaration. Its score is that of its most suspicious line: that line is the reason."""
        frame = declarations.frame
        highest = [
            pl.Series(name, _highest(values, declarations), pl.Float64)
            if values is not None
            else pl.lit(None, pl.Float64).alias(name)
            for name, values in (("score", score), ("uncertainty", doubt))
        ]
        return (
            frame.select("declaration_id", "lodged_on", "office", "procedure", "trusted")
            .with_columns(highest)
            .hstack(demands(declarations, hits, matcher.profiles))
        )

    def _contributions(
        self,
        table: pl.DataFrame,
        decided: pl.DataFrame,
        score: NDArray[np.float64] | None,
        lead: NDArray[np.int64],
    ) -> dict[int, list[Contribution]]:
        """What speaks for opening, by line: for the leading line of what was selected and of the highest scores."""
        if self.model is None or score is None or not score.size:
            return {}
        opened = lead[(decided.get_column("channel") != "green").to_numpy()]
        top = lead[np.argsort(-score[lead], kind="stable")[:SHOWN]]
        rows = np.unique(np.concatenate([opened, top]))
        found = self.model.contributions(table[rows], TOLD, sentences, raising=True)
        return dict(zip(rows.tolist(), found, strict=True))

    def _decisions(
        self,
        declarations: Declarations,
        decided: pl.DataFrame,
        hits: Hits,
        matcher: Matcher,
        why: pl.Series,
        otherwise: pl.DataFrame,
    ) -> pl.DataFrame:
        ids = fired(declarations.of_line[hits.line], hits.profile, matcher, decided.height)
        frame = declarations.frame.drop("first", "trusted", "procedure")
        return (
            frame.hstack(decided.drop(*(name for name in frame.columns if name in decided.columns)))
            .with_columns(
                ids.alias("hits"),
                why.alias("reasons"),
                *(pl.lit(version, pl.String).alias(name) for name, version in self.versions.items()),
            )
            .hstack(otherwise)
        )

    def _lines(
        self,
        table: pl.DataFrame,
        declarations: Declarations,
        decided: pl.DataFrame,
        hits: Hits,
        matcher: Matcher,
        score: NDArray[np.float64] | None,
        told: Mapping[int, list[Contribution]],
    ) -> pl.DataFrame:
        return table.with_columns(
            pl.Series("score", score, pl.Float64) if score is not None else pl.lit(None, pl.Float64).alias("score"),
            decided.get_column("probability").gather(declarations.of_line),
            fired(hits.line, hits.profile, matcher, table.height).alias("hits"),
            reasons.contribution_lists(table.height, told).alias("contributions"),
        )


def words(book: Book) -> frozenset[str]:
    """All words in the conditions of a book, in small letters."""
    return frozenset(word for profile in book.profiles for word in re.findall(r"\w+", profile.when.lower()))


def with_indicators(lines: pl.DataFrame, counters: Counters) -> pl.DataFrame:
    """The lines with their indicators beside them. Raises InputError where an own column bears a name that is taken."""
    joined_schema(lines.schema)
    return lines.hstack(compute(lines, counters))


def joined_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of lines and their indicators, name to type. Raises InputError as `with_indicators`."""
    taken = [name for name in schema if name in INDICATOR_NAMES or name in ADDED]
    if taken:
        raise InputError(
            f"column(s) with a name that the assessment gives itself: {', '.join(taken)}.",
            hint="Rename them in the mapping, or leave them out.",
        )
    return {**schema, **{indicator.name: indicator.dtype for indicator in INDICATORS}}


def _highest(values: NDArray[np.float64], declarations: Declarations) -> NDArray[np.float64]:
    """The largest value among the lines of each declaration."""
    top = np.full(declarations.frame.height, -np.inf)
    np.maximum.at(top, declarations.of_line, values)
    return top


def leading_line(declarations: Declarations, score: NDArray[np.float64] | None) -> NDArray[np.int64]:
    """Row of each declaration's most suspicious line; of equals, and without a model, the first."""
    if score is None:
        return declarations.frame.get_column("first").to_numpy().astype(np.int64)
    order = np.lexsort((np.arange(score.size), -score, declarations.of_line))
    starts = np.flatnonzero(np.diff(declarations.of_line[order], prepend=-1))
    return order[starts]


def sentences(feature: str, line: Mapping[str, object]) -> tuple[str, str] | None:
    """An indicator speaks in its own sentence; a field is left to the model's."""
    return (explain(feature, line, "en"), explain(feature, line, "vi")) if feature in INDICATOR_NAMES else None


def fired(row: NDArray[np.int64], profile: NDArray[np.int32], matcher: Matcher, height: int) -> pl.Series:
    """Profile ids by row, each once, in the order of the book: List[String][height], empty where none fired."""
    ids = pl.Series([p.id for p in matcher.profiles], dtype=pl.String)
    pairs = pl.DataFrame({"row": row, "profile": profile}).unique().sort("row", "profile")
    lists = (
        pairs.with_columns(ids.gather(pairs.get_column("profile")).alias("id"))
        .group_by("row", maintain_order=True)
        .agg("id")
    )
    return (
        pl.DataFrame({"row": np.arange(height, dtype=np.int64)})
        .join(lists, on="row", how="left", maintain_order="left")
        .get_column("id")
        .fill_null(pl.Series([[]], dtype=pl.List(pl.String)))
    )
