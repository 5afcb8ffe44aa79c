"""Intervals that cover: how many unlawful declarations, and how much revenue, lie in what was not opened.

What was opened is known; only the rest has to be estimated. The rest is cut into classes of similar probability, each a
sample of its own, and the limits are those of one Beta distribution with the mean and the variance of the sum of
the classes. For the upper limit one more find is imagined where it would weigh most, so that a draw that found
nothing does not read as "nothing there". This is Fay and Feuer's gamma interval (1997) for weighted rates, with
binomial instead of Poisson classes, for a finite population (opened units count exactly) and in its mid-P form (Fay
and Kim, 2017); with one class it is the mid-P Clopper–Pearson interval. `bench/backtest.py intervals` prints the
simulation study by which it was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from tidegate.errors import EstimateError

__all__ = ["Interval", "amount_interval", "classes", "count_interval", "rate_interval"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CLASS_RATIO = 2.0  # within a class no probability is more than twice another, so that weights hardly differ
CLASS_SIZE = 10.0  # a class is expected to yield this many opened; smaller ones join their neighbour
JOIN_STEPS = 3  # unless its probabilities are more than this many times CLASS_RATIO apart
SILENT_SHARE = 0.05  # of the rest may lie in classes with nothing opened, before there is no estimate


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its limits, the number opened behind it, and the simple random sample that says as much.

    `estimate` is None when nothing was opened that could speak for the rest, or for much of it; the limits then allow
    for whatever may be there (`high` None when there is no saying).
    """

    estimate: float | None
    low: float
    high: float | None
    opened: int
    effective: float


def rate_interval(found: float, opened: float, *, level: float = 0.95) -> tuple[float, float]:
    """Mid-P Clopper–Pearson limits of a rate; `found` and `opened` may be effective, hence broken, numbers.

    Clopper–Pearson's limits are quantiles of two Beta distributions, with and without one more find; the mid-P ones
    are those of their even mixture: half of the probability of what was seen is counted. Nothing opened gives (0, 1).
    """
    if opened <= 0.0:
        return 0.0, 1.0
    tail = (1.0 - level) / 2.0
    missed = max(opened - found, 0.0)
    less = _Beta(found, missed + 1.0, 1.0) if found > 0.0 else _Point(0.0)
    more = _Beta(found + 1.0, missed, 1.0) if missed > 0.0 else _Point(1.0)
    low = _middle(tail, less, more) if found > 0.0 else 0.0
    high = _middle(1.0 - tail, less, more) if missed > 0.0 else 1.0
    return low, high


def classes(probability: Floats, opened: Flags) -> Ints:
    """Number of the class of each unit: classes of similar probability, certain units (1) in one of their own.

    Limits come from the probabilities, in powers of CLASS_RATIO from the smallest up; a class expected to yield less
    than CLASS_SIZE opened, or in which nothing is reported yet, joins its neighbour unless that lies JOIN_STEPS away:
    what was sought out does not speak for what was left to chance. So a class may have nothing opened.
    """
    step: Ints = np.floor(np.log(probability / probability.min()) / np.log(CLASS_RATIO) + 1e-9).astype(np.int64)
    step[probability >= 1.0] = step.max() + JOIN_STEPS + 1
    levels, cell = np.unique(step, return_inverse=True)
    expected = np.bincount(cell, weights=probability)
    reported = np.bincount(cell, weights=opened)
    label = np.zeros(levels.size, dtype=np.int64)
    start, size, seen = 0, 0.0, 0.0  # of the class that is being filled
    for level in range(1, levels.size):
        size, seen = size + expected[level - 1], seen + reported[level - 1]
        if (size >= CLASS_SIZE and seen > 0) or levels[level] - levels[start] > JOIN_STEPS:
            label[level:] += 1
            start, size, seen = level, 0.0, 0.0
    size, seen = size + expected[-1], seen + reported[-1]
    short = size < CLASS_SIZE or seen == 0
    if short and start and levels[start] - levels[start - 1] <= JOIN_STEPS:
        label[start:] -= 1  # what is left at the end is too small to stand alone
    found: Ints = label[cell]
    return found


