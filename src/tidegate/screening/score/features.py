"""What is held up about two names: a list that can be read aloud."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel

from tidegate.screening.score.alignment import Aligned, align
from tidegate.screening.score.words import Bags, Facts

__all__ = ["FEATURES", "Feature", "Held", "features", "hold"]

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

# Closeness from which two words count as the same, and below which as different.
SAME = 0.93
DIFFERENT = 0.8


@dataclass(frozen=True, slots=True)
class Held:
    """n pairs of names held against each other. `weight_a`, `weight_b`: (n, words) rarity, 0 where there is no word;
    `weight_p`: (n, words of a) rarity of the partner; `whole`, `whole_bones`: (n,) similarity of the names written as
    one; `company`: (n,) 1 company, 0 person; `forms`: (n,) 1 agree, 0 unknown, -1 differ."""

    facts: Facts
    aligned: Aligned
    weight_a: Floats
    weight_b: Floats
    weight_p: Floats
    whole: Floats
    whole_bones: Floats
    company: Floats
    forms: Floats

    @property
    def paired(self) -> Flags:
        """(n, words of a): the word has a partner."""
        return self.aligned.partner >= 0

    @property
    def partner(self) -> NDArray[np.int64]:
        """(n, words of a): the number of the partner; of any word where there is none."""
        return np.take_along_axis(self.aligned.b, np.maximum(self.aligned.partner, 0), 1).astype(np.int64)

    @property
    def common(self) -> Floats:
        """(n, words of a): rarity of what is paired, the mean of both words."""
        return np.where(self.paired, (self.weight_a + self.weight_p) / 2, np.float32(0))


def hold(
    facts: Facts, left: Bags, right: Bags, i: NDArray[np.integer], j: NDArray[np.integer], company: NDArray[np.integer]
) -> Held:
    """Hold name i[k] of `left` against name j[k] of `right`, for every k; `company[k]`: 1 where either is a company."""
    aligned = align(facts, left, right, i, j)
    weight_a = np.where(aligned.a >= 0, facts.rarity[aligned.a], np.float32(0))
    weight_b = np.where(aligned.b >= 0, facts.rarity[aligned.b], np.float32(0))
    weight_p = np.take_along_axis(weight_b, np.maximum(aligned.partner, 0), 1)
    whole = _whole(left.joined[i], right.joined[j])
    bones = _whole(left.bones[i], right.bones[j])
    forms = np.array([_forms(left.forms[x], right.forms[y]) for x, y in zip(i, j, strict=True)], np.float32)
    return Held(facts, aligned, weight_a, weight_b, weight_p, whole, bones, company.astype(np.float32), forms)


def _whole(a: NDArray[np.object_], b: NDArray[np.object_]) -> Floats:
    if not len(a):
        return np.zeros(0, np.float32)
    found: Floats = process.cpdist(
        a.tolist(), b.tolist(), scorer=Indel.normalized_similarity, dtype=np.float32, workers=1
    )
    return found


def _forms(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    if not a or not b:
        return 0.0
    return 1.0 if set(a) & set(b) else -1.0


def _floats(numbers: object) -> Floats:
    return np.asarray(numbers, np.float32)


def _share(part: Floats, whole: Floats) -> Floats:
    return _floats(np.where(whole > 0, part / np.maximum(whole, 1e-6), 0.0))


def _agreed(held: Held) -> Floats:
    return _floats((held.common * held.aligned.close).sum(1))


def covered(held: Held) -> tuple[Floats, Floats]:
    """The share of each name, by rarity, that the other answers."""
    said = held.aligned.close * held.paired
    gone_a = held.weight_a * (held.paired | held.aligned.free_a)
    free_b = (held.weight_b * held.aligned.free_b).sum(1)
    of_a = _share((held.weight_a * said).sum(1), gone_a.sum(1))
    of_b = _share((held.weight_p * said).sum(1), (held.weight_p * held.paired).sum(1) + free_b)
    return of_a, of_b


def covered_more(held: Held) -> Floats:
    return np.maximum(*covered(held))


def covered_less(held: Held) -> Floats:
    return np.minimum(*covered(held))


def same_words(held: Held) -> Floats:
    return _floats((held.paired & (held.aligned.close >= SAME)).sum(1))


def rarest(held: Held) -> Floats:
    return _floats(np.where(held.aligned.close >= SAME, held.common, 0.0).max(1))


def agreed(held: Held) -> Floats:
    return _agreed(held)


def worst(held: Held) -> Floats:
    return _floats(np.where(held.paired, held.aligned.close, 1.0).min(1))


def differing(held: Held) -> Floats:
    apart = np.where(held.paired & (held.aligned.close < DIFFERENT), 1.0 - held.aligned.close, 0.0)
    return _floats((held.common * apart).sum(1))


def edits(held: Held) -> Floats:
    longest = np.maximum(held.facts.length[held.aligned.a], held.facts.length[held.partner])
    return _floats(np.where(held.paired, (1.0 - held.aligned.letters) * longest, 0.0).sum(1))


def both_left(held: Held) -> Floats:
    a = (held.weight_a * held.aligned.free_a).sum(1)
    b = (held.weight_b * held.aligned.free_b).sum(1)
    return _floats(np.minimum(a, b))


def left_over(held: Held) -> Floats:
    return _floats(held.aligned.free_a.sum(1) + held.aligned.free_b.sum(1))


def left_least(held: Held) -> Floats:
    return _floats(np.minimum(held.aligned.free_a.sum(1), held.aligned.free_b.sum(1)))


def _both_known(held: Held) -> Flags:
    known = held.facts.known
    return held.paired & known[held.aligned.a] & known[held.partner] & (held.aligned.letters < 1.0)


def two_known(held: Held) -> Floats:
    """Two words that several people bear each, with other consonants: another name rather than a slip."""
    return _floats((_both_known(held) & (held.aligned.bones < 1.0) & (held.aligned.close < 1.0)).sum(1))


def two_spellings(held: Held) -> Floats:
    """Two words that several people bear each, with the same consonants: often one name, spelt otherwise."""
    return _floats((_both_known(held) & (held.aligned.bones == 1.0)).sum(1))


def _vietnamese(held: Held) -> Flags:
    """Pairs of names that are Vietnamese syllables but for one word at most."""
    it, facts = held.aligned, held.facts
    strange_a = ((it.a >= 0) & ~facts.syllable[it.a]).sum(1)
    strange_b = ((it.b >= 0) & ~facts.syllable[it.b]).sum(1)
    return np.asarray((strange_a <= 1) & (strange_b <= 1), bool)


def syllables_differ(held: Held) -> Floats:
    """Two Vietnamese syllables, in names of nothing else but one word: the nearest syllable is another name."""
    facts, it = held.facts, held.aligned
    apart = held.paired & facts.syllable[it.a] & facts.syllable[held.partner] & (it.letters < 1.0)
    long = np.minimum(facts.length[it.a], facts.length[held.partner]) > 1
    return _floats(np.where(_vietnamese(held), (apart & long).sum(1), 0))


def by_letters(held: Held) -> Floats:
    return _share((held.common * held.aligned.letters).sum(1), held.common.sum(1))


def by_bones(held: Held) -> Floats:
    return _share((held.common * held.aligned.bones).sum(1), held.common.sum(1))


def whole(held: Held) -> Floats:
    return held.whole


def whole_bones(held: Held) -> Floats:
    return held.whole_bones


def _ends(held: Held, words: NDArray[np.int32], close: Floats) -> tuple[Floats, Floats]:
    count = np.maximum((words >= 0).sum(1) - 1, 0)
    return close[:, 0], close[np.arange(len(count)), count]


def _close_b(held: Held) -> Floats:
    """(n, words of b): closeness of each word of b to its partner."""
    close = np.zeros(held.aligned.b.shape, np.float32)
    rows, places = np.nonzero(held.paired)
    close[rows, held.aligned.partner[rows, places]] = held.aligned.close[rows, places]
    return close


def first(held: Held) -> Floats:
    """Closeness of the first word to its partner, wherever that stands; of the name where it is less."""
    a, b = held.aligned.a, held.aligned.b
    return np.minimum(_ends(held, a, held.aligned.close)[0], _ends(held, b, _close_b(held))[0])


def last(held: Held) -> Floats:
    """The same of the last word."""
    a, b = held.aligned.a, held.aligned.b
    return np.minimum(_ends(held, a, held.aligned.close)[1], _ends(held, b, _close_b(held))[1])


def _marks(held: Held) -> tuple[Flags, Flags]:
    facts, a, b = held.facts, held.aligned.a, held.partner
    other = held.paired & (held.aligned.letters == 1.0) & (facts.spelling[a] != facts.spelling[b])
    return other & facts.marked[a] & facts.marked[b], other & (facts.marked[a] != facts.marked[b])


def _written_with_marks(held: Held, words: NDArray[np.int32]) -> Flags:
    """Names whose marks were not left out: more than a third of the words carry some."""
    there = words >= 0
    return np.asarray((held.facts.marked[words] & there).sum(1) * 3 > there.sum(1), bool)


def marks_differ(held: Held) -> Floats:
    """Words that differ by their marks alone, where both names are written with marks.

    In Vietnamese, where nearly every name has marks, a word without any is written with marks too: Hoa is not Hòa.
    """
    both = _written_with_marks(held, held.aligned.a) & _written_with_marks(held, held.aligned.b)
    one, other = _marks(held)
    differ = one | (other & _vietnamese(held)[:, None])
    return _floats(np.where(both, differ.sum(1), 0))


def marks_missing(held: Held) -> Floats:
    """Words that differ by marks, where marks were left out of one name, or of one word of it."""
    facts = held.facts
    one, other = _marks(held)
    a = (facts.marked[held.aligned.a] & (held.aligned.a >= 0)).any(1)
    b = (facts.marked[held.aligned.b] & (held.aligned.b >= 0)).any(1)
    return _floats(np.where(a & b, (one | other).sum(1), 0) - marks_differ(held))


def turned(held: Held) -> Floats:
    """How many pairs of words stand in the other order."""
    place = held.aligned.partner
    before, after = place[:, :, None], place[:, None, :]
    width = place.shape[1]
    later = np.arange(width)[:, None] < np.arange(width)
    return _floats(((before > after) & (after >= 0) & later).sum((1, 2)))


def joins(held: Held) -> Floats:
    return _floats(held.aligned.joins)


def initials(held: Held) -> Floats:
    short = np.minimum(held.facts.length[held.aligned.a], held.facts.length[held.partner]) == 1
    return _floats((held.paired & short & (held.aligned.letters < 1.0)).sum(1))


def forms(held: Held) -> Floats:
    return held.forms


def numbers_differ(held: Held) -> Floats:
    digits, it = held.facts.digits, held.aligned
    apart = (held.paired & (it.letters < 1.0) & (digits[it.a] | digits[held.partner])).sum(1)
    return _floats(apart + (it.free_a & digits[it.a]).sum(1) + (it.free_b & digits[it.b]).sum(1))


def company(held: Held) -> Floats:
    return held.company


def script(held: Held) -> Floats:
    """0 the same kind of script, 1 one name in a script without vowels, 2 both."""
    abjad = held.facts.abjad
    one = (abjad[held.aligned.a] & (held.aligned.a >= 0)).any(1)
    two = (abjad[held.aligned.b] & (held.aligned.b >= 0)).any(1)
    return _floats(one.astype(np.float32) + two)


def syllables(held: Held) -> Floats:
    """Mean length of a word, of the name where it is greater: short where each syllable is a word."""
    return np.maximum(_mean(held, held.aligned.a), _mean(held, held.aligned.b))


def _mean(held: Held, words: NDArray[np.int32]) -> Floats:
    there = words >= 0
    return _share(
        np.where(there, held.facts.length[words], 0).sum(1).astype(np.float32), there.sum(1).astype(np.float32)
    )


def words_less(held: Held) -> Floats:
    return _floats(np.minimum((held.aligned.a >= 0).sum(1), (held.aligned.b >= 0).sum(1)))


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing held up. `function`: pairs -> (n,) numbers; `monotone`: 1 the more of it the likelier the same, -1 the
    less likely, 0 either; `subject`: the line of the breakdown it counts towards."""

    name: str
    function: Callable[[Held], Floats]
    monotone: int
    subject: str


