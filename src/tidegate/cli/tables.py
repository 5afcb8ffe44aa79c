"""Tables on the terminal: what a command found, in a few lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl
from rich.table import Table

from tidegate.cli.wording import counted

__all__ = ["CHANNELS", "decided", "plain"]

CHANNELS = {
    "red": ("[red]■[/] red", "physical check"),
    "yellow": ("[yellow]▲[/] yellow", "documents"),
    "blue": ("[blue]◆[/] blue", "audit later"),
    "green": ("[green]●[/] green", "released"),
}


def decided(decisions: pl.DataFrame) -> Table:
    """Declarations by channel: how many, what share, what value, and what brought them there."""
    table = plain(
        ["Channel", "", "Declarations", "Share", "Value", "Profile", "Model", "Lot"],
        [],
        title=f"{counted(decisions.height, 'declaration')} decided, and what mainly selected them:",
        left=2,
    )
    for channel, (name, meaning) in CHANNELS.items():
        rows = decisions.filter(pl.col("channel") == channel)
        value = f"{float(rows['customs_value'].sum()) / 1e6:,.1f} M"
        by = rows["targeted_by"]
        counts = [(by == "profile").sum(), (by == "model").sum(), by.is_in(["draw", "exploration"]).sum()]
        told = ["", "", ""] if channel == "green" else [f"{count:,}" for count in counts]
        table.add_row(name, meaning, f"{rows.height:,}", f"{rows.height / max(decisions.height, 1):.1%}", value, *told)
    return table


def plain(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "", left: int = 1) -> Table:
    """A table with hairlines only; the first `left` columns are texts, the others numbers."""
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
