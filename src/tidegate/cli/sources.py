"""What commands have in common: files named on the command line become tables, and options become what decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import polars as pl
from rich.console import Console

from tidegate.errors import InputError
from tidegate.intake import REJECTED_SCHEMA, Findings, Intake, Mapping, read, read_findings, reason
from tidegate.selection import DayKeys
from tidegate.simulator import TRUTH_SCHEMA
from tidegate.trade import FINDING_SCHEMA

__all__ = ["day", "keys_beside", "open_keys", "read_lines", "read_results", "read_truth"]

NO_FINDINGS = Findings(pl.DataFrame(schema=FINDING_SCHEMA), pl.DataFrame(schema=REJECTED_SCHEMA), 0)


def day(text: str, option: str) -> date:
    """Read a day written YYYY-MM-DD. Raises InputError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a day.", where=option, hint="Write it as 2026-01-31.") from None


def read_lines(paths: Sequence[Path], mapping: Path | None, tell: Callable[[float], None]) -> Intake:
    """Read declarations, with a mapping file where one is named."""
    return read(list(paths), Mapping.load(mapping) if mapping else None, progress=_share(tell))


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
