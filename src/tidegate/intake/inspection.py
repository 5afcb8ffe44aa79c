"""Inspection: what each file is, holds, and how good that is; a broken file says so, and the next one follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from tidegate.errors import TidegateError
from tidegate.intake.arrivals import Intake, joined
from tidegate.intake.files import Paths, listed
from tidegate.intake.known import BY_NAME
from tidegate.intake.mapping import Mapping
from tidegate.intake.reading import batches, known, sources_of

__all__ = ["Inspected", "inspect"]


@dataclass(frozen=True, slots=True)
class Inspected:
    """One file: its `form` and `what` it is (both empty where that is not known), what came of it up to `error`."""

    path: Path
    form: str
    what: str
    came: Intake | None
    error: str = ""

    def note(self, language: str = "en") -> str:
        """What is said of a file that holds neither goods nor bills nor answers, as its kind never does."""
        return BY_NAME[self.form].told(self.what, language) if self.form in BY_NAME else ""

    @property
    def messages(self) -> int | None:
        """How many different messages were read; None for a table that names none."""
        if self.came is None:
            return None
        parts = (self.came.lines, self.came.earlier, self.came.bills, self.came.answers)
        ids = [part["message_id"] for part in parts if "message_id" in part.columns]
        named = pl.concat([one.cast(pl.String) for one in ids]).drop_nulls().n_unique()
        return named or None


def inspect(
    paths: Paths, mapping: Mapping | None = None, *, received: date = date.min, form: str = ""
) -> Iterator[Inspected]:
    """Look at each file by itself. Raises InputError only for a path that leads nowhere, or a format nobody knows."""
    for path in listed(paths, known(form)):
        source_form, what, parts, error = "", "", list[Intake](), ""
        try:
            (source,) = sources_of(path, form)
            source_form, what = source.form, source.what
            for part in batches(path, mapping, received=received, form=form, lenient=True):
                parts.append(part)
        except TidegateError as fault:
            error = str(fault)
        yield Inspected(path, source_form, what, joined(parts) if parts else None, error)
