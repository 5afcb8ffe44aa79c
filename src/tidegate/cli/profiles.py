"""tidegate profiles: check a book, and try it on past lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from rich.console import Console

from tidegate.assessment import EXTRA_SCHEMA, InForce, hold, open_lists, screened_schema, with_extras
from tidegate.cli.effect import cell
from tidegate.cli.progress import Bars
from tidegate.cli.sources import day, read_lines, read_results
from tidegate.cli.tables import plain
from tidegate.errors import BookError
from tidegate.indicators import INDICATORS, Counters, compute
from tidegate.profiles import Book, WatchLists, try_book
from tidegate.profiles import check as remark
from tidegate.trade import LINE_SCHEMA

__all__ = ["attempt", "check"]

RATE = ("hit_rate", "hit_rate_low", "hit_rate_high")


def check(book: Path, /, *, lists: Path | None = None, on: str | None = None, language: str = "en") -> None:
    """Check a book: every error at once, each with its place and the nearest allowed form.

    Parameters
    ----------
    book:
        Book of profiles (TOML).
    lists:
        Folder of watch lists that its conditions may name.
    on:
        Day for which terms are looked at, as 2026-01-31; today without it.
    language:
        en or vi, for the remarks.
    """
    loaded = Book.load(book)
    schema = {**LINE_SCHEMA, **EXTRA_SCHEMA, **{indicator.name: indicator.dtype for indicator in INDICATORS}}
    when = day(on, "--on") if on else date.today()  # noqa: DTZ011 - terms are days of the officer's own calendar
    held = open_lists(lists) if lists else InForce(WatchLists({}), None)
    remarks = remark(loaded, schema | screened_schema(held.screener), held.watch, today=when)
    errors = [one for one in remarks if one.severity == "error"]
    for one in remarks:
        print(f"{one.severity:<8} {one.profile}: {one.text_vi if language == 'vi' else one.text}")
    if errors:
        raise BookError(f"{len(errors)} profile(s) are refused.", where=str(book), hint="Put them right as said above.")
    print(f"{book}: {len(loaded)} profiles, none refused, {len(remarks)} remark(s). Version {loaded.version[:12]}")


def attempt(
    book: Path,
    /,
    *lines: Path,
    findings: list[Path] | None = None,
    lists: Path | None = None,
    mapping: Path | None = None,
    out: Path | None = None,
) -> None:
    """Say what each profile of a book would do on past lines.

    Parameters
    ----------
    book:
        Book of profiles (TOML).
    lines:
        Files, folders or patterns with past declarations.
    findings:
        Files with what was found in them; may be named several times.
    lists:
        Folder of watch lists.
    mapping:
        Mapping file (TOML) for the lines.
    out:
        CSV file for the whole table.
    """
    loaded = Book.load(book)
    held = open_lists(lists) if lists else InForce(WatchLists({}), None)
    with Bars() as bars:
        with bars.stage("Reading") as tell:
            intake = read_lines(lines, mapping, tell)
            results = read_results(findings or [], tell, intake.findings).table
        with bars.stage("Indicators"):
            counters = Counters()
            counters.add(intake.lines, results)
            table = with_extras(intake.lines, loaded).hstack(compute(intake.lines, counters))
        with bars.stage("Screening"):
            table = table.hstack(hold(table, held.screener).flags) if held.screener else table
        with bars.stage("Profiles"):
            tried = try_book(loaded, table, results, held.watch)
    rate, low, high = (
        (pl.col(name) * 100).round(digits).cast(dtype).cast(pl.String).fill_null("–")
        for name, digits, dtype in zip(RATE, (1, 0, 0), (pl.Float64, pl.Int64, pl.Int64), strict=True)
    )
    table = tried.select(
        "profile", "declarations", "per_day", pl.col("covered"), "trusted", "opened", "found",
        pl.format("{}% ({}–{})", rate, low, high).alias("rate"),
    )  # fmt: skip
    heads = ["Profile", "Hits", "A day", "Covered", "Trusted", "Opened", "Found", "Hit rate (95%)"]
    console = Console(highlight=False)
    console.print(plain(heads, [[cell(value) for value in row] for row in table.iter_rows()]))
    if out is not None:
        offices = pl.col("by_office").list.eval(
            pl.format("{} {}", pl.element().struct["office"].fill_null("-"), pl.element().struct["declarations"])
        )
        tried.with_columns(offices.list.join(", ")).write_csv(out)
