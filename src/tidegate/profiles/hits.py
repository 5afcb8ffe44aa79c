"""Hits: which profile fires on which line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Hits"]


@dataclass(frozen=True, slots=True)
class Hits:
    """`line` (int64, row number) and `profile` (int32, index into matcher.profiles), sorted by (line, profile)."""

    line: npt.NDArray[np.int64]
    profile: npt.NDArray[np.int32]

    @classmethod
    def sorted(cls, line: npt.NDArray[np.integer], profile: npt.NDArray[np.integer]) -> Hits:
        """Put pairs in order, each once."""
        # Both in one number sort several times faster than as pairs.
        pairs = (line.astype(np.int64) << np.int64(32)) | profile.astype(np.int64)
        pairs.sort()
        if len(pairs) > 1:
            pairs = pairs[np.concatenate(([True], pairs[1:] != pairs[:-1]))]
        return cls(pairs >> np.int64(32), pairs.astype(np.int32))

    def __len__(self) -> int:
        return len(self.line)
