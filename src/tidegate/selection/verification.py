"""Verification of a draw, by anybody who has the decisions, the commitments and, afterwards, the keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from tidegate.errors import DecisionError
from tidegate.selection.decision import CHANNEL_NAMES, chances, drawn_channel, marginals
from tidegate.selection.keys import Keys, lots
from tidegate.selection.rules import CHANNELS
from tidegate.selection.terms import UNIT, Floats, Whole, locate
from tidegate.selection.wheel import order, shift, starts

__all__ = ["FAULTS", "Fault", "Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a published decision may not stand."""

    name: str
    sentence: str
    sentence_vi: str


FAULTS: tuple[Fault, ...] = (
    Fault(
        "commitment",
        "The key of the day is not the one that was committed to before the day.",
        "Khóa của ngày không khớp với mã cam kết đã công bố trước ngày lựa chọn.",
    ),
    Fault(
        "ticket",
        "The ticket is not the one that the key of the day gives this declaration.",
        "Số bốc thăm không khớp với số mà khóa của ngày cho ra đối với tờ khai này.",
    ),
    Fault(
        "probability",
        "The probabilities do not add up, or are not those with which the draw was made.",
        "Các xác suất lựa chọn không khớp nhau hoặc không phải là xác suất đã dùng khi lựa chọn ngẫu nhiên.",
    ),
    Fault(
        "channel",
        "The channel is not the one that the draw gave.",
        "Luồng kiểm tra không đúng với kết quả lựa chọn ngẫu nhiên.",
    ),
)
"""In the order in which they are looked for."""

NEEDED = {
    "declaration_id": pl.String,
    "lodged_on": pl.Date,
    "office": pl.String,
    "channel": pl.String,
    **dict.fromkeys(("probability", *(f"p_{c}" for c in CHANNELS), "ticket"), pl.Float64),
    "commitment": pl.String,
    **dict.fromkeys((f"point_{c}" for c in CHANNELS), pl.Float64),
}
NEAR = 1e-12


@dataclass(frozen=True, slots=True)
class Verification:
    """What came out: how much was checked, and one row a fault (declaration_id, lodged_on, office, fault, published,
    recomputed), by day, office and declaration."""

    declarations: int
    days: int
    faults: pl.DataFrame

    @property
    def ok(self) -> bool:
        """Whether the draw stands."""
        return self.faults.is_empty()


def verify(
    decisions: pl.DataFrame, keys: Keys, commitments: Mapping[date, str] | None = None, *, desk: bool = False
) -> Verification:
    """Recompute commitments, tickets, wheels and channels, and compare with what was published.

    `decisions` must hold whole offices and days, with the columns declaration_id, lodged_on, office, channel,
    probability, p_red, p_yellow, p_blue, ticket, commitment, point_red, point_yellow, point_blue. `commitments` are
    those published before each day; without them the ones inside the decisions are taken at their word.
    `desk`: the decisions were made one at a time (desk.py), where the points come from the key and not from the wheel.

    A row that was removed or added shows as a fault of probability at the row after it, by ticket.
    Raises DecisionError for decisions that cannot be read, InputError for a key that is missing.
    """
    decisions = _readable(decisions)
    ticket, own, sealed = lots(decisions, keys)
    published = decisions["commitment"].to_numpy()
    wrong_key = published != sealed
    if commitments is not None:
        published = np.array([commitments.get(day, "") for day in decisions["lodged_on"]], dtype=object)
        wrong_key |= published != sealed

    marginal = np.stack([decisions[f"p_{c}"].to_numpy() for c in CHANNELS])
    chance = chances(marginal)
    sound = np.abs(marginals(chance)[0] - marginal).max(axis=0, initial=0.0) <= NEAR
    sound &= np.abs(marginal.sum(axis=0) - decisions["probability"].to_numpy()) <= NEAR
    shown = np.stack([decisions[f"point_{c}"].to_numpy() for c in CHANNELS]) * UNIT
    point = np.where((shown >= 0) & (shown < UNIT), np.rint(shown), -1).astype(np.int64)
    sound &= (point == shown).all(axis=0)
    # Where the wheel stood and by how much it turned are compared row by row, each with the row before it as published,
    # so that one changed number is a fault of one or two rows and not of all that follow.
    found = own if desk else _turned(decisions, ticket, point - shift(chance, own), keys)
    sound &= ((point if desk else chance % UNIT) == found).all(axis=0)
    channel = CHANNEL_NAMES[drawn_channel(chance, point)]

    columns: dict[str, tuple[Any, Any, Any]] = {
        "commitment": (wrong_key, published, sealed),
        "ticket": (decisions["ticket"].to_numpy() != ticket, decisions["ticket"].to_numpy(), ticket),
        "probability": (~sound, (point if desk else marginal).T, (found if desk else marginals(found)[0]).T),
        "channel": (decisions["channel"].to_numpy() != channel, decisions["channel"].to_numpy(), channel),
    }
    faults = []
    for fault in FAULTS:
        wrong, said, recomputed = columns[fault.name]
        rows = np.flatnonzero(wrong if fault.name == "commitment" else wrong & ~wrong_key)
        faults.append(
            decisions[rows]
            .select("declaration_id", "lodged_on", "office")
            .with_columns(
                pl.Series("fault", [fault.name] * rows.size, dtype=pl.String),
                pl.Series("published", [_text(said[row]) for row in rows], dtype=pl.String),
                pl.Series("recomputed", [_text(recomputed[row]) for row in rows], dtype=pl.String),
            )
        )
    return Verification(
        declarations=decisions.height,
        days=decisions["lodged_on"].n_unique(),
        faults=pl.concat(faults).sort("lodged_on", "office", "declaration_id", maintain_order=True),
    )


def _text(value: Any) -> str:
    return ", ".join(f"{c} {v:.10g}" for c, v in zip(CHANNELS, value, strict=True)) if np.ndim(value) else str(value)


def _readable(decisions: pl.DataFrame) -> pl.DataFrame:
    missing = [name for name in NEEDED if name not in decisions.columns]
    if missing:
        raise DecisionError(
            f"column(s) missing: {', '.join(missing)}.", where="decisions", hint="Give the file as it was written."
        )
    try:
        decisions = decisions.select(pl.col(name).cast(dtype) for name, dtype in NEEDED.items())
    except pl.exceptions.PolarsError as error:
        raise DecisionError(f"a column has another type: {error}", where="decisions") from error
    for name in ("declaration_id", "lodged_on"):
        if decisions[name].null_count():
            raise DecisionError(f"{name} is missing in {decisions[name].null_count()} row(s).", where="decisions")
    return decisions


def _turned(decisions: pl.DataFrame, ticket: Floats, stood: Whole, keys: Keys) -> Whole:
    """By how much the wheels turned for each declaration, modulo one turn, from where they stood after each."""
    cells = decisions.select("lodged_on", "office").unique().sort("lodged_on", "office")
    cell = locate(decisions, cells)
    rows = order(cell, ticket, decisions["declaration_id"])
    head = np.flatnonzero(np.diff(cell[rows], prepend=-1))
    before = np.roll(stood[:, rows], 1, axis=1)
    before[:, head] = starts(cells, keys)
    turned = np.empty_like(stood)
    turned[:, rows] = (stood[:, rows] - before) % UNIT
    return turned
