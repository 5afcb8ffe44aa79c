"""Names of people and firms: their words, and whether two names are one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from tidegate.intake.parcels.spelling import plain, slip

__all__ = ["Name", "name", "same_name"]

# The words of a name in the order in which they are written.
Name = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+")
# Forms of address that may stand before a name. The Vietnamese ones are names too, so three words must follow.
_BEFORE = "mr mrs ms miss mx dr prof sir madam mme mlle monsieur madame herr frau sr sra senor senora"
_TITLES = frozenset(_BEFORE.split())
_VIETNAMESE = frozenset(["ong", "ba", "anh", "chi", "co", "chu", "bac", "em"])
# What stands between family and given name, and is often left out.
_MIDDLE = frozenset(["van", "thi", "bin", "binti", "de", "da", "dos", "del", "la", "al", "el", "von"])

_MOST_WORDS = 16  # of a name
_MOST_APART = 4  # words of two names that may differ at all: one for another, and a middle name on each side


def name(text: str) -> Name:
    """The words of a name without accents, case, punctuation and title; () for a text without letters."""
    words = _WORD.findall(plain(text))
    while len(words) > 2 and (words[0] in _TITLES or (words[0] in _VIETNAMESE and len(words) > 3)):
        del words[0]
    return tuple(words[:_MOST_WORDS])


def same_name(one: Name, other: Name, times: Mapping[str, int]) -> bool:
    """Whether two names are one: in any order of words, with slips (see `slip`), initials, or a middle name left out.

    Names that share no word are one only when they are the same letters: "Nguyen Van An", "NguyenVanAn".
    """
    apart = len(set(one) ^ set(other))
    if apart == 0 and sorted(one) == sorted(other):
        return True
    if apart > _MOST_APART:
        return "".join(one) == "".join(other)
    common = sum((Counter(one) & Counter(other)).values())
    here, there = _less(one, other), _less(other, one)
    if len(here) != len(there):
        longer = here if len(here) > len(there) else there
        for word in [word for word in longer if word in _MIDDLE][: abs(len(here) - len(there))]:
            longer.remove(word)
    if common < 2:
        if "".join(one) == "".join(other):
            return True
        return common == 1 and len(here) == len(there) == 1 and slip(here[0], there[0], times)
    if "".join(here) == "".join(there):
        return True
    if not here or not there:
        return common >= 3 and len(here) + len(there) == 1
    return len(here) == len(there) == 1 and (_initial(here[0], there[0]) or slip(here[0], there[0], times))


def _less(words: Name, others: Name) -> list[str]:
    """The words that the others lack, in order."""
    rest, left = Counter(others), []
    for word in words:
        if rest[word]:
            rest[word] -= 1
        else:
            left.append(word)
    return left


def _initial(one: str, other: str) -> bool:
    return (len(one) == 1 or len(other) == 1) and one[0] == other[0]
