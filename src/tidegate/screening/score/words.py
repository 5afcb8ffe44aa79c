"""The words of many names as numbers: each distinct word is known once, with what can be compared about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.screening.names import Name, Word
from tidegate.screening.names.vietnamese import is_syllable
from tidegate.screening.score.rarity import rarity

__all__ = ["MOST_WORDS", "Bags", "Facts", "Vocabulary", "skeleton"]

# Words of a name beyond this many are not looked at.
MOST_WORDS = 12

# What one sound is written as, in the order it is replaced; the right side stands for the sound only.
SOUNDS = (
    ("sch", "x"), ("tch", "x"), ("sh", "x"), ("ch", "x"), ("kh", "k"), ("gh", "g"), ("ph", "f"), ("th", "t"),
    ("dh", "d"), ("zh", "j"), ("dj", "j"), ("ts", "s"), ("tz", "s"), ("ck", "k"), ("q", "k"), ("c", "k"), ("z", "s"),
    ("v", "f"), ("p", "b"),
)  # fmt: skip
# Vowels, and the letters that Arabic, Persian and Hebrew use for vowels as well (w, y) or leave out (a final h).
VOWELS = re.compile(r"(?<!^)h$|[aeiouwy]")
DOUBLED = re.compile(r"(.)\1+")
OTHERS = re.compile(r"[^a-z0-9]")

# Scripts that leave short vowels out: only consonants can be compared with them.
ABJADS = frozenset({"arabic", "hebrew"})


def skeleton(latin: str) -> str:
    """The consonants of a word by sound: "mohammed" and "mhmd" give "mhmd", "hussein" and "hsyn" give "hsn"."""
    text = OTHERS.sub("", latin)
    for written, sound in SOUNDS:
        text = text.replace(written, sound)
    return DOUBLED.sub(r"\1", VOWELS.sub("", text))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of each word, by its number. Strings as object arrays; `letters` has a bit for each letter that
    occurs, `first` is the code of the first; `known` says that several bear the word; `syllable` that it is one of
    Vietnamese, marks aside; `marked` that it carries marks; `spelling` numbers the way it is written, marks and all."""

    latin: NDArray[np.object_]
    bones: NDArray[np.object_]
    length: NDArray[np.int32]
    bone_length: NDArray[np.int32]
    letters: NDArray[np.uint64]
    first: NDArray[np.int32]
    rarity: NDArray[np.float32]
    known: NDArray[np.bool_]
    syllable: NDArray[np.bool_]
    marked: NDArray[np.bool_]
    abjad: NDArray[np.bool_]
    digits: NDArray[np.bool_]
    spelling: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Bags:
    """Names as rows. `words`: (n, most words of one) numbers of words, -1 where there is none; `counts`: how many;
    `joined` and `bones`: all latin letters of each name, and all its consonants; `forms`: its company forms."""

    words: NDArray[np.int32]
    counts: NDArray[np.int32]
    joined: NDArray[np.object_]
    bones: NDArray[np.object_]
    forms: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.words)


class Vocabulary:
    """Every distinct word seen, with a number. It grows as names are added: one thread at a time.

    `bearers`: latin word -> how many of 10,000 names bear it (see rarity.py); other words count as rare.
    """

    def __init__(self, bearers: Mapping[str, float]) -> None:
        self._bearers = bearers
        self._numbers: dict[Word, int] = {}
        self._spellings: dict[str, int] = {}
        self._rows: list[tuple[object, ...]] = []
        self._facts: Facts | None = None

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, word: Word) -> int:
        """The number of a word, given to it when it is first seen."""
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self._rows)
            self._rows.append(self._describe(word))
        return number

    def _describe(self, word: Word) -> tuple[object, ...]:
        latin, bones = word.latin, skeleton(word.latin)
        share = self._bearers.get(latin, 0.0)
        letters = sum(1 << (ord(letter) % 64) for letter in set(latin))
        marked = word.script == "latin" and word.written != latin
        spelling = self._spellings.setdefault(word.written, len(self._spellings))
        digits = any(letter.isdigit() for letter in latin)
        first = ord(latin[0]) if latin else 0
        abjad = word.script in ABJADS
        syllable = word.script == "latin" and is_syllable(latin, marks=False)
        sizes = len(latin), len(bones), letters, first
        return latin, bones, *sizes, rarity(share), share > 0.0, syllable, marked, abjad, digits, spelling

    @property
    def facts(self) -> Facts:
        """What is known of the words numbered so far."""
        old = self._facts
        done = 0 if old is None else len(old.length)
        if old is None or done < len(self._rows):
            kinds = (object, object, np.int32, np.int32, np.uint64, np.int32, np.float32, *(bool,) * 5, np.int32)
            columns = zip(*self._rows[done:], strict=True) if self._rows else ((),) * len(kinds)
            new = [np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
            if old is not None:
                names = Facts.__slots__
                new = [np.concatenate([getattr(old, name), part]) for name, part in zip(names, new, strict=True)]
            old = self._facts = Facts(*new)
        return old

    def bags(self, names: Sequence[Name]) -> Bags:
        """Names as rows of numbers of words."""
        rows = [[self.number(word) for word in name.words[:MOST_WORDS]] for name in names]
        counts = np.array([len(row) for row in rows], np.int32)
        words = np.full((len(rows), max(int(counts.max(initial=0)), 1)), -1, np.int32)
        words[np.arange(words.shape[1]) < counts[:, None]] = [number for row in rows for number in row]
        joined, bones = np.empty(len(rows), object), np.empty(len(rows), object)
        for place, row in enumerate(rows):
            joined[place] = "".join([self._rows[number][0] for number in row])  # type: ignore[misc]
            bones[place] = "".join([self._rows[number][1] for number in row])  # type: ignore[misc]
        return Bags(words, counts, joined, bones, tuple(name.forms for name in names))
