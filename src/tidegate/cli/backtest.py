"""tidegate backtest: strategies compared on a trade whose truth is known."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tidegate.assessment import open_lists
from tidegate.backtest import STRATEGIES, Recorded, Season, Simulated, chart, text
from tidegate.backtest import backtest as run
from tidegate.cli.progress import Bars
from tidegate.cli.sources import day, read_lines, read_results, read_truth
from tidegate.errors import InputError
from tidegate.profiles import Book
from tidegate.selection import Policy

__all__ = ["backtest"]


def backtest(
    *lines: Path,
    findings: list[Path] | None = None,
    truth: Path | None = None,
    live: int | None = None,
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

    Give LINES, --findings and --truth of a trade that has been; or --live, for one whose offenders react to what each
    strategy opens.

    Parameters
    ----------
    lines:
        Files, folders or patterns with declarations.
    findings:
        What the past regime found: every strategy begins with it.
    truth:
        The truth.parquet of the same trade.
    live:
        Simulate a year of so many lines (as 100000) anew for each strategy; its offenders hear of what it opened.
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
        Another seed is another draw; with --live also another trade.
    out:
        Folder for periods.csv, totals.csv and chart.svg.
    language:
        en or vi.
    """
    if language not in ("en", "vi"):
        raise InputError(f"there are no words in {language!r}.", where="--language", hint="Choose en or vi.")
    rules = Book.join(Book.load(path) for path in book) if book else None
    names = strategies or [one.name for one in STRATEGIES if rules is not None or not one.profiles]
    begin = day(start, "--start") if start else None
    with Bars() as bars:
        with bars.stage("Reading" if live is None else "Simulating the first month") as tell:
            season: Season
            if live is not None:
                if lines or findings or truth:
                    raise InputError(
                        "this trade has lines of its own.",
                        where="--live",
                        hint="Leave out LINES, --findings and --truth.",
                    )
                season = Simulated.prepare(live, 365, seed, period=period, start=begin)
            elif lines and findings and truth:
                intake, results = read_lines(lines, None, tell), read_results(findings, tell).table
                season = Recorded.prepare(intake.lines, results, read_truth(truth), period=period, start=begin)
            else:
                raise InputError(
                    "no trade to live through.", hint="Name LINES, --findings and --truth, or give --live."
                )
        with bars.stage("Living through the season") as tell:
            result = run(
                season,
                names,
                book=rules,
                lists=open_lists(lists).watch if lists else None,
                policy=Policy.load(policy) if policy else None,
                capacity=capacity,
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