@dataclass(frozen=True, slots=True)
class _Classes:
    """A population by class of probability, classes in which something was opened only.

    `rest` units to speak for, `size` effective opened, `mean` and mean `square` of the value; `silent` units of the
    rest lie in the other classes.
    """

    rest: Floats
    size: Floats
    mean: Floats
    square: Floats
    opened: int
    silent: float

    @property
    def speaks(self) -> bool:
        """Whether what was opened can speak for (nearly) all of the rest."""
        everything = float(self.rest.sum()) + self.silent
        return self.rest.size > 0 and self.silent <= SILENT_SHARE * everything

    @property
    def scale(self) -> float:
        """What the rest of the speaking classes is to be multiplied by to make all of it."""
        return 1.0 + self.silent / float(self.rest.sum()) if self.rest.any() else 1.0

    @property
    def weight(self) -> Floats:
        """Units of the rest for which one (effective) opened unit speaks."""
        return self.rest / self.size

    @property
    def effective(self) -> float:
        spread = float(np.sum(self.rest**2 / self.size))
        return float(self.rest.sum()) ** 2 / spread if spread else 0.0


def _by_class(probability: Floats, opened: Flags, rest: Flags, values: Floats, response: Floats | None) -> _Classes:
    if not (probability > 0.0).all():
        raise EstimateError("a unit has probability 0.", hint="Leave out what could never be selected.")
    label = classes(probability, opened)
    count = int(label.max()) + 1
    chance = probability if response is None else probability * response
    weight = np.where(opened, 1.0 / chance, 0.0)
    value = np.where(opened, values, 0.0)

    def total(of: NDArray[np.float64]) -> Floats:
        return np.bincount(label, weights=of, minlength=count).astype(np.float64)

    sum_w, sum_w2, left = total(weight), total(weight**2), total(rest.astype(np.float64))
    some = sum_w > 0
    return _Classes(
        rest=left[some],
        size=sum_w[some] ** 2 / sum_w2[some],
        mean=total(weight * value)[some] / sum_w[some],
        square=total(weight * value**2)[some] / sum_w[some],
        opened=int(opened.sum()),
        silent=float(left[~some].sum()),
    )


def count_interval(
    probability: Floats,
    opened: Flags,
    rest: Flags,
    illicit: Flags,
    *,
    response: Floats | None = None,
    level: float = 0.95,
) -> Interval:
    """How many of the `rest` are illicit, from what was opened. All arrays have one entry a unit of the population.

    `rest` marks the units to speak for (none of them opened); `illicit` is read where `opened` is true. `response` is
    the chance that a selected unit has been reported on already (1 when nothing is pending).
    Raises EstimateError for a probability of 0.
    """
    if not rest.any():
        return Interval(0.0, 0.0, 0.0, int(opened.sum()), float(opened.sum()))
    part = _by_class(probability, opened, rest, illicit.astype(np.float64), response)
    spoken = float(part.rest.sum())
    found = part.size * part.mean
    estimate = float(np.sum(part.rest * part.mean))
    if spoken == 0.0:
        return Interval(None, 0.0, part.silent, part.opened, 0.0)
    worst = np.zeros(found.size)
    worst[np.argmax(part.weight)] = 1.0
    tail = (1.0 - level) / 2.0
    less = _beta(*_count_moments(part.rest, found, part.size), spoken)
    more = _beta(*_count_moments(part.rest, found + worst, part.size + worst), spoken)
    low = min(_middle(tail, less, more), estimate) if estimate > 0.0 else 0.0
    high = max(_middle(1.0 - tail, less, more), estimate) + part.silent
    return Interval(estimate * part.scale if part.speaks else None, low, high, part.opened, part.effective)


def _count_moments(rest: Floats, found: Floats, size: Floats) -> tuple[float, float]:
    """Mean and variance of a sum of beta-binomial counts: `found` of `size` seen, `rest` to be predicted."""
    rate = np.minimum(found / size, 1.0)
    variance = rest * rate * (1.0 - rate) * (1.0 + np.maximum(rest - 1.0, 0.0) / (size + 1.0))
    return float(np.sum(rest * rate)), float(np.sum(variance))


