"""What a key may be allowed to do: the one list of scopes. Endpoints name one each; the people screen offers them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BY_CODE", "SCOPES", "Scope"]


@dataclass(frozen=True, slots=True)
class Scope:
    code: str
    label: str
    label_vi: str


SCOPES = (
    Scope("declare", "submit and amend declarations", "nộp và sửa đổi tờ khai"),
    Scope("cancel", "cancel declarations", "hủy tờ khai"),
    Scope("read", "ask for one declaration or decision", "tra cứu từng tờ khai, quyết định"),
    Scope("follow", "read all decisions of its offices as they are made", "nhận mọi quyết định của đơn vị theo thứ tự"),
    Scope("find", "record findings", "ghi kết quả kiểm tra"),
    Scope("measure", "read the metrics of the node", "đọc số đo vận hành của hệ thống"),
)
BY_CODE = {one.code: one for one in SCOPES}
