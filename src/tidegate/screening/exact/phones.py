"""Telephone numbers: digits with the country's code in front where it is said or can be told."""

from __future__ import annotations

import polars as pl

__all__ = ["CODES", "KEY", "agree", "international", "key"]

# Calling codes (ITU-T E.164) of countries whose numbers begin with a 0 at home, which goes where the code comes.
CODES: dict[str, str] = {
    "AE": "971",
    "AU": "61",
    "BE": "32",
    "CH": "41",
    "CN": "86",
    "DE": "49",
    "FR": "33",
    "GB": "44",
    "ID": "62",
    "IN": "91",
    "JP": "81",
    "KH": "855",
    "KR": "82",
    "LA": "856",
    "MM": "95",
    "MY": "60",
    "NL": "31",
    "NZ": "64",
    "PH": "63",
    "PK": "92",
    "TH": "66",
    "TR": "90",
    "TW": "886",
    "UA": "380",
    "VN": "84",
    "ZA": "27",
}
# The last digits, which a number has however much of it is written.
_TOLD = 8
KEY = pl.col("value").str.tail(_TOLD)
_LONGEST_CODE = 3


def international(value: pl.Expr) -> pl.Expr:
    """ "+84901234567" where the country is said (+84, 0084) or stands in `country`; "901234567" else."""
    said = value.str.normalize("NFKC").str.replace(r"^\s*(?i:tel|phone|fax|đt|sđt)?[.:\s]*", "")
    abroad = said.str.contains(r"^(\+|00)")
    # "(0)" is what falls away behind a country's code.
    digits = said.str.replace(r"\(0\)", "").str.replace_all(r"[^0-9]", "").str.strip_chars_start("0")
    code = pl.col("country").replace_strict(CODES, default="", return_dtype=pl.String)
    at_home = pl.when((code != "") & said.str.contains(r"^\(?0")).then("+" + code + digits).otherwise(digits)
    return pl.when(abroad).then("+" + digits).otherwise(at_home)


def key(number: str) -> str:
    """KEY of one number."""
    return number[-_TOLD:]


def agree(one: str, other: str) -> bool:
    """Whether two numbers with the same KEY can be one: equal, or one is the other without its country's code."""
    if one.startswith("+") == other.startswith("+"):
        return one == other
    longer, shorter = (one, other) if one.startswith("+") else (other, one)
    return longer.endswith(shorter) and 1 <= len(longer) - 1 - len(shorter) <= _LONGEST_CODE
