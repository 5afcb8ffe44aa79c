"""Changing a list: what is uploaded is checked by the library and held against what is in force; one officer proposes
it, and another activates it."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tidegate.assessment import open_lists
from tidegate.console.clock import now, today
from tidegate.console.deciding import change_edition
from tidegate.console.deciding.editions import CLEARED, shelve
from tidegate.console.lists.models import Proposal
from tidegate.console.lists.shelf import folder_of, knows, shelf_of
from tidegate.console.register import trail
from tidegate.console.register.models import Edition, User
from tidegate.errors import ListError
from tidegate.screening import (
    Clearance,
    Cleared,
    Entry,
    Lists,
    NamedList,
    Party,
    Screener,
    identities,
    list_files,
    read_folder,
)
from tidegate.screening.lists.known import ENDINGS
from tidegate.screening.shelf import SHRUNK, SMALL

__all__ = ["Difference", "activate", "difference", "propose_clearance", "propose_version", "proposed", "refuse"]

LONGEST = timedelta(days=731)  # for which "not the same" may be remembered: then somebody looks again
NAME = re.compile(r"\w[\w .-]{0,63}")
HEADINGS = "lists.toml"

Upload = Sequence[tuple[str, bytes]]  # name of a file, what is in it


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two versions of a list, by the numbers of entries. `changed`: before and after."""

    added: list[Entry]
    removed: list[Entry]
    changed: list[tuple[Entry, Entry]]


def difference(before: NamedList | None, after: NamedList) -> Difference:
    """What a version adds, removes and changes."""
    old = {entry.source_id: entry for entry in (before.entries if before else ())}
    new = {entry.source_id: entry for entry in after.entries}
    return Difference(
        added=[entry for number, entry in new.items() if number not in old],
        removed=[entry for number, entry in old.items() if number not in new],
        changed=[(old[number], entry) for number, entry in new.items() if number in old and old[number] != entry],
    )


def propose_version(
    edition: Edition, name: str, upload: Upload, why: str, by: User, heading: Mapping[str, str], shrunk: bool = False
) -> Proposal:
    """Propose files as the list of this name. Raises ListError with what is wrong with them, and where.

    `shrunk`: it is right that more than half of the entries are gone.
    """
    if not NAME.fullmatch(name) or name == "lists":
        raise ListError(_("the name cannot be used."), hint=_("Use letters, digits, blanks, dots and dashes."))
    before = shelf_of(edition.lists).lists.get(name)
    with tempfile.TemporaryDirectory() as made:
        files = Path(made) / "files"
        _lay(files, name, upload)
        stored = shelve(files, "proposed")
    with _folder(edition.lists, _placed(name, stored, heading)) as folder:
        after = _read(folder, name)
        open_lists(folder)
    had = len(before.entries) if before else 0
    if had >= SMALL and len(after.entries) < SHRUNK * had and not shrunk:
        text = _("it has %(now)d entries, and %(before)d before: it may be cut off.")
        raise ListError(text % {"now": len(after.entries), "before": had}, hint=_("If that is right, say so below."))
    if before and after.version == before.version:
        raise ListError(_("it says just what the version in force says."), hint=_("There is nothing to change."))
    return _proposed(
        by,
        kind=Proposal.Kind.VERSION,
        list=name,
        why=why,
        files=stored,
        base=before.version if before else "",
        version=after.version,
        heading=dict(heading),
    )


