"""Vietnamese as it is typed: Telex ("Nguyeenx") and VNI ("Nguye6n4"), read and written."""

from __future__ import annotations

from functools import lru_cache

from tidegate.screening.names.vietnamese import FAMILIES, is_syllable, plain, tone_of, toned

__all__ = ["read_typed", "read_typed_name", "telex", "vni"]

TELEX_TONES = {"f": "huyen", "s": "sac", "r": "hoi", "x": "nga", "j": "nang"}
VNI_TONES = {"2": "huyen", "1": "sac", "3": "hoi", "4": "nga", "5": "nang"}
TELEX_LETTERS = {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}
VNI_LETTERS = {"â": "a6", "ê": "e6", "ô": "o6", "ă": "a8", "ơ": "o7", "ư": "u7", "đ": "d9"}
VNI_MARKS = {"6": {"a": "â", "e": "ê", "o": "ô"}, "7": {"o": "ơ", "u": "ư"}, "8": {"a": "ă"}, "9": {"d": "đ"}}
LONGEST = 12  # "nghieengj" with a mark more; no syllable is longer
FAMILY_SET = frozenset(FAMILIES)


def telex(text: str) -> str:
    """A small-letter text as one types it in Telex, the tone at the end of each syllable."""
    return " ".join(_typed(word, TELEX_LETTERS, TELEX_TONES).replace("uwow", "uow") for word in text.split())


def vni(text: str) -> str:
    """A small-letter text as one types it in VNI, the tone at the end of each syllable."""
    return " ".join(_typed(word, VNI_LETTERS, VNI_TONES) for word in text.split())


def _typed(word: str, letters: dict[str, str], tones: dict[str, str]) -> str:
    base, tone = tone_of(word)
    return "".join(letters.get(c, c) for c in base) + next((key for key, name in tones.items() if name == tone), "")


@lru_cache(maxsize=65536)
def read_typed(word: str) -> str:
    """The syllable meant by a small ASCII word typed in Telex or VNI; "" where it is none, or has no such typing."""
    if not 2 <= len(word) <= LONGEST or not word.isascii():  # one letter is an initial
        return ""
    base, tone = _from_vni(word) if any(c.isdigit() for c in word) else _from_telex(word)
    syllable = toned(base.removesuffix("ươ") + "uơ" if base.endswith("ươ") else base, tone)
    return syllable if syllable != word and is_syllable(syllable) else ""


def read_typed_name(words: list[str]) -> list[str]:
    """The words of a name with those typed in Telex or VNI read back; as they are if the name is not so typed.

    A foreign name may read as a syllable by chance ("Max", "Ross"). So all words must be syllables, as written or
    read back, and the first or the last a family name of Viet Nam; a name of two words must have more of Telex or VNI
    than a tone ("Max Ho" stays).
    """
    if not 2 <= len(words) <= 8:
        return words
    ends = (words[0], words[-1])
    lee = "lee" in ends and not all(word == "lee" or _is_plain(word) for word in words)
    if not (lee or _is_family(words[0]) or _is_family(words[-1])):
        return words
    read = [word if _is_plain(word) else read_typed(word) for word in words]
    sure = any(word != "lee" and _has_marked_letter(meant) for word, meant in zip(words, read, strict=True))
    if not all(read) or (len(words) == 2 and not sure):
        return words
    return read


def _is_plain(word: str) -> bool:
    """A syllable, once its marks are forgotten."""
    return is_syllable(word if word.isascii() else plain(word), marks=False)


def _has_marked_letter(word: str) -> bool:
    return any(letter in TELEX_LETTERS for letter in tone_of(word)[0])


@lru_cache(maxsize=65536)
def _is_family(word: str) -> bool:
    # "Lee" is a name of many peoples, and Telex for Lê only where another word is typed so as well.
    return word in PLAIN_FAMILIES or (word != "lee" and read_typed(word) in FAMILY_SET)


def _from_telex(word: str) -> tuple[str, str]:
    """Base and tone; a base that is no syllable says that the word was not Telex.

    The tone may stand anywhere after the first vowel, and so may w; a second a, e, o or d right after the first.
    """
    letters: list[str] = []
    tone = ""
    seen_vowel = False
    for letter in word:
        if seen_vowel and letter in TELEX_TONES and not tone:
            tone = TELEX_TONES[letter]
        elif letter == "w":
            _horn(letters)
            seen_vowel = True
        elif letter in "aeod" and letters and letters[-1] == letter:
            letters[-1] = {"a": "â", "e": "ê", "o": "ô", "d": "đ"}[letter]
        else:
            letters.append(letter)
            seen_vowel = seen_vowel or letter in "aeiouy"
    return "".join(letters), tone


def _horn(letters: list[str]) -> None:
    """Telex w: "uo" becomes "ươ", else the last of a, o, u gets its breve or horn; none there: "w" is "ư"."""
    text = "".join(letters)
    if "uo" in text[text.startswith("qu") :]:
        at = text.index("uo", text.startswith("qu"))
        letters[at : at + 2] = ["ư", "ơ"]
        return
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] in "aou":
            # "hoawc" marks the a, "muaw" the u: of "ua" the first letter is meant.
            at -= letters[at] == "a" and at > 0 and letters[at - 1] == "u" and text[:2] != "qu"
            letters[at] = {"a": "ă", "o": "ơ", "u": "ư"}[letters[at]]
            return
    letters.append("ư")


def _from_vni(word: str) -> tuple[str, str]:
    letters: list[str] = []
    tone = ""
    for letter in word:
        if letter in VNI_TONES and not tone and letters:
            tone = VNI_TONES[letter]
        elif letter in VNI_MARKS:
            meant = VNI_MARKS[letter]
            at = next((i for i in range(len(letters) - 1, -1, -1) if letters[i] in meant), None)
            if at is None:
                return word, ""
            letters[at] = meant[letters[at]]
            if letter == "7" and "".join(letters[at - 1 : at + 1]) == "uơ" and letters[:1] != ["q"]:
                letters[at - 1] = "ư"
        else:
            letters.append(letter)
    return "".join(letters), tone


PLAIN_FAMILIES = frozenset(plain(name) for name in FAMILIES)
