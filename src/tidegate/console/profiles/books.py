"""The book in force: taking its profiles over as versions, and making an edition whose book has another profile."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction

from tidegate.console.clock import now, today
from tidegate.console.deciding import change_edition, engine_of
from tidegate.console.profiles.models import ProfileVersion, State
from tidegate.console.profiles.vocabulary import schema_of
from tidegate.console.register import trail
from tidegate.console.register.models import Edition, User
from tidegate.profiles import Book, Profile, check

__all__ = ["adopt", "book_of", "change_book", "refusals", "toml", "with_profile", "without_profile"]


def book_of(edition: Edition) -> Book:
    """The book of an edition."""
    return _book(edition.book)


@functools.lru_cache(maxsize=4)
def _book(text: str) -> Book:
    return Book.from_toml(text)


def toml(profiles: Iterable[Profile]) -> str:
    """A book of profiles as TOML; read back, it is the same book."""
    return "\n".join(
        "\n".join(["[[profile]]", *(f"{key} = {_value(value)}" for key, value in _said(one)), ""]) for one in profiles
    )


def _said(profile: Profile) -> list[tuple[str, object]]:
    keys = [(name, getattr(profile, name)) for name in profile.__dataclass_fields__]
    return [(name, value) for name, value in keys if value not in ("", False)]


def _value(value: object) -> str:
    if isinstance(value, str):
        # JSON's strings are TOML's, but for DEL, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else repr(value)


def with_profile(book: Book, profile: Profile) -> list[Profile]:
    """The book with this version of a profile: an earlier one ends the day before this one starts, or goes."""
    eve = profile.starts - timedelta(1)
    kept = []
    for one in book:
        if one.id != profile.id:
            kept.append(one)
        elif today() <= eve and one.starts <= eve:
            kept.append(replace(one, ends=min(one.ends, eve)))
    return [*kept, profile]


def without_profile(book: Book, profile: str) -> list[Profile]:
    """The book without any version of a profile."""
    return [one for one in book if one.id != profile]


def refusals(profile: Profile, edition: Edition) -> list[str]:
    """What keeps a profile from being used beside the lists of an edition."""
    engine = engine_of(edition)
    remarks = check(Book([profile]), schema_of(engine), engine.lists, today=today())
    return [remark.text for remark in remarks if remark.severity == "error"]


def change_book(
    change: Callable[[Book], list[Profile]], why: str, by: User | None, then: Callable[[Edition], None]
) -> Edition:
    """Put an edition in force that differs from the one in force by its book only; `then` as of `change_edition`."""
    return change_edition(lambda current: {"book": toml(change(book_of(current)))}, why, by, then)


def adopt(edition: Edition) -> int:
    """Take over, as versions in force, the profiles of a book that are not known here; returns how many."""
    known = set(ProfileVersion.objects.values_list("profile", flat=True))
    new: dict[str, list[Profile]] = {}
    for one in book_of(edition):
        if one.id not in known:
            new.setdefault(one.id, []).append(one)
    if not new:
        return 0
    moment = now()
    rows = []
    for versions in new.values():
        ordered = sorted(versions, key=lambda one: one.starts)
        for number, one in enumerate(ordered, start=1):
            said = {name: getattr(one, name) for name in one.__dataclass_fields__ if name != "id"}
            state = State.FORCE if one is ordered[-1] else State.REPLACED
            rows.append(
                ProfileVersion(
                    profile=one.id, version=number, state=state, made_at=moment, changed_at=moment,
                    edition=edition, **said
                )
            )  # fmt: skip
    with transaction.atomic():
        ProfileVersion.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
        trail.write("profile.adopt", f"edition:{edition.pk}", "node", profiles=len(new))
    return len(rows)