def propose_clearance(
    edition: Edition, name: str, number: str, party: Party, until: date, why: str, by: User
) -> Proposal:
    """Propose to remember that a party is not an entry, of the surest that tells it from others. Raises ListError."""
    if not today() <= until <= today() + LONGEST:
        raise ListError(_("the last day has to lie within two years."), hint=_("Then somebody looks again."))
    known = identities(party)
    if not known:
        text = _("others bear this name as well.")
        raise ListError(text, hint=_("Give a number of the party, or its birth or address."))
    held = shelf_of(edition.lists).lists.get(name)
    entry = next((one for one in (held.entries if held else ()) if one.source_id == number), None)
    if held is None or entry is None:
        raise ListError(_("there is no such entry."), hint=_("Search for the name again."))
    only = NamedList(held.name, held.source, (entry,), (), 0, held.version)
    if not Screener(Lists({name: only})).matches([party]).height:
        raise ListError(_("the party does not match this entry."), hint=_("Only what is a match can be cleared."))
    one = Clearance(known[0], name, number, today(), until, by.get_username(), " ".join(why.split()))
    return _proposed(
        by,
        kind=Proposal.Kind.CLEARANCE,
        list=name,
        why=why,
        clearance={**asdict(one), "decided_on": one.decided_on.isoformat(), "expires": one.expires.isoformat()},
    )


def proposed(proposal: Proposal, edition: Edition) -> NamedList:
    """The version of a proposal, as the library reads it among the lists of an edition. Raises ListError."""
    with _folder(edition.lists, _placed(proposal.list, proposal.files, proposal.heading)) as folder:
        return _read(folder, proposal.list)


def activate(proposal: Proposal, by: User, comment: str = "") -> Edition:
    """Put a proposal in force: an edition that differs from the one in force in this list only.

    Raises ListError for one's own, for one that is decided, and where the list has changed since it was proposed.
    """
    _open(proposal, by)

    def change(edition: Edition) -> dict[str, str]:
        _judged(proposal, edition, by)
        return {"lists": _shelved(edition.lists, proposal)}

    def then(edition: Edition) -> None:
        _decide(proposal, by, Proposal.State.ACTIVE, comment, edition)

    return change_edition(change, f"{proposal.get_kind_display()}: {proposal.list}"[:200], by, then)


@transaction.atomic
def refuse(proposal: Proposal, by: User, comment: str) -> None:
    """Refuse a proposal, with a reason. Raises ListError for one's own, and for one that is decided."""
    _open(proposal, by)
    _decide(proposal, by, Proposal.State.REFUSED, comment, None)


def _shelved(lists: str, proposal: Proposal) -> str:
    if proposal.kind == Proposal.Kind.CLEARANCE:
        change = _remembered(proposal.clearance)
    else:
        held = shelf_of(lists).lists.get(proposal.list)
        if (held.version if held else "") != proposal.base:
            raise ListError(_("the list has changed since this was proposed."), hint=_("Propose it anew."))
        change = _placed(proposal.list, proposal.files, proposal.heading)
    with _folder(lists, change) as folder:
        open_lists(folder, cleared=folder / CLEARED)
        return shelve(folder, "lists")


def _judged(proposal: Proposal, edition: Edition, by: User) -> None:
    """Whoever activates has to know what it says."""
    before = shelf_of(edition.lists).lists.get(proposal.list)
    if proposal.kind == Proposal.Kind.VERSION:
        gap = difference(before, proposed(proposal, edition))
        about = [*gap.added, *gap.removed, *(one for pair in gap.changed for one in pair)]
    else:
        about = [one for one in (before.entries if before else ()) if one.source_id == proposal.clearance["source_id"]]
    if not all(knows(by, one) for one in about):
        raise ListError(
            _("it says more than your handling level lets you know."), hint=_("Leave it to another officer.")
        )


def _open(proposal: Proposal, by: User) -> None:
    if proposal.proposed_by_id == by.pk:
        raise ListError(_("nobody decides on what they proposed."), hint=_("Another officer has to look at it."))
    if proposal.state != Proposal.State.WAITING:
        raise ListError(_("this is decided already."))


def _decide(proposal: Proposal, by: User, state: str, comment: str, edition: Edition | None) -> None:
    held = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    _open(held, by)
    held.state, held.decided_by, held.decided_at, held.comment, held.edition = state, by, now(), comment, edition
    held.save()
    act = "lists.activate" if state == Proposal.State.ACTIVE else "lists.refuse"
    trail.write(act, f"list:{held.list}", by, proposal=held.pk, kind=held.kind, version=held.version, comment=comment)


