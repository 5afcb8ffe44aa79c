"""A policy file, read value by value: what does not belong is refused by file, key and remedy."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tidegate.errors import PolicyError
from tidegate.selection.rules import CHANNELS, LEAST_RATE, Capacity, Channel, Exemption, Rules

__all__ = ["PolicyFile"]

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """Takes values out of the parsed file `name`. `place` is the table that they stand in, empty at the top.

    Every method raises PolicyError for what does not belong.
    """

    name: str

    def wrong(self, place: str, key: str, what: str, hint: str) -> PolicyError:
        """The refusal, to be raised."""
        return PolicyError(what, where=f"{self.name}: [{place}] {key}" if place else f"{self.name}: {key}", hint=hint)

    def known(self, table: Table, place: str, names: tuple[str, ...]) -> None:
        """Refuse keys other than `names`."""
        for key in table:
            if key not in names:
                near = difflib.get_close_matches(key, names, n=1)
                advice = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(names)}."
                raise self.wrong(place, key, "is not a key of a policy.", advice)

    def table(self, table: Table, place: str, key: str) -> Table:
        value = table.get(key, {})
        if not isinstance(value, Mapping):
            raise self.wrong(place, key, "must be a table.", f"Write [{place}.{key}]" if place else f"Write [{key}]")
        return value

    def rate(self, table: Table, place: str, key: str, other: float, least: float = 0.0) -> float:
        value = table.get(key, other)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.wrong(place, key, f"must be a number from 0 to 1, not {value!r}.", "Write 0.05 for 5%.")
        if not least <= value <= 1:
            advice = "To leave a class out, write an [[exempt]] with reason and expiry." if least else "0.05 means 5%."
            raise self.wrong(place, key, f"must lie between {least:g} and 1, not {value!r}.", advice)
        return float(value)

    def text(self, table: Table, place: str, key: str) -> str | None:
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            raise self.wrong(place, key, f"must be a text, not {value!r}.", 'Put it in quotes: "...".')
        return value

    def channel(self, table: Table, place: str, key: str, other: Channel) -> Channel:
        value = table.get(key, other)
        for channel in CHANNELS:
            if value == channel:
                return channel
        raise self.wrong(place, key, f"{value!r} is not a channel.", f"Choose {', '.join(CHANNELS)}.")

    def capacity(self, table: Table, place: str, key: Channel, other: Capacity) -> Capacity:
        if key not in table:
            return other
        value = table[key]
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return Capacity(number=value)
        if isinstance(value, str) and re.fullmatch(r"\d{1,3}(\.\d+)?\s*%", value):
            share = float(Decimal(value.rstrip("% ")) / 100)
            if share <= 1:
                return Capacity(share=share)
        advice = 'Write a whole number of declarations a day (40), or a share of the day\'s ("5%").'
        raise self.wrong(place, key, f"{value!r} is not a capacity.", advice)

    def rules(self, table: Table, place: str, other: Rules) -> Rules:
        """The rules of a `[default]` or `[office.CODE]` table; what it does not say, `other` says."""
        self.known(table, place, tuple(f.name for f in fields(Rules)))
        room, model = self.table(table, place, "capacity"), self.table(table, place, "model")
        self.known(room, f"{place}.capacity", CHANNELS)
        self.known(model, f"{place}.model", CHANNELS)
        allowed = {c: self.rate(model, f"{place}.model", c, 0.0) for c in CHANNELS if c in model}
        return replace(
            other,
            random_rate=self.rate(table, place, "random_rate", other.random_rate, LEAST_RATE),
            random_channel=self.channel(table, place, "random_channel", other.random_channel),
            exploration_share=self.rate(table, place, "exploration_share", other.exploration_share),
            trusted_factor=self.rate(table, place, "trusted_factor", other.trusted_factor),
            capacity={c: self.capacity(room, f"{place}.capacity", c, other.capacity[c]) for c in CHANNELS},
            model=allowed if "model" in table else other.model,
        )

    def exemption(self, table: Any, place: str) -> Exemption:
        """One `[[exempt]]` table."""
        if not isinstance(table, Mapping):
            raise self.wrong("", place, "must be a table.", "Write [[exempt]] with two brackets.")
        self.known(table, place, tuple(f.name for f in fields(Exemption)))
        reason, expires, trusted = self.text(table, place, "reason"), table.get("expires"), table.get("trusted")
        procedure, office = self.text(table, place, "procedure"), self.text(table, place, "office")
        if not reason or not reason.strip():
            raise self.wrong(place, "reason", "an exemption needs a reason in writing.", 'Write reason = "..."')
        if not isinstance(expires, date) or isinstance(expires, datetime):
            advice = "Write expires = 2026-12-31, no quotes."
            raise self.wrong(place, "expires", "an exemption needs its last day.", advice)
        if trusted not in (None, True):
            raise self.wrong(
                place, "trusted", f"must be true, not {trusted!r}.", "Only trusted traders can be exempt so."
            )
        if trusted is None and procedure is None and office is None:
            raise self.wrong("", place, "says not who is exempt.", "Name at least one of trusted, procedure, office.")
        return Exemption(reason, expires, trusted, procedure, office)
