"""One written word of any script becomes words in Latin letters."""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from tidegate.screening.names.arabic import arabic_words
from tidegate.screening.names.arabic_in_latin import arabic_in_latin
from tidegate.screening.names.east_asian import han_words, hangul_words, kana_words
from tidegate.screening.names.name import Word
from tidegate.screening.names.script import mended, runs

__all__ = ["latin_letters", "words_of"]

# What anyascii writes letter by letter, but is spoken as one: Greek pairs; Thai vowels that stand before their
# consonant are put after it.
GREEK_PAIRS = (("ου", "ού", "ou"), ("ευ", "εύ", "ev"), ("αυ", "αύ", "av"), ("γγ", "", "ng"), ("γκ", "", "gk"),
               ("γχ", "", "nch"), ("μπ", "", "b"), ("χ", "", "ch"))  # fmt: skip
THAI_BEFORE = re.compile("([เแโใไ])([ก-ฮ])")


def latin_letters(text: str) -> str:
    """Any text in a-z and 0-9 only, without blanks, as anyascii reads it."""
    return "".join(c for c in anyascii(text).lower() if c.isascii() and c.isalnum())


@lru_cache(maxsize=1 << 17)
def words_of(written: str, alone: bool = False) -> tuple[Word, ...]:
    """The words that one folded word is made of; empty where no letter can be written in Latin ones.

    `alone`: it is the whole name, so that 王小明 is a family and a given name.
    """
    if written.isascii():
        return arabic_in_latin(Word(written, written))
    words: list[Word] = []
    for piece, script in runs(mended(written)):
        if script == "han":
            pairs = han_words(piece, alone and piece == written)
        elif script == "hangul":
            pairs = hangul_words(piece, alone and piece == written)
        elif script == "kana":
            pairs = kana_words(piece)
        elif script == "arabic":
            pairs = arabic_words(piece)
        elif script == "greek":
            pairs = [(piece, _greek(piece))]
        elif script == "thai":
            pairs = [(piece, latin_letters(THAI_BEFORE.sub(r"\2\1", piece)))]
        else:
            pairs = [(piece, latin_letters(piece))]
        words.extend(Word(part, latin, script) for part, latin in pairs if latin)
    return tuple(words) if len(words) != 1 else arabic_in_latin(words[0])


def _greek(word: str) -> str:
    for plain, accented, latin in GREEK_PAIRS:
        word = word.replace(plain, latin)
        if accented:
            word = word.replace(accented, latin)
    return latin_letters(word)
