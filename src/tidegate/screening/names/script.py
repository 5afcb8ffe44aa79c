"""The script of a letter, of a word and of a name, and letters of one script that pass for those of another."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["mended", "runs", "script_of"]

# First and last code point; what stands in none of them is "latin" below U+0250 and "other" above.
BLOCKS = (
    (0x0370, 0x03FF, "greek"),
    (0x1F00, 0x1FFF, "greek"),
    (0x0400, 0x052F, "cyrillic"),
    (0x1C80, 0x1C8F, "cyrillic"),
    (0x2DE0, 0x2DFF, "cyrillic"),
    (0xA640, 0xA69F, "cyrillic"),
    (0x0600, 0x06FF, "arabic"),
    (0x0750, 0x077F, "arabic"),
    (0x08A0, 0x08FF, "arabic"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFF, "arabic"),
    (0x0E00, 0x0E7F, "thai"),
    (0x1100, 0x11FF, "hangul"),
    (0xAC00, 0xD7FF, "hangul"),
    (0x3040, 0x30FF, "kana"),
    (0x31F0, 0x31FF, "kana"),
    (0x2E80, 0x2FDF, "han"),
    (0x3005, 0x3007, "han"),
    (0x3400, 0x4DBF, "han"),
    (0x4E00, 0x9FFF, "han"),
    (0xF900, 0xFAFF, "han"),
    (0x20000, 0x3FFFF, "han"),
    (0x0000, 0x024F, "latin"),
    (0x0300, 0x036F, "latin"),
    (0x1E00, 0x1EFF, "latin"),
    (0x2C60, 0x2C7F, "latin"),
    (0xA720, 0xA7FF, "latin"),
)

# Scripts that are written without spaces between words: such a run is a piece of its own.
UNSPACED = frozenset({"han", "kana", "hangul", "thai"})

# Small letters that look like Latin ones (Unicode's confusables, those of everyday alphabets).
CYRILLIC_LOOKS = str.maketrans("асеіјорѕухһԁԛԝкмтвнгь", "aceijopsyxhdqwkmtbhrb")
GREEK_LOOKS = str.maketrans("αβεηικμνορτυχζ", "abehikmvoptuxz")
LATIN_AS_CYRILLIC = str.maketrans("aceijopsyxhkmtb", "асеіјорѕухһкмтв")


@lru_cache(maxsize=4096)
def script_of(letter: str) -> str:
    """The script of one letter: one of the names in `Word.script`; digits count as "latin"."""
    code = ord(letter)
    return next((script for first, last, script in BLOCKS if first <= code <= last), "other")


def runs(word: str) -> list[tuple[str, str]]:
    """The pieces of a word with their scripts: cut only where an unspaced script begins or ends.

    Within a piece of spaced scripts that of most letters counts. Two kinds of kana and Han stay apart.
    """
    pieces: list[tuple[str, str]] = []
    for letter in word:
        script = script_of(letter)
        last = pieces[-1][1] if pieces else ""
        if pieces and (script == last or (script not in UNSPACED and last not in UNSPACED)):
            pieces[-1] = (pieces[-1][0] + letter, last)
        else:
            pieces.append((letter, script))
    return [(piece, script if script in UNSPACED else _most(piece)) for piece, script in pieces]


def mended(word: str) -> str:
    """A word whose letters are of two look-alike scripts, in one of them where that can be told; else as it is.

    A Cyrillic "а" in a Latin word becomes Latin; a Latin "a" in a word that is Cyrillic beyond doubt, Cyrillic.
    """
    scripts = {script_of(letter) for letter in word if letter.isalpha()}
    if len(scripts) < 2 or "latin" not in scripts:
        return word
    for script, looks in (("cyrillic", CYRILLIC_LOOKS), ("greek", GREEK_LOOKS)):
        if script in scripts:
            foreign = {letter for letter in word if script_of(letter) == script}
            if all(ord(letter) in looks for letter in foreign):
                word = word.translate(looks)
            elif script == "cyrillic" and all(
                ord(letter) in LATIN_AS_CYRILLIC for letter in word if letter.isalpha() and letter not in foreign
            ):
                word = word.translate(LATIN_AS_CYRILLIC)
    return word


def _most(piece: str) -> str:
    scripts = [script_of(letter) for letter in piece if letter.isalpha()]
    return max(sorted(set(scripts)), key=scripts.count) if scripts else "latin"
