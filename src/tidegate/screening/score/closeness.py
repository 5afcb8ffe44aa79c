"""How close two words are: by their letters, and by their consonants where a script leaves the vowels out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from tidegate.screening.score.words import Facts

__all__ = ["closeness", "ratios"]

Floats = NDArray[np.float32]
Numbers = NDArray[np.integer]

# Two words of one letter and of many: an initial agrees, but says less than the word.
INITIAL = 0.8
# A word and its beginning, of four letters and more: "Rahmat" and "Rahmatullah".
BEGINS, BEGINNING = np.float32(0.75), 4
# Words that share fewer of the longer one's letters than this are not compared: they are different.
SHARED_LETTERS = 0.45


def ratios(a: NDArray[np.object_], b: NDArray[np.object_]) -> Floats:
    """For each pair of strings, 1 - optimal string alignment distance / length of the longer; 1 if both are empty."""
    if not len(a):
        return np.zeros(0, np.float32)
    found: Floats = process.cpdist(
        a.tolist(), b.tolist(), scorer=OSA.normalized_similarity, dtype=np.float32, workers=1
    )
    return found


def closeness(facts: Facts, a: Numbers, b: Numbers) -> tuple[Floats, Floats, Floats]:
    """For words numbered `a` and `b`, pair by pair: closeness for aligning, and by letters and by consonants alone.

    Each from 0 (different) to 1 (the same). Where one word is of an abjad, consonants alone decide.
    """
    same = facts.latin[a] == facts.latin[b]
    letters = _of_strings(facts, facts.latin, a, b, same.astype(bool))
    bones = np.where(letters == 1.0, np.float32(1.0), np.float32(0.0))
    short = np.minimum(facts.bone_length[a], facts.bone_length[b])
    abjad = facts.abjad[a] | facts.abjad[b]
    rest = np.flatnonzero((letters < 1.0) & (short > 0) & (abjad | (letters > 0)))
    if len(rest):
        bones[rest] = ratios(facts.bones[a[rest]], facts.bones[b[rest]])
    by_bones = np.where(short >= 2, 0.95, 0.8) * bones
    mixed = 0.6 * letters + 0.4 * np.maximum(letters, np.where(short >= 2, bones, 0.0))
    close = np.where(abjad, np.maximum(letters, by_bones), mixed).astype(np.float32)
    close = np.where((letters > 0) & _begins(facts, a, b), np.maximum(close, BEGINS), close)
    one = np.minimum(facts.length[a], facts.length[b]) == 1
    begins = one & (facts.first[a] == facts.first[b]) & (letters < 1.0)
    close[one & (letters < 1.0)] = 0.0
    close[begins] = INITIAL
    return close, letters, bones


def _begins(facts: Facts, a: Numbers, b: Numbers) -> NDArray[np.bool_]:
    """Whether the shorter word is the beginning of the longer."""
    short = np.minimum(facts.length[a], facts.length[b])
    found = np.zeros(len(a), bool)
    maybe = np.flatnonzero(
        (facts.first[a] == facts.first[b])
        & (short >= BEGINNING)
        & (facts.length[a] != facts.length[b])
        & (
            (facts.letters[a] & facts.letters[b])
            == np.where(facts.length[a] < facts.length[b], facts.letters[a], facts.letters[b])
        )
    )
    left, right = facts.latin[a[maybe]], facts.latin[b[maybe]]
    found[maybe] = [x.startswith(y) or y.startswith(x) for x, y in zip(left, right, strict=True)]
    return found


def _of_strings(facts: Facts, strings: NDArray[np.object_], a: Numbers, b: Numbers, same: NDArray[np.bool_]) -> Floats:
    found = same.astype(np.float32)
    shared = np.bitwise_count(facts.letters[a] & facts.letters[b]).astype(np.float32)
    most = np.maximum(np.bitwise_count(facts.letters[a]), np.bitwise_count(facts.letters[b]))
    rest = np.flatnonzero(~same & (shared >= SHARED_LETTERS * most))
    if len(rest):
        found[rest] = ratios(strings[a[rest]], strings[b[rest]])
    return found
