"""What may be wrong with a parcel, field by field: the words in which it is told, and read again for the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["FAULTS", "Fault", "told", "untold"]

# Code of each fault, and what it says after the pointer of a field, in English and Vietnamese.
FAULTS: dict[str, tuple[str, str]] = {
    "missing": ("is missing", "còn thiếu"),
    "type": ("is of the wrong type", "sai kiểu dữ liệu"),
    "too_long": ("is too long", "quá dài"),
    "form": ("is not written as expected", "không đúng cách ghi quy định"),
    "not_listed": ("is none of the known codes", "không thuộc các mã quy định"),
    "out_of_range": ("is out of range", "nằm ngoài giới hạn cho phép"),
    "count": ("has too few or too many entries", "có quá ít hoặc quá nhiều mục"),
    "check_digit": ("has a wrong check digit", "sai số kiểm tra"),
    "chapter": ("is in an HS chapter that does not exist", "thuộc chương HS không tồn tại"),
    "currencies": ("is another currency than that of the first piece", "khác đồng tiền của mặt hàng đầu tiên"),
    "no_day": ("is no day between 1950 and 2100", "không phải là ngày trong khoảng 1950 đến 2100"),
    "repeated": ("is the number of an earlier piece", "trùng số của một mặt hàng trước"),
    "character": ("holds a character that cannot be kept", "có ký tự không lưu được"),
    "json": ("is no JSON object", "không phải là một đối tượng JSON hợp lệ"),
}

LONGEST = 200  # characters that are kept of what is told
_CODES = {text: code for code, (text, _) in FAULTS.items()}
_TOLD = re.compile(r"(/[\w/]*) (" + "|".join(map(re.escape, _CODES)) + ")")
_ITEM = re.compile(r"^parcel ([A-Z0-9]{1,20}|\?): ")


class Fault(NamedTuple):
    """`pointer` (JSON Pointer) is where in the parcel, `code` one of FAULTS, `expected` what should stand there."""

    pointer: str
    code: str
    expected: str = ""


def told(item_id: object, faults: Sequence[Fault]) -> str:
    """What is wrong with a parcel, in at most 200 characters: first with what is expected, then without, then some."""
    known = item_id if isinstance(item_id, str) and re.fullmatch("[A-Z0-9]{1,20}", item_id) else "?"
    head = f"parcel {known}: "
    short = [f"{fault.pointer or '/'} {FAULTS[fault.code][0]}" for fault in faults]
    full = [f"{text} ({fault.expected})" if fault.expected else text for text, fault in zip(short, faults, strict=True)]
    for texts in (full, short):
        if len(line := head + "; ".join(texts)) <= LONGEST:
            return line
    for kept in range(len(short) - 1, 0, -1):
        line = f"{head}{'; '.join(short[:kept])}; and {len(short) - kept} more"
        if len(line) <= LONGEST:
            return line
    return (head + short[0])[:LONGEST]


def untold(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """The way back from `told`: (item number or "", [(pointer, code)]); None for a text about something else."""
    if (match := _ITEM.match(text)) is None:
        return None
    found = [(pointer.rstrip("/"), _CODES[words]) for pointer, words in _TOLD.findall(text)]
    return match[1].replace("?", ""), found
