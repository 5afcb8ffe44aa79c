"""The formats of messages that are known, in the order in which a file is tried for them."""

from __future__ import annotations

from tidegate.intake.asycuda import MANIFEST_FORMAT, SAD_FORMAT
from tidegate.intake.edifact import FORMAT as EDIFACT
from tidegate.intake.formats import Format
from tidegate.intake.parcels import FORMAT as PARCELS
from tidegate.intake.wco import FORMAT as WCO

__all__ = ["BY_NAME", "FORMATS"]

FORMATS: tuple[Format, ...] = (PARCELS, WCO, SAD_FORMAT, MANIFEST_FORMAT, EDIFACT)
BY_NAME: dict[str, Format] = {one.name: one for one in FORMATS}
