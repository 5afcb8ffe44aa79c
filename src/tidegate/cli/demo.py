"""tidegate demo: the main job in one go, on trade that is made up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console

from tidegate.cli.answer import answer
from tidegate.cli.assess import assess
from tidegate.cli.effect import effect
from tidegate.cli.open import open_command
from tidegate.cli.post import post
from tidegate.cli.simulate import simulate
from tidegate.cli.sources import day
from tidegate.cli.train import train
from tidegate.errors import InputError
from tidegate.selection import DayKeys

__all__ = ["demo"]

DAYS = 365
ASSESSED = 92  # the last quarter is decided; what came before teaches


def demo(
    out: Path = Path("demo"), /, *, lines: int = 100_000, seed: int = 7, language: str = "en", start: str = "2025-01-01"
) -> None:
    """Simulate a year of trade, train on nine months, assess the last three, open what was selected, report; and answer
    the messages of the day after.

    Parameters
    ----------
    out:
        Folder for everything.
    lines:
        Number of lines of the year.
    seed:
        Another seed is another trade.
    language:
        Language in which the report opens: en or vi.
    start:
        First day of the year.
    """
    first = day(start, "--start")
    if out.exists() and any(out.iterdir()) and not (out / "truth.parquet").exists():
        raise InputError("holds something else.", where=str(out), hint="Name an empty folder for the demo.")
    console = Console(stderr=True, highlight=False)
    key = out / "draw.key"
    split = first + timedelta(days=DAYS - ASSESSED)
    trade, found = out / "lines.parquet", out / "findings.parquet"

    console.rule("1  Simulate a year of Vietnamese imports (made up)", align="left")
    simulate(out, lines=lines, days=DAYS, seed=seed, start=start)
    if not key.exists():
        DayKeys.demo(seed).save(key)  # a real node keeps a secret; a demo is to print the same twice
    console.rule("2  Train on what the past regime found", align="left")
    train(trade, out=out / "model", findings=[found], until=str(split - timedelta(days=1)))
    rules: dict[str, Any] = {
        "findings": [found],
        "book": [out / "book.toml"],
        "lists": out / "lists",
        "model": out / "model",
        "policy": out / "policy.toml",
        "keys": key,
        "language": language,
        "replace": True,
    }
    console.rule("3  Assess the last three months", align="left")
    assess(
        trade,
        out=out / "decisions",
        **rules,
        since=str(split),
        title="Tidegate demo: made-up trade · dữ liệu giả định",
    )
    console.rule("4  Officers open what was selected; the yardstick measures", align="left")
    open_command(out / "decisions", truth=out / "truth.parquet", out=out / "opened.parquet")
    effect(out / "decisions", findings=[out / "opened.parquet"], report=out / "report.html", language=language)
    console.rule(
        "5  The next day's post: WCO XML, an ASYCUDA SAD, a manifest, ten parcels; each is answered", align="left"
    )
    day_after = first + timedelta(days=DAYS)
    quarter = pl.scan_parquet(trade).filter(pl.col("lodged_on") >= split).collect()
    post(quarter, pl.read_parquet(out / "decisions" / "decisions.parquet"), out / "post", day_after)
    assess(
        out / "post",
        out=out / "post-decisions",
        history=[trade],
        **rules,
        received=str(day_after),
        title="Tidegate demo: made-up messages · thông điệp giả định",
    )
    answer(out / "post-decisions", to=out / "answers", made_at=f"{day_after}T12:00:00", replace=True)
    print(f"\nReport: {out / 'report.html'}")
