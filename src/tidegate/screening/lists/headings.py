"""lists.toml: what is said of the lists of a folder as wholes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from tidegate.errors import ListError
from tidegate.screening.entry import LEVELS
from tidegate.screening.lists.opening import settings
from tidegate.screening.lists.source import Heading, Source

__all__ = ["FILE", "heading", "headings"]

FILE = "lists.toml"
_KEYS = ("owner", "purpose", "level", "expires")


def headings(folder: Path) -> Mapping[str, Heading]:
    """Read the lists.toml of a folder, if there is one: a table a list, with any of owner, purpose, level, expires.

    Raises ListError with list and key.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    found = {}
    for name, said in settings(path).items():
        where = f"{path}: {name[:80]}"
        if not isinstance(said, dict):
            raise ListError(
                "it is no table.", where=where, hint=f"Write [{name[:80]}], and below it {', '.join(_KEYS)}."
            )
        for key, value in said.items():
            if key not in _KEYS:
                raise ListError(f"unknown key {key[:80]!r}.", where=where, hint=f"Keys are {', '.join(_KEYS)}.")
            right = type(value) is date if key == "expires" else isinstance(value, str)
            if not right or isinstance(value, datetime):
                hint = "Write expires = 2027-12-31, without quotes; the others are texts."
                raise ListError(f"{key} is not of the right kind.", where=where, hint=hint)
        if said.get("level", "open") not in LEVELS:
            raise ListError("the level is not known.", where=where, hint=f"Levels are {', '.join(LEVELS)}.")
        found[name] = Heading(name, **said)
    return found


def heading(name: str, source: Source, said: Mapping[str, Heading]) -> Heading:
    """What is said of one list; its source says what lists.toml does not."""
    own = said.get(name, Heading(name))
    return replace(own, owner=own.owner or source.owner, purpose=own.purpose or source.purpose)
