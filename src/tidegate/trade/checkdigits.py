"""Check digits of identifiers with a fixed width: a whole column at once, as a matrix of bytes."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["matrix"]


def matrix(texts: pl.Series, width: int) -> NDArray[np.uint8]:
    """Bytes of UTF-8, shape (len(texts), width). Every text must be `width` bytes long and not null."""
    joined = (texts.str.join("").item() or "").encode()
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(texts), width)
