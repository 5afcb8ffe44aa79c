"""The page of the format names every path, channel, kind and dropped element, as the tables have them."""

from __future__ import annotations

from pathlib import Path

from tidegate.intake import wco
from tidegate.intake.wco.replies import KINDS
from tidegate.trade import LINE_SCHEMA, MESSAGE_SCHEMA

PAGE = (Path(__file__).resolve().parents[2] / "docs/formats/wco.md").read_text(encoding="utf-8")
LINES = PAGE.splitlines()


def test_every_path_is_documented_with_where_it_goes() -> None:
    for path in wco.PATHS:
        (line,) = [line for line in LINES if line.startswith(f"| `{path.path}` |")]
        columns = [column for column in path.to.split() if column != wco.ANSWERS]
        assert all(f"`{column}`" in line for column in columns)
        if any(column in LINE_SCHEMA or column in MESSAGE_SCHEMA for column in columns):
            assert "| kept |" in line
        elif columns:
            assert "| extra |" in line
        elif path.to:
            assert "| answers |" in line
        else:
            assert f"| dropped | {path.why} |" in line
            assert path.why


def test_no_path_is_there_twice() -> None:
    assert len({path.path for path in wco.PATHS}) == len(wco.PATHS)


def test_what_is_dropped_and_what_is_answered_is_documented() -> None:
    for name, why in wco.DROPPED.items():
        assert f"| `{name}` | {why} |" in LINES
    for channel, (code, text, text_vi) in wco.CHANNELS.items():
        assert f"| {channel} | {code} | {text} | {text_vi} |" in LINES
    for kind in set(KINDS.values()):
        codes = ", ".join(code for code, own in KINDS.items() if own == kind)
        assert f"| {codes} | `{kind}` |" in LINES
