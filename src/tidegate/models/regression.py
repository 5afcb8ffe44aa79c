"""Regression: a regularised logistic regression on which key values a line carries, as one weight per value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

__all__ = ["PENALTIES", "design", "fit", "split"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Inverse strengths of the ridge penalty to choose from, strong to weak.
PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0)
MOST_STEPS = 30
# A step that lowers the loss by less than this share of it is the last.
CLOSE = 1e-5


def design(rows: Sequence[Whole], sizes: Sequence[int]) -> csr_matrix:
    """One-hot matrix of the combination numbers: n rows, sum(sizes) columns, a one per key in each row."""
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.column_stack([at + offset for at, offset in zip(rows, offsets, strict=False)])
    n, keys = columns.shape
    return csr_matrix(
        (np.ones(n * keys), columns.ravel().astype(np.int32), keys * np.arange(n + 1, dtype=np.int32)),
        shape=(n, int(offsets[-1])),
    )


def fit(
    matrix: csr_matrix, illicit: NDArray[np.bool_], weights: Floats, penalty: float, start: Floats | None = None
) -> Floats:
    """Coefficients, and as last entry the intercept, of the least weighted log-loss plus ridge.

    The ridge is |coefficients|^2 / (2 `penalty`); `start` is a solution nearby, which saves steps. Newton's method,
    each step solved by conjugate gradients preconditioned with the diagonal (Lin et al. 2008). Sums are NumPy's, not
    BLAS's, whose order changes with the number of threads: same labels, same bits.
    """
    turned = matrix.T.tocsr()
    y = illicit.astype(np.float64)
    mean = np.average(y, weights=weights)
    # The intercept is the last entry, and is not penalised.
    ridge = np.append(np.full(matrix.shape[1], 1.0 / penalty), 0.0)
    at = np.append(np.zeros(matrix.shape[1]), np.log(mean / (1.0 - mean))) if start is None else start

    def forward(v: Floats) -> Floats:
        return np.asarray(matrix @ v[:-1] + v[-1])

    def back(r: Floats) -> Floats:
        return np.append(turned @ r, r.sum())

    def loss(v: Floats) -> float:
        z = forward(v)
        return float((weights * (np.logaddexp(0.0, z) - y * z)).sum() + 0.5 * (ridge * v * v).sum())

    current = loss(at)
    for _ in range(MOST_STEPS):
        chance = expit(forward(at))
        slope = back(weights * (chance - y)) + ridge * at
        curve = weights * chance * (1.0 - chance)

        def bend(v: Floats, curve: Floats = curve) -> Floats:
            return back(curve * forward(v)) + ridge * v

        step = _solve(bend, -slope, back(curve) + ridge)
        size = 1.0
        while (ahead := loss(at + size * step)) > current and size > 1e-4:
            size *= 0.5
        gained = current - ahead
        if gained > 0:
            at, current = at + size * step, ahead
        if gained < CLOSE * abs(current):
            break
    return at


def _solve(times: Callable[[Floats], Floats], right: Floats, diagonal: Floats) -> Floats:
    """The x with `times(x)` near `right`, to a tenth: enough for Newton's next step."""
    x = np.zeros_like(right)
    residual = right.copy()
    scaled = residual / diagonal
    direction = scaled.copy()
    product = (residual * scaled).sum()
    target = 0.01 * product
    for _ in range(MOST_STEPS):
        moved = times(direction)
        length = product / (direction * moved).sum()
        x += length * direction
        residual -= length * moved
        scaled = residual / diagonal
        before, product = product, (residual * scaled).sum()
        if product <= target:
            break
        direction = scaled + (product / before) * direction
    return x


def split(
    coefficients: Floats, sizes: Sequence[int], rows: Sequence[Whole], weights: Floats
) -> tuple[list[Floats], float]:
    """Weights per key, each centred on its mean over the training rows, and the sum of those means.

    Centred, a weight says how much a value moves the log-odds against the usual line. The last entry of each is
    that of a combination never seen: 0, the usual.
    """
    tables: list[Floats] = []
    means = 0.0
    ends = np.cumsum(sizes)
    for at, end, size in zip(rows, ends, sizes, strict=True):
        own = coefficients[end - size : end]
        mean = float(np.average(own[at], weights=weights))
        tables.append(np.append(own - mean, 0.0))
        means += mean
    return tables, means
