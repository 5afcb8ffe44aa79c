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
    """Answer each declaration of an assessment in kind: its channel, or the errors that were found.

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
    rejected, forms = _rejected(folder), _forms(folder)
    if to.exists() and not replace:
        raise InputError("this folder exists already.", where=str(to), hint="Choose another --to, or pass --replace.")
    came_in = lines["message_format"] if "message_format" in lines.columns else pl.Series([None] * lines.height)
    by_format = dict(
        lines.select("declaration_id", came_in.cast(pl.String).alias("form")).unique().group_by("form").len().rows()
    )
    of_file = pl.col("file").replace_strict(forms, default=None, return_dtype=pl.String)
    named = {*by_format, *forms.values()} & BY_NAME.keys()
    able = [name for name in BY_NAME if name in named and BY_NAME[name].answer is not None]
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
