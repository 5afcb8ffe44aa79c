"""Spelling: texts of any script in one plain form, and whether two words are one word with a slip of the pen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

__all__ = ["COMPARED", "plain", "slip"]

# Characters of a name or address that are compared, as written and in plain form. Real ones are shorter; a hostile one
# is not made into more: a single sign such as U+FDFA is eighteen letters in plain form.
COMPARED = 300

# Letters that Unicode does not take apart into a letter and an accent.
_LETTERS = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ı": "i", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ё": "е"})
# Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic; the vowel signs of other scripts are no accents.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0640\u064b-\u0655\u0670\u200b-\u200f\ufeff]")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")

SHORTEST = 4  # letters of a word that may hold a slip; in shorter ones every letter tells
RARE, TIMES = 3, 20


def plain(text: str) -> str:
    """A text in small letters without accents, with digits 0 to 9; Vietnamese, for one, becomes plain ASCII.

    It is the plain form of the first COMPARED characters, and no longer than so many.
    """
    text = text[:COMPARED]
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_LETTERS)[:COMPARED]
    if bare.isascii():
        return bare
    # Hangul was taken apart as well, and is put together again.
    return _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), unicodedata.normalize("NFC", bare))


def slip(one: str, other: str, times: Mapping[str, int]) -> bool:
    """Whether two different words of SHORTEST letters or more are one edit apart (a letter more, less, wrong, or two
    swapped), and one of them is no word of its own.

    `times` says how often each word occurs among all names (or addresses) of a table. Two words that both occur RARE
    times or more, neither TIMES as often as the other, are two words: Thanh and Khanh are brothers.
    """
    if min(len(one), len(other)) < SHORTEST or not _one_edit(one, other):
        return False
    fewer, more = sorted((times.get(one, 0), times.get(other, 0)))
    return fewer < RARE or more >= TIMES * fewer


def _one_edit(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return len(one) + len(other) <= 1 or len(one) == len(other) == 1 or (len(one) == 2 and one == other[::-1])
