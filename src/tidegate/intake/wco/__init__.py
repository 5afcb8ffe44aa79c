"""WCO Data Model XML (3.x, in the UK's dialect and near ones): declarations, amendments, cancellations, responses.

`FORMAT` reads declarations as lines and responses as answers, and writes lines as declarations. `answer` writes what
has been decided as responses. `validate` checks a message against a folder of schemas. See docs/formats/wco.md.
"""

from __future__ import annotations

from tidegate.intake.formats import Format
from tidegate.intake.wco.amending import amend
from tidegate.intake.wco.answering import CHANNELS, answer
from tidegate.intake.wco.gathering import DROPPED
from tidegate.intake.wco.lines import NAME
from tidegate.intake.wco.paths import ANSWERS, PATHS, Path
from tidegate.intake.wco.reading import ALL_COLUMNS, EXTRAS, detect, read
from tidegate.intake.wco.validation import validate
from tidegate.intake.wco.writing import write

__all__ = ["ANSWERS", "CHANNELS", "DROPPED", "EXTRAS", "FORMAT", "PATHS", "Path", "answer", "validate"]

FORMAT = Format(
    name=NAME,
    label="WCO Data Model XML",
    label_vi="XML theo Mô hình dữ liệu WCO",
    endings=(".xml",),
    detect=detect,
    read=read,
    columns=ALL_COLUMNS,
    write=write,
    answer=answer,
    amend=amend,
)
