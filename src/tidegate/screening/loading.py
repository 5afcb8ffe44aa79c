"""A folder of lists becomes the lists that parties are held against."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from tidegate.errors import ListError
from tidegate.screening.entry import Entry
from tidegate.screening.lists.faults import Fault
from tidegate.screening.lists.headings import FILE, heading, headings
from tidegate.screening.lists.known import ENDINGS, SOURCES, source_of
from tidegate.screening.lists.source import Heading, Loaded, Source

__all__ = ["Lists", "NamedList", "list_files", "load", "read_folder", "version"]


@dataclass(frozen=True, slots=True)
class NamedList:
    """One list: its entries, sorted by number, and what was wrong with single records.

    `version` is the SHA-256 (hex) of what its entries say; the order of records does not matter.
    """

    name: str
    source: str
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    withdrawn: int
    version: str

    @classmethod
    def of(cls, name: str, source: str, loaded: Loaded) -> NamedList:
        """Make a list from what was read."""
        entries = tuple(sorted(loaded.entries, key=lambda entry: entry.source_id))
        return cls(name, source, entries, loaded.faults, loaded.withdrawn, version(entries))


class Lists:
    """All lists that are in force together, by name."""

    def __init__(self, lists: Mapping[str, NamedList]) -> None:
        self.by_name: Mapping[str, NamedList] = dict(sorted(lists.items()))

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of all lists, list by list."""
        return tuple(entry for one in self.by_name.values() for entry in one.entries)

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """What was wrong with single records, list by list."""
        return tuple(fault for one in self.by_name.values() for fault in one.faults)

    @cached_property
    def version(self) -> str:
        """SHA-256 (hex) of the names and versions of all lists."""
        said = "\n".join(f"{name} {one.version}" for name, one in self.by_name.items())
        return hashlib.sha256(said.encode()).hexdigest()

    def in_force(self, day: date) -> tuple[Entry, ...]:
        """The entries that count on a day: those that have no term, or whose term has not ended before it."""
        return tuple(entry for entry in self.entries if entry.expires is None or day <= entry.expires)

    def counts(self) -> pl.DataFrame:
        """How many entries there are: columns list, kind, entries; sorted."""
        counted: dict[tuple[str, str], int] = {}
        for entry in self.entries:
            counted[entry.list, entry.kind.value] = counted.get((entry.list, entry.kind.value), 0) + 1
        rows = [(name, kind, count) for (name, kind), count in sorted(counted.items())]
        return pl.DataFrame(rows, {"list": pl.String, "kind": pl.String, "entries": pl.Int64}, orient="row")


def version(entries: tuple[Entry, ...]) -> str:
    """SHA-256 (hex) of what entries say, in whatever order they come."""
    said = sorted(json.dumps(_said(entry), default=str) for entry in entries)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _said(entry: Entry) -> list[object]:
    values = [getattr(entry, field.name) for field in fields(entry) if field.name != "identifiers"]
    return [*values, [(one.type, one.value, one.country) for one in entry.identifiers]]


def load(folder: Path | str) -> Lists:
    """Read all lists of a folder, as `read_folder` does. Raises the ListError of the first list that is not whole."""
    lists = {}
    for name, found in read_folder(Path(folder)).items():
        if isinstance(found, ListError):
            raise found
        lists[name] = found
    return Lists(lists)


def read_folder(folder: Path) -> dict[str, NamedList | ListError]:
    """Read each list of a folder; where one is not whole, say why instead. Sorted by name.

    A file with one of ENDINGS is a list that its stem names, with the files that belong to it; a folder in the folder
    is a list of that name, made of all its files. Hidden files are left out. A list that lists.toml names has to be
    there. Raises ListError where there is no such folder, no list in it, or where lists.toml is wrong.
    """
    if not folder.is_dir():
        raise ListError("there is no such folder.", where=str(folder), hint="Lists are files in one folder.")
    said = headings(folder)
    try:
        groups = list_files(folder)
    except OSError as error:
        raise ListError(f"cannot be read: {error.strerror}.", where=str(folder), hint="Check the folder.") from error
    if not groups:
        hint = f"Files of lists end with {', '.join(ENDINGS)}."
        raise ListError("there is no list in the folder.", where=str(folder), hint=hint)
    found: dict[str, NamedList | ListError] = {name: _read(name, files, said) for name, files in groups.items()}
    for name in said:
        if name not in found:
            what = f"there is no list {name[:80]!r} in the folder."
            hint = f"Fetch it, or take it out of {FILE}; here are {', '.join(sorted(groups))}."
            found[name] = ListError(what, where=str(folder / FILE), hint=hint)
    return dict(sorted(found.items()))


def list_files(folder: Path) -> dict[str, list[Path]]:
    """The files of each list by its name."""
    groups: dict[str, list[Path]] = {}
    unknown = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if _is_list(file))
            if files:
                groups.setdefault(path.name, []).extend(files)
        elif _is_list(path):
            source = _source(path)
            if source is None:
                unknown.append(path)
            else:
                groups.setdefault(source.belongs(path.stem), []).append(path)
    for path in unknown:
        # A damaged file belongs to the list that it was part of while it was whole.
        names = [source.belongs(path.stem) for source in SOURCES]
        groups.setdefault(next((name for name in names if name in groups), path.stem), []).append(path)
    return groups


def _is_list(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".") and not path.is_dir()


def _source(path: Path) -> Source | None:
    try:
        # What is no file (a pipe, a socket) would never end.
        return source_of(path) if path.is_file() else None
    except OSError:
        return None


def _read(name: str, files: list[Path], said: Mapping[str, Heading]) -> NamedList | ListError:
    try:
        sources = []
        for path in files:
            source = _source(path)
            if source is None:
                raise _unknown(path)
            sources.append(source)
        if strange := [path for path, source in zip(files, sources, strict=True) if source is not sources[0]]:
            what = f"it is not of the same source as {files[0].name}."
            raise ListError(what, where=str(strange[0]), hint="Put each list in files or a folder of its own.")
        loaded = sources[0].read(files, heading(name, sources[0], said))
        lost = [fault for fault in loaded.faults if fault.left_out]
        if lost and not loaded.entries:
            what = f"not one of its {len(lost)} records can be used; the first: {lost[0].told()}."
            raise ListError(what, where=str(files[0]), hint="Check that it is the right list, and its mapping.")
    except ListError as error:
        return error
    return NamedList.of(name, sources[0].name, loaded)


def _unknown(path: Path) -> ListError:
    try:
        if path.stat() and not path.is_file():
            return ListError("it is no file.", where=str(path), hint="Put the list itself there.")
        if not path.stat().st_size:
            return ListError("the file is empty.", where=str(path), hint="Fetch the list again.")
    except OSError as error:
        return ListError(f"cannot be read: {error.strerror}.", where=str(path), hint="Check the file.")
    known = "; ".join(f"{source.name}: {source.title}" for source in SOURCES)
    what = "it does not look like a list of any source that is known."
    return ListError(what, where=str(path), hint=f"Known are {known}. A CSV file needs a mapping beside it.")
