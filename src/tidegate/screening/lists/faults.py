"""What can be wrong with one record of a list, in words; the other records serve all the same."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FAULTS", "SHOWN", "Fault"]

SHOWN = 80  # characters of a value that a fault repeats

# Reason -> (what an officer reads in English, in Vietnamese, whether the record is left out for it).
FAULTS: dict[str, tuple[str, str, bool]] = {
    "no_name": (
        "it has neither a name nor an identifier that can be used",
        "không có tên hay số định danh nào dùng được",
        True,
    ),
    "no_identifier": (
        "this kind is found by a number, and it has none that can be used",
        "loại này được tìm theo số, nhưng không có số nào dùng được",
        True,
    ),
    "unknown_kind": ("this kind of entry is not known", "không rõ loại bản ghi này", True),
    "unreadable": ("the record cannot be read", "không đọc được bản ghi", True),
    "unread_pattern": ("this pattern is not one that can be matched", "không so khớp được mẫu này", True),
    "unknown_date": ("this is no date that can be read", "không đọc được ngày này", False),
    "unknown_country": ("this country is not known", "không rõ quốc gia này", False),
    "unknown_level": (
        "this marking is not known: the record is treated as restricted",
        "không rõ mức bảo mật này: bản ghi được coi là hạn chế",
        False,
    ),
    "too_long": ("a text is longer than any real one and is left out", "giá trị dài quá mức và bị bỏ qua", False),
    "repeated": (
        "a record with this number stands on the list already",
        "đã có bản ghi mang số này trong danh sách",
        False,
    ),
    "unknown_record": (
        "it belongs to a record that is not on the list",
        "thuộc về bản ghi không có trong danh sách",
        True,
    ),
    "not_all_here": (
        "the source says that there are more records than the files hold",
        "nguồn cho biết còn nhiều bản ghi hơn số có trong tệp",
        False,
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: in which `file`, at which `record` (its number in the source, or its place), why, and the value."""

    file: str
    record: str
    reason: str
    value: str = ""

    @property
    def left_out(self) -> bool:
        """Whether the record serves no more; else it serves without the value."""
        return FAULTS[self.reason][2]

    def told(self, language: str = "en") -> str:
        """The fault in one line, in English or Vietnamese ("vi")."""
        what = FAULTS[self.reason][language == "vi"]
        value = f" ({self.value[:SHOWN]!r})" if self.value else ""
        return f"{self.file}, {self.record}: {what}{value}"