FEATURES = (
    Feature("share of one name answered", covered_more, 1, "agree"),
    Feature("share of the other answered", covered_less, 1, "agree"),
    Feature("words the same", same_words, 1, "agree"),
    Feature("rarest word the same", rarest, 1, "agree"),
    Feature("weight of what agrees", agreed, 1, "agree"),
    Feature("closeness of the worst pair", worst, 1, "differ"),
    Feature("weight of what differs", differing, -1, "differ"),
    Feature("letters to change", edits, -1, "differ"),
    Feature("two known words differ", two_known, -1, "differ"),
    Feature("two known spellings", two_spellings, -1, "differ"),
    Feature("two Vietnamese syllables differ", syllables_differ, -1, "differ"),
    Feature("numbers differ", numbers_differ, -1, "numbers"),
    Feature("left over on both sides, weight", both_left, -1, "differ"),
    Feature("left over on both sides, words", left_least, -1, "differ"),
    Feature("words left over", left_over, -1, "left"),
    Feature("closeness of letters", by_letters, 1, "spelling"),
    Feature("closeness of consonants", by_bones, 1, "spelling"),
    Feature("closeness written as one", whole, 1, "spelling"),
    Feature("closeness of all consonants", whole_bones, 1, "spelling"),
    Feature("first word", first, 1, "agree"),
    Feature("last word", last, 1, "agree"),
    Feature("marks differ", marks_differ, -1, "marks"),
    Feature("marks missing on one word", marks_missing, -1, "marks"),
    Feature("words in another order", turned, 0, "order"),
    Feature("words joined", joins, 0, "order"),
    Feature("initials", initials, 0, "order"),
    Feature("company form", forms, 1, "forms"),
    Feature("a company", company, 0, "spelling"),
    Feature("a script without vowels", script, 0, "spelling"),
    Feature("length of words", syllables, 0, "spelling"),
    Feature("words of the shorter name", words_less, 0, "agree"),
)


def features(held: Held) -> Floats:
    """The matrix of features, (n, features), in the order of FEATURES."""
    if not len(held.whole):
        return np.zeros((0, len(FEATURES)), np.float32)
    return _floats(np.column_stack([feature.function(held) for feature in FEATURES]))
