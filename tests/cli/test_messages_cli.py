"""Messages on the command line: inspect, convert, assess mixed folders, answer in kind; with a made-up format."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from test_cli import tidegate

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "intake"))
import made_up_messages as made

from tidegate import intake
from tidegate.intake import known
from tidegate.trade import BILL_SCHEMA


@pytest.fixture(autouse=True)
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    made.register(monkeypatch)


def bill(number: str, mass: float, **more: object) -> dict[str, object]:
    return {"kind": "bill", "manifest_id": "V1", "message_id": "B", "bill_id": number, "gross_mass_kg": mass, **more}


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A day's folder: a table, messages in versions, a manifest, an answer, a broken message, a broken file."""
    folder = tmp_path / "day"
    folder.mkdir()
    (folder / "a.csv").write_text(
        "declaration_id,item_number,lodged_on,hs_code,declarant_id,customs_value,gross_mass_kg\n"
        "T1,1,2026-03-02,440799,B1,10,5\nT2,1,2026-03-02,44,B1,10,5\n"
    )
    about = {"message_sender": "S1", "gross_mass_kg": 900.0, "house_bill": "BILL-01"}
    made.write(
        folder / "b.msg",
        [
            made.line("M1", message_id="1", message_version=1, **about),
            made.line(
                "M1",
                message_id="2",
                message_version=2,
                message_function="amendment",
                message_sent_at="2026-03-03T10:00:00",
                origin_country="ZZ",
                colour="red",
                **about,
            ),
            made.line("M2", message_id="3", message_version=1, **about),
            {"declaration_id": "M2", "message_id": "4", "message_version": 2, "message_function": "cancellation"},
            {"kind": "fault"},
        ],
    )
    made.write(folder / "c.msg", [bill("BILL-01", 2000.0), bill("BILL-02", 70.0)])
    made.write(folder / "d.msg", [{"kind": "answer", "declaration_id": "M1", "message_id": "9"}])
    return folder


def test_assess_takes_a_mixed_folder(day: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = tidegate("assess", day, "--out", out, "--received", "2026-03-02")
    assert done.returncode == 0, done.stderr
    assert "1 row superseded by a later message." in done.stdout
    assert "2 rows cancelled by a later message." in done.stdout
    assert "1 answer of others read; answers decide nothing." in done.stdout
    assert "1 undeclared, 1 without cargo, 1 short" in done.stdout
    decisions = pl.read_parquet(out / "decisions.parquet")
    assert decisions["declaration_id"].sort().to_list() == ["M1", "T1"]
    lines = pl.read_parquet(out / "lines.parquet").sort("declaration_id")
    assert lines.select("cargo_found", "cargo_mass_ratio").rows() == [(True, 0.45), (False, None)]
    assert pl.read_parquet(out / "earlier.parquet")["why"].sort().to_list() == ["cancelled", "cancelled", "superseded"]
    counts = json.loads((out / "summary.json").read_text())["counts"]
    assert counts["read"] == sum(counts[name] for name in ("kept", "rejected", "superseded", "cancelled")) == 7
    cargo = pl.read_csv(out / "cargo.csv")
    assert cargo["kind"].to_list() == ["undeclared", "without_cargo", "short"]
    assert "S1,origin_country,2026-03-01" in (out / "quality.csv").read_text()
    assert tidegate("replay", out).returncode == 0


def test_answer_is_in_kind(day: Path, tmp_path: Path) -> None:
    out, answers = tmp_path / "out", tmp_path / "answers"
    assert tidegate("assess", day, "--out", out).returncode == 0
    done = tidegate("answer", out, "--to", answers, "--made-at", "2026-03-02T10:00:00")
    assert done.returncode == 0, done.stderr
    assert "made-up: answered declarations 1, rejected rows 1, files 1" in done.stdout
    assert "1 declaration came in tables, which have no answer." in done.stdout
    assert "2 bills came as made-up, which has no answer for manifests." in done.stdout
    channel = pl.read_parquet(out / "decisions.parquet").filter(declaration_id="M1")["channel"].item()
    assert (answers / "made-up" / "answers.txt").read_text().splitlines() == [
        "2026-03-02T10:00:00+00:00",
        "1",
        f"M1 {channel}",
        "b.msg 6 message",
    ]
    done = tidegate("answer", out, "--to", answers)
    assert (done.returncode, "this folder exists already" in done.stderr) == (2, True)
    assert tidegate("answer", out, "--to", answers, "--replace").returncode == 0


def test_goods_are_released_only_where_every_declaration_of_theirs_is_known_here(tmp_path: Path) -> None:
    """Of a bill cleared in two parts, one of them in the past, nobody is told that the goods may leave."""
    head = "declaration_id,lodged_on,hs_code,bill_id\n"
    (tmp_path / "past.csv").write_text(head + "P1,2026-03-01,440799,BILL-02\n")
    now = tmp_path / "now"
    now.mkdir()
    (now / "a.csv").write_text(head + "N1,2026-03-02,440799,BILL-01\nN2,2026-03-02,440799,BILL-02\n")
    aboard = pl.DataFrame(
        {"bill_id": ["BILL-01", "BILL-02", "BILL-03"], "manifest_id": "V1", "arrived_on": date(2026, 3, 2)}
    )
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in BILL_SCHEMA.items() if name not in aboard.columns]
    known.BY_NAME["edifact"].write_bills(aboard.with_columns(absent).select(BILL_SCHEMA.keys()), now)
    out = tmp_path / "out"
    done = tidegate("assess", now, "--history", tmp_path / "past.csv", "--out", out)
    assert done.returncode == 0, done.stderr
    assert set(pl.read_parquet(out / "decisions.parquet")["channel"]) == {"green"}
    assert tidegate("answer", out, "--to", tmp_path / "answers").returncode == 0
    told = intake.read(tmp_path / "answers" / "edifact", lenient=True).answers
    assert dict(told.select("reference", "code").rows()) == {"BILL-01": "4", "BILL-02": "9", "BILL-03": "10"}


