"""A name taken apart: its words, in Latin letters and as written, without the form of its company."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Name", "Word"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name. `written`: folded (NFC, small letters), with its marks and in its own script; `latin`: the
    same in a-z and 0-9 only, without marks; `script`: "latin", "arabic", "cyrillic", "greek", "han", "hangul", "thai",
    "kana" or "other"."""

    written: str
    latin: str
    script: str = "latin"


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart. `words` in their order, titles and company forms left out; `forms` are the canonical company
    forms that were left out ("llc", "jsc", "plc", ...); `script` is that of most letters."""

    text: str
    words: tuple[Word, ...]
    forms: tuple[str, ...] = ()
    script: str = "latin"
