"""The command line as a user meets it: what it prints, its exit status, and that it writes nothing when it refuses."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import polars as pl
import pytest

from tidegate import __version__
from tidegate.cli.app import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]
KCS = ROOT / "../shared/data/kcs"


def tidegate(*words: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in this process: what it prints, and the status it leaves with."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err), chdir(cwd or Path.cwd()):
        try:
            main([str(word) for word in words])
        except SystemExit as leave:
            status = int(leave.code or 0)
    return subprocess.CompletedProcess(list(words), status, out.getvalue(), err.getvalue())


def test_it_runs_as_a_program():
    done = subprocess.run([sys.executable, "-m", "tidegate", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, __version__)


@pytest.fixture(scope="module")
def trade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    done = tidegate("simulate", folder / "trade", "--lines", 4000, "--days", 90)
    assert done.returncode == 0, done.stderr
    return folder / "trade"


@pytest.fixture(scope="module")
def assessed(trade: Path) -> Path:
    out = trade.parent / "decisions"
    done = tidegate(
        "assess", trade / "lines.parquet", "--findings", trade / "findings.parquet", "--book", trade / "book.toml",
        "--lists", trade / "lists", "--policy", trade / "policy.toml", "--since", "2025-03-01", "--out", out,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return out


def test_assess_writes_what_it_promises(assessed):
    names = {path.name for path in assessed.iterdir()}
    assert names == {
        "decisions.parquet",
        "lines.parquet",
        "matches.parquet",
        "rejected.csv",
        "quality.csv",
        "summary.json",
        "report.html",
        "record.json",
        "inputs",
    }
    summary = json.loads((assessed / "summary.json").read_text())
    assert summary["counts"]["read"] == summary["counts"]["kept"] + summary["counts"]["rejected"] == 4000
    decisions = pl.read_parquet(assessed / "decisions.parquet")
    assert str(decisions["lodged_on"].min()) >= "2025-03-01"
    assert sum(row["declarations"] for row in summary["channels"].values()) == decisions.height


def test_the_key_of_the_draw_is_beside_and_nobody_elses(assessed):
    key = assessed.parent / "draw.key"
    assert key.stat().st_mode & 0o777 == 0o600
    secret = key.read_text().strip()
    assert not any(secret.encode() in path.read_bytes() for path in assessed.rglob("*") if path.is_file())


def test_replay_agrees_and_notices(assessed):
    done = tidegate("replay", assessed)
    assert done.returncode == 0, done.stdout
    assert "agree, bit for bit" in done.stdout
    policy = assessed / "inputs" / "policy.toml"
    before = policy.read_text()
    try:
        policy.write_text(before.replace("title", "titel", 1))
        done = tidegate("replay", assessed)
        assert done.returncode == 1
        assert "CHANGED   inputs/policy.toml" in done.stdout
    finally:
        policy.write_text(before)


def test_draw_verify(assessed, tmp_path):
    done = tidegate("draw", "verify", assessed)
    assert (done.returncode, done.stdout.startswith("The draw stands")) == (0, True)
    other = tmp_path / "other.key"
    hashes = tidegate("draw", "commit", "2025-03-01", "--days", 31, "--keys", other)
    assert len(hashes.stdout.splitlines()) == 31
    published = tmp_path / "published.txt"
    published.write_text(hashes.stdout)
    done = tidegate("draw", "verify", assessed, "--published", published)
    assert done.returncode == 1
    assert "not the one that was committed to" in done.stdout


def test_who_holds_only_revealed_keys_can_verify(assessed, tmp_path):
    days = tidegate("draw", "reveal", "2025-03-01", "--days", 31, "--keys", assessed.parent / "draw.key")
    (tmp_path / "days.txt").write_text(days.stdout)
    done = tidegate("draw", "verify", assessed, "--revealed", tmp_path / "days.txt")
    assert (done.returncode, done.stdout.startswith("The draw stands")) == (0, True)
    (tmp_path / "days.txt").write_text(days.stdout.splitlines()[0])
    done = tidegate("draw", "verify", assessed, "--revealed", tmp_path / "days.txt")
    assert done.returncode == 2
    assert "no key was revealed for this day" in done.stderr


def test_open_then_effect(trade, assessed, tmp_path):
    done = tidegate("open", assessed, "--truth", trade / "truth.parquet", "--out", tmp_path / "opened.parquet")
    assert done.returncode == 0, done.stderr
    for language, words in (("en", "Fraud rate of all trade"), ("vi", "Tỷ lệ vi phạm")):
        done = tidegate("effect", assessed, "--findings", tmp_path / "opened.parquet", "--language", language)
        assert done.returncode == 0, done.stderr
        assert words in done.stdout


def test_explain(assessed):
    decisions = pl.read_parquet(assessed / "decisions.parquet")
    one = decisions.filter(pl.col("channel") == "red").row(0, named=True)
    done = tidegate("explain", assessed, one["declaration_id"])
    assert done.returncode == 0, done.stderr
    assert "red" in done.stdout
    assert one["reasons"][0]["text"].split()[0] in done.stdout
    done = tidegate("explain", assessed, one["declaration_id"], "--language", "vi")
    assert "luồng đỏ" in done.stdout.splitlines()[0]
    done = tidegate("explain", assessed, "no-such-number")
    assert done.returncode == 2
    assert "there is no declaration 'no-such-number'" in done.stderr


def test_profiles_check_and_try(trade, tmp_path):
    done = tidegate("profiles", "check", trade / "book.toml", "--lists", trade / "lists")
    assert done.returncode == 0, done.stderr
    done = tidegate(
        "profiles", "try", trade / "book.toml", trade / "lines.parquet", "--findings", trade / "findings.parquet",
        "--lists", trade / "lists", "--out", tmp_path / "tried.csv",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert pl.read_csv(tmp_path / "tried.csv").height >= 60


def test_counters_count_once(trade, tmp_path):
    for expected in ("0 lines before, 4,000 now", "4,000 lines before, 4,000 now"):
        done = tidegate(
            "counters", "update", tmp_path / "c", trade / "lines.parquet", "--findings", trade / "findings.parquet"
        )
        assert done.returncode == 0, done.stderr
        assert expected in done.stdout


def test_counters_and_history_are_two_ways_to_the_same_decisions(trade, assessed, tmp_path):
    lines = pl.read_parquet(trade / "lines.parquet")
    lines.filter(pl.col("lodged_on").cast(pl.String) < "2025-03-01").write_parquet(tmp_path / "past.parquet")
    lines.filter(pl.col("lodged_on").cast(pl.String) >= "2025-03-01").write_parquet(tmp_path / "now.parquet")
    done = tidegate(
        "counters", "update", tmp_path / "c", tmp_path / "past.parquet", "--findings", trade / "findings.parquet"
    )
    assert done.returncode == 0, done.stderr
    rules = ["--book", trade / "book.toml", "--lists", trade / "lists", "--policy", trade / "policy.toml"]
    rules += ["--keys", assessed.parent / "draw.key"]
    for name, past in (
        ("counted", ["--counters", tmp_path / "c"]),
        ("history", ["--history", tmp_path / "past.parquet", "--findings", trade / "findings.parquet"]),
    ):
        done = tidegate("assess", tmp_path / "now.parquet", *past, *rules, "--out", tmp_path / name)
        assert done.returncode == 0, done.stderr
    expected = pl.read_parquet(assessed / "decisions.parquet")
    for name in ("counted", "history"):
        assert pl.read_parquet(tmp_path / name / "decisions.parquet").equals(expected)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["assess", "nowhere.csv", "--out", "out"], "nowhere.csv"),
        (["assess", "empty.csv", "--out", "out"], "empty"),
        (["assess", "lines.csv", "--out", "out"], "declaration_id"),
        (["assess", "lines.csv", "--mapping", "bad.toml", "--out", "out"], "bad.toml"),
        (["assess", "good.csv", "--book", "bad.toml", "--out", "out"], "bad.toml"),
        (["assess", "good.csv", "--book", "book.toml", "--out", "out"], "did you mean importer_id"),
        (["assess", "good.csv", "--policy", "bad.toml", "--out", "out"], "bad.toml"),
        (["assess", "good.csv", "--model", "nowhere", "--out", "out"], "nowhere"),
        (["assess", "good.csv", "--counters", "bad.toml", "--out", "out"], "bad.toml"),
        (["assess", "good.csv", "--lists", "nowhere", "--out", "out"], "nowhere"),
        (["assess", "good.csv", "--since", "yesterday", "--out", "out"], "yesterday"),
        (["assess", "good.csv", "--language", "fr", "--out", "out"], "'fr'"),
        (["assess", "good.csv", "--out", "taken"], "exists already"),
        (["train", "good.csv", "--out", "out"], "no finding"),
        (["replay", "taken"], "record.json"),
        (["explain", "taken", "1"], "record.json"),
        (["draw", "commit", "tomorrow"], "tomorrow"),
        (["draw", "reveal", "9999-12-30"], "not over"),
    ],
)
def test_a_refusal_says_why_and_writes_nothing(tmp_path, words, message):
    (tmp_path / "empty.csv").touch()
    (tmp_path / "lines.csv").write_text("number,day\n1,2026-01-01\n")
    (tmp_path / "good.csv").write_text("declaration_id,lodged_on,hs_code\n1,2026-01-01,440399\n")
    (tmp_path / "bad.toml").write_text("= nonsense")
    (tmp_path / "book.toml").write_text(
        '[[profile]]\nid = "P"\ntitle = "T"\nwhen = "importer = \'1\'"\nchannel = "red"\nrate = 1.0\n'
        'starts = 2026-01-01\nends = 2026-12-31\nowner = "hq"\n'
    )
    (tmp_path / "taken").mkdir()
    before = {path.name for path in tmp_path.iterdir()}
    done = tidegate(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert message.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert {path.name for path in tmp_path.iterdir()} - {"draw.key"} == before


def test_the_korean_file_is_assessed_with_its_mapping(tmp_path):
    if not KCS.exists():
        pytest.skip("../shared/data/kcs is not here")
    mapping = ROOT / "examples" / "kcs" / "mapping.toml"
    done = tidegate("assess", KCS / "valid.csv", "--mapping", mapping, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["counts"]["read"] == 8134
    assert summary["counts"]["kept"] == summary["counts"]["assessed"]


@pytest.mark.parametrize("name", [name for name, _, _ in COMMANDS])
def test_every_command_explains_itself(name):
    done = tidegate(*name.split(), "--help")
    assert done.returncode == 0
    assert name.split()[-1] in done.stdout


def test_an_unknown_command_is_told():
    done = tidegate("asses")
    assert done.returncode == 2
    assert "assess" in done.stderr
