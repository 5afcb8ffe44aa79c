"""A book: profiles that are in force together, read from TOML, checked as data, with a version."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from tidegate.errors import BookError, ProfileError
from tidegate.profiles.refusals import did_you_mean

__all__ = ["CHANNELS", "NATIONAL", "Book", "Profile", "RefusedBookError"]

CHANNELS = ("yellow", "red", "blue")
NATIONAL = "national"


class RefusedBookError(BookError):
    """A book with everything that is wrong with it at once: `refusals`, one a profile and key."""

    def __init__(self, refusals: Iterable[ProfileError]) -> None:
        self.refusals = tuple(refusals)
        listed = "".join(f"\n- {refusal}" for refusal in self.refusals)
        count = len(self.refusals)
        super().__init__(f"{count} thing{'s' if count > 1 else ''} to put right:{listed}")


@dataclass(frozen=True, slots=True)
class Profile:
    """What an officer wrote: when to look, at which share of what fits, through which channel, and until when.

    `rate` is the share of hits to select (0 < rate <= 1); `starts` and `ends` are both included;
    `level` is "national" or the code of the one office where it holds.
    """

    id: str
    title: str
    when: str
    channel: str
    rate: float
    starts: dt.date
    ends: dt.date
    owner: str
    level: str = NATIONAL
    title_vi: str = ""
    instruction: str = ""
    restricted: bool = False
    instruction_vi: str = ""

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], where: str = "profile") -> Profile:
        """Build from a TOML table or a console row. Raises RefusedBookError with every wrong key."""
        refusals = list(_wrong(data, where))
        if refusals:
            raise RefusedBookError(refusals)
        return cls(**{**data, "rate": float(data["rate"])})


_TYPES: dict[str, tuple[type, str]] = {
    "id": (str, "a text"), "title": (str, "a text"), "when": (str, "a text"), "channel": (str, "a text"),
    "rate": (float, "a number"), "starts": (dt.date, "a date, as 2026-01-31 without quotes"),
    "ends": (dt.date, "a date, as 2026-12-31 without quotes"), "owner": (str, "a text"), "level": (str, "a text"),
    "title_vi": (str, "a text"), "instruction": (str, "a text"), "restricted": (bool, "true or false"),
    "instruction_vi": (str, "a text"),
}  # fmt: skip
_REQUIRED = ("id", "title", "when", "channel", "rate", "starts", "ends", "owner")
_WHY_ENDS = "A profile that nobody renews ends; give it a last day."


def _wrong(data: Mapping[str, Any], where: str) -> Iterator[ProfileError]:
    """Everything wrong with the data of one profile."""
    for key in data:
        if key not in _TYPES:
            hint = did_you_mean(key, _TYPES) or f"Keys are {', '.join(_TYPES)}."
            yield ProfileError(f"there is no key {key}.", where=where, hint=hint)
    for key in _REQUIRED:
        if key not in data:
            yield ProfileError(f"{key} is missing.", where=where, hint=_WHY_ENDS if key == "ends" else "")
    fine = set()
    for key, value in data.items():
        if key not in _TYPES:
            continue
        kind, shown = _TYPES[key]
        allowed = (int, float) if kind is float else kind
        wrong_kin = (isinstance(value, bool) and kind is not bool) or isinstance(value, dt.datetime)
        if not isinstance(value, allowed) or wrong_kin:
            yield ProfileError(f"{key} is not {shown}.", where=where)
        elif key in _REQUIRED and isinstance(value, str) and not value.strip():
            yield ProfileError(f"{key} is empty.", where=where)
        else:
            fine.add(key)
    if "rate" in fine and not 0 < data["rate"] <= 1:
        hint = "It is a share of the hits: 1.0 selects all, 0.1 one in ten."
        yield ProfileError(f"rate is {data['rate']}; it must be above 0 and at most 1.", where=where, hint=hint)
    if "channel" in fine and data["channel"] not in CHANNELS:
        hint = f"Channels of a profile are {', '.join(CHANNELS)}; what no profile selects stays green."
        yield ProfileError(f"there is no channel {data['channel']!r}.", where=where, hint=hint)
    if {"starts", "ends"} <= fine and data["ends"] < data["starts"]:
        yield ProfileError(f"ends ({data['ends']}) lies before starts ({data['starts']}).", where=where)
    if "level" in fine and not data["level"].strip():
        yield ProfileError("level is empty.", where=where, hint=f'Write "{NATIONAL}" or the code of an office.')


class Book:
    """Profiles in force together. Two versions of one id may not be in force on one day."""

    def __init__(self, profiles: Iterable[Profile], source: str = "book") -> None:
        self.profiles = tuple(profiles)
        refusals = list(_overlapping(self.profiles, source))
        if refusals:
            raise RefusedBookError(refusals)

    @classmethod
    def load(cls, path: Path | str) -> Book:
        """Read a TOML file of `[[profile]]` tables. Raises BookError; what is wrong is listed all at once."""
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError as error:
            raise BookError("there is no such book.", where=str(path), hint="Name a TOML file of profiles.") from error
        except (UnicodeDecodeError, IsADirectoryError) as error:
            raise BookError("not UTF-8 text.", where=str(path), hint="Save the book as TOML in UTF-8.") from error
        return cls.from_toml(text, source=str(path))

    @classmethod
    def from_toml(cls, text: str, source: str = "book") -> Book:
        """Read the text of a book; `source` names it in messages."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BookError(f"not TOML: {error}.", where=source, hint="Texts stand in quotes; dates do not.") from error
        except RecursionError as error:
            raise BookError("nested too deeply.", where=source, hint="A book is a flat list of [[profile]].") from error
        unknown = [key for key in data if key != "profile"]
        if unknown or not isinstance(data.get("profile", []), list):
            raise BookError(
                f"unknown part {unknown[0] if unknown else 'profile'!r}.",
                where=source,
                hint="A book is a list of [[profile]] tables, in double brackets.",
            )
        profiles: list[Profile] = []
        refusals: list[ProfileError] = []
        for number, table in enumerate(data.get("profile", []), start=1):
            where = f"{source}: profile {number}"
            if not isinstance(table, dict):
                refusals.append(ProfileError("not a table.", where=where, hint="Write [[profile]] above its keys."))
                continue
            try:
                profiles.append(Profile.from_mapping(table, f"{where} ({table.get('id', 'without id')})"))
            except RefusedBookError as error:
                refusals.extend(error.refusals)
        refusals.extend(_overlapping(profiles, source))
        if refusals:
            raise RefusedBookError(refusals)
        return cls(profiles, source)

    @staticmethod
    def join(books: Iterable[Book]) -> Book:
        """One book of several. Raises RefusedBookError where two of them hold versions of one id in force at once."""
        return Book((profile for book in books for profile in book.profiles), source="joined books")

    @property
    def version(self) -> str:
        """SHA-256 (hex) of what the profiles say; their order, comments and layout do not matter."""
        content = sorted([str(getattr(one, name)) for name in _told(one)] for one in self.profiles)
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    def __len__(self) -> int:
        return len(self.profiles)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.profiles)


def _told(profile: Profile) -> list[str]:
    """The keys that a version is about: what came later counts where it is used, so that old books keep theirs."""
    return [field.name for field in fields(profile) if field.name != "instruction_vi" or profile.instruction_vi]


def _overlapping(profiles: Iterable[Profile], source: str) -> Iterator[ProfileError]:
    by_id: dict[str, list[Profile]] = {}
    for profile in profiles:
        by_id.setdefault(profile.id, []).append(profile)
    for versions in by_id.values():
        versions.sort(key=lambda one: (one.starts, one.ends))
        for earlier, later in pairwise(versions):
            if later.starts <= earlier.ends:
                yield ProfileError(
                    f"two versions of one id are in force at once, from {later.starts} to "
                    f"{min(earlier.ends, later.ends)}.",
                    where=f"{source}: profile {later.id}",
                    hint=f"End the earlier one before {later.starts}, or give one of them another id.",
                )
