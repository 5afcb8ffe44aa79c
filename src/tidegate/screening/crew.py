"""A crew of screeners side by side, for more parties than one can hold against the lists in time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from typing import ClassVar

import polars as pl

from tidegate.screening.cleared import Cleared
from tidegate.screening.disclosure import DISCLOSED, disclosed
from tidegate.screening.entry import Party
from tidegate.screening.loading import Lists, NamedList
from tidegate.screening.screener import MATCHES, Screener, counts

__all__ = ["BATCH", "FOUND", "Crew", "Orders"]

# Place of the party in its batch, and the match as it may be seen.
FOUND = pl.Schema({"party": MATCHES["party"], **DISCLOSED})
# Parties that one screener takes at a time; for fewer than two such batches a second process costs more than it does.
BATCH = 10_000
# More screeners than this would need more memory than time is worth: each holds the lists.
MOST = 4


@dataclass(frozen=True, slots=True)
class Orders:
    """What a crew is told: lists, what was cleared, the day, what may be seen, and from which probability on."""

    lists: Mapping[str, NamedList]
    cleared: Cleared
    day: date
    level: str = "open"
    threshold: float | None = None


class Crew:
    """Screeners that follow the same orders. `hands`: how many; by default one a core, at most MOST."""

    def __init__(self, orders: Orders, hands: int | None = None) -> None:
        self.orders = orders
        self.hands = min(os.cpu_count() or 1, MOST) if hands is None else hands

    def hold(self, batches: Iterable[Sequence[Party]], *, alone: bool = False) -> Iterator[pl.DataFrame]:
        """Yield the matches of each batch of parties that count on the day, in their order: FOUND.

        `alone`: one screener, in this process.
        """
        if alone or self.hands < 2:
            post = Post(self.orders)
            yield from map(post.hold, batches)
            return
        # Fresh processes: a copy of one in which Polars runs threads could hang.
        pool = ProcessPoolExecutor(self.hands, get_context("spawn"), Post.man, (self.orders,))
        with pool:
            coming: deque[Future[pl.DataFrame]] = deque()
            try:
                for batch in batches:
                    coming.append(pool.submit(Post.work, batch))
                    if len(coming) > self.hands:
                        yield coming.popleft().result()
                while coming:
                    yield coming.popleft().result()
            finally:
                for one in coming:
                    one.cancel()


class Post:
    """One screener with its orders."""

    manned: ClassVar[Post]

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.screener = Screener(Lists(orders.lists), orders.cleared, threshold=orders.threshold)

    @classmethod
    def man(cls, orders: Orders) -> None:
        """Take up work in a process of its own."""
        cls.manned = cls(orders)

    @classmethod
    def work(cls, parties: Sequence[Party]) -> pl.DataFrame:
        """Hold a batch in that process."""
        return cls.manned.hold(parties)

    def hold(self, parties: Sequence[Party]) -> pl.DataFrame:
        """The matches of parties that count on the day: FOUND."""
        found = self.screener.matches(parties).filter(counts(pl.lit(self.orders.day)))
        of: dict[int, list[tuple[int, str]]] = {}
        for party, entry, how in found.select("party", "entry", "how").iter_rows():
            of.setdefault(party, []).append((entry, how))
        rows = [
            {"party": party, **disclosed(match, self.orders.level)}
            for party, several in of.items()
            for match in self.screener.tell(parties[party], several)
        ]
        return pl.DataFrame(rows, FOUND)
