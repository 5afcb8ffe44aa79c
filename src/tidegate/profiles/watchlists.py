"""Watch lists: values to look out for, from an authority, each with an expiry. One CSV file a list."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tidegate.errors import ListError

__all__ = ["Entry", "WatchLists", "screened"]

COLUMNS = ("value", "kind", "owner", "reason", "expires")
FOREVER = dt.date.max


@dataclass(frozen=True, slots=True)
class Entry:
    """One value on a list; it matches lines lodged on or before `expires` (none: for good)."""

    value: str
    kind: str = ""
    owner: str = ""
    reason: str = ""
    expires: dt.date | None = None


class WatchLists(Mapping[str, tuple[Entry, ...]]):
    """Lists by name."""

    def __init__(self, lists: Mapping[str, tuple[Entry, ...]]) -> None:
        self._lists = {name: tuple(entries) for name, entries in sorted(lists.items())}

    @classmethod
    def load(cls, folder: Path | str, only: Container[str] | None = None) -> WatchLists:
        """Read every `*.csv` of a folder: the file's stem names the list, the columns are those of Entry.

        `only` names the lists to read, where others lie beside them. `value` is required; `expires` is year-month-day
        or empty. Raises ListError with file and row.
        """
        folder = Path(folder)
        if not folder.is_dir():
            raise ListError("there is no such folder.", where=str(folder), hint="Lists are CSV files in one folder.")
        return cls(
            {
                path.stem: tuple(_read(path))
                for path in sorted(folder.glob("*.csv"))
                if only is None or path.stem in only
            }
        )

    def __getitem__(self, name: str) -> tuple[Entry, ...]:
        return self._lists[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    @property
    def version(self) -> str:
        """SHA-256 (hex) of what the lists say; the order of rows does not matter."""
        content = [
            [name, sorted([e.value, e.kind, e.owner, e.reason, str(e.expires or "")] for e in entries)]
            for name, entries in self._lists.items()
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    def until(self, name: str) -> dict[str, dt.date]:
        """The last day on which each value of a list matches (date.max: for good); the latest entry counts."""
        last: dict[str, dt.date] = {}
        for entry in self._lists[name]:
            last[entry.value] = max(last.get(entry.value, dt.date.min), entry.expires or FOREVER)
        return last


def screened(field: str, name: str) -> str:
    """The column of flags that tells whether the party of a field may be on a list, where names were screened.

    Where a table has it, on_list(field, 'name') looks there; otherwise at the values of the watch list.
    """
    return f"{field}@{name}"


def _read(path: Path) -> Iterator[Entry]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListError("not UTF-8 text.", where=str(path), hint="Save the list as CSV in UTF-8.") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = reader.fieldnames or []
        if "value" not in names:
            raise ListError("there is no column value.", where=str(path), hint=f"Columns are {', '.join(COLUMNS)}.")
        unknown = [name for name in names if name not in COLUMNS]
        if unknown:
            what = f"unknown column {unknown[0]!r}."
            raise ListError(what, where=str(path), hint=f"Columns are {', '.join(COLUMNS)}.")
        for row in reader:
            where = f"{path}: row {reader.line_num}"
            if None in row or None in row.values():
                raise ListError(f"the row does not have {len(names)} cells.", where=where, hint="Quote commas.")
            yield _entry({name: cell.strip() for name, cell in row.items()}, where)
    except csv.Error as error:
        raise ListError(f"not CSV: {error}.", where=f"{path}: row {reader.line_num}", hint="Check quotes.") from error


def _entry(row: dict[str, str], where: str) -> Entry:
    if not row["value"]:
        raise ListError("value is empty.", where=where, hint="Each row needs a value; delete empty rows.")
    expires = row.get("expires", "")
    try:
        day = dt.date.fromisoformat(expires) if expires else None
    except ValueError as error:
        raise ListError(f"expires: {expires!r} is not a date.", where=where, hint="Write 2026-12-31.") from error
    return Entry(row["value"], row.get("kind", ""), row.get("owner", ""), row.get("reason", ""), day)
