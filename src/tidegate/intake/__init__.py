"""Intake: files of any make become the line table; what cannot be used is put aside with its reason, and counted."""

from tidegate.intake.amendments import AMENDMENTS_SCHEMA, write_amendments
from tidegate.intake.arrivals import Intake, across, joined
from tidegate.intake.cargo import CARGO_KINDS, CARGO_SCHEMA, Meeting, Tolerance, meet, meeting, write_cargo
from tidegate.intake.inspection import Inspected, inspect
from tidegate.intake.links import names_bills, numbers_in, plain_number, standing_bills
from tidegate.intake.mapping import Mapping
from tidegate.intake.parcels import EXTRAS as PARCEL_FIELDS
from tidegate.intake.quality import QUALITY_SCHEMA, write_quality
from tidegate.intake.reading import Findings, batches, read, read_bytes, read_findings
from tidegate.intake.reasons import FLAGS, REJECTIONS, Reason, reason
from tidegate.intake.references import REFERENCES_SCHEMA, renamed
from tidegate.intake.rejected import REJECTED_SCHEMA, write_rejected
from tidegate.intake.settings import SETTINGS, UNITS, Setting
from tidegate.intake.several import Plain, Several, plain_of, read_plain, together
from tidegate.intake.versions import CANCELLED, SUPERSEDED, amended_after, late_withdrawals, settle, withdrawn_after

__all__ = [
    "AMENDMENTS_SCHEMA",
    "CANCELLED",
    "CARGO_KINDS",
    "CARGO_SCHEMA",
    "FLAGS",
    "PARCEL_FIELDS",
    "QUALITY_SCHEMA",
    "REFERENCES_SCHEMA",
    "REJECTED_SCHEMA",
    "REJECTIONS",
    "SETTINGS",
    "SUPERSEDED",
    "UNITS",
    "Findings",
    "Inspected",
    "Intake",
    "Mapping",
    "Meeting",
    "Plain",
    "Reason",
    "Setting",
    "Several",
    "Tolerance",
    "across",
    "amended_after",
    "batches",
    "inspect",
    "joined",
    "late_withdrawals",
    "meet",
    "meeting",
    "names_bills",
    "numbers_in",
    "plain_number",
    "plain_of",
    "read",
    "read_bytes",
    "read_findings",
    "read_plain",
    "reason",
    "renamed",
    "settle",
    "standing_bills",
    "together",
    "withdrawn_after",
    "write_amendments",
    "write_cargo",
    "write_quality",
    "write_rejected",
]
