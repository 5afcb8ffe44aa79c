"""From lines to decisions: the pipeline, the reasons, the record it leaves, and its replay."""

from tidegate.assessment.columns import EXTRA_FIELDS, EXTRA_SCHEMA, fitted, with_extras
from tidegate.assessment.desk import Desk
from tidegate.assessment.engine import Assessment, Engine, Stage
from tidegate.assessment.explanation import contributions_of
from tidegate.assessment.labels import labelled
from tidegate.assessment.lists import InForce, open_lists
from tidegate.assessment.parties import hold, screened_schema
from tidegate.assessment.reasons import titles
from tidegate.assessment.record import Record, write_record
from tidegate.assessment.replay import Replay, replay

__all__ = [
    "EXTRA_FIELDS",
    "EXTRA_SCHEMA",
    "Assessment",
    "Desk",
    "Engine",
    "InForce",
    "Record",
    "Replay",
    "Stage",
    "contributions_of",
    "fitted",
    "hold",
    "labelled",
    "open_lists",
    "replay",
    "screened_schema",
    "titles",
    "with_extras",
    "write_record",
]
