"""Which word of one name answers which word of the other: in any order, joined or split, each at most once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from tidegate.screening.score.closeness import closeness, ratios
from tidegate.screening.score.words import Bags, Facts

__all__ = ["LOOSE", "Aligned", "align"]

Floats = NDArray[np.float32]

# Words less close than this are not held against each other at all: both are left over.
LOOSE = 0.3
# Of equally close words, those at the same place are preferred.
PLACE = 1e-3
# A joined word counts if it is this close to the words it joins; no more than so many words are joined.
JOINED = 0.82
MOST_JOINED = 4


@dataclass(frozen=True, slots=True)
class Aligned:
    """Pairs of names, word by word: n pairs, at most w words of a, at most v of b.

    `a`, `b`: (n, w) and (n, v) numbers of words, -1 for none; `partner`: (n, w) place in b, -1 for none; `close`,
    `letters`, `bones`: (n, w) closeness of the partners, 0 for none; `free_a`, `free_b`: words that have no partner,
    those that were joined with a neighbour left out; `joins`: (n,) how many words were joined."""

    a: NDArray[np.int32]
    b: NDArray[np.int32]
    partner: NDArray[np.int64]
    close: Floats
    letters: Floats
    bones: Floats
    free_a: NDArray[np.bool_]
    free_b: NDArray[np.bool_]
    joins: NDArray[np.int32]


def align(facts: Facts, left: Bags, right: Bags, i: NDArray[np.integer], j: NDArray[np.integer]) -> Aligned:
    """Align name i[k] of `left` with name j[k] of `right`, for every k: the closest words first."""
    width = max(int(left.counts[i].max(initial=1)), 1)
    height = max(int(right.counts[j].max(initial=1)), 1)
    a, b = left.words[i][:, :width], right.words[j][:, :height]
    close, letters, bones = _matrices(facts, a, b)
    gone_a, gone_b = np.zeros(a.shape, bool), np.zeros(b.shape, bool)
    _join(facts, a, b, (close, letters, bones), gone_a)
    turned = tuple(matrix.transpose(0, 2, 1) for matrix in (close, letters, bones))
    _join(facts, b, a, turned, gone_b)
    joins = gone_a.sum(1) + gone_b.sum(1)
    partner = _assign(close, a, b)
    at = np.maximum(partner, 0)[:, :, None]
    paired = partner >= 0
    chosen = [
        np.where(paired, np.take_along_axis(one, at, 2)[:, :, 0], np.float32(0)) for one in (close, letters, bones)
    ]
    free_b = (b >= 0) & ~gone_b
    rows, places = np.nonzero(paired)
    free_b[rows, partner[rows, places]] = False
    free_a = (a >= 0) & ~gone_a & ~paired
    return Aligned(a, b, partner, chosen[0], chosen[1], chosen[2], free_a, free_b, joins.astype(np.int32))


def _matrices(facts: Facts, a: NDArray[np.int32], b: NDArray[np.int32]) -> tuple[Floats, Floats, Floats]:
    """Closeness of every word of a to every word of b, (n, w, v) each, every distinct pair of words compared once."""
    size = len(facts.length)
    codes = a[:, :, None].astype(np.int64) * size + b[:, None, :]
    there = (a[:, :, None] >= 0) & (b[:, None, :] >= 0)
    distinct, back = np.unique(codes[there], return_inverse=True)
    values = closeness(facts, distinct // size, distinct % size) if len(distinct) else (np.zeros(0, np.float32),) * 3
    matrices = []
    for value in values:
        matrix = np.zeros(there.shape, np.float32)
        matrix[there] = value[back]
        matrices.append(matrix)
    return matrices[0], matrices[1], matrices[2]


def _join(
    facts: Facts, a: NDArray[np.int32], b: NDArray[np.int32], matrices: tuple[Floats, ...], gone: NDArray[np.bool_]
) -> None:
    """Where words of a side by side, written as one, are a word of b: let the first of them stand for all, in place."""
    close = matrices[0]
    lengths = np.where(a >= 0, facts.length[a], 0)
    for size in range(min(MOST_JOINED, a.shape[1]), 1, -1):
        last = a.shape[1] - size + 1
        total = reduce(add, (lengths[:, k : last + k] for k in range(size)))
        whole = (a[:, :last] >= 0) & (a[:, size - 1 :] >= 0)
        fits = (
            whole[:, :, None]
            & (b[:, None, :] >= 0)
            & (np.abs(total[:, :, None] - facts.length[b][:, None, :]) <= 1)
            & (facts.first[a[:, :last]][:, :, None] == facts.first[b][:, None, :])
            & (close[:, :last] < JOINED)
        )
        rows, starts, places = np.nonzero(fits)
        if not len(rows):
            continue
        parts = [facts.latin[a[rows, starts + k]] for k in range(size)]
        one = np.array(["".join(words) for words in zip(*parts, strict=True)], object)
        ratio = ratios(one, facts.latin[b[rows, places]])
        for k in np.flatnonzero(ratio >= JOINED):
            row, start, place = rows[k], starts[k], places[k]
            if gone[row, start : start + size].any() or close[row, start, place] >= ratio[k]:
                continue
            gone[row, start + 1 : start + size] = True
            for matrix in matrices:
                matrix[row, start : start + size] = 0.0
                matrix[row, :, place] = 0.0
                matrix[row, start, place] = ratio[k]


def _assign(close: Floats, a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.int64]:
    """For each word of a the place of its partner in b, or -1: again and again the closest two that are free."""
    n, w, v = close.shape
    near = np.arange(w)[:, None] == np.arange(v)
    left = np.where(close >= LOOSE, close + np.float32(PLACE) * near, 0.0).astype(np.float32)
    partner = np.full((n, w), -1, np.int64)
    active = np.arange(n)
    for _ in range(min(w, v)):
        flat = left.reshape(len(active), w * v)
        best = flat.argmax(1)
        good = flat[np.arange(len(active)), best] > 0.0
        active, left, best = active[good], left[good], best[good]
        if not len(active):
            break
        rows = np.arange(len(active))
        partner[active, best // v] = best % v
        left[rows, best // v, :] = 0.0
        left[rows, :, best % v] = 0.0
    return partner
