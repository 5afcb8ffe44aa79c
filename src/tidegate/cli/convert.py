"""tidegate convert: from anything that intake reads to a table, or to messages that it can write."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
from cyclopts import Parameter
from rich.console import Console

from tidegate.cli.progress import Bars
from tidegate.cli.sources import read_intake
from tidegate.errors import InputError
from tidegate.intake import Intake, read, reason
from tidegate.intake.known import BY_NAME
from tidegate.intake.rejected import write_rejected
from tidegate.trade import LINE_SCHEMA

__all__ = ["convert"]

Write = Callable[[pl.DataFrame, Path], object]

TABLES: dict[str, Write] = {
    "csv": lambda table, path: flat(table, path).write_csv(path, include_bom=True),
    "ndjson": lambda table, path: table.write_ndjson(path),
    "parquet": lambda table, path: table.write_parquet(path),
    "arrow": lambda table, path: table.write_ipc(path),
}


def convert(
    *paths: Path,
    to: str,
    from_: Annotated[str, Parameter(name="--from")] = "",
    mapping: Path | None = None,
    received: str | None = None,
    replace: bool = False,
) -> None:
    """Read tables and messages of any format, and write them as one table or as messages of another format.

    Parameters
    ----------
    paths:
        Files, folders or patterns to read, and last the file to write: a table, or for messages a folder.
    to:
        csv, ndjson, parquet, arrow, or a format of messages that can be written.
    from_:
        The format of the files, where it is not to be found out.
    mapping:
        Mapping file (TOML) for tables.
    received:
        Day on which messages count as lodged that do not say so, as 2026-01-31; today without it.
    replace:
        Write over what is there.
    """
    if len(paths) < 2:
        raise InputError("there is no file to write.", hint="Write: tidegate convert IN... --to FORMAT OUT")
    *inputs, out = paths
    writers = _writers(to)
    if out.exists() and not replace:
        raise InputError("this is there already.", where=str(out), hint="Choose another name, or pass --replace.")
    with Bars() as bars:
        with bars.stage("Reading") as tell:
            came = read_intake(inputs, mapping, tell, received, from_)
        with bars.stage("Writing"):
            written = _tables(came, TABLES[to], out) if to in TABLES else _messages(came, to, writers, out)
    console = Console(highlight=False, soft_wrap=True)
    for what, count, path in written:
        console.print(f"{count:,} {what}: {path}", markup=False)
    for what, count in _left_out(came, {name for name, _, _ in written}):
        console.print(f"{count:,} {what}: not written, {to} has no place for them.", markup=False)
    if came.rejected.height:
        beside = out.with_name(f"{out.name}.rejected.csv")
        write_rejected(came.rejected, beside)
        console.print(f"{came.rejected.height:,} of {came.read:,} rows cannot be used: {beside}", markup=False)


def flat(table: pl.DataFrame, path: Path) -> pl.DataFrame:
    """The table as CSV can hold it. Raises InputError for a column of tables within tables."""
    for name, dtype in table.schema.items():
        if dtype == pl.List(pl.String):
            table = table.with_columns(pl.col(name).list.join(" "))
        elif dtype.is_nested() or dtype == pl.Binary:
            raise InputError(
                f"the column {name} holds {dtype}, which CSV cannot.", where=str(path), hint="Choose --to parquet."
            )
    return table


def _writers(to: str) -> dict[str, Write]:
    """What the format can write, by what of an intake it takes. Raises InputError where that is nothing."""
    if to in TABLES:
        return {}
    writable = [name for name, form in BY_NAME.items() if form.write or form.write_bills]
    hint = f"Name one of {', '.join((*TABLES, *writable))}."
    if to not in BY_NAME:
        raise InputError(f"there is no format {to!r}.", where="--to", hint=hint)
    form = BY_NAME[to]
    if to not in writable:
        raise InputError(f"{form.label} is read, and not written.", where="--to", hint=hint)
    return {name: write for name, write in (("lines", form.write), ("bills", form.write_bills)) if write is not None}


def _contents(came: Intake) -> dict[str, pl.DataFrame]:
    tables = {"lines": came.lines, "bills": came.bills, "answers": came.answers}
    return {name: table for name, table in tables.items() if table.height}


def _tables(came: Intake, write: Write, out: Path) -> list[tuple[str, int, Path]]:
    """Each kind of row in a file of its own: the first in OUT, the others beside it."""
    written = []
    for number, (name, table) in enumerate(_contents(came).items()):
        path = out.with_name(f"{out.stem}.{name}{out.suffix}") if number else out
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        try:
            write(table, part)
            os.replace(part, path)
        except OSError as error:
            raise InputError(
                f"cannot be written: {error.strerror}.", where=str(path), hint="Choose another."
            ) from error
        finally:
            part.unlink(missing_ok=True)
        written.append((name, table.height, path))
    if not written:
        raise InputError("nothing that came can be written.", hint="`tidegate inspect` says why.")
    return written


def _messages(came: Intake, to: str, writers: dict[str, Write], out: Path) -> list[tuple[str, int, Path]]:
    contents = {name: table for name, table in _contents(came).items() if name in writers}
    if not contents:
        there = " and ".join(_contents(came)) or "nothing that can be used"
        raise InputError(
            f"{to} is written from {' or '.join(writers)}, and there is {there}.",
            where="--to",
            hint="Choose a table: csv, ndjson, parquet or arrow.",
        )
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        for name, table in contents.items():
            writers[name](table, part)
        changed = _read_back(came, to, part)
        if out.is_dir():
            shutil.rmtree(out)
        os.replace(part, out)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}.", where=str(out), hint="Choose another.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    if changed:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"{to} does not hold all of it: {', '.join(changed)} cannot be read back as they were.", markup=False
        )
    return [(name, table.height, out) for name, table in contents.items()]


def _read_back(came: Intake, to: str, folder: Path) -> list[str]:
    """The fields of lines that are not the same when what was written is read again.

    Raises InputError where something of it cannot be read at all: then this is no format for these lines.
    """
    back = read(folder, form=to, received=date.max.replace(year=2100), lenient=True)
    if back.rejected.height:
        _, _, field, value, code = back.rejected.row(0)
        said = ": ".join(part for part in (field, reason(code), value) if part)
        raise InputError(
            f"{back.rejected.height:,} of {back.read:,} cannot be written as {to}; the first: {said}.",
            where="--to",
            hint="Choose a table: csv, ndjson, parquet or arrow.",
        )
    keys = ["declaration_id", "item_number"]
    both = came.lines.select(LINE_SCHEMA.keys()).join(
        back.lines.select(LINE_SCHEMA.keys()), on=keys, how="left", nulls_equal=True, suffix="\0"
    )
    others = [name for name in LINE_SCHEMA if name not in (*keys, "flags")]
    same = both.select(pl.col(name).eq_missing(pl.col(f"{name}\0")).all() for name in others).row(0)
    return [name for name, kept in zip(others, same, strict=True) if not kept] if back.lines.height else []


def _left_out(came: Intake, written: set[str]) -> list[tuple[str, int]]:
    left = [(name, table.height) for name, table in _contents(came).items() if name not in written]
    return left + ([("superseded or cancelled lines", came.earlier.height)] if came.earlier.height else [])
