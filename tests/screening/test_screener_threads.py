"""One screener serves any number of threads, and says in each what it says in one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from tidegate.screening import Entry, Kind, Lists, NamedList, Party, Screener
from tidegate.screening.lists.source import Loaded
from tidegate.screening.names.vietnamese_people import people

DAY = date(2026, 3, 1)


def listed() -> Lists:
    names = [name for name, _ in people(300, 11)]
    entries = tuple(Entry("made-up", f"E{place}", Kind.PERSON, names=(name,)) for place, name in enumerate(names))
    return Lists({"made-up": NamedList.of("made-up", "mapped", Loaded(entries, (), 0))})


def test_threads_get_what_one_thread_gets() -> None:
    asked = [Party(name, Kind.PERSON) for name, _ in people(60, 11)] + [Party(name) for name, _ in people(60, 12)]
    alone = Screener(listed())
    expected = [[(one.entry.source_id, one.probability) for one in alone.screen(party, DAY)] for party in asked]
    shared = Screener(listed())
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda party: shared.screen(party, DAY), asked * 3))
    assert [[(one.entry.source_id, one.probability) for one in each] for each in found] == expected * 3
    assert any(expected)
