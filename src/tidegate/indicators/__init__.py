"""What history says about a line: daily counters, and the indicators computed from them."""

from tidegate.indicators.catalogue import INDICATORS
from tidegate.indicators.computation import compute, compute_rows
from tidegate.indicators.counters import Counters
from tidegate.indicators.explanation import explain
from tidegate.indicators.indicator import Indicator
from tidegate.indicators.settings import Settings

__all__ = ["INDICATORS", "Counters", "Indicator", "Settings", "compute", "compute_rows", "explain"]
