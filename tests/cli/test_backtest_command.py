"""tidegate backtest: on a trade that has been, and on one whose offenders react."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_cli import tidegate


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("past") / "trade"
    assert tidegate("simulate", folder, "--lines", 3000, "--days", 90).returncode == 0
    return folder


def test_a_recorded_trade_gives_every_strategy_the_same_to_find(past: Path, tmp_path: Path) -> None:
    done = tidegate(
        "backtest", past / "lines.parquet", "--findings", past / "findings.parquet", "--truth", past / "truth.parquet",
        "--strategies", "random", "--strategies", "model", "--out", tmp_path / "told",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    head = done.stdout.splitlines()[0]
    assert "of them unlawful in truth" in head
    assert "–" not in head
    assert {file.name for file in (tmp_path / "told").iterdir()} == {"periods.csv", "totals.csv", "chart.svg"}


def test_offenders_of_a_living_trade_leave_each_strategy_something_else_to_find() -> None:
    done = tidegate("backtest", "--live", 6000, "--strategies", "random", "--strategies", "model", "--seed", 2)
    assert done.returncode == 0, done.stderr
    # From one strategy's number of unlawful declarations to the other's.
    assert "–" in done.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--live", 5000, "--findings", "f.parquet"], "--live: this trade has lines of its own."),
        (["--live", 0], "lines is 0. Choose a whole number from 1"),
        ([], "no trade to live through. Name LINES, --findings and --truth, or give --live."),
    ],
)
def test_what_cannot_be_lived_through_is_refused(words: list[object], message: str) -> None:
    done = tidegate("backtest", *words, "--strategies", "random")
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
