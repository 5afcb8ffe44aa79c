"""Screen a file of names: a summary on the terminal, and a table of possible matches, the likeliest first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from tidegate.cli.convert import flat
from tidegate.cli.progress import Bars
from tidegate.cli.screen_names import ROW, names
from tidegate.cli.screen_texts import Speech
from tidegate.errors import InputError
from tidegate.screening import Party
from tidegate.screening.crew import BATCH, FOUND, Crew, Orders
from tidegate.screening.disclosure import DISCLOSED
from tidegate.screening.parties import Unread, distinct, parties
from tidegate.trade.spreadsheets import write_sheet

__all__ = ["WRITERS", "screen_file"]

WRITERS: dict[str, Any] = {
    ".csv": lambda table, path: write_sheet(flat(table, path), path),
    ".parquet": lambda table, path: table.write_parquet(path),
}
# Rows whose numbers are told.
TOLD = 20


def writable(out: Path, replace: bool) -> None:
    """Raise InputError where matches cannot be written to a file of that name."""
    if out.suffix.lower() not in WRITERS:
        raise InputError("matches are written as CSV or Parquet.", where=str(out), hint="Name a .csv or .parquet file.")
    if out.exists() and not replace:
        raise InputError("this is there already.", where=str(out), hint="Choose another name, or pass --replace.")


def screen_file(speech: Speech, path: Path, orders: Orders, bars: Bars, out: Path | None, top: int) -> None:
    """Screen the names of a file, say what was found, and write it where a file is named. Raises InputError."""
    with bars.stage(speech.text("reading")):
        table, found, aside = names(path)
        said, of = distinct(table, found)
    with bars.stage(speech.text("holding")) as tell:
        unread: list[Unread] = []
        matches = [FOUND.to_frame()]
        crew = Crew(orders)
        for place, one in enumerate(crew.hold(_batches(said, unread), alone=said.height <= 2 * BATCH)):
            matches.append(one.with_columns((pl.col("party") + place * BATCH).cast(pl.UInt32)))
            tell(min(1.0, (place + 1) * BATCH / max(said.height, 1)))
    by_row = _by_row(table, of, pl.concat(matches))
    if out is not None:
        _write(by_row.drop("party"), out)
    _summary(speech, table, of, by_row, aside, said.height)
    _unread(speech, unread, found, of, table[ROW])
    shown = by_row.unique("party", maintain_order=True) if top else by_row.clear()
    _likeliest(speech, shown.head(top), table, found)
    if out is not None:
        speech.say("written", path=out, n=by_row.height)


def _batches(said: pl.DataFrame, unread: list[Unread]) -> Iterator[Sequence[Party]]:
    for start in range(0, said.height, BATCH):
        found, wrong = parties(said.slice(start, BATCH))
        unread += [Unread(start + one.row, one.column, one.value) for one in wrong]
        yield found


def _by_row(table: pl.DataFrame, of: pl.Series, matches: pl.DataFrame) -> pl.DataFrame:
    """The matches of each row, the likeliest first: row, party, DISCLOSED, and what the table said of the row."""
    own = {"row", "party", *DISCLOSED}
    said = table.rename({name: f"input_{name}" for name in table.columns if name in own}).rename({ROW: "row"})
    rows = said.with_columns(of.alias("party")).join(matches, on="party", maintain_order="left_right")
    rows = rows.sort("probability", "row", descending=[True, False], nulls_last=True, maintain_order=True)
    return rows.select("row", "party", *DISCLOSED, *(name for name in said.columns if name != "row"))


def _write(table: pl.DataFrame, out: Path) -> None:
    part = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        WRITERS[out.suffix.lower()](table, part)
        os.replace(part, out)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}.", where=str(out), hint="Choose another.") from error
    finally:
        part.unlink(missing_ok=True)


def _summary(
    speech: Speech, table: pl.DataFrame, of: pl.Series, by_row: pl.DataFrame, aside: pl.DataFrame, parties: int
) -> None:
    nobody = table[ROW].filter(of.is_null())
    counts = {"screened": of.count(), "nobody": nobody.len(), "refused": aside.height}
    speech.say("read", read=table.height + aside.height, **counts)
    for name, rows in (("nobody", nobody), ("refused", aside[ROW])):
        if rows.len():
            numbers = ", ".join(f"{row:,}" for row in rows.head(TOLD))
            speech.say(name, rows=numbers + (", ..." if rows.len() > TOLD else ""))
    matched = {"matched": by_row["party"].n_unique(), "rows": by_row["row"].n_unique()}
    speech.say("distinct", distinct=parties, **matched)
    by_list = by_row.group_by("list").agg(pl.col("party").n_unique(), pl.col("row").n_unique()).sort("list")
    if by_list.height:
        speech.tell()
        cells = [[name, f"{parties:,}", f"{rows:,}"] for name, parties, rows in by_list.rows()]
        speech.table(("list", "parties", "rows"), cells, 1, speech.text("by_list"))


def _unread(speech: Speech, unread: list[Unread], found: dict[str, str], of: pl.Series, rows: pl.Series) -> None:
    """What was not understood, by column, each with its first row."""
    by_column: dict[str, list[Unread]] = {}
    for one in unread:
        by_column.setdefault(one.column, []).append(one)
    for field, cells in by_column.items():
        row = rows[int((of == cells[0].row).arg_max() or 0)]
        speech.say("unread", n=len(cells), column=found[field], row=f"{row:,}", value=cells[0].value)


def _likeliest(speech: Speech, shown: pl.DataFrame, table: pl.DataFrame, found: dict[str, str]) -> None:
    if not shown.height:
        return
    called = dict(zip(table[ROW], table[found["name"]], strict=True)) if "name" in found else {}
    cells = [
        [
            f"{one['row']:,}",
            str(called.get(one["row"]) or "")[:80],
            speech.text(one["how"]) if one["probability"] is None else f"{one['probability']:.3f}",
            one["list"],
            one["owner"][:40],
            one["entry"] or "",
            (one["found_by"] or speech.chosen(one["reasons"], one["reasons_vi"]))[:80],
        ]
        for one in shown.iter_rows(named=True)
    ]
    speech.tell()
    heads = ("row", "name", "probability", "list", "owner", "entry", "found")
    speech.table(heads, cells, len(heads), speech.text("likeliest"))
