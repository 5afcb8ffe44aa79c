"""tidegate draw: what is published before a day, and the check afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from rich.console import Console

from tidegate.assessment import Record
from tidegate.cli.sources import day, open_keys
from tidegate.cli.tables import plain
from tidegate.errors import InputError
from tidegate.selection import FAULTS, DayKeys, RevealedKeys
from tidegate.selection import verify as check

__all__ = ["commit", "reveal", "verify"]

SHOWN = 20


def commit(first: str, /, *, days: int = 1, keys: Path = Path("draw.key")) -> None:
    """Print the hashes to publish before each day begins.

    Parameters
    ----------
    first:
        First day, as 2026-01-31.
    days:
        How many days.
    keys:
        File with the secret behind the draw; made where there is none.
    """
    begin = day(first, "FIRST")
    secret = DayKeys.load(keys) if keys.exists() else DayKeys.create(keys)
    for number in range(days):
        lodged = begin + timedelta(days=number)
        print(f"{lodged}  {secret.commitment(lodged)}")


def reveal(first: str, /, *, days: int = 1, keys: Path = Path("draw.key")) -> None:
    """Print the keys of days that are over, so that anybody can check their draws; other days stay secret.

    Parameters
    ----------
    first:
        First day, as 2026-01-31.
    days:
        How many days.
    keys:
        File with the secret behind the draw.
    """
    begin = day(first, "FIRST")
    if begin + timedelta(days=days - 1) >= date.today():  # noqa: DTZ011 - a day ends on the officer's own calendar
        raise InputError("the last of these days is not over.", where="FIRST", hint="Its key is secret until then.")
    for lodged, key in DayKeys.load(keys).reveal(begin + timedelta(days=number) for number in range(days)).items():
        print(f"{lodged}  {key}")


def verify(
    folder: Path, /, *, keys: Path | None = None, revealed: Path | None = None, published: Path | None = None
) -> int:
    """Check a draw: tickets, probabilities and channels from the day keys, against the published hashes.

    Parameters
    ----------
    folder:
        Folder that `tidegate assess` wrote.
    keys:
        File with the secret behind the draw; by default the one beside the folder.
    revealed:
        File with the keys of the days (as `tidegate draw reveal` prints them), for those who do not hold the secret.
    published:
        File with the hashes that were published (as `tidegate draw commit` prints them). Without it the hashes inside
        the decisions are taken at their word.
    """
    hashes = read_days(published) if published else None
    secret = RevealedKeys(read_days(revealed)) if revealed else open_keys(keys, folder)
    result = check(Record.open(folder).decisions(), secret, hashes)
    console = Console(highlight=False)
    if result.ok:
        console.print(f"The draw stands: {result.declarations:,} declarations on {result.days} days.")
        return 0
    sentences = {fault.name: fault.sentence for fault in FAULTS}
    for name, count in result.faults["fault"].value_counts(sort=True).iter_rows():
        console.print(f"{count:,} declarations: {sentences[name]}", markup=False)
    shown = result.faults.select("declaration_id", "fault", "published", "recomputed").head(SHOWN)
    console.print(plain(shown.columns, shown.rows(), left=4))
    return 1


def read_days(path: Path) -> dict[date, str]:
    """Read lines of a day and its hash or key. Raises InputError."""
    hashes: dict[date, str] = {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "cannot be read.", where=str(path), hint="Name a file with a day and a hash or key a line."
        ) from error
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            parts = line.split()
            if len(parts) != 2:
                raise InputError(
                    "is not a day and a hash or key.", where=f"{path}, line {number}", hint="See `draw commit`."
                )
            hashes[day(parts[0], f"{path}, line {number}")] = parts[1]
    return hashes