def test_answer_says_when_nothing_can_be_answered(day: Path, tmp_path: Path) -> None:
    assert tidegate("assess", day / "a.csv", "--out", tmp_path / "out").returncode == 0
    done = tidegate("answer", tmp_path / "out", "--to", tmp_path / "answers")
    assert done.returncode == 2
    assert "nothing here can be answered: 1 declaration came in tables" in done.stderr
    assert not (tmp_path / "answers").exists()


def test_manifests_alone_are_no_declarations(day: Path, tmp_path: Path) -> None:
    done = tidegate("assess", day / "c.msg", day / "d.msg", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "there is no declaration here, only 2 rows of manifests and 1 answer." in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_amendment_after_the_announcement_is_seen_and_usable_in_profiles(day: Path, tmp_path: Path) -> None:
    (tmp_path / "announced.csv").write_text(
        "declaration_id,announced_at\nM1,2026-03-03T09:00:00\nT1,2026-03-03T09:00:00\n"
    )
    (tmp_path / "book.toml").write_text(
        '[[profile]]\nid = "LATE"\ntitle = "Amended once its inspection was known"\n'
        "when = \"amended_after_announcement AND message_function = 'amendment'\"\n"
        'channel = "red"\nrate = 1.0\nstarts = 2026-01-01\nends = 2026-12-31\nowner = "hq"\n'
    )
    assert tidegate("profiles", "check", tmp_path / "book.toml").returncode == 0
    for name, more, hits in (
        ("told", ["--announced", tmp_path / "announced.csv"], [["LATE"], []]),
        ("untold", [], [[], []]),  # a book may name what no file of today has
    ):
        done = tidegate("assess", day, "--book", tmp_path / "book.toml", "--out", tmp_path / name, *more)
        assert done.returncode == 0, done.stderr
        assert pl.read_parquet(tmp_path / name / "decisions.parquet").sort("declaration_id")["hits"].to_list() == hits
        assert ("amended after an inspection was announced" in done.stdout) == (name == "told")
    # The folder of an assessment says what was announced, and when: just now, which is after the message was sent.
    done = tidegate("assess", day, "--out", tmp_path / "again", "--announced", tmp_path / "told")
    assert done.returncode == 0, done.stderr
    late = pl.read_parquet(tmp_path / "again" / "lines.parquet")["amended_after_announcement"]
    assert late.to_list() == [False, False]
    done = tidegate("assess", day, "--out", tmp_path / "none", "--announced", day / "a.csv")
    assert (done.returncode, "has no column announced_at" in done.stderr) == (2, True)


def test_an_amendment_of_what_is_in_the_history_counts_once(tmp_path: Path) -> None:
    def said(version: int, day: str, value: float) -> dict[str, object]:
        return made.line(
            "A", message_id=f"M{version}", message_version=version, lodged_on=day, customs_value=value, importer_id="I"
        )

    old = made.write(tmp_path / "old.msg", [said(1, "2026-03-01", 100.0)])
    other = made.line("B", message_id="M9", importer_id="I", lodged_on="2026-03-05")
    new = made.write(tmp_path / "new.msg", [said(2, "2026-03-02", 500.0), other])

    def seen(current: Path, history: Path) -> pl.DataFrame:
        out = tmp_path / f"{current.stem}-{history.stem}"
        done = tidegate("assess", current, "--history", history, "--out", out)
        assert done.returncode == 0, done.stderr
        return pl.read_parquet(out / "lines.parquet").sort("declaration_id")

    table = seen(new, old)
    assert table.select("declaration_id", "importer_lines_30d", "importer_value_30d").rows() == [
        ("A", 0.0, 0.0),
        ("B", 1.0, 500.0),
    ]
    # Later news in the history than in what is read now: there is nothing left to decide.
    done = tidegate("assess", old, "--history", new, "--out", tmp_path / "late")
    assert done.returncode == 2
    assert "every declaration was superseded or cancelled by what is in the history" in done.stderr


def test_inspect_says_all_of_it_and_goes_on_where_a_file_is_broken(day: Path) -> None:
    (day / "broken.parquet").write_bytes(b"PAR1 and no more")
    for language, words in (("en", "Data quality"), ("vi", "Chất lượng dữ liệu")):
        done = tidegate("inspect", day, "--language", language)
        assert done.returncode == 1, done.stderr
        assert words in done.stdout
    done = tidegate("inspect", day)
    text = done.stdout
    assert "the Parquet file is cut off: its footer is missing" in text
    first = {Path(row.split()[0]).name: row.split() for row in reversed(text.splitlines()) if row.startswith(str(day))}
    assert first["b.msg"][1:] == ["made-up", "messages", "1.0", "4", "5", "0", "0", "1", "1"]
    assert first["c.msg"][-6:] == ["1", "0", "2", "0", "0", "0"]
    assert first["broken.parquet"][1:] == ["cannot", "be", "read"]
    assert "7 items read = 2 kept + 2 rejected + 1 superseded + 2 cancelled." in text
    assert "segment 3 is missing" in text
    assert any(row.split() == ["made-up", "colour", "1"] for row in text.splitlines())
    assert "on the manifest, and no declaration names it" in text
    assert tidegate("inspect", day / "c.msg").returncode == 0
    assert "there is no format 'x'" in tidegate("inspect", day, "--from", "x").stderr
    assert "this is not mute, but csv" in tidegate("inspect", day / "a.csv", "--from", "mute").stdout


@pytest.mark.parametrize("to", ["csv", "ndjson", "parquet", "arrow", "made-up"])
def test_convert_and_read_again_gives_the_same_lines(to: str, day: Path, tmp_path: Path) -> None:
    out = tmp_path / (f"out.{to}" if to != "made-up" else "out")
    done = tidegate("convert", day / "b.msg", "--to", to, out)
    assert done.returncode == 0, done.stderr
    before, after = intake.read(day / "b.msg").lines, intake.read(out).lines
    given = [name for name in before.columns if before[name].null_count() < before.height]
    assert after.select(given).equals(before.select(given))
    assert after["message_sent_at"].dtype == pl.Datetime("us")
    assert "superseded or cancelled lines: not written" in done.stdout
    assert (tmp_path / f"{out.name}.rejected.csv").exists()


def test_convert_puts_bills_beside_and_refuses_what_cannot_be(day: Path, tmp_path: Path) -> None:
    done = tidegate("convert", day, "--to", "csv", tmp_path / "all.csv")
    assert done.returncode == 0, done.stderr
    assert {"all.csv", "all.bills.csv", "all.answers.csv"} <= {path.name for path in tmp_path.iterdir()}
    assert pl.read_csv(tmp_path / "all.bills.csv")["bill_id"].to_list() == ["BILL-01", "BILL-02"]
    before = {path.name for path in tmp_path.iterdir()}
    for words, message in (
        (["--to", "csv", tmp_path / "all.csv"], "this is there already"),
        (["--to", "mute", tmp_path / "x"], "is read, and not written. Name one of csv, ndjson, parquet, arrow"),
        (["--to", "pdf", tmp_path / "x"], "there is no format 'pdf'"),
        (["--from", "mute", "--to", "csv", tmp_path / "x"], "this is not mute"),
    ):
        done = tidegate("convert", day, *words)
        assert done.returncode == 2
        assert message in done.stderr
    done = tidegate("convert", day / "c.msg", "--to", "made-up", tmp_path / "x")
    assert (done.returncode, "made-up is written from lines, and there is bills" in done.stderr) == (2, True)
    assert {path.name for path in tmp_path.iterdir()} == before
    assert "there is no file to write" in tidegate("convert", day, "--to", "csv").stderr


def test_convert_refuses_what_could_not_be_read_back(day: Path, tmp_path: Path) -> None:
    done = tidegate("convert", day / "a.csv", "--to", "parcels", tmp_path / "x")
    assert done.returncode == 2
    assert "cannot be written as parcels; the first:" in done.stderr
    assert not (tmp_path / "x").exists()


def test_every_format_has_labels_in_both_languages() -> None:
    for form in known.FORMATS:
        assert form.label
        assert form.label_vi
        assert form.label != form.label_vi


CUSREP = (
    "UNB+UNOC:3+MADE:ZZ+UP:ZZ+260302:0730+R1'UNH+1+CUSREP:D:99B:UN'BGM+124:::DEPART+R1:1+9'"
    "TDT+20+N1++11+N2::95'UNT+4+1'UNZ+1+R1'"
)


def test_a_vessel_report_alone_is_named_and_said_to_hold_no_goods(tmp_path: Path) -> None:
    (tmp_path / "made_up.edi").write_text(CUSREP)
    done = tidegate("assess", tmp_path / "made_up.edi", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "this is a vessel report: " in done.stderr
    assert "Name the manifest or the declarations of the goods on board as well." in done.stderr
    done = tidegate("inspect", tmp_path / "made_up.edi", "--language", "vi")
    assert (done.returncode, "báo cáo phương tiện vận tải" in done.stdout) == (0, True)


def test_a_vessel_report_beside_declarations_disturbs_nobody(day: Path, tmp_path: Path) -> None:
    (day / "made_up.edi").write_text(CUSREP)
    done = tidegate("assess", day, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert pl.read_parquet(tmp_path / "out" / "decisions.parquet").height == 2


def test_a_column_of_any_format_is_known_on_days_without_it_and_a_misspelt_one_is_not(
    day: Path, tmp_path: Path
) -> None:
    def book(name: str) -> Path:
        path = tmp_path / f"{name}.toml"
        path.write_text(
            f'[[profile]]\nid = "SPLIT"\ntitle = "Split below the threshold"\nwhen = "{name} > 3"\n'
            'channel = "red"\nrate = 1.0\nstarts = 2026-01-01\nends = 2026-12-31\nowner = "hq"\n'
        )
        return path

    assert tidegate("profiles", "check", book("linked_parcels")).returncode == 0
    done = tidegate("assess", day, "--book", book("linked_parcels"), "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert pl.read_parquet(tmp_path / "out" / "decisions.parquet")["hits"].to_list() == [[], []]
    assert pl.read_parquet(tmp_path / "out" / "lines.parquet")["linked_parcels"].null_count() == 2
    done = tidegate("assess", day, "--book", book("linked_parcel"), "--out", tmp_path / "other")
    assert (done.returncode, "there is no field linked_parcel" in done.stderr) == (2, True)
    done = tidegate("profiles", "check", book("linked_parcel"))
    assert (done.returncode, "Did you mean linked_parcels" in done.stdout) == (2, True)


def test_a_withdrawal_after_the_announcement_is_told_and_counts_against_the_importer(tmp_path: Path) -> None:
    about = {"importer_id": "I", "message_version": 1}
    rows = [
        made.line("W1", message_id="1", message_sent_at="2026-03-02T08:00:00", **about),
        {
            "declaration_id": "W1",
            "message_id": "2",
            "message_function": "cancellation",
            "message_sent_at": "2026-03-02T10:00:00",
        },
        made.line("W2", message_id="3", lodged_on="2026-03-03", message_sent_at="2026-03-03T08:00:00", **about),
    ]
    day = made.write(tmp_path / "day.msg", rows)
    (tmp_path / "told.csv").write_text("declaration_id,announced_at\nW1,2026-03-02T09:00:00\n")
    done = tidegate("assess", day, "--announced", tmp_path / "told.csv", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "1 declaration withdrawn after an inspection was announced." in done.stdout
    lines = pl.read_parquet(tmp_path / "out" / "lines.parquet")
    assert lines.select("declaration_id", "late_withdrawals").rows() == [("W2", 1)]
    assert tidegate("replay", tmp_path / "out").stdout.startswith("The one decision agrees, bit for bit;")
