"""The few names of a list that could be the one at hand: an index of words and of pairs of words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tidegate.screening.names import analyse
from tidegate.screening.readings import LETTERS, Asked, Readings
from tidegate.screening.spellings import Spellings
from tidegate.screening.trigrams import Trigrams

__all__ = ["Candidates"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


RARE = 150  # names that bear a word; it is looked up by itself up to here, beyond it in pairs
WORDS = 12  # words of a name that are paired with all others; those of a longer one with their neighbours
NEIGHBOURS = 3
BLOCK = 1024  # queries that are worked on together
PORTION = 8 * BLOCK  # words that they have, at most
ASKED = 24  # words of a query that are looked up
CUT = 0.3  # of the best score of a query: what lies below is not among its candidates
LISTED = 0.4  # exponent of the listed name in the scale: less than half, as it may have words that a query leaves out
LETTER = 2.0  # weight of an initial
WEAK = 0.35  # of what a query would score with itself: if nothing scores as much, trigrams are compared


class Candidates:
    """Which entries of a list could bear a name, by a cheap score; `find` is made for many names at once.

    `names[i]`: the names of entry i, in any script. Names of the same Latin words in any order count as one, however
    many entries bear it. A word is looked up by itself where few names bear it; where many do ("nguyen", "van",
    "trading"), in a pair with every other word of its name, in any order: nothing is dropped for being frequent. A
    word that the list has otherwise (one slip, the same consonants or sound, joined, split, an initial) counts less.
    """

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        bags: dict[tuple[str, ...], int] = {}
        ordered: list[list[str]] = []
        bearers: list[tuple[int, int]] = []
        for entry, aliases in enumerate(names):
            for alias in aliases:
                words = _words(alias)
                if words:
                    bag = bags.setdefault(tuple(sorted(words)), len(bags))
                    if bag == len(ordered):
                        ordered.append(words + _joined_initials(words))
                    bearers.append((bag, entry))
        self.count = len(names)
        self._bearers = _grouped(np.array(sorted(set(bearers)), np.int64).reshape(-1, 2), len(bags))
        self.spellings = Spellings(word for words in ordered for word in words)
        self._index([self.spellings.with_joined(words) for words in ordered])

    def _index(self, bags: list[list[str]]) -> None:
        keys, ids, key_of = len(self.spellings.keys), self.spellings.ids, self.spellings.key_of
        letters = {letter: keys + at for at, letter in enumerate(LETTERS)}
        self._base = keys + len(LETTERS)
        singles: list[int] = []
        pairs: list[int] = []
        single_owners: list[int] = []
        pair_owners: list[int] = []
        for at, bag in enumerate(bags):
            mine = [int(key_of[ids[word]]) for word in bag]
            singles.extend(set(mine))
            single_owners.extend([at] * len(set(mine)))
            met = _pairs(mine, [letters[word[0]] for word in bag], self._base)
            pairs.extend(met)
            pair_owners.extend([at] * len(met))
        self._pairs, pair_columns = np.unique(np.array([*pairs, -1], np.int64), return_inverse=True)
        own, owners = np.array(singles, np.int64), np.array(single_owners, np.int64)
        rows = np.concatenate([own, keys + pair_columns[:-1]])
        columns = np.concatenate([owners, np.array(pair_owners, np.int64)])
        shape = (keys + len(self._pairs), len(bags))
        self._postings = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
        borne = np.bincount(own, minlength=keys)
        self._rare = np.zeros(self._base, bool)
        self._rare[:keys] = borne <= RARE
        self._weight = np.full(self._base, LETTER, np.float32)
        self._weight[:keys] = np.log1p(len(bags) / np.maximum(borne, 1))
        self._readings = Readings(self.spellings, self._weight, self._rare, float(np.log1p(len(bags))))
        words = np.bincount(owners, minlength=len(bags))
        all_of_it = np.bincount(owners, self._weight[own], len(bags))
        looked_up = np.bincount(owners, self._weight[own] * (self._rare[own] | (words[owners] == 1)), len(bags))
        # What a name scores with itself.
        self._scale = ((looked_up + all_of_it * (words - 1)) ** -LISTED).astype(np.float32)
        spelled = np.array([ids[word] for bag in bags for word in bag], np.int64)
        of_bag = np.repeat(np.arange(len(bags)), [len(bag) for bag in bags])
        shape = (len(bags), len(ids))
        by_words = sparse.csr_matrix((np.ones(len(spelled), np.float32), (of_bag, spelled)), shape=shape)
        self._trigrams = Trigrams(self.spellings.words, by_words)

    def find(self, queries: Sequence[str], top: int = 50) -> tuple[Ints, Ints, Floats]:
        """Offsets (one more than queries), entry numbers and cheap scores, the best first for each query.

        A score is the share of the words' weight that agrees: about 1 where all do. `top` counts different names; all
        entries that bear one come along.
        """
        parts = [
            self._block(words, top)
            for at in range(0, len(queries), BLOCK)
            for words in _portions([_words(query)[:ASKED] for query in queries[at : at + BLOCK]])
        ]
        if not parts:
            return np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32)
        counts, entries, scores = (np.concatenate(column) for column in zip(*parts, strict=True))
        return np.concatenate([[0], np.cumsum(counts)]), entries, scores

    def find_one(self, query: str, top: int = 50) -> list[tuple[int, float]]:
        """Entry numbers and cheap scores for one name, the best first."""
        _, entries, scores = self.find([query], top)
        return list(zip(entries.tolist(), scores.tolist(), strict=True))

    def _block(self, words: list[list[str]], top: int) -> tuple[Ints, Ints, Floats]:
        asked = self._readings.asked(words)
        hits: Any = self._matrix(asked) @ self._postings
        hits.data *= self._scale[hits.indices] * np.repeat(asked.own ** np.float32(LISTED - 1), np.diff(hits.indptr))
        rows, names, scores = _best(hits, top)
        best = np.zeros(len(words), np.float32)
        np.maximum.at(best, rows, scores)
        weak = np.flatnonzero(best < WEAK)
        if len(weak):
            more, more_names, more_scores = _best(hits[weak] + self._trigrams.cosines([words[at] for at in weak]), top)
            strong = best[rows] >= WEAK
            rows = np.concatenate([rows[strong], weak[more]])
            order = np.argsort(rows, kind="stable")
            rows = rows[order]
            names = np.concatenate([names[strong], more_names])[order]
            scores = np.concatenate([scores[strong], more_scores])[order]
        return self._entries(rows, names, scores, len(words))

    def _matrix(self, asked: Asked) -> Any:
        """Queries by keys and pairs: rare keys by themselves, and pairs of readings of different words."""
        rows, keys, sure = asked.rows, asked.keys, asked.sure
        # Where nothing is sure, every reading is paired; where there is but one word, it is looked up if frequent, too.
        sure = sure | (np.bincount(rows[sure], minlength=len(asked.one))[rows] == 0)
        alone = np.flatnonzero(self._rare[keys] | (asked.one[rows] & (keys < len(self.spellings.keys))))
        left, right = _partners(rows, asked.places, sure)
        codes = np.minimum(keys[left], keys[right]) * self._base + np.maximum(keys[left], keys[right])
        at_pair = np.minimum(np.searchsorted(self._pairs, codes), len(self._pairs) - 1)
        met = self._pairs[at_pair] == codes
        left, right, at_pair = left[met], right[met], at_pair[met]
        weights, counts = self._weight[keys], asked.counts
        data = [weights[alone] * counts[alone], (weights[left] + weights[right]) * counts[left] * counts[right]]
        columns = [keys[alone], len(self.spellings.keys) + at_pair]
        where = (np.concatenate([rows[alone], rows[left]]), np.concatenate(columns))
        return sparse.csr_matrix((np.concatenate(data), where), shape=(len(asked.one), self._postings.shape[0]))

    def _entries(self, rows: Ints, names: Ints, scores: Floats, queries: int) -> tuple[Ints, Ints, Floats]:
        starts, entries = self._bearers
        sizes = starts[names + 1] - starts[names]
        where = np.repeat(starts[names] - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
        return np.bincount(np.repeat(rows, sizes), minlength=queries), entries[where], np.repeat(scores, sizes)


def _portions(queries: list[list[str]]) -> list[list[list[str]]]:
    """Queries in portions of bounded work: in halves while they have too many words."""
    if len(queries) < 2 or sum(map(len, queries)) <= PORTION:
        return [queries]
    half = len(queries) // 2
    return _portions(queries[:half]) + _portions(queries[half:])


def _words(text: str) -> list[str]:
    return [word.latin for word in analyse(text).words]


def _joined_initials(words: list[str]) -> list[str]:
    """Runs of initials as one word each: "s", "c", "johnson" -> "sc"."""
    runs = ["".join(run) for single, run in groupby(words, lambda word: len(word) == 1) if single]
    return [run for run in runs if len(run) > 1]


def _pairs(keys: list[int], letters: list[int], base: int) -> set[int]:
    """Codes of the pairs of a name: each two keys, and each key with the initial of each other word."""
    met: set[int] = set()
    reach = len(keys) if len(keys) <= WORDS else NEIGHBOURS
    for at, one in enumerate(keys):
        for other_at in range(at + 1, min(len(keys), at + 1 + reach)):
            other = keys[other_at]
            met.add(min(one, other) * base + max(one, other))
            met.add(one * base + letters[other_at])
            met.add(other * base + letters[at])
    return met


def _partners(rows: Ints, places: Ints, sure: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Indices of two readings of different words of a query, one of them at least sure."""
    sizes = np.bincount(rows) if len(rows) else np.zeros(0, np.int64)
    starts = np.cumsum(sizes) - sizes
    ones = np.flatnonzero(sure)
    reach = sizes[rows[ones]]
    left = np.repeat(ones, reach)
    right = np.repeat(starts[rows[ones]] - (np.cumsum(reach) - reach), reach) + np.arange(reach.sum())
    use = (places[left] != places[right]) & (~sure[right] | (left < right))
    return left[use], right[use]


def _highest(hits: Any) -> Floats:
    """The highest value of each row of a CSR matrix, 0 where there is none."""
    best = np.zeros(hits.shape[0], np.float32)
    filled = np.flatnonzero(np.diff(hits.indptr))
    if len(filled):
        best[filled] = np.maximum.reduceat(hits.data, hits.indptr[filled])
    return best


def _best(hits: Any, top: int) -> tuple[Ints, Ints, Floats]:
    """The `top` highest of each row of a CSR matrix: rows, columns, values; the best first, ties by column."""
    keep = np.flatnonzero(hits.data >= np.repeat(CUT * np.minimum(_highest(hits), 1), np.diff(hits.indptr)))
    rows = np.searchsorted(hits.indptr, keep, "right") - 1
    columns, values = hits.indices[keep].astype(np.int64), hits.data[keep]
    order = np.lexsort((columns, -values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    sizes = np.bincount(rows, minlength=hits.shape[0])
    rank = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return rows[rank < top], columns[rank < top], values[rank < top]


def _grouped(pairs: Ints, groups: int) -> tuple[Ints, Ints]:
    """Sorted rows (group, member) as starts of groups and their members."""
    return np.searchsorted(pairs[:, 0], np.arange(groups + 1)), pairs[:, 1]
