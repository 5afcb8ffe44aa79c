"""The shelf: lists in force, renewed list by list, each only by a version that is whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock

from tidegate.errors import ListError
from tidegate.screening.kept import Held, keep, kept
from tidegate.screening.loading import Lists, NamedList, read_folder

__all__ = ["STATES", "Renewal", "Shelf", "State"]

# What became of a list, in English and Vietnamese.
STATES: dict[str, tuple[str, str]] = {
    "new": ("new", "mới"),
    "changed": ("changed", "đã thay đổi"),
    "same": ("unchanged", "không thay đổi"),
    "stale": ("the earlier version serves on", "vẫn dùng phiên bản trước"),
    "missing": ("cannot be read, and there is no earlier version", "không đọc được và không có phiên bản trước"),
    "gone": ("withdrawn with all its entries", "đã bị thu hồi cùng mọi bản ghi"),
}
# A list that has less than this share of the entries of the version before it is taken for cut off ...
SHRUNK = 0.5
# ... unless that had fewer entries than these.
SMALL = 20


@dataclass(frozen=True, slots=True)
class State:
    """What became of one list: `state` of STATES; `stale_since` and `wrong` where the version in the folder is not
    whole; `read_at` is when the version that serves was read (None: none serves)."""

    name: str
    state: str
    entries: int
    read_at: datetime | None = None
    stale_since: datetime | None = None
    wrong: str = ""

    def told(self, language: str = "en") -> str:
        """The state in one line, in English or Vietnamese ("vi")."""
        words, since = STATES[self.state][language == "vi"], {"en": "since", "vi": "từ"}[language]
        when = f" ({since} {self.stale_since:%Y-%m-%d %H:%M})" if self.stale_since else ""
        return f"{self.name}: {words}{when}" + (f": {self.wrong}" if self.wrong else "")


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a renewal did, list by list; `unkept` says why the lists could not be kept for the next run."""

    states: tuple[State, ...]
    unkept: str = ""

    @property
    def whole(self) -> bool:
        """Whether every list of the folder is in force as it stands there."""
        return all(one.state not in ("stale", "missing") for one in self.states)


class Shelf:
    """Lists in force. `lists` may be read by any thread at any time: a renewal swaps all of it in one step."""

    def __init__(self, folder: Path | str, cache: Path | str | None = None) -> None:
        """Take the lists of a folder, and those that `cache` kept of an earlier run until `renew` is called.

        What is damaged in the cache counts for nothing, and `damage` says so: the folder is read anew.
        """
        self._folder = Path(folder)
        self._cache = Path(cache) if cache is not None else None
        self._lock = Lock()
        self._held: Mapping[str, Held] = {}
        self.damage = ""
        if self._cache is not None:
            try:
                self._held = kept(self._cache)
            except ListError as error:
                self.damage = str(error)
        self._lists = _lists(self._held)

    @property
    def lists(self) -> Lists:
        """The lists in force."""
        return self._lists

    def renew(self, now: datetime, accept: Collection[str] = ()) -> Renewal:
        """Read the folder; put each list in force that is whole, and let the others serve as they were.

        A list that lost more than half of its entries is taken for cut off, unless `accept` names it. Where nothing
        can be read at all the lists serve on too; raises ListError if there are none. `now` carries a time zone.
        """
        with self._lock:
            try:
                found = read_folder(self._folder)
            except ListError as error:
                if not self._held:
                    raise
                found = dict.fromkeys(self._held, error)
            held: dict[str, Held] = {}
            states = []
            for name in sorted({*found, *self._held}):
                one, state = _renewed(name, found.get(name), self._held.get(name), now, name in accept)
                states.append(state)
                if one is not None:
                    held[name] = one
            self._held, self._lists = held, _lists(held)
            return Renewal(tuple(states), self._keep())

    def _keep(self) -> str:
        try:
            if self._cache is not None:
                keep(self._held, self._cache)
        except ListError as error:
            return str(error)
        return ""


def _lists(held: Mapping[str, Held]) -> Lists:
    return Lists({name: one.list for name, one in held.items()})


def _renewed(
    name: str, found: NamedList | ListError | None, before: Held | None, now: datetime, accepted: bool
) -> tuple[Held | None, State]:
    """What serves under a name from now on, and what became of it."""
    if found is None:
        return None, State(name, "gone", 0)
    had = len(before.list.entries) if before else 0
    if isinstance(found, NamedList) and not accepted and had >= SMALL and len(found.entries) < SHRUNK * had:
        what = f"it has {len(found.entries)} entries, and {had} before: it may be cut off."
        found = ListError(what, where=name, hint="If that is right, accept the list by its name.")
    if isinstance(found, ListError):
        if before is None:
            return None, State(name, "missing", 0, None, now, str(found))
        one = replace(before, stale_since=before.stale_since or now, wrong=str(found))
        return one, State(name, "stale", had, one.read_at, one.stale_since, one.wrong)
    state = "new" if before is None else "same" if before.list.version == found.version else "changed"
    return Held(found, now), State(name, state, len(found.entries), now)
