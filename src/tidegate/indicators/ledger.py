"""What is remembered of each line and each finding: a few numbers a row, the same whatever the order they came in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.indicators.batch import Batch, fixed
from tidegate.indicators.keys import TEXTS, Hashes, declaration_keys
from tidegate.indicators.messages import Messages, counting

__all__ = ["FINDING_COLUMNS", "LINE_COLUMNS", "NEVER", "Block", "Ledger"]

Block = dict[str, NDArray[Any]]
Days = NDArray[np.int32]

NEVER = np.int32(2**31 - 1)

LINE_COLUMNS: dict[str, str] = {
    "row": "<u8",  # of the line in its message: what a row is known by
    "line": "<u8",
    "declaration": "<u8",
    "day": "<i4",
    "texts": "<u8",  # one row each of TEXTS
    "value": "<i8",  # hundredths of the currency
    "mass": "<i8",  # grams, net
    "price": "<u2",  # step of value per kg, 0: none
    "duty_rate": "<i4",  # thousandths of a percent, -1: none
    "flagged": "|u1",  # 1: intake found something odd in its data
    "message": "<u8",  # hash of the message that it came in, 0: of none
    "version": "<i4",
    "sent": "<i8",
    "rank": "|u1",
}
_MESSAGE = ("message", "version", "sent", "rank")
FINDING_COLUMNS: dict[str, str] = {"line": "<u8", "opened": "<i4", "found": "<i4"}


def _first(block: Block, starts: NDArray[np.intp]) -> Block:
    return {name: column[..., starts] for name, column in block.items()}


def _earliest(block: Block, starts: NDArray[np.intp]) -> Block:
    days = {
        name: np.minimum.reduceat(block[name], starts) if len(starts) else block[name] for name in ("opened", "found")
    }
    return {"line": block["line"][starts], **days}


class _Pile:
    """Sorted blocks of rows, one row a line key once they are one. Adding costs O(log n) a row, in any batch size."""

    def __init__(self, block: Block, rule: Callable[[Block, NDArray[np.intp]], Block], key: str = "line") -> None:
        self.blocks, self.rule, self.key = [block], rule, key

    def add(self, block: Block) -> None:
        self.blocks.append(self._merged([block]))
        while len(self.blocks) > 1 and 2 * len(self.blocks[-1][self.key]) >= len(self.blocks[-2][self.key]):
            self.blocks[-2:] = [self._merged(self.blocks[-2:])]

    def one(self) -> Block:
        if len(self.blocks) > 1:
            self.blocks = [self._merged(self.blocks)]
        return self.blocks[0]

    def _merged(self, blocks: list[Block]) -> Block:
        block = {name: np.concatenate([part[name] for part in blocks], axis=-1) for name in blocks[0]}
        order = np.argsort(block[self.key], kind="stable")
        block = {name: column[..., order] for name, column in block.items()}
        keys = block[self.key]
        return self.rule(block, np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)]))


class Ledger:
    """Lines by their key, the first that came if one message says one twice; and for each key found on the earliest
    days. Lines of all versions are held; those of the message that counts are `lines`.

    The day of opening is the earliest of all findings about a line, the day of a find that of the unlawful ones: taking
    the earliest can be done in any order and any number of times.
    """

    def __init__(self, lines: Block | None = None, findings: Block | None = None) -> None:
        self._lines = _Pile(lines or _empty(LINE_COLUMNS), _first, "row")
        self._counting: Block | None = None
        self._findings = _Pile(findings or _empty(FINDING_COLUMNS), _earliest)

    @property
    def lines(self) -> Block:
        """Columns of LINE_COLUMNS of the lines that count, sorted by line key."""
        if self._counting is None:
            held = self.held
            counts = counting(held["declaration"], Messages(*(held[name] for name in _MESSAGE)))
            if counts.all() and not held["message"].any():
                return held
            block = {name: column[..., counts] for name, column in held.items()}
            order = np.argsort(block["line"], kind="stable")
            self._counting = {name: column[..., order] for name, column in block.items()}
        return self._counting

    @property
    def held(self) -> Block:
        """Columns of LINE_COLUMNS of all versions and cancellations, sorted by row."""
        return self._lines.one()

    def days_of(self, declarations: Hashes) -> Days:
        """The days of what is held of these declarations."""
        found = [block["day"][np.isin(block["declaration"], declarations)] for block in self._lines.blocks]
        return np.concatenate(found)

    @property
    def findings(self) -> Block:
        """Columns of FINDING_COLUMNS, sorted by the key of a line or of a whole declaration."""
        return self._findings.one()

    def add_lines(self, batch: Batch, messages: Messages) -> None:
        columns: dict[str, NDArray[Any]] = {
            "row": batch.line ^ messages.message,
            "line": batch.line,
            "declaration": batch.declaration,
            "day": batch.day,
            "texts": batch.texts,
            "value": fixed(batch.value, 100),
            "mass": fixed(batch.net_kg, 1000),
            "price": batch.price,
            "duty_rate": np.where(np.isnan(batch.duty_rate), -1, fixed(batch.duty_rate, 1000)),
            "flagged": batch.flagged,
            **messages.columns(),
        }
        self._add(columns)

    def add_cancellations(self, declarations: Hashes, messages: Messages) -> None:
        """Rows that say of declarations that they were taken back; they are no lines themselves."""
        columns = {name: np.zeros(len(declarations), dtype) for name, dtype in LINE_COLUMNS.items() if name != "texts"}
        columns["texts"] = np.zeros((len(TEXTS), len(declarations)), np.uint64)
        columns["line"] = declaration_keys(declarations)
        columns |= {"row": columns["line"] ^ messages.message, "declaration": declarations, **messages.columns()}
        self._add(columns)

    def _add(self, columns: Block) -> None:
        self._lines.add({name: columns[name].astype(dtype) for name, dtype in LINE_COLUMNS.items()})
        self._counting = None

    def add_findings(self, keys: Hashes, days: NDArray[Any], illicit: NDArray[np.bool_]) -> None:
        found = np.where(illicit, days, NEVER)
        self._findings.add({"line": keys, "opened": days.astype("<i4"), "found": found.astype("<i4")})

    def results(self) -> tuple[Days, Days]:
        """(opened on, found on) of each line of `lines`, NEVER where it was not.

        A result counts for the line it names and, where it names none, for every line of the declaration; never before
        the day of the line itself.
        """
        lines, findings = self.lines, self.findings
        opened, found = np.full(len(lines["line"]), NEVER), np.full(len(lines["line"]), NEVER)
        if len(findings["line"]):
            for keys in (lines["line"], declaration_keys(lines["declaration"])):
                places = np.minimum(np.searchsorted(findings["line"], keys), len(findings["line"]) - 1)
                rows = np.flatnonzero(findings["line"][places] == keys)
                places = places[rows]
                opened[rows] = np.minimum(opened[rows], np.maximum(findings["opened"][places], lines["day"][rows]))
                found[rows] = np.minimum(found[rows], np.maximum(findings["found"][places], lines["day"][rows]))
        return opened, found


def _empty(columns: dict[str, str]) -> Block:
    return {name: np.empty((len(TEXTS), 0) if name == "texts" else 0, dtype) for name, dtype in columns.items()}
