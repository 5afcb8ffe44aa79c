"""Chinese, Japanese and Korean names in Latin letters: family name first, given name after it."""

from __future__ import annotations

import re

from anyascii import anyascii

__all__ = ["han_words", "hangul_words", "kana_words"]

# Chinese family names of two characters.
CHINESE_COMPOUND = """
    欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 东方 東方 皇甫 尉迟 尉遲
    公孙 公孫 慕容 令狐 宇文 长孙 長孫 司徒 司空 夏侯
    轩辕 軒轅 端木 百里 呼延 南宫 南宮 西门 西門 独孤 獨孤 完颜 完顏 耶律"""
COMPOUND = frozenset(CHINESE_COMPOUND.split())

# Characters that are read otherwise in a family name (pinyin).
FAMILY_READINGS = {"曾": "zeng", "单": "shan", "單": "shan", "解": "xie", "仇": "qiu", "查": "zha", "任": "ren",
                   "盖": "ge", "尉": "wei", "乐": "yue", "樂": "yue", "朴": "piao", "区": "ou", "區": "ou",
                   "覃": "qin", "吕": "lyu", "呂": "lyu", "重": "chong", "万": "wan", "翟": "zhai"}  # fmt: skip

# How Korean family names are most often written in passports.
KOREAN = """
    김 kim; 이 lee; 리 ri; 박 park; 최 choi; 정 jung; 강 kang; 조 cho; 윤 yoon; 장 jang; 임 lim; 림 rim; 한 han;
    오 oh; 서 seo; 신 shin; 권 kwon; 황 hwang; 안 ahn; 송 song; 전 jeon; 홍 hong; 유 yoo; 고 ko; 문 moon;
    양 yang; 손 son; 배 bae; 백 baek; 허 heo; 남 nam; 심 shim; 노 noh; 로 ro; 하 ha; 곽 kwak; 성 sung; 차 cha;
    주 joo; 우 woo; 구 koo; 민 min; 류 ryu; 나 na; 라 ra; 진 jin; 지 ji; 엄 um; 채 chae; 원 won; 천 cheon;
    방 bang; 공 kong; 현 hyun; 함 ham; 변 byun; 염 yeom; 여 yeo; 추 choo; 도 do; 소 so; 석 seok; 선 sun;
    설 seol; 마 ma; 길 kil; 연 yeon; 위 wi; 표 pyo; 명 myung; 기 ki; 반 ban; 왕 wang; 금 keum
"""
KOREAN_FAMILIES: dict[str, str] = dict(pair.split() for pair in KOREAN.split(";"))
KOREAN_COMPOUND = frozenset({"남궁", "황보", "제갈", "선우", "독고", "사공", "서문", "동방"})
LONGEST_NAME = 4  # characters of a person's whole name


SMALL_KANA = {
    "ゃ": "-ya",
    "ゅ": "-yu",
    "ょ": "-yo",
    "ャ": "-ya",
    "ュ": "-yu",
    "ョ": "-yo",
    "っ": "-",
    "ッ": "-",
    "ー": "-",
}


def han_words(run: str, alone: bool) -> list[tuple[str, str]]:
    """Words of a run of Chinese characters, each as written and in pinyin.

    A run that is the whole name, up to four characters, is a family name and a given name: 王小明 -> wang, xiaoming.
    A longer run is cut into words of two characters, which most words of companies are.
    """
    if alone and 2 <= len(run) <= LONGEST_NAME:
        cut = 2 if run[:2] in COMPOUND and len(run) > 2 else 1
        return [(run[:cut], FAMILY_READINGS.get(run[:cut], _joined(run[:cut]))), (run[cut:], _joined(run[cut:]))]
    if len(run) <= LONGEST_NAME:
        return [(run, _joined(run))]
    return [(run[at : at + 2], _joined(run[at : at + 2])) for at in range(0, len(run), 2)]


def kana_words(run: str) -> list[tuple[str, str]]:
    """A run of kana as one word; long vowels short: たろう -> taro."""
    # Small kana: "chi" + "ya" is "cha", "ki" + "ya" is "kya"; doubled consonants count once.
    latin = "".join(SMALL_KANA.get(letter) or _joined(letter) for letter in run)
    latin = re.sub("(?<=ch|sh)i-y|(?<=j)i-y", "", latin).replace("i-y", "y").replace("-", "")
    for long, short in (("ou", "o"), ("oo", "o"), ("uu", "u")):
        latin = latin.replace(long, short)
    return [(run, latin)]


def hangul_words(run: str, alone: bool) -> list[tuple[str, str]]:
    """Words of a run of Hangul: one a syllable up to four, as Korean names are written in Latin letters.

    The first of a run that is the whole name, or a syllable by itself, is read as a family name.
    """
    if len(run) > LONGEST_NAME:
        return [(run, _joined(run))]
    head = run[:2] if alone and run[:2] in KOREAN_COMPOUND else run[:1]
    family = KOREAN_FAMILIES.get(head) if (alone and len(run) > 1) or len(run) == 1 else None
    return [(head, family or _joined(head)), *((syllable, _joined(syllable)) for syllable in run[len(head) :])]


def _joined(run: str) -> str:
    return "".join(c for c in anyascii(run).lower() if c.isascii() and c.isalnum())
