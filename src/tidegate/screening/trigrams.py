"""Names that share letters where they share no word: cosines of trigrams, for the few names that words do not find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

__all__ = ["Trigrams"]

SIZE = 3


class Trigrams:
    """The trigrams of the words of each listed name, a rare one counting more (TF-IDF, cosine)."""

    def __init__(self, words: Sequence[str], names_by_words: Any) -> None:
        """`names_by_words`: a sparse matrix, one row a name, one column for each of `words`."""
        self._ids: dict[str, int] = {}
        rows, columns = [], []
        for at, word in enumerate(words):
            for part in _trigrams(word):
                rows.append(at)
                columns.append(self._ids.setdefault(part, len(self._ids)))
        shape = (len(words), len(self._ids))
        counts = names_by_words @ sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
        borne = np.bincount(counts.indices, minlength=len(self._ids))
        self._weight = np.log1p(counts.shape[0] / np.maximum(borne, 1)).astype(np.float32)
        counts.data = counts.data * self._weight[counts.indices]
        length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
        counts.data /= np.repeat(np.maximum(length, 1e-9), np.diff(counts.indptr)).astype(np.float32)
        self._by_trigram = counts.T.tocsr()

    def cosines(self, queries: Sequence[Sequence[str]]) -> Any:
        """A sparse matrix: one row for each query, given as its words, one column for each listed name."""
        rows, columns = [], []
        for at, words in enumerate(queries):
            for word in words:
                for part in _trigrams(word):
                    if part in self._ids:
                        rows.append(at)
                        columns.append(self._ids[part])
        shape = (len(queries), len(self._ids))
        asked = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
        asked.data = asked.data * self._weight[asked.indices]
        length = np.sqrt(np.asarray(asked.multiply(asked).sum(axis=1)).ravel())
        asked.data /= np.repeat(np.maximum(length, 1e-9), np.diff(asked.indptr)).astype(np.float32)
        return asked @ self._by_trigram


def _trigrams(word: str) -> list[str]:
    """Every three letters that follow one another; a shorter word as a whole."""
    return [word[at : at + SIZE] for at in range(max(len(word) - SIZE + 1, 1))]
