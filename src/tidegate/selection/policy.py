"""The selection policy: capacity, random rate, exploration, model and trusted traders, per office; read from TOML.

The file, in full (every key may be left out; what an `[office.CODE]` does not say, `[default]` says)::

    title = "Import selection, 2026"     # free text
    tolerance = 0.0                      # share by which the random draw alone may pass a capacity; 0.1 is 10%

    [default]
    random_rate = 0.01                   # least probability of every declaration that is not exempt; above 0
    random_channel = "red"               # where the random draw sends: red, yellow or blue
    exploration_share = 0.10             # share of the red capacity kept for what the model is unsure about
    trusted_factor = 0.25                # trusted traders: demands below 1, model and exploration times this

    [default.capacity]                   # a day: a whole number of declarations, or a share of the day's
    red = "5%"
    yellow = "15%"
    blue = 20

    [default.model]                      # least score with which the model may send to a channel;
    red = 0.0                            # a channel that is not named is closed to the model
    yellow = 0.10

    [office.03CC]                        # overrides for one office, same keys as [default]
    random_rate = 0.02
    capacity.red = 60
    model.red = 0.02

    [[exempt]]                           # the only way to a random rate of zero
    trusted = true                       # at least one of: trusted = true, procedure = "...", office = "..."
    procedure = "A41"                    # (all that are named must hold)
    reason = "Mutual recognition arrangement, decision 12/2026"
    expires = 2026-12-31                 # last day in force

Where a file names `model`, at either level, that table replaces the one above it as a whole, so that a channel
can be closed by leaving it out; of `capacity` only the channels that are named change.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

from tidegate.errors import PolicyError

__all__ = ["CHANNELS", "Capacity", "Channel", "Exemption", "Policy", "Rules"]

Channel: TypeAlias = Literal["red", "yellow", "blue"]
CHANNELS: tuple[Channel, ...] = ("red", "yellow", "blue")
"""The channels that cost an office work, in the order in which they are drawn; what is left is green."""

LEAST_RATE = 1e-6
"""Below one in a million a random rate is zero in disguise."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one office can do on one day in one channel: `number` declarations, or `share` of the day's."""

    number: int = 0
    share: float | None = None

    def of(self, volume: int) -> float:
        """Expected number of declarations that may be selected out of `volume`."""
        return float(self.number) if self.share is None else self.share * volume

    @property
    def text(self) -> int | str:
        """As it stands in a policy file."""
        if self.share is None:
            return self.number
        return f"{Decimal(repr(self.share)) * 100:f}".rstrip("0").rstrip(".") + "%" if self.share else "0%"


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds in one office. Rates, shares and factors are 0 to 1; `model` maps a channel to its least score."""

    random_rate: float = 0.01
    random_channel: Channel = "red"
    exploration_share: float = 0.10
    trusted_factor: float = 0.25
    capacity: Mapping[Channel, Capacity] = field(
        default_factory=lambda: {
            "red": Capacity(share=0.05),
            "yellow": Capacity(share=0.15),
            "blue": Capacity(share=0.02),
        }
    )
    model: Mapping[Channel, float] = field(default_factory=lambda: {"red": 0.0, "yellow": 0.10})

    def __post_init__(self) -> None:
        if set(self.capacity) != set(CHANNELS):
            raise PolicyError(
                "a capacity is missing.", where="Rules.capacity", hint="Give red, yellow and blue; 0 closes a channel."
            )
        for name, least in (("random_rate", LEAST_RATE), ("exploration_share", 0.0), ("trusted_factor", 0.0)):
            if not least <= getattr(self, name) <= 1:
                raise PolicyError(
                    f"must lie between {least:g} and 1, not {getattr(self, name)!r}.", where=f"Rules.{name}"
                )


@dataclass(frozen=True, slots=True)
class Exemption:
    """A class of declarations that the random draw leaves out, in writing. What is None does not matter."""

    reason: str
    expires: date
    trusted: bool | None = None
    procedure: str | None = None
    office: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A selection policy. `Policy()` is a sensible default; `Policy.load(path)` reads a file.

    Raises PolicyError, naming file, key and remedy, for anything unknown, mistyped or contradictory.
    """

    default: Rules = field(default_factory=Rules)
    office: Mapping[str, Rules] = field(default_factory=dict)
    exempt: tuple[Exemption, ...] = ()
    tolerance: float = 0.0
    title: str = ""

    def __post_init__(self) -> None:
        for name, rules in (("default", self.default), *((f"office.{code}", own) for code, own in self.office.items())):
            room = rules.capacity[rules.random_channel]
            excused = any(
                name == f"office.{e.office}" and e.trusted is None and e.procedure is None for e in self.exempt
            )
            if room.of(1) == 0 and not excused:
                raise PolicyError(
                    f"a capacity of 0 in {rules.random_channel} leaves no room for the random rate.",
                    where=f"[{name}] capacity.{rules.random_channel}",
                    hint="Give it room, set random_channel to another channel, or write an [[exempt]] for this office.",
                )

    def rules(self, office: str | None) -> Rules:
        """What holds in an office; a declaration without one falls under the default."""
        return self.default if office is None else self.office.get(office, self.default)

    @classmethod
    def load(cls, path: str | Path) -> Policy:
        """Read a policy file. Raises PolicyError."""
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise PolicyError(
                f"cannot be read: {error.strerror}.", where=str(path), hint="Check the path of the policy."
            ) from error
        except UnicodeDecodeError as error:
            raise PolicyError("is not UTF-8 text.", where=str(path), hint="Save it as UTF-8.") from error
        return cls.parse(text, where=str(path))

    @classmethod
    def parse(cls, text: str, *, where: str = "policy") -> Policy:
        """Read a policy from TOML text; `where` is named in errors. Raises PolicyError."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise PolicyError(
                f"is not TOML: {error}", where=where, hint="See docs/selection.md for the form."
            ) from error
        reader = _Reader(where)
        reader.known(data, "", ("title", "tolerance", "default", "office", "exempt"))
        default = reader.rules(reader.table(data, "", "default"), "default", Rules())
        offices = reader.table(data, "", "office")
        exempt = data.get("exempt", [])
        if not isinstance(exempt, list):
            reader.fail("exempt", "must be a list of tables.", "Write [[exempt]] with two brackets.")
        try:
            return cls(
                default=default,
                office={
                    code: reader.rules(reader.table(offices, "office", code), f"office.{code}", default)
                    for code in offices
                },
                exempt=tuple(reader.exemption(item, f"exempt {n}") for n, item in enumerate(exempt, 1)),
                tolerance=reader.rate(data, "", "tolerance", 0.0),
                title=reader.text(data, "", "title") or "",
            )
        except PolicyError as error:
            if error.where.startswith(where):
                raise
            raise PolicyError(error.what, where=f"{where}: {error.where}", hint=error.hint) from None

    def toml(self) -> str:
        """The policy as a file with every key written out; `Policy.parse(policy.toml()) == policy`."""
        parts = [f"title = {_quoted(self.title)}\ntolerance = {self.tolerance!r}"]
        for name, rules in (("default", self.default), *((f"office.{_quoted(c)}", r) for c, r in self.office.items())):
            parts.append(
                f"[{name}]\nrandom_rate = {rules.random_rate!r}\nrandom_channel = {_quoted(rules.random_channel)}\n"
                f"exploration_share = {rules.exploration_share!r}\ntrusted_factor = {rules.trusted_factor!r}"
            )
            room = (f"{c} = {_quoted(a.text) if a.share is not None else a.text}" for c, a in rules.capacity.items())
            parts.append("\n".join((f"[{name}.capacity]", *room)))
            parts.append("\n".join((f"[{name}.model]", *(f"{c} = {least!r}" for c, least in rules.model.items()))))
        for item in self.exempt:
            named = ((f.name, getattr(item, f.name)) for f in fields(item))
            parts.append("\n".join(("[[exempt]]", *(f"{k} = {_quoted(v)}" for k, v in named if v is not None))))
        return "\n\n".join(parts) + "\n"

    @property
    def version(self) -> str:
        """SHA-256, in hex, of all that decides; layout, comments, order and the title do not matter."""

        def plain(rules: Rules) -> dict[str, Any]:
            known = {f.name: getattr(rules, f.name) for f in fields(rules)}
            return {**known, "capacity": {c: a.text for c, a in rules.capacity.items()}, "model": dict(rules.model)}

        exempt = [{f.name: str(getattr(item, f.name)) for f in fields(item)} for item in self.exempt]
        content = {
            "default": plain(self.default),
            "office": {code: plain(rules) for code, rules in self.office.items()},
            "exempt": sorted(exempt, key=lambda item: sorted(item.items())),
            "tolerance": self.tolerance,
        }
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def _quoted(value: object) -> str:
    """A value in TOML; JSON's form of a text, a number and a flag is TOML's too."""
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes values out of a parsed file and refuses, by file and key, what does not belong."""

    file: str

    def fail(self, key: str, what: str, hint: str) -> None:
        raise PolicyError(what, where=f"{self.file}: {key}", hint=hint)

    def known(self, table: Mapping[str, Any], place: str, names: tuple[str, ...]) -> None:
        for key in table:
            if key not in names:
                near = difflib.get_close_matches(key, names, n=1)
                advice = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(names)}."
                self.fail(f"[{place}] {key}" if place else key, "is not a key of a policy.", advice)

    def table(self, table: Mapping[str, Any], place: str, key: str) -> Mapping[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, Mapping):
            self.fail(
                f"[{place}] {key}" if place else key, "must be a table.", f"Write [{place}.{key}]".replace("[.", "[")
            )
        return cast(Mapping[str, Any], value)

    def rate(self, table: Mapping[str, Any], place: str, key: str, other: float, least: float = 0.0) -> float:
        value = table.get(key, other)
        where = f"[{place}] {key}" if place else key
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.fail(where, f"must be a number from 0 to 1, not {value!r}.", "Write 0.05 for 5%.")
        if not least <= value <= 1:
            advice = "To leave a class out, write an [[exempt]] with reason and expiry." if least else "0.05 means 5%."
            self.fail(where, f"must lie between {least:g} and 1, not {value!r}.", advice)
        return float(value)

    def text(self, table: Mapping[str, Any], place: str, key: str) -> str | None:
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            self.fail(
                f"[{place}] {key}" if place else key, f"must be a text, not {value!r}.", 'Put it in quotes: "...".'
            )
        return value

    def channel(self, table: Mapping[str, Any], place: str, key: str, other: Channel) -> Channel:
        value = table.get(key, other)
        if value not in CHANNELS:
            self.fail(f"[{place}] {key}", f"{value!r} is not a channel.", f"Choose {', '.join(CHANNELS)}.")
        return cast(Channel, value)

    def capacity(self, table: Mapping[str, Any], place: str, key: Channel, other: Capacity) -> Capacity:
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
        self.fail(f"[{place}] {key}", f"{value!r} is not a capacity.", advice)
        raise AssertionError

    def rules(self, table: Mapping[str, Any], place: str, other: Rules) -> Rules:
        self.known(table, place, tuple(f.name for f in fields(Rules)))
        room, model = self.table(table, place, "capacity"), self.table(table, place, "model")
        self.known(room, f"{place}.capacity", CHANNELS)
        self.known(model, f"{place}.model", CHANNELS)
        return replace(
            other,
            random_rate=self.rate(table, place, "random_rate", other.random_rate, LEAST_RATE),
            random_channel=self.channel(table, place, "random_channel", other.random_channel),
            exploration_share=self.rate(table, place, "exploration_share", other.exploration_share),
            trusted_factor=self.rate(table, place, "trusted_factor", other.trusted_factor),
            capacity={c: self.capacity(room, f"{place}.capacity", c, other.capacity[c]) for c in CHANNELS},
            model={c: self.rate(model, f"{place}.model", c, 0.0) for c in CHANNELS if c in model}
            if "model" in table
            else other.model,
        )

    def exemption(self, table: Any, place: str) -> Exemption:
        if not isinstance(table, Mapping):
            self.fail(place, "must be a table.", "Write [[exempt]] with two brackets.")
        self.known(table, place, tuple(f.name for f in fields(Exemption)))
        reason, expires, trusted = self.text(table, place, "reason"), table.get("expires"), table.get("trusted")
        if not (reason and reason.strip()):
            self.fail(f"[{place}] reason", "an exemption needs a reason in writing.", 'Write reason = "..."')
        if not isinstance(expires, date) or isinstance(expires, datetime):
            self.fail(
                f"[{place}] expires", "an exemption needs its last day.", "Write expires = 2026-12-31, no quotes."
            )
        if trusted not in (None, True):
            self.fail(f"[{place}] trusted", f"must be true, not {trusted!r}.", "Only trusted traders can be exempt so.")
        item = Exemption(
            reason=cast(str, reason),
            expires=cast(date, expires),
            trusted=trusted,
            procedure=self.text(table, place, "procedure"),
            office=self.text(table, place, "office"),
        )
        if (item.trusted, item.procedure, item.office) == (None, None, None):
            self.fail(place, "says not who is exempt.", "Name at least one of trusted, procedure, office.")
        return item
