"""A draft replayed on the last ninety days: the same draw, the same capacities, with it and without it.

The library does the work: matcher, model, selection and yardstick. Both runs share tickets and scores, so that what
differs is what the draft would have changed, displacement included. The draft counts as in force on every day of the
window; an earlier version of it in the book gives way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from tidegate.assessment import Engine
from tidegate.assessment.cases import CHANNELS, Declarations, demands, number_declarations
from tidegate.console.profiles.history import History
from tidegate.profiles import Book, Hits, Matcher, Profile, try_book
from tidegate.selection import Channel, Policy, clear, decide
from tidegate.yardstick import rate_interval

__all__ = ["FORMAT", "hashed", "simulate"]

FORMAT = 1
SHOWN = 30  # declarations that would change their channel
OVERLAPS = 12  # other profiles
CHARTS = 12  # offices with a chart
SELECTED: tuple[Channel, ...] = ("red", "yellow", "blue")


def hashed(report: Any) -> str:
    """SHA-256 (hex) of a report, however its keys are ordered."""
    return hashlib.sha256(json.dumps(report, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Replay:
    """The window under one book: hits of `matcher` by line, and one row a declaration with what was decided."""

    declarations: Declarations
    matcher: Matcher
    hits: Hits
    decided: pl.DataFrame

    @cached_property
    def of(self) -> dict[str, np.ndarray]:
        """Rows of declarations that each profile hits, by id."""
        rows = self.declarations.of_line[self.hits.line]
        ids = np.array([one.id for one in self.matcher.profiles], dtype=object)
        pairs = pl.DataFrame({"id": pl.Series(ids[self.hits.profile].tolist(), dtype=pl.String), "row": rows}).unique()
        return {str(key[0]): part["row"].to_numpy() for key, part in pairs.group_by("id")}


def replay(book: Sequence[Profile], table: pl.DataFrame, engine: Engine, score: Any, doubt: Any) -> Replay:
    """Decide for the declarations of a table of whole days under a book; scores are those of its lines."""
    matcher = Matcher(book, table.schema, engine.lists)
    hits = matcher.match(table)
    declarations = number_declarations(table)
    cases = (
        declarations.frame.select("declaration_id", "lodged_on", "office", "procedure", "trusted")
        .with_columns(_highest("score", score, declarations), _highest("uncertainty", doubt, declarations))
        .hstack(demands(declarations, hits, matcher.profiles))
    )
    terms = clear(cases, engine.policy)
    return Replay(declarations, matcher, hits, decide(cases, engine.policy, engine.keys, terms=terms))


def _highest(name: str, values: Any, declarations: Declarations) -> pl.Series:
    """A declaration's score is that of its most suspicious line."""
    if values is None:
        return pl.Series(name, [None] * declarations.frame.height, dtype=pl.Float64)
    top = np.full(declarations.frame.height, -np.inf)
    np.maximum.at(top, declarations.of_line, values)
    return pl.Series(name, top)


def simulate(profile: Profile, history: History, engine: Engine, findings: pl.DataFrame) -> dict[str, Any]:
    """The report: plain JSON. Raises the errors of the library."""
    table = history.table
    standing = [one for one in engine.book if one.id != profile.id]
    draft = replace(profile, starts=history.first, ends=history.last)
    score, doubt = engine.model.judge(table) if engine.model else (None, None)
    before = replay(list(engine.book), table, engine, score, doubt)
    after = replay([*standing, draft], table, engine, score, doubt)
    hit = after.of.get(profile.id, np.empty(0, dtype=np.int64))
    trial = try_book(Book([*standing, draft]), table, findings, engine.lists).row(-1, named=True)
    days = sorted(table["lodged_on"].unique().to_list())
    return {
        "format": FORMAT,
        "profile": {"id": profile.id, "channel": profile.channel, "rate": profile.rate, "level": profile.level},
        "text_hash": Book([profile]).version,
        "versions": engine.versions,
        "window": [str(history.first), str(history.last)],
        "days": len(days),
        "lines": table.height,
        "declarations": after.declarations.frame.height,
        "replaces": profile.id in {one.id for one in engine.book},
        "hits": {"lines": trial["lines"], "declarations": len(hit), "per_day": len(hit) / max(len(days), 1)},
        "offices": _offices(before, after, hit, engine.policy, len(days)),
        "charts": _charts(before, after, hit, engine.policy, _channel(profile), days),
        "work": {
            name: {channel: float(one.decided[f"p_{channel}"].sum()) for channel in SELECTED}
            for name, one in (("before", before), ("after", after))
        },
        **_changes(before, after, hit),
        "finds": _finds(before, after, profile, table, findings),
        "rate": _rate(trial["found"], trial["opened"]),
        "overlap": _overlap(after, hit, profile),
        "covered": trial["covered"],
        "trusted": {
            "importers": trial["trusted"],
            "declarations": int(after.declarations.frame["trusted"].to_numpy()[hit].sum()),
        },
    }


def _channel(profile: Profile) -> Channel:
    return next(one for one in SELECTED if one == profile.channel)


def _rate(found: int | None, opened: int | None) -> dict[str, Any]:
    """Found among opened in the past, with its 95% interval; the interval is all there is where nothing was opened."""
    low, high = rate_interval(float(found or 0), float(opened or 0))
    share = (found or 0) / opened if opened else None
    return {"opened": opened or 0, "found": found or 0, "share": share, "low": low, "high": high}


