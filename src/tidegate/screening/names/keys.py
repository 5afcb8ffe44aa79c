"""What stays of a Latin word when spelling wavers: its consonants, and its sound."""

from __future__ import annotations

from functools import lru_cache

from tidegate.screening.names.vietnamese import is_syllable

__all__ = ["key", "skeleton", "sound"]

# Spellings of one consonant, longest first: Arabic, Russian, Persian and Hindi names in English, French and German.
CONSONANTS = (
    ("shch", "s"), ("tsch", "c"), ("sch", "s"), ("tch", "c"), ("dzh", "j"), ("dj", "j"), ("kh", "h"), ("gh", "g"),
    ("ch", "s"), ("sh", "s"), ("zh", "j"), ("th", "t"), ("dh", "d"), ("ph", "f"), ("bh", "b"), ("ck", "k"),
    ("ng", "n"), ("nh", "n"), ("ts", "s"), ("tz", "s"), ("ce", "se"), ("ci", "si"), ("cy", "sy"),
)  # fmt: skip
LETTERS = str.maketrans(
    {"c": "k", "q": "k", "g": "k", "z": "s", "v": "f", "x": "ks", "p": "b", "d": "t"} | dict.fromkeys("aeiouwy")
)
SHORTEST = 3  # consonants that make a key by themselves; with fewer, vowels count

# Vowels and initials of one sound: Korean, Chinese and French ways of writing.
SOUNDS = (
    ("yeo", "yo"), ("ou", "o"), ("oo", "o"), ("eo", "o"), ("eu", "o"), ("ee", "i"), ("ae", "e"), ("ai", "e"),
    ("ei", "e"), ("ue", "u"), ("oe", "o"), ("yi", "i"), ("u", "o"), ("y", "i"), ("zh", "j"), ("ch", "j"), ("ts", "j"),
    ("hs", "s"), ("sh", "s"), ("x", "s"), ("q", "k"), ("ck", "k"), ("c", "k"), ("z", "s"), ("rh", "r"), ("kh", "h"),
    ("ph", "f"),
)  # fmt: skip
INITIALS = str.maketrans("gdbrv", "ktplf")

# Short words of Arabic names that are spelled in many ways, and short forms.
SAME = {
    "ibn": "bin", "ben": "bin", "ebn": "bin", "bent": "bint", "abou": "abu", "aboo": "abu", "abi": "abu", "abo": "abu",
    "oum": "umm", "um": "umm", "om": "umm", "ould": "walad", "oulad": "walad", "aal": "al",
    "md": "muhammad", "mohd": "muhammad", "mhd": "muhammad", "muh": "muhammad",
}  # fmt: skip


@lru_cache(maxsize=1 << 17)
def skeleton(word: str) -> str:
    """The consonants of a Latin word, one letter a sound, doubled ones once; digits stay. "muhammad" -> "mhmt".

    What is written with w or y may be a vowel in Arabic and Russian, so neither counts; nor does h at the end.
    """
    for spelling, sound_ in CONSONANTS:
        if spelling in word:
            word = word.replace(spelling, sound_)
    letters = word.translate(LETTERS)
    once = "".join(letter for at, letter in enumerate(letters) if at == 0 or letter != letters[at - 1])
    return once[:-1] if once.endswith("h") and len(once) > 1 else once


@lru_cache(maxsize=1 << 17)
def sound(word: str) -> str:
    """A short word as it is spoken, roughly: "jeong", "jung", "chong" and "jong" are the same."""
    for spelling, spoken in SOUNDS:
        if spelling in word:
            word = word.replace(spelling, spoken)
    word = word[:1].translate(INITIALS) + word[1:]
    return "".join(letter for at, letter in enumerate(word) if at == 0 or letter != word[at - 1])


@lru_cache(maxsize=1 << 17)
def key(word: str) -> str:
    """What words must share to count as one: three consonants and more, in capitals, or all letters of a shorter word.

    All letters count in a Vietnamese syllable as well, where a vowel is half of what there is.
    """
    word = SAME.get(word, word)
    bones = skeleton(word)
    return word if len(bones) < SHORTEST or is_syllable(word, marks=False) or word.isdigit() else bones.upper()
