"""One written word of any script becomes words in Latin letters."""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from tidegate.screening.names.arabic import arabic_words
from tidegate.screening.names.east_asian import han_words, hangul_words, kana_words
from tidegate.screening.names.name import Word
from tidegate.screening.names.script import mended, runs

__all__ = ["latin_letters", "words_of"]

# What anyascii writes letter by letter, but is spoken as one: Greek pairs; Thai vowels that stand before their
# consonant are put after it.
GREEK_PAIRS = (("ου", "ού", "ou"), ("ευ", "εύ", "ev"), ("αυ", "αύ", "av"), ("γγ", "", "ng"), ("γκ", "", "gk"),
               ("γχ", "", "nch"), ("μπ", "", "b"), ("χ", "", "ch"))  # fmt: skip
THAI_BEFORE = re.compile("([เแโใไ])([ก-ฮ])")
PREFIXES = re.compile(r"(abd)(ul|el|al|ol|ur|ar|us|as|un|an|ud|ad|uz|az)(?=(.{3,}))")
SERVANT_SUN = {
    "ur": "r",
    "ar": "r",
    "us": "s",
    "as": "s",
    "un": "n",
    "an": "n",
    "ud": "d",
    "ad": "d",
    "uz": "z",
    "az": "z",
}


def latin_letters(text: str) -> str:
    """Any text in a-z and 0-9 only, without blanks, as anyascii reads it."""
    return "".join(c for c in anyascii(text).lower() if c.isascii() and c.isalnum())


@lru_cache(maxsize=1 << 17)
def words_of(written: str, alone: bool = False) -> tuple[Word, ...]:
    """The words that one folded word is made of; empty where no letter can be written in Latin ones.

    `alone`: it is the whole name, so that 王小明 is a family and a given name.
    """
    if written.isascii():
        return _servant(Word(written, written))
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
    return tuple(words) if len(words) != 1 else _servant(words[0])


def _servant(word: Word) -> tuple[Word, ...]:
    """ "Abdulrahman", "Abdurrahman" and "Abdul" are "abd al rahman" and "abd al"; "Abdullah" is one name."""
    latin = word.latin
    if not latin.startswith("abd") or len(latin) < 5 or word.script not in ("latin", "cyrillic"):
        return (word,)
    if latin in ("abdul", "abdel", "abdal", "abdol", "abdoul"):
        return (Word("abd", "abd", word.script), Word(word.written[3:], "al", word.script))
    found = PREFIXES.match(latin)
    if not found or latin[3:] in ("ullah", "allah", "ellah", "ollah", "alla", "ulla"):
        return (word,)
    article, rest = found.group(2), found.group(3)
    if not rest.startswith(SERVANT_SUN.get(article, rest[:1])) or len(word.written) != len(latin):
        return (word,)
    return (
        Word(word.written[:3], "abd", word.script),
        Word(word.written[3:5], "al", word.script),
        Word(word.written[5:], latin[5:], word.script),
    )


def _greek(word: str) -> str:
    for plain, accented, latin in GREEK_PAIRS:
        word = word.replace(plain, latin)
        if accented:
            word = word.replace(accented, latin)
    return latin_letters(word)
