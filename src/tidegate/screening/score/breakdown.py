"""Why a party may be an entry: a few sentences that an officer understands, heaviest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tidegate.screening.entry import Entry, Kind, Party
from tidegate.screening.names import Name, Word, analyse
from tidegate.screening.names.vietnamese import FAMILIES, plain
from tidegate.screening.score.alignment import Aligned
from tidegate.screening.score.evidence import EVIDENCE, UNKNOWN
from tidegate.screening.score.features import FEATURES, SAME, features, hold
from tidegate.screening.score.scorer import Scorer

__all__ = ["VERDICT", "VERDICT_VI", "Breakdown", "Reason", "explain", "explain_all"]

# The only thing that is ever said of a hit.
VERDICT = "possible match, to be confirmed with the owner"
VERDICT_VI = "có thể trùng khớp, cần xác nhận với cơ quan sở hữu danh sách"


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence and what it adds to the log-odds: above 0 speaks for the same, below 0 against."""

    weight: float
    text: str
    text_vi: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A score taken apart. `name`: the entry's name that is closest; `reasons`: those that matter, heaviest first;
    `start`: the log-odds without them; all weights and `start` add up to the log-odds of `probability`."""

    probability: float
    name: str
    reasons: tuple[Reason, ...]
    start: float
    verdict: str = VERDICT
    verdict_vi: str = VERDICT_VI


def explain(scorer: Scorer, party: Party, entry: Entry) -> Breakdown:
    """The score of a party against an entry, taken apart."""
    return explain_all(scorer, party, [entry])[0]


def explain_all(scorer: Scorer, party: Party, entries: Sequence[Entry]) -> list[Breakdown]:
    """The scores of a party against several entries, taken apart: together they cost little more than one."""
    parties, listed = scorer.parties([party]), scorer.listed(entries)
    zeros, every = np.zeros(len(entries), np.int64), np.arange(len(entries))
    pairs = scorer.pairs(parties, listed, zeros, every)
    # One look at the names gives both the score and what it is made of.
    held = hold(scorer.words.facts, parties.bags, listed.bags, pairs.left, pairs.right, pairs.company)
    seen = features(held)
    scored = scorer.judged(parties, listed, pairs, scorer.model.odds(seen))
    named = np.flatnonzero(scored.name >= 0)
    closest = scored.pair[named]
    shares = scorer.model.contributions(seen[closest]) if len(named) else np.zeros((0, len(FEATURES) + 1))
    rows = {int(place): row for row, place in enumerate(named)}
    found = []
    for place, entry in enumerate(entries):
        # What else agrees counts less where the names hardly do.
        scale = float(scored.evidence[place] / scored.whole[place]) if scored.whole[place] else 1.0
        known = [EVIDENCE[code] for code in scored.outcomes[place] if code != UNKNOWN]
        reasons = [Reason(one.weight * scale, one.text, one.text_vi) for one in known]
        if place not in rows:
            found.append(Breakdown(0.0, "", tuple(reasons), -np.inf))
            continue
        name, row = entry.names[int(scored.name[place])], rows[place]
        a, b = analyse(party.name, party.kind), analyse(name, entry.kind)
        said = _sentences(a, b, _row(held.aligned, int(closest[row])), person=entry.kind is Kind.PERSON)
        reasons += _told(_by_subject(shares[row]), said)
        reasons.sort(key=lambda reason: -abs(reason.weight))
        start = float(shares[row, -1]) + sum(reason.weight for reason in reasons if abs(reason.weight) < LEAST)
        matter = tuple(reason for reason in reasons if abs(reason.weight) >= LEAST)
        found.append(Breakdown(float(scored.probability[place]), name, matter, start))
    return found


def _row(aligned: Aligned, row: int) -> Aligned:
    """One of several pairs by itself."""
    return Aligned(*(getattr(aligned, field.name)[row : row + 1] for field in fields(aligned)))


def _by_subject(shares: NDArray[np.float64]) -> dict[str, float]:
    """What the features of each subject add together."""
    subjects: dict[str, float] = {}
    for feature, share in zip(FEATURES, shares, strict=False):
        subjects[feature.subject] = subjects.get(feature.subject, 0.0) + float(share)
    return subjects


# What adds less than this to the log-odds is not told.
LEAST = 0.1


# What is said of a subject when no word stands out.
SUBJECTS = {
    "agree": ("how much of the names agrees", "mức độ trùng của các từ trong tên"),
    "differ": ("no word contradicts another", "không có từ nào mâu thuẫn"),
    "left": ("no word is left out", "không có từ nào bị bỏ"),
    "spelling": ("closeness of the spelling", "độ gần nhau của cách viết"),
    "marks": ("no marks contradict each other", "dấu không mâu thuẫn"),
    "order": ("order of the words", "thứ tự các từ"),
    "numbers": ("no numbers contradict each other", "số không mâu thuẫn"),
    "forms": ("company form", "loại hình công ty"),
}


def _told(subjects: dict[str, float], said: dict[str, list[tuple[str, str]]]) -> Iterable[Reason]:
    """One reason a subject, in the words that were found for it."""
    for subject, weight in subjects.items():
        sentences = said.get(subject) or [SUBJECTS[subject]]
        yield Reason(weight, "; ".join(text for text, _ in sentences), "; ".join(text for _, text in sentences))


def _sentences(a: Name, b: Name, aligned: Aligned, person: bool) -> dict[str, list[tuple[str, str]]]:
    """What stands out, by subject, in English and Vietnamese."""
    said: dict[str, list[tuple[str, str]]] = {}
    same: list[str] = []
    vietnamese = person and _vietnamese(a) and _vietnamese(b)
    for place, word in enumerate(a.words[: aligned.a.shape[1]]):
        other = int(aligned.partner[0, place])
        if other < 0:
            continue
        partner = b.words[other]
        both = f"{_shown(word)} / {_shown(partner)}"
        role, role_vi = _role(place, len(a.words), other, len(b.words)) if vietnamese else ("name", "tên")
        if (
            word.latin == partner.latin
            and word.written != partner.written
            and ((_marked(word) and _marked(partner)) or (vietnamese and _with_marks(a) and _with_marks(b)))
        ):
            said.setdefault("marks", []).append((f"{role} differs by its marks: {both}", f"{role_vi} khác dấu: {both}"))
        elif aligned.close[0, place] >= SAME:
            same.append(_shown(partner))
        elif min(len(word.latin), len(partner.latin)) == 1:
            said.setdefault("order", []).append((f"initial fits: {both}", f"chữ cái đầu khớp: {both}"))
        elif aligned.letters[0, place] >= NEAR:
            said.setdefault("differ", []).append((f"{role} spelt otherwise: {both}", f"{role_vi} viết khác: {both}"))
        else:
            said.setdefault("differ", []).append((f"{role} differs: {both}", f"{role_vi} khác: {both}"))
    if same:
        words = ", ".join(same)
        said["agree"] = [(f"agrees: {words}", f"trùng khớp: {words}")]
    _left(a, b, aligned, said)
    return said


# Letters alike from which two words are told as two spellings.
NEAR = 0.7


def _left(a: Name, b: Name, aligned: Aligned, said: dict[str, list[tuple[str, str]]]) -> None:
    """Words without a partner: on both sides they contradict, on one they are left out."""
    mine = [_shown(word) for word, free in zip(a.words, aligned.free_a[0], strict=False) if free]
    theirs = [_shown(word) for word, free in zip(b.words, aligned.free_b[0], strict=False) if free]
    if mine and theirs:
        both = f"{' '.join(mine)} / {' '.join(theirs)}"
        said.setdefault("differ", []).append((f"differs: {both}", f"khác: {both}"))
    elif mine:
        words = " ".join(mine)
        said["left"] = [(f"only in the declared name: {words}", f"chỉ có trong tên khai báo: {words}")]
    elif theirs:
        words = " ".join(theirs)
        said["left"] = [(f"only in the listed name: {words}", f"chỉ có trong tên trên danh sách: {words}")]
    if a.forms and b.forms:
        both = f"{', '.join(a.forms)} / {', '.join(b.forms)}"
        alike = bool(set(a.forms) & set(b.forms))
        said["forms"] = [
            (f"company form agrees: {both}", f"loại hình công ty trùng: {both}")
            if alike
            else (f"company form differs: {both}", f"loại hình công ty khác: {both}")
        ]


FAMILY_NAMES = frozenset(plain(name) for name in FAMILIES)


def _vietnamese(name: Name) -> bool:
    """Whether a name reads as a Vietnamese one: a family name first, and two to five syllables in all."""
    return name.script == "latin" and 2 <= len(name.words) <= 5 and name.words[0].latin in FAMILY_NAMES


def _role(place: int, count: int, other: int, other_count: int) -> tuple[str, str]:
    if place == 0 and other == 0:
        return "family name", "họ"
    if place == count - 1 and other == other_count - 1:
        return "given name", "tên"
    return "middle name", "tên đệm"


def _marked(word: Word) -> bool:
    return word.script == "latin" and word.written != word.latin


def _with_marks(name: Name) -> bool:
    """Whether a name is written with its marks: more than a third of its words carry some."""
    return sum(map(_marked, name.words)) * 3 > len(name.words)


def _shown(word: Word) -> str:
    return word.written.capitalize() if word.script in ("latin", "cyrillic", "greek") else word.written
