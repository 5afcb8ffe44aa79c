"""Pairs of names whose label is right by construction: a made-up name and another way to write it, or another name."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from tidegate.screening.entry import Kind
from tidegate.screening.names.vietnamese import plain
from tidegate.screening.names.vietnamese_people import families, givens, middles
from tidegate.screening.score.invented import LEGAL_ABROAD, PROPER, Company, Person, company, person

__all__ = ["Pair", "companies", "people", "telex", "typo"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names and whether they are one's. `set`: where the pair is from; `how`: what was done to it; `groups`: whom
    each side names, for folds that keep one entity on one side."""

    set: str
    kind: Kind
    a: str
    b: str
    same: bool
    how: str = ""
    groups: tuple[str, str] = ("", "")


# What a mark is typed as: after the letter (shape) and at the end of the word (tone).
TELEX_SHAPE = {"\u0306": "w", "\u031b": "w"}
TELEX_TONE = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}


def telex(text: str) -> str:
    """Vietnamese as it stands where the keyboard was not switched: "Đỗ Hùng" gives "DDoox Hungf"."""
    return " ".join(_telex(word) for word in text.split())


def _telex(word: str) -> str:
    typed, tone = "", ""
    for letter in unicodedata.normalize("NFD", word.replace("Đ", "DD").replace("đ", "dd")):
        if letter == "\u0302":
            typed += typed[-1].lower()
        elif letter in TELEX_TONE:
            tone = TELEX_TONE[letter]
        else:
            typed += TELEX_SHAPE.get(letter, letter)
    return typed + tone


# Neighbours on the keyboard, row by row.
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def typo(word: str, draw: Random) -> str:
    """A word with one slip: two letters swapped, one dropped, doubled, or its neighbour struck."""
    at = draw.randrange(1, len(word)) if len(word) > 1 else 0
    slip = draw.choice(("swap", "drop", "double", "neighbour"))
    if slip == "swap" and len(word) > 2:
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if slip == "drop" and len(word) > 2:
        return word[:at] + word[at + 1 :]
    if slip == "neighbour":
        row = next((row for row in ROWS if word[at] in row), word[at])
        place = row.index(word[at])
        return word[:at] + row[place - 1 if place else min(1, len(row) - 1)] + word[at + 1 :]
    return word[: at + 1] + word[at] + word[at + 1 :]


BORNE = frozenset(
    plain(word).lower()
    for words in (PROPER.split(), families(), *(parts(sex) for parts in (middles, givens) for sex in "fm"))
    for word in words
)


def slipped(text: str, draw: Random) -> str:
    """A name without marks, in small letters, with a slip in one word that does not make it another's name."""
    words = plain(text).lower().split()
    for _ in range(20):
        at = draw.randrange(len(words))
        wrong = typo(words[at], draw)
        if wrong != words[at] and wrong not in BORNE:
            return " ".join([*words[:at], wrong, *words[at + 1 :]])
    return " ".join(words)


def _order(one: Person, draw: Random) -> str:
    ways = (
        f"{one.given} {one.family} {one.middle}",
        f"{one.middle} {one.given} {one.family}",
        f"{one.given} {one.middle} {one.family}",
    )
    return draw.choice((str, plain))(draw.choice(ways)).strip()


def _joined(one: Person, draw: Random) -> str:
    ways = (
        str(one).replace(" ", ""),
        f"{one.family} {one.middle}{one.given.lower()}",
        f"{one.family}{one.middle.lower()} {one.given}",
    )
    return plain(draw.choice(ways))


def _initial(one: Person, draw: Random) -> str:
    return draw.choice((str, plain))(
        f"{one.family} {' '.join(word[0] + '.' for word in one.middle.split())} {one.given}"
    )


# Ways to write one person's name.
SAME: dict[str, Callable[[Person, Random], str]] = {
    "as written": lambda one, draw: draw.choice((str.upper, str.lower, str))(str(one)),
    "without marks": lambda one, draw: draw.choice((str.upper, str))(plain(str(one))),
    "telex": lambda one, draw: telex(str(one)),
    "typo": lambda one, draw: slipped(str(one), draw),
    "order": _order,
    "joined": _joined,
    "middle left out": lambda one, draw: draw.choice((str, plain))(f"{one.family} {one.given}"),
    "initials": _initial,
}

