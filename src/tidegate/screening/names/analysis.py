"""A name as written becomes a `Name`: folded, cut into words, titles and company forms left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from tidegate.screening.entry import Kind
from tidegate.screening.names.arabic_in_latin import ASSIMILATED
from tidegate.screening.names.company_forms import AMBIGUOUS, FORMS, GLUED
from tidegate.screening.names.name import Name, Word
from tidegate.screening.names.titles import TITLES
from tidegate.screening.names.transliteration import words_of
from tidegate.screening.names.vietnamese import is_syllable
from tidegate.screening.names.vietnamese_typing import PLAIN_FAMILIES, read_typed_name

__all__ = ["LONGEST", "analyse", "analyse_all", "folded"]

LONGEST = 500  # letters of a name that count; work on a longer one is bounded by it

APOSTROPHES = frozenset("'`´’‘‛ʻʼʽʾʿˈ′՚＇")
TATWEEL = "ـ"


class _Letters(dict[int, "str | int"]):
    """What a character becomes in a folded name: itself, a blank, or nothing; worked out at first sight."""

    def __missing__(self, code: int) -> str | int:
        letter = chr(code)
        kind = unicodedata.category(letter)
        becomes: str | int = code
        if letter in APOSTROPHES or letter == TATWEEL or kind in ("Cf", "Cs", "Cn", "Co"):
            becomes = ""
        elif kind[0] not in "LNM":
            becomes = " "
        if code < 0x3000:
            self[code] = becomes
        return becomes


LETTERS = _Letters()
# "SiemensAG", "HoaPhatJSC": a form in capitals, or written as it is, glued to a word in small letters.
GLUED_LATIN = re.compile(r"(?<=[a-zà-ÿ]{3})(GmbH|AG|LLC|LTD|Ltd|INC|Inc|JSC|PLC|TNHH)(?![A-Za-z])")
GLUED_OTHER = re.compile("|".join(sorted(GLUED, key=lambda form: (-len(form), form))))


def folded(text: str) -> str:
    """The first 500 letters of a name: NFKC, small letters, blanks for what is neither letter, digit nor mark.

    Apostrophes vanish, so do controls that change the direction of writing or have no width.
    """
    text = text[:LONGEST]
    if text.isascii():
        return text.lower().translate(LETTERS)
    text = unicodedata.normalize("NFKC", text)[:LONGEST].casefold()
    return unicodedata.normalize("NFC", text).translate(LETTERS)[:LONGEST]


def analyse(text: str, kind: Kind | None = None) -> Name:
    """A name taken apart; see `Name`.

    `kind`: what bears it, if that is known. A person has no company form; a company has no title, and only of a
    company are forms left out that could be a name ("AS", "SA", "Company"). A name that consists of titles
    or forms alone keeps them. Only the first 500 letters count. No text is refused: one without a letter or digit has
    no words.
    """
    forms: tuple[str, ...] = ()
    if kind is not Kind.PERSON:
        text, forms = _unglued(text[:LONGEST])
    parts = folded(ASSIMILATED.sub("al-", text[:LONGEST]) if "-" in text[:LONGEST] else text).split()
    if kind is not Kind.COMPANY:
        parts = read_typed_name(parts)
    alone = len(parts) == 1
    words: list[Word] = []
    for part in parts:
        words.extend(words_of(part, alone))
    words = _joined_allah(words)
    if kind is not Kind.PERSON:
        words, more = _without_forms(words, certain=kind is Kind.COMPANY)
        forms = (*forms, *more)
    if kind is not Kind.COMPANY:
        words = _without_titles(words)
    return Name(text, tuple(words), tuple(sorted(set(forms))), _script(words))


def analyse_all(texts: Iterable[str], kind: Kind | None = None) -> list[Name]:
    """`analyse` of each; equal texts are taken apart once."""
    known: dict[str, Name] = {}
    names: list[Name] = []
    for text in texts:
        name = known.get(text)
        if name is None:
            name = known[text] = analyse(text, kind)
        names.append(name)
    return names


def _unglued(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without forms that stand glued to a word, and these; a text that is nothing else keeps them."""
    if text.isascii():
        return GLUED_LATIN.sub(r" \1", text), ()
    found = GLUED_OTHER.findall(text)
    text = GLUED_LATIN.sub(r" \1", text)
    if not found:
        return text, ()
    rest = GLUED_OTHER.sub(" ", text)
    return (rest, tuple(GLUED[form] for form in found)) if any(c.isalnum() for c in rest) else (text, ())


