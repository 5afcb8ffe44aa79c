"""tidegate screen: one party, and a file of names, against made-up lists; nobody here exists."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import tidegate

from tidegate.cli.screen import file_of
from tidegate.errors import InputError
from tidegate.screening import Party
from tidegate.screening.parties import party

PEOPLE = """id,name,alias,born,country,sex,passport,level,expires,owner,kind
p1,Nguyễn Thử Nghiệm Hùng,Nguyen Van Mau,1970-02-03,VN,m,,,,made-up police,person
p2,Ficticia Samples Trading GmbH,,,DE,,,,,made-up police,company
p3,Qwertov Asdf Zxcvenko,,1975,RU,m,ZZ1234567,restricted,,made-up service,person
p4,Hidden Samples Beispielia,,,,,,official,,made-up service,person
p5,Overdue Specimen Personalis,,,,,,,2026-01-31,made-up police,person
p6,Evaluate Exampleton,,,,,,,,made-up police,person
"""
MAPPING = """
[columns]
source_id = "id"
name = "name"
alias = "alias"
born = "born"
country = "country"
sex = "sex"
level = "level"
expires = "expires"
owner = "owner"
kind = "kind"
[identifiers]
passport = "passport"
"""
DAY = ("--on", "2026-03-01")


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("screen") / "lists"
    folder.mkdir()
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "people.toml").write_text(MAPPING)
    (folder / "boxes.csv").write_text("value,kind,owner,reason\nCSQU3054383,container,made-up port,\n")
    return folder


def test_one_name_is_told_with_reasons_and_no_verdict(lists: Path) -> None:
    words = ("screen", "NGUYEN THU NGHIEM HUNG", "--born", "1970", "--country", "VN", "--lists", lists, *DAY)
    done = tidegate(*words)
    assert done.returncode == 0, done.stderr
    for said in ("Possible matches", "p1", "made-up police", "birth year agrees", "to be confirmed with the owner"):
        assert said in done.stdout
    done = tidegate(*words, "--language", "vi")
    assert "năm sinh" in done.stdout.lower()
    assert "cần xác nhận với cơ quan sở hữu" in done.stdout
    done = tidegate("screen", "Somebody Else Altogether", "--lists", lists, *DAY)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "No match.")


def test_a_number_alone_is_enough_and_a_slip_is_marked(lists: Path) -> None:
    done = tidegate("screen", "--container", "csqu 305438-3", "--lists", lists, *DAY)
    assert "1.000 the same number" in done.stdout
    done = tidegate("screen", "--container", "CSQU3054833", "--lists", lists, *DAY)
    assert "a number that is near" in done.stdout
    assert "changed places" in done.stdout


def test_what_is_restricted_is_withheld(lists: Path, tmp_path: Path) -> None:
    words = ("screen", "Qwertov Asdf Zxcvenko", "--passport", "ZZ1234567", "--lists", lists, *DAY)
    secret = ("p3", "Zxcvenko", "ZZ1234567", "1975")
    for level in ("open", "official"):
        done = tidegate(*words, "--level", level)
        assert "an entry of restricted access" in done.stdout
        assert "made-up service" in done.stdout
        assert not [word for word in secret if word in done.stdout]
    done = tidegate(*words, "--level", "restricted")
    assert "p3" in done.stdout
    assert "the same number: ZZ1234567" in done.stdout
    names = tmp_path / "names.txt"
    names.write_text("Qwertov Asdf Zxcvenko\nHidden Samples Beispielia\n")
    for level, shown in (("open", 0), ("official", 1), ("restricted", 2)):
        out = tmp_path / f"{level}.parquet"
        assert tidegate("screen", names, "--lists", lists, "--out", out, "--level", level, *DAY).returncode == 0
        found = pl.read_parquet(out)
        assert found.height == 2
        assert found["entry"].count() == shown
        withheld = found.filter(pl.col("entry").is_null())
        assert withheld["reasons"].to_list() == ["an entry of restricted access"] * (2 - shown)
        assert (
            withheld.select("entry_names", "found_by", "entry_born", "purpose").null_count().row(0) == (2 - shown,) * 4
        )


def test_a_term_counts_on_the_day(lists: Path) -> None:
    for day, said in (("2026-01-31", "p5"), ("2026-02-01", "No match.")):
        done = tidegate("screen", "Overdue Specimen Personalis", "--lists", lists, "--on", day)
        assert said in done.stdout


TABLE = """file no;Họ tên;Năm sinh;country;passport;note
a-1;Nguyen Thu Nghiem Hung;1970;Vietnam;;"first; of all"
a-2;;;;zz 123-4567;number only
a-3;;;;;nobody
a-4;Nguyen Thu Nghiem Hung;1970;Vietnam;;again
a-5;Somebody Else;soon;Atlantis;;
a-6;Too;few
"""


def test_a_file_is_counted_row_by_row(lists: Path, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(TABLE)
    out = tmp_path / "found.csv"
    words = ("screen", tmp_path / "names.csv", "--lists", lists, "--out", out, "--level", "restricted", *DAY)
    done = tidegate(*words)
    assert done.returncode == 0, done.stderr
    assert "6 rows read = 4 screened + 1 without a name or number + 1 that are no rows." in done.stdout
    assert "Rows without a name or number: 4" in done.stdout
    assert "Rows that are no rows of the table: 7" in done.stdout
    assert "3 distinct parties; 2 of them, in 3 rows, have a possible match." in done.stdout
    assert "1 cell(s) of column Năm sinh not understood, and left out; the first: row 6, 'soon'" in done.stdout
    found = pl.read_csv(out)
    assert found.columns[:4] == ["row", "probability", "how", "list"]
    assert found.select("row", "entry", "how", "file no", "note").rows() == [
        (3, "p3", "same", "a-2", "number only"),
        (2, "p1", "name", "a-1", "first; of all"),
        (5, "p1", "name", "a-4", "again"),
    ]
    assert found["probability"].is_sorted(descending=True)
    assert "birth year agrees" in found["reasons"][1]
    assert "năm sinh" in found["reasons_vi"][1].lower()
    assert tidegate(*words).returncode == 2  # it is there already
    assert tidegate(*words, "--replace").returncode == 0


@pytest.mark.parametrize("ending", ["csv", "tsv", "txt", "ndjson", "parquet", "utf16"])
def test_every_make_of_file_finds_the_same(lists: Path, tmp_path: Path, ending: str) -> None:
    table = pl.DataFrame(
        {"name": ["Nguyễn Thử Nghiệm Hùng", "Somebody, Else", None], "born": [date(1970, 2, 3), None, None]}
    )
    path, out = tmp_path / f"names.{ending}", tmp_path / "out.parquet"
    write = {
        "csv": table.write_csv,
        "tsv": lambda path: table.write_csv(path, separator="\t"),
        "txt": lambda path: path.write_text("Nguyễn Thử Nghiệm Hùng\r\n\r\nSomebody, Else"),
        "ndjson": table.with_columns(pl.col("born").cast(pl.String)).write_ndjson,
        "parquet": table.write_parquet,
        "utf16": lambda path: path.write_text(table.write_csv(), encoding="utf-16"),
    }[ending]
    write(path)
    done = tidegate("screen", path, "--lists", lists, "--out", out, *DAY)
    assert done.returncode == 0, done.stderr
    assert pl.read_parquet(out)["entry"].to_list() == ["p1"]
    assert "2 distinct parties" in done.stdout


def test_a_table_of_names_alone_keeps_its_commas(lists: Path, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("name\nHung, Nguyen Thu Nghiem\n")
    done = tidegate("screen", tmp_path / "names.csv", "--lists", lists, *DAY)
    assert "1 rows read = 1 screened" in done.stdout
    assert "p1" in done.stdout


def test_own_columns_do_not_take_the_place_of_others(lists: Path, tmp_path: Path) -> None:
    table = pl.DataFrame({"name": ["Ficticia Samples Trading"], "row": ["mine"], "list": ["of mine"], "party": [7]})
    table.write_parquet(tmp_path / "n.parquet")
    done = tidegate("screen", tmp_path / "n.parquet", "--lists", lists, "--out", tmp_path / "o.parquet", *DAY)
    assert done.returncode == 0, done.stderr
    found = pl.read_parquet(tmp_path / "o.parquet").row(0, named=True)
    assert (found["row"], found["list"], found["entry"]) == (1, "people", "p2")
    assert (found["input_row"], found["input_list"], found["input_party"]) == ("mine", "of mine", 7)


def test_a_broken_list_stops_all_unless_an_earlier_version_is_kept(lists: Path, tmp_path: Path) -> None:
    folder, cache = tmp_path / "lists", tmp_path / "kept"
    folder.mkdir()
    for path in lists.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    words = ("screen", "Nguyen Thu Nghiem Hung", "--lists", folder, *DAY)
    done = tidegate(*words, "--cache", cache)
    assert (done.returncode, "people: new" in done.stderr) == (0, True), done.stderr
    (folder / "people.csv").write_bytes(b"")
    done = tidegate(*words, "--cache", cache)
    assert (done.returncode, "p1" in done.stdout) == (1, True)
    assert "the earlier version serves on" in done.stderr
    assert "vẫn dùng phiên bản trước" in tidegate(*words, "--cache", cache, "--language", "vi").stderr
    done = tidegate(*words)
    assert (done.returncode, "people.csv" in done.stderr) == (2, True)


def test_a_crew_finds_what_one_screener_finds(lists: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tidegate.cli import screen_file
    from tidegate.screening import crew

    names = [f"Somebody Number {number}" for number in range(30)]
    names[3] = names[17] = names[29] = "Nguyen Thu Nghiem Hung"
    names[20] = "Ficticia Samples Trading"
    (tmp_path / "names.txt").write_text("\n".join(names))
    found = []
    for hands, batch in ((1, 10_000), (2, 7)):
        monkeypatch.setattr(crew.os, "cpu_count", lambda hands=hands: hands)
        monkeypatch.setattr(screen_file, "BATCH", batch)
        out = tmp_path / f"{hands}.parquet"
        done = tidegate("screen", tmp_path / "names.txt", "--lists", lists, "--out", out, *DAY)
        assert done.returncode == 0, done.stderr
        found.append(pl.read_parquet(out))
    assert found[0]["row"].sort().to_list() == [4, 18, 21, 30]
    assert found[0].equals(found[1])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["no-such.csv"], "there is no such file"),
        (["."], "this is a folder"),
        (["empty.csv"], "empty"),
        (["header.csv"], "holds no row"),
        (["binary.csv"], "binary file"),
        (["workbook.csv"], "Excel"),
        (["wrong.csv"], "no column names anybody"),
        (["twice.csv"], "'name' and 'Tên' are both name"),
        (["nested.parquet"], "holds Struct"),
        (["good.txt", "--born", "1970"], "a file of names is there as well"),
        (["good.txt", "--out", "x.docx"], "CSV or Parquet"),
        (["good.txt", "--top", "-1"], "--top"),
        (["latin.txt"], "UTF-8"),
        (["Somebody", "--out", "x.csv"], "only matches of a file"),
        (["Somebody", "--name", "Else"], "two names"),
        (["Somebody", "--born", "soon"], "'soon' is not understood"),
        (["Somebody", "--born", "1970-1975"], "is not understood"),
        (["Somebody", "--country", "Atlantis"], "Atlantis"),
        (["Somebody", "--sex", "x"], "--sex"),
        (["Somebody", "--kind", "goat"], "--kind"),
        (["Somebody", "--passport", "---"], "--passport"),
        (["Somebody", "--threshold", "7"], "no probability"),
        (["Somebody", "--level", "secret"], "no level 'secret'"),
        (["Somebody", "--on", "tomorrow"], "tomorrow"),
        (["Somebody", "--language", "fr"], "'fr'"),
        (["Somebody", "--cleared", "binary.csv"], "cannot be read"),
        (["--born", "1970"], "neither a name nor a number"),
        (["…"], "neither a name nor a number"),
    ],
)
def test_a_refusal_says_why_and_writes_nothing(lists: Path, tmp_path: Path, words: list[str], message: str) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "header.csv").write_text("name,born\n")
    (tmp_path / "binary.csv").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "workbook.csv").write_bytes(b"PK\x03\x04 and so on")
    (tmp_path / "wrong.csv").write_text("alpha,beta\n1,2\n")
    (tmp_path / "twice.csv").write_text("name,Tên\nA,B\n")
    (tmp_path / "good.txt").write_text("Somebody Else\n")
    (tmp_path / "latin.txt").write_bytes("Jos\u00e9 \u00c1lvarez\n".encode("latin-1"))
    pl.DataFrame({"name": [{"a": 1}]}).write_parquet(tmp_path / "nested.parquet")
    before = {path.name for path in tmp_path.iterdir()}
    done = tidegate("screen", *words, "--lists", lists, cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == before


def test_a_name_that_looks_like_something_else_is_a_name(lists: Path, tmp_path: Path) -> None:
    for words in (["--", "evaluate Exampleton"], ["--name", "Evaluate Exampleton"], ["Evaluate Exampleton"]):
        done = tidegate("screen", "--lists", lists, *DAY, *words, cwd=tmp_path)
        assert (done.returncode, "p6" in done.stdout) == (0, True), done.stderr
    for name in ("A/S Nobody", "../nobody", "C:\\nobody", "nobody\0", "[red]Nobody[/]", "x" * 100_000, "évaluate"):
        done = tidegate("screen", "--lists", lists, *DAY, "--", name, cwd=tmp_path)
        assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    (tmp_path / "evaluate").write_text("Evaluate Exampleton\n")
    done = tidegate("screen", "./evaluate", "--lists", lists, *DAY, cwd=tmp_path)
    assert "no column names anybody" in done.stderr  # without an ending it is taken for a table


@given(st.text(max_size=60))
@settings(max_examples=50, deadline=None)
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        found = file_of(text)
    except InputError:
        return
    assert found is None or found.exists()


@given(st.dictionaries(st.sampled_from(["name", "born", "country", "sex", "kind", "passport", "address"]), st.text()))
@settings(max_examples=80, deadline=None)
def test_any_cells_make_a_party_and_what_is_left_out_is_told(cells: dict[str, str]) -> None:
    found, wrong = party(cells)
    assert isinstance(found, Party)
    assert len(found.name) <= 1_000
    for field in ("born", "kind", "sex"):
        if cells.get(field):
            assert bool(getattr(found, field)) != (field in wrong)
