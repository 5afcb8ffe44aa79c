"""Decisions and rejected rows are answered: valid, to the right declaration, pointing at the fault, without reasons."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from made_up_wco import RECEIVED, SCHEMAS, answers, declaration, item, message, needs_samples, put

from tidegate import intake
from tidegate.errors import InputError
from tidegate.intake import wco

MADE_AT = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - UTC, as intake has it
CHANNELS = ["green", "yellow", "red", "blue"]


def _decided(tmp_path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    numbered = "".join(
        message(declaration(f"LRN-{number}", head=f"<ID>MRN-{number}</ID>" if number else "")) for number in range(4)
    )
    lines = intake.read(put(tmp_path / "in.xml", numbered), received=RECEIVED).lines
    secret = [[{"source": "profile", "text": "secret profile"}]] * 4
    ids = ["LRN-0", "MRN-1", "MRN-2", "MRN-3"]
    return pl.DataFrame({"declaration_id": ids, "channel": CHANNELS, "reasons": secret}), lines


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"file": pl.String, "row": pl.Int64, "field": pl.String, "value": pl.String, "reason": pl.String}
    )


@needs_samples
def test_every_channel_has_a_valid_response(tmp_path: Path) -> None:
    decisions, lines = _decided(tmp_path)
    files = wco.answer(decisions, lines, _nothing(), tmp_path / "out", MADE_AT)
    assert [wco.validate(file, SCHEMAS) for file in files] == [[]] * 4


@needs_samples
def test_a_simplified_declaration_without_a_code_is_accepted(tmp_path: Path) -> None:
    said = re.sub("<Classification>.*</Classification>\n", "", item())
    came = intake.read(put(tmp_path / "in.xml", message(declaration("LRN-S", items=said))), received=RECEIVED)
    assert came.rejected.height == 0
    assert came.lines.select("hs_code", "flags").row(0) == (None, "hs_missing")
    decisions = pl.DataFrame({"declaration_id": ["LRN-S"], "channel": ["green"]})
    (file,) = wco.answer(decisions, came.lines, came.rejected, tmp_path / "out", MADE_AT)
    assert wco.validate(file, SCHEMAS) == []
    assert answers(file).filter(pl.col("reason").is_not_null())["kind"].to_list() == ["cleared"]
    (again,) = wco.FORMAT.write(came.lines, tmp_path / "again") if wco.FORMAT.write else ()
    assert b"Classification" not in again.read_bytes()


def test_a_response_says_the_channel_to_the_right_declaration_and_no_reason(tmp_path: Path) -> None:
    decisions, lines = _decided(tmp_path)
    files = wco.answer(decisions, lines, _nothing(), tmp_path / "out", MADE_AT)
    told = [answers(file).filter(pl.col("reason").is_not_null()).row(0, named=True) for file in files]
    assert [one["reason"] for one in told] == ["GREEN", "YELLOW", "RED", "BLUE"]
    assert [one["kind"] for one in told] == ["cleared", "control", "control", "released"]
    assert [one["declaration_id"] for one in told] == ["LRN-0", "MRN-1", "MRN-2", "MRN-3"]
    assert [one["reference"] for one in told] == ["LRN-0", "LRN-1", "LRN-2", "LRN-3"]
    assert {one["issued_at"] for one in told} == {MADE_AT}
    assert not any("secret" in file.read_text() for file in files)


def test_the_same_answer_has_the_same_reference(tmp_path: Path) -> None:
    decisions, lines = _decided(tmp_path)
    first = [file.read_bytes() for file in wco.answer(decisions, lines, _nothing(), tmp_path / "a", MADE_AT)]
    again = [file.read_bytes() for file in wco.answer(decisions, lines, _nothing(), tmp_path / "b", MADE_AT)]
    assert first == again
    assert len(set(first)) == 4


def test_errors_point_at_the_field_of_the_item(tmp_path: Path) -> None:
    bad = item(2).replace("46021910", "9999x").replace("<ID>00</ID>", "<ID>0</ID>")
    path = put(tmp_path / "in.xml", message() + message(declaration("LRN-2", items=item(1) + "\n" + bad)))
    came = intake.read(path, received=RECEIVED)
    assert came.rejected.height == 1
    (file,) = wco.answer(
        pl.DataFrame({"declaration_id": [], "channel": []}), came.lines, came.rejected, tmp_path / "o", MADE_AT
    )
    found = answers(file).filter(pl.col("pointer").is_not_null()).row(0, named=True)
    assert (found["kind"], found["reference"], found["reason"]) == ("rejected", "LRN-2", "hs_digit")
    place = "Declaration[1]/GoodsShipment[1]/GovernmentAgencyGoodsItem[2]/Commodity[1]/Classification[1]/ID"
    assert found["pointer"] == place
    if SCHEMAS.is_dir():
        assert wco.validate(file, SCHEMAS) == []


@needs_samples
def test_a_broken_message_and_a_lost_file_are_answered_by_name_and_line(tmp_path: Path) -> None:
    path = put(tmp_path / "in.xml", message() + "\n" + message().replace("</Commodity>", ""))
    came = intake.read(path, received=RECEIVED)
    lost = came.rejected.with_columns(file=pl.lit(str(tmp_path / "gone.xml")))
    none = pl.DataFrame({"declaration_id": [], "channel": []})
    files = wco.answer(none, came.lines, pl.concat([came.rejected, lost]), tmp_path / "o", MADE_AT)
    assert [wco.validate(file, SCHEMAS) for file in files] == [[], []]
    texts = [answers(file)["text"].drop_nulls()[0] for file in files]
    assert texts[0].startswith("in.xml, line ")
    assert texts[1].startswith("gone.xml, line ")


def test_every_field_has_a_pointer_that_leads_to_it() -> None:
    from tidegate.intake.wco.pointers import named, to_column

    for path in wco.PATHS:
        for column in path.to.split():
            if path.written and not column.startswith("("):
                steps = "/".join("|".join(step) for step in to_column(column, 3))
                leaf = named(steps).replace("[1]", "").replace("[3]", "").removeprefix("Declaration/")
                assert leaf in {
                    one.path.removesuffix("/DateTimeString") for one in wco.PATHS if column in one.to.split()
                } | {"GoodsShipment/GovernmentAgencyGoodsItem/AdditionalDocument/TypeCode"}, column


def test_a_channel_that_is_none_is_told(tmp_path: Path) -> None:
    decisions, lines = _decided(tmp_path)
    with pytest.raises(InputError, match="'purple' is no channel"):
        wco.answer(decisions.with_columns(channel=pl.lit("purple")), lines, _nothing(), tmp_path / "o", MADE_AT)
