"""Editions on disk and in memory: making one, loading its engine, putting it in force.

Folders DATA/lists/NAME and DATA/models/NAME are named by the hash of what is in them and never change, so that a
process that loaded one need not ask again.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from tidegate.assessment import Engine, open_lists
from tidegate.assessment import InForce as ListsInForce
from tidegate.console.clock import now
from tidegate.console.register import trail
from tidegate.console.register.models import Edition, InForce, User
from tidegate.models import Model
from tidegate.profiles import Book
from tidegate.selection import DayKeys, Policy

__all__ = [
    "CHANGED",
    "CLEARED",
    "IN_FORCE",
    "MADE",
    "activate",
    "draw_keys",
    "engine_of",
    "hold_decisions",
    "make_edition",
    "shelve",
]

CLEARED = ".cleared.csv"  # beside the lists: what officers found to be not the same
IN_FORCE = 0x7469_6466  # the advisory lock behind which decisions see one edition
MADE = "tidegate_made"  # the channel on which processes hear of an edition that may come into force
CHANGED = "tidegate_in_force"  # the channel on which processes hear of another edition


def draw_keys() -> DayKeys:
    """The secret behind the draw of this node, made on first use."""
    path = Path(settings.DATA) / "draw.key"
    return DayKeys.load(path) if path.exists() else DayKeys.create(path)


def shelve(folder: Path, kind: str) -> str:
    """Keep a copy of `folder` under DATA/`kind`, named by what is in it; returns that name."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    name = digest.hexdigest()[:32]
    place = Path(settings.DATA) / kind / name
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=place.parent))
        shutil.copytree(folder, part / name)
        try:
            os.rename(part / name, place)
        except OSError:
            if not place.exists():  # another process was quicker
                raise
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return name


def make_edition(why: str, by: User | None, *, book: str, policy: str, lists: str = "", model: str = "") -> Edition:
    """Make an edition of a book and policy (TOML) and shelved lists and model. Raises what the rooms below raise for
    what they cannot use; then nothing is made."""
    edition = Edition(made_at=now(), made_by=by, why=why, book=book, policy=policy, lists=lists, model=model)
    engine = _engine(book, policy, lists, model)
    edition.versions = engine.versions
    edition.save()
    _tell(MADE, edition)
    return edition


def engine_of(edition: Edition) -> Engine:
    """The engine of an edition, kept in this process: of the last few that were asked for."""
    return _engine(edition.book, edition.policy, edition.lists, edition.model)


@functools.lru_cache(maxsize=3)
def _engine(book: str, policy: str, lists: str, model: str) -> Engine:
    held = _lists(lists) if lists else None
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "book.toml").write_text(book, encoding="utf-8")
        (Path(folder) / "policy.toml").write_text(policy, encoding="utf-8")
        return Engine(
            policy=Policy.load(Path(folder) / "policy.toml"),
            keys=draw_keys(),
            book=Book.load(Path(folder) / "book.toml") if book.strip() else Book([]),
            lists=held.watch if held else None,
            model=_model(model) if model else None,
            screener=held.screener if held else None,
        )


# Editions that differ in something else have these in common: a new book need not index all lists again.
@functools.lru_cache(maxsize=2)
def _lists(name: str) -> ListsInForce:
    shelf = Path(settings.DATA) / "lists" / name
    return open_lists(shelf, cleared=shelf / CLEARED)


@functools.lru_cache(maxsize=2)
def _model(name: str) -> Model:
    return Model.load(Path(settings.DATA) / "models" / name)


def hold_decisions() -> None:
    """Let decisions that are being made end, and none begin until the transaction ends. Before any other lock in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IN_FORCE])


def activate(edition: Edition, by: User | None) -> None:
    """Put an edition in force, in all processes at once: decisions read what is in force in their own transaction.

    Whoever calls it made sure that two pairs of eyes saw it.
    """
    with transaction.atomic():
        hold_decisions()
        before = InForce.objects.filter(pk=1).values_list("edition_id", flat=True).first()
        InForce.objects.update_or_create(pk=1, defaults={"edition": edition, "since": now()})
        trail.write(
            "edition.activate",
            f"edition:{edition.pk}",
            by or "node",
            before=before,
            why=edition.why,
            **edition.versions,
        )
        _tell(CHANGED, edition)


def _tell(channel: str, edition: Edition) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, str(edition.pk)])
