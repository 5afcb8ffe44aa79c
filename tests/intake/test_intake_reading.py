"""What comes in comes out: every form gives the same table, every row is counted, batches add up to the whole."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import shutil
import unicodedata
import zlib
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tidegate import intake
from tidegate.errors import InputError
from tidegate.intake import delimited, files, ndjson
from tidegate.intake.dialect import Dialect
from tidegate.trade import FINDING_SCHEMA, LINE_SCHEMA

WORDS = ["Công ty TNHH Sóng Xanh", 'Gỗ xẻ, loại "A"', "Dòng một\nDòng hai", "Bờ Đông; Nhà Bè", "Đắk Lắk", "Hàng mẫu"]


def sample(count: int = 40) -> pl.DataFrame:
    """Lines with all that the forms write differently: texts, accents, quotes, line ends, dates, flags, nulls."""
    return pl.DataFrame(
        {
            "declaration_id": [f"D{i // 3:04d}" for i in range(count)],
            "item_number": [i % 3 + 1 for i in range(count)],
            "lodged_on": [date(2026, 1, 1 + i // 3 % 28) for i in range(count)],
            "importer_name": [WORDS[i % len(WORDS)] for i in range(count)],
            "importer_trusted": [None if i % 5 == 0 else i % 2 == 0 for i in range(count)],
            "hs_code": ["08045020" if i % 2 else "440799" for i in range(count)],
            "description": [None if i % 7 == 0 else WORDS[(i + 1) % len(WORDS)] for i in range(count)],
            "origin_country": ["CN", "VN", "DE", None][:4] * (count // 4),
            "container_ids": ["CSQU3054383", "CSQU3054383 CSQU3054384", None, "ABC"] * (count // 4),
            "packages": [i * 3 for i in range(count)],
            "net_mass_kg": [i + 0.25 for i in range(count)],
            "gross_mass_kg": [None if i == 3 else i + 0.125 for i in range(count)],
            "customs_value": [i * 1000.5 for i in range(count)],
            "note": [f"n{i}" for i in range(count)],
        },
        schema_overrides={"item_number": pl.Int32, "packages": pl.Int32},
    )


def written(table: pl.DataFrame, delimiter: str = ",", newline: str = "\n") -> str:
    """The table as CSV by Python's own module."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(table.columns)
    writer.writerows(table.with_columns(pl.col(pl.Boolean).cast(pl.String)).rows())
    return out.getvalue()


def windows_1258(text: str) -> bytes:
    """Vietnamese as that code page has it: vowels are single characters, tone marks follow them."""
    out = bytearray()
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            for vowel in "âăêôơưÂĂÊÔƠƯaeiouyAEIOUY":
                for mark in "\u0300\u0301\u0303\u0309\u0323":
                    if unicodedata.normalize("NFC", vowel + mark) == letter:
                        out += (vowel + mark).encode("cp1258")
    return bytes(out)


