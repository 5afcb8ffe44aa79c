"""What a user is told about a file that cannot be used, before anything is written."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from tidegate import intake
from tidegate.errors import InputError

HEADER = "declaration_id,lodged_on,hs_code,description\n"
ROW = "A,2026-01-01,440799,x\n"


def _parquet(path: Path) -> bytes:
    pl.DataFrame({"declaration_id": ["A"], "lodged_on": ["2026-01-01"], "hs_code": ["440799"]}).write_parquet(path)
    return path.read_bytes()


def _arrow(path: Path) -> bytes:
    pl.DataFrame({"a": [1]}).write_ipc(path)
    return path.read_bytes()


def _excel(path: Path) -> bytes:
    return b"PK\x03\x04" + bytes(200)


# Content of the file t.csv (or how to make it), and what is said about it.
CASES = [
    ("empty", b"", "the file is empty. Export it again."),
    ("empty once unpacked", gzip.compress(b""), "the file is empty once unpacked. Export it again."),
    ("only line ends", b"\n\n\n", "the first row does not name the columns."),
    ("only a header", HEADER, "there is a header but no row. Export the file again."),
    (
        "no such column",
        "Declaration No,Date,HS6 Code\nA,2026-01-01,440799\n",
        "the required column declaration_id (number of the declaration, unique in the node) is missing. "
        "Nearest: Declaration No. Name it in a mapping file: [rename] declaration_id = 'Declaration No'.",
    ),
    (
        "nothing alike",
        "x,y,z\n1,2,3\n",
        'is missing. The file has x, y, z. Name it in a mapping file: [rename] declaration_id = "its column".',
    ),
    (
        "two columns of one name",
        "declaration_id,lodged_on,hs_code,hs_code\nA,2026-01-01,440799,440799\n",
        "the required column hs_code (commodity code, digits only: HS6 first, national digits after) is missing. "
        "Nearest: hs_code_1, hs_code_2.",
    ),
    (
        "cut inside quotes",
        HEADER + ROW + 'B,2026-01-01,440799,"x\nC,2026-01-01,440799,x\n',
        "the row that begins with 'B,2026-01-01,440799,\"x\\nC,2026-01-01,4407': the file ends inside a quoted field. "
        "A quote is opened and not closed there, or the file was cut off: export it again.",
    ),
    (
        "no UTF-8",
        (HEADER + ROW).encode() + b"B,2026-01-01,440799,\xe9\n",
        "t.csv, row 3: there are bytes that are not utf-8 text. If the file is in another encoding, name it in the "
        'mapping: [csv] encoding = "windows-1258".',
    ),
    ("no UTF-8 in the header", b"d\xe9claration\n1\n", "t.csv, row 1: there are bytes that are not utf-8 text."),
    ("cut UTF-16", (HEADER + ROW).encode("utf-16")[:-1], "near byte 136: there are bytes that are not utf-16 text."),
    ("NUL in the header", b"declaration_id\0,lodged_on\nA,B\n", "the header holds a NUL character."),
    ("cut gzip", gzip.compress((HEADER + ROW).encode())[:-9], "the gzip file is cut off. Copy it again."),
    ("damaged gzip", b"\x1f\x8b" + bytes(40), "the gzip file is damaged"),
    (
        "cut Parquet",
        lambda path: _parquet(path)[:-5],
        "the Parquet file is cut off: its footer is missing. Copy it again.",
    ),
    ("damaged Parquet", lambda path: b"PAR1" + bytes(100) + b"PAR1", "the parquet file is damaged"),
    ("cut Arrow", lambda path: _arrow(path)[:-7], "the Arrow file is cut off: its footer is missing. Copy it again."),
    ("an Excel workbook", _excel, "this is a zip archive or an Excel workbook, not a table that intake reads."),
    ("XML", "<?xml version='1.0'?><a/>", "this is XML or HTML of no kind that intake knows"),
    ("a JSON array", '[{"a": 1}]', "this is a JSON array, not a table that intake reads. Write it as NDJSON"),
    ("binary", bytes(range(256)) * 20, "this is a binary file, not a table that intake reads."),
    (
        "wrong dates everywhere",
        HEADER + "A,31/01/2026,440799,x\nB,01/02/2026,440799,x\n",
        "t.csv, row 2: not one of 2 rows can be used. Most often (2): lodged_on: not a date in any of the expected "
        "forms ('31/01/2026'). Look at the delimiter, the column names and the formats in the mapping.",
    ),
    ("a single huge row", HEADER + "A" * 5000, "a row has no end within"),
    ("a huge header", "A" * 5000, "the first row has no end within"),
]


@pytest.mark.parametrize(("content", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_message(content: object, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("delimited", "dialect"):
        monkeypatch.setattr(f"tidegate.intake.{module}.LONGEST", 4000)
    monkeypatch.setattr("tidegate.intake.encoding.BLOCK", 1000)
    path = tmp_path / "t.csv"
    made = content(path) if callable(content) else content
    path.write_bytes(made if isinstance(made, bytes) else str(made).encode())
    with pytest.raises(InputError) as caught:
        intake.read(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == ["t.csv"]


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "README").write_text("x")
    for path, message in [
        (tmp_path / "none.csv", "there is no such file or folder. Check the path."),
        (tmp_path / "folder", "the folder has no file to read. Looked for .csv, .tsv"),
        (str(tmp_path / "*.csv"), "no file fits this pattern."),
    ]:
        with pytest.raises(InputError) as caught:
            intake.read(path)
        assert f"{path}: {message}" in str(caught.value)
    with pytest.raises(InputError, match="no file was named"):
        intake.read([])


def test_every_file_is_looked_at_before_the_first_batch(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + ROW)
    (tmp_path / "b.csv").write_text("x,y\n1,2\n")
    with pytest.raises(InputError, match=r"b\.csv: the required column declaration_id"):
        next(intake.batches(tmp_path, rows=1))


def test_extra_columns_whose_types_do_not_go_together(tmp_path: Path) -> None:
    line = {"declaration_id": "A", "lodged_on": "2026-01-01", "hs_code": "440799"}
    pl.DataFrame([line | {"note": {"a": 1}}]).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame([line | {"note": "x"}]).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputError, match="the extra column 'note' has types that do not go together: String, Struct"):
        intake.read(tmp_path)


def test_an_empty_day_in_a_folder_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER)
    (tmp_path / "b.csv").write_text(HEADER + ROW)
    assert intake.read(tmp_path).counts["kept"] == 1


def test_a_damaged_page_of_parquet(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame(
        {"declaration_id": [f"D{i}" for i in range(9000)], "lodged_on": "2026-01-01", "hs_code": "440799"}
    ).write_parquet(path, compression="zstd")
    data = bytearray(path.read_bytes())
    data[40:400] = bytes(b ^ 0x5A for b in data[40:400])
    path.write_bytes(data)
    with pytest.raises(InputError, match="the parquet file is damaged"):
        intake.read(path)


def test_findings_without_their_columns(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("declaration_id,found_on,result\nA,2026-01-01,1\n")
    with pytest.raises(InputError, match="the required column illicit"):
        intake.read_findings(tmp_path / "f.csv")
