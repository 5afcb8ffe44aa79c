"""Answers to the post: one a parcel, valid by their schema, and silent about what made customs look."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest

from tidegate import intake
from tidegate.intake import REJECTED_SCHEMA, parcels
from tidegate.intake.parcels.answering import TEXTS, answer
from tidegate.intake.parcels.faults import FAULTS

SAMPLES = Path(__file__).resolve().parents[2] / "examples/messages/parcels/ten_parcels.json"
TEN: list[dict[str, Any]] = json.loads(SAMPLES.read_text(encoding="utf-8"))
NOW = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)
ORACLE = jsonschema.Draft202012Validator(parcels.ANSWER)
NOTHING = pl.DataFrame(schema=REJECTED_SCHEMA)


def _answers(paths: list[Path]) -> list[dict[str, Any]]:
    (path,) = paths
    said = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for one in said:
        ORACLE.validate(one)
    return said


def _decisions(**channels: str) -> pl.DataFrame:
    rows = [(item, channel, f"PROFILE-{channel}") for item, channel in channels.items()]
    schema = dict.fromkeys(("declaration_id", "channel", "targeted_by"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_schemas_are_schemas() -> None:
    for schema in (parcels.PARCEL, parcels.ANSWER):
        jsonschema.Draft202012Validator.check_schema(schema)


def test_one_answer_a_parcel(tmp_path: Path) -> None:
    lines = intake.read(SAMPLES).lines.with_columns(pl.lit(2, pl.Int32).alias("message_version"))
    channels = dict(zip(lines["declaration_id"].unique(maintain_order=True), ["green", "blue", "yellow", "red"] * 3))  # noqa: B905
    said = _answers(answer(_decisions(**channels), lines, NOTHING, tmp_path / "out", NOW))
    assert [one["item_id"] for one in said] == [one["item_id"] for one in TEN]
    assert [one["answer"] for one in said[:4]] == ["release", "release", "hold", "hold"]
    assert [one.get("reason") for one in said[:4]] == [None, None, "documents", "examination"]
    assert said[2] == {
        "item_id": TEN[2]["item_id"],
        "answer": "hold",
        "channel": "yellow",
        "reason": "documents",
        "reference": "SAMPLE-03",
        "version": 2,
        "text": "Hold: customs asks for the invoice, proof of payment or permits.",
        "text_vi": "Tạm giữ: hải quan yêu cầu hóa đơn, chứng từ thanh toán hoặc giấy phép.",
        "issued_at": "2026-03-02T09:30:15Z",
    }
    assert "PROFILE" not in json.dumps(said)


def test_more_data_is_asked_for_by_field(tmp_path: Path) -> None:
    bad = json.loads(json.dumps(TEN[4]))
    del bad["addressee"]["name"]
    bad["pieces"][0]["hs_code"] = "61"
    other = {**TEN[5], "item_id": "RR473124828GB"}
    path = tmp_path / "p.ndjson"
    path.write_text("\n".join([json.dumps(TEN[0]), json.dumps(bad), json.dumps(other), '{"item_id": oops']))
    came = intake.read(path)
    decisions = _decisions(**{TEN[0]["item_id"]: "green"})
    said = _answers(answer(decisions, came.lines, came.rejected, tmp_path / "out", NOW))
    assert [(one["item_id"], one["answer"]) for one in said] == [
        (TEN[0]["item_id"], "release"),
        (bad["item_id"], "more_data"),
        ("RR473124828GB", "more_data"),
        (None, "more_data"),
    ]
    assert said[1]["fields"] == [
        {
            "pointer": "/addressee/name",
            "fault": "missing",
            "text": "is missing",
            "text_vi": "còn thiếu",
            "expected": "name, up to 1,000 characters",
        },
        {
            "pointer": "/pieces/0/hs_code",
            "fault": "form",
            "text": "is not written as expected",
            "text_vi": "không đúng cách ghi quy định",
            "expected": "HS code, 6 to 12 digits",
        },
    ]
    assert (said[3]["file"], said[3]["row"], said[3]["fields"][0]["fault"]) == ("p.ndjson", 4, "json")


def test_a_parcel_without_a_code_is_decided_and_waits_for_it(tmp_path: Path) -> None:
    """Held for the code where it would be released; told so where it is held anyway; gifts need none."""
    sent = json.loads(json.dumps([TEN[2], *TEN[3:7]]))
    channels = ("green", "blue", "yellow", "red", "green")
    sent[0]["pieces"][1].pop("hs_code")
    for one, blank in zip(sent[1:], ("", None, "", ""), strict=True):
        one["category"] = "sale_of_goods"
        one["pieces"][0]["hs_code"] = blank
    sent[4]["category"] = "gift"
    path = tmp_path / "p.json"
    path.write_text(json.dumps(sent))
    came = intake.read(path)
    assert came.rejected.height == 0
    missing = came.lines.filter(pl.col("hs_code").is_null())
    assert missing["flags"].str.contains("hs_missing").sum() == missing.height == 5
    decisions = _decisions(**dict(zip((one["item_id"] for one in sent), channels, strict=True)))
    said = _answers(answer(decisions, came.lines, came.rejected, tmp_path / "out", NOW))
    assert [(one["answer"], one.get("channel"), one.get("reason")) for one in said] == [
        ("more_data", None, "data"),
        ("more_data", None, "data"),
        ("hold", "yellow", "documents"),
        ("hold", "red", "examination"),
        ("release", "green", None),
    ]
    asked = [[(field["pointer"], field["fault"]) for field in one.get("fields", [])] for one in said]
    first = ("/pieces/0/hs_code", "missing")
    assert asked == [[("/pieces/1/hs_code", "missing")], [first], [first], [first], []]
    assert "HS code" in said[0]["text"]
    assert "mã HS" in said[0]["text_vi"]
    assert said[0]["fields"][0]["expected"] == "HS code, 6 to 12 digits"


def test_the_code_that_was_asked_for_comes_as_an_amendment(tmp_path: Path) -> None:
    bare = json.loads(json.dumps(TEN[4]))
    code = bare["pieces"][0].pop("hs_code")
    whole = {**TEN[4], "function": "amendment", "version": 2}
    path = tmp_path / "p.json"
    path.write_text(json.dumps([bare, whole]))
    came = intake.read(path)
    assert came.lines["hs_code"].to_list() == [code]
    (said,) = _answers(
        answer(_decisions(**{bare["item_id"]: "green"}), came.lines, came.rejected, tmp_path / "out", NOW)
    )
    assert said["answer"] == "release"


def test_sent_again(tmp_path: Path) -> None:
    """The same parcel twice is answered once; with other content it is to come as an amendment."""
    changed = json.loads(json.dumps(TEN[2]))
    for piece in changed["pieces"]:
        piece["value"] = 1
    path = tmp_path / "p.ndjson"
    path.write_text("\n".join(json.dumps(one) for one in (TEN[2], TEN[2], changed)))
    rejected = intake.read(path).rejected.filter(pl.col("reason").is_in(["repeated", "contradicts"]))
    assert rejected["reason"].to_list() == ["repeated"] * 2 + ["contradicts"] * 2
    (said,) = _answers(
        answer(_decisions(), pl.DataFrame(schema={"declaration_id": pl.String}), rejected, tmp_path, NOW)
    )
    assert (said["item_id"], said["answer"], said["reason"]) == (TEN[2]["item_id"], "more_data", "contradiction")


def test_what_is_not_of_parcels_is_not_answered(tmp_path: Path) -> None:
    lines = pl.DataFrame({"declaration_id": ["D1"], "message_format": ["wco"]})
    rejected = pl.DataFrame(
        [("a.csv", 3, "item_number", "D1/1", "contradicts"), ("b.xml", 1, None, "no root", "message")],
        schema=REJECTED_SCHEMA,
        orient="row",
    )
    assert answer(_decisions(D1="red"), lines, rejected, tmp_path / "out", NOW) == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("table", [TEXTS, FAULTS])
def test_everything_is_said_in_vietnamese(table: dict[str, tuple[str, ...]]) -> None:
    for *_, text, text_vi in table.values():
        assert text_vi != text
        assert not text_vi.isascii()
