"""Arabic names in Latin letters: what is written together in a dozen ways comes apart in one."""

from __future__ import annotations

import re

from tidegate.screening.names.name import Word

__all__ = ["ASSIMILATED", "arabic_in_latin"]

# The article as it is spoken before some letters: "ar-Rahman", "ash-Sha", "Ed-Din".
ASSIMILATED = re.compile(r"\b[ae](sh|dh|th|[dnrstz])-(?=\1)", re.IGNORECASE)
ARTICLES = frozenset({"el", "ul", "ur", "ud"})
SERVANTS = frozenset({"abdul", "abdel", "abdal", "abdol", "abdoul"})
# "Abdulrahman", "Abdurrahman": servant, article (with the sound of the next letter), attribute.
SERVANT = re.compile(r"abd(?:(?:[aeo]l|ou?l|ul)(?=.{3})|[aeou]([rsndtz])(?=\1.{2}))")
# "Jalaluddin", "Nooreddine": the religion's; "Hidayatullah": God's.
RELIGION = re.compile(r"(?<=.{3})[aeiou]d(?=dine?$)")
GOD = re.compile(r"(?<=.{3})(?:[uo]l+ah|[ae]ll+ah|[uo]lla)$")


def arabic_in_latin(word: Word) -> tuple[Word, ...]:
    """The words that one word is made of: "abdulrahman" -> abd, al, rahman; "jalaluddin" -> jalal, al, din;
    "hidayatullah" -> hidayat, allah; "el" -> al."""
    latin, script = word.latin, word.script
    if script not in ("latin", "cyrillic"):
        return (word,)
    if latin in ARTICLES:
        return (Word(word.written, "al", script),)
    if len(latin) < 5 or len(word.written) != len(latin):
        return (word,)
    if latin in SERVANTS:
        return Word(word.written[:3], "abd", script), Word(word.written[3:], "al", script)
    found = SERVANT.match(latin)
    if found and not GOD.search("xxx" + latin[3:]):
        return _apart(word, (3, "abd"), (found.end(), "al"), (len(latin), latin[found.end() :]))
    found = RELIGION.search(latin)
    if found:
        return _apart(word, (found.start(), latin[: found.start()]), (found.end(), "al"), (len(latin), "din"))
    found = GOD.search(latin)
    if found:
        return _apart(word, (found.start(), latin[: found.start()]), (len(latin), "allah"))
    return (word,)


def _apart(word: Word, *ends: tuple[int, str]) -> tuple[Word, ...]:
    parts, start = [], 0
    for end, latin in ends:
        parts.append(Word(word.written[start:end], latin, word.script))
        start = end
    return tuple(parts)
