"""From lines to decisions: the pipeline, the reasons, the record it leaves, and its replay."""

from tidegate.assessment.desk import Desk
from tidegate.assessment.engine import Assessment, Engine, Stage
from tidegate.assessment.explanation import contributions_of
from tidegate.assessment.labels import labelled
from tidegate.assessment.reasons import titles
from tidegate.assessment.record import Record, write_record
from tidegate.assessment.replay import Replay, replay

__all__ = [
    "Assessment",
    "Desk",
    "Engine",
    "Record",
    "Replay",
    "Stage",
    "contributions_of",
    "labelled",
    "replay",
    "titles",
    "write_record",
]