def _offices(before: Replay, after: Replay, hit: Any, policy: Policy, days: int) -> list[dict[str, Any]]:
    """A row an office: what it has, what the draft hits there, what is selected a day, and days on which it is full."""
    frame = after.declarations.frame.select("office", "lodged_on").with_columns(
        pl.Series("hit", np.isin(np.arange(after.declarations.frame.height), hit)),
        *(after.decided[f"demand_{channel}"].alias(f"asks_{channel}") for channel in SELECTED),
        *(
            one.decided[f"p_{channel}"].alias(f"{name}_{channel}")
            for name, one in (("before", before), ("after", after))
            for channel in SELECTED
        ),
    )
    told = []
    for (office, _day), cell in sorted(
        frame.group_by("office", "lodged_on"), key=lambda pair: (pair[0][0] or "", pair[0][1])
    ):
        rules = policy.rules(office)
        told.append(
            {
                "office": office or "",
                "declarations": cell.height,
                "hits": int(cell["hit"].sum()),
                **{f"capacity_{c}": rules.capacity[c].of(cell.height) for c in SELECTED},
                **{f"{name}_{c}": float(cell[f"{name}_{c}"].sum()) for name in ("before", "after") for c in SELECTED},
                **{f"over_{c}": bool(cell[f"asks_{c}"].sum() > rules.capacity[c].of(cell.height)) for c in SELECTED},
            }
        )
    cells = pl.DataFrame(told)
    if not cells.height:
        return []
    grouped = cells.group_by("office").agg(
        pl.len().alias("days"),
        pl.col("declarations", "hits").sum(),
        *(pl.col(f"over_{c}").sum().cast(pl.Int64) for c in SELECTED),
        *((pl.col(f"{n}_{c}").sum() / days) for n in ("capacity", "before", "after") for c in SELECTED),
    )
    return grouped.sort("hits", "office", descending=[True, False]).to_dicts()


def _charts(
    before: Replay, after: Replay, hit: Any, policy: Policy, channel: Channel, days: list[Any]
) -> list[dict[str, Any]]:
    """For each office that the draft hits: selections by day in its channel, without and with it, and the capacity."""
    frame = pl.DataFrame(
        {
            "office": after.declarations.frame["office"].fill_null(""),
            "lodged_on": after.declarations.frame["lodged_on"],
            "hit": np.isin(np.arange(after.declarations.frame.height), hit),
            "before": before.decided["channel"] == channel,
            "after": after.decided["channel"] == channel,
        }
    )
    cells = frame.group_by("office", "lodged_on").agg(pl.len().alias("volume"), pl.col("hit", "before", "after").sum())
    most = (
        cells.group_by("office")
        .agg(pl.col("hit").sum())
        .filter(pl.col("hit") > 0)
        .sort("hit", "office", descending=[True, False])
    )
    told = []
    for office in most["office"].head(CHARTS):
        by_day = {row["lodged_on"]: row for row in cells.filter(pl.col("office") == office).iter_rows(named=True)}
        rules = policy.rules(office or None)
        series = [by_day.get(day) for day in days]
        told.append(
            {
                "office": office,
                "days": [str(day) for day in days],
                "before": [row["before"] if row else 0 for row in series],
                "after": [row["after"] if row else 0 for row in series],
                "capacity": [rules.capacity[channel].of(row["volume"] if row else 0) for row in series],
            }
        )
    return told


def _changes(before: Replay, after: Replay, hit: Any) -> dict[str, Any]:
    """Declarations that change their channel, from and to, with examples; `displaced`: not hit, and less looked at."""
    frame = after.declarations.frame.select("declaration_id", "office", "lodged_on").with_columns(
        before.decided["channel"].alias("from"),
        after.decided["channel"].alias("to"),
        pl.Series("hit", np.isin(np.arange(after.declarations.frame.height), hit)),
    )
    moved = frame.filter(pl.col("from") != pl.col("to"))
    counted = (
        moved.group_by("from", "to", "hit")
        .len("count")
        .sort("hit", "count", "from", "to", descending=[True, True, False, False])
    )
    shown = moved.sort("hit", "lodged_on", "declaration_id", descending=[True, True, False]).head(SHOWN)
    return {
        "changes": counted.to_dicts(),
        "changed": shown.with_columns(pl.col("lodged_on").cast(pl.String), pl.col("office").fill_null("")).to_dicts(),
        "displaced": moved.filter(~pl.col("hit") & (pl.col("from") != "green")).height,
        "selected": frame.filter(pl.col("hit") & (pl.col("to") != "green")).height,
    }


def _finds(
    before: Replay, after: Replay, profile: Profile, table: pl.DataFrame, findings: pl.DataFrame
) -> dict[str, int]:
    """Declarations in which something was found: all, those that the draft hits, and those that it alone hits."""
    found = set(findings.filter("illicit")["declaration_id"])
    ids = after.declarations.frame["declaration_id"].to_numpy()
    bad = np.isin(ids, list(found))
    by_draft = np.isin(np.arange(len(ids)), after.of.get(profile.id, np.empty(0, dtype=np.int64)))
    others = np.zeros(len(ids), dtype=bool)
    for name, rows in after.of.items():
        if name != profile.id:
            others[rows] = True
    return {
        "all": int(bad.sum()),
        "caught": int((bad & by_draft).sum()),
        "alone": int((bad & by_draft & ~others).sum()),
        "opened": int(np.isin(ids, findings["declaration_id"].to_list()).sum()),
    }


def _overlap(after: Replay, hit: Any, profile: Profile) -> list[dict[str, Any]]:
    """Other profiles that hit the same declarations, the most first."""
    mine = set(hit.tolist())
    both = [(name, len(mine & set(rows.tolist()))) for name, rows in after.of.items() if name != profile.id]
    ranked = sorted((pair for pair in both if pair[1]), key=lambda pair: (-pair[1], pair[0]))
    return [{"profile": name, "declarations": number} for name, number in ranked[:OVERLAPS]]


assert set(CHANNELS) == set(SELECTED)