@transaction.atomic
def _proposed(by: User, **said: Any) -> Proposal:
    made = Proposal.objects.create(proposed_by=by, proposed_at=now(), **said)
    trail.write(
        "lists.propose", f"list:{made.list}", by, proposal=made.pk, kind=made.kind, base=made.base, version=made.version
    )
    return made


def _lay(folder: Path, name: str, upload: Upload) -> None:
    """Lay files down as the library looks for the list of this name: alone, with a mapping, or several in a folder."""
    folder.mkdir()
    plain = {Path(file.replace("\\", "/")).name.lstrip("."): body for file, body in upload}
    data = [file for file in plain if Path(file).suffix.lower() in ENDINGS]
    if not data:
        raise ListError(_("no file of a list was given."), hint=_("Choose the file as its owner publishes it."))
    place = folder if len(data) == 1 else folder / name
    place.mkdir(exist_ok=True)
    for file, body in plain.items():
        if file not in data and Path(file).suffix.lower() != ".toml":
            continue
        alone = f"{name}{Path(file).suffix.lower()}"
        (place / (alone if len(data) == 1 else file)).write_bytes(body)


def _placed(name: str, stored: str, heading: Mapping[str, str]) -> Callable[[Path], None]:
    """A change of a folder of lists: the files of one list are taken away, and others put there."""

    def change(folder: Path) -> None:
        for path in list_files(folder).get(name, ()):
            path.unlink()
            path.with_suffix(".toml").unlink(missing_ok=True)
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
        shutil.copytree(Path(settings.DATA) / "proposed" / stored, folder, dirs_exist_ok=True)
        if any(heading.values()):
            path = folder / HEADINGS
            said = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
            said[name] = {**said.get(name, {}), **{key: value for key, value in heading.items() if value}}
            path.write_text(_toml(said), encoding="utf-8")

    return change


def _remembered(said: Mapping[str, str]) -> Callable[[Path], None]:
    """A change of a folder of lists: one more "not the same" beside them."""
    one = Clearance(
        party=said["party"],
        list=said["list"],
        source_id=said["source_id"],
        decided_on=date.fromisoformat(said["decided_on"]),
        expires=date.fromisoformat(said["expires"]),
        decided_by=said["decided_by"],
        reason=said["reason"],
    )

    def change(folder: Path) -> None:
        Cleared.load(folder / CLEARED).with_one(one).save(folder / CLEARED)

    return change


def _toml(said: Mapping[str, Mapping[str, Any]]) -> str:
    def value(one: Any) -> str:
        return one.isoformat() if isinstance(one, date) else json.dumps(one, ensure_ascii=False)

    return "\n".join(
        "\n".join(
            [f"[{json.dumps(name, ensure_ascii=False)}]", *(f"{key} = {value(one)}" for key, one in keys.items()), ""]
        )
        for name, keys in said.items()
    )


@contextmanager
def _folder(lists: str, change: Callable[[Path], None]) -> Iterator[Path]:
    """A copy of the lists of an edition, changed."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "lists"
        if lists:
            shutil.copytree(folder_of(lists), folder)
        folder.mkdir(exist_ok=True)
        try:
            change(folder)
            yield folder
        except ListError as error:  # where it lies in the folder, not on this machine
            place = error.where.replace(f"{folder}/", "").replace(str(folder), _("the lists"))
            raise ListError(error.what, where=place, hint=error.hint) from error


def _read(folder: Path, name: str) -> NamedList:
    found = read_folder(folder).get(name)
    if found is None:
        raise ListError(_("the files are not one list of this name."), hint=_("Upload the files of one list alone."))
    if isinstance(found, ListError):
        raise found
    return found
