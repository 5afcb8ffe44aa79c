"""What officers found to be not the same: pairs of a party and an entry, each for a time."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from time import monotonic, sleep

from tidegate.errors import ListError
from tidegate.screening.entry import Entry, Party
from tidegate.screening.names import analyse

__all__ = ["Clearance", "Cleared", "identities", "sorted_words"]

# Numbers that tell one party from all others, the surest first.
TELLING = ("passport", "identity_card", "tax", "registration", "imo", "vin", "container", "mmsi", "plate", "other")


@dataclass(frozen=True, slots=True)
class Clearance:
    """An officer's "not the same" of a party (`party`: one of its `identities`) and an entry, from `decided_on` to
    `expires`, both days included."""

    party: str
    list: str
    source_id: str
    decided_on: date
    expires: date
    decided_by: str = ""
    reason: str = ""


def identities(party: Party) -> list[str]:
    """What tells a party from others of its name, the surest first: its numbers; its name with birth or address.

    Empty where only the name is known: "not the same" cannot be remembered of a name, for others bear it as well.
    """
    numbers = {one.type: one for one in reversed(party.identifiers)}
    found = [
        f"{kind} {''.join(filter(str.isalnum, numbers[kind].value)).upper()} {numbers[kind].country}".strip()
        for kind in TELLING
        if kind in numbers
    ]
    name = sorted_words(party.name)
    if name and party.born:
        found.append(f"{name}, born {party.born}")
    if name and party.address:
        found.append(f"{name}, at {sorted_words(party.address)}")
    return found


def sorted_words(text: str) -> str:
    """The words of a name or an address in Latin letters, sorted."""
    return " ".join(sorted(word.latin for word in analyse(text).words))


class Cleared:
    """All that was found to be not the same. A file of it is CSV with the columns of Clearance."""

    def __init__(self, clearances: Iterable[Clearance] = ()) -> None:
        self._by_pair: dict[tuple[str, str, str], Clearance] = {}
        for one in clearances:
            key = (one.party, one.list, one.source_id)
            before = self._by_pair.get(key)
            if before is None or one.decided_on >= before.decided_on:
                self._by_pair[key] = one

    def __len__(self) -> int:
        return len(self._by_pair)

    def __iter__(self) -> Iterator[Clearance]:
        return iter(self._by_pair.values())

    def of(self, party: Party, entry: Entry, how: str = "name") -> Clearance | None:
        """The latest clearance of a party and an entry, whatever its term.

        Where a number is the same (`how`), only what was said of a number of that type counts: somebody who was cleared
        by a tax code is not cleared of a passport that is listed.
        """
        types = {one.type for one in entry.identifiers} if how == "same" else set()
        keys = [key for key in identities(party) if not types or key.split(" ", 1)[0] in types]
        known = (self._by_pair.get((key, entry.list, entry.source_id)) for key in keys)
        return next((one for one in known if one is not None), None)

    @property
    def version(self) -> str:
        """SHA-256 (hex) of all of it, in whatever order it came."""
        said = sorted(repr(asdict(one)) for one in self)
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    @classmethod
    def load(cls, path: Path | str) -> Cleared:
        """Read a file of clearances; none where there is no such file. Raises ListError with file and row."""
        path = Path(path)
        if not path.exists():
            return cls()
        try:
            rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), strict=True))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ListError("cannot be read.", where=str(path), hint="It is a CSV file in UTF-8.") from error
        return cls(_clearance(row, f"{path}, row {number}") for number, row in enumerate(rows, 2))

    def save(self, path: Path | str) -> None:
        """Write all of it, in one step; only its owner may read it."""
        path = Path(path)
        out = io.StringIO()
        writer = csv.DictWriter(out, [field.name for field in fields(Clearance)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(one) for one in sorted(self, key=lambda one: (one.list, one.source_id, one.party)))
        part = path.with_name(f".{path.name}.part")
        try:
            part.touch(mode=0o600)
            part.write_text(out.getvalue(), encoding="utf-8")
            os.replace(part, path)
        except OSError as error:
            raise ListError(f"cannot be written: {error.strerror}.", where=str(path), hint="Choose another.") from error

    def with_one(self, one: Clearance) -> Cleared:
        """The same and one more."""
        return Cleared([*self, one])

    @classmethod
    def remember(cls, path: Path | str, one: Clearance) -> Cleared:
        """Add one to a file of clearances; of several who do so at a time each waits for the one before.

        Raises ListError where the file cannot be read or written, or somebody holds it for more than PATIENCE seconds.
        """
        path = Path(path)
        with _held(path):
            more = cls.load(path).with_one(one)
            more.save(path)
        return more


PATIENCE = 20.0  # seconds


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Keep others from changing a file: whoever makes the lock beside it has it, until it is removed."""
    lock = path.with_name(f".{path.name}.lock")
    until = monotonic() + PATIENCE
    while not _made(lock):
        if monotonic() > until:
            what = f"somebody else has been changing it for {PATIENCE:.0f} s."
            raise ListError(what, where=str(path), hint=f"Try again; if nobody is at it any more, remove {lock.name}.")
        sleep(0.02)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _made(lock: Path) -> bool:
    try:
        os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    except OSError as error:
        what = f"cannot be written there: {error.strerror}."
        raise ListError(what, where=str(lock.parent), hint="Choose another.") from error
    return True


def _clearance(row: Mapping[str | None, str | None], where: str) -> Clearance:
    known = [field.name for field in fields(Clearance)]
    missing = [name for name in known[:5] if not row.get(name)]
    if missing or None in row:
        what = f"{missing[0]} is missing." if missing else "the row has more cells than columns."
        raise ListError(what, where=where, hint=f"Columns are {', '.join(known)}.")
    said = {name: row.get(name) or "" for name in known}
    try:
        decided, expires = date.fromisoformat(said["decided_on"]), date.fromisoformat(said["expires"])
    except ValueError as error:
        raise ListError("a day is not a date.", where=where, hint="Write 2026-12-31.") from error
    return Clearance(
        said["party"], said["list"], said["source_id"], decided, expires, said["decided_by"], said["reason"]
    )
