"""Intake: files of any make become the line table; what cannot be used is put aside with its reason, and counted."""

from tidegate.intake.mapping import Mapping
from tidegate.intake.reading import Findings, Intake, batches, read, read_findings
from tidegate.intake.reasons import FLAGS, REJECTIONS, Reason, reason
from tidegate.intake.rejected import REJECTED_SCHEMA, write_rejected
from tidegate.intake.settings import SETTINGS, UNITS, Setting

__all__ = [
    "FLAGS",
    "REJECTED_SCHEMA",
    "REJECTIONS",
    "SETTINGS",
    "UNITS",
    "Findings",
    "Intake",
    "Mapping",
    "Reason",
    "Setting",
    "batches",
    "read",
    "read_findings",
    "reason",
    "write_rejected",
]
