"""Look: the lines of one declaration, read once, scored, and explained where that is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from tidegate.models.contributions import Contribution, Sentences, Speaker
from tidegate.models.few import Few

__all__ = ["Look"]


class Look:
    """`score` and `uncertainty` of a few lines, float64[n], the same bits as in a batch; made by `Model.look`."""

    def __init__(self, few: Few, speaker: Speaker, lines: Sequence[Mapping[str, Any]]) -> None:
        self._few, self._speaker, self._lines = few, speaker, lines
        self._seen = few.see(lines)
        logits, spread = few.judge(self._seen)
        self.score: NDArray[np.float64] = expit(logits)
        self.uncertainty: NDArray[np.float64] = spread

    def contributions(
        self, row: int, top: int | None = 5, sentences: Sentences | None = None, *, raising: bool = False
    ) -> list[Contribution]:
        """The contributions to one of the lines, as `Model.contributions` tells them."""
        weights = self._few.attribute(self._seen, row)
        return self._speaker.tell(weights, self._seen, row, self._lines[row], top, sentences, raising)