def _joined_allah(words: list[Word]) -> list[Word]:
    """ "Abd Allah" and "Abd ullah" become the one word that "Abdullah" is."""
    if len(words) < 2 or not any(word.latin == "abd" for word in words):
        return words
    out: list[Word] = []
    for word in words:
        if out and out[-1].latin == "abd" and word.latin in ("allah", "ullah", "alla", "ulla"):
            out[-1] = Word(out[-1].written + word.written, "abdallah", word.script)
        else:
            out.append(word)
    return out


def _without_forms(words: list[Word], certain: bool) -> tuple[list[Word], tuple[str, ...]]:
    """The words without company forms, and their canonical forms; `certain`: ambiguous ones at an end go as well."""
    starts = _form_starts()
    for word in words:
        if word.latin in starts:
            break
    else:
        return words, ()
    forms: list[str] = []
    at = 0
    while at < len(words):
        longest = starts.get(words[at].latin, 0)
        for length in range(min(longest, len(words) - 1, len(words) - at), 0, -1):
            spelled = tuple(word.latin for word in words[at : at + length])
            form = _spellings().get(spelled)
            if form is None:
                continue
            at_end = at == 0 or at + length == len(words)
            if "".join(spelled) in AMBIGUOUS and not (certain and at_end):
                continue
            forms.append(form)
            words = words[:at] + words[at + length :]
            at = -1  # from the beginning: what was in the middle may stand at an end now
            break
        at += 1
    return words, tuple(forms)


def _without_titles(words: list[Word]) -> list[Word]:
    """The words without titles. In a Vietnamese name they stand before the family name only: "Tuấn" and "Anh" are
    given names there, though "Tuan" is a title of the Malays and "Anh" one of the Vietnamese."""
    for word in words:
        if word.latin in TITLES or word.written in TITLES:
            break
    else:
        return words
    lead = next((place for place, word in enumerate(words) if not _is_title(word)), len(words))
    name = words[lead:]
    # "Thị" and "Văn" stand in the middle of a name far more often than before it: of "Ông Thị Thư" the family is Ông.
    if len(name) > 1 and name[0].latin in PLAIN_FAMILIES - {"thi", "van"} and _are_syllables(name):
        return name
    # "Ông" is a family, too, where no other one follows it.
    if len(words) > 1 and _are_syllables(words) and not PLAIN_FAMILIES.isdisjoint((words[0].latin, words[-1].latin)):
        return words
    return [word for word in words if not _is_title(word)] or words


def _is_title(word: Word) -> bool:
    return word.written in TITLES or word.latin in TITLES


def _are_syllables(words: list[Word]) -> bool:
    return all(is_syllable(word.latin, marks=False) for word in words)


def _script(words: list[Word]) -> str:
    if not words:
        return "latin"
    letters: dict[str, int] = {}
    for word in words:
        letters[word.script] = letters.get(word.script, 0) + len(word.written)
    return max(sorted(letters), key=lambda script: letters[script])


@lru_cache(maxsize=1)
def _spellings() -> dict[tuple[str, ...], str]:
    """The words of each spelling in Latin letters -> canonical form; short ones also letter by letter ("s a r l")."""
    spellings: dict[tuple[str, ...], str] = {}
    for form, texts in FORMS.items():
        for text in texts.split(";"):
            words = tuple(word.latin for part in folded(text).split() for word in words_of(part))
            spellings.setdefault(words, form)
            if len(words) == 1 and 2 <= len(words[0]) <= 5:
                spellings.setdefault(tuple(words[0]), form)
    return spellings


@lru_cache(maxsize=1)
def _form_starts() -> dict[str, int]:
    """The first word of each spelling -> how many words the longest that begins so has."""
    starts: dict[str, int] = {}
    for words in _spellings():
        starts[words[0]] = max(starts.get(words[0], 0), len(words))
    return starts
