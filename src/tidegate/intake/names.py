"""Near names: what a misspelt name or a column of a foreign file was probably meant to be."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from tidegate.trade import Field

__all__ = ["did_you_mean", "nearest_columns"]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known names, or all of them where none is near and they are few."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {_listed(near)}?"
    return f"Known are {', '.join(known)}." if len(known) <= 16 else ""


def nearest_columns(field: Field, columns: Iterable[str], count: int = 3) -> list[str]:
    """The columns of a file that look most like a field, by its name and its labels, the nearest first."""
    wanted = [_plain(text) for text in (field.name, field.label, field.label_vi)]

    def likeness(column: str) -> float:
        plain = _plain(column)
        return max(
            difflib.SequenceMatcher(None, plain, text).ratio() + (text in plain or plain in text) for text in wanted
        )

    return sorted((column for column in columns if likeness(column) >= 0.5), key=likeness, reverse=True)[:count]


def _listed(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _plain(text: str) -> str:
    """Lower-case letters and digits only, without accents: "Mã HS" is "mahs"."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return re.sub(r"[\W_]+", "", "".join(letter for letter in letters if not unicodedata.combining(letter)))
