"""Lists kept in a folder between two runs: what was read whole last, and since when it is stale."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from tidegate.errors import ListError
from tidegate.screening.entry import Entry, Identifier, Kind
from tidegate.screening.lists.faults import FAULTS, Fault
from tidegate.screening.loading import NamedList, version

__all__ = ["Held", "keep", "kept"]

_RECORD = "kept.json"
_FORMAT = 1
_IDENTIFIER = pl.Struct({"type": pl.String(), "value": pl.String(), "country": pl.String()})
_TEXT, _TEXTS, _DAY = pl.String(), pl.List(pl.String()), pl.Date()
_SCHEMA = pl.Schema(
    {
        "list": _TEXT,
        "source_id": _TEXT,
        "kind": _TEXT,
        "names": _TEXTS,
        "identifiers": pl.List(_IDENTIFIER),
        "born": _TEXTS,
        "countries": _TEXTS,
        "sex": _TEXT,
        "addresses": _TEXTS,
        "owner": _TEXT,
        "purpose": _TEXT,
        "level": _TEXT,
        "listed_on": _DAY,
        "changed_on": _DAY,
        "expires": _DAY,
        "remarks": _TEXT,
    }
)


@dataclass(frozen=True, slots=True)
class Held:
    """A list that serves: when it was read, and if a later version could not be: since when, and what was wrong."""

    list: NamedList
    read_at: datetime
    stale_since: datetime | None = None
    wrong: str = ""


def keep(held: Mapping[str, Held], folder: Path) -> None:
    """Write lists into a folder that only its owner may read, one Parquet file a version, in one step.

    Raises ListError where the folder cannot be written; what it held before is then still whole.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = _files(folder)
        for one in held.values():
            path = folder / _file(one.list)
            if not path.exists():
                _write(path, _parquet(one.list))
        record = {"format": _FORMAT, "lists": {name: _told(one) for name, one in held.items()}}
        _write(folder / _RECORD, json.dumps(record, ensure_ascii=False, indent=1).encode())
        # One generation back stays: somebody may be reading it.
        for path in folder.glob("*.parquet"):
            if path.name not in before | {_file(one.list) for one in held.values()}:
                path.unlink(missing_ok=True)
    except OSError as error:
        what = f"lists cannot be kept there: {error.strerror}."
        raise ListError(what, where=str(folder), hint="Name a folder that can be written.") from error


def kept(folder: Path) -> dict[str, Held]:
    """Read the lists that a folder keeps; nothing where it keeps none. Raises ListError where they are damaged."""
    path = folder / _RECORD
    if not path.exists():
        return {}
    try:
        record = json.loads(path.read_bytes())
        if record["format"] != _FORMAT:
            raise ValueError(f"format {record['format']}")
        return {name: _held(name, said, folder) for name, said in record["lists"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pl.exceptions.PolarsError) as error:
        hint = "Remove the folder: lists are then read anew."
        raise ListError("the lists that were kept are damaged.", where=str(folder), hint=hint) from error


def _file(one: NamedList) -> str:
    return f"{one.version}.parquet"


def _files(folder: Path) -> set[str]:
    """The files that the folder's record names now."""
    try:
        return {f"{one['version']}.parquet" for one in json.loads((folder / _RECORD).read_bytes())["lists"].values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _parquet(one: NamedList) -> bytes:
    columns: dict[str, list[Any]] = {name: [] for name in _SCHEMA}
    for entry in one.entries:
        for name, values in columns.items():
            values.append(getattr(entry, name))
    columns["kind"] = [kind.value for kind in columns["kind"]]
    columns["identifiers"] = [
        [{"type": one.type, "value": one.value, "country": one.country} for one in several]
        for several in columns["identifiers"]
    ]
    out = BytesIO()
    pl.DataFrame(columns, _SCHEMA).write_parquet(out)
    return out.getvalue()


def _told(one: Held) -> dict[str, Any]:
    return {
        "source": one.list.source,
        "version": one.list.version,
        "withdrawn": one.list.withdrawn,
        "read_at": one.read_at.isoformat(),
        "stale_since": one.stale_since.isoformat() if one.stale_since else "",
        "wrong": one.wrong,
        "faults": [[fault.file, fault.record, fault.reason, fault.value] for fault in one.list.faults],
    }


def _held(name: str, said: Mapping[str, Any], folder: Path) -> Held:
    rows = pl.read_parquet(folder / f"{said['version']}.parquet").match_to_schema(_SCHEMA).iter_rows(named=True)
    entries = tuple(_entry(row) for row in rows)
    if version(entries) != said["version"]:
        raise ValueError("another version")
    faults = tuple(Fault(*fault) for fault in said["faults"] if fault[2] in FAULTS)
    since = datetime.fromisoformat(said["stale_since"]) if said["stale_since"] else None
    one = NamedList(name, said["source"], entries, faults, said["withdrawn"], said["version"])
    return Held(one, datetime.fromisoformat(said["read_at"]), since, said["wrong"])


def _entry(row: dict[str, Any]) -> Entry:
    several = {name: tuple(row[name]) for name in ("names", "born", "countries", "addresses")}
    identifiers = tuple(Identifier(**one) for one in row["identifiers"])
    return Entry(**{**row, **several, "identifiers": identifiers, "kind": Kind(row["kind"])})
