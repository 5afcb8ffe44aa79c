"""The formats of messages that are known, in the order in which a file is tried for them."""

from __future__ import annotations

import polars as pl

from tidegate.intake.asycuda import MANIFEST_FORMAT, SAD_FORMAT
from tidegate.intake.edifact import FORMAT as EDIFACT
from tidegate.intake.formats import Format
from tidegate.intake.parcels import FORMAT as PARCELS
from tidegate.intake.wco import FORMAT as WCO

__all__ = ["BY_NAME", "EXTRA_COLUMNS", "FORMATS"]

FORMATS: tuple[Format, ...] = (PARCELS, WCO, SAD_FORMAT, MANIFEST_FORMAT, EDIFACT)
BY_NAME: dict[str, Format] = {one.name: one for one in FORMATS}
# Columns that lines have if they came in one of these formats: a profile may name them on any day.
# One that two formats write differently is text, as it is where their lines meet.
EXTRA_COLUMNS: dict[str, pl.DataType] = {}
for _form in FORMATS:
    for _name, _type in _form.extras.items():
        EXTRA_COLUMNS[_name] = _type if EXTRA_COLUMNS.get(_name, _type) == _type else pl.String()
