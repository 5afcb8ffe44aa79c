"""Phrases in descriptions of goods: their words in a row, whatever the case, the marks, and what stands between."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tidegate.screening.entry import Entry, Kind

__all__ = ["PHRASE_HITS", "Phrases"]

# Row of the description, place of the entry, and the phrase as the list writes it.
PHRASE_HITS = pl.Schema({"row": pl.UInt32, "entry": pl.UInt32, "phrase": pl.String})
_LONGEST = 20_000  # characters of a description that are read
# Scripts that write no blanks between words: each sign is a word of its own.
_UNSPACED = r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])"


class Phrases:
    """The phrases of entries of that kind; other entries are left out. `find` gives the place among all entries."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        rows = [
            (place, name)
            for place, entry in enumerate(entries)
            if entry.kind is Kind.PHRASE
            for name in dict.fromkeys(entry.names)
        ]
        phrases = pl.DataFrame(rows, {"entry": pl.UInt32, "phrase": pl.String}, orient="row")
        self._phrases = _folded(phrases.lazy(), "phrase").filter(pl.col("folded").str.strip_chars() != "").collect()
        self._patterns = self._phrases["folded"].unique().sort().to_list()

    def find(self, descriptions: pl.Series) -> pl.DataFrame:
        """Return PHRASE_HITS, sorted; null is no description. A description that repeats is read once.

        Marks that both sides write have to agree ("bàn" is not "bán"); where a side writes none at all, they are
        taken for left out.
        """
        if not self._patterns:
            return PHRASE_HITS.to_frame()
        rows = pl.DataFrame({"text": descriptions.cast(pl.String).str.head(_LONGEST)}).with_row_index("row")
        folded = _folded(rows.lazy().select("text").drop_nulls().unique(), "text")
        texts = folded.filter(pl.col("folded").str.contains_any(self._patterns)).collect()
        if texts.is_empty():
            return PHRASE_HITS.to_frame()
        found = texts.with_columns(
            pl.col("folded").str.extract_many(self._patterns, overlapping=True).list.unique().alias("hit"),
            (pl.col("folded") == pl.col("marked")).alias("unmarked"),
        ).explode("hit")
        pairs = found.join(self._phrases, left_on="hit", right_on="folded")
        agrees = pl.col("marked").str.contains(pl.col("marked_right"), literal=True)
        hits = pairs.filter(pl.col("unmarked") | (pl.col("marked_right") == pl.col("hit")) | agrees)
        return rows.join(hits, on="text").select(*PHRASE_HITS).unique().sort("row", "entry", "phrase")


def _folded(table: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """Add `marked` (small letters, words between single blanks, a blank at either end) and `folded`, the same without
    marks of Latin letters."""
    return table.with_columns(
        _words(pl.col(column).str.normalize("NFKC").str.to_lowercase()).alias("marked")
    ).with_columns(
        _words(
            pl.col("marked")
            .str.normalize("NFD")
            .str.replace_all(r"[\x{0300}-\x{036F}]", "")
            .str.replace_all("đ", "d", literal=True)
        )
        .str.normalize("NFC")
        .alias("folded")
    )


def _words(text: pl.Expr) -> pl.Expr:
    """Blanks for all that is no letter, mark or digit, one at a time, and one at either end."""
    spaced = text.str.replace_all(_UNSPACED, " $1 ").str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ")
    return pl.concat_str(pl.lit(" "), spaced.str.strip_chars(" "), pl.lit(" "))
