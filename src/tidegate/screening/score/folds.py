"""Folds of pairs in which nobody is on both sides: who is tested was never learned from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from tidegate.screening.score.pairs import Pair

__all__ = ["folds", "owners"]


def owners(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """Whom the two names of each pair are of: its groups, or else the names, those of one (by the labels) made one."""
    parents: dict[str, str] = {}

    def root(name: str) -> str:
        parents.setdefault(name, name)
        while parents[name] != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    keys = [
        tuple(group or text.casefold() for group, text in zip(pair.groups, (pair.a, pair.b), strict=True))
        for pair in pairs
    ]
    for pair, (a, b) in zip(pairs, keys, strict=True):
        if pair.same:
            parents[root(a)] = root(b)
    return [(root(a), root(b)) for a, b in keys]


def folds(pairs: Sequence[Pair], count: int, seed: int = 0) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(pairs to learn from, pairs to test) `count` times; each pair is tested once.

    The owner of a pair's first name decides its fold; whoever occurs on either side of a tested pair is left out of
    what is learned from.
    """
    of = owners(pairs)
    names = sorted({a for a, _ in of})
    Random(seed).shuffle(names)
    fold = {name: place % count for place, name in enumerate(names)}
    places = np.array([fold[a] for a, _ in of])
    for number in range(count):
        tested = np.flatnonzero(places == number)
        seen = {name for place in tested for name in of[place]}
        learned = np.array([place for place, both in enumerate(of) if not seen.intersection(both)], np.int64)
        yield learned, tested
