"""Look: the lines of one declaration, read once, scored, and explained where that is asked for."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from tidegate.models.columns import read
from tidegate.models.contributions import Contribution, Sentences, Usual, speak
from tidegate.models.ensemble import Ensemble

__all__ = ["Look"]


class Look:
    """`score` and `uncertainty` of a few lines, float64[n], the same bits as in a batch; made by `Model.look`."""

    def __init__(self, ensemble: Ensemble, usual: Usual, table: pl.DataFrame) -> None:
        self._ensemble, self._usual, self._table = ensemble, usual, table
        self._inputs = ensemble.inputs(read(table, ensemble.columns), table.height)
        logits, spread = ensemble.judged(self._inputs, 1)
        self.score: NDArray[np.float64] = expit(logits)
        self.uncertainty: NDArray[np.float64] = spread

    def contributions(
        self, row: int, top: int | None = 5, sentences: Sentences | None = None, *, raising: bool = False
    ) -> list[Contribution]:
        """The contributions to one of the lines, as `Model.contributions` tells them."""
        line, inputs = self._table.slice(row, 1), self._inputs.only(row)
        return speak(self._ensemble, line, inputs, top, self._usual, sentences, raising)[0]