def amount_interval(
    probability: Floats,
    opened: Flags,
    rest: Flags,
    amount: Floats,
    *,
    response: Floats | None = None,
    level: float = 0.95,
) -> Interval:
    """How much lies in the `rest`: as `count_interval`, for amounts of zero or more (revenue, in currency).

    Fay and Feuer's gamma, each find weighted with its amount; the imagined find has the largest amount of those that
    were made. Where nothing was found `high` is None: no find, no idea how large one is.
    Amounts with a heavier tail than what was found so far are beyond any interval.
    """
    if not rest.any():
        return Interval(0.0, 0.0, 0.0, int(opened.sum()), float(opened.sum()))
    part = _by_class(probability, opened, rest, amount, response)
    estimate = float(np.sum(part.rest * part.mean))
    answer = estimate * part.scale if part.speaks else None
    made = amount[opened & (amount > 0)]
    if made.size == 0 or not part.rest.any():
        return Interval(answer, 0.0, None, part.opened, part.effective)
    largest = float(made.max())
    weight = part.weight
    worst = float(weight.max())
    tail = (1.0 - level) / 2.0
    variance = float(np.sum(part.rest * part.square * (1.0 + weight)))
    less = _gamma(estimate, variance)
    more = _gamma(estimate + worst * largest, variance + worst * (1.0 + worst) * largest**2)
    low = min(_middle(tail, less, more), estimate) if estimate > 0.0 else 0.0
    high = max(_middle(1.0 - tail, less, more), estimate) + part.silent * largest
    return Interval(answer, low, high, part.opened, part.effective)


class _Law(Protocol):
    """A distribution that limits are read from."""

    def below(self, value: float) -> float: ...

    def quantile(self, at: float) -> float: ...


@dataclass(frozen=True, slots=True)
class _Point:
    """All at one place."""

    place: float

    def below(self, value: float) -> float:
        return 1.0 if value >= self.place else 0.0

    def quantile(self, at: float) -> float:
        return self.place


@dataclass(frozen=True, slots=True)
class _Beta:
    """Beta(a, b), stretched to [0, top]."""

    a: float
    b: float
    top: float

    def below(self, value: float) -> float:
        return float(special.betainc(self.a, self.b, min(max(value / self.top, 0.0), 1.0)))

    def quantile(self, at: float) -> float:
        return float(special.betaincinv(self.a, self.b, at)) * self.top


@dataclass(frozen=True, slots=True)
class _Gamma:
    """Gamma of this shape and scale."""

    shape: float
    scale: float

    def below(self, value: float) -> float:
        return float(special.gammainc(self.shape, max(value, 0.0) / self.scale))

    def quantile(self, at: float) -> float:
        return float(special.gammaincinv(self.shape, at)) * self.scale


def _beta(mean: float, variance: float, top: float) -> _Law:
    """The Beta distribution on [0, top] with this mean and variance."""
    if mean <= 0.0 or variance <= 0.0 or mean >= top:
        return _Point(min(max(mean, 0.0), top))
    centre, spread = mean / top, variance / top**2
    size = centre * (1.0 - centre) / spread - 1.0
    if size <= 0.0:  # more spread than any Beta has: nothing is known but the range
        return _Beta(0.5, 0.5, top)
    return _Beta(centre * size, (1.0 - centre) * size, top)


def _gamma(mean: float, variance: float) -> _Law:
    """The gamma distribution with this mean and variance."""
    return _Gamma(mean**2 / variance, variance / mean) if mean > 0.0 and variance > 0.0 else _Point(max(mean, 0.0))


def _middle(at: float, less: _Law, more: _Law) -> float:
    """Quantile of the even mixture of two distributions, which lies between their own."""
    low, high = sorted((less.quantile(at), more.quantile(at)))
    for _ in range(60):
        middle = (low + high) / 2.0
        if (less.below(middle) + more.below(middle)) / 2.0 < at:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
