"""A made-up format of messages for the tests: one JSON object a line, a line item, a bill, an answer or a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tidegate.intake import known, reading
from tidegate.intake.files import Source
from tidegate.intake.formats import COLUMNS, Format
from tidegate.intake.raw import ROW, Raw, refused
from tidegate.trade import ANSWER_SCHEMA, BILL_SCHEMA

HEAD = "MADE-UP MESSAGES"
EXTRA = "house_bill"


def _detect(head: bytes) -> str:
    return "made-up messages 1.0" if head.startswith(HEAD.encode()) else ""


def _read(source: Source, received: date) -> Iterator[Raw]:
    lines: list[dict[str, Any]] = []
    bills: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    faults: list[tuple[int, str, str]] = []
    unread: dict[str, int] = {}
    for row, text in enumerate(source.path.read_text().splitlines()[1:], 2):
        told = json.loads(text)
        kind = told.pop("kind", "line")
        if kind == "fault":
            faults.append((row, "segment 3 is missing", "message"))
        elif kind == "bill":
            bills.append({"message_format": "made-up", **told})
        elif kind == "answer":
            answers.append({"message_format": "made-up", **told})
        else:
            unread.update({name: unread.get(name, 0) + 1 for name in told if name not in (*COLUMNS, EXTRA)})
            lines.append({"message_format": "made-up", "lodged_on": str(received), **told, ROW: row})
    columns = {name: [_text(line.get(name)) for line in lines] for name in (*COLUMNS, EXTRA)}
    table = pl.DataFrame(columns, schema=dict.fromkeys((*COLUMNS, EXTRA), pl.String)).with_columns(
        pl.Series(ROW, [line[ROW] for line in lines], pl.Int64)
    )
    yield Raw(
        table, refused(faults), source.size, False, _typed(bills, BILL_SCHEMA), _typed(answers, ANSWER_SCHEMA), unread
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _typed(rows: list[dict[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    days = {name: pl.col(name).str.to_date() for name, dtype in schema.items() if dtype == pl.Date}
    loose = {name: pl.String if name in days else dtype for name, dtype in schema.items()}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=loose).with_columns(**days)


def _write(lines: pl.DataFrame, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "messages.msg"
    write(file, [{name: value for name, value in row.items() if value is not None} for row in lines.to_dicts()])
    return [file]


def _answer(
    decisions: pl.DataFrame, lines: pl.DataFrame, rejected: pl.DataFrame, folder: Path, made_at: datetime
) -> list[Path]:
    file = folder / "answers.txt"
    said = [f"{row['declaration_id']} {row['channel']}" for row in decisions.iter_rows(named=True)]
    refusals = [f"{Path(row['file']).name} {row['row']} {row['reason']}" for row in rejected.iter_rows(named=True)]
    file.write_text("\n".join([made_at.isoformat(), str(lines.height), *said, *refusals]))
    return [file]


FORMAT = Format(
    "made-up", "Made-up messages", "Thông điệp giả định", (".msg",), _detect, _read, (*COLUMNS, EXTRA), _write, _answer
)
MUTE = Format("mute", "Made-up, read only", "Giả định, chỉ đọc", (".mute",), lambda head: "", _read)


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write rows as a file of this format."""
    path.write_text("\n".join([HEAD, *(json.dumps(row, default=str) for row in rows)]) + "\n")
    return path


def line(declaration: str, item: int = 1, **more: Any) -> dict[str, Any]:
    """One made-up goods item."""
    return {
        "declaration_id": declaration,
        "item_number": item,
        "lodged_on": "2026-03-02",
        "hs_code": "440799",
        "customs_value": 100.0,
        "net_mass_kg": 50.0,
        **more,
    }


def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let intake know the format, beside those that it knows."""
    for one in (FORMAT, MUTE):
        monkeypatch.setitem(known.BY_NAME, one.name, one)
    monkeypatch.setattr(reading, "FORMATS", (FORMAT, *known.FORMATS))