# Syllables that are spoken alike in the north, or the south.
SOUNDS = (("S", "X"), ("Tr", "Ch"), ("Gi", "D"), ("L", "N"), ("V", "D"))


def _sound_alike(given: str) -> str | None:
    for one, other in SOUNDS:
        for here, there in ((one, other), (other, one)):
            if given.startswith(here) and not given.startswith(here + "h"):
                return there + given[len(here) :]
    return None


def _another(word: str, words: Iterable[str], draw: Random) -> str:
    return draw.choice([other.title() for other in words if plain(other) != plain(word.lower())])


def _others(one: Person, draw: Random) -> Iterator[tuple[str, Person]]:
    """People who are somebody else, each with what is other about them."""
    given = [name.title() for name in givens(one.sex)]
    yield "another given name", replace(one, given=_another(one.given, givens(one.sex), draw))
    near = sorted(given, key=lambda other: (_apart(plain(one.given).lower(), plain(other).lower()), draw.random()))
    yield (
        "another given name, near",
        replace(one, given=next(other for other in near if plain(other) != plain(one.given))),
    )
    yield "another family name", replace(one, family=_another(one.family, families(), draw))
    yield (
        "another middle and given name",
        replace(
            one,
            middle=_another(one.middle, middles(one.sex), draw),
            given=_another(one.given, givens(one.sex), draw),
        ),
    )
    alike = _sound_alike(one.given)
    if alike and plain(alike) != plain(one.given):
        yield "same sound", replace(one, given=alike)
    marked = [other for other in given if plain(other) == plain(one.given) and other != one.given]
    if marked:
        yield "other marks", replace(one, given=draw.choice(marked))


def _apart(a: str, b: str) -> int:
    """A rough distance for choosing near names: letters of one that the other lacks, both ways."""
    return len(set(a) ^ set(b)) + abs(len(a) - len(b))


def people(count: int, seed: int, ways: int = 2) -> Iterator[Pair]:
    """Pairs about `count` made-up people: `ways` ways to write each one's name, and everyone else made from them."""
    draw = Random(seed)
    for number in range(count):
        one = person(draw)
        group = f"person {seed}/{number}"
        for how in draw.sample(sorted(SAME), ways):
            yield Pair("vietnamese", Kind.PERSON, SAME[how](one, draw), str(one), True, how, (group, group))
        for how, other in _others(one, draw):
            # What differs by marks alone is only told apart where marks are written.
            write = str if how == "other marks" else draw.choice((str, plain))
            yield Pair("vietnamese", Kind.PERSON, write(str(other)), str(one), False, how, (group, group))


def _abroad(one: Company, draw: Random) -> str:
    return f"{plain(one.proper)} {plain(one.trade)} {draw.choice(LEGAL_ABROAD[one.form])}".replace("  ", " ")


SAME_COMPANY: dict[str, Callable[[Company, Random], str]] = {
    "without marks": lambda one, draw: draw.choice((str.upper, str))(plain(str(one))),
    "form short": lambda one, draw: str(one).replace("Công ty Cổ phần", "CTCP").replace("Công ty TNHH", "Cty TNHH"),
    "form abroad": _abroad,
    "typo": lambda one, draw: f"{plain(one.form)} {plain(one.trade)} {slipped(one.proper, draw)}".replace("  ", " "),
    "trade left out": lambda one, draw: f"{one.form} {one.proper}",
    "joined": lambda one, draw: f"{plain(one.form)} {plain(one.trade)} {plain(one.proper).replace(' ', '')}",
}


def companies(count: int, seed: int) -> Iterator[Pair]:
    """Pairs about `count` made-up companies: two ways to write each, and two that bear another name."""
    draw = Random(seed)
    for number in range(count):
        one = company(draw)
        group = f"company {seed}/{number}"
        for how in draw.sample(sorted(SAME_COMPANY), 2):
            yield Pair("companies", Kind.COMPANY, SAME_COMPANY[how](one, draw), str(one), True, how, (group, group))
        words = one.proper.split()
        last = " ".join([*words[:-1], _another(words[-1], PROPER.lower().split(), draw)])
        others = {"another word": replace(one, proper=last), "another name": replace(one, proper=company(draw).proper)}
        for how, other in others.items():
            if plain(other.proper) != plain(one.proper):
                text = draw.choice((str, plain))(str(other))
                yield Pair("companies", Kind.COMPANY, text, str(one), False, how, (group, group))