FORMS = {
    "csv": lambda t, p: p.write_text(written(t), encoding="utf-8", newline=""),
    "bom": lambda t, p: p.write_text(written(t), encoding="utf-8-sig", newline=""),
    "semicolon": lambda t, p: p.write_text(written(t, ";"), encoding="utf-8", newline=""),
    "tab": lambda t, p: p.write_text(written(t, "\t"), encoding="utf-8", newline=""),
    "bar": lambda t, p: p.write_text(written(t, "|"), encoding="utf-8", newline=""),
    "crlf": lambda t, p: p.write_text(written(t, newline="\r\n"), encoding="utf-8", newline=""),
    "cr": lambda t, p: p.write_text(written(t, newline="\r"), encoding="utf-8", newline=""),
    "utf16": lambda t, p: p.write_text(written(t), encoding="utf-16", newline=""),
    "utf16 without mark": lambda t, p: p.write_text(written(t), encoding="utf-16-le", newline=""),
    "windows-1258": lambda t, p: p.write_bytes(windows_1258(written(t))),
    "decomposed": lambda t, p: p.write_bytes(unicodedata.normalize("NFD", written(t)).encode()),
    "gzip": lambda t, p: p.write_bytes(gzip.compress(written(t).encode())),
    "parquet": lambda t, p: t.write_parquet(p),
    "arrow": lambda t, p: t.write_ipc(p),
    "arrow with categories": lambda t, p: t.with_columns(pl.col("origin_country").cast(pl.Categorical)).write_ipc(p),
    "ndjson": lambda t, p: t.write_ndjson(p),
    "ndjson gzip": lambda t, p: p.write_bytes(gzip.compress(t.write_ndjson().encode())),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_table(form: str, tmp_path: Path) -> None:
    table = sample()
    path = tmp_path / "lines.any"
    FORMS[form](table, path)
    mapping = intake.Mapping.parse('[csv]\nencoding = "windows-1258"') if form == "windows-1258" else None
    came = intake.read(path, mapping)
    expected = intake.read(_parquet(table, tmp_path))
    assert came.counts == expected.counts == {"read": 40, "kept": 40, "rejected": 0, "flagged": expected.flagged}
    assert_frame_equal(came.lines, expected.lines)
    assert came.lines["importer_name"].to_list() == table["importer_name"].to_list()
    assert came.lines["note"].to_list() == table["note"].to_list()


def _parquet(table: pl.DataFrame, folder: Path) -> Path:
    path = folder / "expected.parquet"
    table.write_parquet(path)
    return path


def test_lines_conform_and_extra_columns_follow(tmp_path: Path) -> None:
    lines = intake.read(_parquet(sample(), tmp_path)).lines
    assert lines.columns == [*LINE_SCHEMA, "note"]
    assert {name: lines.schema[name] for name in LINE_SCHEMA} == LINE_SCHEMA


def test_reading_again_what_was_read_changes_nothing(tmp_path: Path) -> None:
    once = intake.read(_parquet(sample(), tmp_path)).lines
    assert once["flags"].null_count() < once.height
    once.write_parquet(tmp_path / "once.parquet")
    assert_frame_equal(intake.read(tmp_path / "once.parquet").lines, once)


def test_folders_patterns_and_lists(tmp_path: Path) -> None:
    table = sample()
    (tmp_path / ".hidden.csv").write_text("nothing to see")
    (tmp_path / "README").write_text("nothing to see")
    table[:10].write_parquet(tmp_path / "a.parquet")
    (tmp_path / "b.csv").write_text(written(table[10:30]), newline="")
    table[30:].write_ndjson(tmp_path / "c.ndjson")
    whole = intake.read(tmp_path)
    assert whole.counts["kept"] == 40
    assert whole.lines["note"].to_list() == table["note"].to_list()
    assert_frame_equal(intake.read(str(tmp_path / "*.*")).lines, whole.lines)
    assert_frame_equal(intake.read([tmp_path / "a.parquet", tmp_path / "*.csv", tmp_path]).lines, whole.lines)
    above = tmp_path / "above"
    above.mkdir()
    shutil.copytree(tmp_path, above / "below" / "day", ignore=shutil.ignore_patterns("above"))
    with pytest.raises(InputError, match=r"name a pattern, between quotes: '.*/above/\*\*/\*\.(csv|parquet|ndjson)'"):
        intake.read(above)
    assert_frame_equal(intake.read(above / "**" / "*.*").lines, whole.lines)


def test_extra_columns_of_several_types_become_texts(tmp_path: Path) -> None:
    line = {"declaration_id": "A", "lodged_on": "2026-01-01", "hs_code": "440799"}
    pl.DataFrame([line | {"note": date(2026, 1, 1), "rate": 1}]).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame([line | {"note": 7, "rate": 1.5}]).with_columns(declaration_id=pl.lit("B")).write_parquet(
        tmp_path / "b.parquet"
    )
    lines = intake.read(tmp_path).lines
    assert lines.select("note", "rate").rows() == [("2026-01-01", 1.0), ("7", 1.5)]


def test_batches_add_up_and_keep_declarations_together(tmp_path: Path) -> None:
    path = _parquet(sample(), tmp_path)
    whole = intake.read(path)
    for rows in (1, 4, 7, 39, 1000):
        parts = list(intake.batches(path, rows=rows))
        assert_frame_equal(pl.concat([part.lines for part in parts]), whole.lines)
        assert all(part.read == part.kept + part.rejected.height for part in parts)
        homes = [set(part.lines["declaration_id"]) for part in parts]
        assert sum(len(home) for home in homes) == len(set().union(*homes))


def test_blocks_may_cut_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = sample(12)
    for form in ("crlf", "utf16", "decomposed", "ndjson"):
        path = tmp_path / form
        FORMS[form](table, path)
        whole = intake.read(path)
        for block in (1, 2, 3, 7, 64):
            monkeypatch.setattr("tidegate.intake.encoding.BLOCK", block)
            assert_frame_equal(intake.read(path).lines, whole.lines)
        monkeypatch.undo()


def test_items_without_number_are_numbered_on_over_batches_and_files(tmp_path: Path) -> None:
    table = sample(24).drop("item_number")
    table[:11].write_parquet(tmp_path / "a.parquet")
    table[11:].write_parquet(tmp_path / "b.parquet")
    for rows in (2, 5, 100):
        parts = list(intake.batches(tmp_path, rows=rows))
        assert pl.concat([part.lines for part in parts])["item_number"].to_list() == [1, 2, 3] * 8


def test_an_item_that_comes_again_is_rejected_in_the_same_and_in_a_later_batch(tmp_path: Path) -> None:
    table = sample(12)
    other = table[4:6].with_columns(customs_value=pl.lit(1.0))
    pl.concat([table[:6], table[2:3], table[6:], other, table[:1]]).write_parquet(tmp_path / "a.parquet")
    for rows in (1, 3, 100):
        parts = list(intake.batches(tmp_path / "a.parquet", rows=rows))
        assert_frame_equal(pl.concat([part.lines for part in parts]), intake.read(_parquet(table, tmp_path)).lines)
        rejected = pl.concat([part.rejected for part in parts]).sort("row")
        assert rejected.select("row", "field", "value", "reason").rows() == [
            (7, "item_number", "D0000/3", "repeated"),
            (14, "item_number", "D0001/2", "contradicts"),
            (15, "item_number", "D0001/3", "contradicts"),
            (16, "item_number", "D0000/1", "repeated"),
        ]


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = _parquet(sample(), tmp_path)
    list(intake.batches(path, rows=7, progress=lambda done, total: told.append((done, total))))
    assert told == sorted(told)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    FORMS["gzip"](sample(), tmp_path / "t.gz")
    intake.read(tmp_path / "t.gz", progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] == (tmp_path / "t.gz").stat().st_size


CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "0", "1", "-1", "2,5", "1e3", "NaN", "inf", "2026-01-31", "31/01/2026", "440799", "4407", "77"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["A", "B", "C", ""]), CELLS, st.sampled_from(["2026-01-01", "x", ""]), CELLS, CELLS, CELLS
        ),
        max_size=25,
    ),
    cuts=st.lists(st.integers(0, 24), max_size=3),
)
def test_every_row_is_kept_or_rejected_once(rows: list[tuple[str, ...]], cuts: list[int], tmp_path: Path) -> None:
    """Whatever a row holds, and wherever a field is lacking, rows read = kept + rejected, each under its own number."""
    cells = [list(row)[: 5 if i in cuts else 6] for i, row in enumerate(rows)]
    cells.append(["Z", "1", "2026-01-01", "440799", "5", "good"])
    header = ["declaration_id", "item_number", "lodged_on", "hs_code", "net_mass_kg", "note"]
    path = tmp_path / "lines.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *cells])
    came = intake.read(path)
    assert came.read == len(cells) == came.kept + came.rejected.height
    assert came.rejected["row"].is_unique().all()
    assert set(came.rejected["reason"]) <= {entry.code for entry in intake.REJECTIONS}
    flagged = {code for text in came.lines["flags"].drop_nulls() for code in text.split(" ")}
    assert flagged <= {entry.code for entry in intake.FLAGS}
    assert came.lines.select("declaration_id", "item_number").is_unique().all()
    for row in came.rejected["row"]:
        assert 2 <= row <= len(cells) + 1
    parts = list(intake.batches(path, rows=3)) if came.kept > 3 else []
    if parts:
        assert sum(part.read for part in parts) == came.read
        assert sum(part.kept for part in parts) == came.kept


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300) | st.text('a,"\n\r\t;1\0é', max_size=80).map(str.encode))
def test_no_bytes_break_it(data: bytes, tmp_path: Path) -> None:
    """Any bytes give lines or an error of our own, never another one."""
    path = tmp_path / "lines.csv"
    for start in (b"", b"declaration_id,lodged_on,hs_code\n1,2026-01-01,440799\n"):
        path.write_bytes(start + data)
        with contextlib.suppress(InputError):
            came = intake.read(path)
            assert came.read == came.kept + came.rejected.height


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.just("\n"), max_size=8),
            min_size=2,
            max_size=2,
        ),
        min_size=1,
        max_size=8,
    ),
    delimiter=st.sampled_from(",;\t|"),
)
def test_delimited_text_is_read_as_the_csv_module_reads_it(
    rows: list[list[str]], delimiter: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows([["alpha", "beta"], *rows])
    (source,) = files.find(path)
    got = [row[:2] for raw in delimited.read(source, Dialect(delimiter=delimiter)) for row in raw.table.rows()]
    # Letters and accents are composed, all of them.
    assert [tuple(cell or "" for cell in row) for row in got] == [
        tuple(unicodedata.normalize("NFC", cell) for cell in row) for row in rows
    ]


PACKED = [zlib.compress(b"1,2\n" * 9), gzip.compress(b"1,2\n"), b"\x28\xb5\x2f\xfd", b"BZh91AY", b"\xfd7zXZ\0"]


@pytest.mark.parametrize("begin", [bytes((first, second)) for first in range(1, 128) for second in b"\1^(1x/Z"])
def test_rows_that_begin_like_a_packed_file_are_text(begin: bytes) -> None:
    """A parser that unpacks what looks packed would lose them, or unpack more than memory holds."""
    text = begin.translate(None, b'\n\r,"') + b"!,2\nx^3,4\n"
    table = delimited._parse(text, ["a", "b"], ",")
    assert table.rows() == [(text.split(b",")[0].decode(), "2"), ("x^3", "4")]


def test_what_begins_like_a_packed_file_inside_a_file(tmp_path: Path) -> None:
    head = b"declaration_id,lodged_on,hs_code\n"
    path = tmp_path / "t.csv"
    path.write_bytes(head + b"x^1,2026-01-01,440799\n(2,2026-01-01,440799\n")
    assert intake.read(path).lines["declaration_id"].to_list() == ["x^1", "(2"]
    for packed in PACKED:
        path.write_bytes(head + packed + b",2026-01-01,440799\n")
        with contextlib.suppress(InputError):
            came = intake.read(path)
            assert came.read == came.kept + came.rejected.height
    lines = tmp_path / "t.ndjson"
    for packed in (*PACKED, b"x^"):
        good = b'{"declaration_id":"1","lodged_on":"2026-01-01","hs_code":"440799"}\n'
        lines.write_bytes(good)
        (source,) = files.find(lines)
        lines.write_bytes(packed.replace(b"\n", b"") + b"\n" + good)
        with contextlib.suppress(InputError):
            (raw,) = ndjson.read(source)
            assert (raw.table.height, raw.refused.height) == (1, 1)


def test_stray_quotes_are_letters(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "declaration_id,lodged_on,hs_code,description\n"
        '1,2026-01-01,730630,5" pipe\n2,2026-01-01,730630,"tube, 3"" wide"\n3,2026-01-01,730630,pipe "soft"\n'
    )
    assert intake.read(path).lines["description"].to_list() == ['5" pipe', 'tube, 3" wide', 'pipe "soft"']


def test_findings_columns_part_from_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "id,day,hs,fraud,kind,money,place\n1,2026-01-30,440799,1,dump,500,X\n2,2026-01-31,440799,0,,,X\n"
        "3,2026-01-31,440799,,,,X\n4,2026-01-31,440799,maybe,,,X\n"
    )
    mapping = intake.Mapping.parse(
        '[rename]\ndeclaration_id = "id"\nlodged_on = "day"\nhs_code = "hs"\n'
        '[finding]\nillicit = "fraud"\noffence = "kind"\nrevenue = "money"\ndelay_days = 2'
    )
    came = intake.read(path, mapping)
    assert came.lines.columns == [*LINE_SCHEMA, "place"]
    assert came.lines["declaration_id"].to_list() == ["1", "2", "3"]
    assert came.findings is not None
    assert came.findings.schema == FINDING_SCHEMA
    assert came.findings.rows() == [
        ("1", 1, date(2026, 2, 1), True, "dump", 500.0, None, None),
        ("2", 1, date(2026, 2, 2), False, None, None, None, None),
    ]
    assert came.rejected.select("row", "field", "value", "reason").rows() == [(5, "illicit", "maybe", "not_flag")]
    alone = intake.read_findings(path, mapping)
    assert alone.table.rows() == came.findings.rows()
    assert alone.rejected.rows() == came.rejected.rows()


