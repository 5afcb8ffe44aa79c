"""What an indicator is: a name, what it asks of the past, a formula, and the sentences that explain it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from tidegate.indicators.batch import Floats
from tidegate.indicators.needs import Need

__all__ = ["FLAG", "NUMBER", "Formula", "Indicator"]

NUMBER, FLAG = pl.Float64, pl.Boolean

# (the lines, the settings, the answer to each need) -> one number a line: NaN for null, 1 and 0 for a flag.
Formula = Callable[..., Floats]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One number or flag about a line.

    `sentence` is filled by `explain` with `{value}` and the fields of the line; `{line/lines}` goes by the value.
    A flag that is false takes `otherwise`.
    `missing` says when the indicator is null. `whole_declaration`: it looks at all lines of the declaration,
    which must then stand in one table.
    """

    name: str
    dtype: Any
    unit: str
    label: str
    label_vi: str
    sentence: str
    sentence_vi: str
    missing: str
    missing_vi: str
    needs: tuple[Need, ...]
    formula: Formula
    otherwise: str = ""
    otherwise_vi: str = ""
    whole_declaration: bool = False
