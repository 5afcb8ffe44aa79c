"""The record: written whole or not at all, replayed bit for bit, and one changed bit is noticed."""

from __future__ import annotations

import json
from contextlib import nullcontext

import polars as pl
import pytest

from tidegate.assessment import Record, replay
from tidegate.errors import DecisionError, InputError
from tidegate.selection import DayKeys


def flip(path, at=0.5):
    """Change one bit of a file."""
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 1
    path.write_bytes(bytes(data))


def test_replay_agrees(trade, tmp_path):
    record = Record.open(trade.record(tmp_path / "out"))
    result = replay(record, DayKeys.demo(5), nullcontext)
    assert result.agrees
    assert result.declarations == trade.assessment.decisions.height


@pytest.mark.parametrize(
    "name",
    [
        "inputs/books/001.toml", "inputs/policy.toml", "inputs/counters", "inputs/lists/*", "inputs/model/*",
        "lines.parquet", "decisions.parquet",
    ],
)  # fmt: skip
def test_one_changed_bit_is_noticed(trade, tmp_path, name):
    out = trade.record(tmp_path / "out")
    for path in sorted(out.glob(name)):
        before = path.read_bytes()
        flip(path)
        assert Record.open(out).changed() == [path.relative_to(out).as_posix()]
        path.write_bytes(before)
    assert Record.open(out).changed() == []


def test_a_changed_rule_shows_in_the_decisions_it_changes(trade, tmp_path):
    out = trade.record(tmp_path / "out")
    policy = out / "inputs" / "policy.toml"
    policy.write_text(policy.read_text().replace("random_rate = ", "random_rate = 0.5  # "))
    result = replay(Record.open(out), DayKeys.demo(5), nullcontext)
    assert result.changed == ("inputs/policy.toml",)
    assert {"probability", "policy_version"} <= set(result.differences["column"])


def test_a_changed_line_shows_in_the_decision_about_it(trade, tmp_path):
    out = trade.record(tmp_path / "out")
    lines = pl.read_parquet(out / "lines.parquet")
    victim = lines["declaration_id"][-1]
    changed = pl.when(pl.col("declaration_id") == victim).then(pl.col("customs_value") + 1).otherwise("customs_value")
    lines.with_columns(changed.alias("customs_value")).write_parquet(out / "lines.parquet")
    result = replay(Record.open(out), DayKeys.demo(5), nullcontext)
    assert "lines.parquet" in result.changed
    assert victim in result.differences["declaration_id"].to_list()


def test_another_key_draws_otherwise(trade, tmp_path):
    result = replay(Record.open(trade.record(tmp_path / "out")), DayKeys.demo(6), nullcontext)
    assert not result.changed
    assert {"ticket", "commitment"} <= set(result.differences["column"])


def test_a_damaged_model_is_told(trade, tmp_path):
    out = trade.record(tmp_path / "out")
    for path in (out / "inputs" / "model").iterdir():
        flip(path)
    result = replay(Record.open(out), DayKeys.demo(5), nullcontext)
    assert result.refused
    assert not result.agrees


def test_a_folder_that_exists_is_not_written_over(trade, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="exists already"):
        trade.record(tmp_path / "out")


def test_nothing_is_left_when_writing_fails(trade, tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError("no space left on device")

    monkeypatch.setattr(type(trade.counters), "save", refuse)
    with pytest.raises(OSError, match="no space"):
        trade.record(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, "{", json.dumps({"format": 99})])
def test_a_folder_without_a_readable_record_is_told(tmp_path, content):
    if content is not None:
        (tmp_path / "record.json").write_text(content)
    with pytest.raises(DecisionError, match=r"record\.json"):
        Record.open(tmp_path)
