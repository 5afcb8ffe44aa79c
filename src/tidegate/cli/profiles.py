"""tidegate profiles: check a book, and try it on past lines."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from tidegate.cli.effect import cell
from tidegate.cli.progress import Bars
from tidegate.cli.sources import read_lines, read_results
from tidegate.cli.tables import plain
from tidegate.indicators import INDICATORS, Counters, compute
from tidegate.profiles import Book, Matcher, WatchLists, try_book
from tidegate.trade import LINE_SCHEMA

__all__ = ["attempt", "check"]


def check(book: Path, /, *, lists: Path | None = None) -> None:
    """Check a book: every error at once, each with its place and the nearest allowed form.

    Parameters
    ----------
    book:
        Book of profiles (TOML).
    lists:
        Folder of watch lists that its conditions may name.
    """
    loaded = Book.load(book)
    schema = {**LINE_SCHEMA, **{indicator.name: indicator.dtype for indicator in INDICATORS}}
    Matcher(loaded, schema, WatchLists.load(lists) if lists else None)
    print(f"{book}: {len(loaded)} profiles, all in order. Version {loaded.version[:12]}")


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
    watch = WatchLists.load(lists) if lists else None
    with Bars() as bars:
        with bars.stage("Reading") as tell:
            intake = read_lines(lines, mapping, tell)
            results = read_results(findings or [], tell, intake.findings).table
        with bars.stage("Indicators"):
            counters = Counters()
            counters.add(intake.lines, results)
            table = intake.lines.hstack(compute(intake.lines, counters))
        with bars.stage("Profiles"):
            tried = try_book(loaded, table, results, watch)
    shown = [name for name, dtype in tried.schema.items() if not dtype.is_nested()]
    console = Console(highlight=False)
    console.print(plain(shown, [[cell(value) for value in row] for row in tried.select(shown).rows()]))
    if out is not None:
        tried.select(shown).write_csv(out)
