"""The words of a list, and which of them a word that somebody wrote could be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from tidegate.screening.names.keys import key, sound

__all__ = ["NEAR", "Spellings"]

# What a word of the list counts that is not the one asked for, but one slip away from it or of the same sound: for a
# word that the list does not have, and for one that it has.
NEAR = 0.6
NEAR_KNOWN = 0.3
WRITTEN_SHORT = 0.4  # what an initial of the list counts for a word that begins so
SAME_BONES = 0.8  # a word that the list lacks, for those of the same consonants
OFTEN = 0.004  # of all words: one so frequent is written right, and not looked for otherwise
FEW = 50
THREE = 9  # letters of a word that may be three
PARTS = 8  # words that a joined one is taken for, at most
SHORTEST = 2  # letters of a word in which a slip is looked for
LONGEST = 24  # letters beyond which words are compared by their beginning
FACTOR = np.uint64(0x9E3779B97F4A7C15)


class Spellings:
    """The vocabulary of a list: words, their keys, and a table of words with one letter left out.

    Two words are one slip apart (a letter more, less, other, or two exchanged) only if they are equal after one letter
    at most is left out of either (the symmetric deletes of Garbe, 2012); the rest is checked letter by letter.
    """

    def __init__(self, words: Iterable[str]) -> None:
        borne = Counter(words)
        self.words = sorted(borne)
        often = max(FEW, OFTEN * sum(borne.values()))
        self._frequent = {word for word, times in borne.items() if times > often}
        self.keys: dict[str, int] = {}
        self.key_of = np.array([self.keys.setdefault(key(word), len(self.keys)) for word in self.words], np.int32)
        self.ids = {word: at for at, word in enumerate(self.words)}
        self._sounds: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            self._sounds.setdefault(sound(word), []).append(at)
        hashes, owners = _shortened(self.words)
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._owners = hashes[order], owners[order]

    def near(self, words: list[str]) -> list[dict[int, float]]:
        """For each word the keys that it could stand for, and what each counts; the word's own key is the first."""
        found: list[dict[int, float]] = []
        for word, others in zip(words, self._slips(words), strict=True):
            known = word in self.ids
            own = self.keys.get(key(word))
            keys: dict[int, float] = {} if own is None else {own: 1.0 if known else SAME_BONES}
            if word not in self._frequent:
                for at in (*others, *self._sounds.get(sound(word), ())):
                    keys.setdefault(int(self.key_of[at]), NEAR_KNOWN if known else NEAR)
            if len(word) > 1 and word[0] in self.keys:
                keys.setdefault(self.keys[word[0]], WRITTEN_SHORT)
            found.append(keys)
        return found

    def with_joined(self, words: list[str]) -> list[str]:
        """The words, and those of the list that two or three that follow one another become when they are joined."""
        ids = self.ids
        joined = [a + b for a, b in pairwise(words) if a + b in ids]
        if len(words) > 2:
            joined += [a + b + c for a, b, c in zip(words, words[1:], words[2:], strict=False) if a + b + c in ids]
        return words + joined if joined else words

    def split(self, word: str, alone: bool) -> list[str]:
        """Words of the list that a word may have been joined from, two or, where no two are, three of them.

        "nguyenvan" -> nguyen, van; all ways to part it count, since "khacanh" is khac, anh as well as kha, canh. A word
        that does not stand `alone`, but is near another of the list, must have a frequent one as a part.
        """
        ids = self.ids
        parts: list[str] = []
        for first in range(2, len(word) - 1):
            one, two = word[:first], word[first:]
            if one in ids and two in ids and (alone or one in self._frequent or two in self._frequent):
                parts += (one, two)
        for first in range(2, len(word) - 4) if alone and not parts and len(word) >= THREE else ():
            if word[:first] in ids:
                for second in range(first + 2, len(word) - 1):
                    if word[first:second] in ids and word[second:] in ids:
                        parts += (word[:first], word[first:second], word[second:])
        return list(dict.fromkeys(parts))[:PARTS]

    def _slips(self, words: list[str]) -> list[list[int]]:
        """For each word the ids of those of the list that are one slip away."""
        hashes, owners = _shortened(words)
        first = np.searchsorted(self._hashes, hashes, "left")
        sizes = np.searchsorted(self._hashes, hashes, "right") - first
        asked = np.repeat(owners, sizes)
        other = self._owners[np.repeat(first - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())]
        pairs = np.unique(asked.astype(np.int64) * len(self.words) + other)
        asked, other = np.divmod(pairs, len(self.words)) if len(self.words) else (asked, other)
        ones, others = [words[at] for at in asked], [self.words[at] for at in other]
        near = cpdist(ones, others, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8) == 1
        slips: list[list[int]] = [[] for _ in words]
        for word, at in zip(asked[near].tolist(), other[near].tolist(), strict=True):
            slips[word].append(at)
        return slips


def _shortened(words: list[str]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Hashes of each word and of it with one letter left out, and whose they are."""
    lengths = np.array([min(len(word), LONGEST) for word in words], np.int64)
    letters = np.zeros((len(words), LONGEST + 1), np.uint64)
    packed = np.frombuffer("".join(word[:LONGEST].ljust(LONGEST + 1, "\0") for word in words).encode("ascii"), np.uint8)
    letters[:] = packed.reshape(-1, LONGEST + 1)
    powers = np.cumprod(np.full(LONGEST + 1, FACTOR), dtype=np.uint64)
    # A letter counts its code times a power of its place: leaving one out shifts the places of those after it.
    here = np.cumsum(letters * powers, axis=1, dtype=np.uint64)
    shifted = np.cumsum(letters[:, 1:] * powers[:-1], axis=1, dtype=np.uint64)
    # What stands before the place left out, and the letters after it, each one place to the left.
    left_out = np.zeros((len(words), LONGEST), np.uint64)
    left_out[:, 1:] = here[:, : LONGEST - 1] - shifted[:, : LONGEST - 1]
    left_out += shifted[:, -1:]
    rows, places = np.nonzero((np.arange(LONGEST) < lengths[:, None]) & (lengths >= SHORTEST)[:, None])
    owners = np.concatenate([np.arange(len(words)), rows]).astype(np.int32)
    return np.concatenate([here[:, -1], left_out[rows, places]]), owners
