"""Lists as an assessment uses them: values that on_list(...) compares, and the screener for all else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tidegate.errors import ListError
from tidegate.profiles import WatchLists
from tidegate.screening import Cleared, Lists, NamedList, Renewal, Screener, Shelf, read_folder

__all__ = ["InForce", "open_lists"]


@dataclass(frozen=True, slots=True)
class InForce:
    """`watch`: the plain watch lists, by value; `screener`: all lists, None where nothing in them can be screened for;
    `renewal`: what became of each list, where an earlier version may serve."""

    watch: WatchLists
    screener: Screener | None
    renewal: Renewal | None = None


def open_lists(
    folder: Path, *, cleared: Path | None = None, cache: Path | None = None, now: datetime | None = None
) -> InForce:
    """Read the lists of a folder. `cache` keeps what was read whole: it serves on where a list is damaged, from `now`.

    Raises ListError for the first list that is not whole, where no earlier version of it is kept.
    """
    remembered = Cleared.load(cleared) if cleared else Cleared()
    if cache is not None and now is not None:
        shelf = Shelf(folder, cache)
        renewal = shelf.renew(now)
        if missing := [one for one in renewal.states if one.state == "missing"]:
            raise ListError(missing[0].wrong, where=str(folder), hint="There is no earlier version of it.")
        stale = {one.name for one in renewal.states if one.state == "stale"}
        plain = {name for name, one in shelf.lists.by_name.items() if one.source == "watch"} - stale
        return InForce(WatchLists.load(folder, only=plain), _screener(shelf.lists.by_name, remembered), renewal)
    found, watch = read_folder(folder), set[str]()
    whole: dict[str, NamedList] = {}
    for name, one in found.items():
        if isinstance(one, NamedList):
            whole[name] = one
            watch |= {name} if one.source == "watch" else set()
        elif _of_values(folder, name):
            # Its values are of no kind that can be screened for, and can be compared all the same.
            watch.add(name)
        else:
            raise one
    return InForce(WatchLists.load(folder, only=watch), _screener(whole, remembered))


def _of_values(folder: Path, name: str) -> bool:
    try:
        return name in WatchLists.load(folder, only={name})
    except ListError:
        return False


def _screener(lists: Mapping[str, NamedList], cleared: Cleared) -> Screener | None:
    return Screener(Lists(lists), cleared) if any(one.entries for one in lists.values()) else None
