"""Vietnamese syllables: which exist, and their tone."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["FAMILIES", "TONES", "is_syllable", "plain", "tone_of", "toned"]

# None, or one of these, begins a syllable; every rime may follow, more than the language has.
ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
RIMES = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong op ot
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ up ut uôc uôi uôm uôn uông uôt
    uy uya uych uyên uyêt uyn uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y ych ynh yt yêm yên yêng yêt yêu
"""

# The five marked tones, as combining marks: huyền, sắc, hỏi, ngã, nặng.
TONES = {"huyen": "\u0300", "sac": "\u0301", "hoi": "\u0309", "nga": "\u0303", "nang": "\u0323"}
NO_TONES = dict.fromkeys(map(ord, TONES.values()))
VOWELS = frozenset("aăâeêioôơuưy")

# Family names, the most frequent first. Facts: Lê Trung Hoa, "Họ và tên người Việt Nam" (1992, 2005), and the counts
# of the 2009 census that repeat them.
FAMILIES_WRITTEN = """
    nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trương đoàn trịnh mai đào lâm hà
    cao lương lưu phùng tạ vương thái châu tô tăng quách triệu từ la kiều lại thạch giang khổng văn nghiêm ông
    hứa bạch diệp doãn vi chu chung âu tống thân phó ninh lục mạc kim quan cù đàm tôn hầu nông hàn cung lữ bàng
    ứng viên uông lăng tiêu khuất đồng liêu mạch phí quản trà ung thiều đường thi lò quàng cầm ksor rơ siu danh
    sơn thị lầu giàng sùng hạng vàng mùa thào má sầm bế hoàn lường ngọc vừ chế
"""
FAMILIES = tuple(FAMILIES_WRITTEN.split())


@lru_cache(maxsize=65536)
def plain(word: str) -> str:
    """A word without any Vietnamese mark: "Nguyễn" -> "Nguyen", "đ" -> "d"."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def tone_of(word: str) -> tuple[str, str]:
    """A small-letter syllable without its tone, and the tone ("" for none): "hòa" and "hoà" -> ("hoa", "huyen").

    Marks that are part of a letter (ă, â, ê, ô, ơ, ư, đ) stay.
    """
    taken = unicodedata.normalize("NFD", word)
    tone = next((name for name, mark in TONES.items() if mark in taken), "")
    return unicodedata.normalize("NFC", taken.translate(NO_TONES)), tone


def toned(base: str, tone: str) -> str:
    """A syllable without a tone, with it: on the vowel where Vietnamese spelling (the older way) puts it."""
    if not tone:
        return base
    start = 2 if base[:2] in ("qu", "gi") and len(base) > 2 and base[2] in VOWELS else 0
    places = [i for i, letter in enumerate(base) if i >= start and letter in VOWELS]
    if not places:
        return base
    marked = [i for i in places if base[i] in "ăâêôơư"]
    if marked:
        place = marked[-1]
    elif places[-1] < len(base) - 1 or len(places) == 1:
        place = places[-1]
    else:
        place = places[-2]
    return unicodedata.normalize("NFC", base[: place + 1] + TONES[tone] + base[place + 1 :])


@lru_cache(maxsize=65536)
def is_syllable(word: str, marks: bool = True) -> bool:
    """Whether a small-letter word is a syllable of Vietnamese; with `marks` False, once its marks are forgotten."""
    if not marks:
        return word in PLAIN
    base, tone = tone_of(word)
    if base not in MARKED:
        return False
    return tone in ("", "sac", "nang") or not base.endswith(("c", "ch", "p", "t"))


MARKED = frozenset(onset + rime for onset in ("", *ONSETS.split()) for rime in RIMES.split()) | {"gi", "giêng", "giêc"}
PLAIN = frozenset(plain(syllable) for syllable in MARKED)
