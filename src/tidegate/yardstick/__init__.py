"""The yardstick: estimates of what is true of all trade, made from draws whose probabilities are known."""

from tidegate.yardstick.contribution import by_hand, overlap, profile_contributions, source_contributions
from tidegate.yardstick.decay import VERDICTS, profile_trend, verdicts
from tidegate.yardstick.effect import Effect, measure
from tidegate.yardstick.estimators import effective_size, hajek, horvitz_thompson
from tidegate.yardstick.intervals import Interval, amount_interval, count_interval, rate_interval
from tidegate.yardstick.outcomes import CHANNELS, outcomes
from tidegate.yardstick.trade import fraud_rate, missed

__all__ = [
    "CHANNELS",
    "VERDICTS",
    "Effect",
    "Interval",
    "amount_interval",
    "by_hand",
    "count_interval",
    "effective_size",
    "fraud_rate",
    "hajek",
    "horvitz_thompson",
    "measure",
    "missed",
    "outcomes",
    "overlap",
    "profile_contributions",
    "profile_trend",
    "rate_interval",
    "source_contributions",
    "verdicts",
]
