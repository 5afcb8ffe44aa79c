"""What a source of lists is, and what reading one list of it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tidegate.screening.entry import Entry
from tidegate.screening.lists.faults import Fault

__all__ = ["Heading", "Loaded", "Source"]


@dataclass(frozen=True, slots=True)
class Heading:
    """What is said of a list as a whole: in lists.toml, or by its source.

    A record's own owner and purpose count more than these, its level counts where it is the stricter one, and
    `expires` stands where a record has no term.
    """

    list: str
    owner: str = ""
    purpose: str = ""
    level: str = "open"
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A list that was read: its entries and what was wrong with single records; `withdrawn` counts those revoked."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    withdrawn: int = 0


def _own(stem: str) -> str:
    return stem


@dataclass(frozen=True, slots=True)
class Source:
    """One source of lists.

    `detect(head, path)` is given the first 64 KiB of a file and its path. `read(files, heading)` reads the files that
    make one list together, and raises ListError where a file is not whole or not what it should be. `belongs(stem)`
    names the list that a file is part of (files of one name are read together); `owner` and `purpose` are those of
    the source where lists.toml says nothing.
    """

    name: str
    title: str
    title_vi: str
    detect: Callable[[bytes, str], bool]
    read: Callable[[Sequence[Path], Heading], Loaded]
    owner: str = ""
    purpose: str = ""
    belongs: Callable[[str], str] = _own
