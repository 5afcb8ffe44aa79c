"""The demo's messages: read in kind, met with their manifest, decided, and each answered in its own format."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest
from test_cli import ROOT, tidegate

from tidegate import intake
from tidegate.intake.wco import validate

XSD = ROOT / "../shared/data/wco-dm/xsd"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "demo"
    done = tidegate("demo", out, "--lines", 20_000)
    assert done.returncode == 0, done.stderr
    return out


def test_every_message_is_decided_but_the_parcel_that_lacks_its_value(demo: Path) -> None:
    decisions = pl.read_parquet(demo / "post-decisions" / "decisions.parquet")
    lines = pl.read_parquet(demo / "post-decisions" / "lines.parquet")
    assert dict(lines.group_by("message_format").agg(pl.col("declaration_id").n_unique()).iter_rows()) == {
        "wco": 1,
        "asycuda": 1,
        "parcels": 9,
    }
    assert set(decisions["declaration_id"]) == set(lines["declaration_id"])
    (refused,) = csv.DictReader((demo / "post-decisions" / "rejected.csv").read_text("utf-8-sig").splitlines())
    assert refused["file"].endswith("parcels.ndjson")


def test_the_manifest_agrees_with_both_declarations_and_has_one_container_too_many(demo: Path) -> None:
    rows = list(csv.DictReader((demo / "post-decisions" / "cargo.csv").read_text("utf-8-sig").splitlines()))
    assert [row["kind"] for row in rows] == ["undeclared", "agrees", "agrees"]
    assert rows[0]["container_ids"] == "TGDU0000024"


def test_each_is_answered_in_kind(demo: Path) -> None:
    answers = demo / "answers"
    assert sorted(folder.name for folder in answers.iterdir()) == ["asycuda", "edifact", "parcels", "wco"]
    told = [json.loads(row) for row in (answers / "parcels" / "parcel-answers.ndjson").read_text().splitlines()]
    assert len(told) == 10
    assert sum(one["answer"] == "more_data" for one in told) == 1
    (response,) = (answers / "wco").iterdir()
    if not XSD.exists():
        pytest.skip("../shared/data/wco-dm is missing")
    assert validate(response, XSD) == []


def test_the_sender_of_the_manifest_is_told_of_each_bill(demo: Path) -> None:
    told = intake.read(demo / "answers" / "edifact", lenient=True).answers
    decided = dict(pl.read_parquet(demo / "post-decisions" / "decisions.parquet")["declaration_id", "channel"].rows())
    of = {"2": told.filter(reference="1")["kind"].item(), "3": told.filter(reference="2")["kind"].item()}
    expected = {"green": "released", "blue": "released", "yellow": "query", "red": "control"}
    assert {number[0]: expected[channel] for number, channel in decided.items() if number[0] in of} == of
    assert told.filter(reference="99")["text"].to_list() == ["not released: no declaration names these goods yet"]


def test_four_parcels_to_one_addressee_are_seen_together(demo: Path) -> None:
    lines = pl.read_parquet(demo / "post-decisions" / "lines.parquet").filter(pl.col("message_format") == "parcels")
    assert sorted(lines["linked_parcels"].to_list(), reverse=True)[:4] == [4, 4, 4, 4]
