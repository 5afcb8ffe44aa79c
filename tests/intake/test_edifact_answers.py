"""Answers in kind: CUSRES with the channel or the errors, CONTRL for what is broken."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from edifact_samples import DECLARATION, message, read_path, whole

from tidegate import intake
from tidegate.intake.edifact import FORMAT, contrl
from tidegate.intake.edifact.answering import CHANNELS
from tidegate.intake.edifact.report import ERRORS

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def reports(content: str | bytes, folder: Path) -> list[tuple[str | None, ...]]:
    path = folder / "came.edi"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    [report] = contrl(path, folder / "answers", NOW)
    raw = read_path(report)
    assert raw.refused.height == 0
    assert raw.unread == {}
    assert raw.answers is not None
    return raw.answers.select("reference", "kind", "pointer", "reason").rows()


def test_a_sound_interchange_is_acknowledged(tmp_path: Path) -> None:
    assert reports(whole(message(DECLARATION)), tmp_path) == [
        ("R1", "accepted", None, None),
        ("R1/1", "accepted", None, None),
    ]


@pytest.mark.parametrize(
    ("old", "new", "pointer", "code"),
    [
        ("UNT+9+1", "UNT+7+1", "tag UNT element 1", "29"),
        ("UNT+9+1", "UNT+9+8", "tag UNT element 2", "28"),
        ("UNT+9+1'", "", "tag UNZ", "13"),
        ("CUSDEC:D", "PAXLST:D", "tag UNH element 2 component 1", "14"),
        ("+++Portable", "+++\x02Portable", "segment 6", "21"),
        ("MOA+40", "mo+40", "segment 7", "12"),
        ("'UNT+9+1", "'CNT+5:7'UNT+10+1", "segment 9 element 1 component 2", "29"),
    ],
)
def test_a_broken_message_is_rejected_with_its_place(
    old: str, new: str, pointer: str, code: str, tmp_path: Path
) -> None:
    text = whole(message(DECLARATION).replace(old, new), message(DECLARATION, reference="2"))
    if not new:
        text = whole(message(DECLARATION, reference="2"), message(DECLARATION).replace(old, new))
    found = [row for row in reports(text, tmp_path) if row[2] is not None]
    wanted = [(pointer, code)]
    if "element" in pointer and "segment" in pointer:
        wanted.insert(0, (pointer.split(" element")[0], None))  # type: ignore[arg-type]
    assert [(row[2], row[3]) for row in found] == wanted
    assert all(row[1] == "rejected" and row[0] == "R1/1" for row in found)
    assert code in ERRORS


def test_a_broken_frame_is_said_of_the_interchange(tmp_path: Path) -> None:
    found = reports(whole(message(DECLARATION)).replace("UNZ+1", "UNZ+4"), tmp_path)
    assert found == [("R1", "accepted", "tag UNZ element 1", "29"), ("R1/1", "accepted", None, None)]
    found = reports(whole().replace("UNZ+0", "UNZ+3"), tmp_path)
    assert found == [("R1", "rejected", "tag UNZ element 1", "29")]


def test_a_report_goes_back_to_the_sender_for_each_interchange(tmp_path: Path) -> None:
    path = tmp_path / "came.edi"
    path.write_text(
        whole(message(DECLARATION)) + whole(message(DECLARATION), reference="R2").replace("SENDER", "OTHER:ZZ")
    )
    [report] = contrl(path, tmp_path, NOW)
    text = report.read_text()
    assert text.count("UNB+UNOC:3+RECIPIENT+SENDER+260105:0930+") == 1
    assert text.count("UNB+UNOC:3+RECIPIENT+OTHER:ZZ+260105:0930+") == 1
    assert "UCI+R2+OTHER:ZZ+RECIPIENT+7'" in text


def test_what_names_no_sender_has_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "came.edi"
    path.write_text("FTX+A'UNT+1+1'")
    assert contrl(path, tmp_path, NOW) == []


def answered(text: str, channels: dict[str, str], folder: Path) -> pl.DataFrame:
    path = folder / "came.edi"
    path.write_text(text)
    came = intake.read(path, lenient=True)
    decisions = pl.DataFrame(
        {"declaration_id": list(channels), "channel": list(channels.values())},
        schema={"declaration_id": pl.String, "channel": pl.String},
    )
    assert FORMAT.answer is not None
    return intake.read(FORMAT.answer(decisions, came.lines, came.rejected, folder / "answers", NOW)).answers


@pytest.mark.parametrize(
    ("channel", "kind"), [("green", "released"), ("blue", "released"), ("yellow", "query"), ("red", "control")]
)
def test_each_channel_is_answered(channel: str, kind: str, tmp_path: Path) -> None:
    answers = answered(whole(message(DECLARATION)), {"D1": channel}, tmp_path)
    [row] = answers.to_dicts()
    assert (row["declaration_id"], row["reference"], row["kind"], row["reason"]) == ("D1", "R1/1", kind, channel)
    assert row["issued_at"] == NOW.replace(tzinfo=None)
    assert row["text"] == CHANNELS[channel][1]


def test_rejected_items_are_answered_with_their_errors(tmp_path: Path) -> None:
    bad = DECLARATION.replace("D1:2", "D2:1").replace("84713020", "77999999")
    text = whole(message(DECLARATION), message(bad, reference="2"))
    answers = answered(text, {"D1": "green"}, tmp_path)
    assert answers.filter(declaration_id="D1")["kind"].to_list() == ["released"]
    wrong = answers.filter(declaration_id="D2")
    assert wrong.select("reference", "kind", "pointer", "reason").rows() == [
        ("R1/2", "rejected", None, None),
        ("R1/2", "rejected", "2/hs_code/15", "hs_chapter"),
    ]
    assert "77999999" in wrong["text"].to_list()[1]


def test_broken_messages_are_answered_with_a_report(tmp_path: Path) -> None:
    text = whole(message(DECLARATION), message(DECLARATION, reference="2").replace("UNT+9", "UNT+8"))
    answers = answered(text, {"D1": "red"}, tmp_path)
    assert answers.filter(pl.col("reason") == "29")["reference"].to_list() == ["R1/2"]
    assert answers.filter(declaration_id="D1")["kind"].to_list() == ["control"]


def test_senders_get_files_of_their_own(tmp_path: Path) -> None:
    other = whole(message(DECLARATION.replace("D1", "D2")), reference="R2").replace("SENDER", "AN?+OTHER")
    path = tmp_path / "came.edi"
    path.write_text(whole(message(DECLARATION)) + other)
    came = intake.read(path)
    decisions = pl.DataFrame({"declaration_id": ["D1", "D2"], "channel": ["red", "green"]})
    assert FORMAT.answer is not None
    paths = FORMAT.answer(decisions, came.lines, came.rejected, tmp_path / "answers", NOW)
    assert [file.name for file in paths] == ["cusres-0001.edi", "cusres-0002.edi"]
    assert "+TIDEGATE+AN?+OTHER+" in paths[0].read_text()
    assert "RFF+ABT:D2'" in paths[0].read_text()


def test_the_sender_of_a_manifest_is_told_of_each_bill(tmp_path: Path) -> None:
    cases = {
        "B1": (["D1"], "green", "released", "4"),
        "B2": (["D2", "D3"], "red", "control", "5"),
        "B3": (["D4"], "yellow", "query", "6"),
        "B4": (["D5"], "blue", "released", "4"),
        "B5": ([], None, "query", "10"),
        "B6": (["D6"], None, "accepted", "9"),
        "B7": (["D7"], "green", "query", "10"),
        "B8": (["D8"], "red", "control", "5"),
    }
    kinds = {"B5": "undeclared", "B7": "short", "B8": "short"}
    told = pl.DataFrame(
        [
            {"manifest_id": "V1", "bill_id": bill, "container_ids": "CSQU3054383", "message_sender": "LINE",
             "kind": kinds.get(bill, "agrees"), "declaration_ids": numbers, "channel": channel}
            for bill, (numbers, channel, _, _) in cases.items()
        ]
        + [{"manifest_id": "V2", "bill_id": None, "container_ids": "MSKU1234565", "message_sender": None,
            "kind": "undeclared", "declaration_ids": [], "channel": None}],
        schema_overrides={"declaration_ids": pl.List(pl.String), "channel": pl.String},
    )  # fmt: skip
    assert FORMAT.answer_bills is not None
    paths = FORMAT.answer_bills(told, tmp_path / "answers", NOW)
    assert ["+TIDEGATE+UNKNOWN+" in paths[0].read_text(), "+TIDEGATE+LINE+" in paths[1].read_text()] == [True, True]
    answers = intake.read(paths, lenient=True).answers
    said = {row["reference"]: (row["kind"], row["code"]) for row in answers.to_dicts()}
    assert said == {bill: case[2:] for bill, case in cases.items()} | {"MSKU1234565": ("query", "10")}
    # What is declared, and by whom, is not the carrier's business; nor is the channel where the goods may leave.
    text = "".join(path.read_text() for path in paths)
    assert not any(word in text for word in ("D1", "D2", "green", "blue", "audit"))


def test_every_error_is_told_in_both_languages() -> None:
    assert all(english and vietnamese and english != vietnamese for english, vietnamese in ERRORS.values())
