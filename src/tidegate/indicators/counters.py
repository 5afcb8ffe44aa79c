"""The counters: what is known of past lines and findings, added to in place, saved and loaded."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import polars as pl

from tidegate.indicators.archive import Arrays, read_archive, seal, write_archive
from tidegate.indicators.batch import Batch, read_findings
from tidegate.indicators.index import Index
from tidegate.indicators.keys import TEXTS, Hashes, digests
from tidegate.indicators.ledger import FINDING_COLUMNS, LINE_COLUMNS, Block, Ledger
from tidegate.indicators.messages import read_messages
from tidegate.indicators.needs import Plan
from tidegate.trade.versions import is_cancellation

__all__ = ["Counters"]

_FILE_COLUMNS = {
    **{f"lines.{name}": dtype for name, dtype in LINE_COLUMNS.items()},
    **{f"findings.{name}": dtype for name, dtype in FINDING_COLUMNS.items()},
}
BEYOND = 1 << 40  # a day later than any


class Counters:
    """Sums by key and day of all lines and findings added so far.

    Lines and findings may come in any order and in parts; the same again changes nothing. Of a declaration that came in
    several versions the message that counts is counted, whatever was added first; of two different lines that one
    message, or tables without messages, give one number, the one added first.
    """

    def __init__(self) -> None:
        self._ledger = Ledger()
        self._index: Index | None = None
        # The earliest day of anything the index does not hold yet. Windows end before a line's own day, so
        # until a line of a later day is asked about the index is as good as new: in daily work it is made once a day.
        self._stale_from = BEYOND
        self._version: str | None = None

    def __len__(self) -> int:
        """Number of lines that count."""
        return len(self._ledger.lines["line"])

    def add(
        self, lines: pl.DataFrame, findings: pl.DataFrame | None = None, earlier: pl.DataFrame | None = None
    ) -> None:
        """Add lines, and findings about these or any other lines. Raises InputError, and then nothing was added.

        `earlier`: what came in these files and does not count, rows of cancellations among it: whether it stays so
        shows when all versions are in.
        """
        batch, messages = Batch.read(lines), read_messages(lines)
        results = None if findings is None else read_findings(findings)
        before, cancelled = _apart(earlier)
        parts = (
            [(batch, messages)] if before is None else [(batch, messages), (Batch.read(before), read_messages(before))]
        )
        for part, of in parts:
            if len(part):
                self._stale(part.declaration, int(part.day.min()))
                self._ledger.add_lines(part, of)
        if cancelled is not None and cancelled.height:
            declarations = digests(cancelled["declaration_id"])
            self._stale(declarations, BEYOND)
            self._ledger.add_cancellations(declarations, read_messages(cancelled))
        if results is not None and len(results[0]):
            self._ledger.add_findings(*results)
            self._stale_from = min(self._stale_from, int(results[1].min()))
        self._version = None

    def _stale(self, declarations: Hashes, day: int) -> None:
        """What comes of these declarations is of this day at the earliest, and may take the place of what is there."""
        before = self._ledger.days_of(declarations)
        self._stale_from = min(self._stale_from, day, *([int(before.min())] if len(before) else []))

    def index(self, plan: Plan, day: int) -> Index:
        """An index that holds all that was known before `day`: the last one made, or a new one if that is too old."""
        if self._index is None or self._index.plan is not plan or self._stale_from < day:
            self._index = None  # lets go of the memory first
            self._index = Index(self._ledger, plan)
            self._stale_from = BEYOND
        return self._index

    @property
    def version(self) -> str:
        """Hash of the content: equal for equal lines and findings, in whatever order they were added."""
        if self._version is None:
            self._version = seal(self._arrays()).hex()
        return self._version

    def save(self, path: str | PathLike[str]) -> None:
        """Write to `path` in one step: a reader sees the old file or the new one. Raises CountersError."""
        write_archive(Path(path), self._arrays())

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Counters:
        """Read counters that `save` wrote. Raises CountersError for a missing or damaged file, or another format."""
        arrays = read_archive(Path(path), _FILE_COLUMNS)
        counters = cls()
        arrays["lines.texts"] = arrays["lines.texts"].reshape(len(TEXTS), -1)
        counters._ledger = Ledger(_part(arrays, "lines."), _part(arrays, "findings."))
        return counters

    def _arrays(self) -> Arrays:
        return {
            **{f"lines.{name}": column.ravel() for name, column in self._ledger.held.items()},
            **{f"findings.{name}": column for name, column in self._ledger.findings.items()},
        }


def _apart(earlier: pl.DataFrame | None) -> tuple[pl.DataFrame | None, pl.DataFrame | None]:
    """Lines, and cancellations, of what does not count."""
    if earlier is None or not earlier.height or "message_function" not in earlier.columns:
        return earlier, None
    return earlier.filter(~is_cancellation()), earlier.filter(is_cancellation())


def _part(arrays: Arrays, prefix: str) -> Block:
    return {name.removeprefix(prefix): column for name, column in arrays.items() if name.startswith(prefix)}
