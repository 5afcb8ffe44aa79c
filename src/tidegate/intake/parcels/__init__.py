"""Parcels: the data of CN 22, CN 23 and of the low-value declaration, as JSON with a published schema."""

from tidegate.intake.formats import COLUMNS, Format
from tidegate.intake.parcels.answering import answer
from tidegate.intake.parcels.detection import detect
from tidegate.intake.parcels.faults import FAULTS
from tidegate.intake.parcels.linking import LINKS, THRESHOLDS, link
from tidegate.intake.parcels.reading import read
from tidegate.intake.parcels.rows import CATEGORIES, EXTRAS, NAME
from tidegate.intake.parcels.schema import ANSWER, PARCEL
from tidegate.intake.parcels.writing import write

__all__ = ["ANSWER", "CATEGORIES", "EXTRAS", "FAULTS", "FORMAT", "LINKS", "PARCEL", "THRESHOLDS", "link"]

FORMAT = Format(
    name=NAME,
    label="Parcels (CN 22, CN 23, low-value declaration)",
    label_vi="Bưu gửi (CN 22, CN 23, tờ khai trị giá thấp)",
    endings=(".json", ".ndjson", ".jsonl"),
    detect=detect,
    read=read,
    columns=(*COLUMNS, *(field.name for field in EXTRAS)),
    write=write,
    answer=answer,
    types={field.name: field.dtype for field in EXTRAS if field.dtype is not None},
)
