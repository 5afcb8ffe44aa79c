"""What can go wrong at the door: the one list, and the answer in the form of RFC 9457 (application/problem+json)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from pydantic_core import to_json

__all__ = ["BY_CODE", "MEDIA_TYPE", "PROBLEMS", "Problem", "ProblemKind"]

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:tidegate:problem:"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem: its code (end of its `type`), HTTP status, and what it says in English and Vietnamese."""

    code: str
    status: int
    title: str
    title_vi: str


PROBLEMS = (
    ProblemKind("malformed", 400, "The request cannot be read.", "Không đọc được yêu cầu."),
    ProblemKind("unauthorized", 401, "No valid key came with the request.", "Yêu cầu không kèm khóa hợp lệ."),
    ProblemKind("scope", 403, "The key may not do this.", "Khóa không có quyền thực hiện việc này."),
    ProblemKind("office", 403, "The key may not act for this office.", "Khóa không được dùng cho đơn vị hải quan này."),
    ProblemKind("missing", 404, "There is no such thing, or the key may not see it.",
                "Không có, hoặc khóa không được xem."),
    ProblemKind("method", 405, "This address does not take this method.", "Địa chỉ không nhận phương thức này."),
    ProblemKind("conflict", 409, "It does not fit what is kept here.", "Không phù hợp với dữ liệu đang lưu."),
    ProblemKind("idempotency", 409, "The Idempotency-Key was used for another request.",
                "Idempotency-Key đã dùng cho một yêu cầu khác."),
    ProblemKind("length", 411, "The request does not say how long it is.", "Yêu cầu không ghi độ dài."),
    ProblemKind("too-large", 413, "The request is larger than this node takes.", "Yêu cầu lớn hơn mức cho phép."),
    ProblemKind("media-type", 415, "The content type is not one of those that are read here.",
                "Kiểu nội dung không thuộc các loại được đọc."),
    ProblemKind("invalid", 422, "Something in the request cannot be used.", "Có nội dung không dùng được."),
    ProblemKind("rejected", 422, "Nothing of the message could be used.", "Không dùng được phần nào của thông điệp."),
    ProblemKind("too-many", 429, "More calls came than this key may make.", "Số lần gọi vượt mức cho phép của khóa."),
    ProblemKind("failed", 500, "The node failed; nothing was changed.", "Hệ thống gặp lỗi; không có gì thay đổi."),
    ProblemKind("unavailable", 503, "The node cannot do this now; nothing was changed.",
                "Hệ thống tạm thời không phục vụ được; không có gì thay đổi."),
)  # fmt: skip
BY_CODE = {one.code: one for one in PROBLEMS}


class Problem(Exception):  # noqa: N818 (RFC 9457 names it)
    """Raised anywhere behind the door; what was begun is rolled back.

    `detail` says what is wrong and what to do. `errors`: one each field, with a `pointer` into the body (RFC 6901), or
    `parameter`, and a `detail`.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, detail)
        self.kind = BY_CODE[code]
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})

    def said(self) -> dict[str, Any]:
        """The body."""
        kind = self.kind
        told: dict[str, Any] = {
            "type": TYPE + kind.code,
            "title": kind.title,
            "title_vi": kind.title_vi,
            "status": kind.status,
        }
        if self.detail:
            told["detail"] = self.detail
        if self.errors:
            told["errors"] = self.errors
        return told

    def response(self) -> HttpResponse:
        return HttpResponse(
            to_json(self.said()), status=self.kind.status, content_type=MEDIA_TYPE, headers=self.headers
        )
