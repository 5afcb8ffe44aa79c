"""Shapes of what goes in and out, as the OpenAPI document shows them. A test holds every answer against them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, FiniteFloat, StringConstraints

__all__ = [
    "Cancellation",
    "CancellationKept",
    "DecisionPage",
    "DecisionTold",
    "DeclarationTold",
    "FindingKept",
    "FindingTold",
    "KeyTold",
    "ProblemTold",
    "ReasonTold",
    "ReceiptTold",
    "RejectedRow",
]

DECISION_EXAMPLE: dict[str, Any] = {
    "id": 4711,
    "declaration": "26VN000123",
    "version": 1,
    "current": True,
    "cancelled": False,
    "channel": "red",
    "probability": 0.93,
    "targeted_by": "profile",
    "drawn": False,
    "score": 0.41,
    "reasons": [
        {
            "source": "profile",
            "code": "P-0017",
            "item_number": 2,
            "field": "origin_country",
            "text": "Sawn timber from a country under an export ban",
            "text_vi": "Gỗ xẻ có xuất xứ từ nước cấm xuất khẩu",
            "weight": 0.9,
            "value": "LA",
            "usual": None,
        }
    ],
    "counterfactual": "Without profile P-0017 it would have been green.",
    "counterfactual_vi": "Nếu không có hồ sơ P-0017, tờ khai vào luồng xanh.",
    "lodged_on": "2026-11-20",
    "office": "02CI",
    "made_at": "2026-11-20T08:15:30.123456+00:00",
    "by": "engine",
    "edition": 12,
    "versions": {"book": "9f2c", "lists": "77ab", "model": "03de", "policy": "51c0"},
}


class Out(Schema):
    """What goes out."""

    model_config = ConfigDict(extra="forbid")


class ReasonTold(Out):
    """Why, in words. Of what is restricted only that there is such a reason: `code`, `field` and `value` are null."""

    source: Literal["profile", "list", "model", "draw", "data", "officer"]
    code: str | None
    item_number: int | None
    field: str | None
    text: str | None
    text_vi: str | None
    weight: float | None
    value: str | None
    usual: str | None


class DecisionTold(Out):
    """A decision about one version of a declaration. `probability`: of not being green, known before the draw."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [DECISION_EXAMPLE]})

    id: int
    declaration: str = Field(description="its number")
    version: int
    current: bool = Field(description="false: another decision took its place")
    cancelled: bool = Field(description="whether the declaration is cancelled")
    channel: Literal["green", "yellow", "red", "blue"]
    probability: float
    targeted_by: str = Field(description="the main source of the probability: profile, model, exploration, draw")
    drawn: bool = Field(description="whether chance had a say")
    score: float | None
    reasons: list[ReasonTold]
    counterfactual: str | None = Field(description="what would have become of it without its main reason")
    counterfactual_vi: str | None
    lodged_on: date
    office: str
    made_at: datetime
    by: Literal["engine", "officer"]
    edition: int | None = Field(description="number of the edition that decided")
    versions: dict[str, str | None] = Field(description="hashes of the book, lists, model and policy that decided")


class RejectedRow(Out):
    """A row of the message that was not used."""

    row: int | None = Field(description="row of the message, from 1")
    declaration: str | None = None
    field: str | None
    pointer: str | None = Field(
        description="the place in the body: `/ROW/FIELD`, rows from 0; null where none is known"
    )
    value: str | None = Field(description="what stood there")
    reason: str = Field(description="a code of docs/intake.md")
    text: str
    text_vi: str


class ReceiptTold(Out):
    """What became of a message: every declaration in it is decided, unchanged, or named in a rejected row."""

    message: int = Field(description="number of the message as it is kept here")
    decisions: list[DecisionTold] = Field(description="one each declaration that is new, or another version")
    unchanged: list[str] = Field(description="numbers of declarations that are kept already as they stand here")
    cancelled: list[str] = Field(description="numbers of declarations that the message took back")
    bills: int = Field(description="rows of manifests that are new, one a bill and container")
    rejected: list[RejectedRow]


class DeclarationTold(Out):
    """A declaration as it stands now. `state`: of the work on it; `clear` where nobody has to do anything."""

    number: str
    version: int
    cancelled: bool
    received_at: datetime
    lodged_on: date
    office: str
    line_count: int
    state: Literal["clear", "waiting", "asked", "assigned", "signing", "done"]
    decision: DecisionTold | None


class DecisionPage(Out):
    """Decisions in their order. `next` is the cursor to ask with again, also when there is nothing more as yet."""

    decisions: list[DecisionTold]
    next: str
    more: bool = Field(description="whether more are there already")


Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=r"^[^\x00]*$")]
Word = Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00]*$")]
Sum = Annotated[FiniteFloat, Field(ge=0, le=1e15)]


class FindingTold(Schema):
    """What was found in a line, or in the whole declaration. Nothing found is a finding too: `illicit` false."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"item_number": 2, "found_on": "2026-11-21", "illicit": True, "offence": "value", "revenue": 1250.0}
            ]
        },
    )

    item_number: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None
    found_on: date = Field(description="the day from which it was known; not in the future")
    illicit: bool
    offence: Word = ""
    revenue: Sum = 0.0
    quantity: Sum | None = None
    quantity_unit: Annotated[str, StringConstraints(max_length=10, pattern=r"^[^\x00]*$")] = ""
    value: Sum | None = None
    note: Note = ""
    closes: bool = Field(True, description="whether the work on the declaration is done with it")


class FindingKept(Out):
    id: int
    declaration: str
    version: int
    state: Literal["clear", "waiting", "asked", "assigned", "signing", "done"]


class Cancellation(Schema):
    """Why a declaration is withdrawn."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Lodged twice."}]})
    reason: Annotated[Note, Field(min_length=3)]


class CancellationKept(Out):
    number: str
    version: int
    cancelled: Literal[True]


class KeyTold(Out):
    """What this key is and may do."""

    system: str
    prefix: str
    scopes: list[str]
    offices: list[str] | None = Field(description="null: all")
    calls_per_second: int
    expires_at: datetime


class FieldProblem(Out):
    detail: str
    detail_vi: str | None = None
    pointer: str | None = Field(None, description="the place in the body (RFC 6901)")
    parameter: str | None = Field(None, description="the parameter or header")


class ProblemTold(Schema):
    """RFC 9457, as application/problem+json."""

    type: str = Field(description="urn:tidegate:problem:CODE; the codes stand in docs/console/api.md")
    title: str
    title_vi: str
    status: int
    detail: str | None = None
    errors: list[FieldProblem] = Field(default_factory=list)
    receipt: ReceiptTold | None = Field(None, description="of a message of which nothing could be used")
