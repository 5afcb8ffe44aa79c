"""UN/EDIFACT: declarations, manifests, bay plans, and the answers to them. docs/formats/edifact.md says more."""

from tidegate.intake.edifact.answering import answer, answer_bills, contrl
from tidegate.intake.edifact.reading import EXTRA_COLUMNS, NAME, detect, read
from tidegate.intake.edifact.writing import write, write_bills
from tidegate.intake.formats import Format

__all__ = ["FORMAT", "contrl", "write_bills"]

FORMAT = Format(
    name=NAME,
    label="UN/EDIFACT messages",
    label_vi="Thông điệp UN/EDIFACT",
    endings=(".edi", ".edifact"),
    detect=detect,
    read=read,
    columns=EXTRA_COLUMNS,
    write=write,
    answer=answer,
    answer_bills=answer_bills,
    write_bills=write_bills,
    without_goods={
        "CUSREP": (
            "a vessel report: it says that a vessel, aircraft or vehicle arrives or departs, and holds no goods",
            "báo cáo phương tiện vận tải: cho biết tàu, máy bay hoặc xe đến hay đi, không có hàng hóa",
        )
    },
)
