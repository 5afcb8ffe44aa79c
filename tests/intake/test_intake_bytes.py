"""Bytes in memory: read as the file that they would be, with no thread and no disk; a declaration that is not whole."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import made_up_wco as wco
import polars as pl
import pytest

from tidegate.errors import InputError
from tidegate.intake import read, read_bytes
from tidegate.simulator import simulate


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("trade")
    simulate(folder, lines=300, days=5, seed=2)
    return pl.read_parquet(folder / "lines.parquet")


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet", "arrow", "packed"])
def test_bytes_are_read_as_their_file_is(lines: pl.DataFrame, form: str, tmp_path: Path) -> None:
    file = tmp_path / "lines"
    if form in ("ndjson", "packed"):
        lines.write_ndjson(file)
    elif form == "csv":
        lines.write_csv(file)
    else:
        lines.write_parquet(file) if form == "parquet" else lines.write_ipc(file)
    body = gzip.compress(file.read_bytes()) if form == "packed" else file.read_bytes()
    file.write_bytes(body)
    came, told = read_bytes(body), read(file)
    assert came.lines.equals(told.lines)
    assert came.counts == told.counts


def test_a_declaration_of_which_a_row_is_rejected_is_torn() -> None:
    body = (
        b'{"declaration_id":"A","item_number":1,"lodged_on":"2026-01-05","hs_code":"610910"}\n'
        b'{"declaration_id":"A","item_number":2,"lodged_on":"2026-01-05","hs_code":"61O910"}\n'
        b'{"declaration_id":"B","item_number":1,"lodged_on":"2026-01-05","hs_code":"610910"}\n'
        b'{"declaration_id":"B","item_number":1,"lodged_on":"2026-01-05","hs_code":"610910"}\n'
        b'{"declaration_id":"C","item_number":1,"lodged_on":"2026-01-05","hs_code":"610910"}\n'
        b'{"declaration_id":"C","item_number":1,"lodged_on":"2026-01-05","hs_code":"870323"}\n'
    )
    came = read_bytes(body, form="ndjson")
    assert came.torn == {"A", "C"}  # what was repeated word for word is whole
    assert came.rejected["reason"].to_list() == ["hs_digits", "repeated", "contradicts"]


def test_what_is_of_another_form_or_nothing_is_an_error() -> None:
    with pytest.raises(InputError, match="empty"):
        read_bytes(b"")
    with pytest.raises(InputError, match="not wco"):
        read_bytes(b'{"declaration_id": "A"}\n', form="wco")
    with pytest.raises(InputError, match="required column"):
        read_bytes(b'{"x": 1}\n', form="ndjson")


def test_messages_are_read_too(tmp_path: Path) -> None:
    body = (wco.message() + "\n").encode()
    (tmp_path / "one.xml").write_bytes(body)
    came, told = read_bytes(body, form="wco", received=date(2026, 1, 5)), read(tmp_path, received=date(2026, 1, 5))
    assert came.lines.height == 1
    assert came.lines.equals(told.lines)
    broken = read_bytes(body[:-30], received=date(2026, 1, 5))
    assert not broken.lines.height
    assert broken.rejected["reason"].to_list() == ["message"]


def test_values_that_do_not_go_together_are_texts() -> None:
    rows = [
        {"own": 1, "other": 123456789012345678901234567890123456789012345, "list": [[1], 2], "packages": 3},
        {"own": False, "other": 7, "list": [3], "packages": 4},
        {"own": "a", "other": None, "list": 5, "packages": True},
    ]
    told = {"lodged_on": "2026-01-05", "hs_code": "610910", "item_number": 1}
    body = "".join(json.dumps({"declaration_id": f"D{n}", **told, **row}) + "\n" for n, row in enumerate(rows))
    came = read_bytes(body.encode(), form="ndjson")
    assert came.lines["own"].to_list() == ["1", "false"]
    assert came.lines["other"].to_list() == [str(rows[0]["other"]), "7"]
    assert came.lines["list"].to_list() == ["[[1], 2]", "[3]"]
    assert came.lines["packages"].to_list() == [3, 4]
    assert came.rejected.select("row", "field", "value", "reason").row(0) == (3, "packages", "true", "not_whole")
