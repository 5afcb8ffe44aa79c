"""Check digits of identifiers with a fixed width: a whole column at once, as a matrix of character codes."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["matrix"]


def matrix(texts: pl.Series, width: int) -> NDArray[np.uint8]:
    """Character codes, shape (len(texts), width). Every text must be ASCII, `width` characters long and not null."""
    joined = "".join(texts.to_list()).encode("ascii")
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(texts), width)
