"""What commands have in common: files named on the command line become tables, and options become what decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from rich.console import Console

from tidegate.cli.wording import counted
from tidegate.errors import InputError
from tidegate.intake import REJECTED_SCHEMA, Findings, Intake, Mapping, read, read_findings, reason
from tidegate.selection import DayKeys
from tidegate.simulator import TRUTH_SCHEMA
from tidegate.trade import FINDING_SCHEMA

__all__ = [
    "day",
    "in_language",
    "keys_beside",
    "open_keys",
    "read_intake",
    "read_lines",
    "read_results",
    "read_truth",
    "received_on",
    "some_lines",
]

NO_FINDINGS = Findings(pl.DataFrame(schema=FINDING_SCHEMA), pl.DataFrame(schema=REJECTED_SCHEMA), 0)


def day(text: str, option: str) -> date:
    """Read a day written YYYY-MM-DD. Raises InputError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a day.", where=option, hint="Write it as 2026-01-31.") from None


def received_on(text: str | None) -> date:
    """The day on which messages count as received: the one that is named, else today (UTC)."""
    return day(text, "--received") if text else datetime.now(UTC).date()


def in_language(language: str) -> str:
    """The language, if texts are there in it. Raises InputError."""
    if language not in ("en", "vi"):
        raise InputError(f"there are no texts in {language!r}.", where="--language", hint="Choose en or vi.")
    return language


def read_intake(
    paths: Sequence[Path],
    mapping: Path | None,
    tell: Callable[[float], None],
    received: str | None = None,
    form: str = "",
) -> Intake:
    """Read whatever intake reads: tables with a mapping file where one is named, and messages."""
    loaded = Mapping.load(mapping) if mapping else None
    return read(list(paths), loaded, received=received_on(received), form=form, progress=_share(tell))


def read_lines(
    paths: Sequence[Path], mapping: Path | None, tell: Callable[[float], None], received: str | None = None
) -> Intake:
    """As `read_intake`. Raises InputError where there is not one declaration among what came."""
    return some_lines(read_intake(paths, mapping, tell, received), paths)


def some_lines(came: Intake, paths: Sequence[Path]) -> Intake:
    """What came from `paths`. Raises InputError where there is not one declaration in it."""
    if not came.lines.height:
        held = [
            counted(count, one, many)
            for one, many, count in (
                ("row of manifests", "rows of manifests", came.bills.height),
                ("answer", "", came.answers.height),
                ("cancelled or superseded line", "", came.earlier.height),
                ("rejected row", "", came.rejected.height),
                ("amendment of declarations that are not known", "", came.amendments.height),
            )
            if count
        ]
        raise InputError(
            f"there is no declaration here, only {' and '.join(held)}.",
            where=", ".join(str(path) for path in paths),
            hint="Name the declarations as well; `tidegate inspect` says what is in a file.",
        )
    return came


def read_results(paths: Sequence[Path], tell: Callable[[float], None], *others: pl.DataFrame | None) -> Findings:
    """Findings from files of their own, joined with those that came with lines; an empty table without any.

    Rows of the files that cannot be used are in `rejected`, and said on standard error.
    """
    own = read_findings(list(paths), progress=_share(tell)) if paths else NO_FINDINGS
    if own.rejected.height:
        first = own.rejected.row(0, named=True)
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"{own.rejected.height:,} of {own.read:,} findings cannot be used; the first: {first['file']}, row "
            f"{first['row']}, {first['field']}: {reason(first['reason'])}",
            markup=False,
        )
    tables = [own.table, *(table for table in others if table is not None)]
    return Findings(pl.concat([table.select(*FINDING_SCHEMA) for table in tables]), own.rejected, own.read)


def read_truth(path: Path) -> pl.DataFrame:
    """What `tidegate simulate` wrote down as true. Raises InputError."""
    try:
        return pl.read_parquet(path, columns=list(TRUTH_SCHEMA))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(
            "cannot be read as the truth of a simulated trade.", where=str(path), hint="Name its truth.parquet."
        ) from error


def _share(tell: Callable[[float], None]) -> Callable[[int, int], None]:
    return lambda done, total: tell(done / total if total else 1.0)


def keys_beside(out: Path) -> Path:
    """Where the secret of the draw stands unless it is named: in a file beside the folder of decisions."""
    return out.resolve().parent / "draw.key"


def open_keys(named: Path | None, out: Path, *, create: bool = False) -> DayKeys:
    """Load the secret behind the draw; with `create`, make one where none is yet."""
    path = named or keys_beside(out)
    return DayKeys.create(path) if create and not path.exists() else DayKeys.load(path)
