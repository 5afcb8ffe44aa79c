"""What is said of a break in the chain, in Vietnamese: checks write it in English."""

from __future__ import annotations

import re

__all__ = ["SAID", "told"]

ROWS = r"(?P<what>decisions|findings|messages) (?P<first>\d+) to (?P<last>\d+)"
WHAT = {"decisions": "quyết định", "findings": "kết quả kiểm tra", "messages": "thông điệp"}
SAID = (
    (r"(?P<n>\d+) missing", "thiếu {n} mục"),
    (r"the entry before is another", "mục đứng trước không còn như cũ"),
    (r"changed", "đã bị sửa"),
    (
        r"cut off: this entry was written down, and is not there",
        "bị cắt ở cuối: mục này đã được ghi lại nhưng không còn",
    ),
    (r"this entry was written down with another hash", "mục này đã được ghi lại với mã băm khác"),
    (ROWS + ": changed", "{what} {first} đến {last}: đã bị sửa"),
    (ROWS + r": (?P<n>\d+) removed", "{what} {first} đến {last}: bị xóa {n}"),
    (ROWS + r": (?P<n>\d+) put in", "{what} {first} đến {last}: bị chèn thêm {n}"),
    (ROWS + " are under no seal", "{what} {first} đến {last} không có niêm phong"),
    (
        r"the last decision of declaration row (?P<n>\d+) is not its current one",
        "quyết định cuối của bản ghi tờ khai {n} không phải là quyết định hiện hành",
    ),
)


def told(said: str, language: str | None) -> str:
    """What is wrong, in the reader's language."""
    if language == "vi":
        for pattern, vietnamese in SAID:
            if found := re.fullmatch(pattern, said):
                told = found.groupdict()
                return vietnamese.format(**told | {"what": WHAT.get(told.get("what", ""), "")})
    return said
