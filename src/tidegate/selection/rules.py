"""The rules of one office: capacities, rates, what the model may do; and who is exempt, in writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from tidegate.errors import PolicyError

__all__ = ["CHANNELS", "LEAST_RATE", "Capacity", "Channel", "Exemption", "Rules"]

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
