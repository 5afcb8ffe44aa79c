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

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from tidegate.errors import PolicyError
from tidegate.selection.policy_file import PolicyFile
from tidegate.selection.rules import Exemption, Rules

__all__ = ["Policy"]


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
        file = PolicyFile(where)
        file.known(data, "", ("title", "tolerance", "default", "office", "exempt"))
        default = file.rules(file.table(data, "", "default"), "default", Rules())
        offices, exempt = file.table(data, "", "office"), data.get("exempt", [])
        if not isinstance(exempt, list):
            raise file.wrong("", "exempt", "must be a list of tables.", "Write [[exempt]] with two brackets.")
        own = {code: file.rules(file.table(offices, "office", code), f"office.{code}", default) for code in offices}
        exemptions = tuple(file.exemption(item, f"exempt {number}") for number, item in enumerate(exempt, 1))
        tolerance, title = file.rate(data, "", "tolerance", 0.0), file.text(data, "", "title") or ""
        try:
            return cls(default, own, exemptions, tolerance, title)
        except PolicyError as error:
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
            return {
                "random_rate": float(rules.random_rate),
                "random_channel": rules.random_channel,
                "exploration_share": float(rules.exploration_share),
                "trusted_factor": float(rules.trusted_factor),
                "capacity": {channel: room.text for channel, room in rules.capacity.items()},
                "model": {channel: float(least) for channel, least in rules.model.items()},
            }

        exempt = [{f.name: str(getattr(item, f.name)) for f in fields(item)} for item in self.exempt]
        content = {
            "default": plain(self.default),
            "office": {code: plain(rules) for code, rules in self.office.items()},
            "exempt": sorted(exempt, key=lambda item: sorted(item.items())),
            "tolerance": float(self.tolerance),
        }
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def _quoted(value: object) -> str:
    """A value in TOML; JSON's form of a text, a number and a flag is TOML's too."""
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