def test_findings_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    path.write_text(
        "declaration_id,item_number,found_on,illicit,probability\nA,1,2026-02-01,yes,0.5\nA,,2026-02-01,no,\nB,1,,yes,2\n"
    )
    came = intake.read_findings(path)
    assert came.table.schema == FINDING_SCHEMA
    assert came.table.select("declaration_id", "item_number", "illicit", "probability").rows() == [
        ("A", 1, True, 0.5),
        ("A", None, False, None),
    ]
    assert came.rejected.select("row", "field", "reason").rows() == [(4, "found_on", "missing")]
    assert came.read == 3


def test_findings_under_other_names(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("No,Day,Result\nA,2026-01-01,1\nB,2026-01-01,\nC,,0\n")
    mapping = '[rename]\ndeclaration_id = "No"\n[finding]\nillicit = "Result"\nfound_on = "Day"\nlevel = "declaration"'
    came = intake.read_findings(path, intake.Mapping.parse(mapping))
    assert came.table.select("declaration_id", "item_number", "found_on", "illicit").rows() == [
        ("A", None, date(2026, 1, 1), True)
    ]
    assert came.rejected.select("row", "field", "reason").rows() == [(4, "found_on", "missing")]


def test_findings_of_whole_declarations(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "declaration_id,lodged_on,hs_code,fraud\nA,2026-01-01,440799,0\nA,2026-01-01,440799,1\nB,2026-01-01,440799,0\n"
    )
    came = intake.read(path, intake.Mapping.parse('[finding]\nillicit = "fraud"\nlevel = "declaration"'))
    assert came.findings is not None
    assert sorted(came.findings.select("declaration_id", "item_number", "illicit").rows()) == [
        ("A", None, True),
        ("B", None, False),
    ]


def test_rejected_rows_are_written_with_their_explanation(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("declaration_id,lodged_on,hs_code,net_mass_kg\nA,2026-01-01,440799,-5\nB,2026-01-01,440799,1\n")
    came = intake.read(path)
    intake.write_rejected(came.rejected, tmp_path / "rejected.csv", "vi")
    text = (tmp_path / "rejected.csv").read_text(encoding="utf-8-sig").splitlines()
    assert text == [
        "file,row,field,value,reason,explanation",
        f'{path},2,net_mass_kg,-5,negative,"trọng lượng, trị giá, thuế suất hoặc số lượng âm"',
    ]
    assert not list(tmp_path.glob("*.part"))


KCS = Path(__file__).resolve().parents[2] / "../shared/data/kcs"
EXAMPLE = Path(__file__).resolve().parents[2] / "examples/kcs/mapping.toml"


@pytest.mark.skipif(not KCS.is_dir(), reason="the KCS data is not in ../shared/data: NOT tested")
def test_the_kcs_example() -> None:
    came = intake.read([KCS / "train.csv", KCS / "valid.csv"], intake.Mapping.load(EXAMPLE))
    assert came.counts == {"read": 45519, "kept": 45519, "rejected": 0, "flagged": 2334}
    assert came.findings is not None
    assert (came.findings.height, came.findings["illicit"].sum()) == (45519, 9818)
    assert set(came.findings["offence"].drop_nulls()) == {"fraud", "critical"}
    assert came.lines.columns[len(LINE_SCHEMA) :] == ["process_type", "import_use", "payment_type", "origin_indicator"]
    assert came.lines["hs_code"].str.len_chars().unique().to_list() == [6]
