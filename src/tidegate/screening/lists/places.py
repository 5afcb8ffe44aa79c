"""Countries as lists write them: codes, names in many spellings, states that are gone."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import pycountry

from tidegate.trade import countries

__all__ = ["GONE", "SPELLINGS", "code"]

# Ways of writing that neither ISO 3166-1 nor CLDR knows.
SPELLINGS: dict[str, str] = {
    "Burma": "MM",
    "Cabo Verde": "CV",
    "Cape Verde": "CV",
    "East Timor": "TL",
    "England": "GB",
    "Gaza": "PS",
    "Great Britain": "GB",
    "Holland": "NL",
    "Ivory Coast": "CI",
    "Kosovo": "XK",
    "Macau": "MO",
    "Macedonia": "MK",
    "Macedonia, The Former Yugoslav Republic of": "MK",
    "Palestinian": "PS",
    "Palestinian Territory, Occupied": "PS",
    "Palestine": "PS",
    "Russia": "RU",
    "Scotland": "GB",
    "South Korea": "KR",
    "North Korea": "KP",
    "Swaziland": "SZ",
    "Turkey": "TR",
    "UAE": "AE",
    "UK": "GB",
    "USA": "US",
    "United States of America": "US",
    "Viet Nam": "VN",
    "Vietnam": "VN",
    "West Bank": "PS",
}
# What names no state of today, or no state: it is left out and is no fault. The four-letter codes are those of
# ISO 3166-3, as FollowTheMoney writes them.
GONE = frozenset(
    (
        *("CS", "DD", "SU", "YU", "ZR", "AN", "CSHH", "CSXX", "DDDE", "SUHH", "YUCS", "ZRCD", "ANHH", "ZZ", "XX"),
        *("FORMER SOVIET UNION", "SOVIET UNION", "YUGOSLAVIA", "CZECHOSLOVAKIA"),
        *("STATELESS", "NONE", "NONE IDENTIFIED", "UNKNOWN", "N/A"),
    )
)
LONGEST = 200  # characters of the name of a country
_EMPTY_WORDS = {"the", "of", "and"}


def code(text: str) -> str | None:
    """Return the alpha-2 code of a country that a list names by code or name; "" for GONE, None where it is unknown.

    Words may stand in any order, with or without marks: "Korea, Democratic People's Republic of".
    """
    return _code(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=4096)
def _code(text: str) -> str | None:
    text = text.strip(" .")
    capitals = text.upper()
    if len(text) == 2 and capitals in _codes():
        return capitals
    if not text or capitals in GONE:
        return ""
    # In capitals only: "NGA" is Nigeria, and "Nga" what Russia is called in Vietnamese.
    if len(text) == 3 and text == capitals and (found := countries.translation("alpha-3").get(capitals)):
        return found
    return _names().get(_words(text))


@cache
def _codes() -> frozenset[str]:
    return frozenset(countries.codes().to_list())


@cache
def _names() -> dict[frozenset[str], str]:
    written = [(getattr(one, key, ""), one.alpha_2) for one in pycountry.countries for key in _KEYS]
    written += [*countries.translation("name").items(), *SPELLINGS.items()]
    return {_words(name): alpha_2 for name, alpha_2 in written if name}


_KEYS = ("name", "official_name", "common_name")


def _words(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return frozenset(re.findall(r"\w+", re.sub(r"['’]", "", plain))) - _EMPTY_WORDS
