"""The desk: one declaration at a time, decided within milliseconds, with the reasons that the batch would give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from tidegate.assessment.cases import CHANNELS, standing
from tidegate.assessment.engine import TOLD, Engine, sentences, with_indicators
from tidegate.assessment.reasons import AT_MOST, BY_LOT, RANKED, looked_at, span, titles, written
from tidegate.errors import InputError
from tidegate.indicators import Counters
from tidegate.intake import FLAGS
from tidegate.models import Contribution
from tidegate.profiles import Hits, Matcher
from tidegate.selection import Desk as Lots
from tidegate.selection import Tally, Terms

__all__ = ["Desk"]

FLAG_TEXTS = {flag.code: flag for flag in FLAGS}
REASON = ("source", "code", "item_number", "field", "text", "text_vi", "weight", "value", "usual")


class Desk:
    """Decides declarations as they are lodged.

    The same indicators, hits, scores and reasons as in a batch; only the draw differs, since the desk cannot see
    the rest of the day (docs/selection.md). Tables cost more than the work on five rows, so this path holds none but
    the lines themselves. `terms` are those of past days; `tallies` are all of its state.
    """

    def __init__(
        self,
        engine: Engine,
        counters: Counters,
        terms: Terms | None = None,
        tallies: dict[tuple[date, str | None], Tally] | None = None,
    ) -> None:
        self.engine = engine
        self.counters = counters
        # The matcher of the last lines: their schema seldom changes, and a schema of all indicators is slow to compare.
        self._schema: pl.Schema | None = None
        self._matcher: Matcher | None = None
        self._lots = Lots(engine.policy, engine.keys, terms, tallies)

    def decide(self, lines: pl.DataFrame) -> dict[str, Any]:
        """Decide for the lines (line table) of one declaration; returns a row as in decisions.parquet.

        `counterfactual` is None: the desk does not work out what would have been otherwise.
        Raises InputError when the lines are not of one declaration, and the errors of the rooms below.
        """
        numbers = set(lines.get_column("declaration_id").to_list())
        if len(numbers) != 1:
            raise InputError(f"{len(numbers)} declarations.", hint="The desk decides one at a time.")
        table = with_indicators(lines, self.counters)
        if self._matcher is None or lines.schema != self._schema:
            self._schema, self._matcher = lines.schema, self.engine.matcher(table.schema)
        matcher = self._matcher
        hits = matcher.match_one(table)
        model = self.engine.model
        look = model.look(table) if model else None
        lead = int(look.score.argmax()) if look else 0
        first = table.row(0, named=True)
        case = {
            **{name: first[name] for name in ("declaration_id", "lodged_on", "office", "procedure")},
            "trusted": bool(first["importer_trusted"]),
            "score": float(look.score[lead]) if look else None,
            "uncertainty": float(look.uncertainty.max()) if look else None,
            **demand(hits, matcher),
        }
        decided = self._lots.decide(case)
        told: list[Contribution] = []
        if look and decided["channel"] != "green":
            told = look.contributions(lead, TOLD, sentences, raising=True)
        return {
            **{name: first[name] for name in ("importer_id", "importer_name", "currency")},
            **decided,
            "line_count": table.height,
            "customs_value": float(table.get_column("customs_value").sum()),
            "duty_at_stake": float(table.get_column("duty_at_stake").sum()),
            "hits": [matcher.profiles[profile].id for profile in sorted(set(hits.profile.tolist()))],
            "reasons": self._reasons(table, hits, matcher, lead, told, decided),
            "counterfactual": None,
            "counterfactual_vi": None,
            **self.engine.versions,
        }

    def _reasons(
        self,
        table: pl.DataFrame,
        hits: Hits,
        matcher: Matcher,
        lead: int,
        told: list[Contribution],
        decided: Mapping[str, Any],
    ) -> list[dict[str, Any]]:
        items = table.get_column("item_number").to_list()
        first: dict[int, int] = {}
        for line, profile in zip(hits.line.tolist(), hits.profile.tolist(), strict=True):
            first.setdefault(profile, line)
        profiles, places = matcher.profiles, matcher.places
        ranked = sorted(first, key=lambda p: (standing(profiles[p]), p))
        rows: list[tuple[Any, ...]] = []
        for number in ranked[:AT_MOST]:
            profile, place, line = profiles[number], places[number], first[number]
            field = looked_at(profile, place)
            value = table.get_column(field)[line] if field else None
            source = "list" if place.lists else "profile"
            title, title_vi = titles(profile)
            rows.append((source, profile.id, items[line], field, title, title_vi, profile.rate, written(value), None))
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
        seen: dict[str, int] = {}
        for line, flags in enumerate(table.get_column("flags").to_list()):
            for code in (flags or "").split():
                seen.setdefault(code, line)
        for code, line in seen.items():
            flag = FLAG_TEXTS[code]
            rows.append(("data", code, items[line], None, flag.text, flag.text_vi, 0.0, None, None))
        return [dict(zip(REASON, row, strict=True)) for row in rows[:AT_MOST]]


def demand(hits: Hits, matcher: Matcher) -> dict[str, float]:
    """demand_red, demand_yellow and demand_blue: the largest rate among the hits, else 0."""
    most = dict.fromkeys((f"demand_{channel}" for channel in CHANNELS), 0.0)
    for number in set(hits.profile.tolist()):
        profile = matcher.profiles[number]
        most[f"demand_{profile.channel}"] = max(most[f"demand_{profile.channel}"], profile.rate)
    return most
