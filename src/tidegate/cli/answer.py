"""tidegate answer: each declaration is answered in the format in which it came."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console

from tidegate.assessment import Record
from tidegate.cli.wording import counted
from tidegate.errors import InputError
from tidegate.intake import REJECTED_SCHEMA
from tidegate.intake.known import BY_NAME

__all__ = ["answer"]


def answer(folder: Path, /, *, to: Path, made_at: str | None = None, replace: bool = False) -> None:
    """Answer each declaration of an assessment in kind: its channel, or the errors that were found; and manifests.

    The sender of a manifest is told of each bill whether its goods are released; reasons are told to nobody.

    Parameters
    ----------
    folder:
        Folder that `tidegate assess` wrote.
    to:
        Folder for the answers: one folder in it for each format.
    made_at:
        When the answers are made, as 2026-01-31T10:00:00 (UTC); now without it.
    replace:
        Write over earlier answers.
    """
    moment = _moment(made_at)
    record = Record.open(folder)
    lines, decisions = record.lines(), record.decisions()
    rejected, forms, bills = _rejected(folder), _forms(folder), _bills(folder, decisions)
    if to.exists() and not replace:
        raise InputError("this folder exists already.", where=str(to), hint="Choose another --to, or pass --replace.")
    came_in = lines["message_format"] if "message_format" in lines.columns else pl.Series([None] * lines.height)
    by_format = dict(
        lines.select("declaration_id", came_in.cast(pl.String).alias("form")).unique().group_by("form").len().rows()
    )
    of_file = pl.col("file").replace_strict(forms, default=None, return_dtype=pl.String)
    named = {*by_format, *forms.values()} & BY_NAME.keys()
    able = [name for name in BY_NAME if name in named and BY_NAME[name].answer is not None]
    cargo = dict(bills.group_by("message_format").len().rows())
    console = Console(highlight=False, soft_wrap=True)
    part = to.with_name(f".{to.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    said: list[str] = []
    try:
        for name in able:
            own = lines.filter(came_in == name)
            decided = decisions.filter(pl.col("declaration_id").is_in(own["declaration_id"].unique().implode()))
            faults = rejected.filter((of_file == name).fill_null(False))
            if not decided.height and not faults.height:
                continue
            (part / name).mkdir(parents=True)
            write = BY_NAME[name].answer
            files = write(decided, own, faults, part / name, moment) if write else []
            said.append(
                f"{name}: answered declarations {decided.height:,}, rejected rows {faults.height:,}, "
                f"files {len(files):,}"
            )
        for name, count in sorted(cargo.items(), key=str):
            tell = BY_NAME[name].answer_bills if name in BY_NAME else None
            if tell is None:
                said.append(f"{counted(count, 'bill')} came as {name}, which has no answer for manifests.")
                continue
            (part / name).mkdir(parents=True, exist_ok=True)
            files = tell(bills.filter(pl.col("message_format") == name), part / name, moment)
            said.append(f"{name}: answered bills {count:,}, files {len(files):,}")
        for form, count in sorted(by_format.items(), key=str):
            if form not in able:
                why = "came in tables, which have no answer" if form is None else f"came as {form}, which has no answer"
                said.append(f"{counted(count, 'declaration')} {why}.")
        if not part.exists():
            raise InputError(
                f"nothing here can be answered: {' '.join(said) or 'no message came.'}",
                where=str(folder),
                hint=f"Formats with answers: {', '.join(n for n, f in BY_NAME.items() if f.answer) or 'none'}.",
            )
        if to.exists():
            shutil.rmtree(to)
        os.replace(part, to)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}.", where=str(to), hint="Choose another --to.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    for text in said:
        console.print(text, markup=False)
    console.print(f"Answers: {to}", markup=False)


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{text!r} is not a moment.", where="--made-at", hint="Write it as 2026-01-31T10:00:00."
        ) from None
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


def _rejected(folder: Path) -> pl.DataFrame:
    try:
        table = pl.read_csv(folder / "rejected.csv", schema_overrides=REJECTED_SCHEMA)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(
            "cannot be read.", where=str(folder / "rejected.csv"), hint="Restore it, or assess again."
        ) from error
    return table.select(pl.col(name).cast(dtype) for name, dtype in REJECTED_SCHEMA.items())


# The gravest of several declarations counts for the goods of a bill; those that are held are so whatever else is known.
_GRAVEST = ("red", "yellow", "blue", "green")
_HELD = 2


def _bills(folder: Path, decisions: pl.DataFrame) -> pl.DataFrame:
    """The bills that came (intake.Meeting), each with the channel of its goods; none where no manifest came.

    Where a declaration of a bill was decided elsewhere, its goods are not said to be released.
    """
    path = folder / "bills.parquet"
    if not path.exists():
        return pl.DataFrame(schema={"message_format": pl.String})
    try:
        bills = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError("cannot be read.", where=str(path), hint="Restore it, or assess again.") from error
    rank = decisions.select(
        pl.col("declaration_id"),
        pl.col("channel").replace_strict(list(_GRAVEST), range(len(_GRAVEST)), return_dtype=pl.Int8).alias("rank"),
    )
    gravest = (
        bills.with_row_index("bill")
        .select("bill", pl.col("declaration_ids").alias("declaration_id"))
        .explode("declaration_id", empty_as_null=False)
        .join(rank, on="declaration_id")
        .group_by("bill")
        .agg(pl.col("rank").min(), pl.len().alias("decided"))
    )
    known = (pl.col("rank") < _HELD) | (pl.col("decided") == pl.col("declaration_ids").list.len())
    channel = pl.col("rank").replace_strict(range(len(_GRAVEST)), list(_GRAVEST), return_dtype=pl.String)
    with_rank = bills.with_row_index("bill").join(gravest, on="bill", how="left", maintain_order="left")
    return with_rank.with_columns(pl.when(known).then(channel).alias("channel")).drop("bill", "rank", "decided")


def _forms(folder: Path) -> dict[str, str]:
    """The form of each file that was read, as summary.json has it; none in folders of an earlier version."""
    try:
        summary: Any = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            "cannot be read.", where=str(folder / "summary.json"), hint="Restore it, or assess again."
        ) from error
    forms = summary.get("files", {}) if isinstance(summary, dict) else {}
    return {str(file): str(form) for file, form in forms.items()} if isinstance(forms, dict) else {}
