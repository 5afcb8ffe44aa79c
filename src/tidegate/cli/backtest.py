"""tidegate backtest: strategies compared on a trade whose truth is known."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tidegate.backtest import STRATEGIES, chart, text
from tidegate.backtest import backtest as run
from tidegate.cli.progress import Bars
from tidegate.cli.sources import day, read_lines, read_results, read_truth
from tidegate.errors import InputError
from tidegate.profiles import Book, WatchLists
from tidegate.selection import Policy

__all__ = ["backtest"]


def backtest(
    *lines: Path,
    findings: list[Path],
    truth: Path,
    strategies: list[str] | None = None,
    book: list[Path] | None = None,
    lists: Path | None = None,
    policy: Path | None = None,
    capacity: float = 0.05,
    period: str = "month",
    start: str | None = None,
    seed: int = 0,
    out: Path | None = None,
    language: str = "en",
) -> None:
    """Compare strategies month by month on a trade whose truth is known; each learns only from what it opened.

    Parameters
    ----------
    lines:
        Files, folders or patterns with declarations.
    findings:
        What the past regime found: every strategy begins with it.
    truth:
        The truth.parquet of the same trade.
    strategies:
        Names, as random or model+draw; may be given several times. All without it ('profiles' only with a book).
    book:
        Book of profiles (TOML); may be named several times.
    lists:
        Folder of watch lists.
    policy:
        Selection policy, for exemptions and the treatment of trusted traders.
    capacity:
        Share of each day's declarations that is opened.
    period:
        month or week: how often a strategy learns.
    start:
        First day on which strategies decide; the first of the second month without it.
    seed:
        Another seed is another draw.
    out:
        Folder for periods.csv, totals.csv and chart.svg.
    language:
        en or vi.
    """
    if language not in ("en", "vi"):
        raise InputError(f"there are no words in {language!r}.", where="--language", hint="Choose en or vi.")
    rules = Book.join(Book.load(path) for path in book) if book else None
    names = strategies or [one.name for one in STRATEGIES if rules is not None or not one.profiles]
    with Bars() as bars:
        with bars.stage("Reading") as tell:
            intake = read_lines(lines, None, tell)
            results = read_results(findings, tell).table
            known = read_truth(truth)
        with bars.stage("Living through the season") as tell:
            result = run(
                intake.lines,
                results,
                known,
                names,
                book=rules,
                lists=WatchLists.load(lists) if lists else None,
                policy=Policy.load(policy) if policy else None,
                capacity=capacity,
                period=period,
                start=day(start, "--start") if start else None,
                seed=seed,
                progress=tell,
            )
    print(text(result, language))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        result.periods.with_columns(pl.col(pl.Date).cast(pl.String)).write_csv(out / "periods.csv")
        result.totals.write_csv(out / "totals.csv")
        chart(result, language).save(out / "chart.svg")
        print(f"Tables and chart are in {out}")
